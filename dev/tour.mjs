// make tour: the main flows of the running system (`make run`), as a frontend goes through them with @leadgen-pro/client and the
// Firebase SDK. Says step by step what happened; the exit code is 1 when something did not.
//
// A page to start from: everything here is what a browser would do, but what Meta and its customers do (`happens`).
import {
  actorOf, budgetPeriods, changeLeadStatus, conversations, createContentRequest, documentOf, leadHistory, leads, messages, plans, team, toQuery,
} from "@leadgen-pro/client";
import { applyActionCode, createUserWithEmailAndPassword, sendEmailVerification } from "firebase/auth";
import { getDoc, getDocs } from "firebase/firestore";
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { PASSWORD } from "./demo-data.mjs";
import { control, enter, happens, seen, signIn, someNumber } from "./people.mjs";
import { addresses, portsFromEnv, projectFromEnv } from "./service-environment.mjs";

/** The Jakarta branch's WhatsApp number and lead form in the simulated Meta. */
const NUMBER = "400300000000101";
const FORM = "510000000000101";

/** Longest time for one step. */
const PATIENCE_MS = 90_000;

await fetch(`http://${addresses(portsFromEnv()).service}/readyz`).catch(() => {
  console.error("Nothing answers there: start `make run` in another terminal first, with the same port variables.");
  process.exit(1);
});
const system = { at: addresses(portsFromEnv()), projectId: projectFromEnv() };
const people = [];
let number = 0;

async function step(what, walk) {
  number += 1;
  let limit;
  const late = new Promise((_, reject) => {
    limit = setTimeout(() => reject(new Error(`it did not happen within ${PATIENCE_MS / 1000} s`)), PATIENCE_MS);
  });
  try {
    console.log(`${String(number).padStart(2)}. ${what}\n    ${await Promise.race([walk(), late])}`);
  } catch (error) {
    console.error(`${String(number).padStart(2)}. ${what}\n    FAILED: ${error.stack ?? error}`);
    process.exit(1);
  } finally {
    clearTimeout(limit);
  }
}

const micro = (amount) => `${(amount / 1e6).toFixed(4)} USD`;

let pusat, jakarta, siti, budi;
await step("Head office, a branch and two of its partners sign in", async () => {
  people.push(...(await Promise.all(["pusat", "jakarta", "siti", "budi"].map((name) => signIn(system, `${name}@demo.example`)))));
  [pusat, jakarta, siti, budi] = people;
  const places = await Promise.all(people.map(({ client }) => client.whoami()));
  assert.deepEqual(places.map(({ role }) => role), ["PUSAT", "CABANG", "MITRA", "MITRA"]);
  assert.deepEqual(people.map(({ actor }) => actor.role), places.map(({ role }) => role));
  return places.map(({ email, role, branchId }) => `${email} is ${role}${branchId ? ` of ${branchId}` : ""}`).join("; ");
});

const phone = someNumber();
let leadId;
await step("A partner types in a lead; her listener shows it", async () => {
  const arriving = seen(leads(siti.db, siti.actor, { status: "NEW" }), (lead) => lead.phone === phone);
  const made = await siti.client.createLead({ name: "Ibu Tur", phone: `0${phone.slice(3)}`, source: "MANUAL" });
  const lead = await arriving;
  assert.deepEqual([made.created, lead.id, lead.assignedTo], [true, made.leadId, siti.uid]);
  leadId = lead.id;
  const again = await siti.client.createLead({ name: "Ibu Tur", phone: `${phone.slice(0, 6)} ${phone.slice(6)}`, source: "MANUAL" });
  assert.deepEqual(again, { leadId, created: false });
  return `${lead.name}, ${lead.phone}, ${lead.status}; the same number typed in another way is the same lead`;
});

await step("Her neighbour in the branch gets none of it", async () => {
  await assert.rejects(getDoc(documentOf(budi.db, "leads", leadId)), { code: "permission-denied" });
  await assert.rejects(getDocs(leads(budi.db, siti.actor)), { code: "permission-denied" });
  const taken = await budi.client.createLead({ name: "Rebutan", phone, source: "MANUAL" }).catch((error) => error);
  assert.deepEqual([taken.name, taken.code, taken.reason], ["LeadGenError", "already-exists", "LEAD_ALREADY_EXISTS"]);
  await assert.rejects(budi.client.assignLead({ leadId, assignedTo: budi.uid }), { reason: "NOT_FOUND" });
  return `refused: "${taken.text}"`;
});

await step("She moves it on, directly in Firestore; its history tells", async () => {
  await changeLeadStatus(siti.db, siti.actor, leadId, "FOLLOW_UP");
  const entry = await seen(leadHistory(siti.db, leadId), ({ changes }) => changes.status?.after === "FOLLOW_UP");
  assert.deepEqual([entry.by, entry.changes.status.before], [siti.uid, "NEW"]);
  return `${entry.kind} by ${entry.by}: NEW → FOLLOW_UP`;
});

const customer = phone.slice(1);
let conversationId;
await step("The customer writes on WhatsApp; it arrives in her inbox, with the lead", async () => {
  const mine = conversations(siti.db, siti.actor, { state: "OPEN" });
  const arriving = seen(mine, ({ contactId, leadId: linked, unreadCount }) => contactId === customer && linked === leadId && unreadCount === 1);
  await happens(system, { it: "message", asset: NUMBER, customer, content: { is: "text", text: "Masih ada kursi bulan Syawal?" } });
  const conversation = await arriving;
  conversationId = conversation.id;
  assert.ok(conversation.replyWindowEndsAt > new Date());
  return `"${conversation.lastMessageText}", to be answered until ${conversation.replyWindowEndsAt.toISOString()}`;
});

await step("She answers, once; it is delivered and read", async () => {
  const answer = { conversationId, text: "Masih, empat kursi.", requestId: randomUUID() };
  const sent = await siti.client.sendMessage(answer);
  assert.equal((await siti.client.sendMessage(answer)).messageId, sent.messageId, "the same button is the same message");
  await happens(system, { it: "read", asset: NUMBER, customer });
  const read = await seen(messages(siti.db, conversationId), ({ id, status }) => id === sent.messageId && status === "READ");
  const said = (await control(system.at, "GET", "/messages")).filter((message) => JSON.stringify(message).includes(customer) && JSON.stringify(message).includes(answer.text));
  assert.equal(said.length, 1, "the customer has it once");
  assert.deepEqual(await siti.client.markConversationRead({ conversationId }), { conversationId, unreadCount: 0, state: "OPEN" });
  return `"${read.text}" is ${read.status}`;
});

await step("Somebody fills in the form of a Facebook ad; the branch's next partner has the lead", async () => {
  const name = `Bapak Iklan ${someNumber().slice(-6)}`;
  const arriving = seen(leads(jakarta.db, jakarta.actor, { source: "FB_ADS" }), (lead) => lead.name === name);
  await happens(system, { it: "lead", formId: FORM, fieldData: [{ name: "full_name", values: [name] }, { name: "phone_number", values: [someNumber()] }] });
  const lead = await arriving;
  const assigned = await seen(leadHistory(jakarta.db, lead.id), ({ kind }) => kind === "ASSIGNED" || kind === "CREATED");
  assert.equal(lead.branchId, jakarta.uid);
  assert.equal(lead.attribution.formId, FORM);
  const members = (await getDocs(team(jakarta.db, jakarta.actor))).docs.map((member) => member.data());
  const holder = members.find(({ uid }) => uid === lead.assignedTo);
  assert.ok(holder, `${lead.assignedTo} is of the branch`);
  return `${lead.name} (form ${lead.attribution.formId}) is with ${holder.displayName ?? holder.uid}; ${assigned.kind}`;
});

let contentRequestId;
await step("A caption is written as she watches, and a picture drawn", async () => {
  const stream = siti.client.generateContent({ topic: "Umrah Ramadhan bersama keluarga", platform: "INSTAGRAM", options: { media: "IMAGE" } });
  const stages = [];
  let caption = "";
  for await (const piece of stream) {
    if ("stage" in piece) stages.push(piece.stage);
    else caption += piece.caption;
  }
  const made = await stream.result;
  contentRequestId = made.id;
  assert.deepEqual([made.status, made.generatedContent.caption], ["COMPLETED", caption.trim()]);
  const picture = await fetch(made.generatedContent.imageUrl); // as Meta fetches it: without credentials
  assert.deepEqual([picture.status, picture.headers.get("content-type")], [200, "image/jpeg"]);
  return `${stages.join(" → ")}: ${caption.trim().length} characters and ${made.generatedContent.imageUrl.split("?")[0]}`;
});

await step("It goes out on her Instagram account", async () => {
  const order = { contentRequestId, requestId: randomUUID() };
  const post = await siti.client.postToInstagram(order);
  assert.equal((await siti.client.postToInstagram(order)).id, post.id, "the same button is the same post");
  const live = await seen(documentOf(siti.db, "posts", post.id), ({ state, permalink }) => permalink || ["FAILED", "UNCONFIRMED"].includes(state));
  assert.equal(live.state, "PUBLISHED", JSON.stringify(live.error));
  const shown = await control(system.at, "GET", `/posts/${live.channelId.split("_").at(-1)}`);
  assert.equal(shown.filter((one) => JSON.stringify(one).includes(live.externalId)).length, 1, "everybody sees it, once");
  return `${live.state}: ${live.permalink}`;
});

await step("The branch gives the lead and its conversation to the neighbour", async () => {
  const coming = seen(leads(budi.db, budi.actor), ({ id }) => id === leadId);
  await jakarta.client.assignLead({ leadId, assignedTo: budi.uid });
  const lead = await coming;
  await seen(conversations(budi.db, budi.actor), ({ id }) => id === conversationId);
  await assert.rejects(getDoc(documentOf(siti.db, "leads", leadId)), { code: "permission-denied" });
  return `${lead.name} is with ${budi.actor.email} now, and hers no more`;
});

await step("A newcomer signs up and sees nothing; invited, she is a partner and orders content by a document", async () => {
  const email = `baru-${randomUUID().slice(0, 8)}@demo.example`;
  const newcomer = await enter(system, (auth) => createUserWithEmailAndPassword(auth, email, PASSWORD));
  people.push(newcomer);
  const early = await newcomer.client.createLead({ name: "Terlalu dini", phone: someNumber(), source: "MANUAL" }).catch((error) => error);
  assert.equal(early.code, "permission-denied");
  await jakarta.client.inviteUser({ email, role: "MITRA", displayName: "Mitra Baru" });
  await sendEmailVerification(newcomer.user);
  const mails = await (await fetch(`http://${system.at.auth}/emulator/v1/projects/${system.projectId}/oobCodes`)).json();
  await applyActionCode(newcomer.auth, mails.oobCodes.findLast((mail) => mail.email === email).oobCode);
  await newcomer.user.getIdToken(true);
  const place = await newcomer.client.whoami();
  assert.deepEqual([place.role, place.branchId], ["MITRA", jakarta.uid]);
  newcomer.actor = await actorOf(newcomer.user, { refresh: true });
  const own = createContentRequest(newcomer.db, newcomer.actor, { topic: "Manasik akhir pekan", platform: "FACEBOOK" });
  await own.written; // a document that is not there yet cannot be listened to
  const made = await seen(documentOf(newcomer.db, "content_requests", own.id), ({ status }) => status === "COMPLETED" || status === "FAILED");
  assert.equal(made.status, "COMPLETED", JSON.stringify(made.error));
  return `${email} is MITRA of ${place.branchId}; the queue wrote ${made.generatedContent.caption.length} characters`;
});

await step("Head office and the branch read their figures", async () => {
  const [counts, budget] = await Promise.all([jakarta.client.leadStats(), pusat.client.aiBudget()]);
  assert.ok(counts.total > 0 && counts.byPartner.some(({ uid }) => uid === budi.uid));
  const all = budget.levels.find(({ level }) => level === "ORGANISATION");
  assert.ok(all.day.spentMicroUsd > 0 && all.day.spentMicroUsd <= all.day.allowanceMicroUsd);
  const known = await getDocs(toQuery(siti.db, plans.budgets(siti.actor, { periods: [budgetPeriods().day] })));
  const hers = known.docs.map((one) => one.data()).find(({ level }) => level === "USER");
  return `${counts.total} leads in the branch; AI cost ${micro(all.day.spentMicroUsd)} of ${micro(all.day.allowanceMicroUsd)} today, ${micro(hers.spentMicroUsd)} of it hers`;
});

await Promise.all(people.map((person) => person.close()));
console.log("All as it should be.");
