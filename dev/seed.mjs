// Loads the demo data into a running system; loading it twice doubles nothing.
//   node dev/seed.mjs      (make seed: into what `make run` started; the same port variables)
// People come as they do in life: accounts are made, an administrator grants the first PUSAT on the command line, and that
// one gives the others their roles through the service.
import { spawnSync } from "node:child_process";
import { pathToFileURL } from "node:url";
import { LEADS, PASSWORD, PEOPLE } from "./demo-data.mjs";
import { builtProgram } from "./paths.mjs";
import { addresses, portsFromEnv, projectFromEnv, serviceEnvironment } from "./service-environment.mjs";
import { UserError } from "./user-error.mjs";

const OWNER = { authorization: "Bearer owner" };

async function send(method, url, body, headers = {}) {
  const response = await fetch(url, { method, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) });
  const answer = await response.json();
  if (response.ok) return answer;
  const error = new UserError(`The demo data could not be loaded: ${method} ${url} was refused (${response.status}): ${JSON.stringify(answer.error)}`);
  error.code = answer.error?.message;
  throw error;
}

async function makeAccount({ at, projectId }, { uid, email, name }) {
  const url = `http://${at.auth}/identitytoolkit.googleapis.com/v1/projects/${projectId}/accounts`;
  try {
    await send("POST", url, { localId: uid, email, password: PASSWORD, displayName: name, emailVerified: true }, OWNER);
  } catch (error) {
    if (error.code !== "DUPLICATE_LOCAL_ID") throw error;
  }
}

function grantByCommandLine({ at, projectId }, { email, role }) {
  const env = serviceEnvironment(projectId, at);
  const done = spawnSync(builtProgram("leadgen-pro"), ["admin", "grant", "--email", email, "--role", role], { env, encoding: "utf8" });
  if (done.status !== 0) throw new UserError(`The demo data could not be loaded: \`leadgen-pro admin grant\` failed: ${done.error?.message ?? done.stderr}`);
}

async function signIn({ at, projectId }, { email }) {
  const url = `http://${at.auth}/identitytoolkit.googleapis.com/v1/accounts:signInWithPassword?key=${projectId}`;
  return (await send("POST", url, { email, password: PASSWORD, returnSecureToken: true })).idToken;
}

async function callable({ at }, idToken, name, data) {
  return (await send("POST", `http://${at.service}/${name}`, { data }, { authorization: `Bearer ${idToken}` })).result;
}

const field = (value) => (value instanceof Date ? { timestampValue: value.toISOString() } : { stringValue: value });

function documentBody(values) {
  return { fields: Object.fromEntries(Object.entries(values).filter(([, v]) => v !== undefined).map(([k, v]) => [k, field(v)])) };
}

async function writeLead({ at, projectId }, index, { owner, phone, ...lead }) {
  const id = `demo-lead-${index + 1}`;
  const url = `http://${at.firestore}/v1/projects/${projectId}/databases/(default)/documents/leads/${id}`;
  const { branch } = PEOPLE.find(({ uid }) => uid === owner);
  const e164 = `+62${phone.replaceAll(/\D/g, "").replace(/^(62|0)/, "")}`;
  const now = new Date();
  await send("PATCH", url, documentBody({ id, ...lead, phone: e164, assignedTo: owner, branchId: branch, createdAt: now, updatedAt: now, submittedAt: now }), OWNER);
}

/** Makes the accounts, their roles and their leads. `at`: {auth, firestore, service, …} as host:port. */
export async function seed(system) {
  for (const person of PEOPLE) await makeAccount(system, person);
  const [pusat, ...others] = PEOPLE;
  grantByCommandLine(system, pusat);
  const idToken = await signIn(system, pusat);
  for (const { uid, role, branch } of others) await callable(system, idToken, "setUserRole", { uid, role, branchId: branch });
  for (const [index, lead] of LEADS.entries()) await writeLead(system, index, lead);
  return PEOPLE;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    await seed({ projectId: projectFromEnv(), at: addresses(portsFromEnv()) });
    console.log("The demo data is there.");
  } catch (error) {
    console.error(error instanceof UserError ? error.message : error);
    process.exitCode = 1;
  }
}
