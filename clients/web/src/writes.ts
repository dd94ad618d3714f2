// What clients write without the service, in the form that `firestore.rules` asks for.
//
// Each promise settles when the database has the write: without a connection that is later, and listeners show `pending` meanwhile.
// A refused write rejects with the SDK's `permission-denied`, and listeners take it back.

import {
  collection,
  deleteDoc,
  deleteField,
  doc,
  serverTimestamp,
  setDoc,
  updateDoc,
  type DocumentData,
  type Firestore,
} from 'firebase/firestore';
import type { Actor } from './actor.js';
import { clientError } from './errors.js';
import type { ContentOptions, ContentPlatform, LeadStatus } from './generated.js';

/** What a person may change of a lead; null takes a field away. */
export interface LeadChanges {
  name?: string;
  phone?: string | null;
  email?: string | null;
  note?: string | null;
  status?: LeadStatus;
  lostReason?: string | null;
}

/** Changes a lead. The history names the actor. `status: 'LOST'` needs a `lostReason`, with it or there already. */
export function updateLead(db: Firestore, actor: Actor, leadId: string, changes: LeadChanges): Promise<void> {
  return updateDoc(doc(db, 'leads', leadId), {
    ...changed(changes),
    updatedAt: serverTimestamp(),
    lastChange: { by: actor.uid, at: serverTimestamp() },
  });
}

/** Moves a lead to a status. LOST asks why; any other status takes the old reason away. */
export function changeLeadStatus(
  db: Firestore,
  actor: Actor,
  leadId: string,
  ...move: [status: 'LOST', lostReason: string] | [status: Exclude<LeadStatus, 'LOST'>]
): Promise<void> {
  const [status, lostReason = null] = move;
  return updateLead(db, actor, leadId, { status, lostReason });
}

/** Removes a lead. Its history stays, for PUSAT. */
export const deleteLead = (db: Firestore, leadId: string): Promise<void> => deleteDoc(doc(db, 'leads', leadId));

/** What to make. */
export interface ContentOrder {
  /** Up to 2,000 characters. */
  topic: string;
  platform: ContentPlatform;
  options?: ContentOptions;
}

/**
 * Orders content by a document of the client's own; the service begins when it sees it. Gives the id at once, also without a
 * connection, and shows in lists at once; the document alone can be listened to once it is `written`. Where somebody waits for the answer, `enqueueContent` and `generateContent` say at once what is wrong with an order.
 */
export function createContentRequest(
  db: Firestore,
  actor: Actor,
  order: ContentOrder,
  id: string = doc(collection(db, 'content_requests')).id,
): { id: string; written: Promise<void> } {
  if (actor.role === undefined || (actor.role === 'MITRA' && actor.branchId === undefined)) {
    throw clientError('NO_PLACE', 'id');
  }
  const data: DocumentData = {
    id,
    userId: actor.uid,
    ...(actor.branchId !== undefined && { branchId: actor.branchId }),
    topic: order.topic,
    platform: order.platform,
    ...(order.options && { options: changed(order.options) }),
    status: 'PENDING',
    createdAt: serverTimestamp(),
  };
  return { id, written: setDoc(doc(db, 'content_requests', id), data) };
}

/** Removes a content request that does not run. */
export const deleteContentRequest = (db: Firestore, id: string): Promise<void> => deleteDoc(doc(db, 'content_requests', id));

/** Names a person: oneself, or somebody of one's own scope. 1 to 100 characters. */
export const renameMember = (db: Firestore, uid: string, displayName: string): Promise<void> =>
  updateDoc(doc(db, 'users', uid), { displayName, updatedAt: serverTimestamp() });

/** Undefined leaves a field as it is, null takes it away. */
function changed(changes: object): DocumentData {
  const told = Object.entries(changes).filter(([, value]) => value !== undefined);
  return Object.fromEntries(told.map(([field, value]) => [field, value ?? deleteField()]));
}
