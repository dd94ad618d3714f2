// The emulators as the commands start them: two sets side by side, and every way in which a set can end.
import assert from "node:assert/strict";
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import test from "node:test";
import { isAlive } from "../processes.mjs";
import { registerTriggers } from "../register.mjs";
import { startCommand, temporaryDirectory, untilSilent } from "./command.mjs";

const ADMIN = { authorization: "Bearer owner", "content-type": "application/json" };
const TIMEOUT = { timeout: 180_000 };

async function startSet(t) {
  const file = path.join(temporaryDirectory(t), "test-env");
  const command = startCommand(t, "emulators.mjs", { TEST_ENV_FILE: file });
  await command.says("Running until Ctrl-C");
  const lines = fs.readFileSync(file, "utf8").trim().split("\n");
  return { ...Object.fromEntries(lines.map((line) => line.replace("export ", "").split("="))), command, ended: command.ended };
}

async function request(method, url, body, headers = ADMIN) {
  const response = await fetch(url, { method, headers, body: typeof body === "object" ? JSON.stringify(body) : body });
  return { status: response.status, body: await response.text() };
}

async function signUp(set, project) {
  const answer = await request(
    "POST",
    `http://${set.FIREBASE_AUTH_EMULATOR_HOST}/identitytoolkit.googleapis.com/v1/accounts:signUp?key=${project}`,
    { email: "someone@demo.example", password: "only-a-test", returnSecureToken: true },
    { "content-type": "application/json" },
  );
  assert.equal(answer.status, 200, answer.body);
  return JSON.parse(answer.body);
}

const claimsOf = (token) => JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
const documentUrl = (set, project, name) => `http://${set.FIRESTORE_EMULATOR_HOST}/v1/projects/${project}/databases/(default)/documents/${name}`;

async function upload(set, name, text) {
  const body = [
    "--x", "Content-Type: application/json", "", JSON.stringify({ name, metadata: { firebaseStorageDownloadTokens: "let-me-in" } }),
    "--x", "Content-Type: text/plain", "", text, "--x--", "",
  ].join("\r\n");
  const url = `http://${set.FIREBASE_STORAGE_EMULATOR_HOST}/upload/storage/v1/b/demo.appspot.com/o?uploadType=multipart`;
  const answer = await request("POST", url, body, { ...ADMIN, "content-type": "multipart/related; boundary=x" });
  assert.equal(answer.status, 200, answer.body);
}

const download = (set, name, token = "") =>
  request("GET", `http://${set.FIREBASE_STORAGE_EMULATOR_HOST}/v0/b/demo.appspot.com/o/${encodeURIComponent(name)}?alt=media${token}`, undefined, {});

/** Listens where the set sends its events; `next(path)` waits for one. */
async function listenForEvents(t, set) {
  const seen = [];
  const waiting = [];
  const server = http.createServer(async (incoming, response) => {
    const chunks = await incoming.toArray();
    const event = { path: incoming.url, headers: incoming.headers, body: Buffer.concat(chunks).toString() };
    seen.push(event);
    waiting.filter(({ path }) => path === event.path).forEach(({ resolve }) => resolve(event));
    response.end("{}");
  });
  await new Promise((resolve) => server.listen(Number(set.LEADGEN_TEST_EVENTS_PORT), "127.0.0.1", resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return (path) => new Promise((resolve) => {
    const already = seen.find((event) => event.path === path);
    if (already) resolve(already);
    else waiting.push({ path, resolve });
  });
}

test("two sets live side by side, and one stops without the other", TIMEOUT, async (t) => {
  const [one, two] = await Promise.all([startSet(t), startSet(t)]);

  await t.test("each has its own documents", async () => {
    const written = await request("PATCH", documentUrl(one, "demo-a", "leads/l1"), { fields: { name: { stringValue: "Siti" } } });
    assert.equal(written.status, 200, written.body);
    assert.equal((await request("GET", documentUrl(one, "demo-a", "leads/l1"))).status, 200);
    assert.equal((await request("GET", documentUrl(two, "demo-a", "leads/l1"))).status, 404);
  });

  await t.test("an API key that is a demo project belongs to it, any other to the start-up project", async () => {
    assert.equal(claimsOf((await signUp(one, "demo-a")).idToken).aud, "demo-a");
    const { idToken, refreshToken } = await signUp(one, "demo-b");
    assert.equal(claimsOf(idToken).aud, "demo-b");
    assert.equal(claimsOf((await signUp(one, "AIzaSomething")).idToken).aud, one.GOOGLE_CLOUD_PROJECT);
    const refreshed = await request(
      "POST",
      `http://${one.FIREBASE_AUTH_EMULATOR_HOST}/securetoken.googleapis.com/v1/token?key=demo-b`,
      `grant_type=refresh_token&refresh_token=${refreshToken}`,
      { "content-type": "application/x-www-form-urlencoded" },
    );
    assert.equal(claimsOf(JSON.parse(refreshed.body).id_token).aud, "demo-b", refreshed.body);
  });

  await t.test("document events and user events reach the test's own server", async (t) => {
    const next = await listenForEvents(t, one);
    await registerTriggers(one.FIRESTORE_EMULATOR_HOST, "demo-events");
    await request("PATCH", documentUrl(one, "demo-events", "leads/l9"), { fields: { name: { stringValue: "Budi" } } });
    const written = await next("/functions/projects/demo-events/triggers/leadWritten");
    assert.equal(written.headers["ce-document"], "leads/l9");
    assert.equal(written.headers["ce-type"], "google.cloud.firestore.document.v1.written");

    const { localId } = await signUp(one, "demo-events");
    const created = JSON.parse((await next("/functions/projects/demo-events/trigger_multicast")).body);
    assert.equal(created.eventType, "providers/firebase.auth/eventTypes/user.create");
    assert.equal(created.data.uid, localId);
  });

  await t.test("the rules report what they covered, project by project", async () => {
    const project = `http://${one.FIRESTORE_EMULATOR_HOST}/emulator/v1/projects/demo-cover`;
    const content = "service cloud.firestore { match /databases/{d}/documents/leads/{id} { allow read: if request.auth.uid == id; } }";
    const loaded = await request("PUT", `${project}:securityRules`, { rules: { files: [{ name: "firestore.rules", content }] } });
    assert.equal(loaded.status, 200, loaded.body);
    const { idToken } = await signUp(one, "demo-cover");
    await request("GET", documentUrl(one, "demo-cover", "leads/l1"), undefined, { authorization: `Bearer ${idToken}` });

    const { report } = JSON.parse((await request("GET", `${project}:ruleCoverage`)).body);
    const { currentOffset, endOffset } = report[0].sourcePosition; // both included
    assert.equal(content.slice(currentOffset, endOffset + 1), "request.auth.uid == id");
    assert.deepEqual(report[0].values, [{ value: { boolValue: false }, count: 1 }]);
  });

  await t.test("storage decides by token and by rules, many at once", async () => {
    await Promise.all([upload(one, "a/one.txt", "from one"), upload(two, "a/two.txt", "from two")]);
    assert.deepEqual(await download(one, "a/one.txt", "&token=let-me-in"), { status: 200, body: "from one" });
    const refused = await Promise.all(Array.from({ length: 20 }, () => download(one, "a/one.txt")));
    assert.deepEqual(refused.map(({ status }) => status), Array(20).fill(403));
  });

  await t.test("SIGTERM ends one set whole, and leaves the other its objects", async () => {
    const children = Object.values(one.command.children());
    assert.equal(children.length, 2);
    one.command.child.kill("SIGTERM");
    assert.deepEqual(await one.ended, { code: 143, signal: null });
    assert.deepEqual(children.filter(isAlive), []);
    assert.deepEqual(await download(two, "a/two.txt", "&token=let-me-in"), { status: 200, body: "from two" });
  });

  await t.test("Ctrl-C ends the other", async () => {
    const children = Object.values(two.command.children());
    two.command.child.kill("SIGINT");
    assert.deepEqual(await two.ended, { code: 130, signal: null });
    assert.deepEqual(children.filter(isAlive), []);
  });
});

test("when an emulator dies, everything stops and its last lines are shown", TIMEOUT, async (t) => {
  const set = await startSet(t);
  const children = set.command.children();
  process.kill(children["firestore-emulator"], "SIGKILL");
  const { code } = await set.ended;
  assert.equal(code, 1);
  assert.match(set.command.output, /The Firestore emulator ended \(signal SIGKILL\); everything else is stopped/);
  assert.match(set.command.output, /\| .*Dev App Server is now running/);
  assert.deepEqual(Object.values(children).filter(isAlive), []);
});

test("nothing outlives a command that is killed itself", TIMEOUT, async (t) => {
  const set = await startSet(t);
  set.command.child.kill("SIGKILL");
  await set.ended;
  await untilSilent([set.FIRESTORE_EMULATOR_HOST, set.FIREBASE_AUTH_EMULATOR_HOST, set.FIREBASE_STORAGE_EMULATOR_HOST]);
});
