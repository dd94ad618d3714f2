// The callable protocol as the official Firebase JS SDK speaks it. The service's lab answers as each test asks.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { deleteApp, initializeApp } from "firebase/app";
import { connectAuthEmulator, createUserWithEmailAndPassword, getAuth } from "firebase/auth";
import { getFunctions, httpsCallable } from "firebase/functions";

const { LAB_URL, PROJECT_ID, AUTH_EMULATOR } = process.env;

// The codes of the protocol as the SDK names them.
const CODES = {
  CANCELLED: "cancelled",
  UNKNOWN: "unknown",
  INVALID_ARGUMENT: "invalid-argument",
  DEADLINE_EXCEEDED: "deadline-exceeded",
  NOT_FOUND: "not-found",
  ALREADY_EXISTS: "already-exists",
  PERMISSION_DENIED: "permission-denied",
  UNAUTHENTICATED: "unauthenticated",
  RESOURCE_EXHAUSTED: "resource-exhausted",
  FAILED_PRECONDITION: "failed-precondition",
  ABORTED: "aborted",
  OUT_OF_RANGE: "out-of-range",
  UNIMPLEMENTED: "unimplemented",
  INTERNAL: "internal",
  UNAVAILABLE: "unavailable",
  DATA_LOSS: "data-loss",
};

let app;
let functions;
const call = (name, options) => httpsCallable(functions, name, options);

before(async () => {
  app = initializeApp({ apiKey: PROJECT_ID, projectId: PROJECT_ID });
  const auth = getAuth(app);
  connectAuthEmulator(auth, `http://${AUTH_EMULATOR}`, { disableWarnings: true });
  functions = getFunctions(app, LAB_URL);
  await createUserWithEmailAndPassword(auth, "siti@example.id", "rahasia-123");
});

after(() => deleteApp(app));

async function chunksOf(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

test("data goes there and back unchanged", async () => {
  const data = { text: "Umrah ﷽ 🕋 \ud83d\ude00", list: [1, 2.5, null, true], deep: { er: { still: [] } } };
  assert.deepEqual((await call("echo")(data)).data, data);
  assert.equal((await call("echo")()).data, null);
  assert.equal((await call("echo")(new Date(0))).data, "1970-01-01T00:00:00.000Z");
});

for (const [status, code] of Object.entries(CODES)) {
  test(`${status} is functions/${code}, called and streamed`, async () => {
    const expected = (error) => {
      assert.equal(error.code, `functions/${code}`);
      assert.equal(error.details.reason, "TOO_FAST");
      assert.equal(error.details.extra, 7);
      assert.equal(error.details.message, "Disengaja.");
      assert.match(error.details.requestId, /^[0-9a-f-]{36}$/);
      return true;
    };
    await assert.rejects(call("fail")({ code: status }), expected);
    const { stream, data } = await call("fail").stream({ code: status, chunks: 2 });
    data.catch(() => {});
    await assert.rejects(chunksOf(stream), expected);
    await assert.rejects(data, expected);
  });
}

test("chunks arrive one by one, then the result", async () => {
  const { stream, data } = await call("count").stream(5);
  assert.deepEqual(await chunksOf(stream), [0, 1, 2, 3, 4].map((number) => ({ number })));
  assert.equal(await data, 5);
});

test("a streaming callable can be called, a unary one streamed", async () => {
  assert.equal((await call("count")(3)).data, 3);
  const { stream, data } = await call("echo").stream("x");
  assert.deepEqual(await chunksOf(stream), []);
  assert.equal(await data, "x");
});

for (const [name, why, code] of [
  ["nowhere", "an unknown name", "not-found"],
  ["panic", "a panic", "internal"],
  ["shape", "a wrong field", "invalid-argument"],
]) {
  test(`${why} does not leave a stream hanging`, { timeout: 10_000 }, async () => {
    await assert.rejects(call(name)(1), { code: `functions/${code}` });
    const { stream, data } = await call(name).stream(1);
    data.catch(() => {});
    await assert.rejects(chunksOf(stream), { code: `functions/${code}` });
    await assert.rejects(data, { code: `functions/${code}` });
  });
}

test("a body beyond the limit is refused, called and streamed", async () => {
  const large = "a".repeat(11 * 1024 * 1024);
  const expected = (error) => error.code === "functions/invalid-argument" && error.details.reason === "BODY_TOO_LARGE";
  await assert.rejects(call("echo")(large), expected);
  const { stream, data } = await call("echo").stream(large);
  data.catch(() => {});
  await assert.rejects(chunksOf(stream), expected);
  await assert.rejects(data, expected);
});

test("a caller who cancels a stream is told so", async () => {
  const stop = new AbortController();
  const { stream, data } = await call("slow").stream(null, { signal: stop.signal });
  data.catch(() => {});
  const chunks = stream[Symbol.asyncIterator]();
  assert.deepEqual(await chunks.next(), { value: "begun", done: false });
  stop.abort();
  // The iterator tells of the broken read, as functions/internal; `data` tells why.
  await assert.rejects(chunks.next());
  await assert.rejects(data, { code: "functions/cancelled" });
});

test("the SDK's own time limit is its own", async () => {
  await assert.rejects(call("slow", { timeout: 50 })(null), { code: "functions/deadline-exceeded" });
});
