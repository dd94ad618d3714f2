//! The demonstration's part of Meta: pages, accounts and numbers of the demo people, with tokens that stand here once.
//!
//! `GET /_control/demo` gives all of it, so that whoever loads the demonstration repeats none of it.

use axum::Json;
use serde::Serialize;
use serde_json::{Value, json};

use super::Graph;
use super::assets::Seed;
use super::tokens::{LONG_LIVED, Token, TokenKind};

const PAGE_JAKARTA: &str = "200100000000101";
const PAGE_SURABAYA: &str = "200100000000102";
const INSTAGRAM_JAKARTA: &str = "17841499000000101";
const INSTAGRAM_SITI: &str = "17841499000000102";
const WHATSAPP: &str = "300200000000101";
const NUMBER_JAKARTA: &str = "400300000000101";
const NUMBER_SURABAYA: &str = "400300000000102";
const FORM_JAKARTA: &str = "510000000000101";
const FORM_SURABAYA: &str = "510000000000102";

/// A channel of the demonstration.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DemoChannel {
    /// `FACEBOOK`, `INSTAGRAM`, `WHATSAPP`.
    pub platform: &'static str,
    /// `FACEBOOK` or `INSTAGRAM`.
    pub login: &'static str,
    /// The page, the account or the phone number id: what webhooks name.
    pub external_id: &'static str,
    /// Name.
    pub name: &'static str,
    /// The demo person whose it is.
    pub owner: &'static str,
    /// The token.
    pub token: &'static str,
    /// The page behind an Instagram account of Facebook Login.
    pub page_id: Option<&'static str>,
    /// The WhatsApp Business account of a number.
    pub waba_id: Option<&'static str>,
    /// The page's lead form.
    pub form_id: Option<&'static str>,
}

/// The channels of the demonstration.
pub const DEMO_CHANNELS: [DemoChannel; 6] = [
    DemoChannel {
        platform: "FACEBOOK",
        login: "FACEBOOK",
        external_id: PAGE_JAKARTA,
        name: "Amanah Wisata Jakarta",
        owner: "demo-cabang-jakarta",
        token: "EAAdemoPageJakarta",
        page_id: None,
        waba_id: None,
        form_id: Some(FORM_JAKARTA),
    },
    DemoChannel {
        platform: "INSTAGRAM",
        login: "FACEBOOK",
        external_id: INSTAGRAM_JAKARTA,
        name: "amanah.jakarta",
        owner: "demo-cabang-jakarta",
        token: "EAAdemoPageJakarta",
        page_id: Some(PAGE_JAKARTA),
        waba_id: None,
        form_id: None,
    },
    DemoChannel {
        platform: "WHATSAPP",
        login: "FACEBOOK",
        external_id: NUMBER_JAKARTA,
        name: "62 870 0000 0101",
        owner: "demo-cabang-jakarta",
        token: "EAAdemoWhatsapp",
        page_id: None,
        waba_id: Some(WHATSAPP),
        form_id: None,
    },
    DemoChannel {
        platform: "FACEBOOK",
        login: "FACEBOOK",
        external_id: PAGE_SURABAYA,
        name: "Amanah Wisata Surabaya",
        owner: "demo-cabang-surabaya",
        token: "EAAdemoPageSurabaya",
        page_id: None,
        waba_id: None,
        form_id: Some(FORM_SURABAYA),
    },
    DemoChannel {
        platform: "WHATSAPP",
        login: "FACEBOOK",
        external_id: NUMBER_SURABAYA,
        name: "62 870 0000 0102",
        owner: "demo-cabang-surabaya",
        token: "EAAdemoWhatsapp",
        page_id: None,
        waba_id: Some(WHATSAPP),
        form_id: None,
    },
    DemoChannel {
        platform: "INSTAGRAM",
        login: "INSTAGRAM",
        external_id: INSTAGRAM_SITI,
        name: "siti.umrah",
        owner: "demo-mitra-siti",
        token: "IGAAdemoSiti",
        page_id: None,
        waba_id: None,
        form_id: None,
    },
];

impl Graph {
    /// Puts the demonstration's part there and has the app told of all of it at one address.
    pub fn seed_demo(&self, callback_url: &str) {
        self.seed(world());
        self.subscribe_everything(callback_url);
        let token = |value: &str, kind, owner: &str| {
            let mut token = Token::new(kind, owner);
            value.clone_into(&mut token.value);
            token
        };
        let mut siti = token("IGAAdemoSiti", TokenKind::Instagram, INSTAGRAM_SITI);
        siti.expires_at = Some(self.now() + LONG_LIVED);
        let business = token("EAAdemoWhatsapp", TokenKind::SystemUser, "122000000000101");
        for token in [
            token("EAAdemoPageJakarta", TokenKind::Page, PAGE_JAKARTA)
                .granted_by("100000000000101"),
            token("EAAdemoPageSurabaya", TokenKind::Page, PAGE_SURABAYA)
                .granted_by("100000000000102"),
            business.targets(&[WHATSAPP]),
            siti,
        ] {
            self.issue(token);
        }
    }
}

/// `GET /_control/demo`.
pub(super) async fn show() -> Json<Value> {
    Json(json!({ "channels": DEMO_CHANNELS }))
}

fn world() -> Seed {
    let all = super::assets::ALL_TASKS;
    let form = |id: &str, page: &str, name: &str| {
        json!({ "id": id, "pageId": page, "name": name, "questions": [
            { "key": "full_name", "label": "Nama lengkap", "type": "FULL_NAME" },
            { "key": "phone_number", "label": "Nomor WhatsApp", "type": "PHONE" },
            { "key": "kapan_rencana_berangkat?", "label": "Kapan rencana berangkat?", "type": "CUSTOM" },
        ] })
    };
    let seed = json!({
        "people": [
            { "id": "100000000000101", "name": "Ahmad Fauzi", "pages": { PAGE_JAKARTA: all }, "whatsappBusinessAccounts": [WHATSAPP] },
            { "id": "100000000000102", "name": "Nur Hidayah", "pages": { PAGE_SURABAYA: all }, "whatsappBusinessAccounts": [WHATSAPP] },
        ],
        "pages": [
            { "id": PAGE_JAKARTA, "name": "Amanah Wisata Jakarta" },
            { "id": PAGE_SURABAYA, "name": "Amanah Wisata Surabaya" },
        ],
        "instagramAccounts": [
            { "id": INSTAGRAM_JAKARTA, "username": "amanah.jakarta", "name": "Amanah Wisata Jakarta", "pageId": PAGE_JAKARTA },
            { "id": INSTAGRAM_SITI, "username": "siti.umrah", "name": "Siti Aminah" },
        ],
        "whatsappBusinessAccounts": [{
            "id": WHATSAPP, "name": "Amanah Wisata",
            "phoneNumbers": [
                { "phoneNumberId": NUMBER_JAKARTA, "displayPhoneNumber": "6287000000101", "verifiedName": "Amanah Wisata Jakarta" },
                { "phoneNumberId": NUMBER_SURABAYA, "displayPhoneNumber": "6287000000102", "verifiedName": "Amanah Wisata Surabaya" },
            ],
            "templates": [{ "name": "sapaan", "language": "id", "body": "Assalamualaikum {{1}}, ada yang bisa kami bantu?" }],
        }],
        "leadForms": [
            form(FORM_JAKARTA, PAGE_JAKARTA, "Umrah Ramadan Jakarta"),
            form(FORM_SURABAYA, PAGE_SURABAYA, "Umrah Ramadan Surabaya"),
        ],
    });
    serde_json::from_value(seed)
        .unwrap_or_else(|wrong| unreachable!("the demonstration is a seed: {wrong}"))
}
