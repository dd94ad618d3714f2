//! How accounts go.

use axum::http::Method;
use serde_json::{Value, json};
use simulators::graph::{Consent, Fault, Login, Plan};

use super::lab::*;
use crate::support::{Person, documents};

async fn disconnect(lab: &Lab, person: &Person, id: &str) -> Value {
    let ask = json!({ "channelId": id });
    let answer = lab.app.call(person, "disconnectChannel", ask).await;
    answer.result()
}

#[tokio::test]
async fn a_shared_subscription_ends_with_the_last_that_needs_it() {
    let lab = Lab::open().await;
    let siti = lab.partner().await;
    lab.connect(&siti, Consent::facebook(SITI)).await;
    let gone = disconnect(&lab, &siti, &instagram_channel()).await;
    assert_eq!(
        gone,
        json!({ "channelId": instagram_channel(), "state": "DISCONNECTED", "unsubscribed": false })
    );
    assert_eq!(lab.secret(&instagram_channel()).await, None);
    let path = format!("/{PAGE}/subscribed_apps");
    assert_eq!(lab.meta.effects(&Method::DELETE, &path), 0);
    assert_eq!(
        lab.connected_accounts("m1").await,
        json!({ "facebook": true, "instagram": false, "whatsapp": true })
    );
    let gone = disconnect(&lab, &siti, &page_channel()).await;
    assert_eq!(gone["unsubscribed"], true);
    assert_eq!(lab.meta.effects(&Method::DELETE, &path), 1);
    // Another page is left.
    assert_eq!(lab.connected_accounts("m1").await["facebook"], true);
    disconnect(&lab, &siti, &format!("FACEBOOK_{OTHER_PAGE}")).await;
    assert_eq!(lab.connected_accounts("m1").await["facebook"], false);
    // The refresh job leaves them alone.
    let calls = lab.calls().len();
    disconnect(&lab, &siti, &format!("WHATSAPP_{NUMBER}")).await;
    let after = lab.calls().len();
    assert_eq!(after, calls + 1);
    lab.next_day().await;
    assert_eq!(lab.calls().len(), after);
    assert!(
        documents::list(&lab.app.project, "channel_secrets")
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn the_account_is_gone_whatever_meta_says_of_it() {
    let lab = Lab::open().await;
    let siti = lab.partner().await;
    lab.connect(&siti, Consent::instagram(ALONE)).await;
    let path = format!("/{ALONE}/subscribed_apps");
    lab.meta.fail(Plan::next(
        &Method::DELETE,
        &path,
        Fault::Gateway { status: 502 },
    ));
    let gone = disconnect(&lab, &siti, &alone_channel()).await;
    assert_eq!(
        (&gone["state"], &gone["unsubscribed"]),
        (&json!("DISCONNECTED"), &json!(false))
    );
    assert_eq!(lab.secret(&alone_channel()).await, None);
    let again = disconnect(&lab, &siti, &alone_channel()).await;
    assert_eq!(again["state"], "DISCONNECTED");
}

#[tokio::test]
async fn it_comes_back_to_its_holder_and_to_nobody_else() {
    let lab = Lab::open().await;
    let siti = lab.partner().await;
    let neighbour = lab.neighbour().await;
    lab.connect(&siti, Consent::instagram(ALONE)).await;
    disconnect(&lab, &siti, &alone_channel()).await;
    let data = lab.back(&neighbour, Consent::instagram(ALONE)).await;
    let refused = lab.app.call(&neighbour, "connectChannel", data).await;
    assert_eq!(refused.refusal().1, "ACCOUNT_HELD");
    let back = lab.connect(&siti, Consent::instagram(ALONE)).await;
    assert_eq!(back[alone_channel()]["outcome"], "RECONNECTED");
    assert_eq!(lab.connected_accounts("m1").await["instagram"], true);
}

#[tokio::test]
async fn head_office_releases_an_account_for_anybody() {
    let lab = Lab::open().await;
    let siti = lab.partner().await;
    let neighbour = lab.neighbour().await;
    let pusat = lab.app.staff("p1", "PUSAT", None).await;
    lab.connect(&siti, Consent::instagram(ALONE)).await;
    let ask = json!({ "channelId": alone_channel(), "release": true });
    let refused = lab.app.call(&siti, "disconnectChannel", ask.clone()).await;
    assert_eq!(refused.code(), "PERMISSION_DENIED");
    assert_eq!(lab.channel(&alone_channel()).await["state"], "CONNECTED");
    lab.app
        .call(&pusat, "disconnectChannel", ask)
        .await
        .result();
    let released = lab.channel(&alone_channel()).await;
    assert_eq!(
        (released.get("ownerId"), released.get("branchId")),
        (None, None)
    );
    assert_eq!(lab.connected_accounts("m1").await["instagram"], false);
    let theirs = lab.connect(&neighbour, Consent::instagram(ALONE)).await;
    assert_eq!(theirs[alone_channel()]["outcome"], "CONNECTED");
    assert_eq!(lab.channel(&alone_channel()).await["ownerId"], "n1");
}

#[tokio::test]
async fn what_one_may_not_know_of_is_not_found_and_stays() {
    let lab = Lab::open().await;
    let siti = lab.partner().await;
    let neighbour = lab.neighbour().await;
    let colleague = lab.app.staff("m2", "MITRA", Some("c1")).await;
    lab.connect(&siti, Consent::instagram(ALONE)).await;
    let before = lab.channel(&alone_channel()).await;
    for person in [&neighbour, &colleague] {
        for id in [
            alone_channel().as_str(),
            "INSTAGRAM_1",
            "",
            "a/b",
            &"x".repeat(200),
        ] {
            let refused = lab
                .app
                .call(person, "disconnectChannel", json!({ "channelId": id }))
                .await;
            assert_eq!(refused.code(), "NOT_FOUND", "{id}");
        }
    }
    assert_eq!(lab.channel(&alone_channel()).await, before);
    assert_eq!(lab.meta.effects(&Method::DELETE, "/*/subscribed_apps"), 0);
    // A superior may.
    let branch = lab.app.staff("c1", "CABANG", None).await;
    assert_eq!(
        disconnect(&lab, &branch, &alone_channel()).await["unsubscribed"],
        true
    );
    assert_eq!(lab.connected_accounts("m1").await["instagram"], false);
}

#[tokio::test]
async fn a_connection_in_between_keeps_the_mark() {
    // Whatever the order: at the end the mark says what the channels say.
    let lab = Lab::open().await;
    let siti = lab.partner().await;
    lab.connect(&siti, Consent::instagram(ALONE)).await;
    let data = lab.back(&siti, Consent::instagram(BEHIND_PAGE)).await;
    let (one, other) = (alone_channel(), instagram_channel());
    // A write that changes nothing leaves a document's time as it is, and a clock that stands still would make it one.
    lab.pass(jiff::SignedDuration::from_secs(1));
    let (connected, _) = tokio::join!(
        lab.app.call(&siti, "connectChannel", data),
        disconnect(&lab, &siti, &one),
    );
    connected.result();
    assert_eq!(
        lab.channel(&instagram_channel()).await["state"],
        "CONNECTED"
    );
    assert_eq!(lab.connected_accounts("m1").await["instagram"], true);
    lab.connect(&siti, Consent::instagram(ALONE)).await;
    lab.pass(jiff::SignedDuration::from_secs(1));
    tokio::join!(
        disconnect(&lab, &siti, &one),
        disconnect(&lab, &siti, &other)
    );
    assert_eq!(lab.connected_accounts("m1").await["instagram"], false);
}

#[tokio::test]
async fn the_accounts_of_a_partner_who_leaves_go_to_the_branch() {
    let lab = Lab::open().await;
    let siti = lab.partner().await;
    let branch = lab.app.staff("c1", "CABANG", None).await;
    lab.connect(&siti, Consent::facebook(SITI)).await;
    let close = json!({ "uid": "m1", "disabled": true });
    lab.app
        .call(&branch, "setUserDisabled", close)
        .await
        .result();
    for (id, channel) in documents::list(&lab.app.project, "channels").await {
        assert_eq!(
            (&channel["ownerId"], &channel["branchId"]),
            (&json!("c1"), &json!("c1")),
            "{id}"
        );
        assert_eq!(channel["state"], "CONNECTED");
    }
    assert_eq!(
        lab.connected_accounts("m1").await,
        json!({ "facebook": false, "instagram": false, "whatsapp": false })
    );
    assert_eq!(lab.connected_accounts("c1").await["facebook"], true);
    lab.next_day().await;
    assert_eq!(lab.channel(&page_channel()).await["ownerId"], "c1");
}

#[tokio::test]
async fn a_person_who_removes_the_app_at_meta_is_found_by_their_grant() {
    let lab = Lab::open().await;
    let siti = lab.partner().await;
    lab.connect(&siti, Consent::facebook(SITI)).await;
    lab.connect(&siti, Consent::instagram(ALONE)).await;
    for (login, subject, lost) in [
        (Login::Instagram, ALONE, alone_channel()),
        (Login::Facebook, SITI, page_channel()),
    ] {
        let before = lab.channel(&lost).await;
        assert_eq!(before["state"], "CONNECTED");
        let signed = lab.meta.signed_request(login, subject);
        let url = format!("{}/meta/deauthorize", lab.app.url);
        let form = [("signed_request", signed)];
        let answer = lab.app.http.post(url).form(&form).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let channel = lab.channel(&lost).await;
        assert_eq!(
            (&channel["state"], &channel["reconnect"]["reason"]),
            (&json!("NEEDS_RECONNECT"), &json!("APP_REMOVED"))
        );
        assert_eq!(lab.secret(&lost).await, None);
    }
    lab.next_day().await;
    assert_eq!(
        lab.channel(&page_channel()).await["state"],
        "NEEDS_RECONNECT"
    );
    let siti = lab.app.stranger("m1", "MITRA", Some("c1"));
    let again = lab.connect(&siti, Consent::facebook(SITI)).await;
    assert_eq!(again[page_channel()]["outcome"], "RECONNECTED");
}
