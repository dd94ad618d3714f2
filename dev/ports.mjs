// Ports: free ones for runs that must live beside others, and a clear word when a fixed one is taken.
import net from "node:net";
import { UserError } from "./user-error.mjs";

export const HOST = "127.0.0.1";

// Below the range from which the kernel (Linux 32768, macOS 49152) takes ports for outgoing connections:
// a port picked there could be taken by the tests' own connections before its server listens on it.
const LOWEST = 24000;
const COUNT = 8000;
const BLOCK = 40;

// Each process looks in a block of its own, so that two runs started at the same moment do not pick the same free ports.
let next = (process.pid * BLOCK) % COUNT;

function canListen(port, host) {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** `count` different ports on which nothing listens now. */
export async function freePorts(count) {
  const found = [];
  for (let tries = 0; found.length < count; tries += 1) {
    if (tries === COUNT) throw new UserError(`No ${count} free ports between ${LOWEST} and ${LOWEST + COUNT - 1} on ${HOST}.`);
    const port = LOWEST + next;
    next = (next + 1) % COUNT;
    if (await canListen(port, HOST)) found.push(port);
  }
  return found;
}

/** A port number from the environment variable `name`, or `fallback` when it is not set. */
export function portFromEnv(name, fallback) {
  const text = process.env[name];
  if (text === undefined || text === "") return fallback;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new UserError(`${name}=${text} is not a port. Give a number from 1 to 65535.`);
  }
  return port;
}

/**
 * Refuses unless every port can be listened on.
 * `wanted`: [{what: "Firestore emulator", port, variable: "FIRESTORE_PORT"}, …]
 */
export async function requireFree(wanted) {
  const first = new Map();
  const problems = [];
  for (const { what, port, variable } of wanted) {
    if (first.has(port)) {
      problems.push(`Port ${port} is given to two: ${first.get(port)} and the ${what}. Set ${variable} to another.`);
    } else if (!(await canListen(port, HOST))) {
      problems.push(
        `Port ${port}, meant for the ${what}, is in use. ` +
          `Stop what listens there, or choose another: ${variable}=${port + 1000 <= 65535 ? port + 1000 : port - 1000} make run`,
      );
    }
    first.set(port, what);
  }
  if (problems.length > 0) throw new UserError(problems.join("\n"));
}
