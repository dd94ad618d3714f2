//! Much at once: nothing lost, nothing doubled.

use futures::future::join_all;
use leadgen_pro::inbox::reception::{Reception, Taken};
use serde_json::json;

use super::bodies::{NUMBER, THEN, text, whatsapp};
use super::harness::{deliver, look, start};
use crate::support::documents;

fn message(number: i64) -> Vec<u8> {
    let id = format!("wamid.{number}");
    whatsapp(
        NUMBER,
        "messages",
        json!([text("6287000000011", &id, THEN + number, &id)]),
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_delivery_twenty_times_at_once_is_one() {
    let app = start().await;
    let body = message(1);
    let answers = join_all((0..20).map(|_| deliver(&app, &body))).await;
    assert_eq!(answers, [200; 20]);
    let seen = look(&app).await;
    assert_eq!(seen.messages.len(), 1);
    assert_eq!(seen.conversations.len(), 1);
    for conversation in seen.conversations.values() {
        assert_eq!(conversation["unreadCount"], 1);
    }
    let records = documents::list(&app.project, "webhook_deliveries").await;
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].1["repeated"], 19);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_deliveries_to_one_conversation_at_once_are_all_there() {
    let app = start().await;
    let bodies: Vec<Vec<u8>> = (0..20).map(message).collect();
    let answers = join_all(bodies.iter().map(|body| deliver(&app, body))).await;
    assert_eq!(answers, [200; 20]);
    let seen = look(&app).await;
    assert_eq!(seen.messages.len(), 20);
    assert_eq!(seen.ignored, 0);
    for conversation in seen.conversations.values() {
        assert_eq!(conversation["unreadCount"], 20);
        assert_eq!(conversation["lastMessageText"], "wamid.19");
    }
}

/// Each delivery to two of three instances that know nothing of each other: what one does not take, the platform
/// delivers again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_instances_agree() {
    let app = start().await;
    let instances: Vec<Reception> = (0..3).map(|_| Reception::new(&app.state)).collect();
    let deliveries = (0..30).flat_map(|number| [(number, number % 3), (number, (number + 1) % 3)]);
    let taken = join_all(deliveries.map(|(number, instance)| {
        let instance = &instances[usize::try_from(instance).unwrap()];
        async move {
            loop {
                if let Ok(taken) = instance.take(&message(number), 0).await {
                    return taken;
                }
            }
        }
    }))
    .await;
    let first = taken.iter().filter(|taken| matches!(taken, Taken::Now(_)));
    assert_eq!(first.count(), 30);
    let seen = look(&app).await;
    assert_eq!(seen.messages.len(), 30);
    for conversation in seen.conversations.values() {
        assert_eq!(conversation["unreadCount"], 30);
        assert_eq!(conversation["lastMessageText"], "wamid.29");
    }
}
