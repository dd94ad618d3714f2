//! The instance ends in the middle of a delivery, and the platform delivers again to another.

use std::time::Duration;

use leadgen_pro::inbox::reception::{Reception, Taken};
use serde_json::{Value, json};

use super::bodies::{NUMBER, THEN, echo, text, whatsapp};
use super::harness::{look, start_then};

fn batch() -> Vec<u8> {
    let items: Vec<Value> = (0..1_000)
        .map(|number| {
            let person = format!("62870000{:05}", number % 7);
            let (id, second) = (format!("wamid.{number}"), THEN + (number * 37) % 1_000);
            if number % 5 == 0 {
                echo(&person, &id, second, &id)
            } else {
                text(&person, &id, second, &id)
            }
        })
        .collect();
    // Ours come as echoes, theirs as messages: two lists in one change.
    let (ours, theirs): (Vec<Value>, Vec<Value>) =
        items.into_iter().partition(|item| item["to"].is_string());
    let mut body: Value =
        serde_json::from_slice(&whatsapp(NUMBER, "messages", json!(theirs))).unwrap();
    body["entry"][0]["changes"][0]["value"]["message_echoes"] = json!(ours);
    body.to_string().into_bytes()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delivery_that_broke_off_anywhere_ends_as_a_calm_one() {
    let body = batch();
    let calm = start_then().await;
    let taken = Reception::new(&calm.state).take(&body, 0).await.unwrap();
    assert!(matches!(taken, Taken::Now(counts) if counts.applied == 1_000));
    let calm = look(&calm).await;

    let app = start_then().await;
    let mut broken = 0;
    for attempt in 1.. {
        // A new instance each time, which lives a little longer: it ends before, between and inside commits.
        let life = Duration::from_millis(13 * attempt * attempt);
        let reception = Reception::new(&app.state);
        match tokio::time::timeout(life, reception.take(&body, 0)).await {
            Ok(taken) => {
                taken.unwrap();
                break;
            }
            Err(_) => broken += 1,
        }
    }
    assert!(
        broken > 1,
        "the delivery has to break off for this to be a test"
    );
    let seen = look(&app).await;
    assert_eq!(seen.messages, calm.messages);
    assert_eq!(seen.conversations, calm.conversations);
    assert_eq!(
        Reception::new(&app.state).take(&body, 0).await.unwrap(),
        Taken::Before
    );
}
