// What the channels page listens to and calls. Shapes of docs/channels.md.
import { collection, limit, onSnapshot, query } from "firebase/firestore";
import { useEffect, useState } from "react";
import { usePerson, useSession } from "../../session";
import { read, type Stream, within } from "../inbox/data";

export interface TwoWords { id: string; en: string }

export interface Trouble { reason: string; message: TwoWords; at: Date }

export interface Channel {
  id: string;
  platform: "FACEBOOK" | "INSTAGRAM" | "WHATSAPP";
  externalId: string;
  name: string;
  username?: string;
  ownerId?: string;
  branchId?: string;
  state: "CONNECTED" | "NEEDS_RECONNECT" | "DISCONNECTED";
  login?: "FACEBOOK" | "INSTAGRAM";
  features?: Record<string, boolean>;
  missing?: { feature: string; scopes: string[]; message: TwoWords }[];
  tokenExpiresAt?: Date;
  reconnect?: Trouble;
  problem?: Trouble;
  lastEventAt?: Date;
  connectedAt?: Date;
}

/** An account of a consent, and what became of it. */
export interface Enrolled {
  channelId: string;
  platform: Channel["platform"];
  externalId: string;
  name: string;
  outcome: "CONNECTED" | "RECONNECTED" | "KEPT" | "HELD" | "FAILED";
  missing: { feature: string; message: TwoWords }[];
  notes?: TwoWords[];
}

/** Accounts that one page shows. */
const MOST = 200;

const URGENCY = { NEEDS_RECONNECT: 0, CONNECTED: 1, DISCONNECTED: 2 };

/** The connected accounts within the person's scope, live: first those that want something. */
export function useChannels(): Stream<Channel[]> {
  const { db } = useSession().firebase;
  const person = usePerson();
  const { uid, role, branchId } = person;
  const [stream, setStream] = useState<Stream<Channel[]>>({});
  useEffect(
    () =>
      onSnapshot(
        query(collection(db, "channels"), ...within(person, "ownerId"), limit(MOST)),
        (found) => {
          const data = found.docs.map((it) => read<Channel>(it.id, it.data()));
          setStream({ data: data.sort((one, other) => URGENCY[one.state] - URGENCY[other.state] || one.name.localeCompare(other.name)) });
        },
        (error) => setStream({ error }),
      ),
    [db, uid, role, branchId],
  );
  return stream;
}
