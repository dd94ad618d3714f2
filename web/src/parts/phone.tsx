// Phone numbers as people in Indonesia write them, and the ways to reach one.
import { ActionIcon, Anchor, Group, Tooltip } from "@mantine/core";
import { IconBrandWhatsapp, IconPhone } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

/** Area codes of two digits; every other landline has three. */
const SHORT_AREAS = ["21", "22", "24", "31", "61"];

/** `+6281210000001` as `0812-1000-0001`; foreign numbers keep their country code: `+966 501 234 567`. */
export function phoneText(e164: string): string {
  if (!e164.startsWith("+62")) return e164.replace(/^\+(\d{1,3})(\d{3})(\d{3})(\d*)$/, "+$1 $2 $3 $4").trim();
  const local = e164.slice(3);
  const area = local.startsWith("8") ? 3 : SHORT_AREAS.includes(local.slice(0, 2)) ? 2 : 3;
  const rest = local.slice(area);
  return [`0${local.slice(0, area)}`, rest.slice(0, 4), rest.slice(4)].filter(Boolean).join("-");
}

/**
 * A number as people type it, in E.164: `0812…`, `62812…`, `+62 812-…`; null where it is none. The service's callables do this by
 * themselves: this is for what a page looks up or writes directly.
 */
export function e164Of(typed: string): string | null {
  if (/[^\d\s()+.-]/.test(typed)) return null;
  const digits = typed.replace(/\D/g, "");
  const e164 = typed.trim().startsWith("+") ? `+${digits}` : digits.startsWith("0") ? `+62${digits.slice(1)}` : `+${digits}`;
  const known = typed.trim().startsWith("+") || /^(0[1-9]|62)/.test(digits);
  return known && /^\+[1-9]\d{6,14}$/.test(e164) ? e164 : null;
}

export const telLink = (e164: string) => `tel:${e164}`;
export const whatsAppLink = (e164: string) => `https://wa.me/${e164.replace("+", "")}`;

/** The number as a link that calls it. */
export function Phone({ e164 }: { e164: string }) {
  return <Anchor href={telLink(e164)} c="inherit" underline="hover">{phoneText(e164)}</Anchor>;
}

/** Two buttons: call, and chat on WhatsApp. `who` names the person to those who cannot see whose they are. */
export function PhoneActions({ e164, who }: { e164: string; who: string }) {
  const { t } = useTranslation();
  return (
    <Group gap={4} wrap="nowrap">
      <Tooltip label={t("parts.call")}>
        <ActionIcon component="a" href={telLink(e164)} variant="subtle" color="gray" size="lg" aria-label={`${t("parts.call")}: ${who}`}>
          <IconPhone size={18} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={t("parts.chat")}>
        <ActionIcon component="a" href={whatsAppLink(e164)} target="_blank" rel="noopener noreferrer" variant="subtle" size="lg" aria-label={`${t("parts.chat")}: ${who}`}>
          <IconBrandWhatsapp size={18} />
        </ActionIcon>
      </Tooltip>
    </Group>
  );
}
