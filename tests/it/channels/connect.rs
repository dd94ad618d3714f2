//! What a consent opens becomes channels.

use axum::http::Method;
use serde_json::{Value, json};
use simulators::graph::{Consent, Fault, Plan};

use super::lab::*;
use crate::inbox::signature;
use crate::support::documents;

#[tokio::test]
async fn a_consent_connects_everything_that_it_opens() {
    let lab = Lab::open().await;
    let siti = lab.partner().await;
    let connected = lab.connect(&siti, Consent::facebook(SITI)).await;
    let ids: Vec<&String> = connected.as_object().unwrap().keys().collect();
    assert_eq!(
        ids,
        [
            &page_channel(),
            &format!("FACEBOOK_{OTHER_PAGE}"),
            &instagram_channel(),
            &format!("WHATSAPP_{NUMBER}"),
        ]
    );
    for (id, one) in connected.as_object().unwrap() {
        assert_eq!(one["outcome"], "CONNECTED", "{one}");
        assert_eq!(one["missing"], json!([]), "{one}");
        let channel = lab.channel(id).await;
        assert_eq!(channel["state"], "CONNECTED");
        assert_eq!(
            (&channel["ownerId"], &channel["branchId"]),
            (&json!("m1"), &json!("c1"))
        );
        assert_eq!(channel["lackingFields"], json!([]), "{channel}");
        assert_eq!(channel.get("problem"), None, "{channel}");
        let secret = lab.secret(id).await.unwrap();
        assert_eq!(
            (&secret["keyId"], &channel["grantedBy"]),
            (&json!("k1"), &json!(SITI))
        );
        let token = lab.token(id).await;
        assert!(
            lab.meta.token(&token).is_some(),
            "the token opens, and is one of Meta's"
        );
    }
    let page = lab.channel(&page_channel()).await;
    assert_eq!(
        page["features"],
        json!({ "posting": true, "messages": true, "comments": true, "leads": true })
    );
    assert_eq!(connected[page_channel()]["leadAccess"], "PROVED");
    assert_eq!(
        connected[format!("FACEBOOK_{OTHER_PAGE}")]["leadAccess"],
        "NO_FORM"
    );
    assert!(
        page["subscribedFields"]
            .as_array()
            .unwrap()
            .contains(&json!("leadgen"))
    );
    let expires: jiff::Timestamp = page["tokenExpiresAt"]["$time"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    assert_eq!(expires.duration_since(lab.now()).as_hours(), 60 * 24);
    assert_eq!(
        lab.connected_accounts("m1").await,
        json!({ "facebook": true, "instagram": true, "whatsapp": true })
    );
    // The app's own subscriptions were made, each with the platform's question to the callback in between.
    assert_eq!(lab.meta.effects(&Method::POST, "/*/subscriptions"), 3);
    let posts = lab.meta.effects(&Method::POST, "/*/subscribed_apps");
    assert_eq!(
        posts, 3,
        "both pages and the WhatsApp account; Instagram lives by its page's"
    );
}

#[tokio::test]
async fn connecting_again_finds_the_same_channels() {
    let lab = Lab::open().await;
    let siti = lab.partner().await;
    lab.connect(&siti, Consent::facebook(SITI)).await;
    let channels = documents::list(&lab.app.project, "channels").await;
    lab.pass(jiff::SignedDuration::from_hours(30));
    let siti = lab.app.stranger("m1", "MITRA", Some("c1"));
    let again = lab.connect(&siti, Consent::facebook(SITI)).await;
    assert!(
        again
            .as_object()
            .unwrap()
            .values()
            .all(|one| one["outcome"] == "RECONNECTED"),
        "{again}"
    );
    let now = documents::list(&lab.app.project, "channels").await;
    assert_eq!(now.len(), channels.len());
    assert_eq!(
        lab.meta.effects(&Method::POST, "/*/subscribed_apps"),
        3,
        "what is subscribed is not subscribed again"
    );
}

#[tokio::test]
async fn an_account_by_both_logins_is_one_channel() {
    let lab = Lab::open().await;
    let siti = lab.partner().await;
    lab.connect(&siti, Consent::instagram(BEHIND_PAGE)).await;
    let by_itself = lab.channel(&instagram_channel()).await;
    assert_eq!(by_itself["login"], "INSTAGRAM");
    // A poorer consent by the other login changes nothing.
    let poorer = Consent::facebook(SITI).declined(&["instagram_content_publish"]);
    let kept = lab.connect(&siti, poorer).await;
    assert_eq!(kept[instagram_channel()]["outcome"], "KEPT");
    assert_eq!(lab.channel(&instagram_channel()).await, by_itself);
    let by_page = lab.connect(&siti, Consent::facebook(SITI)).await;
    assert_eq!(by_page[instagram_channel()]["outcome"], "RECONNECTED");
    let channel = lab.channel(&instagram_channel()).await;
    assert_eq!(
        (&channel["login"], &channel["pageId"]),
        (&json!("FACEBOOK"), &json!(PAGE))
    );
    let instagrams = documents::list(&lab.app.project, "channels").await;
    let of_account = instagrams
        .iter()
        .filter(|(_, it)| it["externalId"] == BEHIND_PAGE);
    assert_eq!(of_account.count(), 1);
}

#[tokio::test]
async fn what_somebody_else_holds_is_refused_and_the_rest_succeeds() {
    let lab = Lab::open().await;
    let siti = lab.partner().await;
    lab.connect(&siti, Consent::facebook(SITI).targets(&[PAGE]))
        .await;
    let before = lab.channel(&page_channel()).await;
    let secret = lab.secret(&page_channel()).await;
    let neighbour = lab.neighbour().await;
    let theirs = lab.connect(&neighbour, Consent::facebook(SITI)).await;
    for held in [page_channel(), instagram_channel()] {
        assert_eq!(theirs[&held]["outcome"], "HELD");
        let told = theirs[&held].to_string();
        assert!(!told.contains("m1") && !told.contains("c1"), "{told}");
    }
    assert_eq!(
        theirs[format!("FACEBOOK_{OTHER_PAGE}")]["outcome"],
        "CONNECTED"
    );
    assert_eq!(lab.channel(&page_channel()).await, before);
    assert_eq!(lab.secret(&page_channel()).await, secret);
    assert_eq!(lab.connected_accounts("n1").await["instagram"], false);
    // Nothing but what is held: an error, that tells as little.
    let data = lab
        .back(&neighbour, Consent::facebook(SITI).targets(&[PAGE]))
        .await;
    let refused = lab.app.call(&neighbour, "connectChannel", data).await;
    assert_eq!(refused.refusal().0, "PERMISSION_DENIED");
    assert_eq!(refused.refusal().1, "ACCOUNT_HELD");
    let told = refused.body.to_string();
    assert!(
        told.contains(&page_channel()) && !told.contains("\"m1\""),
        "{told}"
    );
}

#[tokio::test]
async fn a_superior_reconnects_and_the_holder_stays() {
    let lab = Lab::open().await;
    let siti = lab.partner().await;
    lab.connect(&siti, Consent::facebook(SITI)).await;
    let branch = lab.app.staff("c1", "CABANG", None).await;
    let again = lab.connect(&branch, Consent::facebook(SITI)).await;
    assert_eq!(again[page_channel()]["outcome"], "RECONNECTED");
    let channel = lab.channel(&page_channel()).await;
    assert_eq!(channel["ownerId"], "m1");
    assert_eq!(lab.connected_accounts("c1").await["facebook"], false);
}

#[tokio::test]
async fn two_at_once_make_one_holder() {
    let lab = Lab::open().await;
    let siti = lab.partner().await;
    let neighbour = lab.neighbour().await;
    let (one, other) = (
        lab.back(&siti, Consent::facebook(SITI)).await,
        lab.back(&neighbour, Consent::facebook(SITI)).await,
    );
    let (one, other) = tokio::join!(
        lab.app.call(&siti, "connectChannel", one),
        lab.app.call(&neighbour, "connectChannel", other),
    );
    let channels = documents::list(&lab.app.project, "channels").await;
    assert_eq!(channels.len(), 4);
    for (answer, person) in [(one, "m1"), (other, "n1")] {
        // Who came too late for everything gets the error; its details tell of each account all the same.
        let told = match answer.status {
            200 => &answer.body["result"]["channels"],
            _ => &answer.body["error"]["details"]["channels"],
        };
        for one in told.as_array().unwrap() {
            let id = one["channelId"].as_str().unwrap();
            let holds = lab.channel(id).await["ownerId"] == person;
            let expected = if holds { "CONNECTED" } else { "HELD" };
            assert_eq!(one["outcome"], expected, "{person}: {one}");
        }
    }
}

#[tokio::test]
async fn one_account_that_fails_does_not_keep_the_others() {
    let lab = Lab::open().await;
    let siti = lab.partner().await;
    let path = format!("/{OTHER_PAGE}/subscribed_apps");
    lab.meta.fail(Plan::next(
        &Method::GET,
        &path,
        Fault::Gateway { status: 502 },
    ));
    let connected = lab.connect(&siti, Consent::facebook(SITI)).await;
    let other = format!("FACEBOOK_{OTHER_PAGE}");
    assert_eq!(connected[&other]["outcome"], "FAILED");
    assert_eq!(connected[page_channel()]["outcome"], "CONNECTED");
    assert_eq!(lab.channel(&other).await, Value::Null);
    assert_eq!(lab.secret(&other).await, None);
    let again = lab.connect(&siti, Consent::facebook(SITI)).await;
    assert_eq!(again[&other]["outcome"], "CONNECTED");
}

#[tokio::test]
async fn what_was_parked_for_an_account_is_taken_in_once_it_is_connected() {
    let lab = Lab::open().await;
    let siti = lab.partner().await;
    let now = lab.now().as_millisecond();
    let body = json!({ "object": "page", "entry": [{ "id": PAGE, "time": now / 1000, "messaging": [{
        "sender": { "id": "9001" }, "recipient": { "id": PAGE }, "timestamp": now,
        "message": { "mid": "m_before", "text": "Assalamualaikum" },
    }]}]});
    let body = body.to_string();
    let deliver = || async {
        let request = lab.app.http.post(format!("{}/webhookHandler", lab.app.url));
        let signed = request.header(
            "x-hub-signature-256",
            signature(simulators::graph::FACEBOOK_APP_SECRET, body.as_bytes()),
        );
        signed.body(body.clone()).send().await.unwrap().status()
    };
    assert_eq!(deliver().await, 200);
    assert!(
        documents::list(&lab.app.project, "conversations")
            .await
            .is_empty()
    );
    lab.connect(&siti, Consent::facebook(SITI)).await;
    assert_eq!(lab.channel(&page_channel()).await["replayDue"], true);
    let delivered = lab.tasks.deliver_due().await;
    assert!(
        delivered.iter().all(|one| one.status == Some(204)),
        "{delivered:?}"
    );
    let conversations = documents::list(&lab.app.project, "conversations").await;
    assert_eq!(conversations.len(), 1);
    assert_eq!(conversations[0].1["assignedTo"], "m1");
    let channel = lab.channel(&page_channel()).await;
    assert_eq!(channel["replayDue"], false);
    // A reconnection keeps it all.
    lab.connect(&siti, Consent::facebook(SITI)).await;
    lab.tasks.deliver_due().await;
    assert_eq!(
        documents::list(&lab.app.project, "conversations").await,
        conversations
    );
    // What arrives is noted on the channel, once in some minutes and not each time.
    assert_eq!(channel.get("lastEventAt"), None, "a replay is no event");
    assert_eq!(deliver().await, 200);
    let heard = lab.channel(&page_channel()).await["lastEventAt"].clone();
    assert_eq!(
        heard["$time"].as_str().map(|at| at.parse().unwrap()),
        Some(lab.now())
    );
    lab.pass(jiff::SignedDuration::from_mins(5));
    assert_eq!(deliver().await, 200);
    assert_eq!(lab.channel(&page_channel()).await["lastEventAt"], heard);
}

#[tokio::test]
async fn only_what_was_chosen_is_touched() {
    let lab = Lab::open().await;
    let siti = lab.partner().await;
    let mut data = lab.back(&siti, Consent::facebook(SITI)).await;
    data["accounts"] = json!([OTHER_PAGE, NUMBER, "1"]);
    let result = lab.app.call(&siti, "connectChannel", data).await.result();
    let connected = by_channel(&result);
    let ids: Vec<&String> = connected.as_object().unwrap().keys().collect();
    assert_eq!(
        ids,
        [
            &format!("FACEBOOK_{OTHER_PAGE}"),
            &format!("WHATSAPP_{NUMBER}")
        ]
    );
    let path = format!("/{PAGE}/subscribed_apps");
    assert_eq!(lab.meta.effects(&Method::POST, &path), 0);
    let mut none = lab.back(&siti, Consent::facebook(SITI)).await;
    none["accounts"] = json!(["1"]);
    let refused = lab.app.call(&siti, "connectChannel", none).await;
    assert_eq!(refused.refusal().1, "NO_ACCOUNTS");
    for wrong in [json!([]), json!([""]), json!(vec!["1"; 201])] {
        let data = json!({ "provider": "FACEBOOK", "shortLivedToken": "t", "accounts": wrong });
        let refused = lab.app.call(&siti, "connectChannel", data).await;
        assert_eq!(refused.refusal().2, "accounts");
    }
}
