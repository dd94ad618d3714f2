//! Looking at a conversation: what is unread after it, whom it is told, and putting it away.

use serde_json::{Value, json};

use super::office::{INSTAGRAM, MESSENGER, Office, WHATSAPP};
use crate::support::documents;

async fn incoming(office: &Office, conversation: &str, text: &str) -> String {
    let path = format!("conversations/{conversation}/messages");
    let all = documents::list(&office.app.project, &path).await;
    let found = all.into_iter().find(|(_, message)| message["text"] == text);
    found.unwrap().0
}

#[tokio::test]
async fn what_came_after_the_message_looked_at_stays_unread() {
    let office = Office::open().await;
    let read = async |data: Value| {
        office
            .app
            .call(&office.m1(), "markConversationRead", data)
            .await
    };
    let mut conversation = String::new();
    for text in ["satu", "dua", "tiga"] {
        office.pass(1);
        conversation = office.written(WHATSAPP, text).await;
    }
    assert_eq!(office.conversation(WHATSAPP).await.1["unreadCount"], 3);
    let up_to = incoming(&office, &conversation, "dua").await;
    let seen = read(json!({ "conversationId": conversation, "upTo": up_to }))
        .await
        .result();
    assert_eq!(
        (&seen["unreadCount"], &seen["state"]),
        (&json!(1), &json!("OPEN"))
    );
    // The platform was told of that message, which marks those before it.
    let call = office.meta.calls().pop().unwrap();
    let told = office
        .get(&format!("conversations/{conversation}/messages/{up_to}"))
        .await
        .unwrap();
    assert_eq!(call.parameters["status"], "read");
    assert_eq!(call.parameters["message_id"], told["platformId"]);
    // Again: nothing changes, nothing is told.
    let calls = office.meta.calls().len();
    let again = read(json!({ "conversationId": conversation, "upTo": up_to }))
        .await
        .result();
    assert_eq!(again["unreadCount"], 1);
    assert_eq!(office.meta.calls().len(), calls);
    // One that nobody has looked at keeps it open.
    let kept = read(json!({ "conversationId": conversation, "upTo": up_to, "state": "RESOLVED" }))
        .await
        .result();
    assert_eq!(kept["state"], "OPEN");
    let all = read(json!({ "conversationId": conversation, "state": "RESOLVED" }))
        .await
        .result();
    assert_eq!(
        (&all["unreadCount"], &all["state"]),
        (&json!(0), &json!("RESOLVED"))
    );
    assert_eq!(office.conversation(WHATSAPP).await.1["state"], "RESOLVED");
    // The contact writes: it is back.
    office.pass(1);
    office.written(WHATSAPP, "empat").await;
    let (_, back) = office.conversation(WHATSAPP).await;
    assert_eq!(
        (&back["unreadCount"], &back["state"]),
        (&json!(1), &json!("OPEN"))
    );
    read(json!({ "conversationId": conversation, "state": "RESOLVED" }))
        .await
        .result();
    let taken = read(json!({ "conversationId": conversation, "state": "OPEN" }))
        .await
        .result();
    assert_eq!(taken["state"], "OPEN");

    for (wrong, field) in [
        (json!({ "upTo": "nobody" }), "upTo"),
        (json!({ "state": "GONE" }), "state"),
        (json!({ "upto": "x" }), "upto"),
    ] {
        let mut data = json!({ "conversationId": conversation });
        data.as_object_mut()
            .unwrap()
            .extend(wrong.as_object().unwrap().clone());
        assert_eq!(read(data).await.refusal().2, field);
    }
}

#[tokio::test]
async fn messenger_and_instagram_are_told_and_a_platform_that_is_away_harms_nothing() {
    let office = Office::open().await;
    for line in [MESSENGER, INSTAGRAM] {
        let conversation = office.written(line, "Halo").await;
        let data = json!({ "conversationId": conversation });
        office
            .app
            .call(&office.m1(), "markConversationRead", data.clone())
            .await
            .result();
        let call = office.meta.calls().pop().unwrap();
        assert_eq!(call.parameters["sender_action"], "mark_seen");
        assert_eq!(call.parameters["recipient"]["id"], line.customer);
        office.written(line, "Masih?").await;
        office.fails(line, simulators::graph::Fault::CutBefore);
        let seen = office
            .app
            .call(&office.m1(), "markConversationRead", data)
            .await
            .result();
        assert_eq!(seen["unreadCount"], 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_comes_meanwhile_stays_unread() {
    let office = Office::open().await;
    for round in 0..6 {
        let text = format!("sudah dilihat {round}");
        let conversation = office.written(WHATSAPP, &text).await;
        let up_to = incoming(&office, &conversation, &text).await;
        office.pass(2);
        office
            .meta
            .customer_writes(WHATSAPP.asset, WHATSAPP.customer, &format!("baru {round}"));
        let data = json!({ "conversationId": conversation, "upTo": up_to });
        let reader = office.m1();
        let look = office
            .app
            .call(&reader, "markConversationRead", data.clone());
        let (looked, ()) = futures::future::join(look, office.told()).await;
        looked.result();
        let (_, now) = office.conversation(WHATSAPP).await;
        assert_eq!(now["unreadCount"], 1, "round {round}");
        let rest = json!({ "conversationId": conversation });
        office
            .app
            .call(&office.m1(), "markConversationRead", rest)
            .await
            .result();
        office.pass(2);
    }
}
