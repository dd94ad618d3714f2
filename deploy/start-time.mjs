// Starts a program again and again, and tells how soon it answers: start-time.mjs TRIES URL COMMAND…, its environment on stdin as
// NAME=value lines. Then sends SIGTERM and sees that it ends by itself.
import { spawn } from "node:child_process";
import fs from "node:fs";

const [tries, url, command, ...args] = process.argv.slice(2);
const environment = Object.fromEntries(
  fs.readFileSync(0, "utf8").split("\n").filter(Boolean).map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
);

async function once() {
  const began = process.hrtime.bigint();
  const child = spawn(command, args, { env: { PATH: process.env.PATH, ...environment }, stdio: ["ignore", "ignore", "pipe"] });
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

const times = [];
for (let n = 0; n < Number(tries); n += 1) times.push(await once());
times.sort((a, b) => a - b);
console.log(`start to first answer, ${tries} times: least ${times[0].toFixed(1)} ms, median ${times[Math.floor(times.length / 2)].toFixed(1)} ms; SIGTERM ends it with 0`);
