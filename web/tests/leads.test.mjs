// A partner's leads: on a phone by touch and by keyboard, on a wide screen by dragging, and with the connection lost.
import assert from "node:assert/strict";
import { leadsOf, newPartner } from "./people.mjs";
import { scenario, setTheStage } from "./stage.mjs";
import { until } from "./system.mjs";

setTheStage();

const statusOf = (system, { id }) => system.document(`leads/${id}`).then(({ status }) => status);
const becomes = (system, lead, status) => until(`${lead.name} is ${status}`, async () => (await statusOf(system, lead)) === status);

scenario("on a phone: a lead is moved by its menu without touching, and its history tells", async ({ system, visit }) => {
  const partner = await newPartner(system, "Ibu Telepon");
  const [lead] = await leadsOf(system, partner, "Bapak Sabar");
  const { page } = await visit({ device: "phone", as: partner });
  await page.getByRole("tab", { name: "Baru" }).waitFor();
  const menu = page.getByRole("button", { name: "Pindahkan Bapak Sabar" });
  await menu.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "Tindak lanjut" }).and(page.locator(":focus")).waitFor();
  await page.keyboard.press("Enter");
  await becomes(system, lead, "FOLLOW_UP");

  await page.getByRole("tab", { name: "Tindak lanjut" }).click();
  await page.getByRole("link", { name: "Bapak Sabar", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "Bapak Sabar" }).waitFor();
  await page.getByText("Anda memindahkan dari Baru ke Tindak lanjut").waitFor();
  await page.getByText("Anda mencatat prospek ini").waitFor();
  assert.equal(await page.getByRole("link", { name: "WhatsApp" }).getAttribute("href"), `https://wa.me/62${lead.phone.slice(1)}`);

  await page.getByRole("radio", { name: "Tidak jadi" }).press("Space");
  await page.getByRole("button", { name: "Tandai tidak jadi" }).click();
  await page.getByText("Pilih atau tulis alasannya.").waitFor();
  await page.getByLabel("Harga belum cocok").check();
  await page.getByRole("button", { name: "Tandai tidak jadi" }).click();
  await becomes(system, lead, "LOST");
  await page.getByText("Alasan: Harga belum cocok").waitFor();
  await page.getByRole("link", { name: "Kembali" }).click();
  await page.getByRole("heading", { level: 1, name: "Prospek" }).waitFor();
});

scenario("on a wide screen: a lead is dragged by mouse, and by keyboard", async ({ system, visit }) => {
  const partner = await newPartner(system, "Ibu Papan");
  const [first, second] = await leadsOf(system, partner, "Ibu Geser", "Ibu Panah");
  const { page } = await visit({ as: partner });
  const column = (name) => page.getByRole("region", { name });
  await drag(page, column("Baru").getByRole("group", { name: "Ibu Geser" }), column("Closing"));
  await column("Closing").getByRole("link", { name: "Ibu Geser", exact: true }).waitFor();
  await becomes(system, first, "CLOSING");

  await column("Baru").getByRole("group", { name: "Ibu Panah" }).focus();
  await page.keyboard.press("Space");
  await page.getByText("Ibu Panah diangkat dari Baru.").waitFor();
  await page.keyboard.press("ArrowRight");
  await page.getByText("Ibu Panah di atas Tindak lanjut.").waitFor();
  await page.keyboard.press("Space");
  await column("Tindak lanjut").getByRole("link", { name: "Ibu Panah", exact: true }).waitFor();
  await becomes(system, second, "FOLLOW_UP");
});

scenario("a new lead is written down, and a known number opens the lead that is there", async ({ system, visit }) => {
  const partner = await newPartner(system, "Ibu Catat");
  const [known] = await leadsOf(system, partner, "Bapak Lama");
  const { page, expect } = await visit({ device: "phone", as: partner });
  expect(/status of 400 .*createLead/); // two digits are no phone number
  await page.getByRole("button", { name: "Prospek baru" }).first().click();
  const form = page.getByRole("dialog", { name: "Prospek baru" });
  await form.getByLabel("Nama").fill("Bapak Baru");
  await form.getByLabel("Nomor WhatsApp").fill("12");
  await form.getByRole("button", { name: "Simpan" }).click();
  await form.getByLabel("Nomor WhatsApp").and(page.locator("[aria-invalid=true]")).waitFor();
  await form.getByLabel("Nomor WhatsApp").fill(known.phone);
  await form.getByRole("button", { name: "Simpan" }).click();
  await form.getByText("Sudah ada di daftar Anda").waitFor();
  await form.getByRole("link", { name: "Buka prospek itu", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "Bapak Lama" }).waitFor();
});

scenario("a change made without a connection is kept, shown as unsent, and sent once it is back", async ({ system, visit }) => {
  const partner = await newPartner(system, "Ibu Sinyal");
  const [lead] = await leadsOf(system, partner, "Bapak Jauh");
  const { page, context, expect } = await visit({ device: "phone", as: partner });
  await page.getByRole("link", { name: "Bapak Jauh", exact: true }).waitFor();
  expect(/ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED|transport errored|Could not reach Cloud Firestore/);
  await context.setOffline(true);
  await page.getByRole("status").getByText("Tanpa sambungan.").waitFor();
  await page.getByRole("button", { name: "Pindahkan Bapak Jauh" }).click();
  await page.getByRole("menuitem", { name: "Closing" }).click();
  await page.getByRole("tab", { name: "Closing" }).click();
  await page.getByRole("link", { name: "Bapak Jauh", exact: true }).waitFor();
  await page.getByText("Menunggu sambungan").waitFor();
  assert.equal(await statusOf(system, lead), "NEW");

  await context.setOffline(false);
  await becomes(system, lead, "CLOSING");
  await page.getByText("Menunggu sambungan").waitFor({ state: "detached" });
  assert.equal(await page.getByText("Tanpa sambungan.").count(), 0);
});

/** With the mouse, in steps, as the library wants to see it. */
async function drag(page, from, to) {
  const [start, end] = [await from.boundingBox(), await to.boundingBox()];
  await page.mouse.move(start.x + 20, start.y + start.height - 8);
  await page.mouse.down();
  await page.mouse.move(end.x + end.width / 2, end.y + 90, { steps: 12 });
  await page.mouse.move(end.x + end.width / 2, end.y + 96, { steps: 3 });
  await page.mouse.up();
}
