// What Firebase Hosting does for the built console, for a local server: it tells the page which project it belongs to
// (`/__/firebase/init.json`) and hands `/api/**` and `/meta/**` to the service, as firebase.json does.
import type { Plugin, ProxyOptions, UserConfig } from "vite";

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

type Middlewares = { use(path: string, handler: (request: unknown, response: { setHeader(name: string, value: string): void; end(body: string): void }) => void): void };

function serveInit(middlewares: Middlewares) {
  middlewares.use("/__/firebase/init.json", (_request, response) => {
    response.setHeader("Content-Type", "application/json");
    response.end(init);
  });
}

export const localHosting: Plugin = {
  name: "local-hosting",
  configureServer: (server) => serveInit(server.middlewares),
  configurePreviewServer: (server) => serveInit(server.middlewares),
};

const proxy: Record<string, ProxyOptions> = {
  "/api": { target: `http://${at.service}` },
  "/meta": { target: `http://${at.service}` },
};

export const localServer = {
  server: { host: "127.0.0.1", port: Number(process.env.CONSOLE_PORT ?? 5173), strictPort: true, proxy },
  preview: { host: "127.0.0.1", port: Number(process.env.CONSOLE_PORT ?? 5173), strictPort: true, proxy },
} satisfies UserConfig;
