// What the floors answer and commit: as the service does, seen from outside.
import crypto from "node:crypto";
import { UserError } from "../dev/user-error.mjs";
import { APP_SECRET } from "./service.mjs";
import { delivery } from "./workloads.mjs";

/** Sends a request as it stands in the file of a run; gives the status and the JSON of the answer. */
async function send(request) {
  const [head, body] = request.split("\r\n\r\n");
  const [first, ...lines] = head.split("\r\n");
  const headers = Object.fromEntries(lines.map((line) => line.split(": ", 2)));
  const { host, "content-length": _, ...others } = headers;
  const response = await fetch(`http://${host}${first.split(" ")[1]}`, { method: "POST", headers: others, body });
  const text = await response.text();
  return { status: response.status, body: text === "" ? null : JSON.parse(text) };
}

export async function ask(request, status = 200) {
  const answer = await send(request);
  if (answer.status !== status) throw new UserError(`The service answered ${answer.status} instead of ${status}: ${JSON.stringify(answer.body)}`);
  return answer;
}

const created = (path, fields) => ({ path, create: true, fields });
const one = (found, what) => {
  if (found.length === 1) return found[0];
  throw new UserError(`There should be one ${what}, and there are ${found.length}.`);
};

/** The documents of a lead. */
async function ofLead(firestore, leadId) {
  const entry = one(await firestore.where("phone_index", "leadId", leadId), "entry of the phone");
  return [created("leads/{new}", await firestore.fields(`leads/${leadId}`)), created("phone_index/{new}", entry.fields)];
}

/** The documents of a delivery to a conversation that was there. */
async function ofDelivery(firestore, { body, contact, ids }) {
  const digest = crypto.createHash("sha256").update(body).digest("hex");
  const conversation = one(await firestore.where("conversations", "contactId", contact), "conversation");
  const documents = [
    created("webhook_deliveries/{new}", await firestore.fields(`webhook_deliveries/${digest}`)),
    { path: "conversations/floor-{turn}", create: false, fields: conversation.fields },
  ];
  for (const id of ids) {
    const message = one(await firestore.where(`conversations/${conversation.id}/messages`, "platformId", id), "message");
    documents.push(created("conversations/floor-{turn}/messages/{new}", message.fields));
    documents.push(created("message_keys/{new}", await firestore.fields(`message_keys/${message.id}`)));
  }
  return documents;
}

/** The routes of the floors, for whatever stands on one. Asks the service for one answer of each. */
export async function floorRoutes(all, { at, firestore }) {
  const routes = [];
  for (const { name, floor, requests, refusals } of all) {
    if (!floor) continue;
    const path = `/${name}`;
    if (name.startsWith("webhook")) {
      const sent = delivery(at, APP_SECRET, 0, Number(name.split("-")[1]));
      const answer = await ask(sent.request);
      routes.push({ path, answer, does: floor.does, documents: await ofDelivery(firestore, sent) });
      continue;
    }
    const answer = await ask(requests(1)[0], refusals === "all" ? 400 : 200);
    const documents = floor.does === "COMMITTING" ? await ofLead(firestore, answer.body.result.leadId) : undefined;
    routes.push({ path, answer, does: floor.does, documents });
  }
  return routes;
}
