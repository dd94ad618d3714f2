// Loads the demo data into a running system; loading it twice doubles nothing.
//   node dev/seed.mjs      (make seed: into what `make run` started; the same port variables)
// People come as they do in life: accounts are made, an administrator grants the first PUSAT on the command line, and that
// one gives the others their roles through the service.
import { spawnSync } from "node:child_process";
import { pathToFileURL } from "node:url";
import { ALLOWANCES, BRANCHES, BRAND, CONNECTIONS, LEADS, MESSAGES, PASSWORD, PEOPLE } from "./demo-data.mjs";
import { builtProgram } from "./paths.mjs";
import { addresses, portsFromEnv, projectFromEnv, redirectUris, serviceEnvironment } from "./service-environment.mjs";
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

/** As a partner does it: the lead by callable, where it stands by a direct write under the rules. */
async function makeLead(system, { owner, status, lostReason, ...lead }) {
  const idToken = await signIn(system, PEOPLE.find(({ uid }) => uid === owner));
  const { leadId, created } = await callable(system, idToken, "createLead", lead);
  if (!created || status === "NEW") return;
  const documents = `projects/${system.projectId}/databases/(default)/documents`;
  const text = (stringValue) => ({ stringValue });
  const fields = { status: text(status), ...(lostReason && { lostReason: text(lostReason) }), lastChange: { mapValue: { fields: { by: text(owner) } } } };
  const write = {
    update: { name: `${documents}/leads/${leadId}`, fields },
    updateMask: { fieldPaths: [...Object.keys(fields).filter((name) => name !== "lastChange"), "lastChange.by"] },
    updateTransforms: ["updatedAt", "lastChange.at"].map((fieldPath) => ({ fieldPath, setToServerValue: "REQUEST_TIME" })),
  };
  await send("POST", `http://${system.at.firestore}/v1/${documents}:commit`, { writes: [write] }, { authorization: `Bearer ${idToken}` });
}

/** As an administrator does it in the Firebase console. */
async function nameBranch({ at, projectId }, { id, name }) {
  const url = `http://${at.firestore}/v1/projects/${projectId}/databases/(default)/documents/branches/${id}?updateMask.fieldPaths=name`;
  await send("PATCH", url, { fields: { name: { stringValue: name } } }, OWNER);
}

/** As the person does it: off to Meta with a state, agree, come back with a code. */
async function connect(system, { owner, provider, subject, targets, accounts }) {
  const idToken = await signIn(system, PEOPLE.find(({ uid }) => uid === owner));
  const [redirectUri] = redirectUris(system.at);
  const { state } = await callable(system, idToken, "beginConnect", { provider, redirectUri });
  const consent = { login: provider.toLowerCase(), subject, targets, redirectUri, state };
  const { code } = await send("POST", `http://${system.at.graph}/_control/log-in`, consent);
  await callable(system, idToken, "connectChannel", { provider, code, redirectUri, state, ...(accounts && { accounts }) });
}

/** As the customers do it, at Meta; once, since a message that is sent again is another one. */
async function write({ at }) {
  const control = `http://${at.graph}/_control`;
  await send("POST", `${control}/seed`, { customers: MESSAGES.map(({ asset, customer, name }) => ({ asset, id: customer, name })) });
  const written = JSON.stringify(await (await fetch(`${control}/messages`)).json());
  for (const { asset, customer, text } of MESSAGES.filter((message) => !written.includes(message.text))) {
    await send("POST", `${control}/happen`, { it: "message", asset, customer, content: { is: "text", text } });
  }
}

/** As PUSAT does it: what may be spent, then AI on. The brand is set in the console. */
async function allowAi(system, idToken) {
  for (const allowance of ALLOWANCES) await callable(system, idToken, "setAiAllowance", allowance);
  await callable(system, idToken, "switchAi", { on: true });
  const brand = `http://${system.at.firestore}/v1/projects/${system.projectId}/databases/(default)/documents/settings/brand`;
  const text = (stringValue) => ({ stringValue });
  const { forbiddenClaims, ...words } = BRAND;
  const fields = Object.fromEntries(Object.entries(words).map(([name, value]) => [name, text(value)]));
  fields.forbiddenClaims = { arrayValue: { values: forbiddenClaims.map(text) } };
  await send("PATCH", brand, { fields }, OWNER);
}

/** Makes the accounts, their roles, their leads and channels, and has customers write. `at`: {auth, firestore, service, …} as host:port. */
export async function seed(system) {
  for (const person of PEOPLE) await makeAccount(system, person);
  const [pusat, ...others] = PEOPLE;
  grantByCommandLine(system, pusat);
  const idToken = await signIn(system, pusat);
  for (const { uid, role, branch } of others) await callable(system, idToken, "setUserRole", { uid, role, branchId: branch });
  for (const branch of BRANCHES) await nameBranch(system, branch);
  await allowAi(system, idToken);
  for (const lead of LEADS) await makeLead(system, lead);
  for (const connection of CONNECTIONS) await connect(system, connection);
  await write(system);
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
