// That a conversation is with the person of a lead, or no longer.
import type { ChannelKind, Conversation, LeadSource } from "@leadgen-pro/client";
import { useCallable, useLeadGen, useLeads } from "@leadgen-pro/client/react";
import { Button, Divider, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Confirm } from "../../parts/confirm";
import { phoneText } from "../../parts/phone";
import { done, tell, tellAt } from "../../parts/refusal";
import classes from "./inbox.module.css";

interface Props {
  conversation: Conversation;
  opened: boolean;
  onClose(): void;
}

/** Among how many of the newest leads one is looked for. */
const MOST = 200;

/** Where a lead comes from that is made here. */
const SOURCES: Record<ChannelKind, LeadSource> = {
  WHATSAPP: "WHATSAPP",
  INSTAGRAM: "INSTAGRAM",
  MESSENGER: "MESSENGER",
  INSTAGRAM_COMMENT: "INSTAGRAM",
  FACEBOOK_COMMENT: "MESSENGER",
};

export function LinkDialog({ conversation, opened, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <Modal opened={opened} onClose={onClose} title={t("inbox.link.title")} centered closeButtonProps={{ "aria-label": t("parts.close") }}>
      <Stack>
        <Text size="sm" c="dimmed">{t("inbox.link.text")}</Text>
        <Choose conversation={conversation} onClose={onClose} />
        <Divider label={t("inbox.link.createText")} />
        <Make conversation={conversation} onClose={onClose} />
      </Stack>
    </Modal>
  );
}

const digits = (text: string) => text.replace(/\D/g, "").replace(/^(62|0)/, "");

function Choose({ conversation, onClose }: Omit<Props, "opened">) {
  const { t } = useTranslation();
  const { call, state } = useCallable("linkConversationToLead");
  const { data } = useLeads({ limit: MOST });
  const [chosen, setChosen] = useState<string | null>(null);
  const leads = data?.filter((it) => it.id !== conversation.leadId);

  async function link() {
    if (!chosen) return;
    try {
      await call({ conversationId: conversation.id, leadId: chosen });
      done(t("inbox.link.done", { name: leads?.find((it) => it.id === chosen)?.name ?? "" }));
      onClose();
    } catch (error) {
      tell(error);
    }
  }

  return (
    <>
      <Select
        label={t("inbox.link.search")}
        description={t("inbox.link.searchText", { n: leads?.length ?? 0 })}
        size="md"
        searchable
        limit={50}
        withScrollArea={false}
        classNames={{ options: classes.options }}
        value={chosen}
        onChange={setChosen}
        nothingFoundMessage={t("inbox.link.none")}
        data={leads?.map((it) => ({ value: it.id, label: it.phone ? `${it.name} · ${phoneText(it.phone)}` : it.name })) ?? []}
        filter={({ options, search }) => {
          const words = search.trim().toLowerCase();
          const number = digits(words);
          return options.filter((it) => "label" in it && (it.label.toLowerCase().includes(words) || (number.length > 3 && digits(it.label).includes(number))));
        }}
        data-autofocus
      />
      <Button size="md" onClick={link} loading={state === "running"} disabled={!chosen}>{t("inbox.link.go")}</Button>
    </>
  );
}

function Make({ conversation, onClose }: Omit<Props, "opened">) {
  const { t } = useTranslation();
  const { client } = useLeadGen();
  const { id, contactName, contactPhone, channel } = conversation;
  const form = useForm({ initialValues: { name: contactName ?? "", phone: contactPhone ? phoneText(contactPhone) : "" } });

  async function make({ name, phone }: { name: string; phone: string }) {
    try {
      const { leadId } = await client.createLead({ name: name.trim(), phone: phone.trim(), source: SOURCES[channel] });
      await client.linkConversationToLead({ conversationId: id, leadId });
      done(t("inbox.link.done", { name }));
      onClose();
    } catch (error) {
      tellAt(form, error);
    }
  }

  return (
    <form onSubmit={form.onSubmit(make)}>
      <Stack gap="sm">
        <TextInput label={t("inbox.link.name")} required size="md" {...form.getInputProps("name")} />
        <TextInput label={t("inbox.link.phone")} required size="md" type="tel" inputMode="tel" {...form.getInputProps("phone")} />
        <Button type="submit" variant="light" size="md" loading={form.submitting}>{t("inbox.link.createGo")}</Button>
      </Stack>
    </form>
  );
}

export function UnlinkDialog({ conversation, opened, onClose }: Props) {
  const { t } = useTranslation();
  const { client } = useLeadGen();
  async function cut() {
    await client.linkConversationToLead({ conversationId: conversation.id, leadId: null });
    done(t("inbox.link.cut"));
  }
  return (
    <Confirm opened={opened} onClose={onClose} title={t("inbox.link.cutTitle")} yes={t("inbox.thread.unlink")} color="zamrud" onYes={cut}>
      <Text size="sm">{t("inbox.link.cutText")}</Text>
    </Confirm>
  );
}
