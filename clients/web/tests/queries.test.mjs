// Every ready query of every role: its index stands in firestore.indexes.json, its conditions pass the rules of the running
// system, and what it brings fits the types. The emulator needs no index and never says that one is missing.
import { actorOfClaims, LeadGenError, plans, toQuery } from "@leadgen-pro/client";
import { getDocs } from "firebase/firestore";
import assert from "node:assert/strict";
import fs from "node:fs";
import test, { after, before } from "node:test";
import { PEOPLE } from "../../../dev/demo-data.mjs";
import { runningSystem } from "../../../dev/system.mjs";
import { signIn } from "../../../dev/people.mjs";
import { misfits } from "./shapes.mjs";

const { indexes } = JSON.parse(fs.readFileSync(new URL("../../../firestore.indexes.json", import.meta.url), "utf8"));

/** Every set of filters, each there or not. */
const subsets = (filters) => Object.entries(filters).reduce((sets, [key, value]) => sets.flatMap((set) => [set, { ...set, [key]: value }]), [{}]);

const OF_LEADS = subsets({ status: "NEW", source: "IG_ADS", assignedTo: "u", branchId: "b" });
const OF_CONVERSATIONS = subsets({ state: "OPEN", assignedTo: "u", branchId: "b" });
const OF_CONTENT = subsets({ status: ["PENDING", "PROCESSING"], userId: "u", branchId: "b" });
const OF_POSTS = subsets({ state: ["SCHEDULED"], userId: "u", branchId: "b" });

/** All plans that an actor can ask for; those that the role has no part in are left out. */
function plansOf(actor) {
  const asked = [
    ...OF_LEADS.map((filter) => () => plans.leads(actor, filter)),
    () => plans.leadsOfPhone(actor, "+628110000000"),
    ...OF_CONVERSATIONS.map((filter) => () => plans.conversations(actor, filter)),
    () => plans.conversationsOfLead(actor, "l"),
    ...OF_CONTENT.map((filter) => () => plans.contentRequests(actor, filter)),
    ...OF_POSTS.map((filter) => () => plans.posts(actor, filter)),
    () => plans.channels(actor),
    () => plans.team(actor),
    () => plans.team(actor, { branchId: "b" }),
    () => plans.invitations(actor),
    () => plans.branches(actor),
    () => plans.budgets(actor),
    () => plans.budgets(actor, { periods: ["2026-11-23", "2026-11"], level: "USER" }),
    () => plans.ledger(actor),
  ];
  return asked.flatMap((ask) => {
    try {
      return [ask()];
    } catch (error) {
      assert.ok(error instanceof LeadGenError && error.reason === "NO_PLACE", String(error));
      return [];
    }
  });
}

/**
 * Whether Firestore can answer it: from single-field indexes when it has conditions without an order, or an order without
 * conditions; else by indexes that end in the order and, merged, cover each condition.
 */
function isIndexed(plan) {
  const conditions = plan.where.map(([field]) => field);
  if (conditions.length === 0 || !plan.order) return true;
  const [by, direction] = plan.order;
  const usable = indexes
    .filter(({ collectionGroup }) => collectionGroup === plan.of)
    .map(({ fields }) => fields)
    .filter((fields) => {
      const last = fields.at(-1);
      return last.fieldPath === by && last.order.toLowerCase().startsWith(direction) && fields.slice(0, -1).every(({ fieldPath }) => conditions.includes(fieldPath));
    });
  return conditions.every((field) => usable.some((fields) => fields.some(({ fieldPath }) => fieldPath === field)));
}

const CLAIMS = { p: { role: "PUSAT" }, c: { role: "CABANG" }, c2: { role: "CABANG", branchId: "c" }, m: { role: "MITRA", branchId: "c" } };

test("every query has its indexes", () => {
  for (const [uid, claims] of Object.entries(CLAIMS)) {
    const planned = plansOf(actorOfClaims(uid, claims));
    assert.ok(planned.length > 30, `${uid}: ${planned.length}`);
    for (const plan of planned) assert.ok(isIndexed(plan), `${uid}: ${JSON.stringify(plan)}`);
  }
});

test("whoever has no place is told so, and asks for nothing", () => {
  for (const claims of [{}, { role: "MITRA" }, { role: "pusat" }, { role: 1, branchId: "b" }]) {
    assert.deepEqual(plansOf(actorOfClaims("u", claims)), [], JSON.stringify(claims));
  }
});

test("a filter narrows what somebody sees, and never widens it", () => {
  const partner = actorOfClaims("m", CLAIMS.m);
  assert.deepEqual(plans.leads(partner, { assignedTo: "other" }).where, [["assignedTo", ["m"]]]);
  const branch = actorOfClaims("c", CLAIMS.c);
  assert.deepEqual(plans.leads(branch, { branchId: "other" }).where, [["branchId", ["c"]]]);
  assert.equal(plans.leads(branch, { limit: 5_000 }).limit, 1_000);
});

const TYPE = {
  leads: "Lead", conversations: "Conversation", content_requests: "ContentRequest", posts: "Post", channels: "Channel", users: "TeamMember",
  invitations: "Invitation", branches: "Branch", budgets: "Budget", ledger: "LedgerEntry",
};

let system;
before(async () => {
  system = await runningSystem();
}, { timeout: 600_000 });
after(() => system?.stop());

test("each role's queries pass the rules, bring what is theirs, and fit the types", { timeout: 300_000 }, async () => {
  for (const { email, role } of PEOPLE.filter(({ email }) => /^(pusat|jakarta|siti)@/.test(email))) {
    const person = await signIn(system, email);
    assert.equal(person.actor.role, role);
    const brought = {};
    for (const plan of plansOf(person.actor)) {
      const found = await getDocs(toQuery(person.db, plan)).catch((error) => assert.fail(`${email} ${JSON.stringify(plan)}: ${error}`));
      for (const document of found.docs) {
        const { pending, ...value } = document.data();
        assert.equal(pending, false);
        assert.equal(value.id, document.id);
        const holdsId = ["leads", "content_requests", "posts"].includes(plan.of);
        if (!holdsId) delete value.id;
        assert.deepEqual(misfits(TYPE[plan.of], value), [], `${plan.of}/${document.id}`);
        (brought[plan.of] ??= new Map()).set(document.id, value);
      }
    }
    const leads = [...brought.leads.values()];
    if (role === "PUSAT") assert.ok(new Set(leads.map(({ branchId }) => branchId)).size >= 2);
    if (role === "CABANG") assert.deepEqual([...new Set(leads.map(({ branchId }) => branchId))], [person.uid]);
    if (role === "MITRA") assert.deepEqual([...new Set(leads.map(({ assignedTo }) => assignedTo))], [person.uid]);
    assert.ok(brought.channels.size >= 1, "channels");
    assert.equal(brought.users !== undefined, role !== "MITRA");
    await person.close();
  }
});
