// What the kernel knows of a process: processor time, memory.
import fs from "node:fs";

/** Processor time of all threads so far, user and system, in microseconds: to the nanosecond where the kernel tells. */
export function cpuMicroseconds(pid) {
  const threads = fs.readdirSync(`/proc/${pid}/task`);
  return threads.reduce((sum, thread) => sum + Number(fs.readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]) / 1e3, 0);
}

/** Memory in use now, in MiB. */
export const resident = (pid) => memory(pid, "VmRSS");

/** The most memory in use since `forgetPeak`. */
export const peak = (pid) => memory(pid, "VmHWM");

export function forgetPeak(pid) {
  fs.writeFileSync(`/proc/${pid}/clear_refs`, "5");
}

function memory(pid, field) {
  const status = fs.readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(status)[1]) / 1024;
}
