// The people and leads of the demonstration: one head office, two branches, two partners in each, three leads per partner.
// A plain list, without a word on how it is loaded.

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

/** What there is at the simulated Meta: who manages which pages, and what stands behind them. */
export const META = {
  people: [
    { id: "7001", name: "Siti Aminah", pages: { "200900000000001": ["MANAGE", "CREATE_CONTENT", "MODERATE", "MESSAGING", "ADVERTISE", "ANALYZE"] } },
    {
      id: "7002",
      name: "Nur Hidayah",
      pages: { "200900000000002": ["MANAGE", "CREATE_CONTENT", "MODERATE", "MESSAGING", "ADVERTISE", "ANALYZE"] },
      whatsappBusinessAccounts: ["300900000000001"],
    },
  ],
  businesses: [{ id: "500900000000001", name: "Amanah Surabaya", people: ["7002"], whatsappBusinessAccounts: ["300900000000001"] }],
  pages: [
    { id: "200900000000001", name: "Amanah Umrah bersama Siti", instagramAccountId: "17841409000000001" },
    { id: "200900000000002", name: "Amanah Wisata Surabaya", instagramAccountId: "17841409000000002" },
  ],
  instagramAccounts: [
    { id: "17841409000000001", username: "umrah.bersama.siti", name: "Umrah bersama Siti", pageId: "200900000000001" },
    { id: "17841409000000002", username: "amanah.surabaya", name: "Amanah Surabaya", pageId: "200900000000002" },
    { id: "17841409000000003", username: "budi.umrah", name: "Budi Umrah" },
  ],
  whatsappBusinessAccounts: [
    {
      id: "300900000000001",
      name: "Amanah Surabaya",
      phoneNumbers: [{ phoneNumberId: "100900000000001", displayPhoneNumber: "+62 811-9000-0001", verifiedName: "Amanah Surabaya" }],
    },
  ],
  leadForms: [
    {
      id: "510900000000001",
      pageId: "200900000000001",
      name: "Umrah Ramadhan",
      questions: [
        { key: "full_name", label: "Nama lengkap", type: "FULL_NAME" },
        { key: "phone_number", label: "Nomor WhatsApp", type: "PHONE" },
      ],
    },
  ],
};

/** Who connects what: `subject` agrees at Meta to everything. */
export const CONNECTIONS = [
  { owner: "demo-mitra-siti", provider: "FACEBOOK", subject: "7001" },
  { owner: "demo-cabang-surabaya", provider: "FACEBOOK", subject: "7002" },
  { owner: "demo-mitra-budi", provider: "INSTAGRAM", subject: "17841409000000003" },
];
