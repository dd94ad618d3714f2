// Whom a conversation is with, and through what.
import type { ChannelKind, Conversation } from "@leadgen-pro/client";
import { Avatar, ThemeIcon } from "@mantine/core";
import {
  type Icon, IconBrandFacebook, IconBrandInstagram, IconBrandMessenger, IconBrandWhatsapp, IconMessageCircle,
} from "@tabler/icons-react";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { phoneText } from "../../parts/phone";
import classes from "./inbox.module.css";

const LOOKS: Record<ChannelKind, { Icon: Icon; color: string }> = {
  WHATSAPP: { Icon: IconBrandWhatsapp, color: "teal.8" },
  INSTAGRAM: { Icon: IconBrandInstagram, color: "pink.7" },
  MESSENGER: { Icon: IconBrandMessenger, color: "blue.7" },
  INSTAGRAM_COMMENT: { Icon: IconMessageCircle, color: "pink.7" },
  FACEBOOK_COMMENT: { Icon: IconBrandFacebook, color: "blue.7" },
};

export const CHANNEL_KINDS = Object.keys(LOOKS) as ChannelKind[];

/** What people call the contact: the name, else the number, else through what, and the end of the platform's id. */
export function nameOf(conversation: Conversation, t: TFunction): string {
  const { channel, contactName, contactPhone, contactId } = conversation;
  if (contactName) return contactName;
  return contactPhone ? phoneText(contactPhone) : `${t(`inbox.channels.${channel}`)} ··${contactId.slice(-4)}`;
}

/** The channel as a small mark with its name for those who do not see it. */
export function ChannelMark({ channel, size = 18, bare = false }: { channel: ChannelKind; size?: number; bare?: boolean }) {
  const { t } = useTranslation();
  const { Icon, color } = LOOKS[channel];
  const name = t(`inbox.channels.${channel}`);
  return (
    <ThemeIcon color={color} size={size} radius="xl" {...(bare ? { "aria-hidden": true } : { role: "img", "aria-label": name, title: name })}>
      <Icon size={size * 0.7} stroke={2} />
    </ThemeIcon>
  );
}

/** The contact's initials with the channel at their foot. */
export function ContactFace({ conversation, size = 44 }: { conversation: Conversation; size?: number }) {
  const { t } = useTranslation();
  const { contactName, channel } = conversation;
  return (
    <span className={classes.face}>
      {contactName ? <Avatar name={nameOf(conversation, t)} color="initials" size={size} aria-hidden /> : <Avatar size={size} aria-hidden />}
      <span className={classes.faceMark}><ChannelMark channel={channel} /></span>
    </span>
  );
}
