import type { LeadSource } from "@leadgen-pro/client";
import { useLeadGen } from "@leadgen-pro/client/react";
import { Alert, Anchor, Button, Group, Modal, Select, Stack, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { IconInfoCircle, IconLock } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { done, refusalOf, tellAt } from "../../parts/refusal";
import { useHolders } from "../../parts/roster";
import { usePerson } from "../../session";

/** What a person can say a lead comes from; the others are the service's to say. */
const TYPED: readonly LeadSource[] = ["MANUAL", "REFERRAL", "WHATSAPP", "INSTAGRAM", "MESSENGER", "IG_ADS", "FB_ADS"];

export function NewLead({ opened, onClose }: { opened: boolean; onClose(): void }) {
  const { t } = useTranslation();
  return (
    <Modal opened={opened} onClose={onClose} title={t("leads.add")} centered closeButtonProps={{ "aria-label": t("parts.close") }}>
      <Form onClose={onClose} />
    </Modal>
  );
}

/** How a call ended that made no lead. */
type Known = { is: "existing"; leadId: string } | { is: "taken" };

function Form({ onClose }: { onClose(): void }) {
  const { t } = useTranslation();
  const { role } = usePerson();
  const { client } = useLeadGen();
  const holders = useHolders();
  const [known, setKnown] = useState<Known>();
  const form = useForm({
    initialValues: { name: "", phone: "", email: "", source: "MANUAL" as LeadSource, note: "", assignedTo: null as string | null },
  });

  async function save({ name, phone, email, source, note, assignedTo }: typeof form.values) {
    setKnown(undefined);
    try {
      const { leadId, created } = await client.createLead({
        name, phone, source, ...(email && { email }), ...(note && { note }), ...(assignedTo && { assignedTo }),
      });
      if (!created) return setKnown({ is: "existing", leadId });
      done(t("leads.form.created", { name }));
      onClose();
    } catch (error) {
      if (refusalOf(error).reason === "LEAD_ALREADY_EXISTS") setKnown({ is: "taken" });
      else tellAt(form, error);
    }
  }

  const optional = ` (${t("leads.form.optional")})`;
  return (
    <form onSubmit={form.onSubmit(save)}>
      <Stack gap="sm">
        {known?.is === "existing" && (
          <Alert icon={<IconInfoCircle />} title={t("leads.form.existing.title")} role="status">
            {t("leads.form.existing.text")}{" "}
            <Anchor component={Link} to={`/leads/${known.leadId}`} onClick={onClose} size="sm" fw={600}>{t("leads.form.existing.open")}</Anchor>
          </Alert>
        )}
        {known?.is === "taken" && (
          <Alert color="kencana" icon={<IconLock />} title={t("leads.form.taken.title")} role="alert">{t("leads.form.taken.text")}</Alert>
        )}
        <TextInput label={t("leads.form.name")} required maxLength={200} autoComplete="off" data-autofocus {...form.getInputProps("name")} />
        <TextInput label={t("leads.form.phone")} description={t("leads.form.phoneHint")} required type="tel" inputMode="tel" autoComplete="off" {...form.getInputProps("phone")} />
        <Select
          label={t("leads.form.source")} allowDeselect={false} data={TYPED.map((value) => ({ value, label: t(`leads.source.${value}`) }))}
          {...form.getInputProps("source")}
        />
        <TextInput label={t("leads.form.email") + optional} type="email" autoComplete="off" {...form.getInputProps("email")} />
        <Textarea label={t("leads.form.note") + optional} autosize minRows={2} maxRows={6} maxLength={5000} {...form.getInputProps("note")} />
        {role !== "MITRA" && (
          <Select
            label={t("leads.form.holder")} placeholder={t("leads.form.holderPlaceholder")} searchable clearable data={holders}
            required={role === "PUSAT"} description={role === "CABANG" ? t("leads.form.holderHint") : undefined} {...form.getInputProps("assignedTo")}
          />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>{t("parts.cancel")}</Button>
          <Button type="submit" loading={form.submitting}>{t("leads.form.save")}</Button>
        </Group>
      </Stack>
    </form>
  );
}
