// The processes under load: the service as it runs in production but for Google, and the floors.
import fs from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { emulatorEnvironment } from "../dev/emulators.mjs";
import { HOST } from "../dev/ports.mjs";
import { pinned } from "./load.mjs";

/** Signs the deliveries of this run. */
export const APP_SECRET = "bench-app-secret";

/** A program on the first processor; what it says goes straight into a file, so that nobody's reading is in the way. */
function start(processes, name, command, args, env, log) {
  const [shell, ...rest] = ["sh", "-c", 'exec "$@" >>"$LOG" 2>&1', "sh", ...pinned("first"), command, ...args];
  const entry = processes.start(name, shell, rest, { env: { ...env, LOG: log } });
  return { entry, pid: entry.child.pid };
}

/** Settings of the service. Signed tokens, JSON log, nothing traced: as in production. */
export function serviceEnvironment({ projectId, at, keysUrl }) {
  return {
    PATH: process.env.PATH,
    ...emulatorEnvironment(at, projectId),
    ID_TOKENS: "signed",
    FIREBASE_KEYS_URL: keysUrl,
    HOST,
    PORT: at.service.split(":")[1],
    PHONE_INDEX_KEY: Buffer.alloc(32, 1).toString("base64"),
    PUSH_AUTH: "none",
    SERVICE_URL: `http://${at.service}`,
    TASKS_BASE_URL: `http://${at.tasks}`,
    META_APP_ID: "900100200300",
    META_APP_SECRET: APP_SECRET,
    OPENAI_BASE_URL: `http://${at.ai}/openai/v1`,
    OPENAI_API_KEY: "sk-simulated-openai-key",
  };
}

export class Service {
  #processes;
  #program;
  #environment;
  #running;

  constructor(processes, { program, environment, at, directory }) {
    this.#processes = processes;
    this.#program = program;
    this.#environment = environment;
    this.at = at;
    this.log = path.join(directory, "service.log");
    fs.rmSync(this.log, { force: true });
  }

  get pid() {
    return this.#running.pid;
  }

  async start() {
    this.#running = start(this.#processes, "service", this.#program, ["serve"], this.#environment, this.log);
    await this.#processes.untilAnswers(this.#running.entry, `http://${this.at}/readyz`);
  }

  async restart() {
    await this.#processes.stopOne(this.#running.entry);
    await this.start();
  }

  async stop() {
    await this.#processes.stopOne(this.#running.entry);
  }

  /** The lines that the log gets of `route` while `work` goes on. */
  async logged(route, work) {
    const from = fs.statSync(this.log).size;
    await work();
    // A line may be written just after its answer.
    await delay(100);
    const lines = fs.readFileSync(this.log).subarray(from).toString().split("\n");
    return lines.filter((line) => line.includes(`"route":"${route}"`)).map((line) => JSON.parse(line));
  }
}

export function startFloor(processes, { program, config, directory }) {
  const file = path.join(directory, "floor.json");
  fs.writeFileSync(file, JSON.stringify(config));
  return start(processes, "floors", program, [file], process.env, path.join(directory, "floor.log"));
}
