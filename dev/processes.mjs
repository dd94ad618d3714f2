// The children of one command: started together, watched, and all stopped when one ends or the person says stop.
// Each child leads a process group of its own, so that Ctrl-C reaches this process only and the order of stopping is ours.
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { UserError } from "./user-error.mjs";

const LEASH = path.join(import.meta.dirname, "leash.mjs");
const KEPT_LOGS = 10;
const REMEMBERED_LINES = 25;
const PATIENCE_MS = 12_000; // the service drains within 10 s of SIGTERM

export class Processes {
  #children = [];
  #leash;
  #leashGone;
  #stopping = false;
  #fail;

  /** Settles (by rejecting) when a child that should keep running ends. */
  failed = new Promise((_, reject) => (this.#fail = reject));

  /** @param {string} logDirectory where each child's output is kept as `<name>.log` */
  constructor(logDirectory) {
    fs.mkdirSync(logDirectory, { recursive: true });
    this.logDirectory = logDirectory;
    this.failed.catch(() => {}); // may be looked at late, or never
    this.#leash = spawn(process.execPath, [LEASH], { stdio: ["pipe", "ignore", "inherit"], detached: true });
    this.#leash.stdin.on("error", () => {});
    this.#leash.unref();
    this.#leashGone = new Promise((resolve) => this.#leash.once("exit", resolve));
  }

  /**
   * Starts a child that must keep running until `stop`.
   * `show`: called with each line of its output, besides the log file. `ipc`: opens a channel for messages.
   */
  start(name, command, args, { env = process.env, show, ipc = false } = {}) {
    this.#refuseWhenStopping();
    const file = path.join(this.logDirectory, name.replaceAll(" ", "-").toLowerCase());
    const logFile = `${file}.log`;
    const log = fs.createWriteStream(logFile);
    const child = spawn(command, args, {
      env,
      detached: true,
      stdio: ipc ? ["ignore", "pipe", "pipe", "ipc"] : ["ignore", "pipe", "pipe"],
    });
    const entry = { name, child, logFile, lastLines: [], ended: undefined };
    entry.exit = this.#watch(entry, log, show);
    this.#children.push(entry);
    if (child.pid) {
      this.#leash.stdin.write(`+${child.pid}\n`);
      fs.writeFileSync(`${file}.pid`, `${child.pid}\n`);
    }
    return entry;
  }

  // What was under way when the person said stop must not start anything more.
  #refuseWhenStopping() {
    if (this.#stopping) throw new UserError("Stopping.");
  }

  #watch(entry, log, show) {
    const { child, lastLines } = entry;
    for (const stream of [child.stdout, child.stderr]) {
      let rest = "";
      stream.setEncoding("utf8");
      stream.on("data", (text) => {
        log.write(text);
        const lines = (rest + text).split("\n");
        rest = lines.pop();
        for (const line of lines) {
          lastLines.push(line);
          if (lastLines.length > REMEMBERED_LINES) lastLines.shift();
          show?.(line);
        }
      });
    }
    return new Promise((resolve) => {
      const end = (how) => {
        if (entry.ended) return;
        entry.ended = how;
        log.end();
        if (child.pid) this.#leash.stdin.write(`-${child.pid}\n`);
        if (!this.#stopping && !entry.expected) this.#fail(new UserError(describeEnd(entry)));
        resolve(how);
      };
      child.once("error", (error) => end(error.message));
      child.once("close", (code, signal) => end(signal ? `signal ${signal}` : `exit code ${code}`));
    });
  }

  /** Runs a command to its end with its output on the terminal, and gives its exit code. */
  async run(command, args, { env = process.env } = {}) {
    this.#refuseWhenStopping();
    const child = spawn(command, args, { env, detached: true, stdio: ["ignore", "inherit", "inherit"] });
    const entry = { name: command, child, expected: true };
    entry.exit = new Promise((resolve, reject) => {
      child.once("error", (error) => reject(new UserError(`\`${command}\` cannot be started: ${error.message}`)));
      child.once("exit", (code) => {
        entry.ended = true;
        this.#leash.stdin.write(`-${child.pid}\n`);
        resolve(code ?? 1);
      });
    });
    this.#children.push(entry);
    if (child.pid) this.#leash.stdin.write(`+${child.pid}\n`);
    return this.guard(entry.exit);
  }

  /** Runs `work`, unless a child ends first. */
  async guard(work) {
    return Promise.race([work, this.failed]);
  }

  /** Polls `url` until it answers below 500, while all children live. */
  async untilAnswers(entry, url, seconds = 60) {
    const deadline = Date.now() + seconds * 1000;
    for (;;) {
      if (entry.ended) throw new UserError(describeEnd(entry));
      try {
        const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
        await response.arrayBuffer();
        if (response.status < 500) return;
      } catch {
        // not listening yet
      }
      if (Date.now() > deadline) {
        throw new UserError(`The ${entry.name} did not answer at ${url} within ${seconds} s.\n${lastWords(entry)}`);
      }
      await Promise.race([delay(100), this.failed]);
    }
  }

  /** Stops one child: SIGTERM to its group, SIGKILL when it takes too long. */
  async stopOne(entry) {
    entry.expected = true;
    if (entry.ended || !entry.child.pid) return;
    signalGroup(entry.child.pid, "SIGTERM");
    const late = setTimeout(() => signalGroup(entry.child.pid, "SIGKILL"), PATIENCE_MS);
    await entry.exit;
    clearTimeout(late);
    signalGroup(entry.child.pid, "SIGKILL"); // grandchildren that stayed behind
  }

  /** Stops all, the last started first: the service before the emulators it talks to. */
  async stop() {
    this.#stopping = true;
    for (const entry of [...this.#children].reverse()) await this.stopOne(entry);
    this.#leash.ref();
    this.#leash.stdin.end();
    await this.#leashGone;
  }
}

function signalGroup(pid, name) {
  try {
    process.kill(-pid, name);
  } catch {
    // already gone
  }
}

function describeEnd(entry) {
  return `The ${entry.name} ended (${entry.ended}); everything else is stopped.\n${lastWords(entry)}`;
}

function lastWords(entry) {
  const lines = entry.lastLines.length > 0 ? entry.lastLines.map((line) => `  | ${line}`).join("\n") : "  | (it printed nothing)";
  return `Its last lines (all of them in ${path.relative(process.cwd(), entry.logFile)}):\n${lines}`;
}

/**
 * Runs `main(processes, stopAsked)` and takes care of every way it can end; then leaves the process with the right code:
 * what `main` returns, 1 after a failure, 130 after Ctrl-C, 143 after SIGTERM.
 */
export async function runCommand(logDirectory, main) {
  const processes = new Processes(logDirectory);
  let code;
  pruneLogs(path.dirname(logDirectory));
  const asked = new Promise((resolve) => {
    for (const [signal, exitCode] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]]) {
      process.on(signal, () => resolve(exitCode)); // stays installed: a second Ctrl-C must not leave orphans
    }
  });
  try {
    code = await Promise.race([main(processes), asked, processes.failed]);
  } catch (error) {
    console.error(error instanceof UserError ? `\n${error.message}` : error);
    code = 1;
  }
  await processes.stop();
  fs.rmSync(path.join(logDirectory, "tmp"), { recursive: true, force: true });
  process.exit(code);
}

// The logs of the last runs are worth keeping, the older ones are not.
function pruneLogs(directory) {
  const runs = fs
    .readdirSync(directory)
    .map((name) => ({ name, at: fs.statSync(path.join(directory, name)).mtimeMs, pid: Number(name.split("-").at(-1)) }))
    .sort((a, b) => b.at - a.at);
  for (const { name, pid } of runs.slice(KEPT_LOGS)) {
    if (!isAlive(pid)) fs.rmSync(path.join(directory, name), { recursive: true, force: true });
  }
}

export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
