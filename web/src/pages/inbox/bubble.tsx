// One message.
import type { Message, Referral } from "@leadgen-pro/client";
import { ActionIcon, Anchor, Button, Group, Text } from "@mantine/core";
import { IconArrowBackUp, IconBan, IconLock, IconSpeakerphone } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { AttachmentView, safeLink } from "./attachments";
import classes from "./inbox.module.css";
import { kindWords } from "./kinds";
import { Foot, isUnconfirmed, problemOf } from "./marks";
import looks from "./message.module.css";

/** Kinds whose words need to be told what they are: a button is no sentence. */
const CHOICES = ["postback", "button", "button_reply", "list_reply", "quick_reply", "nfm_reply"];

interface Props {
  message: Message;
  /** The message that it answers, where it is loaded; `null` where it is not. */
  quoted?: Message | null;
  /** Who wrote a message of ours. */
  author?: string;
  contact: string;
  /** The post that a comment stands below. */
  post?: string;
  onReply?: () => void;
  /** The same button again, for one that certainly did not go out. */
  onAgain?: () => void;
  /** Its words back into the reply box. */
  onRewrite?: () => void;
}

export function Bubble({ message, quoted, author, contact, post, onReply, onAgain, onRewrite }: Props) {
  const { t } = useTranslation();
  const { direction, deleted, kind, text, attachments, reaction, referral } = message;
  const failed = message.status === "FAILED";
  const unsure = isUnconfirmed(message);
  return (
    <div className={looks.message} data-direction={direction} data-message-id={message.id}>
      <div className={looks.bubbleRow}>
        <div className={looks.bubble} data-direction={direction} data-failed={failed || undefined} data-unsure={unsure || undefined} data-reacted={reaction ? true : undefined}>
          {deleted ? (
            <Group gap={6} wrap="nowrap" className={classes.quiet}>
              <IconBan size={16} aria-hidden />
              <Text component="span" size="sm" fs="italic">{t("inbox.message.deleted")}</Text>
            </Group>
          ) : (
            <>
              {author && <Text size="xs" fw={700} className={looks.author}>{author}</Text>}
              {message.private && <Above><IconLock size={13} className={classes.inline} aria-hidden />{t("inbox.message.privately")}</Above>}
              {referral && <FromAd referral={referral} />}
              {quoted !== undefined && <Quote message={quoted} contact={contact} />}
              {kind === "story_reply" && <Above>{t("inbox.kinds.story_reply")}</Above>}
              {attachments.map((it, at) => <AttachmentView key={at} attachment={it} />)}
              <Words message={message} />
              {post && <Anchor href={post} target="_blank" rel="noopener noreferrer" size="xs">{t("inbox.message.openPost")}</Anchor>}
            </>
          )}
          <Foot message={message} />
          {reaction && !deleted && <span className={looks.reaction} role="img" aria-label={t("inbox.message.reaction", { emoji: reaction })}>{emojiOf(reaction)}</span>}
        </div>
        {onReply && !deleted && (
          <ActionIcon className={looks.replyButton} variant="subtle" color="gray" size="lg" onClick={onReply} aria-label={`${t("inbox.message.replyTo")}: ${text?.slice(0, 60) ?? t(`inbox.kinds.${kindWords(kind).key}`)}`}>
            <IconArrowBackUp size={18} />
          </ActionIcon>
        )}
      </div>
      {(failed || unsure) && (
        <div className={looks.problem} data-unsure={unsure || undefined}>
          <Text size="xs">{problemOf(message) ?? t(unsure ? "inbox.message.unconfirmed" : "inbox.marks.FAILED")}</Text>
          <Group gap="xs" justify="flex-end">
            {failed && onAgain && <Button size="compact-sm" variant="light" color="red" onClick={onAgain}>{t("inbox.message.retry")}</Button>}
            {onRewrite && (unsure || !onAgain) && <Button size="compact-sm" variant="subtle" color="gray" onClick={onRewrite}>{t("inbox.message.copyBack")}</Button>}
          </Group>
        </div>
      )}
    </div>
  );
}

function Words({ message: { kind, text, attachments, template, payload } }: { message: Message }) {
  const { t } = useTranslation();
  const { key, Icon } = kindWords(kind);
  const answers = kind === "nfm_reply" ? answersOf(payload) : [];
  if (!text) {
    if (attachments.length > 0) return null;
    return (
      <Group gap={6} wrap="nowrap" className={classes.quiet}>
        {Icon && <Icon size={16} aria-hidden />}
        <Text component="span" size="sm" fs="italic">{t(`inbox.kinds.${key}`)}</Text>
      </Group>
    );
  }
  return (
    <>
      {CHOICES.includes(kind) && <Above>{Icon && <Icon size={13} className={classes.inline} aria-hidden />}{t(`inbox.kinds.${key}`)}</Above>}
      {kind === "template" && <Above>{t("inbox.message.template")}{template && ` · ${template.name}`}</Above>}
      {kind === "system" && <Above>{t("inbox.kinds.system")}</Above>}
      {answers.length > 0 ? <Answers answers={answers} /> : <Linked text={template ? template.parameters?.join(" · ") || template.name : text} />}
    </>
  );
}

/** What somebody filled in. */
function Answers({ answers }: { answers: [string, string][] }) {
  return (
    <dl className={looks.answers}>
      {answers.map(([question, answer]) => (
        <div key={question}>
          <Text component="dt" size="xs" className={classes.quiet}>{question.replaceAll("_", " ")}</Text>
          <Text component="dd" size="sm" m={0}>{answer}</Text>
        </div>
      ))}
    </dl>
  );
}

/** A form's answers come as JSON of the form's own making; the token of its session says nothing to people. */
function answersOf(payload: string | undefined): [string, string][] {
  try {
    const told: unknown = JSON.parse(payload ?? "");
    if (typeof told !== "object" || told === null) return [];
    return Object.entries(told)
      .filter(([question, answer]) => question !== "flow_token" && ["string", "number", "boolean"].includes(typeof answer))
      .slice(0, 20)
      .map(([question, answer]) => [question, String(answer)]);
  } catch {
    return [];
  }
}

const LINK = /(https:\/\/[^\s<>"]+[^\s<>".,;:!?)\]])/;

/** The words, with their web addresses as links. */
export function Linked({ text }: { text: string }) {
  const parts = text.split(LINK);
  return (
    <Text size="sm" className={looks.words} dir="auto">
      {parts.map((part, at) => {
        const url = at % 2 === 1 ? safeLink(part) : undefined;
        return url ? <Anchor key={at} href={url} target="_blank" rel="noopener noreferrer" inherit c="inherit" underline="always">{part}</Anchor> : part;
      })}
    </Text>
  );
}

function Above({ children }: { children: ReactNode }) {
  return <Text size="xs" fw={600} className={classes.quiet}>{children}</Text>;
}

function Quote({ message, contact }: { message: Message | null; contact: string }) {
  const { t } = useTranslation();
  return (
    <div className={looks.quote}>
      <Text size="xs" fw={700}>{message ? (message.direction === "OUT" ? t("inbox.message.you") : contact) : t("inbox.message.inReplyTo")}</Text>
      <Text size="xs" lineClamp={2}>
        {message ? (message.deleted ? t("inbox.message.deleted") : (message.text ?? t(`inbox.kinds.${kindWords(message.kind).key}`))) : t("inbox.message.earlier")}
      </Text>
    </div>
  );
}

function FromAd({ referral: { source, title, url, adId } }: { referral: Referral }) {
  const { t } = useTranslation();
  const link = safeLink(url);
  const ad = adId !== undefined || /^ads?$/i.test(source ?? "");
  return (
    <div className={looks.ad}>
      <Text size="xs" fw={700}><IconSpeakerphone size={13} className={classes.inline} aria-hidden />{t(ad ? "inbox.message.fromAd" : "inbox.message.fromLink")}</Text>
      {title && <Text size="xs">{title}</Text>}
      {link && <Anchor href={link} target="_blank" rel="noopener noreferrer" size="xs">{t("inbox.message.openAd")}</Anchor>}
    </div>
  );
}

/** Some platforms tell a word for the emoji. */
function emojiOf(reaction: string): string {
  const words: Record<string, string> = { love: "❤️", haha: "😆", wow: "😮", sad: "😢", angry: "😠", like: "👍", dislike: "👎", other: "✨" };
  return words[reaction] ?? reaction;
}
