// The JDK that the emulators' Java parts need.
import { spawnSync } from "node:child_process";
import path from "node:path";
import { UserError } from "../dev/user-error.mjs";

const OLDEST = 17;

const HOW =
  `Install a JDK, version ${OLDEST} or newer (Debian and Ubuntu: apt-get install openjdk-17-jdk-headless; ` +
  "macOS: brew install openjdk), and put it on PATH or name its folder in JAVA_HOME.";

/** The command `name` of the JDK: from JAVA_HOME when it is set, else from PATH. */
export function jdkTool(name) {
  return process.env.JAVA_HOME ? path.join(process.env.JAVA_HOME, "bin", name) : name;
}

/** Refuses, with what to do, when there is no JDK or when it is too old. */
export function requireJdk() {
  for (const tool of ["java", "javac"]) {
    const run = spawnSync(jdkTool(tool), ["-version"], { encoding: "utf8" });
    if (run.error || run.status !== 0) {
      const why = tool === "java" ? "there is no `java`" : "there is a `java` but no `javac`: a JRE is not enough";
      throw new UserError(`The Firestore and Storage emulators need a JDK, and ${why} here. ${HOW}`);
    }
    const text = `${run.stdout}${run.stderr}`;
    const major = majorVersion(text);
    if (major !== undefined && major < OLDEST) {
      throw new UserError(`The Firestore and Storage emulators need Java ${OLDEST} or newer, and \`${jdkTool(tool)}\` is Java ${major}. ${HOW}`);
    }
  }
}

/** `openjdk version "17.0.15"` is 17, `java version "1.8.0_402"` is 8, `javac 21` is 21. */
export function majorVersion(text) {
  const match = /(?:version "|javac )(?:1\.)?(\d+)/.exec(text);
  return match ? Number(match[1]) : undefined;
}
