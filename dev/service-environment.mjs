// The environment in which the service and its command line run on this machine.
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { emulatorEnvironment } from "./emulators.mjs";
import { RUN_DIRECTORY } from "./paths.mjs";
import { HOST, portFromEnv } from "./ports.mjs";
import { UserError } from "./user-error.mjs";

/** What listens where, unless its variable says otherwise. */
export const PORTS = [
  { key: "service", what: "service", variable: "SERVICE_PORT", fallback: 5001 },
  { key: "auth", what: "Auth emulator", variable: "AUTH_PORT", fallback: 9099 },
  { key: "firestore", what: "Firestore emulator", variable: "FIRESTORE_PORT", fallback: 8080 },
  { key: "storage", what: "Storage emulator", variable: "STORAGE_PORT", fallback: 9199 },
  { key: "graph", what: "Graph simulator", variable: "GRAPH_SIMULATOR_PORT", fallback: 5010 },
  { key: "ai", what: "AI simulator", variable: "AI_SIMULATOR_PORT", fallback: 5011 },
  { key: "tasks", what: "task dispatcher", variable: "TASKS_SIMULATOR_PORT", fallback: 5012 },
  { key: "console", what: "console", variable: "CONSOLE_PORT", fallback: 5173 },
];

export function portsFromEnv() {
  return Object.fromEntries(PORTS.map(({ key, variable, fallback }) => [key, portFromEnv(variable, fallback)]));
}

/** The same ports as `host:port`. */
export function addresses(ports) {
  return Object.fromEntries(Object.entries(ports).map(([key, port]) => [key, `${HOST}:${port}`]));
}

export function projectFromEnv() {
  const projectId = process.env.PROJECT_ID || "demo-leadgen";
  if (projectId.startsWith("demo-")) return projectId;
  throw new UserError(`PROJECT_ID=${projectId} must begin with demo-, so that nothing can touch a real project.`);
}

/** The URLs to which the Auth emulator posts while somebody signs up or in. */
export function blockingFunctions(at) {
  return { beforeCreate: `http://${at.service}/auth/beforeCreate`, beforeSignIn: `http://${at.service}/auth/beforeSignIn` };
}

/** Where a person may come back to after agreeing at the simulated Meta: the console's page of channels, by both names of this machine. */
export function redirectUris(at) {
  if (process.env.META_REDIRECT_URIS) return process.env.META_REDIRECT_URIS.split(",");
  return [`http://${at.console}/channels`, `http://localhost:${at.console.split(":")[1]}/channels`];
}

/** A key that must stay the same between runs, and is a secret even here: made once, never committed. */
function keptKey(name) {
  const file = path.join(RUN_DIRECTORY, name);
  if (!fs.existsSync(file)) fs.writeFileSync(file, randomBytes(32).toString("base64"), { mode: 0o600 });
  return fs.readFileSync(file, "utf8").trim();
}

export function serviceEnvironment(projectId, at) {
  const [host, port] = at.service.split(":");
  return {
    ...process.env,
    ...emulatorEnvironment(at, projectId),
    HOST: host,
    PORT: port,
    BLOCKING_FUNCTION_URLS: Object.values(blockingFunctions(at)).join(","),
    PHONE_INDEX_KEY: keptKey("phone-index-key"),
    CHANNEL_KEYS: `local:${keptKey("channel-key")}`,
    LOG_FORMAT: process.env.LOG_FORMAT || "text",
    PUSH_AUTH: "none",
    // The keys that the simulated providers know; a real key belongs into `make live-ai`, not into a demonstration.
    OPENAI_BASE_URL: `http://${at.ai}/openai/v1`,
    GEMINI_BASE_URL: `http://${at.ai}/gemini/v1beta`,
    OPENAI_API_KEY: "sk-simulated-openai-key",
    GEMINI_API_KEY: "AIza-simulated-gemini-key",
    // Known to everybody, so that anyone can sign a webhook by hand; a developer's own settings win.
    META_APP_ID: process.env.META_APP_ID || "900100200300",
    META_APP_SECRET: process.env.META_APP_SECRET || "demo-app-secret",
    INSTAGRAM_APP_ID: process.env.INSTAGRAM_APP_ID || "900100200301",
    INSTAGRAM_APP_SECRET: process.env.INSTAGRAM_APP_SECRET || "demo-instagram-secret",
    META_VERIFY_TOKEN: process.env.META_VERIFY_TOKEN || "demo-verify-token",
    GRAPH_URL: `http://${at.graph}/graph.facebook.com`,
    INSTAGRAM_GRAPH_URL: `http://${at.graph}/graph.instagram.com`,
    INSTAGRAM_API_URL: `http://${at.graph}/api.instagram.com`,
    FACEBOOK_DIALOG_URL: `http://${at.graph}/www.facebook.com`,
    INSTAGRAM_DIALOG_URL: `http://${at.graph}/www.instagram.com`,
    META_REDIRECT_URIS: redirectUris(at).join(","),
    SERVICE_URL: `http://${at.service}`,
    TASKS_BASE_URL: `http://${at.tasks}`,
  };
}
