// Starts the Auth, Firestore and Storage emulators as children of a command (`startEmulators`), or on their own:
//   node dev/emulators.mjs       (make emulators)
// On their own they take free ports unless AUTH_PORT, FIRESTORE_PORT, STORAGE_PORT or EVENTS_PORT say otherwise, print
// the environment that clients and tests need, write it to .run/test-env (`source .run/test-env`; TEST_ENV_FILE names
// another file), and stay until Ctrl-C.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { firestoreJar, storageRulesJar } from "../emulators/jars.mjs";
import { jdkTool, requireJdk } from "../emulators/java.mjs";
import { ensureNpmTools } from "./install.mjs";
import { freePorts, HOST, portFromEnv } from "./ports.mjs";
import { runCommand } from "./processes.mjs";
import { ROOT, RUN_DIRECTORY } from "./paths.mjs";
import { FIRESTORE_RULES, loadFirestoreRules } from "./rules.mjs";
import { UserError } from "./user-error.mjs";


const AUTH_AND_STORAGE = path.join(ROOT, "emulators/auth-and-storage.mjs");
const STORAGE_RULES = path.join(ROOT, "storage.rules");

/**
 * Starts the three and returns their addresses once all answer.
 * `ports`: {auth, firestore, storage}; the ones left out are free ones.
 * `events`: "host:port" of the server that gets document events and user events; it need not be up yet.
 */
export async function startEmulators(processes, { projectId, ports = {}, events }) {
  const firestoreLaunch = await firestoreJar();
  const rulesJar = await storageRulesJar(firestoreLaunch, path.join(RUN_DIRECTORY, "jars"));

  const [websocket, webchannel, ...free] = await freePorts(5);
  const [firestore, auth, storage] = ["firestore", "auth", "storage"].map((name, i) => ports[name] ?? free[i]);
  const addresses = { firestore: `${HOST}:${firestore}`, auth: `${HOST}:${auth}`, storage: `${HOST}:${storage}` };
  const firestoreChild = startFirestore(processes, { port: firestore, websocket, webchannel, events, launch: firestoreLaunch });
  await startAuthAndStorage(processes, {
    rulesJar,
    settings: {
      host: HOST,
      projectId,
      ports: { auth, storage },
      firestore: addresses.firestore,
      events,
      storageRules: STORAGE_RULES,
    },
  });
  await processes.untilAnswers(firestoreChild, `http://${addresses.firestore}/`);
  await processes.guard(loadFirestoreRules(addresses.firestore, projectId));
  return addresses;
}

function startFirestore(processes, { port, websocket, webchannel, events, launch }) {
  const flags = [`--host=${HOST}`, `--port=${port}`, `--websocket_port=${websocket}`, `--webchannel_port=${webchannel}`, `--rules=${FIRESTORE_RULES}`];
  if (events) flags.push(`--functions_emulator=${events}`);
  return processes.start("Firestore emulator", jdkTool("java"), [...launch.javaArguments, ...flags]);
}

async function startAuthAndStorage(processes, { rulesJar, settings }) {
  // The Storage emulator keeps the objects in the system's temporary folder, under a name that all runs would share.
  const temporary = path.join(processes.logDirectory, "tmp");
  fs.mkdirSync(temporary, { recursive: true });
  const env = { ...process.env, STORAGE_EMULATOR_BINARY_PATH: rulesJar, TMPDIR: temporary };
  if (process.env.JAVA_HOME) env.PATH = `${path.join(process.env.JAVA_HOME, "bin")}${path.delimiter}${env.PATH}`;
  const child = processes.start("Auth and Storage emulators", process.execPath, [AUTH_AND_STORAGE, JSON.stringify(settings)], { env, ipc: true });
  const listening = new Promise((resolve) => child.child.once("message", resolve));
  return processes.guard(Promise.race([listening, child.exit.then(() => processes.failed)]));
}

/** The environment through which Firebase clients and this project's tests find the emulators. */
export function emulatorEnvironment(addresses, projectId) {
  return {
    GOOGLE_CLOUD_PROJECT: projectId,
    FIRESTORE_EMULATOR_HOST: addresses.firestore,
    FIREBASE_AUTH_EMULATOR_HOST: addresses.auth,
    FIREBASE_STORAGE_EMULATOR_HOST: addresses.storage,
  };
}

/** What a test run needs: the emulators, and the port on which the test process listens for their events. */
export async function startTestEmulators(processes) {
  requireJdk();
  await ensureNpmTools(processes);
  const projectId = process.env.PROJECT_ID || "demo-leadgen-test";
  if (!projectId.startsWith("demo-")) throw new UserError(`PROJECT_ID=${projectId} must begin with demo-, so that nothing can touch a real project.`);
  const [eventsPort] = await freePorts(1);
  const events = portFromEnv("EVENTS_PORT", eventsPort);
  const addresses = await startEmulators(processes, {
    projectId,
    events: `${HOST}:${events}`,
    ports: {
      auth: portFromEnv("AUTH_PORT"),
      firestore: portFromEnv("FIRESTORE_PORT"),
      storage: portFromEnv("STORAGE_PORT"),
    },
  });
  return { ...emulatorEnvironment(addresses, projectId), LEADGEN_TEST_EVENTS_PORT: String(events) };
}

async function main(processes) {
  const environment = await startTestEmulators(processes);
  const exports = Object.entries(environment).map(([name, value]) => `export ${name}=${value}`).join("\n");
  const file = process.env.TEST_ENV_FILE || path.join(RUN_DIRECTORY, "test-env");
  fs.writeFileSync(file, `${exports}\n`);
  console.log(`${exports}\n\nWritten to ${path.relative(process.cwd(), file)}. Running until Ctrl-C.`);
  return new Promise(() => setInterval(() => {}, 2 ** 30)); // until a child ends or a signal comes
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await runCommand(path.join(RUN_DIRECTORY, "logs", `emulators-${process.pid}`), main);
}
