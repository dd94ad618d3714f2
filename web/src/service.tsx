// The package that knows the service, given to every page below: calls go to `/api` of the page's own origin, which Firebase
// Hosting hands to the service, and people read the console's language.
import { createLeadGenClient } from "@leadgen-pro/client";
import { LeadGenProvider } from "@leadgen-pro/client/react";
import { type ReactNode, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Firebase } from "./firebase";
import { language } from "./i18n";

export function ServiceProvider({ firebase: { app, auth, db }, children }: { firebase: Firebase; children: ReactNode }) {
  useTranslation(); // renders again when the language changes
  const client = useMemo(() => createLeadGenClient(app, { baseUrl: `${location.origin}/api`, language }), [app]);
  return (
    <LeadGenProvider app={app} auth={auth} db={db} client={client} language={language()}>
      {children}
    </LeadGenProvider>
  );
}
