// What a person reads when the machine is not ready: a sentence that says what to do, and a failure as exit code.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import test from "node:test";
import { majorVersion } from "../../emulators/java.mjs";
import { ROOT } from "../paths.mjs";
import { freePorts, HOST } from "../ports.mjs";
import { startCommand, temporaryDirectory } from "./command.mjs";

async function sixFreePorts() {
  const [service, auth, firestore, storage, graph, ai] = await freePorts(6);
  return {
    SERVICE_PORT: service,
    AUTH_PORT: auth,
    FIRESTORE_PORT: firestore,
    STORAGE_PORT: storage,
    GRAPH_SIMULATOR_PORT: graph,
    AI_SIMULATOR_PORT: ai,
  };
}

async function refusal(t, script, env) {
  const command = startCommand(t, script, env);
  const { code } = await command.ended;
  assert.equal(code, 1, command.output);
  assert.doesNotMatch(command.output, /\n\s+at /, "a sentence, not a stack");
  return command.output;
}

/** A PATH on which the named programs say what they are told to (and fail where told to), and nothing else is found. */
function pathWith(t, programs, { failing = [] } = {}) {
  const directory = temporaryDirectory(t);
  for (const [name, says] of Object.entries(programs)) {
    const status = failing.includes(name) ? 1 : 0;
    fs.writeFileSync(path.join(directory, name), `#!/bin/sh\necho '${says}' >&2\nexit ${status}\n`, { mode: 0o755 });
  }
  return { PATH: directory, JAVA_HOME: "" };
}

test("a busy port is named, with the variable that moves it", async (t) => {
  const ports = await sixFreePorts();
  const squatter = net.createServer().listen(ports.FIRESTORE_PORT, HOST);
  t.after(() => squatter.close());
  await new Promise((resolve) => squatter.once("listening", resolve));

  const output = await refusal(t, "run.mjs", ports);
  assert.ok(output.includes(`Port ${ports.FIRESTORE_PORT}, meant for the Firestore emulator, is in use.`), output);
  assert.ok(output.includes("FIRESTORE_PORT="), output);
});

test("one port for two is refused", async (t) => {
  const ports = await sixFreePorts();
  const output = await refusal(t, "run.mjs", { ...ports, STORAGE_PORT: ports.AUTH_PORT });
  assert.ok(output.includes("given to two: Auth emulator and the Storage emulator"), output);
  assert.ok(output.includes("Set STORAGE_PORT to another"), output);
});

test("a port that is no port is refused", async (t) => {
  const output = await refusal(t, "run.mjs", { AUTH_PORT: "ninety" });
  assert.ok(output.includes("AUTH_PORT=ninety is not a port"), output);
});

test("a project that could be a real one is refused", async (t) => {
  const output = await refusal(t, "run.mjs", { PROJECT_ID: "leadgen-prod" });
  assert.ok(output.includes("PROJECT_ID=leadgen-prod must begin with demo-"), output);
});

test("without java the person is told to install a JDK", async (t) => {
  const output = await refusal(t, "run.mjs", pathWith(t, {}));
  assert.ok(output.includes("need a JDK, and there is no `java` here"), output);
  assert.ok(output.includes("openjdk-17-jdk-headless"), output);
});

test("a JRE is not taken for a JDK", async (t) => {
  const output = await refusal(t, "run.mjs", pathWith(t, { java: 'openjdk version "17.0.15" 2025-04-15' }));
  assert.ok(output.includes("a `java` but no `javac`"), output);
});

test("a java that is too old is named", async (t) => {
  const output = await refusal(t, "run.mjs", pathWith(t, { java: 'openjdk version "11.0.24" 2024-07-16' }));
  assert.ok(output.includes("need Java 17 or newer, and `java` is Java 11"), output);
});

test("java versions are read in every spelling", () => {
  assert.equal(majorVersion('java version "1.8.0_402"'), 8);
  assert.equal(majorVersion('openjdk version "21" 2023-09-19'), 21);
  assert.equal(majorVersion('openjdk version "17.0.15" 2025-04-15'), 17);
  assert.equal(majorVersion("javac 25.0.1"), 25);
  assert.equal(majorVersion("something else"), undefined);
});

function preflight(env) {
  return spawnSync("/bin/sh", [path.join(ROOT, "dev/preflight.sh")], { env, encoding: "utf8" });
}

test("without Rust or Node the person is told what to install", (t) => {
  const bare = preflight(pathWith(t, {}));
  assert.equal(bare.status, 1);
  assert.match(bare.stderr, /There is no `cargo` here\. Install Rust from https:\/\/rustup\.rs/);

  const withoutNode = preflight(pathWith(t, { cargo: "" }));
  assert.equal(withoutNode.status, 1);
  assert.match(withoutNode.stderr, /There is no `node` with `npm` here\. Install Node\.js 20/);

  const oldNode = preflight(pathWith(t, { cargo: "", npm: "", node: "" }, { failing: ["node"] }));
  assert.equal(oldNode.status, 1);
  assert.match(oldNode.stderr, /is too old: 20\.19 or newer is needed/);

  assert.equal(preflight(process.env).status, 0);
});
