// Which conversations are shown. The address keeps it, so that back and reload show the same.
import type { ChannelKind, Conversation, ConversationState } from "@leadgen-pro/client";
import { Chip, Group, SegmentedControl, Select } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { CHANNEL_KINDS, ChannelMark } from "./contact";
import classes from "./inbox.module.css";

export interface Filter {
  state: ConversationState;
  channel?: ChannelKind;
  unread: boolean;
}

export function useFilter(): [Filter, (next: Filter) => void, search: string] {
  const [params, setParams] = useSearchParams();
  const channel = CHANNEL_KINDS.find((kind) => kind === params.get("channel"));
  const filter: Filter = { state: params.get("state") === "RESOLVED" ? "RESOLVED" : "OPEN", ...(channel && { channel }), unread: params.has("unread") };
  function show(next: Filter) {
    setParams({ ...(next.state === "RESOLVED" && { state: next.state }), ...(next.channel && { channel: next.channel }), ...(next.unread && { unread: "1" }) }, { replace: true });
  }
  const search = params.toString();
  return [filter, show, search && `?${search}`];
}

/** Whether a conversation is shown. What somebody has open stays, though it is read by now. */
export function passes(filter: Filter, conversation: Conversation, open: string | undefined): boolean {
  if (filter.channel && conversation.channel !== filter.channel) return false;
  return !filter.unread || (conversation.unreadCount ?? 0) > 0 || conversation.id === open;
}

export function FilterBar({ filter, onChange }: { filter: Filter; onChange(next: Filter): void }) {
  const { t } = useTranslation();
  return (
    <div className={classes.filter}>
      <SegmentedControl
        fullWidth
        size="sm"
        aria-label={t("inbox.list.state")}
        value={filter.state}
        onChange={(state) => onChange({ ...filter, state: state as Filter["state"] })}
        data={[{ value: "OPEN", label: t("inbox.list.open") }, { value: "RESOLVED", label: t("inbox.list.resolved") }]}
      />
      <Group gap="xs" wrap="nowrap">
        <Select
          flex={1}
          size="sm"
          aria-label={t("inbox.list.channel")}
          placeholder={t("inbox.list.allChannels")}
          value={filter.channel ?? null}
          onChange={(channel) => {
            const { channel: _, ...rest } = filter;
            onChange(channel ? { ...rest, channel: channel as ChannelKind } : rest);
          }}
          clearable
          clearButtonProps={{ "aria-label": t("inbox.list.allChannels") }}
          checkIconPosition="right"
          leftSection={filter.channel && <ChannelMark channel={filter.channel} bare />}
          renderOption={({ option }) => (
            <Group gap="xs" wrap="nowrap">
              <ChannelMark channel={option.value as ChannelKind} bare />
              {option.label}
            </Group>
          )}
          data={CHANNEL_KINDS.map((kind) => ({ value: kind, label: t(`inbox.channels.${kind}`) }))}
        />
        <Chip size="sm" classNames={{ label: classes.chip }} checked={filter.unread} onChange={(unread) => onChange({ ...filter, unread })}>{t("inbox.list.unread")}</Chip>
      </Group>
    </div>
  );
}
