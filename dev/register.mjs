// Tells the emulators whom to call. In production Eventarc triggers and Identity Platform's blocking functions do this;
// the emulators forget it when they stop. The document triggers are listed in triggers.json.
import fs from "node:fs";
import path from "node:path";
import { UserError } from "./user-error.mjs";

const TRIGGERS = JSON.parse(fs.readFileSync(path.join(import.meta.dirname, "triggers.json"), "utf8"));

async function send(method, url, body, headers = {}) {
  const response = await fetch(url, {
    method,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new UserError(`${method} ${url} was refused (${response.status}): ${await response.text()}`);
}

/** Document events go to POST http://<events of the emulator>/functions/projects/<project>/triggers/<trigger id>. */
export async function registerTriggers(firestore, projectId) {
  for (const { id, document } of TRIGGERS) {
    await send("POST", `http://${firestore}/emulator/v1/projects/${projectId}/eventarcTrigger?eventarcTriggerId=${id}`, {
      eventType: "google.cloud.firestore.document.v1.written",
      database: "(default)",
      namespace: "(default)",
      document: { value: document, matchType: "PATH_PATTERN" },
    });
  }
}

/** `urls`: {beforeCreate, beforeSignIn}, to which the Auth emulator posts while a user waits. */
export async function registerBlockingFunctions(auth, projectId, urls) {
  await send(
    "PATCH",
    `http://${auth}/identitytoolkit.googleapis.com/v2/projects/${projectId}/config?updateMask=blockingFunctions`,
    {
      blockingFunctions: {
        triggers: { beforeCreate: { functionUri: urls.beforeCreate }, beforeSignIn: { functionUri: urls.beforeSignIn } },
        forwardInboundCredentials: { idToken: false, accessToken: false, refreshToken: false },
      },
    },
    { authorization: "Bearer owner" },
  );
}
