//! Windows at their edges, by the clock of both sides; texts at their limits. What is refused here is never asked there.

use serde_json::{Value, json};

use super::office::{INSTAGRAM, MESSENGER, Office, WHATSAPP, WHATSAPP_USER};

const DAY: i64 = 24 * 3_600;

fn details(answer: &crate::support::Answer) -> Value {
    answer.body["error"]["details"].clone()
}

#[tokio::test]
async fn a_window_ends_to_the_second_here_as_there() {
    let office = Office::open().await;
    for line in [MESSENGER, INSTAGRAM, WHATSAPP] {
        let opened = office.app.state.clock.now();
        let conversation = office.written(line, "Halo").await;
        office.pass(DAY - 1);
        let last = office
            .send(&conversation, "Masih boleh", &format!("{}1", line.asset))
            .await;
        assert_eq!(last.result()["status"], "SENT", "{line:?}");
        office.pass(1);
        let asked = office.asked(line);
        let late = office
            .send(&conversation, "Terlambat", &format!("{}2", line.asset))
            .await;
        let (code, reason, _) = late.refusal();
        assert_eq!(
            (code.as_str(), reason.as_str()),
            ("FAILED_PRECONDITION", "REPLY_WINDOW_CLOSED")
        );
        let ended: jiff::Timestamp = details(&late)["replyWindowEndedAt"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
        assert_eq!(ended, opened + jiff::SignedDuration::from_secs(DAY));
        assert!(
            details(&late)["message"].as_str().unwrap().contains("WIB"),
            "{}",
            late.body
        );
        assert_eq!(office.asked(line), asked, "nothing was asked");
        assert_eq!(
            office.ours(&conversation).await.len(),
            1,
            "nothing was written"
        );
        // A word of the customer opens it again.
        office.written(line, "Masih ada?").await;
        let open = office
            .send(&conversation, "Ada", &format!("{}3", line.asset))
            .await;
        assert_eq!(open.result()["status"], "SENT");
        office.told().await;
    }
    office.audit().await;
}

#[tokio::test]
async fn a_person_may_answer_messenger_and_instagram_for_seven_days() {
    let office = Office::open().await;
    for line in [MESSENGER, INSTAGRAM] {
        let conversation = office.written(line, "Halo").await;
        let by_hand = |request: &str| {
            let request = format!("{}{request}", line.asset);
            json!({ "conversationId": conversation, "text": "Maaf lama", "tag": "HUMAN_AGENT", "requestId": request })
        };
        office.pass(DAY);
        let plain = office
            .send(&conversation, "Maaf lama", &format!("{}0", line.asset))
            .await;
        assert!(
            details(&plain)["humanAgentUntil"].is_string(),
            "{}",
            plain.body
        );
        let sent = office
            .app
            .call(&office.m1(), "sendMessage", by_hand("1"))
            .await;
        assert_eq!(sent.result()["status"], "SENT");
        let call = office.meta.calls().pop().unwrap();
        assert_eq!(call.parameters["tag"], "HUMAN_AGENT");
        office.pass(6 * DAY - 1);
        let sent = office
            .app
            .call(&office.m1(), "sendMessage", by_hand("2"))
            .await;
        assert_eq!(sent.result()["status"], "SENT");
        office.pass(1);
        let late = office
            .app
            .call(&office.m1(), "sendMessage", by_hand("3"))
            .await;
        assert_eq!(late.refusal().1, "REPLY_WINDOW_CLOSED");
        assert!(details(&late)["humanAgentUntil"].is_null());
    }
}

#[tokio::test]
async fn whatsapp_takes_a_template_behind_its_window() {
    let office = Office::open().await;
    for line in [WHATSAPP, WHATSAPP_USER] {
        let conversation = office.written(line, "Halo").await;
        office.pass(3 * DAY);
        let template = |parameters: Value, request: &str| {
            let request = format!("{}{request}", line.customer);
            json!({
                "conversationId": conversation, "requestId": request,
                "template": { "name": "jadwal", "language": "id", "parameters": parameters },
            })
        };
        let two = template(json!(["Siti", "12 Desember"]), "1");
        let sent = office.app.call(&office.m1(), "sendMessage", two).await;
        assert_eq!(sent.result()["status"], "SENT");
        office.told().await;
        let (_, message) = office.only(&conversation).await;
        assert_eq!(
            (&message["kind"], &message["status"]),
            (&json!("template"), &json!("DELIVERED"))
        );
        assert_eq!(message["text"], "[jadwal] Siti · 12 Desember");
        // The platform knows how many places there are.
        let one = template(json!(["Siti"]), "2");
        let refused = office.app.call(&office.m1(), "sendMessage", one).await;
        assert_eq!(refused.refusal().1, "TEMPLATE_REFUSED", "{}", refused.body);
        assert_eq!(office.reached(line), 1);
    }
}

#[tokio::test]
async fn each_wrong_field_is_named_and_nothing_is_asked() {
    let office = Office::open().await;
    let whatsapp = office.written(WHATSAPP, "Halo").await;
    let instagram = office.written(INSTAGRAM, "Halo").await;
    let good = json!({ "conversationId": whatsapp, "text": "Halo", "requestId": "r" });
    let long = "س".repeat(501);
    for (change, reason, field) in [
        (json!({ "text": null }), "INVALID_FIELD", "text"),
        (json!({ "text": "  " }), "INVALID_FIELD", "text"),
        (
            json!({ "text": "a".repeat(4_097) }),
            "TEXT_TOO_LONG",
            "text",
        ),
        (
            json!({ "conversationId": instagram, "text": long }),
            "TEXT_TOO_LONG",
            "text",
        ),
        (json!({ "requestId": "" }), "INVALID_FIELD", "requestId"),
        (
            json!({ "requestId": "r".repeat(129) }),
            "INVALID_FIELD",
            "requestId",
        ),
        (json!({ "tag": "ACCOUNT_UPDATE" }), "INVALID_FIELD", "tag"),
        (json!({ "private": true }), "INVALID_FIELD", "private"),
        (
            json!({ "conversationId": "a/b" }),
            "INVALID_FIELD",
            "conversationId",
        ),
        (json!({ "now": true }), "INVALID_FIELD", "now"),
        (
            json!({ "text": null, "template": { "name": "X", "language": "id" } }),
            "INVALID_FIELD",
            "template.name",
        ),
    ] {
        let mut data = good.clone();
        for (name, value) in change.as_object().unwrap() {
            if value.is_null() {
                data.as_object_mut().unwrap().remove(name);
            } else {
                data[name] = value.clone();
            }
        }
        let refused = office.app.call(&office.m1(), "sendMessage", data).await;
        let (_, told, at) = refused.refusal();
        assert_eq!(
            (told.as_str(), at.as_str()),
            (reason, field),
            "{change}: {}",
            refused.body
        );
    }
    let limit = office.send(&instagram, &long, "r9").await;
    assert_eq!(
        (&details(&limit)["limit"], &details(&limit)["unit"]),
        (&json!(1_000), &json!("BYTES"))
    );
    assert_eq!(office.asked(WHATSAPP) + office.asked(INSTAGRAM), 0);
    assert_eq!(
        office.ours(&whatsapp).await.len() + office.ours(&instagram).await.len(),
        0
    );
}
