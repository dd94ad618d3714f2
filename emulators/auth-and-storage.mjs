// The Auth and Storage emulators of firebase-tools in one process, without its command line, which offers no way to
//  - send user events to a server that is not its own functions emulator,
//  - hold many projects at once (each test has one of its own), on any free port.
//
// Started with an IPC channel; takes its settings as JSON in the first argument, sends "listening" when both do, and ends
// when the channel closes.
import { AsyncLocalStorage } from "node:async_hooks";
import fs from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const lib = (name) => require(`firebase-tools/lib/${name}.js`);

const { useConsoleLoggers } = lib("logger");
const { EmulatorRegistry } = lib("emulator/registry");
const { createApp: createAuthApp } = lib("emulator/auth/server");
const { AgentProjectState } = lib("emulator/auth/state");
const { StorageEmulator } = lib("emulator/storage/index");
const { createApp: createStorageApp } = lib("emulator/storage/server");
const { StorageRulesRuntime } = lib("emulator/storage/rules/runtime");

const { host, projectId, ports, firestore, events, storageRules } = JSON.parse(process.argv[2]);

function announce(name, address) {
  const [h, port] = address.split(":");
  EmulatorRegistry.set(name, { getName: () => name, getInfo: () => ({ name, host: h, port: Number(port) }) });
}

function listen(handler, port) {
  return new Promise((resolve, reject) => {
    const server = http.createServer(handler);
    server.once("error", reject);
    server.listen(port, host, () => resolve());
  });
}

// In production an API key belongs to a project. The emulator gives every key to the start-up project; here a key that
// is the id of a demo project belongs to that one, so that clients of many projects can sign in side by side.
const keyOfRequest = new AsyncLocalStorage();

class ProjectsByKey extends Map {
  get(id) {
    const key = keyOfRequest.getStore();
    const project = id === projectId && key?.startsWith("demo-") ? key : id;
    if (!super.has(project)) super.set(project, new AgentProjectState(project));
    return super.get(project);
  }
}

async function startAuth() {
  const app = await createAuthApp(projectId, 0 /* NO_WARNING: any number of projects */, new ProjectsByKey());
  return listen((request, response) => {
    const key = new URL(request.url, "http://emulator").searchParams.get("key") ?? request.headers["x-goog-api-key"];
    keyOfRequest.run(key, () => app(request, response));
  }, ports.auth);
}

// The runtime answers line by line, and firebase-tools parses whatever chunk arrives as one answer: two answers in one
// chunk would be lost, and their requests would wait for ever. So the next question waits for the last answer.
function askOneAtATime() {
  const send = StorageRulesRuntime.prototype._sendRequest;
  let last = Promise.resolve();
  StorageRulesRuntime.prototype._sendRequest = function (...question) {
    const answer = last.then(() => send.apply(this, question));
    last = answer.catch(() => {});
    return answer;
  };
}

async function startStorage() {
  askOneAtATime();
  const emulator = new StorageEmulator({
    projectId,
    host,
    port: ports.storage,
    rules: { name: storageRules, content: fs.readFileSync(storageRules, "utf8") },
    auto_download: false,
  });
  await emulator._rulesRuntime.start(false);
  const issues = await emulator.rulesManager.start();
  if (issues.errors.length > 0) {
    console.error(`${storageRules} does not compile:\n${issues.errors.join("\n")}`);
    process.exit(1);
  }
  await listen(await createStorageApp(projectId, emulator), ports.storage);
  return emulator;
}

useConsoleLoggers();
announce("auth", `${host}:${ports.auth}`);
announce("storage", `${host}:${ports.storage}`);
announce("firestore", firestore); // Google's Storage rules runtime asks it for documents
const storage = await startStorage(); // before "functions" is known: storage events have no listener
if (events) announce("functions", events); // user events go to POST http://<events>/functions/projects/{p}/trigger_multicast
await startAuth();
process.send("listening");

let stopping = false;
async function stop() {
  if (stopping) return;
  stopping = true;
  await storage.stop().catch(() => {});
  process.exit(0);
}
process.on("SIGTERM", stop);
process.on("SIGINT", stop);
process.on("disconnect", stop);
