// The inbox: what customers write appears by itself, is answered within the platform's window, and not after it.
import assert from "node:assert/strict";
import { leadsOf, newPartner, unique } from "./people.mjs";
import { person, scenario, setTheStage } from "./stage.mjs";
import { until } from "./system.mjs";

setTheStage();

/** The Jakarta branch's WhatsApp number. */
const NUMBER = "400300000000101";

/** As WhatsApp names a customer: the number without its plus. */
const waId = (phone) => `62${phone.slice(1)}`;
const writes = (system, phone, text) => system.happens({ it: "message", asset: NUMBER, customer: waId(phone), content: { is: "text", text } });

scenario("a partner's customer writes on WhatsApp: it appears without a reload, is answered, delivered and read", async ({ system, visit }) => {
  const partner = await newPartner(system, "Ibu Pesan");
  const [lead] = await leadsOf(system, partner, "Ibu Bertanya");
  const { page } = await visit({ device: "phone", as: partner, at: "/inbox" });
  await page.getByText("Belum ada percakapan").waitFor();
  const [question, answer] = [unique("Assalamualaikum, apakah masih ada kursi?"), unique("Waalaikumsalam, masih ada empat.")];
  let loads = 0;
  page.on("load", () => (loads += 1));

  await writes(system, lead.phone, question);
  const row = page.getByRole("list").getByRole("link", { name: question });
  await row.waitFor();
  await page.getByLabel("1 belum dibaca").waitFor();
  assert.equal(loads, 0, "by the listener, not by loading the page again");

  await row.click();
  await page.getByText("Sisa waktu balas").waitFor();
  await page.getByRole("textbox", { name: "Tulis balasan" }).fill(answer);
  await page.getByRole("button", { name: "Kirim", exact: true }).click();
  const sent = await until("the customer's phone shows it", async () => {
    const messages = await system.meta("GET", "/messages");
    return messages.find((message) => JSON.stringify(message).includes(answer));
  });
  assert.ok(JSON.stringify(sent).includes(waId(lead.phone)), JSON.stringify(sent));
  assert.equal(await page.getByRole("textbox", { name: "Tulis balasan" }).inputValue(), "");
  await page.getByText("Sampai", { exact: true }).waitFor({ state: "attached" });
  await system.happens({ it: "read", asset: NUMBER, customer: waId(lead.phone) });
  await page.getByText("Dibaca", { exact: true }).waitFor({ state: "attached" });

  await page.getByRole("link", { name: "Kembali ke daftar percakapan" }).click();
  await page.getByText(`Anda: ${answer}`).waitFor();
  assert.equal(await page.getByLabel("1 belum dibaca").count(), 0);
});

scenario("once the window has closed the page explains it, and offers what is still possible", async ({ system, visit }) => {
  const partner = await newPartner(system, "Ibu Jendela");
  const [lead] = await leadsOf(system, partner, "Bapak Kemarin");
  await writes(system, lead.phone, "Saya tanya dulu ya");
  const { page, expect } = await visit({ as: partner, at: "/inbox", clock: true });
  expect(/transport errored|Could not reach Cloud Firestore/); // its listeners slept for a day
  await page.getByRole("list").getByRole("link", { name: "Saya tanya dulu ya" }).click();
  await page.getByRole("textbox", { name: "Tulis balasan" }).waitFor();
  await page.clock.fastForward("25:00:00");
  await page.getByText("Waktu membalas sudah berakhir").waitFor();
  await page.getByRole("button", { name: "Kirim templat" }).waitFor();
  assert.equal(await page.getByRole("textbox", { name: "Tulis balasan" }).count(), 0);
});

scenario("a branch hands a conversation over: it leaves one partner's page and appears on the other's", async ({ system, visit }) => {
  const [first, second] = [await newPartner(system, unique("Ibu Pertama")), await newPartner(system, unique("Ibu Kedua"))];
  const [lead] = await leadsOf(system, first, "Ibu Dipindah");
  const words = unique("Tolong jadwal bulan Rajab");
  await writes(system, lead.phone, words);
  const [giving, taking, branch] = [
    await visit({ as: first, at: "/inbox", device: "phone" }), await visit({ as: second, at: "/inbox", device: "phone" }), await visit({ as: person("jakarta"), at: "/inbox" }),
  ];
  const row = ({ page }) => page.getByRole("list").getByRole("link", { name: words });
  await row(giving).waitFor();
  await taking.page.getByText("Belum ada percakapan").waitFor();
  await row(branch).click();
  await branch.page.getByRole("button", { name: "Tindakan lain" }).click();
  await branch.page.getByRole("menuitem", { name: "Pindahkan ke…" }).click();
  const dialog = branch.page.getByRole("dialog", { name: "Pindahkan percakapan" });
  await dialog.getByRole("textbox", { name: "Kepada siapa" }).or(dialog.getByRole("combobox", { name: "Kepada siapa" })).first().fill(second.name);
  await branch.page.getByRole("option", { name: second.name }).last().click();
  await dialog.getByRole("button", { name: "Pindahkan", exact: true }).click();
  await row(taking).waitFor();
  await row(giving).waitFor({ state: "detached" });
});
