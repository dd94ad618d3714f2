// The emulator's REST interface, as its administrator: what stands there before the load, and what the service left.
import { UserError } from "../dev/user-error.mjs";

export class Firestore {
  #documents;

  constructor(address, projectId) {
    this.#documents = `http://${address}/v1/projects/${projectId}/databases/(default)/documents`;
  }

  async #ask(method, url, body) {
    const headers = { authorization: "Bearer owner", "content-type": "application/json" };
    const response = await fetch(url, { method, headers, body: body && JSON.stringify(body) });
    const answer = await response.json();
    if (!response.ok) throw new UserError(`Firestore refused ${method} ${url}: ${JSON.stringify(answer)}`);
    return answer;
  }

  /** Writes plain objects, all in one commit. `documents`: [[path, object], …] */
  async put(documents) {
    const root = this.#documents.slice(this.#documents.indexOf("projects/"));
    const writes = documents.map(([path, object]) => ({ update: { name: `${root}/${path}`, fields: encoded(object).mapValue.fields } }));
    await this.#ask("POST", `${this.#documents}:commit`, { writes });
  }

  /** The fields of one document, in Firestore's JSON. */
  async fields(path) {
    return (await this.#ask("GET", `${this.#documents}/${path}`)).fields;
  }

  /** The documents of a collection (`a` or `a/b/c`) whose field has this value: [{id, fields}, …] */
  async where(collection, field, value) {
    const [collectionId, ...parent] = collection.split("/").reverse();
    const query = { from: [{ collectionId }], where: { fieldFilter: { field: { fieldPath: field }, op: "EQUAL", value: encoded(value) } } };
    const url = [this.#documents, ...parent.reverse()].join("/");
    const rows = await this.#ask("POST", `${url}:runQuery`, { structuredQuery: query });
    return rows.filter((row) => row.document).map(({ document }) => ({ id: document.name.split("/").at(-1), fields: document.fields }));
  }
}

function encoded(value) {
  if (value === null) return { nullValue: null };
  if (typeof value === "boolean") return { booleanValue: value };
  if (typeof value === "number") return { integerValue: String(value) };
  if (typeof value === "string") return { stringValue: value };
  if (value instanceof Date) return { timestampValue: value.toISOString() };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(encoded) } };
  return { mapValue: { fields: Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, encoded(inner)])) } };
}
