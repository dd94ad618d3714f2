// Every page as it looks with the demo data: axe finds nothing serious on it, on a phone and on a desk, light and dark; nothing
// scrolls sideways on a phone. With UPDATE_SCREENSHOTS=1 (`make screenshots`) the pictures of docs/ are taken here.
import assert from "node:assert/strict";
import { findings } from "./accessible.mjs";
import { picture } from "./pictures.mjs";
import { person, scenario, setTheStage } from "./stage.mjs";
import { until } from "./system.mjs";

const TOPIC = "Umrah Ramadhan 12 hari bersama keluarga, berangkat dari Jakarta";

setTheStage(async (system) => {
  // What the pages show beside the demo data, once: an answer, a content with its picture, a planned post.
  const siti = person("siti");
  const conversation = await until("the demo customers have written", async () => (await system.documents("conversations")).find(({ contactPhone }) => contactPhone === "+6281210000001"));
  await system.call(siti, "sendMessage", { conversationId: conversation.id, text: "Waalaikumsalam, masih ada. Berangkat 12 Ramadhan dari Jakarta.", requestId: "pages-answer-1" });
  const { id } = await system.call(siti, "generateContent", { topic: TOPIC, platform: "INSTAGRAM", options: { media: "IMAGE" }, requestId: "pages-content-1" });
  const scheduledAt = new Date(Date.now() + 3 * 86_400_000).toISOString();
  await system.call(siti, "postToInstagram", { channelId: "INSTAGRAM_17841499000000102", contentRequestId: id, kind: "IMAGE", scheduledAt, requestId: "pages-post-1" });
});

const titled = (name) => (page) => page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
const text = (words) => (page) => page.getByText(words).first().waitFor();

/** where: the page in words; `shown`: its picture's name, where docs show it; `open` goes on from there until what counts is there. */
const PAGES = {
  siti: [
    { where: "leads", at: "/leads", shown: "leads", open: text("Hendra Wijaya") },
    { where: "a lead", at: "/leads?status=FOLLOW_UP", shown: "lead", open: async (page) => {
      await page.getByRole("link", { name: "Yuni Astuti", exact: true }).click();
      await page.getByText("mencatat prospek ini").waitFor();
    } },
    { where: "a new lead", at: "/leads", open: async (page) => {
      await page.getByRole("button", { name: "Prospek baru" }).click();
      await page.getByRole("dialog").getByLabel("Nama").waitFor();
    } },
    { where: "a lead that is not there", at: "/leads/nobody", open: text("Prospek ini tidak ada") },
    { where: "the inbox", at: "/inbox", open: text("Yuni") },
    { where: "a conversation", at: "/inbox", shown: "inbox", open: async (page) => {
      await page.getByRole("list").getByRole("link", { name: "Hendra Wijaya" }).click();
      await page.getByText("Waalaikumsalam").last().waitFor();
    } },
    { where: "channels", at: "/channels", open: text("siti.umrah") },
    { where: "the studio", at: "/studio", open: titled("Studio konten") },
    { where: "what was made", at: "/studio/history", open: text(TOPIC) },
    { where: "one that was made", at: "/studio/history", shown: "studio", open: async (page) => {
      await page.getByRole("link", { name: TOPIC }).first().click();
      const drawn = page.locator('img[src*="/o/media"]').first();
      await drawn.waitFor();
      await drawn.evaluate((image) => image.decode());
      await page.getByRole("region", { name: "Terbitkan" }).waitFor();
    } },
    { where: "posts", at: "/studio/posts", open: text("Terjadwal") },
  ],
  jakarta: [
    { where: "the team", at: "/team", shown: "team", open: text("Budi Santoso") },
    { where: "an invitation", at: "/team", open: async (page) => {
      await page.getByRole("button", { name: "Undang", exact: true }).first().click();
      await page.getByRole("dialog").getByLabel("Email").waitFor();
    } },
    { where: "figures", at: "/figures", shown: "figures", open: async (page) => {
      await page.getByRole("table", { name: "Menurut keadaan" }).waitFor();
      await page.locator(".recharts-surface").nth(2).waitFor();
    } },
    { where: "a branch's leads", at: "/leads", open: text("Lina Marlina") },
    { where: "a branch's channels", at: "/channels", shown: "channels", open: text("Terhubung") },
  ],
  pusat: [
    { where: "the budget", at: "/studio/budget", shown: "budget", open: text("Batas belanja") },
    { where: "everybody", at: "/team", open: text("Nur Hidayah") },
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
    await page.locator(`html[data-mantine-color-scheme="${scheme}"]`).waitFor();
    wrong.push(...(await findings(seen)).map((finding) => `${where}, ${device}, ${scheme}: ${finding}`));
  }
  await page.emulateMedia({ colorScheme: "light" });
  const { wide, room } = await page.evaluate(() => ({ wide: document.documentElement.scrollWidth, room: innerWidth }));
  if (wide > room) wrong.push(`${where}, ${device}: ${wide} px wide where there are ${room}`);
  return wrong;
}
