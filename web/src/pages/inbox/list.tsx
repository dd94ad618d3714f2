// The conversations, the latest first, live. Channel and "unread" are looked for among what is loaded; while too few of
// them match, more is loaded by itself.
import type { Conversation, ConversationState } from "@leadgen-pro/client";
import { useConversations } from "@leadgen-pro/client/react";
import { Anchor, Badge, Button, Center, Loader, Skeleton, Stack, Text, Title } from "@mantine/core";
import { IconFilterOff, IconInbox, IconLink, IconMessages } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { EmptyState } from "../../parts/empty-state";
import { Failure } from "../../parts/failure";
import { useNow } from "../../parts/time";
import { ContactFace, nameOf } from "./contact";
import { FilterBar, passes, useFilter } from "./filter";
import classes from "./inbox.module.css";
import { kindWords } from "./kinds";
import { left as leftWords, stamp } from "./moments";
import { possible } from "./window";

const PAGE = 30;

/** How many conversations are read by themselves for each one that matches. */
const MOST_BY_ITSELF = 50;

/** So little time left to reply that the list says so. */
const SOON = 3 * 3_600_000;

export function ConversationList({ open }: { open: string | undefined }) {
  const { t } = useTranslation();
  const [filter, show, search] = useFilter();
  const { data, error, hasMore, loadMore, retry } = useConversations({ state: filter.state, limit: PAGE });
  const shown = data?.filter((it) => passes(filter, it, open));
  const narrowed = filter.channel !== undefined || filter.unread;

  return (
    <section className={classes.list} aria-label={t("inbox.list.label")}>
      <div className={classes.listHead}>
        <Title order={1} size="h3">{t("inbox.title")}</Title>
        <FilterBar
          filter={filter}
          onChange={show}
        />
      </div>
      <div className={classes.rows} tabIndex={-1}>
        {error ? (
          <Stack p="md"><Failure error={error} onRetry={retry} /></Stack>
        ) : !shown ? (
          <Waiting />
        ) : (
          <>
            <ul className={classes.plain}>
              {shown.map((it) => <Row key={it.id} conversation={it} here={it.id === open} search={search} />)}
            </ul>
            {hasMore && <More key={data?.length} byItself={(data?.length ?? 0) < MOST_BY_ITSELF * (shown.length + 2)} onSeen={loadMore} />}
            {shown.length === 0 && !hasMore && <Nothing state={filter.state} narrowed={narrowed} onClear={() => show({ state: filter.state, unread: false })} />}
          </>
        )}
      </div>
    </section>
  );
}

function Row({ conversation, here, search }: { conversation: Conversation; here: boolean; search: string }) {
  const { t } = useTranslation();
  const now = useNow();
  const name = nameOf(conversation, t);
  const { id, lastMessageAt, lastMessageText, lastMessageKind, lastMessageDirection, unreadCount = 0, leadId } = conversation;
  const way = possible(conversation, now);
  const left = (way.is === "open" || way.is === "byHand") && lastMessageDirection === "IN" ? way.until - now : undefined;
  const KindIcon = lastMessageText ? undefined : kindWords(lastMessageKind).Icon;
  return (
    <li>
      <Link to={`/inbox/${id}${search}`} className={classes.row} data-here={here || undefined} data-unread={unreadCount > 0 || undefined} aria-current={here ? "page" : undefined}>
        <ContactFace conversation={conversation} />
        <span className={classes.rowWords}>
          <span className={classes.rowLine}>
            <Text component="span" fw={unreadCount > 0 ? 700 : 600} truncate flex={1}>{name}</Text>
            {lastMessageAt && <Text component="time" size="xs" className={classes.quiet} dateTime={lastMessageAt.toISOString()}>{stamp(lastMessageAt, now, t)}</Text>}
          </span>
          <span className={classes.rowLine}>
            <Text component="span" size="sm" truncate flex={1} className={unreadCount > 0 ? undefined : classes.quiet}>
              {lastMessageDirection === "OUT" && `${t("inbox.list.you")} `}
              {KindIcon && <KindIcon size={14} className={classes.inline} aria-hidden />}
              {lastMessageText ?? t(`inbox.kinds.${kindWords(lastMessageKind).key}`)}
            </Text>
            {leadId && <IconLink size={14} className={classes.quiet} role="img" aria-label={t("inbox.list.lead")} />}
            {unreadCount > 0 && (
              <Badge size="md" circle={unreadCount < 10} aria-label={t("inbox.list.unreadCount", { n: unreadCount })}>{unreadCount > 99 ? "99+" : unreadCount}</Badge>
            )}
          </span>
          {left !== undefined && left < SOON && <Text component="span" size="xs" className={classes.soon}>{t("inbox.list.closesSoon", { left: leftWords(left) })}</Text>}
        </span>
      </Link>
    </li>
  );
}

/** The foot of the list: once it comes into sight, there shall be more. Where few match, only when asked: reading costs. */
function More({ byItself, onSeen }: { byItself: boolean; onSeen(): void }) {
  const { t } = useTranslation();
  const foot = useRef<HTMLDivElement>(null);
  const seen = useRef(onSeen);
  seen.current = onSeen;
  useEffect(() => {
    if (!foot.current || !byItself) return;
    const watch = new IntersectionObserver((entries) => entries.some((it) => it.isIntersecting) && seen.current(), { rootMargin: "200px" });
    watch.observe(foot.current);
    return () => watch.disconnect();
  }, [byItself]);
  return (
    <Center ref={foot} p="md">
      <Button variant="subtle" color="gray" leftSection={byItself ? <Loader size="xs" aria-hidden /> : undefined} onClick={onSeen}>{t("inbox.list.more")}</Button>
    </Center>
  );
}

function Nothing({ state, narrowed, onClear }: { state: ConversationState; narrowed: boolean; onClear(): void }) {
  const { t } = useTranslation();
  if (narrowed) {
    return (
      <EmptyState Icon={IconFilterOff} title={t("inbox.list.noMatch")} text={t("inbox.list.noMatchText")}>
        <Button variant="light" onClick={onClear}>{t("inbox.list.showAll")}</Button>
      </EmptyState>
    );
  }
  if (state === "RESOLVED") return <EmptyState Icon={IconInbox} title={t("inbox.list.noneResolved")} text={t("inbox.list.noneResolvedText")} />;
  return (
    <EmptyState Icon={IconMessages} title={t("inbox.list.none")} text={t("inbox.list.noneText")}>
      <Anchor component={Link} to="/channels" fw={600}>{t("inbox.list.connect")}</Anchor>
    </EmptyState>
  );
}

function Waiting() {
  const { t } = useTranslation();
  return (
    <Stack gap="lg" p="md" role="status" aria-label={t("state.loading")}>
      {Array.from({ length: 6 }, (_, at) => (
        <div key={at} className={classes.rowLine}>
          <Skeleton circle height={44} />
          <Stack gap={8} flex={1}>
            <Skeleton height={12} width="55%" />
            <Skeleton height={10} width="85%" />
          </Stack>
        </div>
      ))}
    </Stack>
  );
}
