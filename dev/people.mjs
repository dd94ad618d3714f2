// Each person has a Firebase app of their own, as in a browser of their own, with the client and the system behind it.
import { createLeadGenClient, actorOf } from "@leadgen-pro/client";
import { deleteApp, initializeApp } from "firebase/app";
import { connectAuthEmulator, getAuth, signInWithEmailAndPassword } from "firebase/auth";
import { connectFirestoreEmulator, getFirestore, onSnapshot, terminate } from "firebase/firestore";
import { connectFunctionsEmulator, getFunctions } from "firebase/functions";
import { randomInt, randomUUID } from "node:crypto";
import { PASSWORD } from "./demo-data.mjs";

const hostAndPort = (address) => [address.split(":")[0], Number(address.split(":")[1])];

/** Somebody of the demonstration, or whoever bears the address, signed in: {uid, user, actor, app, auth, db, functions, client, close()}. */
export const signIn = (system, email, { language } = {}) =>
  enter(system, (auth) => signInWithEmailAndPassword(auth, email, PASSWORD), language);

/** The same for whoever comes in by another way, as by signing up. */
export async function enter({ at, projectId }, by, language = "en") {
  const app = initializeApp({ projectId, apiKey: projectId, appId: projectId }, randomUUID());
  const auth = getAuth(app);
  connectAuthEmulator(auth, `http://${at.auth}`, { disableWarnings: true });
  const db = getFirestore(app);
  connectFirestoreEmulator(db, ...hostAndPort(at.firestore));
  const functions = getFunctions(app);
  connectFunctionsEmulator(functions, ...hostAndPort(at.service));
  const client = createLeadGenClient(app, { language });
  const { user } = await by(auth);
  const actor = await actorOf(user);
  const close = async () => {
    await terminate(db);
    await deleteApp(app);
  };
  return { uid: user.uid, user, actor, app, auth, db, functions, client, close };
}

/** A mobile number of Indonesia that nobody has. */
export const someNumber = () => `+62819${randomInt(1e8, 1e9)}`;

/** Resolves with the first state of a query or document that `holds`; rejects when it is refused. */
export function seen(reference, holds) {
  return new Promise((resolve, reject) => {
    const stop = onSnapshot(reference, (found) => {
      const known = found.docs ? found.docs.map((one) => one.data()) : found.data();
      const wanted = found.docs ? known.find(holds) : known && holds(known) ? known : undefined;
      if (wanted === undefined) return;
      stop();
      resolve(wanted);
    }, reject);
  });
}

/** Has the simulated Meta see something happen; answers its id there. */
export async function happens({ at }, what) {
  return control(at, "POST", "/happen", what);
}

/** One request to the Graph simulator's control surface. */
export async function control(at, method, pathname, body) {
  const answer = await fetch(`http://${at.graph}/_control${pathname}`, {
    method,
    headers: { "content-type": "application/json" },
    body: body && JSON.stringify(body),
  });
  const said = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${pathname}: ${answer.status} ${said}`);
  return said ? JSON.parse(said) : undefined;
}

/** An account that nobody invited yet, its address verified. */
export async function signUp({ at, projectId }, name) {
  const email = `${randomUUID()}@demo.example`;
  const answer = await fetch(`http://${at.auth}/identitytoolkit.googleapis.com/v1/projects/${projectId}/accounts`, {
    method: "POST",
    headers: { authorization: "Bearer owner", "content-type": "application/json" },
    body: JSON.stringify({ email, password: PASSWORD, displayName: name, emailVerified: true }),
  });
  if (!answer.ok) throw new Error(await answer.text());
  return email;
}

/** A partner of the branch that `branch` stands for, signed in with the place that an invitation gave. */
export async function newPartner(system, branch, name) {
  const email = await signUp(system, name);
  await branch.client.inviteUser({ email, role: "MITRA", displayName: name });
  const newcomer = await signIn(system, email);
  await newcomer.client.whoami();
  await newcomer.close();
  return signIn(system, email);
}
