//! What is parked, why, and how it gets in.

use leadgen_pro::admin::{self, AdminCommand};
use leadgen_pro::inbox::entry::conversation_name;
use leadgen_pro::inbox::event::{Account, ChannelKind};
use leadgen_pro::inbox::{ledger, replay};
use leadgen_pro::seal::digest_hex;
use serde_json::json;

use super::bodies::{NUMBER, THEN, text, whatsapp};
use super::harness::{connect, deliver, fixture, look, start};
use crate::support::documents;

const STRAY: &str = "499999999999999";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_for_a_channel_comes_in_once_it_is_connected() {
    let app = start().await;
    assert_eq!(
        deliver(&app, &fixture("wa_unknown_phone_number_id")).await,
        200
    );
    assert_eq!(deliver(&app, &fixture("odd_truncated_body")).await, 200);
    let seen = look(&app).await;
    assert_eq!((seen.messages.len(), seen.dead_letters), (0, 3));
    let id = digest_hex(&fixture("wa_unknown_phone_number_id"));
    let record = documents::get(&app.project, &format!("webhook_deliveries/{id}"))
        .await
        .unwrap();
    assert_eq!(record["state"], "PARKED");
    assert_eq!(record["waitingFor"], json!([format!("WHATSAPP_{STRAY}")]));
    let run = &record["settled"][0];
    assert_eq!((&run["from"], &run["to"]), (&json!(0), &json!(1)));
    assert!(run["reason"].as_str().unwrap().contains("not connected"));

    // Nothing changed: a replay changes nothing.
    let nothing = replay::all(&app.state, None).await.unwrap();
    assert_eq!(
        (nothing.deliveries, nothing.settled, nothing.parked),
        (2, 0, 3)
    );

    connect(&app, "WHATSAPP", STRAY, "CONNECTED").await;
    let channel = format!("WHATSAPP_{STRAY}");
    let replayed = replay::all(&app.state, Some(&channel)).await.unwrap();
    assert_eq!(
        (replayed.deliveries, replayed.settled, replayed.parked),
        (1, 1, 0)
    );
    let seen = look(&app).await;
    assert_eq!((seen.messages.len(), seen.dead_letters), (2, 1));
    assert!(replay::delivery(&app.state, &id).await.unwrap().is_none());
    assert!(
        replay::delivery(&app.state, "no-such-delivery")
            .await
            .unwrap()
            .is_none()
    );
    // Had the platform delivered it again meanwhile, it would be known.
    assert_eq!(
        deliver(&app, &fixture("wa_unknown_phone_number_id")).await,
        200
    );
    assert_eq!(look(&app).await.messages.len(), 2);

    let command = AdminCommand::Replay {
        delivery: None,
        channel: None,
        lead: None,
        all: true,
    };
    admin::run(&app.state, command).await.unwrap();
    assert_eq!(look(&app).await.dead_letters, 1);
}

#[tokio::test]
async fn a_channel_without_a_token_receives_and_a_disconnected_one_does_not() {
    let app = start().await;
    connect(&app, "WHATSAPP", NUMBER, "NEEDS_RECONNECT").await;
    connect(&app, "WHATSAPP", "400300000000002", "DISCONNECTED").await;
    assert_eq!(
        deliver(&app, &fixture("wa_two_numbers_one_entry")).await,
        200
    );
    let seen = look(&app).await;
    assert_eq!((seen.messages.len(), seen.dead_letters), (1, 1));
    connect(&app, "WHATSAPP", "400300000000002", "CONNECTED").await;
    let replayed = replay::all(&app.state, None).await.unwrap();
    assert_eq!(replayed.settled, 1);
    assert_eq!(look(&app).await.messages.len(), 2);
}

/// What is stored about one conversation has become unreadable, and Firestore refuses what depends on it.
#[tokio::test]
async fn one_poisoned_conversation_harms_no_neighbour() {
    let app = start().await;
    let contact = "6287000000012";
    let account = Account {
        kind: ChannelKind::WhatsApp,
        id: NUMBER.to_owned(),
    };
    let path = format!("conversations/{}", conversation_name(&account, contact));
    documents::put(&app.project, &path, json!({ "channel": 7 })).await;
    let items: Vec<_> = (0..9)
        .map(|number| {
            let from = format!("628700000001{}", number % 3 + 1);
            text(&from, &format!("wamid.{number}"), THEN + number, "halo")
        })
        .collect();
    let body = whatsapp(NUMBER, "messages", json!(items));
    assert_eq!(deliver(&app, &body).await, 200);
    let record = format!("webhook_deliveries/{}", digest_hex(&body));
    let settled = documents::get(&app.project, &record).await.unwrap();
    assert_eq!(
        (&settled["applied"], &settled["parked"]),
        (&json!(6), &json!(3)),
        "{settled}"
    );
    documents::delete(&app.project, &path).await;
    replay::all(&app.state, None).await.unwrap();
    let seen = look(&app).await;
    assert_eq!((seen.messages.len(), seen.dead_letters), (9, 0));
    let unread = seen
        .conversations
        .values()
        .map(|c| c["unreadCount"].as_i64().unwrap());
    assert_eq!(unread.collect::<Vec<_>>(), [3, 3, 3]);
}

/// Units that end differently one by one: more runs than stand in a record.
#[tokio::test]
async fn the_ledger_keeps_how_each_of_thousands_ended() {
    let app = start().await;
    let items: Vec<_> = (0..2_500)
        .map(|number| {
            if number % 2 == 0 {
                json!({})
            } else {
                json!("x")
            }
        })
        .collect();
    let body =
        json!({ "object": "page", "entry": [{ "id": "200100000000001", "messaging": items }] });
    let body = body.to_string().into_bytes();
    assert_eq!(deliver(&app, &body).await, 200);
    let seen = look(&app).await;
    assert_eq!((seen.ignored, seen.dead_letters), (1_250, 1_250));
    let id = digest_hex(&body);
    let beside = documents::list(&app.project, &format!("webhook_deliveries/{id}/settled")).await;
    assert_eq!(beside.len(), 2);
    let waiting = ledger::waiting(&app.state.store, &id)
        .await
        .unwrap()
        .unwrap();
    let odd: Vec<usize> = (0..1_250).map(|number| 2 * number + 1).collect();
    assert_eq!(waiting.parked, odd);
    let counts = replay::delivery(&app.state, &id).await.unwrap().unwrap();
    assert_eq!(
        (counts.units, counts.ignored, counts.parked),
        (2_500, 1_250, 1_250)
    );
}
