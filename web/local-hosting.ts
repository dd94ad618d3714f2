// What Firebase Hosting does for the built console, for a local server: it tells the page which project it belongs to
// (`/__/firebase/init.json`), hands `/api/**` and `/meta/**` to the service and, in `vite preview`, sends the headers, as firebase.json says.
import hosting from "../firebase.json" with { type: "json" };
import type { Plugin, PreviewServer, ProxyOptions, UserConfig } from "vite";

/** `host:port` of what runs on this machine; `make run` sets them, the fallbacks are its default ports. */
const at = {
  service: process.env.SERVICE_ADDRESS ?? "127.0.0.1:5001",
  auth: process.env.FIREBASE_AUTH_EMULATOR_HOST ?? "127.0.0.1:9099",
  firestore: process.env.FIRESTORE_EMULATOR_HOST ?? "127.0.0.1:8080",
  storage: process.env.FIREBASE_STORAGE_EMULATOR_HOST ?? "127.0.0.1:9199",
};

const projectId = process.env.PROJECT_ID ?? "demo-leadgen";

/** Hosting's own answer, and where the emulators are. The page believes the second part on this machine alone. */
const init = JSON.stringify({
  projectId,
  apiKey: projectId,
  authDomain: `${projectId}.firebaseapp.com`,
  storageBucket: `${projectId}.appspot.com`,
  emulators: { auth: at.auth, firestore: at.firestore, storage: at.storage },
});

type Middlewares = PreviewServer["middlewares"];

function serveInit(middlewares: Middlewares) {
  middlewares.use("/__/firebase/init.json", (_request, response) => {
    response.setHeader("Content-Type", "application/json");
    response.end(init);
  });
}

/** Of Hosting's patterns, those that firebase.json uses: a path, `**` for anything, and regular expressions. */
interface Rule {
  source?: string;
  regex?: string;
  headers: { key: string; value: string }[];
}

/** The hosts that the Content-Security-Policy lets the page reach, as this machine has them. */
const HERE: Record<string, string> = {
  "https://identitytoolkit.googleapis.com": `http://${at.auth}`,
  "https://securetoken.googleapis.com": `http://${at.auth}`,
  "https://firestore.googleapis.com": `http://${at.firestore}`,
  "https://firebasestorage.googleapis.com": `http://${at.storage}`,
};

const HEADERS = (hosting.hosting.headers as Rule[]).map(({ source = "", regex, headers }) => ({
  matches: new RegExp(regex ?? `^/?${source.replaceAll("**", ".*")}$`),
  headers: headers.map(({ key, value }) => ({ key, value: value.replaceAll(/https:\/\/[a-z.]+/g, (host) => HERE[host] ?? host) })),
}));

function sendHeaders(middlewares: Middlewares) {
  middlewares.use((request, response, next) => {
    const path = request.url?.split("?")[0] ?? "/";
    for (const { matches, headers } of HEADERS) {
      if (matches.test(path)) for (const { key, value } of headers) response.setHeader(key, value);
    }
    next();
  });
}

export const localHosting: Plugin = {
  name: "local-hosting",
  configureServer: (server) => serveInit(server.middlewares),
  configurePreviewServer(server) {
    sendHeaders(server.middlewares);
    serveInit(server.middlewares);
  },
};

const proxy: Record<string, ProxyOptions> = {
  "/api": { target: `http://${at.service}` },
  "/meta": { target: `http://${at.service}` },
};

export const localServer = {
  server: { host: "127.0.0.1", port: Number(process.env.CONSOLE_PORT ?? 5173), strictPort: true, proxy },
  preview: { host: "127.0.0.1", port: Number(process.env.CONSOLE_PORT ?? 5173), strictPort: true, proxy },
} satisfies UserConfig;
