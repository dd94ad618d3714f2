// The running system that the pages belong to: the one that the environment names, or one of this test file's own.
import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { PASSWORD } from "../../dev/demo-data.mjs";
import { runningSystem } from "../../dev/system.mjs";

const OWNER = { authorization: "Bearer owner", "content-type": "application/json" };

export async function startSystem() {
  const system = await runningSystem();
  const { at, projectId } = system;
  const documents = `http://${at.firestore}/v1/projects/${projectId}/databases/(default)/documents`;
  const accounts = `http://${at.auth}/identitytoolkit.googleapis.com/v1/accounts`;
  const projectAccounts = `http://${at.auth}/identitytoolkit.googleapis.com/v1/projects/${projectId}/accounts`;

  /** One request to the Graph simulator's control surface. */
  async function meta(method, pathname, body) {
    const answer = await fetch(`http://${at.graph}/_control${pathname}`, { method, headers: { "content-type": "application/json" }, body: body && JSON.stringify(body) });
    assert.ok(answer.ok, `${method} ${pathname}: ${answer.status}`);
    return answer.json();
  }

  return {
    ...system,
    url: `http://${at.console}`,
    meta,
    /** Somebody writes, comments or fills in a form; answers its id at Meta. */
    happens: (what) => meta("POST", "/happen", what),
    /** What anybody sees of an Instagram account or a page. */
    publicPosts: (owner) => meta("GET", `/posts/${owner}`),

    /** One document as an administrator reads it. */
    async document(name) {
      const { fields } = await (await fetch(`${documents}/${name}`, { headers: OWNER })).json();
      return plain({ mapValue: { fields } });
    },
    /** The documents of a collection as an administrator reads them, with their ids: [{id, …fields}]. */
    async documents(collection) {
      const answer = await (await fetch(`${documents}/${collection}?pageSize=300`, { headers: OWNER })).json();
      return (answer.documents ?? []).map(({ name, fields }) => ({ id: name.split("/").at(-1), ...plain({ mapValue: { fields } }) }));
    },
    /** Calls a callable of the service as somebody who just signed in elsewhere. */
    async call({ email }, name, data) {
      const signIn = `${accounts}:signInWithPassword?key=${projectId}`;
      const { idToken } = await post(signIn, { email, password: PASSWORD, returnSecureToken: true });
      return (await post(`http://${at.service}/${name}`, { data }, { authorization: `Bearer ${idToken}` })).result;
    },
    /** Makes an account of a person whom nobody invited yet. */
    async signUp(email, name) {
      const { localId } = await post(`${projectAccounts}`, { email, password: PASSWORD, displayName: name, emailVerified: true }, OWNER);
      return { uid: localId, email, name };
    },
    /** Closes an account where the service does not hear of it, as a console of Google can; sessions end when their ID token does. */
    closeAccount: ({ uid }) => post(`${projectAccounts}:update`, { localId: uid, disableUser: true }, OWNER),
  };
}

async function post(url, body, headers = {}) {
  const answer = await fetch(url, { method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) });
  const said = await answer.json();
  assert.ok(answer.ok, `${url}: ${answer.status} ${JSON.stringify(said)}`);
  return said;
}

/** A Firestore value as the SDK would give it. */
function plain(value) {
  const [[kind, it]] = Object.entries(value);
  if (kind === "mapValue") return Object.fromEntries(Object.entries(it.fields ?? {}).map(([name, field]) => [name, plain(field)]));
  if (kind === "arrayValue") return (it.values ?? []).map(plain);
  if (kind === "integerValue") return Number(it);
  return it;
}

/** Waits until `look` gives something true, and gives that; the test's own limit is the limit. */
export async function until(what, look, patienceMs = 90_000) {
  for (const start = performance.now(); ; await delay(100)) {
    const found = await look();
    if (found) return found;
    assert.ok(performance.now() - start < patienceMs, `it did not come: ${what}`);
  }
}
