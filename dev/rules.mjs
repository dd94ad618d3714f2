// firestore.rules at the running emulator: checked when it starts, loaded again when the file is saved.
// (The Storage emulator watches storage.rules by itself.)
import fs from "node:fs";
import path from "node:path";
import { ROOT } from "./paths.mjs";
import { UserError } from "./user-error.mjs";

const NAME = "firestore.rules";

export const FIRESTORE_RULES = path.join(ROOT, NAME);

/**
 * Loads the rules for one project and prints the compiler's warnings. The emulator starts without a word on rules that
 * do not compile (`--rules`, which counts for all other projects), so this is also where they are refused.
 */
export async function loadFirestoreRules(firestore, projectId) {
  const response = await fetch(`http://${firestore}/emulator/v1/projects/${projectId}:securityRules`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ rules: { files: [{ name: NAME, content: fs.readFileSync(FIRESTORE_RULES, "utf8") }] } }),
  });
  const answer = await response.json();
  if (!response.ok) throw new UserError(`${FIRESTORE_RULES}: ${answer.error.message}`);
  for (const { sourcePosition, description } of answer.issues ?? []) {
    console.error(`${NAME}:${sourcePosition.line}:${sourcePosition.column}: ${description}`);
  }
}

/** Loads the rules again whenever the file changes; what does not compile is told, and the rules before it stay. */
export function watchFirestoreRules(firestore, projectId) {
  let pending;
  // The folder, since editors replace the file rather than write into it.
  fs.watch(ROOT, (_, file) => {
    if (file !== NAME) return;
    clearTimeout(pending);
    pending = setTimeout(async () => {
      try {
        await loadFirestoreRules(firestore, projectId);
        console.log(`${NAME} loaded again.`);
      } catch (error) {
        console.error(error.message);
      }
    }, 100);
  });
}
