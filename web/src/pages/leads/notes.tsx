import { type Lead, updateLead } from "@leadgen-pro/client";
import { useLeadGen } from "@leadgen-pro/client/react";
import { Button, Group, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { isEmail, useForm } from "@mantine/form";
import { IconPencil } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { e164Of, phoneText } from "../../parts/phone";
import { done, tell } from "../../parts/refusal";
import { useOnline } from "../../shell/online";

/** The note, and the form that changes it, the name and how to reach the person. */
export function LeadNotes({ lead }: { lead: Lead }) {
  const { t } = useTranslation();
  const [editing, setEditing] = useState(false);
  if (editing) return <Form lead={lead} onClose={() => setEditing(false)} />;
  return (
    <Group justify="space-between" align="flex-start" wrap="nowrap">
      <div style={{ minWidth: 0 }}>
        <Text size="sm" fw={600} mb={4}>{t("leads.form.note")}</Text>
        <Text size="sm" c={lead.note ? undefined : "dimmed"} style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>{lead.note ?? t("leads.detail.noNote")}</Text>
      </div>
      <Button variant="subtle" size="compact-sm" leftSection={<IconPencil size={16} />} onClick={() => setEditing(true)} flex="none">{t("leads.detail.edit")}</Button>
    </Group>
  );
}

function Form({ lead, onClose }: { lead: Lead; onClose(): void }) {
  const { t } = useTranslation();
  const online = useOnline();
  const { db, actor } = useLeadGen();
  const form = useForm({
    initialValues: { name: lead.name, phone: lead.phone ? phoneText(lead.phone) : "", email: lead.email ?? "", note: lead.note ?? "" },
    validate: {
      phone: (phone) => (phone.trim() && !e164Of(phone) ? t("leads.form.phoneWrong") : null),
      email: (email) => (email.trim() ? isEmail(t("leads.form.emailWrong"))(email.trim()) : null),
    },
  });

  function save({ name, phone, email, note }: typeof form.values) {
    const e164 = e164Of(phone);
    const changes = {
      ...(name.trim() !== lead.name && { name: name.trim() }),
      ...(e164 !== (lead.phone ?? null) && { phone: e164 }),
      ...(email.trim() !== (lead.email ?? "") && { email: email.trim() || null }),
      ...(note.trim() !== (lead.note ?? "") && { note: note.trim() || null }),
    };
    onClose();
    if (!actor || Object.keys(changes).length === 0) return;
    // Without a connection the write settles later; the page shows it at once and marks it as waiting.
    updateLead(db, actor, lead.id, changes).then(() => done(t("leads.detail.saved")), tell);
    if (!online) done(t("leads.detail.savedLater"));
  }

  const optional = ` (${t("leads.form.optional")})`;
  return (
    <form onSubmit={form.onSubmit(save)}>
      <Stack gap="sm">
        <TextInput label={t("leads.form.name")} required maxLength={200} {...form.getInputProps("name")} />
        <TextInput label={t("leads.form.phone") + optional} type="tel" inputMode="tel" {...form.getInputProps("phone")} />
        <TextInput label={t("leads.form.email") + optional} type="email" maxLength={320} {...form.getInputProps("email")} />
        <Textarea label={t("leads.form.note") + optional} autosize minRows={3} maxRows={10} maxLength={5000} data-autofocus {...form.getInputProps("note")} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>{t("parts.cancel")}</Button>
          <Button type="submit">{t("leads.form.save")}</Button>
        </Group>
      </Stack>
    </form>
  );
}
