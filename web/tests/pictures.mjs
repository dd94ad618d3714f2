// The screenshots of docs/: `make screenshots` has the tests take them again.
import path from "node:path";
import { ROOT } from "../../dev/paths.mjs";

const wanted = process.env.UPDATE_SCREENSHOTS === "1";

/** Keeps the page as docs/images/<name>-<device>.jpg, when pictures are wanted. */
export async function picture({ page, device }, name) {
  if (!wanted) return;
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: path.join(ROOT, "docs/images", `${name}-${device}.jpg`), type: "jpeg", quality: 78, animations: "disabled", caret: "hide" });
}
