// make test: every test, against emulators and a system of its own on free ports. `make test T=filter` hands the words of T
// to `cargo test` and leaves out the tests of these scripts and of the frontend. The exit code is that of the first that failed.
import fs from "node:fs";
import path from "node:path";
import { chromiumProgram } from "./chromium.mjs";
import { checkClientTypes } from "./console.mjs";
import { startTestEmulators } from "./emulators.mjs";
import { ensureNpmTools } from "./install.mjs";
import { ROOT, RUN_DIRECTORY } from "./paths.mjs";
import { runCommand } from "./processes.mjs";
import { startSystem } from "./system.mjs";

const extra = process.argv.slice(2);

/** The tests in these folders share one running system, one file after the other: they take turns with its people. */
const OF_A_SYSTEM = ["clients/web/tests", "web/tests"];

/** What a failed test leaves open, a listener or a browser, must not keep its file from ending. */
const NODE_TEST = ["--test", "--test-force-exit"];

/** Named one by one: what `node --test` makes of a folder differs between its versions. */
function testFiles(folder) {
  const directory = path.join(ROOT, folder);
  return fs.readdirSync(directory).filter((file) => file.endsWith(".test.mjs")).map((file) => path.join(directory, file));
}

async function main(processes) {
  if (extra.length === 0) chromiumProgram(); // told now rather than after minutes
  const cargo = process.env.CARGO || "cargo";
  // All of them, also after a failure: one red test must not hide those of the other packages.
  const cargoTest = ["test", "--workspace", "--no-fail-fast", "--manifest-path", path.join(ROOT, "Cargo.toml")];
  // Built before the emulators start: a compile error should show first, and they should not idle through a build.
  const built = await processes.run(cargo, [...cargoTest, "--no-run"]);
  if (built !== 0) return built;

  const environment = await startTestEmulators(processes);
  const rust = await processes.run(cargo, [...cargoTest, ...extra], { env: { ...process.env, ...environment } });
  if (extra.length > 0) return rust;

  await ensureNpmTools(processes);
  const scripts = await processes.run(process.execPath, [...NODE_TEST, ...testFiles("dev/tests")]);

  const system = await startSystem(processes);
  await checkClientTypes(processes);
  const files = OF_A_SYSTEM.flatMap(testFiles);
  const frontend = await processes.run(process.execPath, [...NODE_TEST, "--test-concurrency=1", ...files], { env: { ...process.env, ...system } });
  return rust || scripts || frontend;
}

await runCommand(path.join(RUN_DIRECTORY, "logs", `test-${process.pid}`), main);
