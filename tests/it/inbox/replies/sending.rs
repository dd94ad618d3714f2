//! What goes well: one press, one message, once in the inbox, on every line.

use std::sync::Arc;

use axum::http::{HeaderMap, header};
use leadgen_pro::extract::Caller;
use leadgen_pro::inbox::erase;
use leadgen_pro::inbox::send::send_message;
use leadgen_pro::policy::{Action, Actor, authorize};
use leadgen_pro::store::{Ops, counting};
use serde_json::{Value, json};
use simulators::graph::Happening;

use super::office::{INSTAGRAM_OWN, LINES, MESSENGER, Office, WHATSAPP};
use crate::support::documents;

#[tokio::test]
async fn a_reply_goes_out_once_and_its_echo_and_receipts_join_it() {
    let office = Office::open().await;
    for line in LINES {
        let conversation = office.written(line, "Ada paket Ramadan?").await;
        let sent = office.send(&conversation, " Ada, Kak. ", "r1").await;
        // One request id for all lines would be one message: each line has its own.
        let sent = if sent.status == 409 {
            let request = format!("r-{}-{}", line.asset, line.customer);
            office.send(&conversation, " Ada, Kak. ", &request).await
        } else {
            sent
        };
        let sent = sent.result();
        assert_eq!(sent["status"], "SENT", "{line:?}: {sent}");
        let (id, message) = office.only(&conversation).await;
        assert_eq!(sent["messageId"], id.as_str());
        assert_eq!(message["status"], "SENT");
        assert_eq!(message["text"], "Ada, Kak.");
        assert_eq!(message["authorId"], "m1");
        assert_eq!(message["platformId"], sent["platformId"]);
        office.told().await;
        let read = Happening::Read {
            asset: line.asset.to_owned(),
            customer: line.customer.to_owned(),
        };
        office.pass(5);
        office.meta.happen(read);
        office.told().await;
        let (same, message) = office.only(&conversation).await;
        assert_eq!((same, &message["status"]), (id, &json!("READ")), "{line:?}");
        assert_eq!(message["error"], Value::Null);
        assert_eq!((office.reached(line), office.asked(line) > 0), (1, true));
    }
    office.audit().await;
    // What is known of sending is settled, and waits for nothing.
    for (_, outgoing) in documents::list(&office.app.project, "outbox").await {
        assert_eq!(outgoing["state"], "SENT");
        assert!(outgoing["expireAt"].is_object());
        assert!(!outgoing.to_string().contains("Kak"), "{outgoing}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_request_at_once_and_again_is_one_message() {
    let office = Office::open().await;
    let conversation = office.written(WHATSAPP, "Halo").await;
    let presses = (0..8).map(|_| office.send(&conversation, "Halo, Kak", "r1"));
    let answers = futures::future::join_all(presses).await;
    let mut ids = std::collections::BTreeSet::new();
    for answer in answers {
        let seen = answer.result();
        assert!(["SENT", "PENDING"].contains(&seen["status"].as_str().unwrap()));
        ids.insert(seen["messageId"].to_string());
    }
    assert_eq!(ids.len(), 1);
    let again = office.send(&conversation, "Halo, Kak", "r1").await.result();
    assert_eq!(again["status"], "SENT");
    assert_eq!((office.asked(WHATSAPP), office.reached(WHATSAPP)), (1, 1));
    office.told().await;
    let later = office.send(&conversation, "Halo, Kak", "r1").await.result();
    assert_eq!(later["status"], "DELIVERED");

    let other = office.send(&conversation, "Lain", "r1").await;
    assert_eq!(other.refusal().1, "REQUEST_ID_REUSED");
    // Another person's request of the same name is another message.
    let pusat = office.app.staff("p1", "PUSAT", None).await;
    let data = json!({ "conversationId": conversation, "text": "Halo, Kak", "requestId": "r1" });
    let theirs = office.app.call(&pusat, "sendMessage", data).await.result();
    assert_ne!(theirs["messageId"], later["messageId"]);
    assert_eq!(office.reached(WHATSAPP), 2);
    office.told().await;
    assert_eq!(office.ours(&conversation).await.len(), 2);
    office.audit().await;
}

#[tokio::test]
async fn an_answer_names_the_message_that_it_answers() {
    let office = Office::open().await;
    for (line, at) in [
        (WHATSAPP, "/context/message_id"),
        (MESSENGER, "/reply_to/mid"),
        (INSTAGRAM_OWN, "/reply_to/mid"),
    ] {
        let conversation = office.written(line, "Berapa harganya?").await;
        let path = format!("conversations/{conversation}/messages");
        let (question, asked) = documents::list(&office.app.project, &path).await.remove(0);
        let data = json!({
            "conversationId": conversation, "text": "30 juta", "replyTo": question,
            "requestId": line.asset,
        });
        office
            .app
            .call(&office.m1(), "sendMessage", data)
            .await
            .result();
        let call = office.meta.calls().pop().unwrap();
        let told = json!(call.parameters);
        assert_eq!(told.pointer(at), Some(&asked["platformId"]), "{line:?}");
        let (_, answer) = office.only(&conversation).await;
        assert_eq!(answer["replyTo"], asked["platformId"]);
        let data = json!({
            "conversationId": conversation, "text": "x", "replyTo": "nobody", "requestId": "r2",
        });
        let refused = office.app.call(&office.m1(), "sendMessage", data).await;
        assert_eq!(refused.refusal().2, "replyTo");
    }
}

#[tokio::test]
async fn the_first_answer_is_noted_on_the_lead() {
    let office = Office::open().await;
    let app = &office.app;
    let conversation = office.written(WHATSAPP, "Halo").await;
    let lead = json!({ "name": "Siti", "phone": "+6287000000011", "source": "WHATSAPP" });
    let lead = app.call(&office.m1(), "createLead", lead).await.result();
    let lead = lead["leadId"].as_str().unwrap().to_owned();
    let link = json!({ "conversationId": conversation, "leadId": lead });
    app.call(&office.m1(), "linkConversationToLead", link)
        .await
        .result();
    let path = format!("leads/{lead}");
    assert!(office.get(&path).await.unwrap()["firstResponseAt"].is_null());
    let first = office.app.state.clock.now();
    office.send(&conversation, "Halo, Kak", "r1").await.result();
    office.pass(60);
    office
        .send(&conversation, "Masih di sini?", "r2")
        .await
        .result();
    let noted = office.get(&path).await.unwrap();
    let at: jiff::Timestamp = noted["firstResponseAt"]["$time"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    assert_eq!(at, first);
    assert_eq!(noted["lastChange"]["by"], "service");
}

#[tokio::test]
async fn what_is_known_of_sending_goes_with_the_conversation() {
    let office = Office::open().await;
    let conversation = office.written(WHATSAPP, "Halo").await;
    office.send(&conversation, "Halo, Kak", "r1").await.result();
    let state = &office.app.state;
    let permit = authorize(&Actor::Service, &Action::KeepServiceData).unwrap();
    while erase::messages(state, &conversation, &permit)
        .await
        .unwrap()
        > 0
    {}
    let left = documents::list(&office.app.project, "outbox").await;
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test]
async fn a_message_costs_what_its_comment_says() {
    let office = Office::open().await;
    let conversation = office.written(WHATSAPP, "Halo").await;
    let mut headers = HeaderMap::new();
    let token = format!("Bearer {}", office.m1().token).parse().unwrap();
    headers.insert(header::AUTHORIZATION, token);
    let state = office.app.state.clone();
    let caller = Caller::from_headers(&state, &headers).await.unwrap();
    let data = json!({ "conversationId": conversation, "text": "Halo", "requestId": "r1" });
    let data = serde_json::from_value(data).unwrap();
    let ops = Arc::<Ops>::default();
    counting(Arc::clone(&ops), send_message(state, caller, data))
        .await
        .unwrap();
    // Two and two side by side, one commit, and the four of the answer.
    assert_eq!(ops.requests(), 9);
}
