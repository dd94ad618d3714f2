// What is asked of the service: each workload makes its requests, and knows the floor that it stands on.
//
// Requests that the service may not see twice (a new phone, a delivery) are made anew for each run; a counter makes them differ.
import crypto from "node:crypto";
import { post } from "./load.mjs";

/** Conversations that deliveries go to: enough that those under way at the same time rarely meet. */
const CONTACTS = 256;
const SIGNED_IN = 64;
/** Requests of which the cost in Firestore is counted. */
const ALONE = 100;
/** Each person may order content ten times at once: src/pace.rs. */
const WRITERS = 600;

export const BRANCH = "bench-jakarta";
export const NUMBER = "400300000000009";
const PARTNER = { role: "MITRA", branchId: BRANCH };

const names = (prefix, count) => Array.from({ length: count }, (_, n) => `${prefix}-${n}`);
const bearer = (token) => ({ authorization: `Bearer ${token}` });

/** People of the bench that need a document: those who order content. */
export const writers = () => names("writer", WRITERS);

let counter = 0;
const next = () => (counter += 1);

/** A WhatsApp delivery of so many texts of one contact, signed with the app's secret. */
export function delivery(at, secret, contact, texts) {
  const now = Math.floor(Date.now() / 1000);
  const from = `62870${String(contact).padStart(8, "0")}`;
  const messages = Array.from({ length: texts }, () => {
    const id = `wamid.${Buffer.from(`bench ${process.pid} ${next()}`).toString("base64url")}`;
    return { from, id, timestamp: String(now), type: "text", text: { body: "Assalamualaikum, apakah masih ada kursi umrah untuk bulan Desember? Kami berdua dari Bekasi." } };
  });
  const value = {
    messaging_product: "whatsapp",
    metadata: { display_phone_number: "628700000009", phone_number_id: NUMBER },
    contacts: [{ wa_id: from, profile: { name: "Siti Aminah" } }],
    messages,
  };
  const body = JSON.stringify({ object: "whatsapp_business_account", entry: [{ id: "300200000000009", changes: [{ field: "messages", value }] }] });
  const signature = crypto.createHmac("sha256", secret).update(body).digest("hex");
  return { body, request: post(at, "/webhookHandler", body, { "x-hub-signature-256": `sha256=${signature}` }), contact: from, ids: messages.map(({ id }) => id) };
}

/** One delivery to each conversation. */
export const toEverybody = (at, secret, texts = 1) => Array.from({ length: CONTACTS }, (_, contact) => delivery(at, secret, contact, texts));

/** `fresh`: tokens for the runs in which each is seen once. */
export async function workloads({ at, floor, issuer, secret, fresh }) {
  const signedIn = await issuer.tokens(names("mitra", SIGNED_IN), PARTNER);
  const strangers = await issuer.tokens(names("fresh", fresh), PARTNER);
  const authors = await issuer.tokens(writers(), PARTNER);

  const whoami = (host, path, tokens) => tokens.map((token) => post(host, path, '{"data":null}', bearer(token)));
  const lead = (host, path) => {
    const n = next();
    const phone = `0812${String(n % 1e4).padStart(4, "0")}${String(Math.floor(n / 1e4)).padStart(4, "0")}`;
    const data = { name: "Siti Aminah", phone, source: "IG_ADS", note: "Umrah Desember, berdua, ingin kamar sendiri" };
    return post(host, path, JSON.stringify({ data }), bearer(signedIn[n % SIGNED_IN]));
  };
  const order = () => {
    const n = next();
    const data = { topic: "Umrah Ramadan bersama keluarga", platform: "INSTAGRAM", requestId: `bench-${n}` };
    return post(at, "/generateContent", JSON.stringify({ data }), bearer(authors[n % WRITERS]));
  };
  const rows = Array.from({ length: 512 }, () => ({ name: "Siti Aminah", phone: "0812-3456-7890", note: "a".repeat(64) }));
  const large = JSON.stringify({ data: { rows } });
  const many = (count, make) => Array.from({ length: count }, make);
  const webhook = (texts) => (count) => many(count, (_, n) => delivery(at, secret, n % CONTACTS, texts).request);

  return [
    {
      name: "whoami",
      title: "`whoami`, remembered token",
      route: "/whoami",
      requests: () => whoami(at, "/whoami", signedIn),
      floor: { does: "BARE", requests: () => whoami(floor, "/whoami", signedIn) },
    },
    {
      name: "large",
      title: "a callable's body of 64 KB, decoded and refused",
      route: "/createLead",
      refusals: "all",
      requests: () => [post(at, "/createLead", large, bearer(signedIn[0]))],
      floor: { does: "BARE", requests: () => [post(floor, "/large", large, bearer(signedIn[0]))] },
    },
    {
      name: "createLead",
      title: "`createLead`, a new phone each time",
      route: "/createLead",
      alone: () => many(ALONE, () => lead(at, "/createLead")),
      once: true,
      requests: (seconds) => many(4000 * seconds, () => lead(at, "/createLead")),
      floor: { does: "COMMITTING", requests: () => many(100, () => lead(floor, "/createLead")) },
    },
    ...[1, 20].map((texts) => ({
      name: `webhook-${texts}`,
      title: `a delivery of ${texts === 1 ? "one message" : `${texts} messages`}, warm`,
      route: "/webhookHandler",
      alone: () => toEverybody(at, secret, texts).slice(0, ALONE).map(({ request }) => request),
      units: texts,
      once: true,
      requests: (seconds) => webhook(texts)((texts === 1 ? 4000 : 1000) * seconds),
      floor: { does: "COMMITTING", requests: () => webhook(texts)(100).map((request) => request.replace("/webhookHandler", `/webhook-${texts}`).replace(`host: ${at}`, `host: ${floor}`)) },
    })),
    {
      name: "generateContent",
      title: "`generateContent`, a provider that answers at once",
      route: "/generateContent",
      alone: () => many(ALONE, order),
      refusals: "some",
      once: true,
      requests: (seconds) => many(1000 * seconds, order),
    },
    {
      name: "whoami-fresh",
      title: "`whoami`, fresh token each time",
      route: "/whoami",
      requests: () => whoami(at, "/whoami", strangers),
      once: true,
      // The service remembers tokens: only a new process has seen none of them. The last workload: a new process has to be warmed again.
      anew: true,
      floor: { does: "VERIFYING", requests: () => whoami(floor, "/whoami-fresh", strangers) },
    },
  ];
}
