// Partners compete for the same pilgrims. What belongs to a neighbour is on no page of a partner, and in nothing that the
// page ever received: every answer of Firestore and of the service is read, also of listeners that are still open.
import assert from "node:assert/strict";
import { LEADS, PEOPLE } from "../../dev/demo-data.mjs";
import { newPartner, someNumber, unique } from "./people.mjs";
import { person, scenario, setTheStage } from "./stage.mjs";
import { until } from "./system.mjs";

setTheStage();

/** The digits in which a phone stands wherever it stands, after the country code. */
const digits = (phone) => phone.replaceAll(/\D/g, "").replace(/^(62|0)/, "");

const namesAndPhones = (leads) => leads.flatMap(({ name, phone }) => [name, digits(phone)]);

async function walkThrough({ page, device }, system, paths) {
  for (const path of paths) {
    await page.goto(system.url + path);
    await page.getByRole("heading", { level: 1 }).first().waitFor();
    await until(`${path} is loaded on a ${device}`, async () => (await page.locator("[aria-busy=true], .mantine-Skeleton-root, [role=status][aria-label='Memuat…']").count()) === 0);
  }
}

/** Everything that came to the page: its own code apart, which is the same for everybody. */
async function texts({ page, received }, system) {
  const answers = (await received()).filter(({ url }) => !url.startsWith(`${system.url}/assets/`));
  return [{ url: "(the page itself)", text: await page.content() }, ...answers];
}

function holding(all, secrets) {
  return all.flatMap(({ url, text }) => secrets.filter((secret) => text.includes(secret)).map((secret) => `${secret} in ${url}`));
}

const EVERYWHERE = ["/leads", "/inbox", "/channels", "/studio", "/studio/history", "/studio/posts"];

scenario("nothing of a neighbour reaches a partner's page, whatever happens meanwhile", async ({ system, visit }) => {
  const seen = await visit({ device: "phone", as: person("siti") });
  const [neighbour, stranger] = [await newPartner(system, unique("Tetangga")), { name: unique("Calon Rahasia"), phone: someNumber() }];
  await walkThrough(seen, system, EVERYWHERE);

  // While siti's page is open: the neighbour notes somebody down, who writes to the number that both work with.
  await seen.page.goto(`${system.url}/inbox`);
  await seen.page.getByRole("list").getByRole("link").first().waitFor();
  const { leadId } = await system.call(neighbour, "createLead", { ...stranger, source: "MANUAL" });
  const secretWords = unique("Pesan untuk tetangga");
  await system.happens({ it: "message", asset: "400300000000101", customer: `62${digits(stranger.phone)}`, content: { is: "text", text: secretWords } });
  await until("the neighbour has the conversation", async () => (await system.documents("conversations")).some((it) => it.leadId === leadId));
  // A message of her own after it: by the time it is here, the other would have been.
  const ownWords = unique("Pesan untuk Siti");
  await system.happens({ it: "message", asset: "400300000000101", customer: "6281210000001", content: { is: "text", text: ownWords } });
  await seen.page.getByRole("list").getByRole("link", { name: ownWords }).waitFor();
  // Addresses that she could guess.
  await seen.page.goto(`${system.url}/leads/${leadId}`);
  await seen.page.getByText("Prospek ini tidak ada, atau bukan milik Anda.").waitFor();

  const own = LEADS.filter(({ owner }) => owner === "demo-mitra-siti");
  const others = LEADS.filter(({ owner }) => owner !== "demo-mitra-siti");
  const all = await texts(seen, system);
  const mine = holding(all.slice(1), [...own.map(({ name }) => name), ownWords]);
  for (const secret of [...own.map(({ name }) => name), ownWords]) assert.ok(mine.some((it) => it.startsWith(secret)), `the record has her own ${secret}`);
  const people = PEOPLE.filter(({ role, uid }) => role === "MITRA" && uid !== "demo-mitra-siti").flatMap(({ uid, email, name }) => [uid, email, name]);
  const secrets = [...namesAndPhones([...others, stranger]), secretWords, neighbour.uid, neighbour.email, neighbour.name, ...people, "Nur Hidayah", "Ratna Kusuma"];
  assert.deepEqual(holding(all, secrets), []);
});

scenario("nothing of another branch reaches a branch's page", async ({ system, visit }) => {
  const seen = await visit({ as: person("surabaya") });
  await walkThrough(seen, system, [...EVERYWHERE, "/team", "/figures", "/studio/budget"]);
  const all = await texts(seen, system);
  const theirs = (branch) => PEOPLE.filter((one) => one.role === "MITRA" && one.branch === branch);
  const leadsOf = (branch) => LEADS.filter(({ owner }) => theirs(branch).some(({ uid }) => uid === owner));
  const own = leadsOf("demo-cabang-surabaya").map(({ name }) => name);
  const mine = holding(all.slice(1), own);
  for (const name of own) assert.ok(mine.some((it) => it.startsWith(name)), `the record has its own ${name}`);
  const people = theirs("demo-cabang-jakarta").flatMap(({ uid, email, name }) => [uid, email, name]);
  assert.deepEqual(holding(all, [...namesAndPhones(leadsOf("demo-cabang-jakarta")), ...people]), []);
});
