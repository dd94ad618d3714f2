//! Firestore goes away, or takes a commit and its answer gets lost.

use serde_json::json;

use super::bodies::{NUMBER, THEN, text, whatsapp};
use super::harness::{connect_all, deliver, look, settings};
use super::way::{DEAF, DOWN, MUTE, UP, Way};
use crate::support::{App, documents};

/// A delivery of one message, the later the higher its number.
fn message(number: i64) -> Vec<u8> {
    let id = format!("wamid.{number}");
    let messages = json!([text("6287000000011", &id, THEN + number, &id)]);
    whatsapp(NUMBER, "messages", messages)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_firestore_did_not_take_is_answered_503_and_is_there_once_in_the_end() {
    let way = Way::open().await;
    let mut settings = settings().to_vec();
    settings.push(("FIRESTORE_EMULATOR_HOST", &way.address));
    let app = App::start_with(&settings).await;
    connect_all(&app).await;
    assert_eq!(deliver(&app, &message(1)).await, 200);

    way.be(DOWN);
    assert_eq!(deliver(&app, &message(2)).await, 503);
    assert_eq!(deliver(&app, &message(3)).await, 503);
    way.be(UP);
    assert_eq!(look(&app).await.messages.len(), 1, "nothing came through");
    for number in [3, 2, 2] {
        let status = crate::support::eventually("Firestore is back", || async {
            let status = deliver(&app, &message(number)).await;
            (status != 503).then_some(status)
        });
        assert_eq!(status.await, 200);
    }

    way.be(DEAF);
    assert_eq!(deliver(&app, &message(4)).await, 503);
    way.be(UP);
    let status = crate::support::eventually("Firestore is back", || async {
        let status = deliver(&app, &message(4)).await;
        (status != 503).then_some(status)
    });
    assert_eq!(status.await, 200);

    let seen = look(&app).await;
    assert_eq!(seen.messages.len(), 4);
    assert_eq!((seen.ignored, seen.dead_letters), (0, 0));
    for conversation in seen.conversations.values() {
        assert_eq!(conversation["unreadCount"], 4);
        assert_eq!(conversation["lastMessageText"], "wamid.4");
    }
    // The delivery whose answer got lost was in before it came again.
    let id = leadgen_pro::seal::digest_hex(&message(4));
    let record = documents::get(&app.project, &format!("webhook_deliveries/{id}")).await;
    assert_eq!(record.unwrap()["repeated"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_waits_for_a_firestore_that_does_not_answer_longer_than_meta_does() {
    let way = Way::open().await;
    let mut settings = settings().to_vec();
    // The limits of Firestore's own calls would come much later than a test waits.
    settings.extend([
        ("FIRESTORE_EMULATOR_HOST", way.address.as_str()),
        ("FIRESTORE_TIMEOUT_SECONDS", "3600"),
        ("WEBHOOK_TIMEOUT_SECONDS", "2"),
    ]);
    let app = App::start_with(&settings).await;
    connect_all(&app).await;
    let taken = crate::support::eventually("a delivery in time", || async {
        (deliver(&app, &message(1)).await == 200).then_some(())
    });
    taken.await;
    way.be(MUTE);
    assert_eq!(deliver(&app, &message(2)).await, 503);
    way.be(UP);
    // What was committed and never answered was taken in; Meta delivers it again all the same.
    let taken = crate::support::eventually("Firestore is back", || async {
        (deliver(&app, &message(2)).await == 200).then_some(())
    });
    taken.await;
    let seen = look(&app).await;
    assert_eq!(seen.messages.len(), 2);
    for conversation in seen.conversations.values() {
        assert_eq!(conversation["unreadCount"], 2);
    }
}
