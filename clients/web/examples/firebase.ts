// Drop-in for a frontend's `src/lib/firebase.ts`: the app, what belongs to it, the client, and the callables as plain functions.
//
// Fill in FIREBASE from the Firebase console (Project settings → Your apps), or leave it and have a page of Firebase Hosting read
// `/__/firebase/init.json`. With VITE_EMULATORS=1 everything goes to what `make run` started on this machine.
import { createLeadGenClient, type Language } from '@leadgen-pro/client';
import { initializeApp, type FirebaseOptions } from 'firebase/app';
import { connectAuthEmulator, getAuth } from 'firebase/auth';
import { connectFirestoreEmulator, initializeFirestore, memoryLocalCache } from 'firebase/firestore';
import { connectFunctionsEmulator, getFunctions } from 'firebase/functions';
import { connectStorageEmulator, getStorage } from 'firebase/storage';

/** What a bundler puts there: Vite's `import.meta.env`. */
type Environment = Readonly<Record<string, string | undefined>>;
const env: Environment = (import.meta as { env?: Environment }).env ?? {};
const emulated = env['VITE_EMULATORS'] === '1';

const FIREBASE: FirebaseOptions = {
  apiKey: env['VITE_FIREBASE_API_KEY'] ?? 'any',
  projectId: env['VITE_FIREBASE_PROJECT_ID'] ?? 'demo-leadgen',
  ...(env['VITE_FIREBASE_AUTH_DOMAIN'] && { authDomain: env['VITE_FIREBASE_AUTH_DOMAIN'] }),
  ...(env['VITE_FIREBASE_STORAGE_BUCKET'] && { storageBucket: env['VITE_FIREBASE_STORAGE_BUCKET'] }),
  ...(env['VITE_FIREBASE_APP_ID'] && { appId: env['VITE_FIREBASE_APP_ID'] }),
};

/** Where the callables are: Hosting hands `/api` to the service; elsewhere the service's own address. */
const API = env['VITE_API_URL'] ?? '/api';

/** Set it to 'en' when somebody switches the language: the next call speaks it. */
export const speaking: { language: Language } = { language: 'id' };

export const app = initializeApp(FIREBASE);
export const auth = getAuth(app);
// Phones are shared: what one person's listeners brought must not be there for the next.
export const db = initializeFirestore(app, { localCache: memoryLocalCache() });
export const storage = getStorage(app);
export const functions = getFunctions(app);

if (emulated) {
  const host = '127.0.0.1';
  connectAuthEmulator(auth, `http://${host}:${env['VITE_AUTH_PORT'] ?? 9099}`, { disableWarnings: true });
  connectFirestoreEmulator(db, host, Number(env['VITE_FIRESTORE_PORT'] ?? 8080));
  connectStorageEmulator(storage, host, Number(env['VITE_STORAGE_PORT'] ?? 9199));
  connectFunctionsEmulator(functions, host, Number(env['VITE_SERVICE_PORT'] ?? 5001));
}

export const client = createLeadGenClient(app, {
  functions,
  ...(!emulated && { baseUrl: API }),
  language: () => speaking.language,
});

// Plain functions, for those who like them better.
export const {
  whoami,
  inviteUser,
  setUserRole,
  setUserDisabled,
  createLead,
  assignLead,
  importLeads,
  leadStats,
  sendMessage,
  markConversationRead,
  assignConversation,
  linkConversationToLead,
  generateContent,
  aiService,
  enqueueContent,
  beginConnect,
  connectChannel,
  disconnectChannel,
  aiBudget,
  setAiAllowance,
  switchAi,
  postToInstagram,
  postToFacebook,
  cancelPost,
  resolvePost,
} = client;
