//! The largest batch that Meta sends: a thousand messages in one body.

use leadgen_pro::inbox::reception::{Reception, Taken};
use serde_json::{Value, json};

use super::bodies::{NUMBER, THEN, text, whatsapp};
use super::cost::cost;
use super::harness::{deliver, look, start};
use crate::support::documents;

/// # Source
/// "Webhook notifications may be sent in batches of up to 1,000":
/// <https://developers.facebook.com/docs/graph-api/webhooks/getting-started>, read 2026-11.
const LARGEST: usize = 1_000;

/// Commits that it takes.
const COMMITS: u32 = 5;

/// A batch from so many people.
fn batch(people: usize, name: &str) -> Vec<u8> {
    let items: Vec<Value> = (0..LARGEST)
        .map(|number| {
            let from = format!("62870000{:05}", number % people);
            let id = format!("wamid.{name}{number}");
            text(&from, &id, THEN + i64::try_from(number).unwrap(), "batch")
        })
        .collect();
    whatsapp(NUMBER, "messages", json!(items))
}

#[tokio::test]
async fn from_one_person_it_takes_five_commits() {
    let app = start().await;
    let reception = Reception::new(&app.state);
    // The channel; the conversation, which the later commits remember; the commits. Each message and its key, the
    // conversation in each commit, that it wants a lead, and the record.
    let (taken, first) = cost(&reception, &batch(1, "a")).await;
    assert!(matches!(taken, Taken::Now(counts) if counts.applied == 1_000));
    assert_eq!(first, [1 + 1 + COMMITS, 2, 2_000 + COMMITS + 1 + 1]);
    // Warm: nothing is read.
    let (_, warm) = cost(&reception, &batch(1, "b")).await;
    assert_eq!(warm, [COMMITS, 0, 2_000 + COMMITS + 1]);
}

#[tokio::test]
async fn from_a_thousand_people_it_takes_five_commits_and_a_look_before_each() {
    let app = start().await;
    let reception = Reception::new(&app.state);
    let (taken, first) = cost(&reception, &batch(LARGEST, "a")).await;
    assert!(matches!(taken, Taken::Now(counts) if counts.applied == 1_000));
    assert_eq!(first, [1 + 2 * COMMITS, 1 + 1_000, 4 * 1_000 + 1]);
    let (_, warm) = cost(&reception, &batch(LARGEST, "b")).await;
    assert_eq!(warm, [COMMITS, 0, 3 * 1_000 + 1]);
}

#[tokio::test]
async fn delivered_again_and_twice_at_once_it_is_there_once() {
    let app = start().await;
    let body = batch(20, "a");
    // Another instance gets the same body at the same time: whoever is slower finds what the other has written.
    let other = Reception::new(&app.state);
    let (here, there) = futures::join!(deliver(&app, &body), other.take(&body, 0));
    there.unwrap();
    assert_eq!(here, 200);
    assert_eq!(deliver(&app, &body).await, 200);
    // And once more to the other, whichever of them was slower: a look at the conversations if it does not remember them, the
    // first commit, which finds it out, a look at the record, one commit to count it. Never a look at each message.
    let (taken, [requests, reads, _]) = cost(&other, &body).await;
    assert_eq!(taken, Taken::Before);
    assert!(requests <= 4 && reads <= 20 + 1, "{requests} and {reads}");

    let seen = look(&app).await;
    assert_eq!(seen.messages.len(), 1_000);
    assert_eq!(seen.conversations.len(), 20);
    for conversation in seen.conversations.values() {
        assert_eq!(conversation["unreadCount"], 50);
    }
    let records = documents::list(&app.project, "webhook_deliveries").await;
    assert_eq!(records.len(), 1);
    let keys = documents::list(&app.project, "message_keys").await;
    assert_eq!(keys.len(), 1_000);
}
