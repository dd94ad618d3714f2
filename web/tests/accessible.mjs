// What axe says of a page. Findings of impact "serious" or "critical" count.
import AxeBuilder from "@axe-core/playwright";

/** Looked at again so often: what comes into view or changes its colours has colours in between, which are nobody's. */
const LOOKS = 10;

/** What is wrong with the page, and stays so: one line of text for each finding, with the elements. */
export async function findings({ page }) {
  let found = await lookOnce(page);
  for (let look = 1; found.length > 0 && look < LOOKS; look += 1) {
    await page.waitForTimeout(300);
    found = await lookOnce(page);
  }
  return found;
}

async function lookOnce(page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const grave = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
  return grave.flatMap(({ id, nodes }) => nodes.map(({ html, any, all, none }) => {
    const why = [...any, ...all, ...none].map(({ message }) => message).join("; ");
    return `${id}: ${html.slice(0, 300)} ${why}`;
  }));
}
