import type { TeamMember } from "@leadgen-pro/client";
import { Badge, Card, Group, Stack, Table, Text } from "@mantine/core";
import { IconBrandFacebook, IconBrandInstagram, IconBrandWhatsapp } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Face, RoleBadge } from "../../parts/people";
import { useRoster } from "../../parts/roster";
import { date } from "../../parts/time";
import { useWide } from "../../parts/wide";
import { usePerson } from "../../session";
import { MemberMenu } from "./member-menu";

export const nameOf = (member: TeamMember) => member.displayName || member.email || member.uid;

/** People as a table, or as cards where there is no width for one. */
export function MemberList({ members }: { members: TeamMember[] }) {
  const { t } = useTranslation();
  const { branchName } = useRoster();
  const wide = useWide();
  const branch = (member: TeamMember) => (member.branchId ? branchName(member.branchId) : "–");
  if (!wide) {
    return (
      <Stack gap="xs" component="ul" p={0} m={0} style={{ listStyle: "none" }}>
        {members.map((member) => (
          <Card key={member.uid} withBorder padding="sm" component="li">
            <Group justify="space-between" wrap="nowrap" align="flex-start">
              <Who member={member} />
              <MemberMenu member={member} />
            </Group>
            <Group gap="xs" mt="xs">
              <RoleBadge role={member.role} />
              <StateBadge member={member} />
              {member.role !== "PUSAT" && member.branchId && <Text size="xs" c="dimmed">{branch(member)}</Text>}
              <Connected member={member} />
            </Group>
          </Card>
        ))}
      </Stack>
    );
  }
  return (
    <Card withBorder padding={0}>
      <Table verticalSpacing="sm" horizontalSpacing="md" highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            {(["name", "role", "branch", "state", "since"] as const).map((column) => <Table.Th key={column}>{t(`team.${column}`)}</Table.Th>)}
            <Table.Th w={60} aria-label={t("team.actions", { name: "" })} />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {members.map((member) => (
            <Table.Tr key={member.uid}>
              <Table.Td><Who member={member} /></Table.Td>
              <Table.Td><RoleBadge role={member.role} /></Table.Td>
              <Table.Td>{branch(member)}</Table.Td>
              <Table.Td><Group gap="xs" wrap="nowrap"><StateBadge member={member} /><Connected member={member} /></Group></Table.Td>
              <Table.Td>{date(member.createdAt)}</Table.Td>
              <Table.Td><MemberMenu member={member} /></Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Card>
  );
}

function Who({ member }: { member: TeamMember }) {
  const { t } = useTranslation();
  const { uid } = usePerson();
  return (
    <Group gap="sm" wrap="nowrap" miw={0}>
      <Face name={nameOf(member)} />
      <div style={{ minWidth: 0 }}>
        <Text size="sm" fw={600} style={{ overflowWrap: "anywhere" }}>{nameOf(member)}{member.uid === uid && ` (${t("team.you")})`}</Text>
        <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>{member.email}</Text>
        {member.roleError && <Text size="xs" c="red">{member.roleError}</Text>}
      </div>
    </Group>
  );
}

function StateBadge({ member }: { member: TeamMember }) {
  const { t } = useTranslation();
  if (member.disabled) return <Badge variant="light" color="red">{t("team.disabled")}</Badge>;
  if (member.role === "MITRA" && !member.branchId) return <Badge variant="light" color="kencana">{t("team.unplaced")}</Badge>;
  return <Badge variant="dot" color="zamrud">{t("team.active")}</Badge>;
}

/** Which accounts of theirs are connected. */
function Connected({ member: { connectedAccounts } }: { member: TeamMember }) {
  const marks = [
    { name: "Facebook", on: connectedAccounts?.facebook, Icon: IconBrandFacebook },
    { name: "Instagram", on: connectedAccounts?.instagram, Icon: IconBrandInstagram },
    { name: "WhatsApp", on: connectedAccounts?.whatsapp, Icon: IconBrandWhatsapp },
  ].filter(({ on }) => on);
  if (marks.length === 0) return null;
  return <Group gap={4} wrap="nowrap" c="dimmed">{marks.map(({ name, Icon }) => <Icon key={name} size={16} stroke={1.6} role="img" aria-label={name} />)}</Group>;
}
