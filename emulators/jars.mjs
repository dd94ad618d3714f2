// Where the Java parts of the emulators come from.
//
// Firestore is a jar. It is taken from, in this order: FIRESTORE_EMULATOR_JAR; firebase-tools' cache of downloads; the
// Cloud CLI's component `cloud-firestore-emulator`; firebase-tools' own download (checked against its pinned size and sum).
//
// Storage needs a program that evaluates `storage.rules`: STORAGE_RULES_JAR, firebase-tools' cache, else
// StorageRulesRuntime.java of this folder compiled against the Firestore jar, and firebase-tools' download if that fails.
// A machine that reaches only package registries, and has the Cloud CLI, therefore needs no download at all.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { UserError } from "../dev/user-error.mjs";
import { jdkTool } from "./java.mjs";

const FIRESTORE_MAIN = "com.google.cloud.datastore.emulator.firestore.CloudFirestore";
const CLOUD_CLI_JAR = "platform/cloud-firestore-emulator/cloud-firestore-emulator.jar";
const DOWNLOAD_LIMIT_MS = 10 * 60_000;
const require = createRequire(import.meta.url);

/** The arguments that make `java` run the Firestore emulator, and the jar itself. */
export async function firestoreJar() {
  const jar = given("FIRESTORE_EMULATOR_JAR") ?? downloaded("firestore") ?? cloudCliJar() ?? (await download("firestore"));
  if (!jar) {
    throw new UserError(
      "No Firestore emulator: firebase-tools could not download it, and the Google Cloud CLI has none. Either let this machine " +
        "reach storage.googleapis.com once, or install it with `gcloud components install cloud-firestore-emulator` " +
        "(Debian packages: apt-get install google-cloud-cli-firestore-emulator), or name a jar in FIRESTORE_EMULATOR_JAR.",
    );
  }
  // Named by class: the Cloud CLI's jar has no main class in its manifest, so `-jar` fails on it.
  return { jar, javaArguments: ["-Duser.language=en", "-cp", jar, FIRESTORE_MAIN] };
}

/** A jar that firebase-tools can run as its Storage rules runtime. `cacheDirectory` keeps the compiled one. */
export async function storageRulesJar(firestore, cacheDirectory) {
  const ready = given("STORAGE_RULES_JAR") ?? downloaded("storage");
  if (ready) return ready;
  const compiled = compileRulesRuntime(firestore.jar, cacheDirectory);
  if (compiled.jar) return compiled.jar;
  const fetched = await download("storage");
  if (fetched) return fetched;
  throw new UserError(
    "No rules runtime for the Storage emulator: firebase-tools could not download it, and emulators/StorageRulesRuntime.java " +
      `does not compile against ${firestore.jar}. Let this machine reach storage.googleapis.com once, or name a jar in STORAGE_RULES_JAR.\n${compiled.problem}`,
  );
}

function given(variable) {
  const file = process.env[variable];
  if (!file) return undefined;
  if (!fs.existsSync(file)) throw new UserError(`${variable} names ${file}, which does not exist.`);
  return path.resolve(file);
}

function firebaseTools() {
  return require("firebase-tools/lib/emulator/downloadableEmulators.js");
}

function downloaded(name) {
  const file = firebaseTools().getDownloadDetails(name).downloadPath;
  return fs.existsSync(file) ? file : undefined;
}

function cloudCliJar() {
  const roots = [process.env.CLOUDSDK_ROOT_DIR, process.env.CLOUDSDK_ROOT, ...cloudCliOnPath()];
  roots.push("/usr/lib/google-cloud-sdk", "/usr/share/google-cloud-sdk", "/opt/google-cloud-sdk", path.join(os.homedir(), "google-cloud-sdk"));
  return roots
    .filter(Boolean)
    .map((root) => path.join(root, CLOUD_CLI_JAR))
    .find((file) => fs.existsSync(file));
}

// `gcloud` is a link to <root>/bin/gcloud; following it takes no time, `gcloud info` takes a second.
function* cloudCliOnPath() {
  for (const folder of (process.env.PATH ?? "").split(path.delimiter)) {
    const command = path.join(folder, "gcloud");
    if (folder && fs.existsSync(command)) yield path.dirname(path.dirname(fs.realpathSync(command)));
  }
}

// In a process of its own: firebase-tools retries for minutes when the host cannot be reached, and this can be cut short.
async function download(name) {
  console.error(`Downloading the ${name === "firestore" ? "Firestore emulator" : "Storage rules runtime"} (once)…`);
  const script = `require("firebase-tools/lib/emulator/download.js").downloadEmulator(${JSON.stringify(name)})
    .then(() => process.exit(0), (error) => { console.error(String(error.message ?? error)); process.exit(1); })`;
  const run = spawnSync(process.execPath, ["-e", script], {
    cwd: import.meta.dirname,
    encoding: "utf8",
    stdio: ["ignore", "ignore", "pipe"],
    timeout: DOWNLOAD_LIMIT_MS,
  });
  if (run.status !== 0) console.error(`That failed: ${run.stderr.trim().split("\n").at(-1) || run.error?.message || "no reason given"}`);
  return downloaded(name);
}

function compileRulesRuntime(firestoreJar, cacheDirectory) {
  const source = path.join(import.meta.dirname, "StorageRulesRuntime.java");
  const { size, mtimeMs } = fs.statSync(firestoreJar);
  const key = createHash("sha256").update(fs.readFileSync(source)).update(`${firestoreJar} ${size} ${mtimeMs}`).digest("hex");
  const jar = path.join(cacheDirectory, `storage-rules-${key.slice(0, 16)}.jar`);
  if (fs.existsSync(jar)) return { jar };

  fs.mkdirSync(cacheDirectory, { recursive: true });
  const work = fs.mkdtempSync(path.join(cacheDirectory, "build-"));
  try {
    const classes = path.join(work, "classes");
    const manifest = path.join(work, "manifest.txt");
    fs.writeFileSync(manifest, `Class-Path: ${pathToFileURL(firestoreJar)}\n`);
    // -proc:none: a stray annotation processor inside Google's jar stops javac otherwise.
    run("javac", ["-proc:none", "-nowarn", "-cp", firestoreJar, "-d", classes, source]);
    run("jar", ["--create", "--file", path.join(work, "rules.jar"), "--manifest", manifest, "--main-class", "StorageRulesRuntime", "-C", classes, "."]);
    fs.renameSync(path.join(work, "rules.jar"), jar); // in one step: another run may look for it at this moment
    return { jar };
  } catch (error) {
    return { problem: error.message };
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}

function run(tool, args) {
  const done = spawnSync(jdkTool(tool), args, { encoding: "utf8" });
  if (done.status !== 0) throw new Error(`${tool}: ${done.error?.message ?? done.stderr}`);
}
