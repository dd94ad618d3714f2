import type { Invitation } from "@leadgen-pro/client";
import { useInvitations } from "@leadgen-pro/client/react";
import { Button, Card, Group, Modal, Stack, Text, Title } from "@mantine/core";
import { IconMailForward } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { RoleBadge } from "../../parts/people";
import { useRoster } from "../../parts/roster";
import { When } from "../../parts/time";
import { ShareInvitation } from "./share-invitation";

/** Who is invited and has not come yet; nothing where there is nobody. */
export function Invitations() {
  const { t } = useTranslation();
  const { branchName, nameOf } = useRoster();
  const { data, error } = useInvitations();
  const waiting = data?.filter(({ acceptedBy }) => !acceptedBy) ?? [];
  const [told, setTold] = useState<Invitation>();
  if (error) return <Text size="sm" c="red" role="alert">{t("team.invitations.late")}</Text>;
  if (waiting.length === 0) return null;
  return (
    <section aria-labelledby="invitations">
      <Title order={2} size="h4" mb="xs" id="invitations">{t("team.invitations.title")}</Title>
      <Stack gap="xs">
        {waiting.map((invitation) => (
          <Card key={invitation.id} withBorder padding="sm">
            <Group justify="space-between" gap="xs">
              <div style={{ minWidth: 0 }}>
                <Text size="sm" fw={600} style={{ overflowWrap: "anywhere" }}>{invitation.displayName ? `${invitation.displayName} · ${invitation.email}` : invitation.email}</Text>
                <Group gap="xs">
                  <RoleBadge role={invitation.role} />
                  {invitation.branchId && <Text size="xs">{branchName(invitation.branchId)}</Text>}
                  <Text size="xs" c="dimmed">{t("team.invitations.sent", { who: nameOf(invitation.invitedBy) })}, <When at={invitation.createdAt} /></Text>
                </Group>
              </div>
              <Button variant="light" size="compact-sm" leftSection={<IconMailForward size={16} />} onClick={() => setTold(invitation)}>{t("team.invitations.again")}</Button>
            </Group>
          </Card>
        ))}
      </Stack>
      <Modal opened={!!told} onClose={() => setTold(undefined)} title={t("team.form.share", { email: told?.email ?? "" })} centered closeButtonProps={{ "aria-label": t("parts.close") }}>
        {told && <ShareInvitation email={told.email} role={told.role} onClose={() => setTold(undefined)} />}
      </Modal>
    </section>
  );
}
