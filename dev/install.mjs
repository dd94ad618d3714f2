// Keeps node_modules equal to package-lock.json.
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ROOT, RUN_DIRECTORY } from "./paths.mjs";
import { isAlive } from "./processes.mjs";
import { UserError } from "./user-error.mjs";

const STAMP = path.join(ROOT, "node_modules/.installed-lock");
const TURN = path.join(RUN_DIRECTORY, "npm-ci.pid");

function lockDigest() {
  return createHash("sha256").update(fs.readFileSync(path.join(ROOT, "package-lock.json"))).digest("hex");
}

function upToDate() {
  try {
    return fs.readFileSync(STAMP, "utf8") === lockDigest();
  } catch {
    return false;
  }
}

/** Runs `npm ci` when the tools are missing or the lock changed since; two commands at once take turns. */
export async function ensureNpmTools(processes) {
  if (upToDate()) return;
  await takeTurn();
  try {
    if (upToDate()) return;
    console.log("Installing the development tools (npm ci)…");
    // None of the packages needs its install script here, and not running foreign scripts is the safer habit.
    const code = await processes.run("npm", ["ci", "--prefix", ROOT, "--ignore-scripts", "--no-audit", "--no-fund"]);
    if (code !== 0) {
      throw new UserError("`npm ci` failed (its words are above). It needs to reach the npm registry once; then run the command again.");
    }
    fs.writeFileSync(STAMP, lockDigest());
  } finally {
    fs.rmSync(TURN, { force: true });
  }
}

async function takeTurn() {
  for (;;) {
    try {
      fs.writeFileSync(TURN, String(process.pid), { flag: "wx" });
      return;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    const owner = Number(readOrEmpty(TURN));
    if (owner && !isAlive(owner)) fs.rmSync(TURN, { force: true });
    await delay(200);
  }
}

function readOrEmpty(file) {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
