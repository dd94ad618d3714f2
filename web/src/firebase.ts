// The one Firebase app of this page, made from what its host says of itself.
//
// Nothing is kept on the device but the sign-in: phones are shared, and what a partner's listeners brought must not
// be there for the next person. So Firestore keeps its cache in memory, which is enough to bridge a lost connection.
import { type FirebaseApp, type FirebaseOptions, initializeApp } from "firebase/app";
import { type Auth, browserLocalPersistence, connectAuthEmulator, indexedDBLocalPersistence, initializeAuth } from "firebase/auth";
import { connectFirestoreEmulator, type Firestore, initializeFirestore, memoryLocalCache } from "firebase/firestore";

export interface Firebase {
  app: FirebaseApp;
  auth: Auth;
  db: Firestore;
}

interface Init extends FirebaseOptions {
  emulators?: { auth: string; firestore: string; storage: string };
}

/** Fetches `/__/firebase/init.json`, which Firebase Hosting answers in production and local-hosting.ts on this machine. */
export async function startFirebase(): Promise<Firebase> {
  const response = await fetch("/__/firebase/init.json");
  if (!response.ok) throw new Error(`init.json: ${response.status}`);
  const { emulators, ...options } = (await response.json()) as Init;
  const app = initializeApp(options);
  // Without the resolver of pop-ups and redirects that getAuth brings: nobody signs in by them here, and on iPhones it would load a
  // script of apis.google.com, which this page's Content-Security-Policy (firebase.json) has no need to allow.
  const auth = initializeAuth(app, { persistence: [indexedDBLocalPersistence, browserLocalPersistence] });
  const db = initializeFirestore(app, { localCache: memoryLocalCache() });
  // Emulators count on this machine alone: no page of the internet can be pointed at one.
  if (emulators && ["127.0.0.1", "localhost"].includes(location.hostname)) {
    connectAuthEmulator(auth, `http://${emulators.auth}`, { disableWarnings: true });
    const [host = "", port] = emulators.firestore.split(":");
    connectFirestoreEmulator(db, host, Number(port));
  }
  return { app, auth, db };
}
