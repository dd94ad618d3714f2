// The hooks against the running system: what they show while it loads, as it changes, when it is refused, and when a role changes.
import { changeLeadStatus, createLeadGenClient, plans } from "@leadgen-pro/client";
import {
  LeadGenProvider, useActor, useBudget, useCallable, useContentStream, useDocument, useLead, useLeads, useMessages, useTeam,
} from "@leadgen-pro/client/react";
import { disableNetwork, enableNetwork } from "firebase/firestore";
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import http from "node:http";
import test, { after, before } from "node:test";
import { createElement } from "react";
import { newPartner, signIn, signUp, someNumber } from "../../../dev/people.mjs";
import { runningSystem } from "../../../dev/system.mjs";
import { renderHook } from "./render.mjs";

const LIMIT = { timeout: 300_000 };

let system, pusat, jakarta, partner;
before(async () => {
  system = await runningSystem();
  [pusat, jakarta] = [await signIn(system, "pusat@demo.example"), await signIn(system, "jakarta@demo.example")];
  partner = await newPartner(system, jakarta, "Mitra Kait");
}, { timeout: 600_000 });
after(async () => {
  for (const person of [pusat, jakarta, partner]) await person?.close();
  await system?.stop();
});

/** A hook as it runs on the page of a person. */
function on(person, hook, given = {}) {
  const { app, auth, db, client } = person;
  return renderHook(hook, (child) => createElement(LeadGenProvider, { app, auth, db, client, language: "en", ...given }, child));
}

/** Leads of a person, made as the console makes them. */
async function leadsOf({ client }, ...names) {
  for (const name of names) await client.createLead({ name, phone: someNumber(), source: "REFERRAL" });
}

test("a list loads, grows by pages, follows what happens, and stops when it is left", LIMIT, async () => {
  await leadsOf(partner, "Satu", "Dua", "Tiga");
  const shown = on(partner, () => useLeads({ status: "NEW", limit: 2 }));
  assert.ok(shown.current() === undefined || shown.current().loading);
  const first = await shown.until(({ data, loading }) => data?.length === 2 && !loading);
  assert.deepEqual(first.data.map(({ name }) => name), ["Tiga", "Dua"]);
  assert.deepEqual([first.hasMore, first.error, first.fromCache, first.hasPendingWrites], [true, undefined, false, false]);
  first.loadMore();
  const grown = await shown.until(({ data, loading }) => data?.length === 3 && !loading);
  assert.equal(grown.hasMore, false);
  await leadsOf(partner, "Empat");
  await shown.until(({ data }) => data?.[0]?.name === "Empat");
  await shown.unmount();
  await leadsOf(partner, "Lima");
  assert.notEqual(shown.current().data[0].name, "Lima");
});

test("what is written without a connection shows at once, as not known yet", LIMIT, async () => {
  const { leadId } = await partner.client.createLead({ name: "Ibu Luring", phone: someNumber(), source: "MANUAL" });
  const shown = on(partner, () => useLead(leadId));
  await shown.until(({ data }) => data?.status === "NEW");
  await disableNetwork(partner.db);
  const written = changeLeadStatus(partner.db, partner.actor, leadId, "CLOSING");
  const here = await shown.until(({ data }) => data?.status === "CLOSING");
  assert.deepEqual([here.data.pending, here.hasPendingWrites, here.data.updatedAt instanceof Date], [true, true, true]);
  await enableNetwork(partner.db);
  await written;
  await shown.until(({ data, hasPendingWrites, fromCache }) => data?.pending === false && !hasPendingWrites && !fromCache);
  await shown.unmount();
});

test("another list in its place shows nothing of the one before", LIMIT, async () => {
  await leadsOf(partner, "Bapak Baru");
  const shown = on(partner, () => useLeads({ status: "NEW" }));
  await shown.until(({ data, loading }) => data?.length > 0 && !loading);
  const states = [];
  void shown.render(() => {
    const state = useLeads({ status: "LOST" });
    states.push(state.data?.map(({ status }) => status));
    return state;
  });
  await shown.until(({ data, loading }) => data?.length === 0 && !loading);
  assert.ok(states.every((seen) => seen === undefined || seen.length === 0), JSON.stringify(states));
  await shown.unmount();
});

test("what may not be seen is null, and a list that the role has no part in says so", LIMIT, async () => {
  const hidden = await jakarta.client.createLead({ name: "Ibu Lain", phone: someNumber(), source: "MANUAL" });
  const lead = on(partner, () => useLead(hidden.leadId));
  const seen = await lead.until(({ data }) => data === null);
  assert.deepEqual([seen.loading, seen.error], [false, undefined]);
  await lead.unmount();
  const team = on(partner, () => useTeam());
  const refused = await team.until(({ error }) => error);
  assert.deepEqual([refused.error.reason, refused.loading, refused.data], ["NO_PLACE", false, undefined]);
  await team.unmount();
  const nowhere = randomUUID();
  const messages = on(partner, () => useMessages(nowhere));
  const denied = await messages.until(({ error }) => error);
  assert.deepEqual([denied.error.code, denied.error.reason], ["permission-denied", "NOT_ALLOWED"]);
  await messages.unmount();
});

test("a new place counts as soon as a listener is refused", LIMIT, async () => {
  const mover = await newPartner(system, jakarta, "Mitra Pindah");
  await leadsOf(mover, "Ibu Lama");
  const shown = on(mover, () => ({ ...useActor(), leads: useLeads() }));
  await shown.until(({ leads }) => leads.data?.length === 1 && !leads.loading);
  await pusat.client.setUserRole({ uid: mover.uid, role: "CABANG", branchId: "demo-cabang-surabaya" });
  // Whatever this page asks for next is asked for with the old token, and by whom it knows to be a partner.
  await shown.current().refresh();
  const moved = await shown.until(({ actor, leads }) => actor?.role === "CABANG" && leads.data?.length > 0 && !leads.loading);
  assert.deepEqual([...new Set(moved.leads.data.map(({ branchId }) => branchId))], ["demo-cabang-surabaya"]);
  await pusat.client.setUserDisabled({ uid: mover.uid, disabled: true });
  await shown.current().refresh();
  const out = await shown.until(({ session }) => session === "expired");
  assert.equal(out.actor, null);
  await shown.unmount();
  await mover.close();
});

test("a call runs, fails with its reason, and is done", LIMIT, async () => {
  const shown = on(partner, () => useCallable("createLead"));
  const idle = await shown.until(({ state }) => state === "idle");
  const failing = idle.call({ name: "Ibu", phone: "x", source: "MANUAL" }).catch((error) => error);
  const failed = await shown.until(({ state }) => state === "failed");
  assert.deepEqual([failed.error, failed.error.field], [await failing, "phone"]);
  const answer = await shown.current().call({ name: "Ibu", phone: someNumber(), source: "MANUAL" });
  const done = await shown.until(({ state }) => state === "done");
  assert.deepEqual([done.data, done.error], [answer, undefined]);
  done.reset();
  await shown.until(({ state, data }) => state === "idle" && data === undefined);
  await shown.unmount();

  const mute = http.createServer(() => undefined).listen(0, "127.0.0.1");
  await once(mute, "listening");
  const client = createLeadGenClient(partner.app, { baseUrl: `http://127.0.0.1:${mute.address().port}`, timeoutMs: 1_000 });
  const waiting = on(partner, () => useCallable("whoami"), { client });
  const late = (await waiting.until(({ state }) => state === "idle")).call().catch((error) => error);
  await waiting.until(({ state }) => state === "running");
  assert.equal((await late).reason, "TIMEOUT");
  await waiting.until(({ state, error }) => state === "failed" && error.mayPass);
  await waiting.unmount();
  mute.closeAllConnections();
  mute.close();
});

test("content shows as it comes into being, and its cost in the budget", LIMIT, async () => {
  const shown = on(partner, () => ({ content: useContentStream(), budget: useBudget() }));
  const spent = ({ budget }) => budget.data?.levels.find(({ level }) => level === "USER").day.spentMicroUsd;
  const before = await shown.until((state) => spent(state) !== undefined && state.content.state === "idle");
  before.content.start({ topic: "Umrah Ramadhan", platform: "INSTAGRAM" });
  const done = await shown.until(({ content }) => content.state === "done" && content.request?.status === "COMPLETED");
  assert.equal(done.content.caption, done.content.request.generatedContent.caption);
  await shown.until((state) => spent(state) > spent(before));
  done.content.start({ topic: "", platform: "INSTAGRAM" });
  const failed = await shown.until(({ content }) => content.state === "failed");
  assert.deepEqual([failed.content.error.reason, failed.content.error.field], ["INVALID_FIELD", "topic"]);
  await shown.unmount();
});

test("what a broken connection interrupts is taken up again under the same id, and followed", LIMIT, async () => {
  // Between page and service, something that lets a stream's first `pieces` through and then cuts it.
  let pieces = 0;
  const proxy = http.createServer((request, response) => {
    const stream = request.headers.accept === "text/event-stream";
    if (stream && pieces === 0) return void request.socket.destroy();
    const headers = { ...request.headers, host: system.at.service };
    const passed = http.request(`http://${system.at.service}${request.url}`, { method: request.method, headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      if (!stream) return answer.pipe(response);
      answer.once("data", (piece) => response.write(piece, () => setImmediate(() => request.socket.destroy())));
    });
    request.pipe(passed);
    response.on("close", () => passed.destroy());
  }).listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const client = createLeadGenClient(partner.app, { baseUrl: `http://127.0.0.1:${proxy.address().port}`, language: "en" });
  const shown = on(partner, () => useContentStream(), { client });

  const { start } = await shown.until(({ state }) => state === "idle");
  start({ topic: "Haji dan umrah", platform: "FACEBOOK" });
  const done = await shown.until(({ state }) => state === "done" || state === "failed");
  assert.equal(done.state, "done", String(done.error));
  assert.deepEqual([done.request.status, done.request.generatedContent.caption], ["COMPLETED", done.caption]);

  // The service has begun: whoever comes again waits until that attempt's lease is over, and pays for no second one now.
  pieces = 1;
  shown.current().start({ topic: "Manasik", platform: "FACEBOOK" });
  const followed = await shown.until(({ state, request }) => (state === "following" && request) || state === "failed");
  assert.deepEqual([followed.state, followed.request?.status, followed.request?.attempts], ["following", "PROCESSING", 1]);
  assert.notEqual(followed.contentRequestId, done.contentRequestId);
  await shown.unmount();
  proxy.closeAllConnections();
  proxy.close();
});

test("whoever waits for an invitation has no lists yet", LIMIT, async () => {
  const email = await signUp(system, "Orang Menunggu");
  const newcomer = await signIn(system, email);
  const shown = on(newcomer, () => ({ ...useActor(), leads: useLeads(), self: useDocument("users", newcomer.uid) }));
  const waiting = await shown.until(({ session, leads }) => session === "in" && leads.error);
  assert.equal(waiting.leads.error.reason, "NO_PLACE");
  assert.throws(() => plans.leads(waiting.actor), { reason: "NO_PLACE" });
  await jakarta.client.inviteUser({ email, role: "MITRA" });
  await newcomer.client.whoami();
  await shown.current().refresh();
  const placed = await shown.until(({ leads }) => leads.data?.length === 0 && !leads.loading);
  assert.deepEqual([placed.actor.role, placed.actor.branchId, placed.leads.error], ["MITRA", jakarta.uid, undefined]);
  await shown.unmount();
  await newcomer.close();
});
