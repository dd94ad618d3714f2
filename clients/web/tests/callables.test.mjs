// Every method of the client against the running service: it answers what its type says, refuses as its type says, and streams.
import {
  budgetPeriods, callables, changeLeadStatus, conversations, createContentRequest, deleteContentRequest, documentOf, leadHistory, leads, messages, plans, renameMember,
  toQuery, updateLead,
} from "@leadgen-pro/client";
import { getDoc, setDoc } from "firebase/firestore";
import { randomUUID } from "node:crypto";
import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { ALLOWANCES, CONNECTIONS } from "../../../dev/demo-data.mjs";
import { redirectUris } from "../../../dev/service-environment.mjs";
import { runningSystem } from "../../../dev/system.mjs";
import { control, happens, newPartner, seen, signIn, signUp, someNumber } from "../../../dev/people.mjs";
import { CALLABLES, misfits } from "./shapes.mjs";

const NUMBER_JAKARTA = "400300000000101";
const LIMIT = { timeout: 300_000 };

let system, pusat, jakarta, partner;
before(async () => {
  system = await runningSystem();
  [pusat, jakarta] = [await signIn(system, "pusat@demo.example"), await signIn(system, "jakarta@demo.example")];
  partner = await newPartner(system, jakarta, "Mitra Uji");
}, { timeout: 600_000 });
after(async () => {
  for (const person of [pusat, jakarta, partner]) await person?.close();
  await system?.stop();
});

const asked = new Set();

/** Calls a method and holds the answer, and each piece of a stream, to its type. */
async function ask({ client }, name, data, options) {
  asked.add(name);
  const { result, chunk } = CALLABLES.get(name);
  const started = client[name](data, options);
  const pieces = [];
  if (chunk) for await (const piece of started) pieces.push(piece);
  for (const piece of pieces) assert.ok(fitsChunk(chunk, piece), `${name} sent ${JSON.stringify(piece)}`);
  const answer = await (chunk ? started.result : started);
  assert.deepEqual(misfits(result, answer), [], name);
  return chunk ? { answer, pieces } : answer;
}

function fitsChunk(type, piece) {
  if (type !== "ContentChunk") return misfits(type, piece).length === 0;
  const [[kind, value]] = Object.entries(piece);
  return Object.keys(piece).length === 1 && (kind === "caption" ? typeof value === "string" : misfits("ContentStage", value).length === 0);
}

test("people: whoami, inviteUser, setUserRole, setUserDisabled", LIMIT, async () => {
  const who = await ask(partner, "whoami");
  assert.deepEqual([who.uid, who.role, who.branchId], [partner.uid, "MITRA", jakarta.uid]);
  const email = await signUp(system, "Orang Baru");
  const invited = await ask(jakarta, "inviteUser", { email, role: "MITRA" });
  assert.deepEqual([invited.email, invited.replaced], [email, false]);
  const newcomer = await signIn(system, email);
  await newcomer.client.whoami();
  const set = await ask(pusat, "setUserRole", { uid: newcomer.uid, role: "MITRA", branchId: "demo-cabang-surabaya" });
  assert.equal(set.branchId, "demo-cabang-surabaya");
  assert.equal((await ask(pusat, "setUserDisabled", { uid: newcomer.uid, disabled: true })).disabled, true);
  await assert.rejects(newcomer.user.getIdToken(true), { code: "auth/user-disabled" });
  await newcomer.close();
});

test("leads: createLead, assignLead, importLeads, leadStats, and direct writes with their history", LIMIT, async () => {
  const phone = someNumber();
  const { leadId, created } = await ask(partner, "createLead", { name: "Ibu Klien", phone, source: "MANUAL", note: undefined });
  assert.ok(created);
  const lead = await seen(leads(partner.db, partner.actor, { status: "NEW", source: "MANUAL" }), ({ id }) => id === leadId);
  assert.deepEqual([lead.name, lead.phone, lead.pending, lead.createdAt instanceof Date], ["Ibu Klien", phone, false, true]);

  await changeLeadStatus(partner.db, partner.actor, leadId, "LOST", "Memilih biro lain");
  await assert.rejects(updateLead(partner.db, partner.actor, leadId, { lostReason: null }), { code: "permission-denied" });
  await changeLeadStatus(partner.db, partner.actor, leadId, "FOLLOW_UP");
  await updateLead(partner.db, partner.actor, leadId, { note: "Umrah Syawal", email: undefined });
  const changed = (await getDoc(documentOf(partner.db, "leads", leadId))).data();
  assert.deepEqual([changed.status, changed.lostReason, changed.note, changed.lastChange.by], ["FOLLOW_UP", undefined, "Umrah Syawal", partner.uid]);
  const entry = await seen(leadHistory(partner.db, leadId), ({ changes }) => changes.note?.after === "Umrah Syawal");
  const { id, pending, ...stored } = entry;
  assert.deepEqual(misfits("LeadHistoryEntry", stored), []);
  assert.deepEqual([entry.kind, entry.by, entry.byStated], ["UPDATED", partner.uid, true]);

  const progress = { csv: `name,phone,source\nBapak Satu,${someNumber()},IMPORT\nIbu Dua,tidak ada,IMPORT\n` };
  const { answer, pieces } = await ask(partner, "importLeads", progress);
  assert.deepEqual([answer.created, answer.refused, answer.refusedRows[0].row, answer.refusedRows[0].field], [1, 1, 3, "phone"]);
  assert.ok(pieces.length >= 1);
  const counts = await ask(jakarta, "leadStats", { from: "2020-01-01" });
  assert.ok(counts.total >= 2 && counts.byStatus.FOLLOW_UP >= 1);
  const moved = await ask(jakarta, "assignLead", { leadId, assignedTo: jakarta.uid });
  assert.deepEqual(moved, { leadId, assignedTo: jakarta.uid, branchId: jakarta.uid });
  await assert.rejects(getDoc(documentOf(partner.db, "leads", leadId)), { code: "permission-denied" });
});

test("a document goes back as it came", LIMIT, async () => {
  const { leadId } = await partner.client.createLead({ name: "Ibu Bolak-balik", phone: someNumber(), source: "REFERRAL", email: "a@b.example" });
  const reference = documentOf(partner.db, "leads", leadId);
  const before = (await getDoc(reference)).data();
  const { branchId, assignedTo } = before;
  assert.deepEqual([branchId, assignedTo], [jakarta.uid, partner.uid]);
  await setDoc(reference, before);
  assert.deepEqual((await getDoc(reference)).data(), before);
});

test("the inbox: a message comes in, is answered, read, linked and handed over", LIMIT, async () => {
  const phone = someNumber();
  const { leadId } = await partner.client.createLead({ name: "Ibu Pesan", phone, source: "WHATSAPP" });
  const customer = phone.slice(1);
  const arriving = seen(conversations(partner.db, partner.actor, { state: "OPEN" }), ({ contactId, unreadCount }) => contactId === customer && unreadCount > 0);
  await happens(system, { it: "message", asset: NUMBER_JAKARTA, customer, content: { is: "text", text: "Masih ada kursi?" } });
  const { id: conversationId, pending, ...conversation } = await arriving;
  assert.deepEqual(misfits("Conversation", conversation), []);
  assert.ok(conversation.replyWindowEndsAt > new Date());
  const incoming = await seen(messages(partner.db, conversationId), ({ direction }) => direction === "IN");
  assert.equal(incoming.text, "Masih ada kursi?");

  const requestId = randomUUID();
  const sent = await ask(partner, "sendMessage", { conversationId, text: "Masih, empat kursi.", requestId });
  assert.equal((await partner.client.sendMessage({ conversationId, text: "Masih, empat kursi.", requestId })).messageId, sent.messageId);
  const ours = await seen(messages(partner.db, conversationId), ({ id, platformId }) => id === sent.messageId && platformId);
  assert.deepEqual([ours.direction, ours.authorId, ours.text], ["OUT", partner.uid, "Masih, empat kursi."]);
  for (const message of [incoming, ours]) {
    const { id, pending, authorId, template, private: inPrivate, ...told } = message;
    assert.deepEqual(misfits("ToldMessage", told), []);
  }
  assert.equal((await ask(partner, "markConversationRead", { conversationId, state: "RESOLVED" })).unreadCount, 0);
  assert.equal((await ask(partner, "linkConversationToLead", { conversationId, leadId })).leadId, leadId);
  assert.equal((await ask(jakarta, "assignConversation", { conversationId, assignedTo: jakarta.uid })).assignedTo, jakarta.uid);
});

test("content: generateContent streams, enqueueContent and a document of one's own are made by the queue; aiBudget counts", LIMIT, async () => {
  const requestId = randomUUID();
  const order = { topic: "Umrah keluarga", platform: "INSTAGRAM", options: { media: "IMAGE", aspect: "4:5" }, requestId };
  const { answer, pieces } = await ask(partner, "generateContent", order);
  const captions = pieces.flatMap((piece) => piece.caption ?? []);
  assert.equal(answer.generatedContent.caption, captions.join("").trim());
  assert.ok(pieces.some(({ stage }) => stage === "DRAWING"));
  assert.equal((await ask(partner, "aiService", order)).answer.id, answer.id, "the same order under the same id is the same request");

  const queued = await ask(partner, "enqueueContent", { topic: "Haji furoda", platform: "FACEBOOK" });
  const done = await seen(documentOf(partner.db, "content_requests", queued.id), ({ status }) => status === "COMPLETED");
  const { pending, ...stored } = done;
  assert.deepEqual(misfits("ContentRequest", stored), []);

  const own = createContentRequest(partner.db, partner.actor, { topic: "Manasik", platform: "WHATSAPP", options: { tone: "hangat", media: undefined } });
  await own.written;
  await seen(documentOf(partner.db, "content_requests", own.id), ({ status }) => status === "COMPLETED");
  await deleteContentRequest(partner.db, own.id);

  const budget = await ask(partner, "aiBudget");
  const mine = budget.levels.find(({ level }) => level === "USER");
  const { day } = budgetPeriods();
  assert.ok(mine.day.spentMicroUsd > 0, JSON.stringify(budget));
  const counted = await seen(toQuery(partner.db, plans.budgets(partner.actor, { periods: [day] })), ({ level }) => level === "USER");
  assert.equal(counted.spentMicroUsd, mine.day.spentMicroUsd);
  const allowance = ALLOWANCES.find(({ level }) => level === "USER");
  assert.deepEqual(await ask(pusat, "setAiAllowance", allowance), { ...allowance, branchId: null, userId: null });
  assert.deepEqual(await ask(pusat, "switchAi", { on: true }), { enabled: true });
});

test("channels and posts: connect, post now and later, call off, disconnect", LIMIT, async () => {
  const [redirectUri] = redirectUris(system.at);
  const { state, authorizationUrl } = await ask(jakarta, "beginConnect", { provider: "FACEBOOK", redirectUri });
  assert.match(authorizationUrl, /^http/);
  const { subject, targets, accounts } = CONNECTIONS.find(({ owner }) => owner === jakarta.uid);
  const { code } = await control(system.at, "POST", "/log-in", { login: "facebook", subject, targets, redirectUri, state });
  const { channels } = await ask(jakarta, "connectChannel", { provider: "FACEBOOK", code, redirectUri, state, accounts });
  const of = (platform) => channels.find((channel) => channel.platform === platform)?.channelId;

  const requestId = randomUUID();
  const content = await jakarta.client.generateContent({ topic: "Umrah Syawal", platform: "INSTAGRAM", options: { media: "IMAGE" }, requestId }).result;
  const order = { channelId: of("INSTAGRAM"), contentRequestId: content.id, requestId };
  const post = await ask(jakarta, "postToInstagram", order);
  assert.equal((await jakarta.client.postToInstagram(order)).id, post.id);
  const live = await seen(documentOf(jakarta.db, "posts", post.id), ({ state }) => state === "PUBLISHED");
  const { pending, ...stored } = live;
  assert.deepEqual(misfits("Post", stored), []);
  const shown = await control(system.at, "GET", `/posts/${post.channelId.split("_")[1]}`);
  assert.ok(JSON.stringify(shown).includes(live.externalId), "it is there for everybody");

  const tomorrow = new Date(Date.now() + 24 * 3_600_000).toISOString();
  const later = await ask(jakarta, "postToFacebook", { channelId: of("FACEBOOK"), contentRequestId: content.id, scheduledAt: tomorrow, requestId: randomUUID() });
  assert.equal((await ask(jakarta, "cancelPost", { postId: later.id })).state, "CANCELLED");
  await assert.rejects(jakarta.client.resolvePost({ postId: post.id, live: false }), { reason: "NOT_UNCONFIRMED", code: "failed-precondition" });
  asked.add("resolvePost");

  const whatsapp = of("WHATSAPP");
  const disconnected = await ask(jakarta, "disconnectChannel", { channelId: whatsapp });
  assert.equal(disconnected.state, "DISCONNECTED");
  const again = await jakarta.client.beginConnect({ provider: "FACEBOOK", redirectUri });
  const consent = await control(system.at, "POST", "/log-in", { login: "facebook", subject, targets, redirectUri, state: again.state });
  await jakarta.client.connectChannel({ provider: "FACEBOOK", code: consent.code, redirectUri, state: again.state, accounts });
});

test("a member is renamed by the branch", LIMIT, async () => {
  await renameMember(jakarta.db, partner.uid, "Mitra Uji Baru");
  const member = await seen(toQuery(jakarta.db, plans.team(jakarta.actor)), ({ uid, displayName }) => uid === partner.uid && displayName === "Mitra Uji Baru");
  const { id, pending, ...stored } = member;
  assert.deepEqual(misfits("TeamMember", stored), []);
});

test("a refusal says what, where and in which language", LIMIT, async () => {
  const wrong = partner.client.createLead({ name: "Ibu", phone: "bukan nomor", source: "MANUAL" });
  const error = await wrong.then(() => assert.fail(), (error) => error);
  assert.deepEqual([error.name, error.code, error.reason, error.field], ["LeadGenError", "invalid-argument", "INVALID_FIELD", "phone"]);
  assert.ok(error.requestId && error.text && !error.mayPass);
  const indonesian = await signIn(system, "siti@demo.example", { language: "id" });
  const inIndonesian = await indonesian.client.createLead({ name: "Ibu", phone: "bukan nomor", source: "MANUAL" }).catch((error) => error);
  assert.notEqual(inIndonesian.text, error.text);
  await assert.rejects(indonesian.client.inviteUser({ email: "x@demo.example", role: "PUSAT" }), { code: "permission-denied", reason: "NOT_ALLOWED" });
  await assert.rejects(indonesian.client.assignLead({ leadId: "nobody", assignedTo: indonesian.uid }), { code: "not-found", reason: "NOT_FOUND" });
  await assert.rejects(indonesian.client.generateContent({ topic: "", platform: "INSTAGRAM" }).result, { reason: "INVALID_FIELD", field: "topic" });
  await indonesian.auth.signOut();
  await assert.rejects(indonesian.client.whoami(), { code: "unauthenticated", reason: "SIGN_IN_REQUIRED" });
  await indonesian.close();
});

test("a stream that is called off leaves the service in peace: the same order goes on from there", LIMIT, async () => {
  const order = { topic: "Umrah Ramadhan", platform: "INSTAGRAM", requestId: randomUUID() };
  const started = partner.client.generateContent(order);
  for await (const _ of started) break;
  started.cancel();
  await assert.rejects(started.result, { reason: "CANCELLED", code: "cancelled" });
});

test("what holds answers to their types notices what does not fit", () => {
  const lead = { leadId: "l", created: true };
  assert.deepEqual(misfits("LeadCreated", lead), []);
  for (const wrong of [{ leadId: "l" }, { ...lead, created: "yes" }, { ...lead, id: "l" }, [lead], null]) {
    assert.equal(misfits("LeadCreated", wrong).length, 1, JSON.stringify(wrong));
  }
  assert.equal(misfits("ChannelsConnected", { channels: [{ outcome: "LOST" }] }).some((one) => one.includes("outcome")), true);
});

test("every callable was asked", () => {
  assert.deepEqual(Object.keys(callables).filter((name) => !asked.has(name)), []);
});
