// A lead as a card: on the board and in the phone's list.
import type { Lead, LeadStatus } from "@leadgen-pro/client";
import { Card, Group, Text } from "@mantine/core";
import { IconHourglass } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "react-router";
import { PhoneActions, phoneText } from "../../parts/phone";
import { Face } from "../../parts/people";
import { useRoster } from "../../parts/roster";
import { span, useNow, When } from "../../parts/time";
import { Unsent } from "../../parts/unsent";
import { usePerson } from "../../session";
import classes from "./leads.module.css";
import { MoveMenu } from "./move-menu";
import { SourceMark } from "./status";

interface Props {
  lead: Lead;
  onMove(lead: Lead, to: LeadStatus): void;
  /** With buttons to call and to chat, where the card has the width of a phone. */
  actions?: boolean;
}

export function LeadCard({ lead, onMove, actions = false }: Props) {
  const { t } = useTranslation();
  const { search } = useLocation();
  const { role } = usePerson();
  const { holderName } = useRoster();
  const holder = holderName(lead.assignedTo, lead.branchId);
  return (
    <Card withBorder padding="sm" className={classes.card}>
      <Group justify="space-between" wrap="nowrap" align="flex-start" gap="xs">
        <div className={classes.words}>
          <Text component={Link} to={`/leads/${lead.id}${search}`} fw={650} draggable={false} className={classes.name}>{lead.name}</Text>
          {lead.phone && <Text size="sm" c="dimmed">{phoneText(lead.phone)}</Text>}
        </div>
        <Group gap={0} wrap="nowrap" className={classes.above}>
          {actions && lead.phone && <PhoneActions e164={lead.phone} who={lead.name} />}
          <MoveMenu lead={lead} onMove={onMove} />
        </Group>
      </Group>
      {(lead.status === "LOST" ? lead.lostReason : lead.note) && (
        <Text size="sm" lineClamp={2} mt={6} className={classes.note}>{lead.status === "LOST" ? lead.lostReason : lead.note}</Text>
      )}
      {lead.status === "NEW" && !lead.firstResponseAt && <Waiting since={lead.createdAt} />}
      <Group justify="space-between" mt="xs" gap="xs" wrap="nowrap">
        <SourceMark source={lead.source} />
        {lead.pending ? <Unsent /> : <Text size="xs" c="dimmed" className={classes.when}><When at={lead.createdAt} /></Text>}
      </Group>
      {role !== "MITRA" && (
        <Group gap={6} mt={6} wrap="nowrap" miw={0}>
          <Face name={holder} size={22} />
          <Text size="xs" truncate>{holder}</Text>
        </Group>
      )}
      <span className={classes.stripe} data-status={lead.status} title={t(`leads.status.${lead.status}`)} aria-hidden />
    </Card>
  );
}

/** How long a new lead has been waiting for a word. */
function Waiting({ since }: { since: Date }) {
  const { t } = useTranslation();
  const now = useNow();
  return (
    <Group gap={4} mt={6} wrap="nowrap" className={classes.waiting}>
      <IconHourglass size={14} aria-hidden />
      <Text size="xs" fw={600}>{t("leads.waiting", { span: span(now - since.getTime()) })}</Text>
    </Group>
  );
}
