// People whom a scenario has for itself, so that it disturbs no other.
import { randomInt } from "node:crypto";
import { person } from "./stage.mjs";

/** A phone number that nobody had before, as people type it. */
export function someNumber() {
  return `0819${randomInt(1e7, 1e8)}`;
}

/** Words that stand on no other page, also when a system is tested twice. */
export function unique(words) {
  return `${words} ${randomInt(1e6, 1e7)}`;
}

/** A partner of the Jakarta branch: signed up, invited, ready to sign in. */
export async function newPartner(system, name) {
  const partner = await system.signUp(`mitra-${randomInt(1e9)}@demo.example`, name);
  await system.call(person("jakarta"), "inviteUser", { email: partner.email, role: "MITRA", displayName: name });
  await system.call(partner, "whoami", {});
  return partner;
}

/** Leads of somebody, made as the console makes them: [{id, name, phone}]. */
export async function leadsOf(system, owner, ...names) {
  const made = [];
  for (const name of names) {
    const phone = someNumber();
    const { leadId } = await system.call(owner, "createLead", { name, phone, source: "REFERRAL" });
    made.push({ id: leadId, name, phone });
  }
  return made;
}
