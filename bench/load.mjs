// One run of wrk against one server, and what it cost that server's process.
import { execFile } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { UserError } from "../dev/user-error.mjs";
import { cpuMicroseconds } from "./process.mjs";

const run = promisify(execFile);
const SCRIPT = path.join(import.meta.dirname, "replay.lua");

/** wrk is not of npm's or Cargo's world: it must be there. */
export async function requireWrk() {
  try {
    await run("wrk", ["-v"]);
  } catch (error) {
    if (error.code === "ENOENT") throw new UserError("make bench needs wrk, which makes the load. Debian and Ubuntu: apt-get install wrk; macOS: brew install wrk.");
    // Told its version, it ends with 1.
  }
}

/** A POST as it goes over the wire. */
export function post(at, target, body, headers = {}) {
  const bytes = Buffer.byteLength(body);
  const lines = Object.entries({ host: at, "content-type": "application/json", "content-length": bytes, ...headers });
  return `POST ${target} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${body}`;
}

/** Writes requests down as replay.lua reads them. */
export function writeRequests(file, requests) {
  fs.writeFileSync(file, requests.map((request) => `${Buffer.byteLength(request)}\n${request}`).join(""));
}

/**
 * Sends the requests of `file` over so many connections for so many seconds, from the last processor, and counts the work
 * of the process `pid`. `most`: how many requests there are, when none may be sent twice. `refusals`: none, some (one in
 * fifty: money is reserved under a contended cap), or all answers may be refusals.
 */
export async function load({ at, pid, file, connections, seconds, most = Infinity, refusals = "none" }) {
  const before = cpuMicroseconds(pid);
  const wrk = ["wrk", "-t1", `-c${connections}`, `-d${seconds}s`, "--timeout", "10s", "-s", SCRIPT, `http://${at}`, "--", file];
  const [command, ...args] = [...pinned("last"), ...wrk];
  const { stdout } = await run(command, args, { maxBuffer: 1 << 24 });
  const cpu = cpuMicroseconds(pid) - before;
  const found = JSON.parse(stdout.trim().split("\n").at(-1));
  const { requests, microseconds, p50, p99, refused, broken } = found;
  const meant = { none: 0, some: requests / 50, all: requests };
  if (broken > 0 || refused > meant[refusals] || (refusals === "all" && refused < requests)) {
    throw new UserError(`Of ${requests} answers of ${at} to ${path.basename(file)} ${refused} were refusals, and ${broken} broke off. See the logs in .run/bench.`);
  }
  if (requests > most) throw new UserError(`${path.basename(file)} has only ${most} requests, and ${requests} were answered: a faster machine needs more, see bench/run.mjs.`);
  return { requests, rate: requests / (microseconds / 1e6), p50, p99, cpu };
}

/** Server on one processor, load on another, where there are two: then neither takes the other's time. */
export function pinned(which) {
  if (process.platform !== "linux") return [];
  const count = fs.readFileSync("/proc/cpuinfo", "utf8").match(/^processor/gm)?.length ?? 1;
  return count < 2 ? [] : ["taskset", "-c", String(which === "first" ? 0 : count - 1)];
}
