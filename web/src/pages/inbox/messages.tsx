// The messages of a conversation: the newest at the bottom and in sight, the history growing upwards as one scrolls.
//
// The scroller is a reversed column with one child: browsers keep such a one at its foot while it grows, and where it is
// while history is put above.
import type { Message } from "@leadgen-pro/client";
import { Button, Center, Loader, Stack, Text } from "@mantine/core";
import { IconArrowDown } from "@tabler/icons-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNow } from "../../parts/time";
import { useWide } from "../../parts/wide";
import classes from "./inbox.module.css";
import { dayWords, sameDay } from "./moments";
import layout from "./thread.module.css";

/** How far from the foot counts as having left it, in pixels. */
const LEFT_FOOT = 80;

interface Props {
  messages: Message[];
  /** There is, or may be, more above; what fetches it. */
  more: boolean;
  onMore: (() => void) | undefined;
  label: string;
  bubble(message: Message): ReactNode;
  /** What is on its way, below all. */
  children?: ReactNode;
  /** Grows with each message that this device sends: then the foot comes into sight. */
  sent: number;
  /** Whether the newest message is in sight. */
  onFoot(there: boolean): void;
}

export function Messages({ messages, more, onMore, label, bubble, children, sent, onFoot }: Props) {
  const { t } = useTranslation();
  const now = useNow();
  const wide = useWide();
  const scroller = useRef<HTMLDivElement>(null);
  const [atFoot, setAtFoot] = useState(true);
  const [seenUpTo, setSeenUpTo] = useState<string>();
  const newest = messages.at(-1)?.id;

  useEffect(() => {
    onFoot(atFoot);
    if (atFoot && newest) setSeenUpTo(newest);
  }, [atFoot, newest, onFoot]);

  useEffect(() => {
    if (sent > 0) scroller.current?.scrollTo({ top: 0 });
  }, [sent]);

  const from = messages.findIndex((it) => it.id === seenUpTo);
  const fresh = atFoot || from < 0 ? 0 : messages.slice(from + 1).filter((it) => it.direction === "IN").length;

  return (
    <div className={layout.scrollFrame}>
      <div
        ref={scroller}
        className={layout.scroller}
        tabIndex={0}
        role="log"
        aria-label={label}
        // A reversed column counts from its foot, downwards as zero and upwards as less.
        onScroll={(event) => setAtFoot(event.currentTarget.scrollTop > -LEFT_FOOT)}
      >
        <div className={layout.column}>
          {more ? <Older key={`${messages[0]?.id} ${onMore !== undefined}`} onSeen={onMore} /> : <Text ta="center" size="xs" className={classes.quiet} py="sm">{t("inbox.thread.beginning")}</Text>}
          {messages.map((message, at) => {
            const before = messages[at - 1];
            return (
              <div key={message.id} className={layout.slot} data-close={before && before.direction === message.direction && message.sortAt.getTime() - before.sortAt.getTime() < 180_000 ? true : undefined}>
                {(!before || !sameDay(before.sortAt, message.sortAt)) && <Text component="p" size="xs" fw={600} className={layout.day}>{dayWords(message.sortAt, now, t)}</Text>}
                {bubble(message)}
              </div>
            );
          })}
          {children}
        </div>
      </div>
      {!atFoot && (
        <Button
          className={layout.pill}
          radius="xl"
          size={wide ? "sm" : "md"}
          variant={fresh ? "filled" : "default"}
          leftSection={<IconArrowDown size={16} aria-hidden />}
          onClick={() => scroller.current?.scrollTo({ top: 0, behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" })}
        >
          {fresh > 1 ? t("inbox.thread.newMany", { n: fresh }) : t(fresh ? "inbox.thread.newOne" : "inbox.thread.toNewest")}
        </Button>
      )}
    </div>
  );
}

/** The head of what is loaded: once it comes into sight, there shall be more above. */
function Older({ onSeen }: { onSeen: (() => void) | undefined }) {
  const { t } = useTranslation();
  const head = useRef<HTMLDivElement>(null);
  const seen = useRef(onSeen);
  seen.current = onSeen;
  useEffect(() => {
    if (!head.current) return;
    const watch = new IntersectionObserver((entries) => entries.some((it) => it.isIntersecting) && seen.current?.(), { rootMargin: "300px" });
    watch.observe(head.current);
    return () => watch.disconnect();
  }, []);
  return (
    <Center ref={head} py="md" role="status">
      <Stack align="center" gap={4}>
        <Loader size="xs" />
        <Text size="xs" className={classes.quiet}>{t("inbox.thread.older")}</Text>
      </Stack>
    </Center>
  );
}
