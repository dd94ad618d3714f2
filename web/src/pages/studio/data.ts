// Where the studio's data comes from, and how the service is asked.
import {
  collection, doc, type DocumentData, limit, onSnapshot, orderBy, query, type Query, type QueryConstraint, type QueryDocumentSnapshot, Timestamp, where,
} from "firebase/firestore";
import { getFunctions, httpsCallable } from "firebase/functions";
import { useEffect, useMemo, useState } from "react";
import { type Person, usePerson, useSession } from "../../session";
import type { AiBudget, BudgetLevel, Channel, Chunk, ContentRequest, Order, Post, PostKind, RequestStatus } from "./shapes";

/** A document or list that is listened to. */
export interface Live<T> {
  data?: T;
  loading: boolean;
  error?: unknown;
}

function dates(value: unknown): unknown {
  if (value instanceof Timestamp) return value.toDate();
  if (Array.isArray(value)) return value.map(dates);
  if (typeof value === "object" && value !== null) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, dates(inner)]));
  return value;
}

function read<T>(snapshot: QueryDocumentSnapshot<DocumentData>): T {
  return { ...(dates(snapshot.data({ serverTimestamps: "estimate" })) as object), id: snapshot.id } as T;
}

function useList<T>(make: (() => Query) | undefined, key: string): Live<T[]> {
  const [state, setState] = useState<Live<T[]>>({ loading: true });
  useEffect(() => {
    if (!make) return;
    setState((before) => ({ ...before, loading: true }));
    return onSnapshot(
      make(),
      (found) => setState({ loading: false, data: found.docs.map((one) => read<T>(one)) }),
      (error) => setState({ loading: false, error }),
    );
    // biome-ignore lint: the key names the query
  }, [key]);
  return state;
}

const scope = (person: Person, owner: string): QueryConstraint[] =>
  person.role === "PUSAT" ? [] : person.role === "CABANG" ? [where("branchId", "==", person.branchId)] : [where(owner, "==", person.uid)];

export function useContentRequests(most: number, status?: RequestStatus): Live<ContentRequest[]> {
  const { firebase } = useSession();
  const person = usePerson();
  return useList(
    () => query(collection(firebase.db, "content_requests"), ...scope(person, "userId"), ...(status ? [where("status", "==", status)] : []), orderBy("createdAt", "desc"), limit(most)),
    `${person.uid} ${most} ${status}`,
  );
}

export function useContentRequest(id: string | undefined): Live<ContentRequest | null> {
  const { firebase } = useSession();
  const [state, setState] = useState<Live<ContentRequest | null>>({ loading: true });
  useEffect(() => {
    setState({ loading: true });
    if (!id) return;
    return onSnapshot(
      doc(firebase.db, "content_requests", id),
      (found) => setState({ loading: false, data: found.exists() ? read<ContentRequest>(found as QueryDocumentSnapshot) : null }),
      (error) => setState({ loading: false, error }),
    );
  }, [firebase, id]);
  return state;
}

export function usePosts(most: number, states?: string[]): Live<Post[]> {
  const { firebase } = useSession();
  const person = usePerson();
  return useList(
    () => query(collection(firebase.db, "posts"), ...scope(person, "userId"), ...(states ? [where("state", "in", states)] : []), orderBy("createdAt", "desc"), limit(most)),
    `${person.uid} ${most} ${states}`,
  );
}

export function useChannels(): Live<Channel[]> {
  const { firebase } = useSession();
  const person = usePerson();
  return useList(() => query(collection(firebase.db, "channels"), ...scope(person, "ownerId"), limit(100)), person.uid);
}

export interface PostOrder {
  requestId: string;
  channelId: string;
  contentRequestId: string;
  kind: PostKind;
  caption?: string;
  scheduledAt?: string;
}

/** The service. */
export function useService() {
  const { firebase } = useSession();
  return useMemo(() => {
    const functions = getFunctions(firebase.app, `${location.origin}/api`);
    const call = async <D, R>(name: string, data: D): Promise<R> => (await httpsCallable<D, R>(functions, name)(data)).data;
    return {
      generateContent(data: Order & { requestId: string }) {
        const started = httpsCallable<typeof data, ContentRequest, Chunk>(functions, "generateContent").stream(data);
        return started;
      },
      enqueueContent: (data: Order & { requestId: string }) => call<typeof data, ContentRequest>("enqueueContent", data),
      postToInstagram: (data: PostOrder) => call<PostOrder, Post>("postToInstagram", data),
      postToFacebook: (data: PostOrder) => call<PostOrder, Post>("postToFacebook", data),
      cancelPost: (data: { postId: string }) => call<typeof data, Post>("cancelPost", data),
      resolvePost: (data: { postId: string; live: boolean; permalink?: string }) => call<typeof data, Post>("resolvePost", data),
      setAiAllowance: (data: { level: BudgetLevel; branchId?: string; userId?: string; dayMicroUsd?: number; monthMicroUsd?: number }) => call<typeof data, unknown>("setAiAllowance", data),
      switchAi: (data: { on: boolean; reason?: string }) => call<typeof data, { enabled: boolean }>("switchAi", data),
      aiBudget: (data: { branchId?: string; userId?: string } = {}) => call<typeof data, AiBudget>("aiBudget", data),
    };
  }, [firebase]);
}

export type Service = ReturnType<typeof useService>;
