// The package that knows the service, given to every page below. Calls go to `/api` of the page's own origin, which Firebase Hosting
// hands to the service; people read the console's language.
//
// What is streamed comes from the service's own address: Hosting holds a stream back until it is complete
// (https://github.com/firebase/firebase-tools/issues/9774, read 2026-11), and the caption could not be seen as it is written. A
// release writes that address into index.html; on a developer's machine it is empty, since nothing stands in between.
import { createLeadGenClient } from "@leadgen-pro/client";
import { LeadGenProvider } from "@leadgen-pro/client/react";
import { type ReactNode, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Firebase } from "./firebase";
import { language } from "./i18n";

const API = `${location.origin}/api`;

function streamUrl(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="leadgen-streams"]')?.content || API;
}

export function ServiceProvider({ firebase: { app, auth, db }, children }: { firebase: Firebase; children: ReactNode }) {
  useTranslation(); // renders again when the language changes
  const client = useMemo(() => createLeadGenClient(app, { baseUrl: API, streamUrl: streamUrl(), language }), [app]);
  return (
    <LeadGenProvider app={app} auth={auth} db={db} client={client} language={language()}>
      {children}
    </LeadGenProvider>
  );
}
