//! Answering comments: below them for all to see, and once in private.

use axum::http::Method;
use serde_json::{Value, json};
use simulators::graph::{Fault, Happening, Plan};

use super::office::{LINKED, Office, PAGE};
use crate::support::{Answer, documents};

struct Commented {
    conversation: String,
    comment: String,
    platform_id: String,
}

/// Somebody comments, and it is in the inbox.
async fn commented(office: &Office, asset: &str, from: &str) -> Commented {
    let post = if asset == PAGE {
        format!("{PAGE}_500")
    } else {
        "17900000000000500".to_owned()
    };
    let platform_id = office.meta.happen(Happening::Comment {
        asset: asset.to_owned(),
        post,
        from: from.to_owned(),
        name: "Siti".to_owned(),
        text: "Berapa?".to_owned(),
        parent: None,
    });
    office.told().await;
    let (conversation, _) = office
        .conversations()
        .await
        .into_iter()
        .find(|(_, it)| it["contactId"] == from)
        .unwrap();
    let path = format!("conversations/{conversation}/messages");
    let all = documents::list(&office.app.project, &path).await;
    let (comment, _) = all
        .into_iter()
        .find(|(_, it)| it["platformId"] == platform_id.as_str())
        .unwrap();
    Commented {
        conversation,
        comment,
        platform_id,
    }
}

async fn answer(office: &Office, to: &Commented, private: bool, request: &str) -> Answer {
    let data = json!({
        "conversationId": to.conversation, "replyTo": to.comment, "text": "30 juta, Kak",
        "private": private, "requestId": request,
    });
    office.app.call(&office.m1(), "sendMessage", data).await
}

fn edge(asset: &str, comment: &str) -> String {
    let edge = if asset == PAGE { "comments" } else { "replies" };
    format!("/{comment}/{edge}")
}

/// How many answers of ours stand in public.
fn public(office: &Office, asset: &str) -> usize {
    let comments = office.meta.comments();
    comments.iter().filter(|it| it.from == asset).count()
}

#[tokio::test]
async fn a_public_answer_stands_once_below_the_comment_and_in_the_inbox() {
    let office = Office::open().await;
    for (asset, from) in [(PAGE, "7100000000000021"), (LINKED, "8200000000000021")] {
        let to = commented(&office, asset, from).await;
        let sent = answer(&office, &to, false, asset).await.result();
        assert_eq!(sent["status"], "SENT");
        office.told().await;
        let (id, message) = office.only(&to.conversation).await;
        assert_eq!(sent["messageId"], id.as_str());
        assert_eq!(message["replyTo"], to.platform_id.as_str());
        assert_eq!(public(&office, asset), 1);
        // An answer has to name its comment.
        let data = json!({ "conversationId": to.conversation, "text": "x", "requestId": "r2" });
        let refused = office.app.call(&office.m1(), "sendMessage", data).await;
        assert_eq!(refused.refusal().2, "replyTo");
    }
    office.audit().await;
}

#[tokio::test]
async fn a_lost_or_late_answer_is_completed_by_the_comment_that_the_platform_tells() {
    let office = Office::open().await;
    for (asset, lost, late) in [
        (PAGE, "7100000000000022", "7100000000000023"),
        (LINKED, "8200000000000022", "8200000000000023"),
    ] {
        let to = commented(&office, asset, lost).await;
        let path = edge(asset, &to.platform_id);
        office
            .meta
            .fail(Plan::next(&Method::POST, &path, Fault::CutAfter));
        let unclear = answer(&office, &to, false, lost).await.result();
        assert_eq!(unclear["error"]["code"], "UNCONFIRMED", "{unclear}");
        office.told().await;
        let (_, message) = office.only(&to.conversation).await;
        assert_eq!(
            (&message["status"], &message["error"]),
            (&json!("SENT"), &Value::Null)
        );
        assert_eq!(public(&office, asset), 1);

        office.pass(3_600);
        let to = commented(&office, asset, late).await;
        let path = edge(asset, &to.platform_id);
        office
            .meta
            .fail(Plan::next(&Method::POST, &path, Fault::Late { ms: 5_000 }));
        let overtaken = async {
            office
                .meta
                .call(|call| call.path == path && call.effects > 0)
                .await;
            office.told().await;
            let (_, told) = office.only(&to.conversation).await;
            assert_eq!(told["status"], "SENT");
            office.pass(6);
        };
        let (sent, ()) = futures::future::join(answer(&office, &to, false, late), overtaken).await;
        assert_eq!(sent.result()["status"], "SENT");
        office.only(&to.conversation).await;
        assert_eq!(public(&office, asset), 2);
    }
    office.audit().await;
}

#[tokio::test]
async fn a_comment_is_answered_in_private_once_within_seven_days() {
    let office = Office::open().await;
    for (asset, from, other) in [
        (PAGE, "7100000000000024", "7100000000000025"),
        (LINKED, "8200000000000024", "8200000000000025"),
    ] {
        let to = commented(&office, asset, from).await;
        let late = commented(&office, asset, other).await;
        let path = format!("/{PAGE}/messages");
        // A refusal leaves the one private answer to be given.
        let refusal = simulators::graph::Refusal::new(613);
        office
            .meta
            .fail(Plan::next(&Method::POST, &path, Fault::Refuse { refusal }));
        let refused = answer(&office, &to, true, &format!("{from}0")).await;
        assert_eq!(refused.refusal().1, "TOO_FAST");
        let request = format!("{from}1");
        let sent = answer(&office, &to, true, &request).await.result();
        assert_eq!(sent["status"], "SENT");
        let call = office.meta.calls().pop().unwrap();
        assert_eq!(
            call.parameters["recipient"]["comment_id"],
            to.platform_id.as_str()
        );
        office.told().await;
        // The echo of the direct message joined it; there is no second conversation yet.
        let ours = office.ours(&to.conversation).await;
        let sent: Vec<_> = ours
            .iter()
            .filter(|(_, it)| it["status"] != "FAILED")
            .collect();
        assert_eq!(sent.len(), 1, "{ours:#?}");
        assert_eq!(sent[0].1["private"], true);
        let direct = office.conversations().await;
        let direct = direct.iter().filter(|(_, it)| {
            it["contactId"] == from
                && it["lastMessageId"].is_string()
                && it["channel"]
                    .as_str()
                    .is_some_and(|c| !c.ends_with("COMMENT"))
        });
        assert_eq!(direct.count(), 0);
        let again = answer(&office, &to, true, &format!("{from}2")).await;
        assert_eq!(again.refusal().1, "PRIVATE_REPLY_USED");
        let known = answer(&office, &to, true, &request).await.result();
        assert!(known["platformId"].is_string(), "{known}");

        office.pass(7 * 24 * 3_600 - 1);
        let asked = office.meta.calls().len();
        office.pass(1);
        let closed = answer(&office, &late, true, &format!("{from}3")).await;
        assert_eq!(closed.refusal().1, "REPLY_WINDOW_CLOSED", "{}", closed.body);
        assert_eq!(office.meta.calls().len(), asked);
        let open = answer(&office, &late, false, &format!("{from}4"))
            .await
            .result();
        assert_eq!(open["status"], "SENT");
        office.told().await;
    }
}
