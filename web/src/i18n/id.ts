// Indonesian, the language of the console. en.ts has the same keys, and the compiler says so.
import { id as leads } from "../pages/leads/words";
import { id as entry } from "../pages/entry/words";
import { id as figures } from "../pages/figures/words";
import { id as team } from "../pages/team/words";
import { id as channels } from "../pages/channels/words";
import { id as inbox } from "../pages/inbox/words";
import { id as studio } from "../pages/studio/words";
import { id as parts } from "../parts/words";

export const id = {
  parts,
  leads,
  team,
  figures,
  inbox,
  channels,
  studio,
  entry,
  app: { name: "LeadGen Pro", tagline: "Prospek, pesan, dan konten dalam satu tempat" },
  nav: {
    leads: "Prospek",
    inbox: "Pesan",
    studio: "Konten",
    channels: "Kanal",
    team: "Tim",
    figures: "Angka",
    main: "Menu utama",
  },
  session: {
    signIn: "Masuk",
    signOut: "Keluar",
    email: "Email",
    password: "Kata sandi",
    wrong: "Email atau kata sandi salah.",
    disabled: "Akun ini dinonaktifkan. Hubungi cabang Anda.",
    offline: "Tidak ada sambungan. Periksa internet Anda, lalu coba lagi.",
    failed: "Belum berhasil masuk. Silakan coba lagi.",
    expired: "Sesi Anda telah berakhir. Silakan masuk lagi.",
    waiting: "Akun Anda belum memiliki peran. Mintalah undangan kepada cabang atau kantor pusat.",
    check: "Periksa lagi",
  },
  state: {
    offline: "Tanpa sambungan. Perubahan disimpan dan dikirim begitu tersambung lagi.",
    loading: "Memuat…",
  },
  scheme: { label: "Tampilan", light: "Terang", dark: "Gelap", auto: "Ikuti perangkat" },
  language: { code: "en", switch: "English", label: "Bahasa" },
};

export type Words = typeof id;
