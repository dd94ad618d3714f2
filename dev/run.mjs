// make run: builds and starts everything on this machine, loads demo data, says where things are, and stops all of it on
// Ctrl-C, on SIGTERM, or when any part ends by itself.
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { requireJdk } from "../emulators/java.mjs";
import { emulatorEnvironment, startEmulators } from "./emulators.mjs";
import { ensureNpmTools } from "./install.mjs";
import { builtProgram, ROOT, RUN_DIRECTORY } from "./paths.mjs";
import { HOST, portFromEnv, requireFree } from "./ports.mjs";
import { runCommand } from "./processes.mjs";
import { registerBlockingFunctions, registerTriggers } from "./register.mjs";
import { watchFirestoreRules } from "./rules.mjs";
import { seed } from "./seed.mjs";
import { summary } from "./summary.mjs";
import { UserError } from "./user-error.mjs";

const PORTS = [
  { key: "service", what: "service", variable: "SERVICE_PORT", fallback: 5001 },
  { key: "auth", what: "Auth emulator", variable: "AUTH_PORT", fallback: 9099 },
  { key: "firestore", what: "Firestore emulator", variable: "FIRESTORE_PORT", fallback: 8080 },
  { key: "storage", what: "Storage emulator", variable: "STORAGE_PORT", fallback: 9199 },
  { key: "graph", what: "Graph simulator", variable: "GRAPH_SIMULATOR_PORT", fallback: 5010 },
  { key: "ai", what: "AI simulator", variable: "AI_SIMULATOR_PORT", fallback: 5011 },
];

function projectFromEnv() {
  const projectId = process.env.PROJECT_ID || "demo-leadgen";
  if (projectId.startsWith("demo-")) return projectId;
  throw new UserError(`PROJECT_ID=${projectId} must begin with demo-, so that nothing can touch a real project.`);
}

/** The key of the phone index must stay the same between runs, and is a secret even here: made once, never committed. */
function phoneIndexKey() {
  const file = path.join(RUN_DIRECTORY, "phone-index-key");
  if (!fs.existsSync(file)) fs.writeFileSync(file, randomBytes(32).toString("base64"), { mode: 0o600 });
  return fs.readFileSync(file, "utf8").trim();
}

async function build(processes) {
  const cargo = process.env.CARGO || "cargo";
  const code = await processes.run(cargo, ["build", "--workspace", "--manifest-path", path.join(ROOT, "Cargo.toml")]);
  if (code !== 0) throw new UserError("The build failed; the compiler's words are above.");
}

async function startSimulators(processes, at) {
  const simulators = processes.start("simulators", builtProgram("simulators"), [], {
    env: { ...process.env, GRAPH_SIMULATOR_ADDR: at.graph, AI_SIMULATOR_ADDR: at.ai },
  });
  await processes.untilAnswers(simulators, `http://${at.graph}/livez`);
  await processes.untilAnswers(simulators, `http://${at.ai}/livez`);
}

function serviceEnvironment(projectId, at, blocking) {
  const [host, port] = at.service.split(":");
  return {
    ...process.env,
    ...emulatorEnvironment(at, projectId),
    HOST: host,
    PORT: port,
    BLOCKING_FUNCTION_URLS: `${blocking.beforeCreate},${blocking.beforeSignIn}`,
    PHONE_INDEX_KEY: phoneIndexKey(),
    LOG_FORMAT: process.env.LOG_FORMAT || "text",
    PUSH_AUTH: "none",
    GRAPH_BASE_URL: `http://${at.graph}`,
    AI_BASE_URL: `http://${at.ai}`,
  };
}

async function main(processes) {
  const projectId = projectFromEnv();
  const ports = Object.fromEntries(PORTS.map(({ key, variable, fallback }) => [key, portFromEnv(variable, fallback)]));
  requireJdk();
  await requireFree(PORTS.map(({ key, what, variable }) => ({ what, variable, port: ports[key] })));
  await ensureNpmTools(processes);
  await build(processes);

  console.log("Starting the emulators…");
  const service = `${HOST}:${ports.service}`;
  const emulators = await startEmulators(processes, { projectId, ports, events: service });
  const at = { ...emulators, service, graph: `${HOST}:${ports.graph}`, ai: `${HOST}:${ports.ai}` };
  await startSimulators(processes, at);

  const blocking = { beforeCreate: `http://${service}/auth/beforeCreate`, beforeSignIn: `http://${service}/auth/beforeSignIn` };
  const env = serviceEnvironment(projectId, at, blocking);
  let up = false;
  const child = processes.start("service", builtProgram("leadgen-pro"), ["serve"], {
    env,
    show: (line) => {
      if (up) console.log(`service | ${line}`); // before that, the log file is enough
    },
  });
  await processes.untilAnswers(child, `http://${service}/readyz`);
  await processes.guard(registerTriggers(at.firestore, projectId));
  await processes.guard(registerBlockingFunctions(at.auth, projectId, blocking));

  const people = await processes.guard(seed({ projectId, at, env }));
  up = true;
  watchFirestoreRules(at.firestore, projectId);
  console.log(summary({ projectId, at, people, logs: processes.logDirectory }));
  return new Promise(() => setInterval(() => {}, 2 ** 30)); // until a child ends or a signal comes
}

await runCommand(path.join(RUN_DIRECTORY, "logs", `run-${process.pid}`), main);
