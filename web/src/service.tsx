// The package that knows the service, given to every page below: calls go to `/api` of the page's own origin, which Firebase
// Hosting hands to the service, and people read the console's language.
import { LeadGenProvider } from "@leadgen-pro/client/react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Firebase } from "./firebase";
import { language } from "./i18n";

export function ServiceProvider({ firebase: { app, auth, db, client }, children }: { firebase: Firebase; children: ReactNode }) {
  useTranslation(); // renders again when the language changes
  return (
    <LeadGenProvider app={app} auth={auth} db={db} client={client} language={language()}>
      {children}
    </LeadGenProvider>
  );
}
