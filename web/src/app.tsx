// Every page on one page: its path, who sees it, and when its code is fetched.
import { Center, Loader } from "@mantine/core";
import { lazy, Suspense } from "react";
import { BrowserRouter, Navigate, Route, Routes } from "react-router";
import { SignIn } from "./pages/entry/sign-in";
import { Waiting } from "./pages/entry/waiting";
import { useSession } from "./session";
import { Shell } from "./shell/shell";

const Leads = lazy(() => import("./pages/leads/leads"));
const Inbox = lazy(() => import("./pages/inbox/inbox"));
const Studio = lazy(() => import("./pages/studio/studio"));
const Channels = lazy(() => import("./pages/channels/channels"));
const Team = lazy(() => import("./pages/team/team"));
const Figures = lazy(() => import("./pages/figures/figures"));

export function App() {
  const { state } = useSession();
  if (state.is === "starting") return <Wait />;
  if (state.is === "out") return <SignIn ended={state.why} />;
  const { role, branchId } = state.person;
  // Somebody who signed up without an invitation is a partner of no branch, and may read nothing.
  if (!role || (role === "MITRA" && !branchId)) return <Waiting />;
  const leads = role !== "MITRA";
  return (
    <BrowserRouter>
      <Shell>
        <Suspense fallback={<Wait />}>
          <Routes>
            <Route path="/leads/:leadId?" element={<Leads />} />
            <Route path="/inbox/:conversationId?" element={<Inbox />} />
            <Route path="/studio/*" element={<Studio />} />
            <Route path="/channels" element={<Channels />} />
            {leads && <Route path="/team" element={<Team />} />}
            {leads && <Route path="/figures" element={<Figures />} />}
            <Route path="*" element={<Navigate to="/leads" replace />} />
          </Routes>
        </Suspense>
      </Shell>
    </BrowserRouter>
  );
}

function Wait() {
  return (
    <Center h="60vh">
      <Loader />
    </Center>
  );
}
