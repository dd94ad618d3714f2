//! An application with the fixtures' accounts connected, the platform that delivers to it, and a look at what came of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use aws_lc_rs::hmac;
use leadgen_pro::clock::Clock;
use serde_json::{Value, json};

use crate::support::{App, documents};

/// The secret that the fixtures are signed with.
pub(crate) const SECRET: &str = "fixture-app-secret-not-a-real-one";

/// The holder of all channels, a partner, and the branch.
pub(crate) const OWNER: &str = "mitra-1";
pub(crate) const BRANCH: &str = "cabang-1";

/// The folder of the fixtures.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/meta")
}

pub(crate) fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(format!("{name}.json"))).unwrap()
}

pub(crate) fn expectation(name: &str) -> Value {
    let text = std::fs::read(folder().join(format!("{name}.expect.json"))).unwrap();
    serde_json::from_slice(&text).unwrap()
}

/// Every fixture that has an expectation.
pub(crate) fn names() -> BTreeSet<String> {
    std::fs::read_dir(folder())
        .unwrap()
        .filter_map(|entry| {
            let name = entry.unwrap().file_name().into_string().unwrap();
            Some(name.strip_suffix(".expect.json")?.to_owned())
        })
        .collect()
}

/// The settings that the webhook needs.
pub(crate) fn settings() -> [(&'static str, &'static str); 2] {
    [
        (
            "META_APP_SECRETS",
            "an-older-secret,fixture-app-secret-not-a-real-one",
        ),
        ("META_VERIFY_TOKEN", "a-verify-token"),
    ]
}

/// An application with every account of the registry connected.
pub(crate) async fn start() -> App {
    let app = App::start_with(&settings()).await;
    connect_all(&app).await;
    app
}

/// The same, by a clock that stands shortly after the fixtures' events.
pub(crate) async fn start_then() -> App {
    let (clock, _) = Clock::manual("2026-11-02T03:10:00Z".parse().unwrap());
    let app = App::start_at(&clock, &settings()).await;
    connect_all(&app).await;
    app
}

pub(crate) async fn connect_all(app: &App) {
    connect_all_of(&app.project).await;
}

/// The same in a project.
pub(crate) async fn connect_all_of(project: &str) {
    let text = std::fs::read(folder().join("_registry.json")).unwrap();
    let registry: Value = serde_json::from_slice(&text).unwrap();
    let mut channels = Vec::new();
    for page in registry["pages"].as_array().unwrap() {
        channels.push(("FACEBOOK", page["id"].as_str().unwrap()));
    }
    for account in registry["instagramAccounts"].as_array().unwrap() {
        channels.push(("INSTAGRAM", account["id"].as_str().unwrap()));
    }
    for account in registry["whatsappBusinessAccounts"].as_array().unwrap() {
        for number in account["phoneNumbers"].as_array().unwrap() {
            channels.push(("WHATSAPP", number["phoneNumberId"].as_str().unwrap()));
        }
    }
    let connected = channels
        .into_iter()
        .map(|(platform, id)| connect_in(project, platform, id, "CONNECTED"));
    futures::future::join_all(connected).await;
}

pub(crate) async fn connect(app: &App, platform: &str, id: &str, state: &str) {
    connect_in(&app.project, platform, id, state).await;
}

async fn connect_in(project: &str, platform: &str, id: &str, state: &str) {
    let channel = json!({
        "platform": platform, "externalId": id, "name": id,
        "ownerId": OWNER, "branchId": BRANCH, "state": state,
    });
    documents::put(project, &format!("channels/{platform}_{id}"), channel).await;
}

/// `sha256=…` of a body under a secret.
pub(crate) fn signature(secret: &str, body: &[u8]) -> String {
    use std::fmt::Write as _;
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = hmac::sign(&key, body);
    tag.as_ref()
        .iter()
        .fold("sha256=".to_owned(), |mut text, byte| {
            write!(text, "{byte:02x}").unwrap();
            text
        })
}

/// Delivers a body as the platform does, and says with what status it was answered.
pub(crate) async fn deliver(app: &App, body: &[u8]) -> u16 {
    deliver_signed(app, body, Some(&signature(SECRET, body))).await
}

pub(crate) async fn deliver_signed(app: &App, body: &[u8], signature: Option<&str>) -> u16 {
    let mut request = app
        .http
        .post(format!("{}/webhookHandler", app.url))
        .header("content-type", "application/json")
        .body(body.to_vec());
    if let Some(signature) = signature {
        request = request.header("x-hub-signature-256", signature);
    }
    request.send().await.unwrap().status().as_u16()
}

/// Everything that the inbox of a project holds, in the terms of the fixtures' expectations.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Seen {
    pub(crate) messages: BTreeMap<String, Value>,
    pub(crate) leads: BTreeSet<String>,
    /// Conversations whose contact shall become a lead.
    pub(crate) strangers: BTreeSet<String>,
    pub(crate) statuses: BTreeSet<(String, String)>,
    pub(crate) ignored: i64,
    pub(crate) dead_letters: i64,
    /// Conversations by channel, account and contact, in what people see of them.
    pub(crate) conversations: BTreeMap<String, Value>,
}

/// Looks at everything, and holds the ledger to its balance.
pub(crate) async fn look(app: &App) -> Seen {
    look_at(&app.project).await
}

/// The same in a project.
pub(crate) async fn look_at(project: &str) -> Seen {
    let mut seen = Seen {
        messages: BTreeMap::new(),
        leads: BTreeSet::new(),
        statuses: BTreeSet::new(),
        strangers: BTreeSet::new(),
        ignored: 0,
        dead_letters: 0,
        conversations: BTreeMap::new(),
    };
    for (_, record) in documents::list(project, "webhook_deliveries").await {
        let count = |name: &str| record[name].as_i64().unwrap();
        let settled = count("applied") + count("duplicate") + count("ignored") + count("parked");
        assert_eq!(count("units"), settled, "{record}");
        let in_runs: i64 = record["settled"]
            .as_array()
            .unwrap()
            .iter()
            .map(|run| run["to"].as_i64().unwrap() - run["from"].as_i64().unwrap() + 1)
            .sum();
        assert!(in_runs == settled || record["settledBeside"].as_i64() > Some(0));
        assert_eq!(
            record["expireAt"].is_null(),
            count("parked") > 0,
            "{record}"
        );
        seen.ignored += count("duplicate") + count("ignored");
        seen.dead_letters += count("parked");
    }
    for (id, intake) in documents::list(project, "lead_intake").await {
        if intake["way"] == "CONVERSATION" {
            seen.strangers.insert(id);
            continue;
        }
        assert_eq!(intake["leadgenId"], id.as_str());
        assert_eq!(intake["state"], "PENDING");
        seen.leads.insert(id);
    }
    for (_, key) in documents::list(project, "message_keys").await {
        let id = key["platformId"].as_str().unwrap();
        for status in statuses_of(&key) {
            seen.statuses.insert((id.to_owned(), status.to_owned()));
        }
    }
    for (id, conversation) in documents::list(project, "conversations").await {
        look_at_conversation(project, &id, &conversation, &mut seen).await;
    }
    seen
}

async fn look_at_conversation(project: &str, id: &str, conversation: &Value, seen: &mut Seen) {
    let text = |name: &str| conversation[name].as_str().unwrap_or_default().to_owned();
    let channel = text("channel").to_lowercase();
    for (field, status) in [("deliveredUpTo", "delivered"), ("readUpTo", "read")] {
        if let Some(ms) = ms(&conversation[field]) {
            let watermark = format!("watermark:{}:{ms}", text("contactId"));
            seen.statuses.insert((watermark, status.to_owned()));
        }
    }
    let mut unread_at_most = 0;
    for (name, message) in documents::list(project, &format!("conversations/{id}/messages")).await {
        unread_at_most += i64::from(message["direction"] == "IN");
        if message["deleted"] == true {
            assert!(
                message["text"].is_null(),
                "a tombstone says nothing: {message}"
            );
            assert_eq!(message["attachments"], json!([]));
            continue;
        }
        let key = format!(
            "{channel}|{}|{}",
            message["accountId"], message["platformId"]
        );
        let before = seen.messages.insert(
            key,
            json!({
                "id": message["platformId"],
                "channel": channel,
                "direction": message["direction"].as_str().unwrap().to_lowercase(),
                "type": message["kind"],
                "text": message["text"],
                "from": message["from"],
                "to": message["to"],
                "timestampMs": ms(&message["sentAt"]),
                "status": message["status"],
                "reaction": message["reaction"],
                "sortMs": ms(&message["sortAt"]),
                "last": conversation["lastMessageId"] == name.as_str(),
            }),
        );
        assert!(
            before.is_none(),
            "a message lies in two conversations: {message}"
        );
    }
    assert!(conversation["unreadCount"].as_i64().unwrap() <= unread_at_most);
    assert_eq!(
        conversation["leadWanted"] == true,
        seen.strangers.contains(id),
        "{conversation}"
    );
    assert_eq!(conversation["assignedTo"], OWNER);
    assert_eq!(conversation["branchId"], BRANCH);
    assert_eq!(conversation["state"], "OPEN");
    let mut shown = conversation.clone();
    for moment in ["createdAt", "updatedAt"] {
        shown.as_object_mut().unwrap().remove(moment);
    }
    let key = format!("{channel}|{}|{}", text("accountId"), text("contactId"));
    seen.conversations.insert(key, shown);
}

/// The marks of a message, at most one of each kind.
fn statuses_of(key: &Value) -> Vec<&'static str> {
    let at = |name: &str| ms(&key[name]);
    let mut statuses = Vec::new();
    let got_there = [at("deliveredAt"), at("readAt"), at("playedAt")];
    let first = got_there.into_iter().flatten().min();
    let failed = ms(&key["failed"]["at"]);
    if failed.is_some_and(|failed| first.is_none_or(|first| failed < first)) {
        statuses.push("failed");
    } else if at("playedAt").is_some() {
        statuses.push("played");
    } else if at("readAt").is_some() {
        statuses.push("read");
    } else if at("deliveredAt").is_some() {
        statuses.push("delivered");
    } else if at("sentAt").is_some() {
        statuses.push("sent");
    }
    if at("deletedAt").is_some() {
        statuses.push("deleted");
    } else if !key["edited"].is_null() {
        statuses.push("edited");
    }
    if !key["reaction"].is_null() {
        let taken_back = key["reaction"]["text"].is_null();
        statuses.push(if taken_back { "unreacted" } else { "reacted" });
    }
    statuses
}

pub(crate) fn ms(time: &Value) -> Option<i64> {
    let time: jiff::Timestamp = time["$time"].as_str()?.parse().unwrap();
    Some(time.as_millisecond())
}

/// Holds what is seen to an expectation of the fixtures.
#[track_caller]
pub(crate) fn assert_holds(name: &str, expected: &Value, seen: &Seen) {
    let mut wanted = expected["messages"].as_array().unwrap().clone();
    let found: Vec<&Value> = seen.messages.values().collect();
    assert_eq!(found.len(), wanted.len(), "{name}: messages {found:#?}");
    for message in found {
        let at = wanted
            .iter()
            .position(|wanted| is_as_wanted(message, wanted))
            .unwrap_or_else(|| panic!("{name}: nobody expected {message:#}, but {wanted:#?}"));
        wanted.remove(at);
    }
    let leads: BTreeSet<String> = expected["leads"]
        .as_array()
        .unwrap()
        .iter()
        .map(|id| id.as_str().unwrap().to_owned())
        .collect();
    assert_eq!(seen.leads, leads, "{name}: leads");
    let statuses: BTreeSet<(String, String)> = expected["statuses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|status| {
            let text = |name: &str| status[name].as_str().unwrap().to_owned();
            (text("id"), text("status"))
        })
        .collect();
    assert_eq!(seen.statuses, statuses, "{name}: statuses");
    assert_eq!(seen.ignored, expected["ignored"], "{name}: ignored");
    assert_eq!(
        seen.dead_letters, expected["deadLetters"],
        "{name}: dead letters"
    );
}

/// An absent text and a time of `null` are not compared.
fn is_as_wanted(message: &Value, wanted: &Value) -> bool {
    wanted.as_object().unwrap().iter().all(|(field, wanted)| {
        let unsaid = field == "timestampMs" && wanted.is_null();
        unsaid || message[field] == *wanted
    })
}
