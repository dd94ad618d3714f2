// The machine's own Chromium, without a window.
import { chromium } from "playwright-core";
import { chromiumProgram } from "../../dev/chromium.mjs";

/** Nothing of it calls home: the tests speak to this machine alone. */
const FLAGS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"];

export function launch() {
  // Chromium's own sandbox needs user namespaces, which root and most containers do not get.
  const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({ executablePath: chromiumProgram(), args: [...sandbox, ...FLAGS], timeout: 180_000 });
}
