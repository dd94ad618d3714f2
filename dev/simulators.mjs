// The simulators of Meta, of the AI providers, and of Cloud Tasks and Scheduler: one program.
import { builtProgram } from "./paths.mjs";

/** Starts them and waits until each answers. `wanted` says where webhooks and schedules go, and what else a run sets. */
export async function startSimulators(processes, at, wanted) {
  const simulators = processes.start("simulators", builtProgram("simulators"), [], {
    env: {
      ...process.env,
      GRAPH_SIMULATOR_ADDR: at.graph,
      AI_SIMULATOR_ADDR: at.ai,
      TASKS_SIMULATOR_ADDR: at.tasks,
      ...wanted,
    },
  });
  for (const address of [at.graph, at.ai, at.tasks]) await processes.untilAnswers(simulators, `http://${address}/livez`);
}
