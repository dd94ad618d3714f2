// The head of a conversation: with whom, through what, which lead, and what can be done with all of it.
import type { Conversation } from "@leadgen-pro/client";
import { useCallable, useLead } from "@leadgen-pro/client/react";
import { ActionIcon, Anchor, Button, Group, Menu, Text, Title } from "@mantine/core";
import { IconArrowLeft, IconArrowsExchange, IconCheck, IconDotsVertical, IconLink, IconLinkOff, IconRotate, IconUser } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Phone } from "../../parts/phone";
import { done, tell } from "../../parts/refusal";
import { useWide } from "../../parts/wide";
import { usePerson } from "../../session";
import { AssignDialog } from "./assign-dialog";
import { ContactFace, nameOf } from "./contact";
import { useFilter } from "./filter";
import classes from "./inbox.module.css";
import { LinkDialog, UnlinkDialog } from "./link-dialog";
import layout from "./thread.module.css";

export function ThreadHead({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation();
  const wide = useWide();
  const person = usePerson();
  const { call, state: settling } = useCallable("markConversationRead");
  const [, , search] = useFilter();
  const [dialog, setDialog] = useState<"assign" | "link" | "unlink">();
  const { data: lead } = useLead(conversation.leadId);
  const { id, state, channel, contactPhone, contactName } = conversation;
  const name = nameOf(conversation, t);
  const title = useRef<HTMLHeadingElement>(null);

  // On a phone the list is gone, and what had the focus with it.
  useEffect(() => {
    if (!wide) title.current?.focus({ preventScroll: true });
  }, [wide]);

  const open = state !== "RESOLVED";
  const busy = settling === "running";

  async function settle() {
    try {
      const after = await call({ conversationId: id, state: open ? "RESOLVED" : "OPEN" });
      if (!open) done(t("inbox.thread.reopened"));
      else done(t(after.state === "RESOLVED" ? "inbox.thread.resolved" : "inbox.thread.stillUnread"));
    } catch (error) {
      tell(error);
    }
  }

  const settleWords = t(open ? "inbox.thread.resolve" : "inbox.thread.reopen");
  const SettleIcon = open ? IconCheck : IconRotate;
  return (
    <div className={layout.threadHead}>
      {!wide && (
        <ActionIcon component={Link} to={`/inbox${search}`} variant="subtle" color="gray" size={44} aria-label={t("inbox.thread.back")}>
          <IconArrowLeft size={22} />
        </ActionIcon>
      )}
      <ContactFace conversation={conversation} size={40} />
      <div className={layout.headWords}>
        <Title ref={title} tabIndex={-1} order={wide ? 2 : 1} size="h5" lineClamp={1} className={layout.title}>{name}</Title>
        <Text size="xs" className={classes.quiet} truncate component="div">
          {contactPhone && contactName ? <Phone e164={contactPhone} /> : t("inbox.thread.via", { channel: t(`inbox.channels.${channel}`) })}
          {lead && <> · <Anchor component={Link} to={`/leads/${lead.id}`} inherit fw={600}>{t("inbox.thread.leadOf", { name: lead.name })}</Anchor></>}
        </Text>
      </div>
      <Group gap={4} wrap="nowrap">
        {wide && <Button variant="default" size="sm" loading={busy} leftSection={<SettleIcon size={16} aria-hidden />} onClick={settle}>{settleWords}</Button>}
        <Menu position="bottom-end" width={240}>
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" size={44} loading={!wide && busy} aria-label={t("inbox.thread.more")}><IconDotsVertical size={20} /></ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {!wide && <Menu.Item leftSection={<SettleIcon size={16} />} onClick={settle}>{settleWords}</Menu.Item>}
            {lead && <Menu.Item component={Link} to={`/leads/${lead.id}`} leftSection={<IconUser size={16} />}>{t("inbox.thread.openLead")}</Menu.Item>}
            <Menu.Item leftSection={<IconLink size={16} />} onClick={() => setDialog("link")}>{t("inbox.thread.link")}</Menu.Item>
            {conversation.leadId && <Menu.Item leftSection={<IconLinkOff size={16} />} onClick={() => setDialog("unlink")}>{t("inbox.thread.unlink")}</Menu.Item>}
            {person.role !== "MITRA" && <Menu.Item leftSection={<IconArrowsExchange size={16} />} onClick={() => setDialog("assign")}>{t("inbox.thread.assign")}</Menu.Item>}
          </Menu.Dropdown>
        </Menu>
      </Group>
      <AssignDialog conversation={conversation} opened={dialog === "assign"} onClose={() => setDialog(undefined)} />
      <LinkDialog conversation={conversation} opened={dialog === "link"} onClose={() => setDialog(undefined)} />
      <UnlinkDialog conversation={conversation} opened={dialog === "unlink"} onClose={() => setDialog(undefined)} />
    </div>
  );
}
