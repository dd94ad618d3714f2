// What src/generated.ts says of a type, held against what the service really gave.
import fs from "node:fs";

const SOURCE = fs.readFileSync(new URL("../src/generated.ts", import.meta.url), "utf8");

/** Name → what stands behind it: `{fields}` of an object, or `{type}` of anything else. */
const TYPES = new Map();
for (const [, name, body] of SOURCE.matchAll(/^export type (\w+) = \{\n([\s\S]*?)^\};$/gm)) {
  const fields = [...body.matchAll(/^ {2}'?(\w+)'?(\??): ([\s\S]*?);$(?=\n {2}(?:\S)|\n*$)/gm)];
  TYPES.set(name, { fields: fields.map(([, field, absent, type]) => ({ field, optional: absent === "?", type: type.trim() })) });
}
for (const [, name, type] of SOURCE.matchAll(/^export type (\w+) =((?:[^;{]|\n)+);$/gm)) {
  TYPES.set(name, { type: type.replaceAll(/\s+/g, " ").trim().replace(/^\| /, "") });
}

/** What each callable answers and streams: name → {result, chunk}. */
export const CALLABLES = new Map(
  [...SOURCE.matchAll(/^ {2}(\w+): \{ data: .+?(?:; chunk: (.+?))?; result: (.+?) \};$/gm)].map(([, name, chunk, result]) => [name, { result, chunk }]),
);

/** How a value of a type differs from it, as a list of sentences; empty when it fits. */
export function misfits(type, value, path = type) {
  const wire = /^OnWire<(.+)>$/.exec(type);
  if (wire) return misfits(wire[1], value, path);
  const array = /^Array<(.+)>$/.exec(type);
  if (array) return Array.isArray(value) ? value.flatMap((one, i) => misfits(array[1], one, `${path}[${i}]`)) : [`${path} is no list: ${typeof value}`];
  if (type.includes(" | ")) {
    const tried = type.split(" | ").map((one) => misfits(one, value, path));
    return tried.some((wrong) => wrong.length === 0) ? [] : [`${path} is none of ${type}: ${JSON.stringify(value)}`];
  }
  if (type.startsWith("'")) return value === type.slice(1, -1) ? [] : [`${path} is not ${type}: ${JSON.stringify(value)}`];
  if (type.startsWith("Record<") || type.startsWith("{")) return isObject(value) ? [] : [`${path} is no object`];
  switch (type) {
    case "string": case "number": case "boolean":
      return typeof value === type ? [] : [`${path} is no ${type}: ${JSON.stringify(value)}`];
    case "null":
      return value === null ? [] : [`${path} is not null`];
    case "unknown":
      return [];
    case "Timestamp": {
      const isTime = value instanceof Date || typeof value?.toDate === "function" || (typeof value === "string" && !Number.isNaN(Date.parse(value)));
      return isTime ? [] : [`${path} is no time: ${JSON.stringify(value)}`];
    }
  }
  const known = TYPES.get(type);
  if (!known) return [`${path} has the unknown type ${type}`];
  if (known.type) return misfits(known.type, value, path);
  if (!isObject(value)) return [`${path} is no object`];
  const named = new Set(known.fields.map(({ field }) => field));
  const unknown = Object.keys(value).filter((key) => !named.has(key)).map((key) => `${path}.${key} is not in ${type}`);
  const wrong = known.fields.flatMap(({ field, optional, type: of }) => {
    if (value[field] === undefined) return optional ? [] : [`${path}.${field} is missing`];
    return misfits(of, value[field], `${path}.${field}`);
  });
  return [...unknown, ...wrong];
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
