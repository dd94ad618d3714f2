//! What deliveries cost in Firestore, held to what the doc comments state.

use std::sync::Arc;

use leadgen_pro::inbox::reception::{Reception, Taken};
use leadgen_pro::store::{Ops, counting};
use serde_json::{Value, json};

use super::bodies::{
    NUMBER, THEN, echo, messenger, messenger_receipt, messenger_text, status, text, whatsapp,
};
use super::harness::{look, start};

/// Round trips, documents read, documents written.
pub(super) async fn cost(reception: &Reception, body: &[u8]) -> (Taken, [u32; 3]) {
    let ops = Arc::new(Ops::default());
    let taken = counting(Arc::clone(&ops), reception.take(body, 0)).await;
    (taken.unwrap(), [ops.requests(), ops.reads(), ops.writes()])
}

#[tokio::test]
async fn a_warm_conversation_costs_one_commit_and_no_read() {
    let app = start().await;
    let reception = Reception::new(&app.state);
    let message = |id: &str, second| {
        whatsapp(
            NUMBER,
            "messages",
            json!([text("6287000000011", id, second, "halo")]),
        )
    };
    // Nothing is known: the channel and the conversation are looked for.
    let (_, first) = cost(&reception, &message("wamid.1", THEN)).await;
    // Record, message, its key, conversation, and the wish to make a lead of them.
    assert_eq!(first, [3, 2, 5]);
    // Record, message, its key, conversation.
    let (taken, warm) = cost(&reception, &message("wamid.2", THEN + 1)).await;
    assert_eq!(warm, [1, 0, 4]);
    assert!(matches!(taken, Taken::Now(counts) if counts.applied == 1));

    // An echo, and the receipts that follow it: no conversation is touched by them.
    let sent = whatsapp(
        NUMBER,
        "message_echoes",
        json!([echo("6287000000011", "wamid.3", THEN + 2, "ya")]),
    );
    assert_eq!(cost(&reception, &sent).await.1, [1, 0, 4]);
    for (word, second) in [("sent", 3), ("delivered", 4), ("read", 5)] {
        let receipt = whatsapp(
            NUMBER,
            "statuses",
            json!([status("wamid.3", word, THEN + second)]),
        );
        assert_eq!(cost(&reception, &receipt).await.1, [1, 0, 3], "{word}");
    }

    // The same body again: the commit that finds it out, one read, the commit that counts it.
    let (taken, again) = cost(&reception, &message("wamid.2", THEN + 1)).await;
    assert_eq!(taken, Taken::Before);
    assert_eq!(again[..2], [3, 1]);
    // The same message in another body is known without a read.
    let other = whatsapp(
        NUMBER,
        "messages",
        json!([
            text("6287000000011", "wamid.2", THEN + 1, "halo"),
            text("6287000000011", "wamid.4", THEN + 9, "lagi")
        ]),
    );
    let (taken, mixed) = cost(&reception, &other).await;
    assert!(matches!(taken, Taken::Now(counts) if counts.applied == 1 && counts.duplicate == 1));
    assert_eq!(mixed, [1, 0, 4]);
    let conversations: Vec<Value> = look(&app).await.conversations.into_values().collect();
    assert_eq!(conversations[0]["unreadCount"], 3);
    assert_eq!(conversations[0]["lastMessageText"], "lagi");
}

#[tokio::test]
async fn however_many_messages_a_warm_delivery_is_one_commit_and_no_read() {
    let app = start().await;
    let reception = Reception::new(&app.state);
    let messages = |from: i64, count: i64| {
        let texts = (from..from + count)
            .map(|n| text("6287000000011", &format!("wamid.{n}"), THEN + n, "halo"));
        whatsapp(NUMBER, "messages", texts.collect())
    };
    cost(&reception, &messages(0, 1)).await;
    for (from, count) in [(1, 1), (2, 20), (22, 150)] {
        let (taken, spent) = cost(&reception, &messages(from, count)).await;
        assert!(matches!(taken, Taken::Now(counts) if i64::from(counts.applied) == count));
        // Each message and its key; record and conversation once.
        let writes = u32::try_from(2 * count + 2).unwrap();
        assert_eq!(spent, [1, 0, writes], "{count} messages");
    }
}

#[tokio::test]
async fn what_another_instance_wrote_costs_reads_and_ends_right() {
    let app = start().await;
    let (one, other) = (Reception::new(&app.state), Reception::new(&app.state));
    let message = |id: &str, second| {
        whatsapp(
            NUMBER,
            "messages",
            json!([text("6287000000011", id, second, id)]),
        )
    };
    for (number, reception) in [&one, &other, &one, &other].into_iter().enumerate() {
        let number = i64::try_from(number).unwrap();
        cost(
            reception,
            &message(&format!("wamid.{number}"), THEN + number),
        )
        .await;
    }
    // What `one` remembers is stale: the commit that finds it out, then record, key and conversation, then the commit.
    let (_, stale) = cost(&one, &message("wamid.9", THEN + 9)).await;
    assert_eq!(stale[..2], [5, 3]);
    let conversations: Vec<Value> = look(&app).await.conversations.into_values().collect();
    assert_eq!(conversations[0]["unreadCount"], 5);
    assert_eq!(conversations[0]["lastMessageText"], "wamid.9");
}

#[tokio::test]
async fn a_read_receipt_covers_what_was_sent_before_it_and_what_comes_late() {
    let app = start().await;
    let reception = Reception::new(&app.state);
    let (contact, ms) = ("7100000000000011", THEN * 1_000);
    let sent =
        |number: i64| messenger_text(contact, &format!("m_{number}"), ms + number, "kami", true);
    cost(&reception, &messenger(&json!([sent(1), sent(2), sent(5)]))).await;
    let read = messenger_receipt(contact, "read", json!({ "watermark": ms + 4 }));
    // The query, and the commit: two messages are marked.
    let (taken, receipt) = cost(&reception, &messenger(&json!([read]))).await;
    assert!(matches!(taken, Taken::Now(counts) if counts.applied == 1));
    assert_eq!(receipt[0], 2);
    cost(&reception, &messenger(&json!([sent(3)]))).await;
    let seen = look(&app).await;
    let status = |number: i64| {
        let message = seen
            .messages
            .values()
            .find(|m| m["id"] == format!("m_{number}"));
        message.unwrap()["status"].clone()
    };
    assert_eq!(
        [1, 2, 3, 5].map(status),
        [json!("READ"), json!("READ"), json!("READ"), Value::Null]
    );
}
