// The people and leads of the demonstration: one head office, two branches, two partners in each, three leads per partner.
// A plain list, without a word on how it is loaded.

/** What the branches are called; an administrator names them in the Firebase console. */
export const BRANCHES = [
  { id: "demo-cabang-jakarta", name: "Jakarta" },
  { id: "demo-cabang-surabaya", name: "Surabaya" },
];

/** For the emulator only: whoever can reach it can read every account anyway. */
export const PASSWORD = "demo-only-2026";

export const PEOPLE = [
  { uid: "demo-pusat", email: "pusat@demo.example", name: "Ratna Kusuma", role: "PUSAT" },
  { uid: "demo-cabang-jakarta", email: "jakarta@demo.example", name: "Ahmad Fauzi", role: "CABANG", branch: "demo-cabang-jakarta" },
  { uid: "demo-cabang-surabaya", email: "surabaya@demo.example", name: "Nur Hidayah", role: "CABANG", branch: "demo-cabang-surabaya" },
  { uid: "demo-mitra-siti", email: "siti@demo.example", name: "Siti Aminah", role: "MITRA", branch: "demo-cabang-jakarta" },
  { uid: "demo-mitra-budi", email: "budi@demo.example", name: "Budi Santoso", role: "MITRA", branch: "demo-cabang-jakarta" },
  { uid: "demo-mitra-dewi", email: "dewi@demo.example", name: "Dewi Lestari", role: "MITRA", branch: "demo-cabang-surabaya" },
  { uid: "demo-mitra-rizal", email: "rizal@demo.example", name: "Rizal Hakim", role: "MITRA", branch: "demo-cabang-surabaya" },
];

/** What AI may cost, in micro-USD: a dollar a day for each person, ten for a branch, thirty for all. */
export const ALLOWANCES = [
  { level: "ORGANISATION", dayMicroUsd: 30_000_000, monthMicroUsd: 300_000_000 },
  { level: "BRANCH", dayMicroUsd: 10_000_000, monthMicroUsd: 100_000_000 },
  { level: "USER", dayMicroUsd: 1_000_000, monthMicroUsd: 10_000_000 },
];

/** What PUSAT demands of every text. */
export const BRAND = {
  name: "Amanah Wisata Demo",
  licence: "PPIU 91200000000001",
  tone: "hangat dan sopan",
  forbiddenClaims: ["pasti berangkat", "bebas antre"],
};

// Phones as people type them: the service makes them uniform.
export const LEADS = [
  { owner: "demo-mitra-siti", name: "Hendra Wijaya", phone: "0812-1000-0001", source: "IG_ADS", status: "NEW" },
  { owner: "demo-mitra-siti", name: "Yuni Astuti", phone: "+62 812 1000 0002", source: "REFERRAL", status: "FOLLOW_UP", note: "Umrah Desember, berdua" },
  { owner: "demo-mitra-siti", name: "Agus Salim", phone: "62812 1000 0003", source: "FB_ADS", status: "CLOSING" },
  { owner: "demo-mitra-budi", name: "Lina Marlina", phone: "081310000004", source: "MANUAL", status: "NEW" },
  { owner: "demo-mitra-budi", name: "Joko Prasetyo", phone: "0813 1000 0005", source: "FB_ADS", status: "FOLLOW_UP" },
  { owner: "demo-mitra-budi", name: "Maya Sari", phone: "+6281310000006", source: "IG_ADS", status: "LOST", lostReason: "Jadwal tidak cocok" },
  { owner: "demo-mitra-dewi", name: "Faisal Rahman", phone: "0857-1000-0007", source: "REFERRAL", status: "NEW" },
  { owner: "demo-mitra-dewi", name: "Wulan Sari", phone: "085710000008", source: "MANUAL", status: "CLOSING", note: "Haji plus, keluarga empat orang" },
  { owner: "demo-mitra-dewi", name: "Eko Nugroho", phone: "62 857 1000 0009", source: "IG_ADS", status: "NEW" },
  { owner: "demo-mitra-rizal", name: "Rina Wati", phone: "0878-1000-0010", source: "FB_ADS", status: "FOLLOW_UP" },
  { owner: "demo-mitra-rizal", name: "Hasan Basri", phone: "+62 878-1000-0011", source: "MANUAL", status: "NEW" },
  { owner: "demo-mitra-rizal", name: "Tuti Handayani", phone: "087810000012", source: "REFERRAL", status: "LOST", lostReason: "Memilih biro lain" },
];

/**
 * Who connects what: `subject` agrees at the simulated Meta (simulators/src/graph/demo.rs) to these pages and WhatsApp accounts. `accounts`:
 * of what that opens, only these; both branches' numbers are in one WhatsApp account.
 */
export const CONNECTIONS = [
  {
    owner: "demo-cabang-jakarta", provider: "FACEBOOK", subject: "100000000000101", targets: ["200100000000101", "300200000000101"],
    accounts: ["200100000000101", "17841499000000101", "400300000000101"],
  },
  {
    owner: "demo-cabang-surabaya", provider: "FACEBOOK", subject: "100000000000102", targets: ["200100000000102", "300200000000101"],
    accounts: ["200100000000102", "400300000000102"],
  },
  { owner: "demo-mitra-siti", provider: "INSTAGRAM", subject: "17841499000000102" },
];

/** What customers have written: to the branches' WhatsApp numbers, from the phones of leads above, under the names that they gave themselves there. */
export const MESSAGES = [
  { asset: "400300000000101", customer: "6281210000001", name: "Hendra Wijaya", text: "Assalamualaikum, Umrah Ramadhan masih ada kursi untuk berdua?" },
  { asset: "400300000000101", customer: "6281210000002", name: "Yuni", text: "Bu Siti, paspor kami sudah jadi." },
  { asset: "400300000000101", customer: "6281310000004", name: "Lina Marlina", text: "Apakah harga sudah termasuk visa?" },
  { asset: "400300000000102", customer: "6285710000007", name: "Pak Faisal", text: "Mohon info jadwal keberangkatan dari Surabaya." },
];
