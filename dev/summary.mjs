// What `make run` says once everything is up: where things are, and as whom to sign in.
import { PASSWORD } from "./demo-data.mjs";

function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column])).join("   ").trimEnd()}`).join("\n");
}

export function summary({ projectId, at, people, logs }) {
  const addresses = table([
    ["console", `http://${at.console}`, "open it in a browser"],
    ["service", `http://${at.service}`, "connectFunctionsEmulator(functions, \"127.0.0.1\", " + at.service.split(":")[1] + ")"],
    ["Auth emulator", `http://${at.auth}`, `connectAuthEmulator(auth, "http://${at.auth}")`],
    ["Firestore emulator", `http://${at.firestore}`, "connectFirestoreEmulator(db, \"127.0.0.1\", " + at.firestore.split(":")[1] + ")"],
    ["Storage emulator", `http://${at.storage}`, "connectStorageEmulator(storage, \"127.0.0.1\", " + at.storage.split(":")[1] + ")"],
    ["Graph simulator", `http://${at.graph}`, ""],
    ["AI simulator", `http://${at.ai}`, ""],
    ["task dispatcher", `http://${at.tasks}`, ""],
  ]);
  const signIns = table([
    ["email", "role", "branch", "uid"],
    ...people.map(({ email, role, branch, uid }) => [email, role, branch ?? "-", uid]),
  ]);
  return `
LeadGen Pro is up. Project ${projectId}; any API key will do.

${addresses}

Sign in there, or with any Firebase SDK, with the password ${PASSWORD} as

${signIns}

Logs: ${logs}
Ctrl-C stops everything.
`;
}
