//! An application whose accounts live in the simulated Meta, one clock for both, and a look at what customers got.

use axum::http::Method;
use jiff::SignedDuration;
use leadgen_pro::channels::secrets::{CHANNEL_SECRETS, Grant, SecretDoc};
use leadgen_pro::clients::graph::{Access, Login};
use leadgen_pro::clock::{Clock, ManualClock};
use leadgen_pro::store::{Guard, Writes};
use serde_json::{Value, json};
use simulators::graph::{
    self, FACEBOOK_APP_ID, FACEBOOK_APP_SECRET, Fault, Host, INSTAGRAM_APP_ID,
    INSTAGRAM_APP_SECRET, InstagramAccount, Page, PhoneNumber, Plan, Seed, Server, Template,
    WhatsappAccount,
};

use crate::support::{Answer, App, Person, documents, queues};

pub(crate) const PAGE: &str = "200100000000001";
/// An Instagram account behind the page, and one that was connected by itself.
pub(super) const LINKED: &str = "17841400000000001";
pub(super) const OWN: &str = "17841400000000002";
pub(crate) const NUMBER: &str = "400300000000001";
const WABA: &str = "300200000000001";

/// A customer's way to us.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line {
    pub(crate) channel: &'static str,
    pub(crate) asset: &'static str,
    pub(crate) customer: &'static str,
    /// Where calls that send go: the path's first segment.
    pub(crate) sender: &'static str,
}

pub(super) const MESSENGER: Line = Line {
    channel: "MESSENGER",
    asset: PAGE,
    customer: "7100000000000011",
    sender: PAGE,
};
pub(super) const INSTAGRAM: Line = Line {
    channel: "INSTAGRAM",
    asset: LINKED,
    customer: "8200000000000012",
    sender: PAGE,
};
pub(super) const INSTAGRAM_OWN: Line = Line {
    channel: "INSTAGRAM",
    asset: OWN,
    customer: "8200000000000013",
    sender: OWN,
};
pub(crate) const WHATSAPP: Line = Line {
    channel: "WHATSAPP",
    asset: NUMBER,
    customer: "6287000000011",
    sender: NUMBER,
};
/// Somebody with a username: no phone, only a business-scoped id.
pub(super) const WHATSAPP_USER: Line = Line {
    channel: "WHATSAPP",
    asset: NUMBER,
    customer: "ID.9100000000000006",
    sender: NUMBER,
};

pub(super) const LINES: [Line; 5] = [MESSENGER, INSTAGRAM, INSTAGRAM_OWN, WHATSAPP, WHATSAPP_USER];

pub(crate) struct Office {
    pub(crate) app: App,
    pub(crate) meta: Server,
    hands: ManualClock,
}

impl Office {
    pub(crate) async fn open() -> Self {
        Self::open_with(&[]).await
    }

    pub(crate) async fn open_with(settings: &[(&str, &str)]) -> Self {
        let now = "2026-11-23T03:00:00Z".parse().unwrap();
        let (clock, hands) = Clock::manual(now);
        let meta = Server::start(graph::Clock::manual(now)).await.unwrap();
        let (graph_url, instagram_url) = (meta.host(Host::Graph), meta.host(Host::InstagramGraph));
        // They take tasks, and nobody has them delivered: what else a first message sets off is no matter here.
        let (_, tasks_url) = queues::start(&["intake"], &clock).await;
        let mut all = vec![
            ("TASKS_BASE_URL", tasks_url.as_str()),
            ("META_APP_ID", FACEBOOK_APP_ID),
            ("META_APP_SECRET", FACEBOOK_APP_SECRET),
            ("INSTAGRAM_APP_ID", INSTAGRAM_APP_ID),
            ("INSTAGRAM_APP_SECRET", INSTAGRAM_APP_SECRET),
            ("GRAPH_URL", graph_url.as_str()),
            ("INSTAGRAM_GRAPH_URL", instagram_url.as_str()),
            (
                "CHANNEL_KEYS",
                "k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
            ),
        ];
        all.extend(settings);
        let app = App::start_at(&clock, &all).await;
        meta.seed(world());
        meta.subscribe_everything(&format!("{}/webhookHandler", app.url));
        app.staff("m1", "MITRA", Some("c1")).await;
        let office = Self { app, meta, hands };
        let page = office.meta.page_token(PAGE);
        let own = office.meta.instagram_token(OWN);
        let business = office.meta.system_user_token(&[WABA]);
        for (platform, id, login, token, behind) in [
            ("FACEBOOK", PAGE, Login::Facebook, &page, None),
            ("INSTAGRAM", LINKED, Login::Facebook, &page, Some(PAGE)),
            ("INSTAGRAM", OWN, Login::Instagram, &own, None),
            ("WHATSAPP", NUMBER, Login::Facebook, &business, None),
        ] {
            let access = Access {
                login,
                token: token.clone().into(),
            };
            office.connect(platform, id, access, behind).await;
        }
        office
    }

    async fn connect(&self, platform: &str, id: &str, access: Access, page: Option<&str>) {
        let name = format!("{platform}_{id}");
        let channel = json!({
            "platform": platform, "externalId": id, "name": id,
            "ownerId": "m1", "branchId": "c1", "state": "CONNECTED",
        });
        documents::put(&self.app.project, &format!("channels/{name}"), channel).await;
        let grant = Grant {
            access,
            page_id: page.map(ToOwned::to_owned),
        };
        let doc = SecretDoc::seal(&self.app.state.channel_keys, &name, &grant).unwrap();
        let mut writes = Writes::new();
        let path = format!("{CHANNEL_SECRETS}/{name}");
        writes.put(&path, &doc, Guard::None).unwrap();
        self.app.state.store.commit(writes).await.unwrap();
    }

    /// The partner who holds the channels and what arrives, with a token of this hour.
    pub(crate) fn m1(&self) -> Person {
        self.app.stranger("m1", "MITRA", Some("c1"))
    }

    /// A customer writes, and it is in the inbox. Gives the conversation's id.
    pub(crate) async fn written(&self, line: Line, text: &str) -> String {
        self.meta.customer_writes(line.asset, line.customer, text);
        self.told().await;
        self.conversation(line).await.0
    }

    /// The platform tells everything that it has to tell, and is believed.
    pub(crate) async fn told(&self) {
        for delivery in self.meta.deliver_due().await {
            assert!(delivery.is_taken(), "{delivery:?}");
        }
    }

    /// The conversation with a customer.
    pub(super) async fn conversation(&self, line: Line) -> (String, Value) {
        self.conversations()
            .await
            .into_iter()
            .find(|(_, it)| {
                it["channel"] == line.channel
                    && it["accountId"] == line.asset
                    && it["contactId"] == line.customer
            })
            .expect("a conversation with this customer")
    }

    pub(super) async fn conversations(&self) -> Vec<(String, Value)> {
        documents::list(&self.app.project, "conversations").await
    }

    /// What we said in a conversation, as people see it, by the messages' ids.
    pub(super) async fn ours(&self, conversation: &str) -> Vec<(String, Value)> {
        let path = format!("conversations/{conversation}/messages");
        let all = documents::list(&self.app.project, &path).await;
        all.into_iter()
            .filter(|(_, message)| message["direction"] == "OUT")
            .collect()
    }

    /// The only message of ours in a conversation.
    pub(super) async fn only(&self, conversation: &str) -> (String, Value) {
        let mut ours = self.ours(conversation).await;
        assert_eq!(ours.len(), 1, "{ours:#?}");
        ours.remove(0)
    }

    pub(crate) async fn send(&self, conversation: &str, text: &str, request: &str) -> Answer {
        let data = json!({ "conversationId": conversation, "text": text, "requestId": request });
        self.app.call(&self.m1(), "sendMessage", data).await
    }

    /// How many messages of ours a customer got.
    pub(super) fn reached(&self, line: Line) -> usize {
        let messages = self.meta.messages();
        messages
            .iter()
            .filter(|it| it.by_app && it.asset == line.asset && it.customer == line.customer)
            .count()
    }

    /// How often the platform was asked to send something to a customer.
    pub(super) fn asked(&self, line: Line) -> usize {
        let path = format!("/{}/messages", line.sender);
        let is_to = |call: &graph::Record| {
            let told = &call.parameters;
            let recipient = told.get("recipient");
            [
                told.get("to"),
                recipient,
                recipient.and_then(|it| it.get("id")),
            ]
            .into_iter()
            .flatten()
            .any(|it| it == line.customer)
        };
        let calls = self.meta.calls();
        calls
            .iter()
            .filter(|call| call.method == Method::POST && call.path == path && is_to(call))
            .count()
    }

    /// The next call that sends over a line goes wrong.
    pub(super) fn fails(&self, line: Line, fault: Fault) {
        let path = format!("/{}/messages", line.sender);
        self.meta.fail(Plan::next(&Method::POST, &path, fault));
    }

    /// Time passes, here and there.
    pub(crate) fn pass(&self, seconds: i64) {
        let by = SignedDuration::from_secs(seconds);
        self.hands.advance(by);
        self.meta.clock().advance(by);
    }

    pub(crate) async fn sweep(&self) {
        let url = format!("{}/tasks/sweep", self.app.url);
        let response = self.app.http.post(url).json(&json!({})).send().await;
        assert_eq!(response.unwrap().status(), 204);
    }

    pub(crate) async fn get(&self, path: &str) -> Option<Value> {
        documents::get(&self.app.project, path).await
    }

    /// Holds every conversation to what its messages say: the last one is the newest, and each id of the platform's is there
    /// once.
    pub(super) async fn audit(&self) {
        let mut ids = std::collections::BTreeSet::new();
        for (id, conversation) in self.conversations().await {
            let path = format!("conversations/{id}/messages");
            let mut messages = documents::list(&self.app.project, &path).await;
            messages.sort_by_key(|(name, it)| (it["sortAt"]["$time"].to_string(), name.clone()));
            let newest = messages.last().map(|(name, _)| json!(name));
            assert_eq!(conversation.get("lastMessageId").cloned(), newest);
            for (_, message) in messages {
                if let Some(platform_id) = message["platformId"].as_str() {
                    assert!(ids.insert(platform_id.to_owned()), "twice: {message}");
                }
            }
        }
    }
}

fn world() -> Seed {
    let account = |id: &str, page: Option<&str>| InstagramAccount {
        id: id.to_owned(),
        username: format!("akun{id}"),
        page_id: page.map(ToOwned::to_owned),
        ..InstagramAccount::default()
    };
    Seed {
        pages: vec![Page {
            id: PAGE.to_owned(),
            name: "Umrah".to_owned(),
            instagram_account_id: Some(LINKED.to_owned()),
            ..Page::default()
        }],
        instagram_accounts: vec![account(LINKED, Some(PAGE)), account(OWN, None)],
        whatsapp_business_accounts: vec![WhatsappAccount {
            id: WABA.to_owned(),
            phone_numbers: vec![PhoneNumber {
                phone_number_id: NUMBER.to_owned(),
                display_phone_number: "628700000001".to_owned(),
                ..PhoneNumber::default()
            }],
            templates: vec![Template {
                name: "jadwal".to_owned(),
                language: "id".to_owned(),
                body: "Halo {{1}}, jadwal Anda {{2}}.".to_owned(),
                ..Template::default()
            }],
            ..WhatsappAccount::default()
        }],
        ..Seed::default()
    }
}
