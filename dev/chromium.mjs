// The browser of the console's tests: the machine's own Chromium.
import fs from "node:fs";
import { UserError } from "./user-error.mjs";

const USUAL = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Where Chromium is: what CHROMIUM names, or one of the usual places. */
export function chromiumProgram() {
  const candidates = process.env.CHROMIUM ? [process.env.CHROMIUM] : USUAL;
  const found = candidates.find((file) => fs.existsSync(file));
  if (found) return found;
  throw new UserError(
    `The console's tests need Chromium, and there is none at ${candidates.join(", ")}. ` +
      "Install it (Debian, Ubuntu: apt-get install chromium), or name one: CHROMIUM=/path/to/chrome make test",
  );
}
