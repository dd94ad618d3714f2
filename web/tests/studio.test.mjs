// Content: written as the partner watches, with a picture; posted now and at a time, once, where everybody can see it.
import assert from "node:assert/strict";
import { unique } from "./people.mjs";
import { person, scenario, setTheStage } from "./stage.mjs";
import { until } from "./system.mjs";

setTheStage();

/** Siti's own Instagram account. */
const ACCOUNT = "17841499000000102";

scenario("a caption with a picture is made, posted now, and a second post is planned and taken back", async ({ system, visit }) => {
  const { page } = await visit({ device: "phone", as: person("siti"), at: "/studio" });
  await page.getByLabel("Topik").fill(unique("Umrah Syawal bersama keluarga"));
  await page.getByRole("button", { name: "Buat konten" }).click();
  const publish = page.getByRole("region", { name: "Terbitkan" });
  await publish.waitFor();
  const picture = page.getByRole("img").and(page.locator('[src*="/o/media"]')).first();
  await picture.waitFor();
  await until("the picture is drawn", () => picture.evaluate((image) => image.complete && image.naturalWidth > 0));

  const caption = publish.getByRole("textbox", { name: "Teks" });
  assert.ok((await caption.inputValue()).length > 40);
  const words = unique("Kursi terbatas, hubungi kami.");
  await caption.fill(words);
  await publish.getByRole("button", { name: "Terbitkan sekarang" }).click();
  await page.getByText("Sedang diterbitkan").waitFor();
  const posts = await until("it is on Instagram", async () => {
    const seen = (await system.publicPosts(ACCOUNT)).filter((post) => JSON.stringify(post).includes(words));
    return seen.length > 0 && seen;
  });
  assert.equal(posts.length, 1);

  await page.getByRole("button", { name: "Terbitkan di akun lain" }).click();
  const planned = unique("Manasik akhir pekan.");
  await caption.fill(planned);
  await publish.getByText("Jadwalkan", { exact: true }).first().click();
  await publish.getByText("Sama dengan").waitFor();
  await publish.getByRole("button", { name: "Jadwalkan" }).click();
  await page.getByText("Terjadwal").first().waitFor();
  await page.getByRole("link", { name: "Lihat postingan" }).click();

  await page.getByRole("article", { name: words }).getByText("Terbit", { exact: true }).waitFor();
  const waiting = page.getByRole("article", { name: planned });
  await waiting.getByText("Terjadwal", { exact: true }).waitFor();
  await waiting.getByRole("button", { name: "Batalkan" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Ya, batalkan" }).click();
  await waiting.getByText("Dibatalkan", { exact: true }).waitFor();
  assert.ok(!JSON.stringify(await system.publicPosts(ACCOUNT)).includes(planned));
});
