// Who asks: what the rules and the service know somebody by.

import type { User } from 'firebase/auth';
import type { Role } from './generated.js';

/**
 * A person by the claims of their ID token. Without a role they wait for an invitation; a MITRA without a branch for a place. Neither
 * may list anything.
 */
export type Actor = { uid: string; email?: string; name?: string } & (
  | { role: 'PUSAT'; branchId?: undefined }
  | { role: 'CABANG'; branchId: string }
  | { role: 'MITRA'; branchId?: string }
  | { role?: undefined; branchId?: undefined }
);

/** The actor of a set of claims, as `firestore.rules` reads them. */
export function actorOfClaims(uid: string, claims: Record<string, unknown>): Actor {
  const branchId = typeof claims['branchId'] === 'string' ? claims['branchId'] : undefined;
  switch (claims['role'] as Role | undefined) {
    case 'PUSAT':
      return { uid, role: 'PUSAT' };
    case 'CABANG':
      // A branch without a claim is its founder's own.
      return { uid, role: 'CABANG', branchId: branchId ?? uid };
    case 'MITRA':
      return branchId === undefined ? { uid, role: 'MITRA' } : { uid, role: 'MITRA', branchId };
    default:
      return { uid };
  }
}

/**
 * Who a signed-in user is. With `refresh` the token is fetched anew: after somebody was given a role, or when a listener is refused
 * that was not before. A role that was taken away stays in a token for up to an hour; the service looks closer.
 */
export async function actorOf(user: User, { refresh = false } = {}): Promise<Actor> {
  const { claims } = await user.getIdTokenResult(refresh);
  const actor: Actor = actorOfClaims(user.uid, claims);
  if (user.email) actor.email = user.email;
  if (user.displayName) actor.name = user.displayName;
  return actor;
}

/** Whether two actors see the same. */
export function samePlace(one: Actor | null, other: Actor | null): boolean {
  return one?.uid === other?.uid && one?.role === other?.role && one?.branchId === other?.branchId;
}
