// Where things are, whatever the current folder.
import path from "node:path";

export const ROOT = path.dirname(import.meta.dirname);

/** What the commands leave behind between runs: logs, compiled launchers, the development keys. Not committed. */
export const RUN_DIRECTORY = path.join(ROOT, ".run");

/** A program of this workspace, as `cargo build` leaves it. */
export function builtProgram(name) {
  return path.join(process.env.CARGO_TARGET_DIR || path.join(ROOT, "target"), "debug", name);
}
