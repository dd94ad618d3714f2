import "@mantine/core/styles.css";
import "@mantine/dates/styles.css";
import "@mantine/notifications/styles.css";
import "./page.css";
import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app";
import { startFirebase } from "./firebase";
import { startLanguage } from "./i18n";
import { ServiceProvider } from "./service";
import { SessionProvider } from "./session";
import { theme } from "./theme";

startLanguage();
const firebase = await startFirebase();
const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <Notifications position="top-center" />
      <ServiceProvider firebase={firebase}>
        <SessionProvider firebase={firebase}>
          <App />
        </SessionProvider>
      </ServiceProvider>
    </MantineProvider>
  </StrictMode>,
);
