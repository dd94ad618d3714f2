// Head office: all branches at a glance, what AI may cost, and the one switch.
import assert from "node:assert/strict";
import { ALLOWANCES } from "../../dev/demo-data.mjs";
import { person, scenario, setTheStage } from "./stage.mjs";
import { until } from "./system.mjs";

setTheStage();

scenario("head office sees the leads and the figures of every branch", async ({ system, visit }) => {
  const { page } = await visit({ as: person("pusat"), at: "/leads" });
  await page.getByRole("link", { name: "Hendra Wijaya", exact: true }).waitFor();
  await page.getByRole("link", { name: "Faisal Rahman", exact: true }).waitFor();

  const total = async () => {
    const rows = page.getByRole("table", { name: "Menurut keadaan" }).getByRole("row");
    const texts = await rows.allInnerTexts();
    return texts.slice(1).reduce((sum, text) => sum + Number(text.split(/\s+/).at(-2)), 0);
  };
  await page.getByRole("navigation").getByRole("link", { name: "Angka" }).click();
  await page.getByRole("table", { name: "Menurut keadaan" }).waitFor();
  const all = await system.documents("leads");
  assert.equal(await total(), all.length);
  await page.getByRole("combobox", { name: "Cabang" }).or(page.getByRole("textbox", { name: "Cabang" })).first().click();
  await page.getByRole("option", { name: "Surabaya" }).click();
  const surabaya = all.filter(({ branchId }) => branchId === "demo-cabang-surabaya").length;
  await until("the counts of one branch", async () => (await total()) === surabaya);
});

scenario("head office switches AI off, which a partner sees at once, and on again", async ({ system, visit }) => {
  const [office, partner] = [await visit({ as: person("pusat"), at: "/studio/budget" }), await visit({ device: "phone", as: person("dewi"), at: "/studio" })];
  const create = partner.page.getByRole("button", { name: "Buat konten" });
  await create.and(partner.page.locator(":enabled")).waitFor();
  try {
    const card = office.page.getByRole("region", { name: "AI untuk seluruh organisasi" });
    await card.getByRole("button", { name: "Matikan AI" }).click();
    const sure = office.page.getByRole("dialog", { name: "Matikan AI untuk semua orang?" });
    await sure.getByLabel("Alasan").fill("Tagihan diperiksa");
    await sure.getByRole("button", { name: "Matikan AI" }).click();
    await card.getByText("Alasan: Tagihan diperiksa").waitFor();
    await partner.page.reload();
    await partner.page.getByText("AI sedang dimatikan oleh kantor pusat.").waitFor();
    await create.and(partner.page.locator(":disabled")).waitFor();
    await card.getByRole("button", { name: "Nyalakan AI" }).click();
    await card.getByText("Menyala", { exact: true }).waitFor();
    await partner.page.reload();
    await create.and(partner.page.locator(":enabled")).waitFor();
  } finally {
    await system.call(person("pusat"), "switchAi", { on: true });
  }
});

scenario("head office sets what everybody may spend in a day", async ({ system, visit }) => {
  const { page } = await visit({ as: person("pusat"), at: "/studio/budget" });
  const limits = page.getByRole("region", { name: "Batas belanja" });
  const everybody = limits.getByRole("group", { name: "Setiap orang" });
  try {
    await everybody.getByLabel("Per hari").fill("1,5");
    await everybody.getByRole("button", { name: "Simpan" }).click();
    await page.getByText("Batas disimpan.").waitFor();
    assert.equal((await system.document("settings/ai")).allowances.user.dayMicroUsd, 1_500_000);
  } finally {
    await system.call(person("pusat"), "setAiAllowance", ALLOWANCES.find(({ level }) => level === "USER"));
  }
  await until("the form shows what counts again", async () => (await everybody.getByLabel("Per hari").inputValue()) === "US$ 1");
});
