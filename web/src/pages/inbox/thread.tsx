// A conversation that is open: its head, its messages, what is on its way, and the reply box.
import type { Conversation, Message } from "@leadgen-pro/client";
import { useConversation, useLeadGen, useMessages } from "@leadgen-pro/client/react";
import { Anchor, Skeleton, Stack, Text } from "@mantine/core";
import { useDocumentVisibility } from "@mantine/hooks";
import { IconMessageOff } from "@tabler/icons-react";
import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { EmptyState } from "../../parts/empty-state";
import { Failure } from "../../parts/failure";
import { refusalOf, tell } from "../../parts/refusal";
import { useRoster } from "../../parts/roster";
import { usePerson } from "../../session";
import { Bubble } from "./bubble";
import { nameOf } from "./contact";
import { giveBack, keepDraft } from "./drafts";
import classes from "./inbox.module.css";
import { isUnconfirmed } from "./marks";
import { Messages } from "./messages";
import { OnItsWay } from "./on-its-way";
import { again, drop, keyOf, NotTaken, type Order, send, unseen, useOutbox } from "./outbox";
import { ReplyBox } from "./reply-box";
import { ThreadHead } from "./thread-head";
import { isComment } from "./window";
import layout from "./thread.module.css";

const PAGE = 30;

export function Thread({ id }: { id: string }) {
  const { t } = useTranslation();
  const { data: conversation, error, retry } = useConversation(id);
  return (
    <section className={layout.thread} aria-label={conversation ? t("inbox.thread.messages", { name: nameOf(conversation, t) }) : t("state.loading")}>
      {error ? (
        <Stack p="md"><Failure error={error} onRetry={retry} /></Stack>
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
  const { client } = useLeadGen();
  const key = keyOf(person.uid, id);
  const box = useOutbox(key);
  const { data: messages, error, hasMore, fromCache, loadMore, retry } = useMessages(id, { limit: PAGE });
  const [chosen, setChosen] = useState<string>();
  const [privately, setPrivately] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const [sent, setSent] = useState(0);
  const atFoot = useReading(conversation, messages);
  const name = nameOf(conversation, t);
  const { nameOf: nameOfMember } = useRoster();

  function write(next: string) {
    keepDraft(key, next);
    setRefusal(undefined);
  }

  async function post(order: Order) {
    write("");
    setChosen(undefined);
    setPrivately(false);
    setSent((before) => before + 1);
    try {
      await send(client, key, order, new Set(messages?.map((it) => it.id)));
    } catch (failed) {
      if (!(failed instanceof NotTaken)) throw failed;
      if (order.text) giveBack(key, order.text);
      setChosen(order.replyTo);
      // What was meant for one person must not come back as words for everybody.
      if (order.private) setPrivately(true);
      setRefusal(refusalOf(failed.refusal).text);
    }
  }

  async function repeat(requestId: string) {
    try {
      await again(client, key, requestId);
    } catch (failed) {
      tell(failed instanceof NotTaken ? failed.refusal : failed);
    }
  }

  if (error) return <Stack p="md"><Failure error={error} onRetry={retry} /></Stack>;
  if (!messages) return <><ThreadHead conversation={conversation} /><LoadingMessages /></>;

  const comments = isComment(channel);
  const latestComment = comments ? messages.findLast((it) => it.direction === "IN" && !it.deleted) : undefined;
  const target = messages.find((it) => it.id === chosen) ?? latestComment;
  const privatelyDone = target !== undefined && messages.some((it) => it.private && it.replyTo === target.platformId && it.status !== "FAILED");
  const pending = unseen(box, messages, person.uid);

  function authorOf(message: Message): string | undefined {
    if (message.direction === "IN" || message.authorId === person.uid) return undefined;
    if (!message.authorId) return t("inbox.message.elsewhere");
    return nameOfMember(message.authorId);
  }

  const bubble = (message: Message) => {
    const ours = message.direction === "OUT";
    // What the platform has taken, the same request does not send again, whatever became of it there.
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
        {...(channel === "FACEBOOK_COMMENT" && message.postId && { post: `https://www.facebook.com/${encodeURIComponent(message.postId)}` })}
        {...(message.platformId && (!comments || !ours) && { onReply: () => setChosen(message.id) })}
        {...(requestId && !message.platformId && { onAgain: () => void repeat(requestId) })}
        {...(ours && stuck && message.kind === "text" && message.text && { onRewrite: () => write(message.text ?? "") })}
      />
    );
  };

  return (
    <>
      <ThreadHead conversation={conversation} />
      <Messages
        messages={messages}
        // What the device alone knows is not yet all there is.
        more={hasMore || fromCache}
        onMore={hasMore ? loadMore : undefined}
        label={t("inbox.thread.messages", { name })}
        bubble={bubble}
        sent={sent}
        onFoot={atFoot}
      >
        {messages.length === 0 && pending.length === 0 && <Text ta="center" className={classes.quiet} py="xl">{t("inbox.thread.empty")}</Text>}
        {pending.map((it) => <OnItsWay key={it.requestId} sending={it} onAgain={() => void repeat(it.requestId)} onDrop={() => drop(key, it.requestId)} />)}
      </Messages>
      <ReplyBox conversation={conversation} name={name} target={target} onCancelTarget={() => setChosen(undefined)} draft={key} onText={write} privately={privately} onPrivately={setPrivately} privatelyDone={privatelyDone} onSend={(order) => void post(order)} refusal={refusal} />
    </>
  );
}

/** Tells the service what was seen: once for each newest message, while the page is looked at and its foot is in sight. */
function useReading({ id, unreadCount = 0, lastMessageId }: Conversation, messages: Message[] | undefined) {
  const { client } = useLeadGen();
  const visible = useDocumentVisibility() === "visible";
  const [atFoot, setAtFoot] = useState(true);
  const told = useRef<string>(undefined);
  // Of several in one second the service names another last than the eye sees.
  const last = messages?.some((it) => it.id === lastMessageId) ? lastMessageId : undefined;
  const newest = last ?? messages?.at(-1)?.id;
  const unread = unreadCount > 0;
  useEffect(() => {
    if (!visible || !atFoot || !unread || !newest || told.current === newest) return;
    told.current = newest;
    client.markConversationRead({ conversationId: id, upTo: newest }).catch(() => {
      // Nobody waits for it: the next look tells it.
      told.current = undefined;
    });
  }, [client, visible, atFoot, unread, newest, id]);
  return useCallback((there: boolean) => setAtFoot(there), []);
}

function Loading() {
  return (
    <>
      <div className={layout.threadHead}>
        <Skeleton circle height={40} />
        <Stack gap={8} flex={1}>
          <Skeleton height={12} width={160} />
          <Skeleton height={10} width={110} />
        </Stack>
      </div>
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
