// The states and sources of a lead, as they look.
import type { LeadSource, LeadStatus } from "@leadgen-pro/client";
import { Badge, Group, Text } from "@mantine/core";
import {
  IconBrandFacebook, IconBrandInstagram, IconBrandMessenger, IconBrandWhatsapp, IconFileImport, type Icon, IconKeyboard,
  IconSpeakerphone, IconUserHeart,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

export const STATUSES: readonly LeadStatus[] = ["NEW", "FOLLOW_UP", "CLOSING", "LOST"];

export const SOURCES: readonly LeadSource[] = ["IG_ADS", "FB_ADS", "INSTAGRAM", "MESSENGER", "WHATSAPP", "REFERRAL", "MANUAL", "IMPORT"];

export const STATUS_COLOURS: Record<LeadStatus, string> = { NEW: "blue", FOLLOW_UP: "kencana", CLOSING: "zamrud", LOST: "gray" };

const SOURCE_ICONS: Record<LeadSource, Icon> = {
  IG_ADS: IconSpeakerphone,
  FB_ADS: IconSpeakerphone,
  INSTAGRAM: IconBrandInstagram,
  MESSENGER: IconBrandMessenger,
  WHATSAPP: IconBrandWhatsapp,
  REFERRAL: IconUserHeart,
  MANUAL: IconKeyboard,
  IMPORT: IconFileImport,
};

export function StatusBadge({ status }: { status: LeadStatus }) {
  const { t } = useTranslation();
  return <Badge variant="light" color={STATUS_COLOURS[status]}>{t(`leads.status.${status}`)}</Badge>;
}

export function SourceMark({ source }: { source: LeadSource }) {
  const { t } = useTranslation();
  const Mark = SOURCE_ICONS[source] ?? IconBrandFacebook;
  return (
    <Group gap={4} wrap="nowrap" c="dimmed">
      <Mark size={15} stroke={1.6} aria-hidden />
      <Text size="xs" component="span">{t(`leads.source.${source}`)}</Text>
    </Group>
  );
}
