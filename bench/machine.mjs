// On what it was measured.
import { execFileSync } from "node:child_process";
import os from "node:os";
import { ROOT } from "../dev/paths.mjs";

const said = (command, args) => execFileSync(command, args, { cwd: ROOT, encoding: "utf8" }).trim();

export function machine() {
  const changed = said("git", ["status", "--porcelain", "--untracked-files=no"]) !== "";
  return {
    processor: os.cpus()[0].model.trim(),
    processors: os.cpus().length,
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    kernel: `${os.type()} ${os.release()}`,
    rust: said("rustc", ["--version"]),
    commit: `${said("git", ["rev-parse", "--short", "HEAD"])}${changed ? " and changes" : ""}`,
    at: new Date().toISOString().slice(0, 16).replace("T", " "),
    load: os.loadavg()[0].toFixed(1),
  };
}
