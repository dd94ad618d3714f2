//! Each fault at each step: the customer gets one message or none, and the inbox says what is known of it.

use serde_json::{Value, json};
use simulators::graph::{Fault, Refusal};

use super::office::{INSTAGRAM, INSTAGRAM_OWN, LINES, Line, MESSENGER, Office, WHATSAPP};
use crate::support::App;

const ONE_OF_EACH: [Line; 3] = [MESSENGER, INSTAGRAM, WHATSAPP];

fn assert_unclear(message: &Value) {
    assert_eq!(message["status"], "PENDING", "{message}");
    assert_eq!(message["error"]["code"], "UNCONFIRMED");
    for language in ["message", "messageEn"] {
        assert!(
            message["error"][language]
                .as_str()
                .is_some_and(|text| text.len() > 20)
        );
    }
}

/// The answer is lost, and the message went out: nothing is repeated, and its echo or status completes it.
#[tokio::test]
async fn a_lost_answer_is_completed_by_what_the_platform_tells() {
    let broken = Refusal::new(1).status(500);
    for fault in [Fault::CutAfter, Fault::RefuseAfter { refusal: broken }] {
        let office = Office::open().await;
        for line in ONE_OF_EACH {
            let conversation = office.written(line, "Halo").await;
            office.fails(line, fault.clone());
            let request = line.channel;
            let lost = office
                .send(&conversation, "Halo, Kak", request)
                .await
                .result();
            assert_eq!(lost["status"], "PENDING", "{lost}");
            assert_eq!(lost["error"]["code"], "UNCONFIRMED");
            let (id, message) = office.only(&conversation).await;
            assert_unclear(&message);
            let again = office
                .send(&conversation, "Halo, Kak", request)
                .await
                .result();
            assert_eq!(again["error"]["code"], "UNCONFIRMED");
            assert_eq!(office.asked(line), 1, "{line:?}: never repeated blindly");
            office.told().await;
            let (same, message) = office.only(&conversation).await;
            assert_eq!(same, id);
            assert!(["SENT", "DELIVERED"].contains(&message["status"].as_str().unwrap()));
            assert_eq!(message["error"], Value::Null);
            assert!(message["platformId"].is_string());
            let known = office
                .send(&conversation, "Halo, Kak", request)
                .await
                .result();
            assert_eq!(known["status"], message["status"]);
            assert_eq!((office.asked(line), office.reached(line)), (1, 1));
            office.meta.mend();
        }
        office.audit().await;
    }
}

/// The same when it did not go out, which nobody can tell from here: it stays unclear, and is not repeated.
#[tokio::test]
async fn what_may_have_gone_out_is_not_repeated() {
    let busy = Refusal::new(2);
    for fault in [
        Fault::CutBefore,
        Fault::Gateway { status: 502 },
        Fault::OkWithError { refusal: busy },
    ] {
        let office = Office::open().await;
        let conversation = office.written(MESSENGER, "Halo").await;
        office.fails(MESSENGER, fault.clone());
        let lost = office.send(&conversation, "Halo, Kak", "r1").await.result();
        assert_eq!(lost["error"]["code"], "UNCONFIRMED", "{fault:?}: {lost}");
        office.told().await;
        office.pass(3_600);
        office.sweep().await;
        office.send(&conversation, "Halo, Kak", "r1").await.result();
        assert_unclear(&office.only(&conversation).await.1);
        assert_eq!((office.asked(MESSENGER), office.reached(MESSENGER)), (1, 0));
        // A person has looked, and writes it anew.
        let anew = office.send(&conversation, "Halo, Kak", "r2").await.result();
        assert_eq!(anew["status"], "SENT");
        office.told().await;
        assert_eq!(office.reached(MESSENGER), 1);
        let ours = office.ours(&conversation).await;
        let sent = ours.iter().filter(|(_, it)| it["status"] != "PENDING");
        assert_eq!((ours.len(), sent.count()), (2, 1), "{ours:#?}");
    }
}

/// A refusal is certain: the message failed, with a sentence for people, and the same button sends it.
#[tokio::test]
async fn a_refusal_is_told_and_the_same_button_sends_it_later() {
    let office = Office::open().await;
    let cases = [
        (WHATSAPP, Refusal::new(131_056), "131056", "TOO_FAST"),
        (MESSENGER, Refusal::new(613), "613", "TOO_FAST"),
        (
            INSTAGRAM,
            Refusal::new(10).subcode(2_534_022),
            "10/2534022",
            "REPLY_WINDOW_CLOSED",
        ),
    ];
    for (line, refusal, code, reason) in cases {
        let conversation = office.written(line, "Halo").await;
        office.fails(line, Fault::Refuse { refusal });
        let request = line.channel;
        let refused = office.send(&conversation, "Halo, Kak", request).await;
        assert_eq!(refused.refusal().1, reason, "{}", refused.body);
        let (id, message) = office.only(&conversation).await;
        assert_eq!(refused.body["error"]["details"]["messageId"], id.as_str());
        assert_eq!(
            (&message["status"], &message["error"]["code"]),
            (&json!("FAILED"), &json!(code))
        );
        assert_ne!(message["error"]["message"], message["error"]["messageEn"]);
        assert_eq!(office.reached(line), 0);
        let sent = office
            .send(&conversation, "Halo, Kak", request)
            .await
            .result();
        assert_eq!(
            (&sent["messageId"], &sent["status"]),
            (&json!(id), &json!("SENT"))
        );
        office.told().await;
        let (_, message) = office.only(&conversation).await;
        assert_eq!(message["error"], Value::Null);
        assert_eq!((office.asked(line), office.reached(line)), (2, 1));
    }
    office.audit().await;
}

/// WhatsApp says yes at once, and by a status that it could not be delivered.
#[tokio::test]
async fn a_status_tells_that_a_message_failed_after_all() {
    let office = Office::open().await;
    let conversation = office.written(WHATSAPP, "Halo").await;
    office
        .meta
        .change_customer(WHATSAPP.asset, WHATSAPP.customer, |it| {
            it.unreachable = true;
        });
    office.send(&conversation, "Halo, Kak", "r1").await.result();
    office.told().await;
    let (_, message) = office.only(&conversation).await;
    assert_eq!(
        (&message["status"], &message["error"]["code"]),
        (&json!("FAILED"), &json!("131026"))
    );
    assert!(
        message["error"]["message"]
            .as_str()
            .unwrap()
            .contains("tidak dapat menerima")
    );
}

/// The platform is not there at all.
#[tokio::test]
async fn what_never_left_may_be_sent_again() {
    let office = Office::open_with(&[("GRAPH_URL", "http://127.0.0.1:9")]).await;
    let conversation = office.written(WHATSAPP, "Halo").await;
    for _ in 0..2 {
        let away = office.send(&conversation, "Halo, Kak", "r1").await;
        let (code, reason, _) = away.refusal();
        assert_eq!(
            (code.as_str(), reason.as_str()),
            ("UNAVAILABLE", "NOT_SENT")
        );
        let (_, message) = office.only(&conversation).await;
        assert_eq!(
            (&message["status"], &message["error"]["code"]),
            (&json!("FAILED"), &json!("NOT_SENT"))
        );
    }
}

/// The echo, or the status, is there before the answer.
#[tokio::test]
async fn what_overtakes_the_answer_joins_the_same_message() {
    let office = Office::open().await;
    for line in LINES {
        let conversation = office.written(line, "Halo").await;
        let before = office.asked(line);
        office.fails(line, Fault::Late { ms: 5_000 });
        let request = format!("{}{}", line.asset, line.customer);
        let answer = async {
            let sent = office.send(&conversation, "Halo, Kak", &request).await;
            sent.result()
        };
        let overtaken = async {
            let path = format!("/{}/messages", line.sender);
            let mine = |call: &simulators::graph::Record| {
                call.path == path && call.effects > 0 && call.status == 0
            };
            office.meta.call(mine).await;
            assert_eq!(office.asked(line), before + 1);
            let (_, pending) = office.only(&conversation).await;
            assert_eq!(pending["status"], "PENDING");
            office.told().await;
            let (_, told) = office.only(&conversation).await;
            assert_ne!(told["status"], "PENDING", "{line:?}: {told}");
            // Later than any echo: only now comes the answer.
            office.pass(6);
        };
        let (sent, ()) = futures::future::join(answer, overtaken).await;
        let (id, message) = office.only(&conversation).await;
        assert_eq!(sent["messageId"], id.as_str());
        assert_eq!(message["platformId"], sent["platformId"]);
        assert_eq!(office.reached(line), 1);
    }
    office.audit().await;
}

/// Whoever asked is gone before the answer: the process was killed, or the connection broke.
#[tokio::test]
async fn a_killed_attempt_is_completed_by_its_echo_or_shown_as_unclear() {
    for line in ONE_OF_EACH {
        for went_out in [true, false] {
            let office = Office::open().await;
            let conversation = office.written(line, "Halo").await;
            let fault = if went_out {
                Fault::Late { ms: 60_000 }
            } else {
                Fault::Never
            };
            office.fails(line, fault);
            {
                let sending = std::pin::pin!(office.send(&conversation, "Halo, Kak", "r1"));
                let path = format!("/{}/messages", line.sender);
                let asked = std::pin::pin!(office.meta.call(|call| call.path == path));
                // What asked is dropped here, and with it the connection and the attempt.
                futures::future::select(sending, asked).await;
            }
            let (_, message) = office.only(&conversation).await;
            assert_eq!(message["status"], "PENDING");
            let held = office.send(&conversation, "Halo, Kak", "r1").await.result();
            assert_eq!(
                (&held["status"], &held["error"]),
                (&json!("PENDING"), &Value::Null)
            );
            if went_out {
                office.told().await;
                let (_, message) = office.only(&conversation).await;
                assert_ne!(message["status"], "PENDING", "{line:?}");
            } else {
                office.pass(3_600);
                office.sweep().await;
                assert_unclear(&office.only(&conversation).await.1);
                let held = office.send(&conversation, "Halo, Kak", "r1").await.result();
                assert_eq!(held["error"]["code"], "UNCONFIRMED");
            }
            assert_eq!(
                (office.asked(line), office.reached(line)),
                (1, usize::from(went_out))
            );
            office.audit().await;
        }
    }
}

/// A sweep that finds a message whose echo comes afterwards changes nothing that the echo cannot mend.
#[tokio::test]
async fn an_echo_after_the_sweep_completes_the_message() {
    let office = Office::open().await;
    let conversation = office.written(INSTAGRAM, "Halo").await;
    office.fails(INSTAGRAM, Fault::CutAfter);
    office.send(&conversation, "Halo, Kak", "r1").await.result();
    office.pass(7_200);
    office.sweep().await;
    assert_unclear(&office.only(&conversation).await.1);
    office.told().await;
    let (_, message) = office.only(&conversation).await;
    assert_eq!(
        (&message["status"], &message["error"]),
        (&json!("SENT"), &Value::Null)
    );
}

/// Two open messages of the same words, both without an answer: two messages went out, two are in the inbox.
#[tokio::test]
async fn the_same_words_twice_are_two_messages() {
    let office = Office::open().await;
    let conversation = office.written(INSTAGRAM, "Halo").await;
    for request in ["r1", "r2"] {
        office.fails(INSTAGRAM, Fault::CutAfter);
        office.send(&conversation, "ya", request).await.result();
    }
    office.told().await;
    let ours = office.ours(&conversation).await;
    assert_eq!(ours.len(), 2, "{ours:#?}");
    assert!(ours.iter().all(|(_, it)| it["status"] == "SENT"));
    assert_eq!(office.reached(INSTAGRAM), 2);
    office.audit().await;
}

/// The same words written by a person elsewhere are another message.
#[tokio::test]
async fn an_echo_of_another_app_is_nobody_of_ours() {
    let office = Office::open().await;
    let conversation = office.written(INSTAGRAM, "Halo").await;
    office.fails(INSTAGRAM, Fault::CutBefore);
    office.send(&conversation, "ya", "r1").await.result();
    office.meta.happen(simulators::graph::Happening::Echo {
        asset: INSTAGRAM.asset.to_owned(),
        customer: INSTAGRAM.customer.to_owned(),
        text: "ya".to_owned(),
    });
    office.told().await;
    let ours = office.ours(&conversation).await;
    assert_eq!(ours.len(), 2, "{ours:#?}");
    let open = ours.iter().filter(|(_, it)| it["status"] == "PENDING");
    assert_eq!(open.count(), 1);
}

/// The platform's own mistake: it sends twice. The inbox shows what the customer got.
#[tokio::test]
async fn what_the_platform_doubles_is_shown_as_two() {
    let office = Office::open().await;
    let conversation = office.written(MESSENGER, "Halo").await;
    office.fails(MESSENGER, Fault::Twice);
    office.send(&conversation, "Halo, Kak", "r1").await.result();
    office.told().await;
    assert_eq!((office.asked(MESSENGER), office.reached(MESSENGER)), (1, 2));
    assert_eq!(office.ours(&conversation).await.len(), 2);
    office.audit().await;
}

/// A dead token fails the message, in words that say what to do; it is looked at by those who mark channels.
#[tokio::test]
async fn a_dead_token_is_told_as_one() {
    let office = Office::open().await;
    let conversation = office.written(INSTAGRAM_OWN, "Halo").await;
    let refusal = Refusal::new(190).subcode(463);
    office.fails(INSTAGRAM_OWN, Fault::Refuse { refusal });
    let refused = office.send(&conversation, "Halo, Kak", "r1").await;
    assert_eq!(
        refused.refusal().1,
        "CHANNEL_NEEDS_RECONNECT",
        "{}",
        refused.body
    );
    let (_, message) = office.only(&conversation).await;
    assert_eq!(message["error"]["code"], "190/463");
    assert_eq!(office.reached(INSTAGRAM_OWN), 0);
}

/// A channel that is not connected, or whose token is dead, is told before anything is written.
#[tokio::test]
async fn without_a_connection_nothing_is_written() {
    let office = Office::open().await;
    let conversation = office.written(MESSENGER, "Halo").await;
    let app: &App = &office.app;
    let channel = format!("channels/FACEBOOK_{}", MESSENGER.asset);
    for (state, reason) in [
        ("NEEDS_RECONNECT", "CHANNEL_NEEDS_RECONNECT"),
        ("DISCONNECTED", "CHANNEL_DISCONNECTED"),
    ] {
        let mut doc = office.get(&channel).await.unwrap();
        doc["state"] = state.into();
        crate::support::documents::put(&app.project, &channel, doc).await;
        let refused = office.send(&conversation, "Halo", "r1").await;
        let (code, told, _) = refused.refusal();
        assert_eq!(
            (code.as_str(), told.as_str()),
            ("FAILED_PRECONDITION", reason)
        );
    }
    assert_eq!(office.ours(&conversation).await.len(), 0);
    assert_eq!(office.asked(MESSENGER), 0);
}
