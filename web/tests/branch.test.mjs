// A branch's day: somebody is invited, a lead is handed over, the figures are looked at.
import assert from "node:assert/strict";
import { leadsOf, newPartner, unique } from "./people.mjs";
import { person, scenario, setTheStage } from "./stage.mjs";

setTheStage();

scenario("a branch invites a partner, and sees the invitation taken up", async ({ system, visit }) => {
  const { page } = await visit({ as: person("jakarta"), at: "/team" });
  const name = unique("Ibu Undangan");
  const email = `undangan-${Date.now()}@demo.example`;
  await page.getByRole("region", { name: "Tim" }).getByText("Budi Santoso").first().waitFor();
  await page.getByRole("button", { name: "Undang", exact: true }).click();
  const form = page.getByRole("dialog", { name: "Undang" });
  await form.getByLabel("Email").fill(email);
  await form.getByLabel("Nama (boleh kosong)").fill(name);
  await form.getByRole("button", { name: "Simpan undangan" }).click();
  const share = page.getByRole("dialog", { name: `Kabari ${email}` });
  assert.match(await share.getByRole("link", { name: "WhatsApp" }).getAttribute("href"), new RegExp(encodeURIComponent(email)));
  await share.getByRole("button", { name: "Selesai" }).click();
  const waiting = page.getByRole("region", { name: "Undangan yang menunggu" });
  await waiting.getByText(email).waitFor();

  const newcomer = await system.signUp(email, name);
  await system.call(newcomer, "whoami", {});
  await waiting.getByText(email).waitFor({ state: "detached" });
  await page.getByRole("region", { name: "Tim" }).getByText(name).first().waitFor();
});

scenario("a branch hands a lead to a partner, on whose phone it appears", async ({ system, visit }) => {
  const [giver, taker] = [await newPartner(system, unique("Ibu Beri")), await newPartner(system, unique("Ibu Terima"))];
  const [lead] = await leadsOf(system, giver, "Bapak Alih");
  const taking = await visit({ as: taker, device: "phone", at: "/leads" });
  await taking.page.getByText("Belum ada prospek").waitFor();
  const { page } = await visit({ as: person("jakarta"), at: `/leads/${lead.id}` });
  await page.getByRole("button", { name: "Alihkan" }).click();
  const dialog = page.getByRole("dialog", { name: "Alihkan" });
  const who = dialog.getByRole("combobox", { name: "Penanggung jawab" }).or(dialog.getByRole("textbox", { name: "Penanggung jawab" }));
  await who.first().fill(taker.name);
  await page.getByRole("option", { name: taker.name }).last().click();
  await dialog.getByRole("button", { name: "Alihkan" }).click();
  await taking.page.getByRole("link", { name: "Bapak Alih", exact: true }).waitFor();
  await page.getByText(`Anda mengalihkan dari ${giver.name} ke ${taker.name}`).waitFor();
});

scenario("the figures of a branch are the counts of its own leads", async ({ system, visit }) => {
  const { page } = await visit({ as: person("surabaya"), at: "/figures" });
  const statuses = page.getByRole("table", { name: "Menurut keadaan" });
  await statuses.waitFor();
  const own = (await system.documents("leads")).filter(({ branchId }) => branchId === "demo-cabang-surabaya");
  assert.ok(own.length >= 6);
  for (const [status, words] of [["NEW", "Baru"], ["FOLLOW_UP", "Tindak lanjut"], ["CLOSING", "Closing"], ["LOST", "Tidak jadi"]]) {
    const count = own.filter((lead) => lead.status === status).length;
    await statuses.getByRole("row", { name: new RegExp(`^${words} ${count} `) }).waitFor();
  }
  await page.getByRole("table", { name: "Menurut penanggung jawab" }).getByText("Dewi Lestari").waitFor();
  assert.equal(await page.getByText("Siti Aminah").count(), 0);
});
