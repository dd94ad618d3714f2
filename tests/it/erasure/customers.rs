//! A customer who wants to be forgotten, among others who do not.

use std::time::Duration;

use leadgen_pro::erasure::Subject;
use leadgen_pro::erasure::run::turn;
use leadgen_pro::erasure::store::{self, Source};
use leadgen_pro::leads::phone::Phone;
use leadgen_pro::policy::{Action, Actor, authorize};
use serde_json::{Value, json};

use super::harness::Office;
use crate::inbox::bodies::{NUMBER, THEN, echo, status, text, whatsapp};
use crate::inbox::harness::{connect, deliver};
use crate::operations::process;
use crate::support::documents;

const SITI: &str = "6281200000011";
const BUDI: &str = "6281200000022";
/// A number of nobody's channel.
const STRANGE_NUMBER: &str = "400300000000099";

/// What tells of Siti.
const TRACES: [&str; 6] = [
    SITI,
    "rahasia",
    "Siti",
    "jawaban",
    "lead-siti",
    "wamid.siti",
];

/// Messages of both, in one body each: placed, and waiting for a channel; a lead of Siti's, with its history.
async fn fill(office: &Office) {
    let both = |number: &str, mark: &str| {
        let mut body: Value = serde_json::from_slice(&whatsapp(
            number,
            "messages",
            json!([
                text(SITI, &format!("wamid.siti{mark}"), THEN, "rahasia siti"),
                text(BUDI, &format!("wamid.budi{mark}"), THEN + 1, "salam budi"),
            ]),
        ))
        .unwrap();
        body["entry"][0]["changes"][0]["value"]["contacts"] = json!([
            { "wa_id": SITI, "profile": { "name": "Siti Rahayu" } },
            { "wa_id": BUDI, "profile": { "name": "Budi Santoso" } },
        ]);
        body.to_string().into_bytes()
    };
    let app = &office.app;
    assert_eq!(deliver(app, &both(NUMBER, "1")).await, 200);
    assert_eq!(deliver(app, &both(STRANGE_NUMBER, "2")).await, 200);
    let answer = json!([echo(SITI, "wamid.ours", THEN + 5, "jawaban untuk siti")]);
    assert_eq!(
        deliver(app, &whatsapp(NUMBER, "message_echoes", answer)).await,
        200
    );
    assert_eq!(deliver(app, &read_receipt()).await, 200);
    let lead = json!({
        "id": "lead-siti", "name": "Siti Rahayu", "phone": format!("+{SITI}"), "source": "IG_ADS", "status": "NEW",
        "assignedTo": "mitra-1", "branchId": "cabang-1", "createdAt": { "$time": "2026-11-02T03:00:00Z" }, "note": "rahasia siti",
    });
    documents::put(&app.project, "leads/lead-siti", lead).await;
    app.events.delivered().await;
    let told = office.everything_told().await;
    for trace in TRACES {
        assert!(told.contains(trace), "{trace}");
    }
}

/// A receipt names the recipient's phone, and no conversation.
fn read_receipt() -> Vec<u8> {
    let mut receipt = status("wamid.ours", "read", THEN + 9);
    receipt["recipient_id"] = json!(SITI);
    whatsapp(NUMBER, "statuses", json!([receipt]))
}

/// Opens a request for Siti, as the command line does.
async fn ask(office: &Office) -> String {
    let state = &office.app.state;
    let permit = authorize(&Actor::Service, &Action::KeepServiceData).unwrap();
    let phone = Phone::parse("0812-0000-0011").unwrap();
    let subject = Subject::phone(&phone);
    let code = store::code(state, "phone", phone.as_e164());
    let now = state.clock.now();
    store::open(
        &state.store,
        &code,
        Source::Organisation,
        &subject,
        now,
        &permit,
    )
    .await
    .unwrap();
    code
}

fn assert_forgotten(told: &str) {
    for trace in TRACES {
        let found = told.lines().find(|line| line.contains(trace));
        assert_eq!(found, None, "{trace}");
    }
}

fn assert_budi_is_there(told: &str) {
    assert!(told.contains("Budi Santoso") && told.contains("wamid.budi1"));
}

#[tokio::test]
async fn nothing_of_a_customer_is_left_anywhere_and_nothing_of_others_goes() {
    let office = Office::open().await;
    fill(&office).await;
    let mut settings = process::settings(&office.app.project);
    settings.push(("META_APP_SECRETS".into(), "x".into()));
    let arguments = ["admin", "erase", "--phone", "0812-0000-0011"];
    let output = process::run(&arguments, &settings).await;
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(said.contains("1 conversations with"), "{said}");
    assert!(said.contains("1 leads"), "{said}");
    office.app.events.delivered().await;
    let told = office.everything_told().await;
    assert_forgotten(&told);
    assert_budi_is_there(&told);

    // Budi's message that waits in the same body can still be placed.
    connect(&office.app, "WHATSAPP", STRANGE_NUMBER, "CONNECTED").await;
    let replay = ["admin", "replay", "--all"];
    assert!(process::run(&replay, &settings).await.status.success());
    let told = office.everything_told().await;
    assert!(told.contains("wamid.budi2"), "{told}");
    assert_forgotten(&told);
}

#[tokio::test]
async fn what_comes_again_stays_forgotten_and_what_is_new_comes_in() {
    let office = Office::open().await;
    fill(&office).await;
    let code = ask(&office).await;
    turn(&office.app.state, &code).await.unwrap();
    office.app.events.delivered().await;

    // The same delivery, the same message in another, a receipt of it: known, and nothing of it comes back.
    let again = whatsapp(
        NUMBER,
        "messages",
        json!([
            text(SITI, "wamid.siti1", THEN, "rahasia siti"),
            text(BUDI, "wamid.budi3", THEN + 20, "lagi"),
        ]),
    );
    assert_eq!(deliver(&office.app, &again).await, 200);
    assert_eq!(deliver(&office.app, &read_receipt()).await, 200);
    let id = leadgen_pro::seal::digest_hex(&again);
    let record = office
        .document(&format!("webhook_deliveries/{id}"))
        .await
        .unwrap();
    assert_eq!(
        (&record["applied"], &record["duplicate"]),
        (&json!(1), &json!(1))
    );
    let conversations = documents::list(&office.app.project, "conversations").await;
    assert_eq!(conversations.len(), 1, "only Budi's: {conversations:?}");
    office.app.events.delivered().await;

    // A word after all was done is new; the second look leaves it.
    let later = whatsapp(
        "400300000000002",
        "messages",
        json!([text(SITI, "wamid.later", THEN + 90, "waalaikumsalam")]),
    );
    office.pass(1);
    assert_eq!(deliver(&office.app, &later).await, 200);

    // The second look finds the body that came late, and forgets whom it was about.
    office.pass(26);
    office.sweep().await;
    office.work().await;
    let told = office.everything_told().await;
    assert!(told.contains("waalaikumsalam"));
    for gone in ["rahasia", "Siti", "lead-siti", "wamid.siti"] {
        assert!(!told.contains(gone), "{gone}");
    }
    let request = office
        .document(&format!("deletion_requests/{code}"))
        .await
        .unwrap();
    assert_eq!(request["state"], "CLOSED");
    assert!(!request.to_string().contains(SITI), "{request}");

    // The instance remembers a conversation that is gone; a new message begins a new one all the same.
    let new = whatsapp(
        NUMBER,
        "messages",
        json!([text(SITI, "wamid.new", THEN + 99, "assalamualaikum")]),
    );
    assert_eq!(deliver(&office.app, &new).await, 200);
    let id = leadgen_pro::seal::digest_hex(&new);
    let record = office
        .document(&format!("webhook_deliveries/{id}"))
        .await
        .unwrap();
    assert_eq!(
        (&record["applied"], &record["parked"]),
        (&json!(1), &json!(0))
    );
    let told = office.everything_told().await;
    assert!(told.contains("assalamualaikum"));
}

#[tokio::test]
async fn an_erasure_that_breaks_off_anywhere_is_finished_by_the_next_turn() {
    let office = Office::open().await;
    fill(&office).await;
    let code = ask(&office).await;
    let mut broken = 0;
    for attempt in 1.. {
        let life = Duration::from_millis(4 * attempt);
        match tokio::time::timeout(life, turn(&office.app.state, &code)).await {
            Ok(Ok(_)) => break,
            Ok(Err(error)) => assert!(error.code().may_pass(), "{error}"),
            Err(_) => broken += 1,
        }
    }
    assert!(broken > 1, "it has to break off for this to be a test");
    office.app.events.delivered().await;
    let told = office.everything_told().await;
    assert_forgotten(&told);
    assert_budi_is_there(&told);
}
