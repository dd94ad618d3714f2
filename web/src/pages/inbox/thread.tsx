// A conversation that is open: its head, its messages, what is on its way, and the reply box.
import { Anchor, Skeleton, Stack, Text } from "@mantine/core";
import { useDocumentVisibility } from "@mantine/hooks";
import { IconMessageOff } from "@tabler/icons-react";
import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { EmptyState } from "../../parts/empty-state";
import { Failure } from "../../parts/failure";
import { refusalOf, tell } from "../../parts/refusal";
import { usePerson } from "../../session";
import { Bubble } from "./bubble";
import { nameOf } from "./contact";
import { type Conversation, type Message, useCall, useConversation, useMembers, useMessages } from "./data";
import { draftOf, keepDraft } from "./drafts";
import classes from "./inbox.module.css";
import { isUnconfirmed } from "./marks";
import { Messages } from "./messages";
import { OnItsWay } from "./on-its-way";
import { again, drop, keyOf, NotTaken, type Order, send, unseen, useOutbox } from "./outbox";
import { ReplyBox } from "./reply-box";
import { ThreadHead } from "./thread-head";
import { isComment } from "./window";

const PAGE = 30;

export function Thread({ id }: { id: string }) {
  const { t } = useTranslation();
  const { data: conversation, error } = useConversation(id);
  return (
    <section className={classes.thread} aria-label={conversation ? t("inbox.thread.messages", { name: nameOf(conversation, t) }) : t("state.loading")}>
      {error !== undefined ? (
        <Stack p="md"><Failure error={error} onRetry={() => location.reload()} /></Stack>
      ) : conversation === null ? (
        <EmptyState Icon={IconMessageOff} title={t("inbox.thread.gone")}>
          <Anchor component={Link} to="/inbox" fw={600}>{t("inbox.thread.goneBack")}</Anchor>
        </EmptyState>
      ) : conversation ? (
        <Open conversation={conversation} />
      ) : (
        <Loading />
      )}
    </section>
  );
}

function Open({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation();
  const { id, channel } = conversation;
  const person = usePerson();
  const call = useCall();
  const key = keyOf(person.uid, id);
  const box = useOutbox(key);
  const [most, setMost] = useState(PAGE);
  const { data: messages, error } = useMessages(id, most);
  const [chosen, setChosen] = useState<string>();
  const [text, setText] = useState(() => draftOf(key));
  const [refusal, setRefusal] = useState<string>();
  const [sent, setSent] = useState(0);
  const atFoot = useReading(conversation, messages, call);
  const name = nameOf(conversation, t);
  const byOthers = person.role !== "MITRA" && messages?.some((it) => it.authorId && it.authorId !== person.uid);
  const { data: members } = useMembers(byOthers === true);

  function write(next: string) {
    setText(next);
    keepDraft(key, next);
    setRefusal(undefined);
  }

  async function post(order: Order) {
    write("");
    setChosen(undefined);
    setSent((before) => before + 1);
    try {
      await send(call, key, order, new Set(messages?.map((it) => it.id)));
    } catch (failed) {
      if (!(failed instanceof NotTaken)) throw failed;
      // Whatever was begun meanwhile stays; the words that came back stand before it.
      if (order.text) setText((now) => (now ? `${order.text}\n${now}` : (order.text ?? "")));
      setRefusal(refusalOf(failed.refusal).text);
    }
  }

  async function repeat(requestId: string) {
    try {
      await again(call, key, requestId);
    } catch (failed) {
      tell(failed instanceof NotTaken ? failed.refusal : failed);
    }
  }

  if (error !== undefined) return <Stack p="md"><Failure error={error} onRetry={() => location.reload()} /></Stack>;
  if (!messages) return <><ThreadHead conversation={conversation} /><LoadingMessages /></>;

  const comments = isComment(channel);
  const latestComment = comments ? messages.findLast((it) => it.direction === "IN" && !it.deleted) : undefined;
  const target = messages.find((it) => it.id === chosen) ?? latestComment;
  const pending = unseen(box, messages, person.uid);

  function authorOf(message: Message): string | undefined {
    if (message.direction === "IN" || message.authorId === person.uid) return undefined;
    if (!message.authorId) return t("inbox.message.elsewhere");
    return members?.find((it) => it.id === message.authorId)?.displayName;
  }

  const bubble = (message: Message) => {
    const ours = message.direction === "OUT";
    const requestId = box.find((it) => it.messageId === message.id)?.requestId;
    const quoted = message.replyTo === undefined ? undefined : (messages.find((it) => it.platformId === message.replyTo) ?? null);
    const stuck = message.status === "FAILED" || isUnconfirmed(message);
    const author = authorOf(message);
    return (
      <Bubble
        message={message}
        contact={name}
        {...(quoted !== undefined && { quoted })}
        {...(author && { author })}
        {...(message.platformId && (!comments || !ours) && { onReply: () => setChosen(message.id) })}
        {...(requestId && { onAgain: () => void repeat(requestId) })}
        {...(ours && stuck && message.kind === "text" && message.text && { onRewrite: () => write(message.text ?? "") })}
      />
    );
  };

  return (
    <>
      <ThreadHead conversation={conversation} />
      <Messages
        messages={messages}
        more={messages.length >= most}
        onMore={() => setMost((before) => before + PAGE)}
        label={t("inbox.thread.messages", { name })}
        bubble={bubble}
        sent={sent}
        onFoot={atFoot}
      >
        {messages.length === 0 && pending.length === 0 && <Text ta="center" className={classes.quiet} py="xl">{t("inbox.thread.empty")}</Text>}
        {pending.map((it) => <OnItsWay key={it.requestId} sending={it} onAgain={() => void repeat(it.requestId)} onDrop={() => drop(key, it.requestId)} />)}
      </Messages>
      <ReplyBox conversation={conversation} name={name} target={target} onCancelTarget={() => setChosen(undefined)} text={text} onText={write} onSend={(order) => void post(order)} refusal={refusal} />
    </>
  );
}

/** Tells the service what was seen: once for each newest message, while the page is looked at and its foot is in sight. */
function useReading(conversation: Conversation, messages: Message[] | undefined, call: ReturnType<typeof useCall>) {
  const visible = useDocumentVisibility() === "visible";
  const [atFoot, setAtFoot] = useState(true);
  const told = useRef<string>(undefined);
  const newest = messages?.at(-1)?.id;
  const unread = conversation.unreadCount > 0;
  const { id } = conversation;
  const calling = useRef(call);
  calling.current = call;
  useEffect(() => {
    if (!visible || !atFoot || !unread || !newest || told.current === newest) return;
    told.current = newest;
    calling.current("markConversationRead", { conversationId: id, upTo: newest }).catch(() => {
      // Nobody waits for it: the next look tells it.
      told.current = undefined;
    });
  }, [visible, atFoot, unread, newest, id]);
  return useCallback((there: boolean) => setAtFoot(there), []);
}

function Loading() {
  return (
    <>
      <header className={classes.threadHead}>
        <Skeleton circle height={40} />
        <Stack gap={8} flex={1}>
          <Skeleton height={12} width={160} />
          <Skeleton height={10} width={110} />
        </Stack>
      </header>
      <LoadingMessages />
    </>
  );
}

function LoadingMessages() {
  const { t } = useTranslation();
  return (
    <Stack p="md" gap="md" flex={1} justify="flex-end" role="status" aria-label={t("state.loading")}>
      {[55, 40, 65, 35].map((width, at) => <Skeleton key={width} height={44} width={`${width}%`} radius="lg" ml={at % 2 ? "auto" : 0} />)}
    </Stack>
  );
}
