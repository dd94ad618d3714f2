// The console (web/) of a running system: Vite's development server, or with `built` what a release puts on Firebase Hosting.
import path from "node:path";
import { emulatorEnvironment } from "./emulators.mjs";
import { ROOT } from "./paths.mjs";
import { UserError } from "./user-error.mjs";

const CONSOLE = path.join(ROOT, "web");
const TSC = path.join(ROOT, "node_modules/typescript/bin/tsc");
const VITE = path.join(ROOT, "node_modules/vite/bin/vite.js");

/** Builds the client package that the console imports. */
export async function buildClient(processes) {
  await runTool(processes, [TSC, "--project", path.join(ROOT, "clients/web/tsconfig.json")]);
}

/** Compiles what leans on the built client package: its type tests, and the drop-in `firebase.ts`. */
export async function checkClientTypes(processes) {
  await runTool(processes, [TSC, "--project", path.join(ROOT, "clients/web/tests/tsconfig.json")]);
}

/** Where a build of the console goes that this command alone serves; it is gone when the command ends. */
function outDirectory(processes) {
  return path.join(processes.logDirectory, "tmp", "console");
}

/** Checks the console's types and builds it as a release does, into a folder of this command. */
export async function buildConsole(processes) {
  await runTool(processes, [TSC, "--project", path.join(CONSOLE, "tsconfig.json")]);
  await runTool(processes, [VITE, "build", CONSOLE, "--outDir", outDirectory(processes), "--emptyOutDir", "--logLevel", "warn"]);
}

async function runTool(processes, args) {
  const code = await processes.run(process.execPath, args);
  if (code !== 0) throw new UserError("The build of the frontend failed; the tool's words are above.");
}

/** `at`: {console, service, auth, firestore, storage} as host:port. `built`: serves what `buildConsole` made. */
export async function startConsole(processes, { projectId, at, built }) {
  const args = built ? ["preview", CONSOLE, "--outDir", outDirectory(processes)] : [CONSOLE];
  const child = processes.start("console", process.execPath, [VITE, ...args], {
    env: {
      ...process.env,
      ...emulatorEnvironment(at, projectId),
      PROJECT_ID: projectId,
      SERVICE_ADDRESS: at.service,
      CONSOLE_PORT: at.console.split(":")[1],
    },
  });
  await processes.untilAnswers(child, `http://${at.console}/`);
}
