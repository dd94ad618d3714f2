// Connected accounts: through Meta's dialog and back, and what is refused there.
import assert from "node:assert/strict";
import { newPartner } from "./people.mjs";
import { person, scenario, setTheStage } from "./stage.mjs";

setTheStage();

async function toMeta(page, way) {
  await page.getByRole("button", { name: "Hubungkan kanal" }).click();
  await page.getByRole("menuitem", { name: way }).click();
  await page.getByRole("heading", { name: "Masuk (simulasi)" }).waitFor();
}

/** The form of one person of those whom the simulated dialog offers. */
const dialogOf = (page, name) => page.locator("form").filter({ has: page.getByRole("heading", { name, exact: true }) });

scenario("a branch agrees at Meta and comes back to its accounts, connected again; another branch's number is left alone", async ({ system, visit }) => {
  const { page } = await visit({ as: person("jakarta"), at: "/channels" });
  await page.getByRole("article", { name: "Amanah Wisata Jakarta" }).first().waitFor();
  await toMeta(page, "Facebook dan WhatsApp");
  await dialogOf(page, "Ahmad Fauzi").getByRole("button", { name: "Lanjutkan" }).click();
  const result = page.getByRole("region", { name: "Hasil menghubungkan" });
  await result.getByText("Tersambung ulang").first().waitFor();
  await result.getByText("Dipegang pihak lain").waitFor();
  assert.equal(new URL(page.url()).search, "", "the code does not stay in the address");
  const channels = await system.documents("channels");
  assert.equal(channels.find(({ id }) => id === "WHATSAPP_400300000000102").branchId, "demo-cabang-surabaya");
  await page.reload();
  await page.getByRole("article", { name: "Amanah Wisata Jakarta" }).first().waitFor();
  assert.equal(await result.count(), 0, "coming back is once");
});

scenario("a partner changes her mind at Meta: nothing changed, and she is told so", async ({ system, visit }) => {
  const partner = await newPartner(system, "Ibu Ragu");
  const { page } = await visit({ device: "phone", as: partner, at: "/channels" });
  await page.getByText("Belum ada kanal yang terhubung").waitFor();
  await toMeta(page, "Instagram saja");
  await dialogOf(page, "siti.umrah").getByRole("button", { name: "Batal" }).click();
  await page.getByText("Anda membatalkan di Meta.").waitFor();
  await page.getByText("Belum ada kanal yang terhubung").waitFor();
});

scenario("an account that somebody else holds is not taken, and its holder is not named", async ({ system, visit }) => {
  const partner = await newPartner(system, "Ibu Rebut");
  const { page, expect, received } = await visit({ device: "phone", as: partner, at: "/channels" });
  expect(/status of 403 .*connectChannel/);
  await toMeta(page, "Instagram saja");
  await dialogOf(page, "siti.umrah").getByRole("button", { name: "Lanjutkan" }).click();
  await page.getByRole("alert").waitFor();
  await page.getByText("Belum ada kanal yang terhubung").waitFor();
  const everything = (await received()).filter(({ url }) => !url.startsWith(`http://${system.at.graph}`));
  assert.ok(everything.some(({ url }) => url.includes("/api/connectChannel")));
  assert.ok(!everything.some(({ text }) => /demo-mitra-siti|siti@demo/.test(text)));
});
