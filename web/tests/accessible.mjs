// What axe says of a page. Findings of impact "serious" or "critical" fail; the message names each with its element.
import AxeBuilder from "@axe-core/playwright";
import assert from "node:assert/strict";

/** Checks the page as it stands now, once its fonts and first data are there. */
export async function assertAccessible({ page, device, scheme }, where) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const grave = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
  const findings = grave.map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.map(({ html, failureSummary }) => `  ${html}\n    ${failureSummary?.replaceAll("\n", "\n    ")}`).join("\n")}`);
  assert.deepEqual(findings, [], `${where} (${device}, ${scheme})`);
}
