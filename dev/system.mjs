// A whole system for tests: `make run` on free ports, with demo data and the console as a release builds it. One serves
// all that need one in `make test`; a test file on its own brings up one of its own.
import path from "node:path";
import { ROOT, RUN_DIRECTORY } from "./paths.mjs";
import { freePorts } from "./ports.mjs";
import { Processes } from "./processes.mjs";
import { addresses, PORTS, portsFromEnv, projectFromEnv } from "./service-environment.mjs";

/**
 * Starts one as a child of `processes`, and gives the environment in which everything finds it: the port variables, the
 * project, and LEADGEN_SYSTEM=running, which says to `runningSystem` that they count.
 */
export async function startSystem(processes) {
  const ports = await freePorts(PORTS.length);
  const environment = {
    ...Object.fromEntries(PORTS.map(({ variable }, i) => [variable, String(ports[i])])),
    PROJECT_ID: `demo-system-${process.pid}`,
    CONSOLE: "built",
  };
  let up;
  const isUp = new Promise((resolve) => (up = resolve));
  processes.start("system", process.execPath, [path.join(ROOT, "dev/run.mjs")], {
    env: { ...process.env, ...environment },
    show: (line) => {
      if (line.includes("Ctrl-C stops everything.")) up();
    },
  });
  await processes.guard(isUp);
  return { ...environment, LEADGEN_SYSTEM: "running" };
}

/** The system that the environment names, or a new one: {projectId, at: {service, auth, firestore, …} as host:port, stop()}. */
export async function runningSystem() {
  if (process.env.LEADGEN_SYSTEM === "running") return described(process.env, async () => {});
  const processes = new Processes(path.join(RUN_DIRECTORY, "logs", `system-${process.pid}`));
  try {
    return described(await startSystem(processes), () => processes.stop());
  } catch (error) {
    await processes.stop();
    throw error;
  }
}

function described(environment, stop) {
  Object.assign(process.env, environment);
  return { projectId: projectFromEnv(), at: addresses(portsFromEnv()), stop };
}
