// make run: builds and starts everything on this machine, loads demo data, says where things are, and stops all of it on
// Ctrl-C, on SIGTERM, or when any part ends by itself.
import path from "node:path";
import { requireJdk } from "../emulators/java.mjs";
import { buildClient, buildConsole, startConsole } from "./console.mjs";
import { startEmulators } from "./emulators.mjs";
import { ensureNpmTools } from "./install.mjs";
import { builtProgram, ROOT, RUN_DIRECTORY } from "./paths.mjs";
import { requireFree } from "./ports.mjs";
import { runCommand } from "./processes.mjs";
import { registerBlockingFunctions, registerTriggers } from "./register.mjs";
import { watchFirestoreRules } from "./rules.mjs";
import { seed } from "./seed.mjs";
import { addresses, blockingFunctions, PORTS, portsFromEnv, projectFromEnv, serviceEnvironment } from "./service-environment.mjs";
import { startSimulators } from "./simulators.mjs";
import { summary } from "./summary.mjs";
import { UserError } from "./user-error.mjs";

/** CONSOLE=built serves the console as a release builds it; without, changes to its sources show at once. */
const built = process.env.CONSOLE === "built";

async function build(processes) {
  const cargo = process.env.CARGO || "cargo";
  const code = await processes.run(cargo, ["build", "--workspace", "--manifest-path", path.join(ROOT, "Cargo.toml")]);
  if (code !== 0) throw new UserError("The build failed; the compiler's words are above.");
  await buildClient(processes);
  if (built) await buildConsole(processes);
}

async function main(processes) {
  const projectId = projectFromEnv();
  const ports = portsFromEnv();
  const at = addresses(ports);
  requireJdk();
  await requireFree(PORTS.map(({ key, what, variable }) => ({ what, variable, port: ports[key] })));
  await ensureNpmTools(processes);
  await build(processes);

  console.log("Starting the emulators…");
  await startEmulators(processes, { projectId, ports, events: at.service });
  await startSimulators(processes, at, {
    WEBHOOK_URL: `http://${at.service}/webhookHandler`,
    SWEEP_URL: `http://${at.service}/tasks/sweep`,
    REFRESH_URL: `http://${at.service}/tasks/refreshChannels`,
    RECONCILE_URL: `http://${at.service}/tasks/reconcileLeads`,
  });

  let up = false;
  const child = processes.start("service", builtProgram("leadgen-pro"), ["serve"], {
    env: serviceEnvironment(projectId, at),
    show: (line) => {
      if (up) console.log(`service | ${line}`); // before that, the log file is enough
    },
  });
  await processes.untilAnswers(child, `http://${at.service}/readyz`);
  await processes.guard(registerTriggers(at.firestore, projectId));
  await processes.guard(registerBlockingFunctions(at.auth, projectId, blockingFunctions(at)));

  const people = await processes.guard(seed({ projectId, at }));
  await startConsole(processes, { projectId, at, built });
  up = true;
  watchFirestoreRules(at.firestore, projectId);
  console.log(summary({ projectId, at, people, logs: processes.logDirectory }));
  return new Promise(() => setInterval(() => {}, 2 ** 30)); // until a child ends or a signal comes
}

await runCommand(path.join(RUN_DIRECTORY, "logs", `run-${process.pid}`), main);
