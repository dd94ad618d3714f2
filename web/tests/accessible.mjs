// What axe says of a page. Findings of impact "serious" or "critical" count.
import AxeBuilder from "@axe-core/playwright";

/** What is wrong with the page as it stands now: one line of text for each finding, with the elements. */
export async function findings({ page }) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const grave = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
  return grave.flatMap(({ id, nodes }) => nodes.map(({ html, any, all, none }) => {
    const why = [...any, ...all, ...none].map(({ message }) => message).join("; ");
    return `${id}: ${html.slice(0, 300)} ${why}`;
  }));
}
