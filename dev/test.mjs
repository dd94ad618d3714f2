// make test: every test, against emulators of its own on free ports. `make test T=filter` hands the words of T to
// `cargo test` and leaves out the tests of these scripts. The exit code is that of the first that failed.
import path from "node:path";
import { startTestEmulators } from "./emulators.mjs";
import { ensureNpmTools } from "./install.mjs";
import { ROOT, RUN_DIRECTORY } from "./paths.mjs";
import { runCommand } from "./processes.mjs";

const extra = process.argv.slice(2);

async function main(processes) {
  const cargo = process.env.CARGO || "cargo";
  const cargoTest = ["test", "--workspace", "--manifest-path", path.join(ROOT, "Cargo.toml")];
  // Built before the emulators start: a compile error should show first, and they should not idle through a build.
  const built = await processes.run(cargo, [...cargoTest, "--no-run"]);
  if (built !== 0) return built;

  const environment = await startTestEmulators(processes);
  const rust = await processes.run(cargo, [...cargoTest, ...extra], { env: { ...process.env, ...environment } });
  if (extra.length > 0) return rust;

  await ensureNpmTools(processes);
  const scripts = await processes.run(process.execPath, ["--test", path.join(ROOT, "dev/tests/")]);
  return rust || scripts;
}

await runCommand(path.join(RUN_DIRECTORY, "logs", `test-${process.pid}`), main);
