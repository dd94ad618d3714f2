import type { Role } from "@leadgen-pro/client";
import { useLeadGen } from "@leadgen-pro/client/react";
import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { tellAt } from "../../parts/refusal";
import { usePerson } from "../../session";
import { type Place, placed, PlaceFields } from "./place-fields";
import { ShareInvitation } from "./share-invitation";

/** Invites an address: head office anybody, a branch its partners. */
export function Invite({ opened, onClose }: { opened: boolean; onClose(): void }) {
  const { t } = useTranslation();
  const [invited, setInvited] = useState<{ email: string; role: Role }>();

  function close() {
    onClose();
    setInvited(undefined);
  }

  return (
    <Modal
      opened={opened} onClose={close} centered closeButtonProps={{ "aria-label": t("parts.close") }}
      title={invited ? t("team.form.share", { email: invited.email }) : t("team.invite")}
    >
      {invited ? <ShareInvitation {...invited} onClose={close} /> : <Form onInvited={setInvited} onClose={close} />}
    </Modal>
  );
}

interface Values extends Place {
  email: string;
  displayName: string;
}

function Form({ onInvited, onClose }: { onInvited(invited: { email: string; role: Role }): void; onClose(): void }) {
  const { t } = useTranslation();
  const person = usePerson();
  const { client } = useLeadGen();
  const form = useForm<Values>({ initialValues: { email: "", displayName: "", role: "MITRA", branchId: null } });

  async function send({ email, displayName, ...place }: Values) {
    try {
      // A branch names neither: its partners come to itself.
      const where = person.role === "PUSAT" ? placed(place) : { role: "MITRA" as const };
      await client.inviteUser({ email: email.trim(), ...where, ...(displayName.trim() && { displayName: displayName.trim() }) });
      onInvited({ email: email.trim(), role: where.role });
    } catch (error) {
      tellAt(form, error);
    }
  }

  return (
    <form onSubmit={form.onSubmit(send)}>
      <Stack gap="sm">
        <TextInput label={t("team.form.email")} description={t("team.form.emailHint")} type="email" required autoComplete="off" data-autofocus {...form.getInputProps("email")} />
        <TextInput label={t("team.form.name")} maxLength={100} autoComplete="off" {...form.getInputProps("displayName")} />
        {person.role === "PUSAT" && <PlaceFields form={form} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>{t("parts.cancel")}</Button>
          <Button type="submit" loading={form.submitting}>{t("team.form.send")}</Button>
        </Group>
      </Stack>
    </form>
  );
}
