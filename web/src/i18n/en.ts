import { en as leads } from "../pages/leads/words";
import { en as entry } from "../pages/entry/words";
import { en as figures } from "../pages/figures/words";
import { en as team } from "../pages/team/words";
import { en as channels } from "../pages/channels/words";
import { en as inbox } from "../pages/inbox/words";
import { en as studio } from "../pages/studio/words";
import { en as parts } from "../parts/words";
import type { Words } from "./id";

export const en: Words = {
  parts,
  leads,
  team,
  figures,
  inbox,
  channels,
  studio,
  entry,
  app: { name: "LeadGen Pro", tagline: "Leads, messages and content in one place" },
  nav: {
    leads: "Leads",
    inbox: "Inbox",
    studio: "Content",
    channels: "Channels",
    team: "Team",
    figures: "Figures",
    main: "Main menu",
  },
  session: {
    signIn: "Sign in",
    signOut: "Sign out",
    email: "Email",
    password: "Password",
    wrong: "Wrong email or password.",
    disabled: "This account is disabled. Please contact your branch.",
    offline: "There is no connection. Check your internet, then try again.",
    failed: "Signing in did not work. Please try again.",
    expired: "Your session has ended. Please sign in again.",
    waiting: "Your account has no role yet. Ask your branch or the head office for an invitation.",
    check: "Check again",
  },
  state: {
    offline: "No connection. Changes are kept and sent once it is back.",
    loading: "Loading…",
  },
  scheme: { label: "Appearance", light: "Light", dark: "Dark", auto: "As the device" },
  language: { code: "id", switch: "Bahasa Indonesia", label: "Language" },
};
