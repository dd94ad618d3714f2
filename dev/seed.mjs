// Loads the demo data into running emulators; loading it twice doubles nothing.
//   node dev/seed.mjs      (make seed: into what `make run` started; the same port variables)
import { pathToFileURL } from "node:url";
import { LEADS, PASSWORD, PEOPLE } from "./demo-data.mjs";
import { HOST, portFromEnv } from "./ports.mjs";
import { UserError } from "./user-error.mjs";

const OWNER = { authorization: "Bearer owner", "content-type": "application/json" };

async function call(method, url, body) {
  const response = await fetch(url, { method, headers: OWNER, body: JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok && answer.error?.message !== "DUPLICATE_LOCAL_ID") {
    throw new UserError(`${method} ${url} was refused (${response.status}): ${JSON.stringify(answer.error)}`);
  }
  return answer;
}

const field = (value) => (value instanceof Date ? { timestampValue: value.toISOString() } : { stringValue: value });

function documentBody(values) {
  return { fields: Object.fromEntries(Object.entries(values).filter(([, v]) => v !== undefined).map(([k, v]) => [k, field(v)])) };
}

/** Makes the accounts, their roles and their leads. `at`: {auth, firestore, service} as host:port. */
export async function seed({ projectId, at }) {
  const accounts = `http://${at.auth}/identitytoolkit.googleapis.com/v1/projects/${projectId}/accounts`;
  const documents = `http://${at.firestore}/v1/projects/${projectId}/databases/(default)/documents`;
  const now = new Date();
  for (const { uid, email, name, role, branch } of PEOPLE) {
    await call("POST", accounts, { localId: uid, email, password: PASSWORD, displayName: name, emailVerified: true });
    await call("POST", `${accounts}:update`, { localId: uid, customAttributes: JSON.stringify({ role, branchId: branch }) });
    const parentId = role === "MITRA" ? branch : undefined;
    await call("PATCH", `${documents}/users/${uid}`, documentBody({ uid, email, displayName: name, role, parentId, branchId: branch, createdAt: now, updatedAt: now }));
  }
  for (const [index, { owner, phone, ...lead }] of LEADS.entries()) {
    const { branch } = PEOPLE.find(({ uid }) => uid === owner);
    const id = `demo-lead-${index + 1}`;
    const e164 = `+62${phone.replaceAll(/\D/g, "").replace(/^(62|0)/, "")}`;
    await call("PATCH", `${documents}/leads/${id}`, documentBody({ id, ...lead, phone: e164, assignedTo: owner, branchId: branch, createdAt: now, updatedAt: now, submittedAt: now }));
  }
  return PEOPLE;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const at = {
    auth: `${HOST}:${portFromEnv("AUTH_PORT", 9099)}`,
    firestore: `${HOST}:${portFromEnv("FIRESTORE_PORT", 8080)}`,
    service: `${HOST}:${portFromEnv("SERVICE_PORT", 5001)}`,
  };
  await seed({ projectId: process.env.PROJECT_ID || "demo-leadgen", at });
  console.log("The demo data is there.");
}
