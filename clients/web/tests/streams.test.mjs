// Streams that go wrong, against a server that does what proxies and dying instances do: each ends in time, with one error that
// says what happened, and no rejection is left unhandled.
import { createLeadGenClient, LeadGenError } from "@leadgen-pro/client";
import { deleteApp, initializeApp } from "firebase/app";
import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import test, { after, before } from "node:test";

const unhandled = [];
process.on("unhandledRejection", (reason) => unhandled.push(reason));

const SSE = { "content-type": "text/event-stream" };
const event = (data) => `data: ${JSON.stringify(data)}\n\n`;
const left = [];

/** By the callable's path: what the server does. */
const ANSWERS = {
  "/whole/generateContent": (response) => {
    response.writeHead(200, SSE).write(event({ message: { stage: "WRITING" } }));
    response.write(event({ message: { caption: "Umrah " } }));
    response.write(": ping\n\n");
    response.end(event({ message: { caption: "hemat" } }) + event({ result: { id: "r1", status: "COMPLETED" } }));
  },
  "/silent/generateContent": (response) => void response.writeHead(200, SSE).write(event({ message: { caption: "Um" } })),
  "/mute/generateContent": () => undefined,
  "/json/generateContent": (response) => response.writeHead(502, { "content-type": "application/json" }).end('{"error":{"status":"UNAVAILABLE"}}'),
  "/html/generateContent": (response) => response.writeHead(404, { "content-type": "text/html" }).end("<p>Not found</p>"),
  "/cut/generateContent": (response) => {
    response.writeHead(200, SSE).write(event({ message: { caption: "Um" } }));
    setImmediate(() => response.destroy());
  },
  "/refused/generateContent": (response) =>
    response.writeHead(200, SSE).end(event({
      error: { status: "ABORTED", message: "x", details: { reason: "IN_PROGRESS", message: "Sedang dibuat.", requestId: "q1", contentRequestId: "r7" } },
    })),
};

let server, app;
before(async () => {
  server = http.createServer((request, response) => {
    response.on("close", () => left.push(request.url));
    ANSWERS[request.url.split("?")[0]](response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  app = initializeApp({ projectId: "demo-streams", apiKey: "k", appId: "a" });
});
after(async () => {
  server.closeAllConnections();
  server.close();
  await deleteApp(app);
  assert.deepEqual(unhandled, []);
});

const ORDER = { topic: "Umrah", platform: "INSTAGRAM" };

function stream(kind, options) {
  const client = createLeadGenClient(app, { baseUrl: `http://127.0.0.1:${server.address().port}/${kind}/`, language: "id" });
  return client.generateContent(ORDER, options);
}

/** The error that a stream ends with, the same for the answer and for every reader. */
async function failure(started) {
  const error = await started.result.then(() => assert.fail("it succeeded"), (error) => error);
  assert.ok(error instanceof LeadGenError, String(error));
  await assert.rejects(async () => { for await (const _ of started); }, (thrown) => thrown === error);
  return error;
}

test("pieces come in order, to each reader from the first on, and then the answer", async () => {
  const started = stream("whole");
  const read = async () => {
    const pieces = [];
    for await (const piece of started) pieces.push(piece);
    return pieces;
  };
  const pieces = [{ stage: "WRITING" }, { caption: "Umrah " }, { caption: "hemat" }];
  assert.deepEqual(await Promise.all([read(), read()]), [pieces, pieces]);
  assert.deepEqual(await started.result, { id: "r1", status: "COMPLETED" });
  assert.deepEqual(await read(), pieces, "also afterwards");
  started.cancel();
  assert.equal((await started.result).id, "r1", "what is over cannot be called off");
});

test("silence ends at the limit between two pieces, and the server is told", async () => {
  const started = stream("silent", { idleMs: 300 });
  const pieces = [];
  await assert.rejects(async () => { for await (const piece of started) pieces.push(piece); }, { reason: "TIMEOUT", code: "deadline-exceeded" });
  assert.deepEqual(pieces, [{ caption: "Um" }]);
  await until(() => left.some((url) => url.startsWith("/silent/")));
});

test("a server that never answers ends at the limit for all of it", async () => {
  const error = await failure(stream("mute", { timeoutMs: 300 }));
  assert.equal(error.reason, "TIMEOUT");
  assert.match(error.text, /Periksa dulu/);
  assert.ok(error.mayPass);
});

test("an answer that is no stream, on which the SDK's promise waits for ever, is told as unreadable", async () => {
  for (const kind of ["json", "html"]) assert.equal((await failure(stream(kind))).reason, "UNREADABLE", kind);
});

test("a connection that breaks is told as such", async () => {
  assert.equal((await failure(stream("cut"))).reason, "NETWORK");
  const nobody = createLeadGenClient(app, { baseUrl: "http://127.0.0.1:9" });
  assert.equal((await failure(nobody.generateContent(ORDER))).reason, "NETWORK");
  await assert.rejects(nobody.whoami(), { name: "LeadGenError", reason: "NETWORK", code: "unavailable" });
});

test("a refusal inside the stream keeps all that the service says", async () => {
  const error = await failure(stream("refused"));
  assert.deepEqual([error.code, error.reason, error.text, error.requestId], ["aborted", "IN_PROGRESS", "Sedang dibuat.", "q1"]);
  assert.equal(error.details.contentRequestId, "r7");
});

test("calling off ends it at once, by hand and by a signal, also one that was given before", async () => {
  const byHand = stream("silent");
  setImmediate(() => byHand.cancel());
  assert.equal((await failure(byHand)).reason, "CANCELLED");
  const aborter = new AbortController();
  const bySignal = stream("silent", { signal: aborter.signal });
  for await (const _ of bySignal) {
    aborter.abort();
    break;
  }
  assert.equal((await failure(bySignal)).reason, "CANCELLED");
  assert.equal((await failure(stream("silent", { signal: AbortSignal.abort() }))).reason, "CANCELLED");
});

test("a stream that nobody looks at fails in silence", async () => {
  stream("refused");
  stream("cut");
  await until(() => left.some((url) => url.startsWith("/refused/")) && left.filter((url) => url.startsWith("/cut/")).length >= 2);
  await new Promise((resolve) => setTimeout(resolve, 50)); // where a rejection would be reported
});

async function until(holds) {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}
