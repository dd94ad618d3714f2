// What this page reads and writes, live.
import {
  collection, deleteField, doc, type DocumentSnapshot, limit as most, onSnapshot, orderBy, type Query, query, type QueryConstraint,
  serverTimestamp, Timestamp, updateDoc, where,
} from "firebase/firestore";
import { getFunctions, httpsCallableFromURL } from "firebase/functions";
import { useEffect, useState } from "react";
import { type Person, usePerson, useSession } from "../../session";
import type { Source, Status } from "./status";

export interface Lead {
  id: string;
  name: string;
  phone?: string;
  email?: string;
  source: Source;
  status: Status;
  lostReason?: string;
  assignedTo: string;
  branchId: string;
  note?: string;
  createdAt?: Date;
  submittedAt?: Date;
  firstResponseAt?: Date;
  attribution?: { pageId?: string; formId?: string; adId?: string; adsetId?: string; campaignId?: string; answers?: Record<string, unknown> };
  consent?: { text: string; at: Date };
  /** Changed on this device, and not known to the database yet. */
  pending: boolean;
}

export interface HistoryEntry {
  id: string;
  at: Date;
  kind: string;
  by: string | null;
  changes: Record<string, { before?: unknown; after?: unknown }>;
  duplicateOf?: string | null;
  assignedTo?: string | null;
  inquiry?: { source: Source; name: string } | null;
  assignment?: { mode: string } | null;
}

export interface Live<T> {
  data?: T;
  error?: unknown;
  retry(): void;
}

/** Times arrive as Firestore's own and leave as dates, however deep they lie. */
function plain(value: unknown): unknown {
  if (value instanceof Timestamp) return value.toDate();
  if (Array.isArray(value)) return value.map(plain);
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
  return value ?? undefined;
}

function read<T>(snapshot: DocumentSnapshot): T {
  const fields = plain(snapshot.data({ serverTimestamps: "estimate" })) as object;
  return { ...fields, id: snapshot.id, pending: snapshot.metadata.hasPendingWrites } as T;
}

function useQuery<T>(make: () => Query, keys: unknown[]): Live<T[]> {
  const [state, setState] = useState<{ data?: T[]; error?: unknown }>({});
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    return onSnapshot(
      make(),
      { includeMetadataChanges: true },
      (snapshot) => setState({ data: snapshot.docs.map((one) => read<T>(one)) }),
      (error) => setState({ error }),
    );
  }, [...keys, attempt]);
  return { ...state, retry: () => setAttempt((n) => n + 1) };
}

/** The condition that the rules want to see in a query. */
function within(person: Person): QueryConstraint[] {
  if (person.role === "PUSAT") return [];
  if (person.role === "CABANG") return [where("branchId", "==", person.branchId)];
  return [where("assignedTo", "==", person.uid)];
}

export interface LeadFilter {
  status: Status;
  source?: Source;
  assignedTo?: string;
  limit: number;
}

export function useLeads({ status, source, assignedTo, limit }: LeadFilter): Live<Lead[]> {
  const { firebase } = useSession();
  const person = usePerson();
  return useQuery<Lead>(() => {
    const conditions = [...within(person), where("status", "==", status)];
    if (source) conditions.push(where("source", "==", source));
    if (assignedTo && person.role !== "MITRA") conditions.push(where("assignedTo", "==", assignedTo));
    return query(collection(firebase.db, "leads"), ...conditions, orderBy("createdAt", "desc"), most(limit));
  }, [firebase, person.uid, person.role, person.branchId, status, source, assignedTo, limit]);
}

/** A lead, `null` when there is none that the person may see. */
export function useLead(leadId: string): Live<Lead | null> {
  const { firebase } = useSession();
  const [state, setState] = useState<{ data?: Lead | null; error?: unknown }>({});
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    setState({});
    return onSnapshot(
      doc(firebase.db, "leads", leadId),
      { includeMetadataChanges: true },
      (snapshot) => setState({ data: snapshot.exists() ? read<Lead>(snapshot) : null }),
      (error) => setState(error.code === "permission-denied" ? { data: null } : { error }),
    );
  }, [firebase, leadId, attempt]);
  return { ...state, retry: () => setAttempt((n) => n + 1) };
}

export function useHistory(leadId: string, limit: number): Live<HistoryEntry[]> {
  const { firebase } = useSession();
  return useQuery<HistoryEntry>(
    () => query(collection(firebase.db, "leads", leadId, "history"), orderBy("at", "desc"), most(limit)),
    [firebase, leadId, limit],
  );
}

/** The conversation with a lead's person, if there is one that the reader may see. */
export function useConversationOf(leadId: string): Live<{ id: string }[]> {
  const { firebase } = useSession();
  const person = usePerson();
  return useQuery<{ id: string }>(
    () => query(collection(firebase.db, "conversations"), ...within(person), where("leadId", "==", leadId), most(1)),
    [firebase, leadId, person.uid],
  );
}

export interface LeadChanges {
  name?: string;
  email?: string | null;
  note?: string | null;
  status?: Status;
  lostReason?: string | null;
}

/** Settles when the database has it: offline that is later, and the lead shows `pending` meanwhile. */
export function useUpdateLead() {
  const { firebase } = useSession();
  const person = usePerson();
  return (leadId: string, changes: LeadChanges) =>
    updateDoc(doc(firebase.db, "leads", leadId), {
      ...Object.fromEntries(Object.entries(changes).map(([field, value]) => [field, value ?? deleteField()])),
      updatedAt: serverTimestamp(),
      lastChange: { by: person.uid, at: serverTimestamp() },
    });
}

export interface Imported {
  created: number;
  existing: number;
  refused: number;
  refusedRows: { row: number; field?: string; reason: string; message: string }[];
  ignoredColumns: string[];
}

export interface ImportProgress {
  processed: number;
  total: number;
  created: number;
  existing: number;
  refused: number;
}

export interface NewLead {
  name: string;
  phone: string;
  source: string;
  email?: string;
  note?: string;
  assignedTo?: string;
}

export function useCalls() {
  const { firebase } = useSession();
  const at = (name: string) => `${location.origin}/api/${name}`;
  const functions = getFunctions(firebase.app);
  return {
    createLead: async (lead: NewLead) => (await httpsCallableFromURL<NewLead, { leadId: string; created: boolean }>(functions, at("createLead"))(lead)).data,
    assignLead: async (data: { leadId: string; assignedTo: string }) => (await httpsCallableFromURL(functions, at("assignLead"))(data)).data,
    importLeads: (data: { csv: string; assignedTo?: string }) =>
      httpsCallableFromURL<unknown, Imported, ImportProgress>(functions, at("importLeads")).stream(data),
  };
}
