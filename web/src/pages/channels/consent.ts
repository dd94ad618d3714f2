// The way to Meta and back. What was begun is remembered in this tab alone, under the state that comes back with the code;
// the code itself leaves the address before anything else happens, so that it is in no history.
import type { BeginConnect, LeadGenClient } from "@leadgen-pro/client";

export type Provider = BeginConnect["provider"];

export interface Begun {
  provider: Provider;
  redirectUri: string;
  /** The platform's id of the one account that is meant; nothing else is touched then. */
  account?: string;
}

export type Return =
  | { is: "nothing" }
  | { is: "cancelled" }
  | { is: "stale" }
  | { is: "code"; code: string; state: string; begun: Begun };

const KEY = "leadgen.connect.";

/** Letter for letter what `META_REDIRECT_URIS` lists. */
export const redirectUri = () => `${location.origin}/channels`;

/** Goes to the platform's dialog; the page ends with it. */
export async function begin(client: LeadGenClient, provider: Provider, account?: string): Promise<void> {
  const begun: Begun = { provider, redirectUri: redirectUri(), ...(account && { account }) };
  const { authorizationUrl, state } = await client.beginConnect({ provider, redirectUri: begun.redirectUri });
  sessionStorage.setItem(KEY + state, JSON.stringify(begun));
  location.assign(authorizationUrl);
}

/** What the person came back with. Good once: it is forgotten here, and taken out of the address. */
export function takeReturn(): Return {
  const told = new URLSearchParams(location.search);
  const state = told.get("state");
  const code = told.get("code");
  if (!code && !told.has("error")) return { is: "nothing" };
  history.replaceState(history.state, "", location.pathname);
  const kept = state === null ? null : sessionStorage.getItem(KEY + state);
  if (state !== null) sessionStorage.removeItem(KEY + state);
  if (!code) return { is: "cancelled" };
  if (state === null || kept === null) return { is: "stale" };
  return { is: "code", code, state, begun: JSON.parse(kept) as Begun };
}
