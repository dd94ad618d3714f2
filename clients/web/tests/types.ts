// Compiled, never run: what the types let through, and what they stop.
import { createLeadGenClient, leads, LeadGenError, type Lead, type Message, type stored } from '@leadgen-pro/client';
import { useCallable, useContentStream, useLeads, useMessages } from '@leadgen-pro/client/react';
import type { FirebaseApp } from 'firebase/app';
import { Timestamp, type Firestore } from 'firebase/firestore';
import { firebase } from './drop-in.js';

declare const app: FirebaseApp;
declare const db: Firestore;
const client = createLeadGenClient(app);

export async function calls(): Promise<void> {
  const { leadId, created }: { leadId: string; created: boolean } = await client.createLead({
    name: 'Ibu',
    phone: '0812',
    source: 'MANUAL',
  });
  // @ts-expect-error no such source
  await client.createLead({ name: leadId, phone: '0812', source: 'MANUALLY' });
  // @ts-expect-error the phone is missing
  await client.createLead({ name: 'Ibu', source: 'MANUAL' });
  // @ts-expect-error no such field
  await client.createLead({ name: 'Ibu', phone: '0812', source: 'MANUAL', status: 'NEW' });
  await client.whoami();
  await client.leadStats();
  await client.aiBudget({}, { timeoutMs: 5_000 });
  // @ts-expect-error times of answers are texts
  (await client.postToInstagram({ requestId: '1' })).createdAt.toDate();
  const role: 'PUSAT' | 'CABANG' | 'MITRA' | null = (await client.whoami()).role;
  for await (const piece of client.generateContent({ topic: 't', platform: 'INSTAGRAM' })) {
    const said: string = 'caption' in piece ? piece.caption : piece.stage;
    console.log(said, created, role);
  }
  // @ts-expect-error a call that answers once is no stream
  client.createLead({ name: 'Ibu', phone: '0812', source: 'MANUAL' }).cancel();
}

export function refusals(error: LeadGenError): string {
  switch (error.reason) {
    case 'BUDGET_REACHED':
    case 'NETWORK':
      return error.text;
    // @ts-expect-error no such reason
    case 'NO_MONEY':
      return '';
    default:
      return error.field ?? error.code;
  }
}

export function documents(): unknown {
  const query = leads(db, { uid: 'u', role: 'CABANG', branchId: 'b' }, { status: 'NEW' });
  // @ts-expect-error a branch has its id
  leads(db, { uid: 'u', role: 'CABANG' });
  const found: Lead[] | undefined = useLeads({ source: 'IG_ADS' }).data;
  const at: Date | undefined = found?.[0]?.createdAt;
  const message: Message | undefined = useMessages('c').data?.[0];
  const asStored: stored.Lead['createdAt'] = Timestamp.now();
  const { call } = useCallable('assignLead');
  void call({ leadId: 'l', assignedTo: 'u' });
  // @ts-expect-error a stream has a hook of its own
  useCallable('generateContent');
  const { start, caption } = useContentStream();
  start({ topic: caption, platform: 'FACEBOOK', options: { media: 'IMAGE', aspect: '1:1' } });
  return [query, at, message?.attachments[0]?.sizeBytes, asStored, firebase.createLead];
}
