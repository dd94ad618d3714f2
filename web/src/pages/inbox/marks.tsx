// How far a message of ours got.
import type { Message } from "@leadgen-pro/client";
import { Group, Text, VisuallyHidden } from "@mantine/core";
import { IconAlertCircle, IconCheck, IconChecks, IconClock, IconHelpCircle, IconMicrophone } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { language } from "../../i18n";
import { clock } from "../../parts/time";
import looks from "./message.module.css";

/** Nobody knows whether it went out. */
export const isUnconfirmed = (message: Message) => message.status === "PENDING" && message.error?.code === "UNCONFIRMED";

/** What the service says of a message that did not get there, in the person's language. */
export function problemOf({ error }: Message): string | undefined {
  return (language() === "id" ? error?.message : error?.messageEn) ?? error?.title;
}

const ICONS = {
  PENDING: IconClock,
  SENT: IconCheck,
  DELIVERED: IconChecks,
  READ: IconChecks,
  PLAYED: IconMicrophone,
  FAILED: IconAlertCircle,
};

/** The foot of a bubble: edited, when, how far. */
export function Foot({ message }: { message: Message }) {
  const { t } = useTranslation();
  const { status, edited, sentAt, direction, deleted } = message;
  const unsure = isUnconfirmed(message);
  const Icon = status && (unsure ? IconHelpCircle : ICONS[status]);
  return (
    <Group gap={4} justify="flex-end" wrap="nowrap" className={looks.foot}>
      {edited && !deleted && <Text component="span" size="xs">{t("inbox.message.edited")}</Text>}
      <Text component="time" size="xs" dateTime={sentAt.toISOString()}>{clock(sentAt)}</Text>
      {direction === "OUT" && Icon && status && (
        <span className={looks.mark} data-status={unsure ? "UNSURE" : status}>
          <Icon size={15} aria-hidden />
          <VisuallyHidden>{unsure ? t("inbox.message.unconfirmed") : t(`inbox.marks.${status}`)}</VisuallyHidden>
        </span>
      )}
    </Group>
  );
}
