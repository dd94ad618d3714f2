//! How accounts stay: renewed early, lost only by Meta's own word, watched for silence.

use axum::http::Method;
use jiff::{SignedDuration, Timestamp};
use leadgen_pro::channels::refresh;
use serde_json::{Value, json};
use simulators::graph::{Consent, Fault, Invalidation, Login, Plan, Refusal};

use super::lab::*;
use crate::support::documents;

async fn alone() -> Lab {
    let lab = Lab::open().await;
    let siti = lab.partner().await;
    lab.connect(&siti, Consent::instagram(ALONE)).await;
    lab
}

async fn with_pages() -> Lab {
    let lab = Lab::open().await;
    let siti = lab.partner().await;
    lab.connect(&siti, Consent::facebook(SITI)).await;
    lab
}

fn time(value: &Value) -> Timestamp {
    value["$time"].as_str().unwrap().parse().unwrap()
}

/// Lets days pass, with the job on each.
async fn days(lab: &Lab, days: i64) {
    for _ in 0..days {
        lab.pass(SignedDuration::from_hours(24));
        lab.refresh().await;
    }
}

#[tokio::test]
async fn a_token_is_renewed_early_and_only_then_used() {
    let lab = alone().await;
    let first = lab.token(&alone_channel()).await;
    days(&lab, 9).await;
    assert_eq!(lab.token(&alone_channel()).await, first, "too early");
    days(&lab, 7).await;
    let second = lab.token(&alone_channel()).await;
    assert_ne!(second, first);
    let channel = lab.channel(&alone_channel()).await;
    let left = time(&channel["tokenExpiresAt"]).duration_since(lab.now());
    assert!(left > SignedDuration::from_hours(50 * 24), "{left}");
    assert!(time(&channel["tokenIssuedAt"]) > lab.now() - SignedDuration::from_hours(7 * 24));
    // Long past the first token's end it still works.
    days(&lab, 60).await;
    assert!(lab.meta.token(&first).unwrap().trouble(lab.now()).is_some());
    assert_eq!(lab.channel(&alone_channel()).await["state"], "CONNECTED");
    let renewals = lab.meta.effects(&Method::GET, "/refresh_access_token");
    assert!((4..=8).contains(&renewals), "{renewals}");
}

#[tokio::test]
async fn a_page_lives_by_the_persons_token_and_outlives_it_too() {
    let lab = with_pages().await;
    days(&lab, 70).await;
    for id in [
        page_channel(),
        instagram_channel(),
        format!("WHATSAPP_{NUMBER}"),
    ] {
        let channel = lab.channel(&id).await;
        assert_eq!(channel["state"], "CONNECTED", "{id}");
        let left = time(&channel["tokenExpiresAt"]).duration_since(lab.now());
        assert!(left.as_hours() > 40 * 24, "{id}: {channel}");
    }
}

#[tokio::test]
async fn a_new_token_that_proves_nothing_is_not_taken() {
    let lab = alone().await;
    let old = lab.token(&alone_channel()).await;
    days(&lab, 9).await;
    // Renewing works, the call with the new token does not: as long as that lasts, the old one stays.
    let renewed = lab.meta.effects(&Method::GET, "/refresh_access_token");
    for _ in 0..7 {
        lab.pass(SignedDuration::from_hours(24));
        let due = Plan::next(&Method::GET, "/me", Fault::Gateway { status: 502 });
        lab.meta.fail(due);
        lab.refresh().await;
        lab.meta.mend();
        assert_eq!(lab.token(&alone_channel()).await, old);
        assert_eq!(lab.channel(&alone_channel()).await["state"], "CONNECTED");
    }
    assert!(lab.meta.effects(&Method::GET, "/refresh_access_token") > renewed);
    days(&lab, 1).await;
    assert_ne!(lab.token(&alone_channel()).await, old);
}

#[tokio::test]
async fn nothing_that_may_pass_disconnects_an_account() {
    let lab = alone().await;
    let transient = Refusal {
        transient: true,
        ..Refusal::new(551)
    };
    for fault in [
        Fault::Gateway { status: 502 },
        Fault::CutBefore,
        Fault::CutAfter,
        Fault::Refuse {
            refusal: Refusal::new(1),
        },
        Fault::Refuse {
            refusal: Refusal::new(2),
        },
        Fault::Refuse {
            refusal: Refusal::new(4),
        },
        Fault::Refuse {
            refusal: Refusal::new(17),
        },
        Fault::Refuse {
            refusal: Refusal::new(100).subcode(33),
        },
        Fault::Refuse {
            refusal: Refusal::new(10),
        },
        Fault::Refuse {
            refusal: Refusal::new(200),
        },
        Fault::Refuse {
            refusal: Refusal::new(368),
        },
        Fault::Refuse { refusal: transient },
        Fault::OkWithError {
            refusal: Refusal::new(2),
        },
    ] {
        let told = format!("{fault:?}");
        lab.meta.fail(Plan::next(&Method::GET, "/me", fault));
        lab.next_day().await;
        let channel = lab.channel(&alone_channel()).await;
        assert_eq!(channel["state"], "CONNECTED", "{told}");
        assert_eq!(channel.get("reconnect"), None, "{told}");
        assert_eq!(channel["checkFailures"], 1, "{told}");
        assert!(time(&channel["nextCheckAt"]) > lab.now(), "{told}");
        lab.next_day().await;
        assert_eq!(
            lab.channel(&alone_channel()).await["checkFailures"],
            0,
            "{told}"
        );
    }
    assert_eq!(lab.meta.planned_faults(), 0);
}

#[tokio::test]
async fn what_meta_says_of_the_token_counts_once_and_in_words() {
    for (why, reason) in [
        (Invalidation::AppRemoved, "APP_REMOVED"),
        (Invalidation::Checkpoint, "CHECKPOINT"),
        (Invalidation::PasswordChanged, "PASSWORD_CHANGED"),
        (Invalidation::Expired, "EXPIRED"),
        (Invalidation::Unconfirmed, "UNCONFIRMED"),
        (Invalidation::LoggedOut, "INVALIDATED"),
    ] {
        let lab = alone().await;
        lab.meta.invalidate_person(ALONE, why);
        lab.next_day().await;
        let lost = lab.channel(&alone_channel()).await;
        assert_eq!(lost["state"], "NEEDS_RECONNECT", "{reason}");
        assert_eq!(lost["reconnect"]["reason"], reason);
        for language in ["id", "en"] {
            assert!(
                lost["reconnect"]["message"][language]
                    .as_str()
                    .unwrap()
                    .len()
                    > 20
            );
        }
        lab.next_day().await;
        let later = lab.channel(&alone_channel()).await;
        assert_eq!(later["reconnect"], lost["reconnect"], "told once");
        // The person connects again: the same channel, whole.
        let siti = lab.app.stranger("m1", "MITRA", Some("c1"));
        let again = lab.connect(&siti, Consent::instagram(ALONE)).await;
        assert_eq!(again[alone_channel()]["outcome"], "RECONNECTED");
        let back = lab.channel(&alone_channel()).await;
        assert_eq!(
            (&back["state"], back.get("reconnect")),
            (&json!("CONNECTED"), None)
        );
    }
}

#[tokio::test]
async fn a_bare_refusal_has_to_be_heard_twice() {
    let lab = alone().await;
    let bare = || {
        Plan::next(
            &Method::GET,
            "/me",
            Fault::Refuse {
                refusal: Refusal::new(190),
            },
        )
    };
    lab.meta.fail(bare());
    lab.next_day().await;
    assert_eq!(lab.channel(&alone_channel()).await["state"], "CONNECTED");
    lab.pass(SignedDuration::from_hours(1));
    lab.refresh().await;
    let well = lab.channel(&alone_channel()).await;
    assert_eq!(
        (&well["state"], well.get("doubtedAt")),
        (&json!("CONNECTED"), None)
    );
    lab.meta.fail(bare().times(2));
    lab.next_day().await;
    assert_eq!(lab.channel(&alone_channel()).await["state"], "CONNECTED");
    lab.pass(SignedDuration::from_hours(1));
    lab.refresh().await;
    let lost = lab.channel(&alone_channel()).await;
    assert_eq!(
        (&lost["state"], &lost["reconnect"]["reason"]),
        (&json!("NEEDS_RECONNECT"), &json!("REFUSED"))
    );
}

#[tokio::test]
async fn a_checkpoint_that_was_passed_brings_the_account_back_by_itself() {
    let lab = alone().await;
    lab.meta.invalidate_person(ALONE, Invalidation::Checkpoint);
    lab.next_day().await;
    assert_eq!(
        lab.channel(&alone_channel()).await["state"],
        "NEEDS_RECONNECT"
    );
    lab.meta.restore_person(ALONE);
    lab.next_day().await;
    let back = lab.channel(&alone_channel()).await;
    assert_eq!(
        (&back["state"], back.get("reconnect")),
        (&json!("CONNECTED"), None)
    );
}

#[tokio::test]
async fn a_dead_page_token_is_made_anew_while_the_persons_lives() {
    let lab = with_pages().await;
    let dead = lab.token(&page_channel()).await;
    assert!(lab.meta.invalidate(&dead, Invalidation::LoggedOut));
    lab.next_day().await;
    let channel = lab.channel(&page_channel()).await;
    assert_eq!(channel["state"], "CONNECTED", "{channel}");
    assert_ne!(lab.token(&page_channel()).await, dead);
    // The person's own way there is blocked for a moment: that is no answer.
    let dead = lab.token(&page_channel()).await;
    lab.meta.invalidate(&dead, Invalidation::LoggedOut);
    let path = format!("/{PAGE}");
    let away = Plan::next(&Method::GET, &path, Fault::Gateway { status: 503 });
    lab.meta.fail(away.nth(2));
    lab.next_day().await;
    assert_eq!(lab.channel(&page_channel()).await["state"], "CONNECTED");
    // Without a role there is no way left.
    lab.meta.mend();
    days(&lab, 1).await;
    assert_ne!(lab.token(&page_channel()).await, dead);
    lab.meta.take_role(SITI, PAGE);
    days(&lab, 2).await;
    let lost = lab.channel(&page_channel()).await;
    assert_eq!(
        (&lost["state"], &lost["reconnect"]["reason"]),
        (&json!("NEEDS_RECONNECT"), &json!("ROLE_LOST"))
    );
    assert_eq!(
        lab.channel(&format!("FACEBOOK_{OTHER_PAGE}")).await["state"],
        "CONNECTED"
    );
}

#[tokio::test]
async fn a_subscription_that_meta_dropped_is_made_again() {
    let lab = with_pages().await;
    let seed = json!({ "pages": [{ "id": PAGE, "name": "Amanah Jakarta", "instagramAccountId": BEHIND_PAGE }] });
    lab.meta.seed(serde_json::from_value(seed).unwrap());
    lab.meta.change_app(Login::Facebook, |app| {
        app.subscriptions
            .get_mut("page")
            .unwrap()
            .fields
            .remove("leadgen");
    });
    let before = lab.meta.effects(&Method::POST, "/*/subscribed_apps");
    lab.next_day().await;
    assert_eq!(
        lab.meta.effects(&Method::POST, "/*/subscribed_apps"),
        before + 1
    );
    let channel = lab.channel(&page_channel()).await;
    assert!(
        channel["subscribedFields"]
            .as_array()
            .unwrap()
            .contains(&json!("leadgen"))
    );
    assert_eq!(channel["lackingFields"], json!([]));
    assert!(
        lab.meta.app(Login::Facebook).subscriptions["page"]
            .fields
            .contains("leadgen")
    );
}

#[tokio::test]
async fn a_subscription_of_another_deployment_is_told_and_not_taken() {
    let lab = with_pages().await;
    lab.meta.change_app(Login::Facebook, |app| {
        let page = app.subscriptions.get_mut("page").unwrap();
        page.callback_url = "https://elsewhere.example/webhookHandler".to_owned();
        page.fields.remove("leadgen");
    });
    lab.next_day().await;
    let app = lab.meta.app(Login::Facebook);
    assert_eq!(
        app.subscriptions["page"].callback_url,
        "https://elsewhere.example/webhookHandler"
    );
    let channel = lab.channel(&page_channel()).await;
    assert_eq!(channel["lackingFields"], json!(["leadgen"]));
    assert_eq!(channel["problem"]["reason"], "NOT_SUBSCRIBED");
    assert_eq!(channel["state"], "CONNECTED");
}

#[tokio::test]
async fn silence_is_told_and_ends_with_the_next_event() {
    let lab = alone().await;
    days(&lab, 6).await;
    assert_eq!(lab.channel(&alone_channel()).await.get("problem"), None);
    days(&lab, 4).await;
    let silent = lab.channel(&alone_channel()).await;
    assert_eq!(silent["problem"]["reason"], "SILENT", "{silent}");
    assert_eq!(time(&silent["problem"]["at"]), time(&silent["connectedAt"]));
    let path = format!("channels/{}", alone_channel());
    let heard = json!({ "lastEventAt": { "$time": lab.now().to_string() } });
    documents::patch_as("owner", &lab.app.project, &path, heard, &["lastEventAt"]).await;
    days(&lab, 2).await;
    let again = lab.channel(&alone_channel()).await;
    assert_eq!(again.get("problem"), None);
    assert!(again["lastEventAt"].is_object(), "the inbox's field stays");
}

#[tokio::test]
async fn two_runs_at_once_look_once_and_a_dead_one_is_taken_over() {
    let lab = alone().await;
    lab.pass(SignedDuration::from_hours(37));
    let proofs = |lab: &Lab| lab.calls().iter().filter(|call| *call == "GET /me").count();
    let before = proofs(&lab);
    tokio::join!(lab.refresh(), lab.refresh());
    assert_eq!(proofs(&lab), before + 1);
    // A run that dies in the middle of a call leaves a lease.
    lab.pass(SignedDuration::from_hours(37));
    lab.meta.fail(Plan::next(&Method::GET, "/me", Fault::Never));
    let url = format!("{}/tasks/refreshChannels", lab.app.url);
    let dying = tokio::spawn(lab.app.http.post(url).send());
    let count = proofs(&lab);
    lab.meta
        .call(|call| call.id >= count && call.path == "/me" && call.at == lab.now())
        .await;
    dying.abort();
    lab.refresh().await;
    let leased = lab.channel(&alone_channel()).await;
    assert!(leased["lease"].is_object());
    lab.pass(SignedDuration::from_mins(2));
    lab.refresh().await;
    let after = lab.channel(&alone_channel()).await;
    assert_eq!(after.get("lease"), None);
    assert_eq!(time(&after["checkedAt"]), lab.now());
}

#[tokio::test]
async fn what_was_found_about_an_old_token_does_not_touch_a_new_connection() {
    let lab = alone().await;
    lab.pass(SignedDuration::from_hours(37));
    lab.meta
        .invalidate_person(ALONE, Invalidation::PasswordChanged);
    // The job has heard the refusal, but is slow to come back with it.
    lab.meta
        .fail(Plan::next(&Method::GET, "/me", Fault::Late { ms: 60_000 }));
    let siti = lab.app.stranger("m1", "MITRA", Some("c1"));
    let slow = lab.refresh();
    let meanwhile = async {
        lab.meta
            .call(|call| call.path == "/me" && call.at == lab.now())
            .await;
        lab.connect(&siti, Consent::instagram(ALONE)).await;
        lab.meta.clock().advance(SignedDuration::from_mins(2));
    };
    tokio::join!(slow, meanwhile);
    assert_eq!(lab.channel(&alone_channel()).await["state"], "CONNECTED");
}

#[tokio::test]
async fn whoever_meets_a_refusal_has_the_token_proved_by_the_next_run() {
    let lab = alone().await;
    lab.next_day().await;
    lab.meta
        .invalidate_person(ALONE, Invalidation::PasswordChanged);
    lab.refresh().await;
    let unaware = lab.channel(&alone_channel()).await;
    assert_eq!(unaware["state"], "CONNECTED", "not due");
    refresh::hurry(&lab.app.state, &alone_channel()).await;
    assert_eq!(lab.channel(&alone_channel()).await["state"], "CONNECTED");
    lab.pass(SignedDuration::from_mins(1));
    lab.refresh().await;
    assert_eq!(
        lab.channel(&alone_channel()).await["state"],
        "NEEDS_RECONNECT"
    );
    refresh::hurry(&lab.app.state, "INSTAGRAM_1").await;
    assert_eq!(lab.channel("INSTAGRAM_1").await, Value::Null);
}

#[tokio::test]
async fn a_document_that_cannot_be_read_does_not_stand_in_the_way() {
    let lab = alone().await;
    for number in 0..60 {
        let early = json!({ "state": "??", "nextCheckAt": { "$time": "2026-01-01T00:00:00Z" } });
        documents::put(&lab.app.project, &format!("channels/X_{number}"), early).await;
    }
    lab.pass(SignedDuration::from_hours(37));
    lab.refresh().await;
    assert_eq!(
        time(&lab.channel(&alone_channel()).await["checkedAt"]),
        lab.now()
    );
}

#[tokio::test]
async fn a_replay_that_was_lost_is_put_again() {
    let lab = Lab::open().await;
    let siti = lab.partner().await;
    lab.tasks.refuse(Some(503));
    lab.connect(&siti, Consent::instagram(ALONE)).await;
    assert!(lab.tasks.tasks().is_empty());
    lab.tasks.refuse(None);
    lab.next_day().await;
    lab.tasks.deliver_due().await;
    assert_eq!(lab.channel(&alone_channel()).await["replayDue"], false);
}

#[tokio::test]
async fn a_grant_taken_back_while_the_job_looks_stays_taken_back() {
    let lab = alone().await;
    lab.pass(SignedDuration::from_hours(37));
    lab.meta
        .fail(Plan::next(&Method::GET, "/me", Fault::Late { ms: 60_000 }));
    let meanwhile = async {
        lab.meta
            .call(|call| call.path == "/me" && call.at == lab.now())
            .await;
        let form = [(
            "signed_request",
            lab.meta.signed_request(Login::Instagram, ALONE),
        )];
        let url = format!("{}/meta/deauthorize", lab.app.url);
        let answer = lab.app.http.post(url).form(&form).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        lab.meta.clock().advance(SignedDuration::from_mins(2));
    };
    tokio::join!(lab.refresh(), meanwhile);
    let channel = lab.channel(&alone_channel()).await;
    assert_eq!(channel["state"], "NEEDS_RECONNECT");
    assert_eq!(lab.secret(&alone_channel()).await, None);
}

#[tokio::test]
async fn a_channel_without_a_token_says_that_it_needs_one() {
    let lab = alone().await;
    let path = format!("channel_secrets/{}", alone_channel());
    documents::delete(&lab.app.project, &path).await;
    lab.next_day().await;
    lab.pass(SignedDuration::from_hours(1));
    lab.refresh().await;
    assert_eq!(
        lab.channel(&alone_channel()).await["state"],
        "NEEDS_RECONNECT"
    );
}

#[tokio::test]
async fn an_account_that_nobody_can_prove_for_days_says_so() {
    let lab = alone().await;
    let away = Fault::Refuse {
        refusal: Refusal::new(100).subcode(33),
    };
    lab.meta
        .fail(Plan::next(&Method::GET, "/me", away).times(1_000));
    days(&lab, 2).await;
    assert_eq!(lab.channel(&alone_channel()).await.get("problem"), None);
    days(&lab, 3).await;
    let channel = lab.channel(&alone_channel()).await;
    assert_eq!(
        (&channel["state"], &channel["problem"]["reason"]),
        (&json!("CONNECTED"), &json!("NOT_PROVED"))
    );
    assert_eq!(
        time(&channel["problem"]["at"]),
        time(&channel["connectedAt"])
    );
    lab.meta.mend();
    days(&lab, 1).await;
    assert_eq!(lab.channel(&alone_channel()).await.get("problem"), None);
}
