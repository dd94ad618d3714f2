// Where things are, whatever the current folder.
import path from "node:path";

export const ROOT = path.dirname(import.meta.dirname);

/** What the commands leave behind between runs: logs, compiled launchers, the development keys. Not committed. */
export const RUN_DIRECTORY = path.join(ROOT, ".run");

/** A program of this workspace, as `cargo build` leaves it. `profile`: debug or release. */
export function builtProgram(name, profile = "debug") {
  return path.join(process.env.CARGO_TARGET_DIR || path.join(ROOT, "target"), profile, name);
}
