// Coming in, going out, and being put out.
import assert from "node:assert/strict";
import { PASSWORD } from "../../dev/demo-data.mjs";
import { newPartner, someNumber } from "./people.mjs";
import { person, scenario, setTheStage, signIn } from "./stage.mjs";

setTheStage();

scenario("a wrong password is told, the right one opens the leads", async ({ visit }) => {
  const siti = person("siti");
  const { page, expect } = await visit({ device: "phone" });
  expect(/status of 400/);
  await page.getByLabel("Email").fill(siti.email);
  await page.getByLabel("Kata sandi").fill("bukan-ini");
  await page.getByRole("button", { name: "Masuk", exact: true }).click();
  await page.getByRole("alert").getByText("Email atau kata sandi salah.").waitFor();
  await signIn(page, siti);
  await page.waitForURL(/\/leads$/);
  await page.getByRole("heading", { level: 1, name: "Prospek" }).waitFor();
});

scenario("the language is switched, and stays switched", async ({ visit }) => {
  const { page } = await visit();
  await page.getByRole("button", { name: "English" }).click();
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  assert.equal(await page.locator("html").getAttribute("lang"), "en");
  await page.reload();
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  assert.equal(await page.locator("html").getAttribute("lang"), "en");
});

scenario("who leaves leaves nothing behind on the device", async ({ visit }) => {
  const { page } = await visit({ as: person("siti") });
  await page.getByRole("button", { name: "Siti Aminah" }).click();
  await page.getByRole("menuitem", { name: "Keluar" }).click();
  await page.getByRole("button", { name: "Masuk", exact: true }).waitFor();
  assert.equal(await page.getByText("Sesi Anda telah berakhir").count(), 0);
  assert.doesNotMatch(await keptOnDevice(page), /siti|Siti|Hendra|Yuni|Agus/);
  await page.reload();
  await page.getByRole("button", { name: "Masuk", exact: true }).waitFor();
});

scenario("somebody whom nobody invited yet sees that, and nothing else", async ({ system, visit }) => {
  const newcomer = await system.signUp(`menunggu-${Date.now()}@demo.example`, "Ibu Menunggu");
  const { page } = await visit();
  // The page looks by itself once; invited before that, nobody would have to press anything.
  const looked = page.waitForResponse((answer) => new URL(answer.url()).pathname.endsWith("/whoami") && answer.request().method() === "POST");
  await fillIn(page, newcomer);
  await page.getByText("Akun Anda belum memiliki peran.").waitFor();
  await looked;
  assert.equal(await page.getByRole("link").count(), 0);
  await system.call(person("jakarta"), "inviteUser", { email: newcomer.email, role: "MITRA", displayName: newcomer.name });
  await page.getByRole("button", { name: "Periksa lagi" }).click();
  await page.waitForURL(/\/leads$/);
});

scenario("who is disabled elsewhere is out at once, with words, and no data stays", async ({ system, visit }) => {
  const partner = await newPartner(system, "Bapak Keluar");
  const { page, expect } = await visit({ as: partner, device: "phone" });
  const { leadId } = await system.call(partner, "createLead", { name: "Ibu Terlihat", phone: someNumber(), source: "MANUAL" });
  assert.ok(leadId);
  await page.getByText("Ibu Terlihat").first().waitFor();
  await system.call(person("jakarta"), "setUserDisabled", { uid: partner.uid, disabled: true });
  await page.getByRole("status").getByText("Akun ini dinonaktifkan.").waitFor();
  assert.equal(await page.getByText("Ibu Terlihat").count(), 0);
  assert.doesNotMatch(await keptOnDevice(page), /Ibu Terlihat|Bapak Keluar/);
  expect(/status of 400/);
  await fillIn(page, partner);
  await page.getByRole("alert").getByText("Akun ini dinonaktifkan.").waitFor();
});

scenario("a session whose token cannot be renewed ends, with words", async ({ system, visit }) => {
  const partner = await newPartner(system, "Ibu Sesi");
  const { page, expect } = await visit({ as: partner, clock: true });
  await system.closeAccount(partner);
  expect(/status of 400/);
  expect(/Could not reach Cloud Firestore|transport errored/); // its listener slept for an hour, as on a closed laptop
  await page.clock.fastForward("01:00:00");
  await page.getByRole("status").getByText("Sesi Anda telah berakhir.").waitFor();
  assert.equal(await page.getByText("Ibu Sesi").count(), 0);
  assert.doesNotMatch(await keptOnDevice(page), /Ibu Sesi/);
});

async function fillIn(page, { email }) {
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Kata sandi").fill(PASSWORD);
  await page.getByRole("button", { name: "Masuk", exact: true }).click();
}

/** Everything that the page could find again: localStorage, sessionStorage, every IndexedDB, as one text. */
function keptOnDevice(page) {
  return page.evaluate(async () => {
    const kept = [JSON.stringify(localStorage), JSON.stringify(sessionStorage)];
    const result = (request) => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    for (const { name } of await indexedDB.databases()) {
      const database = await result(indexedDB.open(name));
      for (const store of database.objectStoreNames) kept.push(JSON.stringify(await result(database.transaction(store).objectStore(store).getAll())));
      database.close();
    }
    return kept.join("\n");
  });
}
