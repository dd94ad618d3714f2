// Starts a program again and again, and tells how soon it answers: start-time.mjs TRIES URL COMMAND…, its environment on stdin as
// NAME=value lines. Then sends SIGTERM and sees that it ends by itself. `make image-check` and `make bench` measure by it.
import { spawn } from "node:child_process";
import fs from "node:fs";
import { pathToFileURL } from "node:url";

async function once(url, [command, ...args], env) {
  const began = process.hrtime.bigint();
  const child = spawn(command, args, { env, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (data) => (said += data));
  const ended = new Promise((resolve) => child.on("exit", (code, signal) => resolve({ code, signal })));
  let over = false;
  ended.then(() => (over = true));
  for (;;) {
    if (over) throw new Error(`it ended before it answered:\n${said}`);
    if (process.hrtime.bigint() - began > 10_000_000_000n) {
      child.kill("SIGKILL");
      throw new Error(`no answer within 10 s:\n${said}`);
    }
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) break;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const milliseconds = Number(process.hrtime.bigint() - began) / 1e6;
  child.kill("SIGTERM");
  const limit = setTimeout(() => child.kill("SIGKILL"), 10_000);
  const { code, signal } = await ended;
  clearTimeout(limit);
  if (code !== 0) throw new Error(`after SIGTERM it ended with ${code ?? signal}:\n${said}`);
  return milliseconds;
}

/** Milliseconds from exec to the first answer at `url`: {tries, least, median}. `command`: the program and its arguments. */
export async function startTimes(tries, url, command, environment) {
  const env = { PATH: process.env.PATH, ...environment };
  const times = [];
  for (let n = 0; n < tries; n += 1) times.push(await once(url, command, env));
  times.sort((a, b) => a - b);
  return { tries, least: times[0], median: times[Math.floor(times.length / 2)] };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [tries, url, ...command] = process.argv.slice(2);
  const lines = fs.readFileSync(0, "utf8").split("\n").filter(Boolean);
  const environment = Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
  const { least, median } = await startTimes(Number(tries), url, command, environment);
  console.log(`start to first answer, ${tries} times: least ${least.toFixed(1)} ms, median ${median.toFixed(1)} ms; SIGTERM ends it with 0`);
}
