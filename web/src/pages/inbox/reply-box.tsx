// Where replies are written: with the window's clock, what is possible once it has closed, and what a comment's answer needs.
import type { Conversation, Message } from "@leadgen-pro/client";
import { ActionIcon, Alert, Button, Group, SegmentedControl, Text, Textarea, ThemeIcon } from "@mantine/core";
import { IconClockHour4, IconClockOff, IconHandStop, IconSend2, IconTemplate, IconX } from "@tabler/icons-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { dateTime, useNow } from "../../parts/time";
import classes from "./inbox.module.css";
import { useDraft } from "./drafts";
import { kindWords } from "./kinds";
import { left as leftWords } from "./moments";
import type { Order, Template } from "./outbox";
import { TemplateDialog } from "./template-dialog";
import { isComment, type Possible, possible, privateUntil, size } from "./window";
import layout from "./thread.module.css";
import looks from "./message.module.css";

const HOUR = 3_600_000;

interface Props {
  conversation: Conversation;
  name: string;
  /** The message that is answered; of comments the one chosen or the latest. */
  target: Message | undefined;
  onCancelTarget(): void;
  /** Under which key the words are kept; only this box is drawn again with each of them. */
  draft: string;
  onText(text: string): void;
  /** Only the commenter sees the reply. */
  privately: boolean;
  onPrivately(privately: boolean): void;
  /** The comment was answered in private already: the platform takes it once. */
  privatelyDone: boolean;
  onSend(order: Order): void;
  /** What the service said to the last attempt. */
  refusal: string | undefined;
}

export function ReplyBox({ conversation, name, target, onCancelTarget, draft, onText, privately, onPrivately, privatelyDone, onSend, refusal }: Props) {
  const { t } = useTranslation();
  const now = useNow();
  const text = useDraft(draft);
  const [template, setTemplate] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const { channel } = conversation;
  const comments = isComment(channel);
  const way = possible(conversation, now);
  const mayPrivately = comments && target !== undefined && !privatelyDone && now < privateUntil(target);
  const isPrivate = privately && mayPrivately;
  const { long, most, bytes } = size(channel, isPrivate, text.trim());
  const words = way.is === "open" || way.is === "byHand" || (way.is === "comment" && target !== undefined);
  const ready = words && long > 0 && long <= most;

  // Whoever chose a message to answer goes on to write.
  const targetId = target?.id;
  const first = useRef(targetId);
  useEffect(() => {
    if (targetId && targetId !== first.current) field.current?.focus();
    first.current = targetId;
  }, [targetId]);

  function submit() {
    if (!ready) return;
    onSend({
      text: text.trim(),
      ...(target && { replyTo: target.id }),
      ...(isPrivate && { private: true }),
      ...(way.is === "byHand" && { tag: "HUMAN_AGENT" as const }),
    });
    field.current?.focus();
  }

  function keys(event: KeyboardEvent) {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    submit();
  }

  return (
    <div className={layout.reply}>
      <Notice way={way} onTemplate={() => setTemplate(true)} />
      {comments && !target && <Text size="sm" className={classes.quiet}>{t("inbox.reply.whichComment")}</Text>}
      {refusal && <Alert color="red" role="alert" p="xs">{refusal}</Alert>}
      {target && (
        <div className={layout.quoteBar}>
          <div className={looks.quote}>
            <Text size="xs" fw={700}>{t("inbox.reply.to", { name: target.direction === "IN" ? name : t("inbox.message.you") })}</Text>
            <Text size="xs" truncate>{target.text ?? t(`inbox.kinds.${kindWords(target.kind).key}`)}</Text>
          </div>
          {!comments && <ActionIcon variant="subtle" color="gray" size="lg" onClick={onCancelTarget} aria-label={t("inbox.reply.cancelQuote")}><IconX size={18} /></ActionIcon>}
        </div>
      )}
      {comments && target && (
        <div>
          <SegmentedControl
            size="xs"
            aria-label={t("inbox.reply.audience")}
            value={isPrivate ? "private" : "public"}
            onChange={(value) => onPrivately(value === "private")}
            data={[{ value: "public", label: t("inbox.reply.publicly") }, { value: "private", label: t("inbox.reply.privately"), disabled: !mayPrivately }]}
          />
          <Text size="xs" className={classes.quiet} mt={4}>
            {isPrivate ? t("inbox.reply.privatelyOnce", { until: dateTime(new Date(privateUntil(target))) }) : t(privatelyDone ? "inbox.reply.privatelyDone" : mayPrivately ? "inbox.reply.publiclyText" : "inbox.reply.privatelyOver")}
          </Text>
        </div>
      )}
      {words && (
        <Group gap="xs" align="flex-end" wrap="nowrap">
          <Textarea
            ref={field}
            flex={1}
            size="md"
            autosize
            minRows={1}
            maxRows={6}
            radius="lg"
            aria-label={t("inbox.reply.label")}
            placeholder={t(comments ? "inbox.reply.comment" : "inbox.reply.placeholder")}
            value={text}
            onChange={(event) => onText(event.currentTarget.value)}
            onKeyDown={keys}
            error={long > most || undefined}
          />
          <ActionIcon size={44} radius="xl" variant="filled" disabled={!ready} onClick={submit} aria-label={t("inbox.reply.send")}>
            <IconSend2 size={22} stroke={1.8} />
          </ActionIcon>
        </Group>
      )}
      {words && (
        <Group justify="space-between" gap="xs" wrap="nowrap" className={layout.replyFoot}>
          <Clock way={way} now={now} />
          {long > most * 0.8 ? (
            <Text size="xs" c={long > most ? "red" : undefined} className={long > most ? undefined : classes.quiet} role="status">
              {long > most ? `${t("inbox.reply.tooLong", { over: long - most })} ${bytes ? t("inbox.reply.bytes") : ""}` : t("inbox.reply.left", { left: long, most })}
            </Text>
          ) : (
            <Text size="xs" className={classes.quiet} visibleFrom="md">{t("inbox.reply.hint")}</Text>
          )}
        </Group>
      )}
      <TemplateDialog
        opened={template}
        onClose={() => setTemplate(false)}
        onSend={(chosen: Template) => {
          setTemplate(false);
          onSend({ template: chosen });
        }}
      />
    </div>
  );
}

/** How long the platform still takes replies. */
function Clock({ way, now }: { way: Possible; now: number }) {
  const { t } = useTranslation();
  if (way.is !== "open") return <span />;
  const left = way.until - now;
  const urgency = left < HOUR ? "now" : left < 3 * HOUR ? "soon" : "calm";
  return (
    <Group gap={4} wrap="nowrap" className={layout.clock} data-urgency={urgency} title={t("inbox.reply.windowTitle", { until: dateTime(new Date(way.until)) })} role="timer">
      <IconClockHour4 size={15} aria-hidden />
      <Text component="span" size="xs" fw={600}>{t("inbox.reply.window", { left: leftWords(left) })}</Text>
    </Group>
  );
}

/** What is possible once words are not. */
function Notice({ way, onTemplate }: { way: Possible; onTemplate(): void }) {
  const { t } = useTranslation();
  const now = useNow();
  if (way.is === "open" || way.is === "comment") return null;
  if (way.is === "byHand") {
    return (
      <Alert color="kencana" icon={<IconHandStop size={20} />} title={t("inbox.reply.byHandTitle")} p="sm" role="status">
        {t("inbox.reply.byHand", { until: dateTime(new Date(way.until)), left: leftWords(way.until - now) })}
      </Alert>
    );
  }
  return (
    <div className={layout.closed} role="status">
      <ThemeIcon variant="light" color="gray" size={40} radius="xl" aria-hidden><IconClockOff size={22} stroke={1.6} /></ThemeIcon>
      <div className={layout.closedWords}>
        <Text fw={700} size="sm">{t("inbox.reply.closedTitle")}</Text>
        <Text size="sm" className={classes.quiet}>
          {way.ended === undefined ? t("inbox.reply.closedNever") : t("inbox.reply.closedSince", { at: dateTime(new Date(way.ended)) })}{" "}
          {t(way.is === "template" ? "inbox.reply.closedTemplate" : "inbox.reply.closedWait")}
        </Text>
      </div>
      {way.is === "template" && <Button leftSection={<IconTemplate size={18} aria-hidden />} onClick={onTemplate}>{t("inbox.reply.template")}</Button>}
    </div>
  );
}
