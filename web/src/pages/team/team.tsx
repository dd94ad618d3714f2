// The people below somebody: who they are, who is invited, and what can be changed about them.
import type { Role } from "@leadgen-pro/client";
import { Button, Card, Group, Select, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { IconSearch, IconUserPlus, IconUsersGroup } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "../../parts/empty-state";
import { Failure } from "../../parts/failure";
import { PageHead } from "../../parts/page-head";
import { MOST_PEOPLE, Roster, useRoster } from "../../parts/roster";
import { usePerson } from "../../session";
import { Invitations } from "./invitations";
import { Invite } from "./invite";
import { MemberList } from "./members";

const ROLES: Role[] = ["PUSAT", "CABANG", "MITRA"];

export default function Team() {
  return (
    <Roster>
      <Page />
    </Roster>
  );
}

function Page() {
  const { t } = useTranslation();
  const { role } = usePerson();
  const [inviting, setInviting] = useState(false);
  return (
    <>
      <PageHead title={t("team.title")} text={t(role === "PUSAT" ? "team.text.PUSAT" : "team.text.CABANG")}>
        <Button leftSection={<IconUserPlus size={18} />} onClick={() => setInviting(true)}>{t("team.invite")}</Button>
      </PageHead>
      <Stack gap="lg">
        <Invitations />
        <People onInvite={() => setInviting(true)} />
      </Stack>
      <Invite opened={inviting} onClose={() => setInviting(false)} />
    </>
  );
}

function People({ onInvite }: { onInvite(): void }) {
  const { t } = useTranslation();
  const person = usePerson();
  const { members, branches, branchName, ready, error, retry } = useRoster();
  const [words, setWords] = useState("");
  const [role, setRole] = useState<string | null>(null);
  const [branch, setBranch] = useState<string | null>(null);

  if (error) return <Failure error={error} onRetry={retry} />;
  if (!ready) return <Stack gap="xs">{[0, 1, 2, 3].map((n) => <Skeleton key={n} h={56} />)}</Stack>;

  const wanted = words.trim().toLowerCase();
  const shown = members.filter((member) =>
    (!wanted || `${member.displayName ?? ""} ${member.email ?? ""}`.toLowerCase().includes(wanted))
    && (!role || member.role === role) && (!branch || member.branchId === branch));
  return (
    <section aria-label={t("team.title")}>
      <Group gap="xs" mb="sm">
        <TextInput
          aria-label={t("team.search")} placeholder={t("team.search")} leftSection={<IconSearch size={16} />} type="search"
          value={words} onChange={(event) => setWords(event.currentTarget.value)} flex={{ base: "1 1 100%", sm: "1 1 200px" }} maw={{ sm: 340 }}
        />
        <Select
          aria-label={t("team.role")} placeholder={t("team.anyRole")} clearable flex="1 1 140px" maw={{ sm: 200 }}
          data={ROLES.map((value) => ({ value, label: t(`parts.roles.${value}`) }))} value={role} onChange={setRole}
        />
        {person.role === "PUSAT" && (
          <Select
            aria-label={t("team.branch")} placeholder={t("team.anyBranch")} clearable searchable flex="1 1 140px" maw={{ sm: 240 }}
            data={branches.map(({ id }) => ({ value: id, label: branchName(id) }))} value={branch} onChange={setBranch}
          />
        )}
      </Group>
      {members.every(({ uid }) => uid === person.uid) ? (
        <EmptyState Icon={IconUsersGroup} title={t("team.empty.title")} text={t("team.empty.text")}>
          <Button mt="sm" leftSection={<IconUserPlus size={18} />} onClick={onInvite}>{t("team.invite")}</Button>
        </EmptyState>
      ) : shown.length === 0 ? <Card withBorder><Text c="dimmed" ta="center" py="lg">{t("team.none")}</Text></Card> : <MemberList members={shown} />}
      {members.length >= MOST_PEOPLE && <Text size="sm" c="dimmed" mt="sm">{t("team.truncated", { count: MOST_PEOPLE })}</Text>}
    </section>
  );
}
