// A walk through the running system with the official Firebase SDK, as a frontend would use it:
//   make run            (in one terminal)
//   node dev/walk.mjs   (in another; the same port variables)
// A partner calls createLead, sees the lead arrive in a listener and writes directly; a neighbour is refused; a newcomer
// signs up, is invited and gets a role; the partner has a caption with a picture made.
import assert from "node:assert/strict";
import { deleteApp, initializeApp } from "firebase/app";
import { applyActionCode, connectAuthEmulator, createUserWithEmailAndPassword, getAuth, sendEmailVerification, signInWithEmailAndPassword } from "firebase/auth";
import {
  addDoc, collection, connectFirestoreEmulator, doc, getDoc, getDocs, getFirestore, onSnapshot, orderBy, query, serverTimestamp, terminate, updateDoc, where,
} from "firebase/firestore";
import { connectFunctionsEmulator, getFunctions, httpsCallable } from "firebase/functions";
import { PASSWORD } from "./demo-data.mjs";
import { HOST, portFromEnv } from "./ports.mjs";

const projectId = process.env.PROJECT_ID || "demo-leadgen";
const say = (line) => console.log(line);

/** A browser of its own: one Firebase app, signed in as one person, or signed up. */
async function signIn(email, enter = signInWithEmailAndPassword) {
  const app = initializeApp({ projectId, apiKey: projectId }, email);
  const auth = getAuth(app);
  connectAuthEmulator(auth, `http://${HOST}:${portFromEnv("AUTH_PORT", 9099)}`, { disableWarnings: true });
  const db = getFirestore(app);
  connectFirestoreEmulator(db, HOST, portFromEnv("FIRESTORE_PORT", 8080));
  const functions = getFunctions(app);
  connectFunctionsEmulator(functions, HOST, portFromEnv("SERVICE_PORT", 5001));
  const { user } = await enter(auth, email, PASSWORD);
  const call = async (name, data) => (await httpsCallable(functions, name)(data)).data;
  const close = async () => {
    await terminate(db);
    await deleteApp(app);
  };
  return { uid: user.uid, user, auth, db, functions, call, close };
}

/** Resolves with the first snapshot of a query that satisfies a condition. */
function seen(leads, condition) {
  return new Promise((resolve, reject) => {
    const stop = onSnapshot(leads, (snapshot) => {
      const found = snapshot.docs.find(condition);
      if (found) {
        stop();
        resolve(found);
      }
    }, reject);
  });
}

/** Follows the link of the verification mail, which the emulator shows instead of sending it. */
async function verify({ auth, user }) {
  await sendEmailVerification(user);
  const mails = await fetch(`http://${HOST}:${portFromEnv("AUTH_PORT", 9099)}/emulator/v1/projects/${projectId}/oobCodes`);
  const { oobCodes } = await mails.json();
  await applyActionCode(auth, oobCodes.findLast(({ email }) => email === user.email).oobCode);
}

const siti = await signIn("siti@demo.example");
const who = await siti.call("whoami");
say(`1. Signed in as ${who.email}: ${who.role} of branch ${who.branchId}.`);
assert.deepEqual([who.uid, who.role], [siti.uid, "MITRA"]);

const mine = query(collection(siti.db, "leads"), where("assignedTo", "==", siti.uid), orderBy("createdAt", "desc"));
const phone = `0819${Math.floor(Math.random() * 1e8).toString().padStart(8, "0")}`;
const arriving = seen(mine, (lead) => lead.data().name === "Ibu Walk" && lead.data().phone.endsWith(phone.slice(1)));
const created = await siti.call("createLead", { name: "Ibu Walk", phone, source: "MANUAL" });
assert.equal(created.created, true);
const lead = await arriving;
say(`2. createLead made ${created.leadId}; the listener saw it as ${lead.data().phone}, ${lead.data().status}.`);
assert.equal(lead.id, created.leadId);

const again = await siti.call("createLead", { name: "Ibu Walk", phone: `+62 ${phone.slice(1)}`, source: "MANUAL" });
assert.deepEqual(again, { leadId: created.leadId, created: false });
say("3. The same phone, typed in another way, is the same lead.");

await updateDoc(lead.ref, { status: "FOLLOW_UP", updatedAt: serverTimestamp() });
const history = collection(siti.db, "leads", created.leadId, "history");
const entry = await seen(history, (change) => change.data().changes?.status?.after === "FOLLOW_UP");
say(`4. A direct write moved it to FOLLOW_UP; its history says ${entry.data().kind}.`);

const budi = await signIn("budi@demo.example");
await assert.rejects(getDoc(doc(budi.db, "leads", created.leadId)), { code: "permission-denied" });
await assert.rejects(getDocs(collection(budi.db, "leads")), { code: "permission-denied" });
await assert.rejects(budi.call("createLead", { name: "Rebutan", phone, source: "MANUAL" }), { code: "functions/already-exists" });
await assert.rejects(budi.call("assignLead", { leadId: created.leadId, assignedTo: budi.uid }), { code: "functions/not-found" });
say("5. The neighbour, a partner of the same branch, reads nothing of it and cannot take it.");

const jakarta = await signIn("jakarta@demo.example");
await jakarta.call("assignLead", { leadId: created.leadId, assignedTo: budi.uid });
const theirs = query(collection(budi.db, "leads"), where("assignedTo", "==", budi.uid), orderBy("createdAt", "desc"));
await seen(theirs, (found) => found.id === created.leadId);
await assert.rejects(getDoc(doc(siti.db, "leads", created.leadId)), { code: "permission-denied" });
say("6. The branch gave it to the neighbour: now it is his, and hers no more.");

const email = `baru-${Date.now()}@demo.example`;
const newcomer = await signIn(email, createUserWithEmailAndPassword);
const stranger = await newcomer.call("whoami");
assert.deepEqual([stranger.role, stranger.branchId ?? null], ["MITRA", null]);
await assert.rejects(newcomer.call("createLead", { name: "Terlalu dini", phone: "0811 0000 000", source: "MANUAL" }), { code: "functions/permission-denied" });
await jakarta.call("inviteUser", { email, role: "MITRA", displayName: "Mitra Baru" });
await verify(newcomer);
await newcomer.user.getIdToken(true);
const partner = await newcomer.call("whoami");
assert.deepEqual([partner.role, partner.branchId], ["MITRA", jakarta.uid]);
await newcomer.user.getIdToken(true);
const direct = await addDoc(collection(newcomer.db, "leads"), {
  name: "Bapak Langsung", source: "REFERRAL", status: "NEW", assignedTo: newcomer.uid, branchId: partner.branchId, createdAt: serverTimestamp(),
});
await seen(query(collection(newcomer.db, "leads"), where("assignedTo", "==", newcomer.uid)), (found) => found.id === direct.id);
say("7. A newcomer signed up and saw nothing; invited and verified, she is a partner and writes a lead directly.");

const generateContent = httpsCallable(siti.functions, "generateContent");
const { stream, data } = await generateContent.stream({ topic: "Umrah Ramadhan bersama keluarga", platform: "INSTAGRAM", options: { media: "IMAGE" } });
const stages = [];
let caption = "";
for await (const piece of stream) {
  if (piece.stage) stages.push(piece.stage);
  caption += piece.caption ?? "";
}
const content = await data;
const { imageUrl, altText } = content.generatedContent;
assert.deepEqual([content.status, content.generatedContent.caption, stages.at(-1)], ["COMPLETED", caption.trim(), "STORING"]);
const picture = await fetch(imageUrl); // as Meta fetches it: without credentials
const bytes = Buffer.from(await picture.arrayBuffer());
assert.deepEqual([picture.status, picture.headers.get("content-type"), bytes.subarray(0, 3).toString("hex")], [200, "image/jpeg", "ffd8ff"]);
assert.equal((await fetch(imageUrl.split("&token")[0])).status, 403);
say(`8. A caption was written as she watched, and a picture drawn (${altText}): ${imageUrl}`);

await Promise.all([siti, budi, jakarta, newcomer].map((person) => person.close()));
say("All as it should be.");
