// make bench: the release build of the service beside the least that its crates can cost, on this machine, in about six minutes after
// the build. Writes .run/bench/report.md and .run/bench/report.json, prints the first; ends with 2 when a target is missed.
//   BENCH_ROUNDS (3) and BENCH_SECONDS (2) make it shorter or steadier; BENCH_ONLY=whoami,createLead measures some workloads alone.
import fs from "node:fs";
import path from "node:path";
import { startTimes } from "../deploy/start-time.mjs";
import { requireJdk } from "../emulators/java.mjs";
import { startEmulators } from "../dev/emulators.mjs";
import { ensureNpmTools } from "../dev/install.mjs";
import { builtProgram, ROOT, RUN_DIRECTORY } from "../dev/paths.mjs";
import { freePorts, HOST } from "../dev/ports.mjs";
import { runCommand } from "../dev/processes.mjs";
import { startSimulators } from "../dev/simulators.mjs";
import { UserError } from "../dev/user-error.mjs";
import { summarised } from "./figures.mjs";
import { Firestore } from "./firestore.mjs";
import { ask, floorRoutes } from "./floors.mjs";
import { requireWrk } from "./load.mjs";
import { machine } from "./machine.mjs";
import { resident } from "./process.mjs";
import { markdown } from "./report.mjs";
import { measure } from "./rounds.mjs";
import { APP_SECRET, Service, serviceEnvironment, startFloor } from "./service.mjs";
import { targets } from "./targets.mjs";
import { Issuer } from "./tokens.mjs";
import { BRANCH, NUMBER, toEverybody, workloads, writers } from "./workloads.mjs";

const PROJECT = "demo-bench";
const DIRECTORY = path.join(RUN_DIRECTORY, "bench");
const ROUNDS = Number(process.env.BENCH_ROUNDS || 3);
const SECONDS = Number(process.env.BENCH_SECONDS || 2);
const STARTS = 20;
/** More than are verified in one run: half as many again as the machine in docs/performance.md does. */
const FRESH_TOKENS = 35_000 * SECONDS;
const TARGET_MISSED = 2;

async function build(processes) {
  const cargo = process.env.CARGO || "cargo";
  const manifest = ["--locked", "--manifest-path", path.join(ROOT, "Cargo.toml")];
  // The simulators are not measured: they need no ten minutes of optimisation.
  const release = await processes.run(cargo, ["build", "--release", ...manifest, "--package", "leadgen-pro", "--package", "floors"]);
  const simulators = release || (await processes.run(cargo, ["build", ...manifest, "--package", "simulators"]));
  if (simulators !== 0) throw new UserError("The build failed; the compiler's words are above.");
}

/** People who order content, what they may spend, and a WhatsApp number. */
async function furnish(firestore) {
  const now = new Date();
  const people = writers().map((uid) => [
    `users/${uid}`,
    { uid, email: `${uid}@bench.example`, displayName: uid, role: "MITRA", branchId: BRANCH, parentId: BRANCH, disabled: false, createdAt: now, updatedAt: now, connectedAccounts: {} },
  ]);
  const plenty = { dayMicroUsd: 1e9, monthMicroUsd: 1e10 };
  const allowances = { user: plenty, branch: plenty, organisation: plenty };
  const number = { platform: "WHATSAPP", externalId: NUMBER, name: NUMBER, ownerId: "mitra-0", branchId: BRANCH, state: "CONNECTED" };
  await firestore.put([...people, ["settings/ai", { enabled: true, allowances }], [`channels/WHATSAPP_${NUMBER}`, number]]);
}

/** Every conversation is begun, and its lead is made by the queue. */
async function beginConversations(processes, firestore, at) {
  const firsts = toEverybody(at, APP_SECRET);
  for (const { request } of firsts) await ask(request);
  const deadline = Date.now() + 60_000;
  for (;;) {
    const linked = await firestore.where("conversations", "accountId", NUMBER);
    if (linked.length === firsts.length && linked.every(({ fields }) => fields.leadId)) break;
    if (Date.now() > deadline) throw new UserError(`Of ${firsts.length} conversations ${linked.filter(({ fields }) => fields.leadId).length} have a lead after a minute: see the logs in .run/bench.`);
    await processes.guard(new Promise((resolve) => setTimeout(resolve, 200)));
  }
}

/** How soon the program answers: with production's settings, nothing to talk to, and cold keys. */
async function starts(port) {
  const environment = {
    GOOGLE_CLOUD_PROJECT: "bench-start",
    HOST,
    PORT: String(port),
    PHONE_INDEX_KEY: Buffer.alloc(32, 1).toString("base64"),
    PUSH_AUDIENCE: "https://service.example",
    PUSH_SERVICE_ACCOUNTS: "invoker@bench-start.iam.gserviceaccount.com",
  };
  return startTimes(STARTS, `http://${HOST}:${port}/livez`, [builtProgram("leadgen-pro", "release"), "serve"], environment);
}

async function main(processes) {
  if (process.platform !== "linux") throw new UserError("make bench reads processor time and memory from /proc, which only Linux has.");
  await requireWrk();
  requireJdk();
  await ensureNpmTools(processes);
  await build(processes);
  fs.mkdirSync(DIRECTORY, { recursive: true });
  const about = machine();

  const [servicePort, floorPort, graph, ai, tasks, startPort] = await freePorts(6);
  console.log("Starting the program again and again…");
  const start = await starts(startPort);

  console.log("Starting the emulators…");
  const ports = { service: servicePort, floor: floorPort, graph, ai, tasks };
  const at = Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, `${HOST}:${port}`]));
  Object.assign(at, await startEmulators(processes, { projectId: PROJECT }));
  const nobody = `http://${HOST}:9/`;
  // Nothing comes by itself while it is measured.
  await startSimulators(processes, at, { AI_WRITING_PACE_MS: "0", WEBHOOK_URL: nobody, SWEEP_URL: nobody, REFRESH_URL: nobody, RECONCILE_URL: nobody });
  const issuer = new Issuer(PROJECT);
  const keys = await issuer.serve();
  const firestore = new Firestore(at.firestore, PROJECT);
  await furnish(firestore);

  const environment = serviceEnvironment({ projectId: PROJECT, at, keysUrl: keys.url });
  const service = new Service(processes, { program: builtProgram("leadgen-pro", "release"), environment, at: at.service, directory: DIRECTORY });
  // The instance knows each conversation as it stands.
  service.warm = async () => {
    for (const { request } of toEverybody(at.service, APP_SECRET)) await ask(request);
  };
  await service.start();
  const memory = { idleMiB: resident(service.pid) };

  console.log(`Signing ${FRESH_TOKENS} tokens…`);
  const all = await workloads({ at: at.service, floor: at.floor, issuer, secret: APP_SECRET, fresh: FRESH_TOKENS });
  const wanted = (process.env.BENCH_ONLY || all.map(({ name }) => name).join(",")).split(",");
  await beginConversations(processes, firestore, at.service);
  await service.warm();
  const config = {
    listen: at.floor,
    projectId: PROJECT,
    firestore: at.firestore,
    key: issuer.jwk,
    routes: await floorRoutes(all, { at: at.service, firestore }),
  };
  const floor = startFloor(processes, { program: builtProgram("floor", "release"), config, directory: DIRECTORY });
  await processes.untilAnswers(floor.entry, `http://${at.floor}/`);

  const measured = [];
  for (const workload of all.filter(({ name }) => wanted.includes(name))) {
    console.log(`${workload.name}…`);
    const found = await measure(workload, { service, floor, floorAt: at.floor, directory: DIRECTORY, rounds: ROUNDS, seconds: SECONDS });
    measured.push(summarised(found));
  }
  keys.close();

  const whole = measured.length === all.length;
  const report = { machine: about, rounds: ROUNDS, seconds: SECONDS, start, memory, workloads: measured };
  report.targets = whole ? targets(report) : [];
  fs.writeFileSync(path.join(DIRECTORY, "report.json"), `${JSON.stringify(report, null, 2)}\n`);
  const text = markdown(report);
  fs.writeFileSync(path.join(DIRECTORY, "report.md"), text);
  console.log(`\n${text}\nWritten to ${path.relative(process.cwd(), DIRECTORY)}/report.md and report.json.`);
  return report.targets.every(({ met }) => met) ? 0 : TARGET_MISSED;
}

await runCommand(path.join(RUN_DIRECTORY, "logs", `bench-${process.pid}`), main);
