// Every page as it looks with the demo data: axe finds nothing serious on it, on a phone and on a desk, light and dark; nothing
// scrolls sideways on a phone. With UPDATE_SCREENSHOTS=1 (`make screenshots`) the pictures of docs/ are taken here.
import assert from "node:assert/strict";
import { findings } from "./accessible.mjs";
import { picture } from "./pictures.mjs";
import { person, scenario, setTheStage } from "./stage.mjs";

setTheStage();

const heading = (name) => (page) => page.getByRole("heading", { level: 1, name }).waitFor();

/** name: the picture's, where docs show it. `open` brings the page there and waits for what it shows. */
const PAGES = {
  siti: [
    { where: "a lead", open: async (page, { device }) => {
      await page.getByRole("link", { name: "Yuni Astuti", exact: true }).click();
      await page.getByRole("heading", { name: device === "phone" ? "Yuni Astuti" : "Riwayat" }).waitFor();
      await page.getByText("mencatat prospek ini").waitFor();
    }, at: "/leads?status=FOLLOW_UP", shown: "lead" },
    { where: "a new lead", open: async (page) => {
      await page.getByRole("button", { name: "Prospek baru" }).click();
      await page.getByRole("dialog").getByLabel("Nama").waitFor();
    }, at: "/leads" },
    { where: "a lead that is not there", open: (page) => page.getByText("Prospek ini tidak ada").waitFor(), at: "/leads/nobody" },
    { where: "leads", open: (page) => page.getByText("Hendra Wijaya").waitFor(), at: "/leads", shown: "leads" },
  ],
};

for (const device of ["phone", "desk"]) {
  scenario(`the sign-in on a ${device}`, async ({ visit }) => {
    const seen = await visit({ device });
    await seen.page.getByRole("button", { name: "Masuk", exact: true }).waitFor();
    assert.deepEqual(await look(seen, { where: "sign-in" }), []);
  });

  for (const [name, pages] of Object.entries(PAGES)) {
    scenario(`the pages of ${name} on a ${device}`, async ({ system, visit }) => {
      const seen = await visit({ device, as: person(name) });
      const wrong = [];
      for (const shown of pages) {
        if (shown.at) await seen.page.goto(system.url + shown.at);
        await shown.open(seen.page, seen);
        wrong.push(...await look(seen, shown));
      }
      assert.deepEqual(wrong, []);
    });
  }
}

/** Everything that is wrong with the page as it stands, in both colour schemes. */
async function look(seen, { where, shown }) {
  const { page, device } = seen;
  const wrong = [];
  if (shown) await picture(seen, shown);
  for (const scheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: scheme });
    wrong.push(...(await findings(seen)).map((finding) => `${where}, ${device}, ${scheme}: ${finding}`));
  }
  await page.emulateMedia({ colorScheme: "light" });
  const { wide, room } = await page.evaluate(() => ({ wide: document.documentElement.scrollWidth, room: innerWidth }));
  if (wide > room) wrong.push(`${where}, ${device}: ${wide} px wide where there are ${room}`);
  return wrong;
}
