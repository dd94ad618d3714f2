// The measurement: service and floor in turn, round by round, so that whatever else the machine does meets both.
import path from "node:path";
import { UserError } from "../dev/user-error.mjs";
import { ask } from "./floors.mjs";
import { load, writeRequests } from "./load.mjs";
import { forgetPeak, peak } from "./process.mjs";

export const CONNECTIONS = [1, 16, 64];

/** A run at one connection needs less time to be steady. */
const secondsAt = (connections, seconds) => (connections === 1 ? Math.max(1, Math.floor(seconds / 2)) : seconds);

/**
 * Measures one workload. Gives for each number of connections the runs of the service and of the floor, what the requests cost in
 * Firestore, and the most memory that the service took.
 */
export async function measure(workload, { service, floor, floorAt, directory, rounds, seconds }) {
  const file = (whose) => path.join(directory, `${workload.name}-${whose}.requests`);
  if (workload.floor) writeRequests(file("floor"), workload.floor.requests());
  if (!workload.once) writeRequests(file("service"), workload.requests());

  async function ofService(connections, length) {
    let most = Infinity;
    if (workload.once) {
      const requests = workload.requests(length);
      writeRequests(file("service"), requests);
      most = requests.length;
    }
    if (workload.anew) await service.restart();
    const { refusals } = workload;
    return load({ at: service.at, pid: service.pid, file: file("service"), connections, seconds: length, most, refusals });
  }
  const ofFloor = (connections, length) =>
    load({ at: floorAt, pid: floor.pid, file: file("floor"), connections, seconds: length, refusals: workload.refusals });

  // Not counted: caches, connections and the emulator's compiler warm up.
  await ofService(16, 1);
  if (workload.floor) await ofFloor(16, 1);
  forgetPeak(service.pid);

  const firestore = await costs(workload, { service });
  const found = new Map(CONNECTIONS.map((connections) => [connections, { service: [], floor: [] }]));
  let peakMiB = 0;
  for (let round = 0; round < rounds; round += 1) {
    for (const connections of CONNECTIONS) {
      const length = secondsAt(connections, seconds);
      found.get(connections).service.push(await ofService(connections, length));
      peakMiB = Math.max(peakMiB, peak(service.pid));
      if (workload.floor) found.get(connections).floor.push(await ofFloor(connections, length));
    }
  }
  return { workload: workload.name, title: workload.title, units: workload.units ?? 1, floor: workload.floor?.does, runs: found, firestore, peakMiB };
}

/**
 * What requests cost in Firestore, as the log tells: sent one after the other. wrk breaks off what is under way when its time is over,
 * and what was committed meanwhile has to be read again.
 */
async function costs({ alone, route }, { service }) {
  if (!alone) return { requests: 0, reads: 0, writes: 0 };
  await service.warm();
  const requests = alone();
  const lines = await service.logged(route, async () => {
    for (const request of requests) await ask(request);
  });
  if (lines.length !== requests.length) throw new UserError(`${requests.length} requests left ${lines.length} lines in the log of ${route}.`);
  const mean = (field) => lines.reduce((sum, line) => sum + line[field], 0) / lines.length;
  const most = (field) => Math.max(...lines.map((line) => line[field]));
  return {
    requests: mean("firestore_requests"),
    reads: mean("firestore_reads"),
    writes: mean("firestore_writes"),
    most: { requests: most("firestore_requests"), reads: most("firestore_reads") },
  };
}
