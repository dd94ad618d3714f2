// make run, whole: everything comes up, the demo data is there once, and Ctrl-C leaves nothing behind.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { promisify } from "node:util";
import { LEADS, MESSAGES, PASSWORD, PEOPLE } from "../demo-data.mjs";
import { ROOT } from "../paths.mjs";
import { freePorts, HOST } from "../ports.mjs";
import { isAlive } from "../processes.mjs";
import { startCommand, untilSilent } from "./command.mjs";

const ADMIN = { authorization: "Bearer owner" };
const NAMES = ["SERVICE_PORT", "AUTH_PORT", "FIRESTORE_PORT", "STORAGE_PORT", "GRAPH_SIMULATOR_PORT", "AI_SIMULATOR_PORT", "TASKS_SIMULATOR_PORT", "CONSOLE_PORT"];

async function countDocuments(port, project, collection) {
  const url = `http://${HOST}:${port}/v1/projects/${project}/databases/(default)/documents/${collection}?pageSize=100`;
  const { documents = [] } = await (await fetch(url, { headers: ADMIN })).json();
  return documents.length;
}

async function countAccounts(port, project) {
  const url = `http://${HOST}:${port}/identitytoolkit.googleapis.com/v1/projects/${project}/accounts:query`;
  const answer = await fetch(url, { method: "POST", headers: { ...ADMIN, "content-type": "application/json" }, body: "{}" });
  return (await answer.json()).userInfo.length;
}

async function claimsAtSignIn(port, project, email) {
  const url = `http://${HOST}:${port}/identitytoolkit.googleapis.com/v1/accounts:signInWithPassword?key=${project}`;
  const body = JSON.stringify({ email, password: PASSWORD, returnSecureToken: true });
  const answer = await (await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body })).json();
  assert.ok(answer.idToken, JSON.stringify(answer));
  const { role, branchId } = JSON.parse(Buffer.from(answer.idToken.split(".")[1], "base64url"));
  return { role, branchId };
}

/** Has the simulated Meta see something happen. */
async function happens(ports, what) {
  const url = `http://${HOST}:${ports.GRAPH_SIMULATOR_PORT}/_control/happen`;
  const answer = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(what) });
  assert.ok(answer.ok, await answer.text());
}

async function eventually(what, holds) {
  for (let waited = 0; waited < 60_000; waited += 200) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  assert.fail(`never happened: ${what}`);
}

test("make run brings everything up, with the demo data once, and stops whole", { timeout: 600_000 }, async (t) => {
  const ports = Object.fromEntries((await freePorts(NAMES.length)).map((port, i) => [NAMES[i], String(port)]));
  const env = { ...ports, PROJECT_ID: "demo-run-test" };
  const run = startCommand(t, "run.mjs", env);
  await run.says("Ctrl-C stops everything.");

  for (const [name, pathname] of [["SERVICE_PORT", "/readyz"], ["GRAPH_SIMULATOR_PORT", "/livez"], ["AI_SIMULATOR_PORT", "/livez"], ["TASKS_SIMULATOR_PORT", "/livez"]]) {
    const { status } = await fetch(`http://${HOST}:${ports[name]}${pathname}`);
    assert.equal(status, 200, name);
  }
  const console = `http://${HOST}:${ports.CONSOLE_PORT}`;
  assert.match(await (await fetch(`${console}/channels`)).text(), /<div id="root">/);
  assert.match(await (await fetch(`${console}/src/main.tsx`)).text(), /createRoot/);
  const { projectId, emulators } = await (await fetch(`${console}/__/firebase/init.json`)).json();
  const address = (name) => `${HOST}:${ports[name]}`;
  assert.deepEqual([projectId, emulators], [env.PROJECT_ID, { auth: address("AUTH_PORT"), firestore: address("FIRESTORE_PORT"), storage: address("STORAGE_PORT") }]);
  const refused = await fetch(`${console}/api/whoami`, { method: "POST", headers: { "content-type": "application/json" }, body: '{"data":{}}' });
  assert.deepEqual([refused.status, (await refused.json()).error.status], [401, "UNAUTHENTICATED"], "the service answers under /api");
  for (const port of Object.values(ports)) assert.ok(run.output.includes(`http://${HOST}:${port}`), run.output);
  for (const { email, uid } of PEOPLE) assert.match(run.output, new RegExp(`${email} .* ${uid}`));

  for (const { email, role, branch } of PEOPLE) {
    assert.deepEqual(await claimsAtSignIn(ports.AUTH_PORT, env.PROJECT_ID, email), { role, branchId: branch }, email);
  }

  const loaded = async () => ({
    accounts: await countAccounts(ports.AUTH_PORT, env.PROJECT_ID),
    users: await countDocuments(ports.FIRESTORE_PORT, env.PROJECT_ID, "users"),
    leads: await countDocuments(ports.FIRESTORE_PORT, env.PROJECT_ID, "leads"),
    channels: await countDocuments(ports.FIRESTORE_PORT, env.PROJECT_ID, "channels"),
    conversations: await countDocuments(ports.FIRESTORE_PORT, env.PROJECT_ID, "conversations"),
  });
  const once = { accounts: PEOPLE.length, users: PEOPLE.length, leads: LEADS.length, channels: 6, conversations: MESSAGES.length };
  await eventually("what customers wrote is there", async () => (await loaded()).conversations === MESSAGES.length);
  assert.deepEqual(await loaded(), once);
  const command = (name) => promisify(execFile)(process.execPath, [path.join(ROOT, "dev", name)], { env: { ...process.env, ...env }, timeout: 300_000 });
  await command("seed.mjs");
  assert.deepEqual(await loaded(), once, "loading twice doubles nothing");

  assert.match((await command("tour.mjs")).stdout, /All as it should be/);

  const { leads: before } = await loaded();
  const customer = { text: "Apakah Umrah Syawal masih ada kursi?", phone: "6287000000011", name: "Siti Contohwati" };
  await happens(ports, { it: "message", asset: "400300000000101", customer: customer.phone, content: { is: "text", text: customer.text } });
  await happens(ports, { it: "lead", formId: "510000000000101", fieldData: [{ name: "full_name", values: [customer.name] }, { name: "phone_number", values: ["+6287000000012"] }] });
  // From the webhook to the lead: through the queue, by itself.
  await eventually("two more leads", async () => (await loaded()).leads === before + 2);
  const read = () => fs.readFileSync(path.join(/^Logs: (.*)$/m.exec(run.output)[1], "service.log"), "utf8");
  await eventually("the log's line of the task", () => /POST \/tasks\/intake 204/.test(read()));
  const log = read();
  assert.match(log, /a delivery was taken in/);
  for (const secret of [...Object.values(customer), "+6287000000012", PASSWORD, "demo-app-secret", "sk-simulated", "AIza-simulated", "EAAB", "eyJ", ...LEADS.flatMap((lead) => [lead.phone, lead.name]), ...MESSAGES.flatMap(({ customer, text }) => [customer, text])]) {
    assert.ok(!log.includes(secret), `the log holds ${secret}`);
  }

  const children = run.children();
  assert.deepEqual(Object.keys(children).sort(), ["auth-and-storage-emulators", "console", "firestore-emulator", "service", "simulators"]);
  run.child.kill("SIGINT");
  assert.deepEqual(await run.ended, { code: 130, signal: null });
  assert.deepEqual(Object.values(children).filter(isAlive), []);
  await untilSilent(Object.values(ports).map((port) => `${HOST}:${port}`));
});
