// Having content made: the caption as it is written, and a way on when the line breaks.
//
// The order carries a requestId. When the stream ends without a result (a bad connection, the 60 seconds that Firebase
// Hosting gives a request), the same order is queued under the same id: the service answers with the document that stands,
// whatever became of the first call, and makes and pays nothing twice. From there the document's listener tells the rest.
import type { ContentChunk, ContentStage, LeadGenClient } from "@leadgen-pro/client";
import { useLeadGen } from "@leadgen-pro/client/react";
import { useCallback, useEffect, useRef, useState } from "react";
import { type Refusal, refusalOf } from "../../parts/refusal";
import type { Order } from "./order";

export type Making =
  | { is: "idle" }
  | { is: "streaming" | "rejoining"; order: Order; stage?: ContentStage; caption: string }
  | { is: "following"; order: Order; requestId: string; caption: string }
  | { is: "refused"; order: Order; refusal: Refusal; again: boolean };

/** Reasons that say: nobody knows what became of it, or ask again a little later; both with the same order. */
export const PASSING = ["NETWORK", "TIMEOUT", "CANCELLED", "UNREADABLE", "UNAVAILABLE", "DEADLINE_EXCEEDED", "CONFLICT", "INTERNAL"];

/** How long a stream may be silent. Longer than the service itself lets a request take. */
const SILENCE_MS = 65_000;

/** Waits between attempts to find the document, in milliseconds; a connection that is back cuts a wait short. */
const WAITS_MS = [0, 1_000, 2_000, 4_000, 8_000, 15_000];

export function useGenerate() {
  const { client } = useLeadGen();
  const [making, setMaking] = useState<Making>({ is: "idle" });
  const current = useRef<AbortController>(undefined);
  const kept = useRef<{ order: string; requestId: string }>(undefined);

  // Who leaves the page is not told any more; the work itself goes on, and the history shows it.
  useEffect(() => () => current.current?.abort(), []);

  const start = useCallback(
    async (order: Order) => {
      current.current?.abort();
      const run = new AbortController();
      current.current = run;
      const show = (next: Making) => {
        if (!run.signal.aborted) setMaking(next);
      };
      const name = JSON.stringify(order);
      if (kept.current?.order !== name) kept.current = { order: name, requestId: crypto.randomUUID() };
      const asked = { ...order, requestId: kept.current.requestId };
      let caption = "";
      let stage: ContentStage | undefined;
      show({ is: "streaming", order, caption });
      let ended: { requestId: string } | { error: unknown };
      try {
        ended = { requestId: await stream(client, asked, (chunk) => {
          if ("stage" in chunk) {
            stage = chunk.stage;
            if (stage === "WRITING" || stage === "REPAIRING") caption = "";
          } else caption += chunk.caption;
          show({ is: "streaming", order, caption, ...(stage && { stage }) });
        }) };
      } catch (error) {
        ended = { error };
      }
      if ("error" in ended && !toldByService(ended.error)) {
        show({ is: "rejoining", order, caption, ...(stage && { stage }) });
        ended = await rejoin(client, asked, run.signal);
      }
      const requestId = "requestId" in ended ? ended.requestId : documentOf(ended.error);
      if (requestId) {
        kept.current = undefined;
        show({ is: "following", order, requestId, caption });
      } else if ("error" in ended) {
        const refusal = refusalOf(ended.error);
        const again = !refusal.reason || PASSING.includes(refusal.reason);
        if (!again) kept.current = undefined;
        show({ is: "refused", order, refusal, again });
      }
    },
    [client],
  );

  const clear = useCallback(() => {
    current.current?.abort();
    kept.current = undefined;
    setMaking({ is: "idle" });
  }, []);

  return { making, start, clear };
}

type Asked = Order & { requestId: string };

/** Reads the stream to its result: the id of the document. */
async function stream(client: LeadGenClient, asked: Asked, tell: (chunk: ContentChunk) => void): Promise<string> {
  const calling = client.generateContent(asked, { idleMs: SILENCE_MS });
  for await (const chunk of calling) tell(chunk);
  return idOf(await calling.result);
}

function idOf({ id }: { id?: string }): string {
  if (!id) throw new Error("a content request without its id");
  return id;
}

async function rejoin(client: LeadGenClient, asked: Asked, signal: AbortSignal): Promise<{ requestId: string } | { error: unknown }> {
  let last: unknown;
  for (const wait of WAITS_MS) {
    await pause(wait, signal);
    if (signal.aborted) break;
    try {
      return { requestId: idOf(await client.enqueueContent(asked)) };
    } catch (error) {
      last = error;
      if (toldByService(error)) break;
    }
  }
  return { error: last };
}

/** Waits; without a connection until it is back. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      clearTimeout(timer);
      removeEventListener("online", go);
      resolve();
    };
    const timer = navigator.onLine ? setTimeout(go, ms) : undefined;
    addEventListener("online", go);
    signal.addEventListener("abort", go, { once: true });
  });
}

/** Whether the service itself said this, and it will stay so; anything else is the line's fault. */
function toldByService(error: unknown): boolean {
  const { reason } = refusalOf(error);
  return reason !== undefined && !PASSING.includes(reason);
}

function documentOf(error: unknown): string | undefined {
  const { details } = (error ?? {}) as { details?: { contentRequestId?: unknown } };
  return typeof details?.contentRequestId === "string" ? details.contentRequestId : undefined;
}
