import type { TeamMember } from "@leadgen-pro/client";
import { useLeadGen } from "@leadgen-pro/client/react";
import { Alert, Button, Group, Stack } from "@mantine/core";
import { useForm } from "@mantine/form";
import { IconInfoCircle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { done, tellAt } from "../../parts/refusal";
import { nameOf } from "./members";
import { type Place, placed, PlaceFields } from "./place-fields";

/** Gives somebody another role or branch. */
export function RoleForm({ member, onClose }: { member: TeamMember; onClose(): void }) {
  const { t } = useTranslation();
  const { client } = useLeadGen();
  const form = useForm<Place>({ initialValues: { role: member.role, branchId: member.branchId ?? null } });

  async function save(place: Place) {
    try {
      await client.setUserRole({ uid: member.uid, ...placed(place) });
      done(t("team.change.done", { name: nameOf(member) }));
      onClose();
    } catch (error) {
      tellAt(form, error);
    }
  }

  return (
    <form onSubmit={form.onSubmit(save)}>
      <Stack gap="sm">
        <Alert icon={<IconInfoCircle />} color="kencana">{t("team.change.warning")}</Alert>
        <PlaceFields form={form} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>{t("parts.cancel")}</Button>
          <Button type="submit" loading={form.submitting} disabled={!form.isDirty()}>{t("team.change.save")}</Button>
        </Group>
      </Stack>
    </form>
  );
}
