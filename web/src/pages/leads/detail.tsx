// One lead: how to reach the person, what is known, and what happened.
import type { Lead } from "@leadgen-pro/client";
import { useConversationsOfLead, useLead } from "@leadgen-pro/client/react";
import { Anchor, Button, Card, Divider, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { IconBrandWhatsapp, IconMail, IconMessages, IconPhone, IconUserOff } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "react-router";
import { EmptyState } from "../../parts/empty-state";
import { Failure } from "../../parts/failure";
import { PageHead } from "../../parts/page-head";
import { phoneText, telLink, whatsAppLink } from "../../parts/phone";
import { Unsent } from "../../parts/unsent";
import { LeadFacts } from "./facts";
import { Holder } from "./holder";
import { LeadHistory } from "./history";
import { LeadNotes } from "./notes";
import { LeadStatus } from "./lead-status";
import { SourceMark } from "./status";

interface Props {
  leadId: string;
  /** The drawer of a wide screen, which has its own way to close; a phone's page has an arrow back. */
  inDrawer?: boolean;
}

export default function LeadDetail({ leadId, inDrawer = false }: Props) {
  const { t } = useTranslation();
  const { search } = useLocation();
  const { data: lead, error, retry } = useLead(leadId);
  const back = inDrawer ? {} : { back: `/leads${search}` };

  if (error) return <><PageHead title={t("leads.title")} {...back} /><Failure error={error} onRetry={retry} /></>;
  if (lead === undefined) return <Stack aria-busy><Skeleton h={36} w="60%" /><Skeleton h={44} /><Skeleton h={160} /><Skeleton h={200} /></Stack>;
  if (lead === null) {
    return (
      <EmptyState Icon={IconUserOff} title={t("leads.detail.gone")} text={t("leads.detail.goneText")}>
        <Button component={Link} to={`/leads${search}`} variant="light" mt="sm">{t("leads.detail.toList")}</Button>
      </EmptyState>
    );
  }
  return (
    <Stack gap="md">
      <div>
        {inDrawer ? <Title order={2} style={{ overflowWrap: "anywhere" }}>{lead.name}</Title> : <PageHead title={lead.name} {...back} />}
        <Group gap="sm" mt={inDrawer ? 4 : 0}>
          <SourceMark source={lead.source} />
          {lead.pending && <Unsent />}
        </Group>
      </div>
      <Contact lead={lead} />
      <LeadStatus lead={lead} />
      <Frame><LeadNotes key={lead.id} lead={lead} /></Frame>
      <Frame>
        <Holder lead={lead} />
        <Divider my="sm" />
        <LeadFacts lead={lead} />
      </Frame>
      <LeadHistory leadId={lead.id} />
    </Stack>
  );
}

const Frame = ({ children }: { children: ReactNode }) => <Card withBorder padding="md">{children}</Card>;

function Contact({ lead }: { lead: Lead }) {
  const { t } = useTranslation();
  const conversation = useConversationsOfLead(lead.id, { limit: 1 }).data?.[0];
  return (
    <Stack gap="xs">
      {lead.phone ? <Text size="lg" fw={600}>{phoneText(lead.phone)}</Text> : <Text c="dimmed">{t("leads.detail.noPhone")}</Text>}
      {lead.email && (
        <Group gap={6} wrap="nowrap"><IconMail size={16} aria-hidden /><Anchor href={`mailto:${encodeURIComponent(lead.email)}`} size="sm" style={{ overflowWrap: "anywhere" }}>{lead.email}</Anchor></Group>
      )}
      <Group gap="xs" grow preventGrowOverflow={false}>
        {lead.phone && (
          <>
            <Button component="a" href={whatsAppLink(lead.phone)} target="_blank" rel="noopener noreferrer" leftSection={<IconBrandWhatsapp size={18} />}>WhatsApp</Button>
            <Button component="a" href={telLink(lead.phone)} variant="default" leftSection={<IconPhone size={18} />}>{t("parts.call")}</Button>
          </>
        )}
        {conversation && (
          <Button component={Link} to={`/inbox/${conversation.id}`} variant="light" leftSection={<IconMessages size={18} />}>{t("leads.detail.conversation")}</Button>
        )}
      </Group>
    </Stack>
  );
}
