// Runs one of the commands as a person would, in a process of its own, and watches what it says and how it ends.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ROOT, RUN_DIRECTORY } from "../paths.mjs";

/** A folder that is gone when the test ends. */
export function temporaryDirectory(t) {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "leadgen-dev-"));
  t.after(() => fs.rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export function startCommand(t, script, env = {}) {
  const child = spawn(process.execPath, [path.join(ROOT, "dev", script)], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const command = { child, output: "" };
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (command.output += text));
  command.ended = new Promise((resolve) => child.once("close", (code, signal) => resolve({ code, signal })));
  t.after(async () => {
    child.kill("SIGTERM");
    await command.ended;
  });

  /** Waits until it has said `text`; fails when it ends before. */
  command.says = async (text) => {
    let over = false;
    command.ended.then(() => (over = true));
    while (!command.output.includes(text)) {
      assert.ok(!over, `it ended before it said "${text}":\n${command.output}`);
      await delay(50);
    }
  };

  /** The process ids of its children by name, e.g. "firestore-emulator". */
  command.children = () => {
    const kind = path.basename(script, ".mjs");
    const directory = path.join(RUN_DIRECTORY, "logs", `${kind}-${child.pid}`);
    const files = fs.readdirSync(directory).filter((file) => file.endsWith(".pid"));
    return Object.fromEntries(files.map((file) => [file.slice(0, -4), Number(fs.readFileSync(path.join(directory, file), "utf8"))]));
  };
  return command;
}

/** Waits until nothing answers at any of the addresses; the test's own time limit is the limit. */
export async function untilSilent(addresses) {
  for (const address of addresses) {
    const answers = () => fetch(`http://${address}/`).then(() => true, () => false);
    while (await answers()) await delay(50);
  }
}
