//! Time: plans near and far, lost tasks, calling off, full quotas, lost connections, stopped accounts.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use simulators::graph::{Fault, Invalidation, Pace, Plan, Restriction};

use super::press::{ACCOUNT, INSTAGRAM, Press, time};
use crate::support::{Person, documents};

async fn plan(press: &Press, partner: &Person, caption: &str, at: Timestamp) -> String {
    let order = json!({
        "media": [press.picture().await], "caption": caption, "requestId": caption, "scheduledAt": at.to_string(),
    });
    press.order(partner, "postToInstagram", order).await
}

async fn at_once(press: &Press, partner: &Person, caption: &str) -> String {
    let order =
        json!({ "media": [press.picture().await], "caption": caption, "requestId": caption });
    press.order(partner, "postToInstagram", order).await
}

/// Within a minute of its time, and not before it.
fn assert_in_time(doc: &Value, at: Timestamp) {
    assert_eq!(doc["state"], "PUBLISHED", "{doc}");
    let late = time(doc, "publishedAt").duration_since(at);
    assert!(!late.is_negative() && late.as_secs() <= 60, "{late}: {doc}");
}

#[tokio::test]
async fn what_is_planned_leaves_within_a_minute_of_its_time() {
    let press = Press::open().await;
    let partner = press.partner().await;
    let at = press.now() + SignedDuration::from_secs(3 * 3_600 + 17);
    let id = plan(&press, &partner, "Nanti", at).await;
    press.tasks.deliver_due().await;
    assert_eq!(
        press.push("/tasks/publishing", &json!({ "id": id })).await,
        204
    );
    assert_eq!(press.post_doc(&id).await["state"], "SCHEDULED");
    assert!(press.graph.calls().is_empty());
    let doc = press.until_over(&id, 4).await;
    assert_in_time(&doc, at);
    assert_eq!(press.live("Nanti"), 1);
}

#[tokio::test]
async fn what_is_planned_far_ahead_is_found_by_the_sweep() {
    let press = Press::open().await;
    let partner = press.partner().await;
    let at = press.now() + SignedDuration::from_secs(45 * 86_400 + 31);
    let id = plan(&press, &partner, "Jauh", at).await;
    assert!(
        press.tasks.tasks().is_empty(),
        "the queue takes nothing so far ahead"
    );
    // 45 days of quiet, then the last minutes as they come. The account's token is renewed meanwhile.
    press.pass(SignedDuration::from_secs(45 * 86_400 - 300));
    press.sweep().await;
    assert!(press.tasks.tasks().is_empty());
    let doc = press.until_over(&id, 1).await;
    assert_in_time(&doc, at);
}

#[tokio::test]
async fn a_post_whose_task_was_lost_leaves_in_time_all_the_same() {
    let press = Press::open().await;
    let partner = press.partner().await;
    press.tasks.refuse(Some(503));
    let at = press.now() + SignedDuration::from_secs(3_600 + 29);
    let id = plan(&press, &partner, "Hilang", at).await;
    assert!(press.tasks.tasks().is_empty());
    press.tasks.refuse(None);
    let doc = press.until_over(&id, 2).await;
    assert_in_time(&doc, at);
    // And one that was to go out at once, with a new token: the former lasted an hour.
    let partner = press.partner_again();
    press.tasks.refuse(Some(503));
    let now = press.now();
    let id = at_once(&press, &partner, "Segera").await;
    press.tasks.refuse(None);
    let doc = press.until_over(&id, 1).await;
    assert_in_time(&doc, now);
}

#[tokio::test]
async fn what_is_called_off_does_not_go_out() {
    let press = Press::open().await;
    let partner = press.partner().await;
    let at = press.now() + SignedDuration::from_secs(600);
    let id = plan(&press, &partner, "Batal", at).await;
    let cancel = json!({ "postId": id });
    let stranger = press.app.staff("m2", "MITRA", Some("c1")).await;
    assert_eq!(
        press
            .app
            .call(&stranger, "cancelPost", cancel.clone())
            .await
            .code(),
        "NOT_FOUND"
    );
    for _ in 0..2 {
        let post = press
            .app
            .call(&partner, "cancelPost", cancel.clone())
            .await
            .result();
        assert_eq!(post["state"], "CANCELLED");
    }
    let doc = press.until_over(&id, 1).await;
    press.pass_seconds(1_200);
    press.sweep().await;
    press.tasks.deliver_due().await;
    assert_eq!(
        (&doc["state"], press.live("Batal")),
        (&json!("CANCELLED"), 0)
    );
    assert!(doc.get("lease").is_none());
    assert!(press.graph.calls().is_empty());

    let id = at_once(&press, &partner, "Tayang").await;
    press.until_over(&id, 1).await;
    let answer = press
        .app
        .call(&partner, "cancelPost", json!({ "postId": id }))
        .await;
    assert_eq!(answer.refusal().1, "NOT_SCHEDULED");
    assert_eq!(answer.body["error"]["details"]["state"], "PUBLISHED");
    for (id, code) in [("nowhere", "NOT_FOUND"), ("a/b", "INVALID_ARGUMENT")] {
        let answer = press
            .app
            .call(&partner, "cancelPost", json!({ "postId": id }))
            .await;
        assert_eq!(answer.code(), code);
    }
}

#[tokio::test]
async fn calling_off_at_the_very_moment_is_either_in_time_or_refused() {
    let press = Press::open().await;
    let partner = press.partner().await;
    let (mut off, mut out) = (0, 0);
    for round in 0..16 {
        let caption = format!("Lomba {round}");
        press.pass_seconds(10);
        let at = press.now() + SignedDuration::from_secs(5);
        let id = plan(&press, &partner, &caption, at).await;
        press.pass_seconds(5);
        let cancel = async {
            // A little later each round: before the turn, within it, after it.
            tokio::time::sleep(std::time::Duration::from_millis(round * 8)).await;
            press
                .app
                .call(&partner, "cancelPost", json!({ "postId": id }))
                .await
        };
        let (answer, _) = futures::future::join(cancel, press.tasks.deliver_due()).await;
        let doc = press.until_over(&id, 2).await;
        let live = press.live(&caption);
        if answer.status == 200 {
            off += 1;
            assert_eq!((&doc["state"], live), (&json!("CANCELLED"), 0), "{doc}");
        } else {
            out += 1;
            assert_eq!(answer.refusal().1, "NOT_SCHEDULED");
            assert_eq!((&doc["state"], live), (&json!("PUBLISHED"), 1), "{doc}");
        }
    }
    assert!(off + out == 16);
}

#[tokio::test]
async fn over_the_quota_a_post_waits_for_the_window() {
    let press = Press::open().await;
    let partner = press.partner().await;
    press.graph.set_publishing_quota(ACCOUNT, 1);
    let first = at_once(&press, &partner, "Satu").await;
    assert_eq!(press.until_over(&first, 1).await["state"], "PUBLISHED");
    let second = at_once(&press, &partner, "Dua").await;
    press.tasks.deliver_due().await;
    let doc = press.post_doc(&second).await;
    assert_eq!(
        (&doc["state"], &doc["waitingFor"]),
        (&json!("SCHEDULED"), &json!("QUOTA"))
    );
    let doc = press.until_over(&second, 30).await;
    assert_eq!(doc["state"], "PUBLISHED");
    let apart = time(&doc, "publishedAt").duration_since(time(&doc, "createdAt"));
    assert!((24..=25).contains(&apart.as_hours()), "{apart}");
    assert_eq!(press.live("Dua"), 1);
}

#[tokio::test]
async fn a_quota_that_others_use_up_meanwhile_is_waited_for_with_the_same_container() {
    let press = Press::open().await;
    let partner = press.partner().await;
    press.graph.set_publishing_quota(ACCOUNT, 1);
    let ids = [
        at_once(&press, &partner, "A").await,
        at_once(&press, &partner, "B").await,
    ];
    press.tasks.deliver_at_once().await;
    for id in &ids {
        let doc = press.until_over(id, 30).await;
        assert_eq!(doc["state"], "PUBLISHED", "{doc}");
    }
    assert_eq!((press.live("A"), press.live("B")), (1, 1));
}

#[tokio::test]
async fn a_due_post_waits_for_the_reconnection_and_then_goes_out() {
    let press = Press::open().await;
    let partner = press.partner().await;
    let at = press.now() + SignedDuration::from_secs(600);
    let id = plan(&press, &partner, "Sambung", at).await;
    press.set_channel(INSTAGRAM, "NEEDS_RECONNECT").await;
    let doc = press.until_over(&id, 48).await;
    assert_eq!(
        (&doc["state"], &doc["waitingFor"]),
        (&json!("SCHEDULED"), &json!("RECONNECT")),
        "{doc}"
    );
    assert!(press.graph.calls().is_empty());
    press.set_channel(INSTAGRAM, "CONNECTED").await;
    let again = press.now();
    let doc = press.until_over(&id, 1).await;
    assert_eq!(doc["state"], "PUBLISHED", "{doc}");
    assert!(time(&doc, "publishedAt").duration_since(again).as_mins() <= 6);
    assert_eq!(press.live("Sambung"), 1);
}

#[tokio::test]
async fn a_token_that_dies_at_any_call_makes_the_post_wait() {
    let press = Press::open().await;
    let partner = press.partner().await;
    for (round, path) in [
        "/*/content_publishing_limit",
        "/*/media",
        "/*/media_publish",
    ]
    .into_iter()
    .enumerate()
    {
        let caption = format!("Token {round}");
        let method = if round == 0 { "GET" } else { "POST" };
        let refusal =
            serde_json::from_value(json!({ "status": 400, "code": 190, "subcode": 463 })).unwrap();
        press.graph.fail(Plan::next(
            &method.parse().unwrap(),
            path,
            Fault::Refuse { refusal },
        ));
        let id = at_once(&press, &partner, &caption).await;
        press.tasks.deliver_due().await;
        let doc = press.post_doc(&id).await;
        assert_eq!(
            (&doc["state"], &doc["waitingFor"]),
            (&json!("SCHEDULED"), &json!("RECONNECT")),
            "{doc}"
        );
        let doc = press.until_over(&id, 1).await;
        assert_eq!(
            (&doc["state"], press.live(&caption)),
            (&json!("PUBLISHED"), 1),
            "{doc}"
        );
    }
}

#[tokio::test]
async fn a_token_that_dies_with_the_answer_on_its_way_leaves_a_doubt_until_the_reconnection() {
    let press = Press::open().await;
    let partner = press.partner().await;
    let id = at_once(&press, &partner, "Putus").await;
    let publish = Plan::next(
        &"POST".parse().unwrap(),
        "/*/media_publish",
        Fault::CutAfter,
    );
    press.graph.fail(publish);
    let refusal =
        serde_json::from_value(json!({ "status": 400, "code": 190, "subcode": 460 })).unwrap();
    press.graph.fail(
        Plan::next(&"GET".parse().unwrap(), "/*", Fault::Refuse { refusal })
            .nth(2)
            .times(20),
    );
    press.tasks.deliver_due().await;
    let doc = press.post_doc(&id).await;
    assert_eq!(
        (&doc["state"], &doc["waitingFor"]),
        (&json!("PUBLISHING"), &json!("RECONNECT")),
        "{doc}"
    );
    let refused = press
        .app
        .call(&partner, "cancelPost", json!({ "postId": id }))
        .await;
    assert_eq!(refused.refusal().1, "NOT_SCHEDULED");
    // The next run of the refresh looks at the account first, and asks its person.
    let path = format!("channels/{INSTAGRAM}");
    let channel = documents::get(&press.app.project, &path).await.unwrap();
    assert_eq!(time(&channel, "nextCheckAt"), press.now(), "{channel}");
    press.pass(SignedDuration::from_hours(3));
    press.graph.mend();
    press.set_channel(INSTAGRAM, "CONNECTED").await;
    let doc = press.until_over(&id, 12).await;
    assert_eq!(
        (&doc["state"], press.live("Putus")),
        (&json!("PUBLISHED"), 1),
        "{doc}"
    );
    assert_eq!(doc["attempts"], 1);
}

#[tokio::test]
async fn nobody_reconnects_for_a_week_and_the_post_says_so() {
    let press = Press::open().await;
    let partner = press.partner().await;
    let token = documents::get(&press.app.project, &format!("channel_secrets/{INSTAGRAM}")).await;
    assert!(token.is_some());
    let id = at_once(&press, &partner, "Basi").await;
    press.set_channel(INSTAGRAM, "NEEDS_RECONNECT").await;
    press.tasks.deliver_due().await;
    press.pass(SignedDuration::from_hours(7 * 24));
    press.sweep().await;
    let doc = press.until_over(&id, 1).await;
    assert_eq!(
        (&doc["state"], &doc["error"]["code"]),
        (&json!("FAILED"), &json!("RECONNECT")),
        "{doc}"
    );
    assert_eq!(press.live("Basi"), 0);
}

#[tokio::test]
async fn an_account_taken_for_a_spammer_rests_for_a_day() {
    let press = Press::open().await;
    let partner = press.partner().await;
    press.graph.restrict(ACCOUNT, Some(Restriction::Spam));
    let spam = at_once(&press, &partner, "Spam").await;
    let doc = press.until_over(&spam, 1).await;
    assert_eq!(
        (&doc["state"], &doc["error"]["code"]),
        (&json!("FAILED"), &json!("BLOCKED_AS_SPAM")),
        "{doc}"
    );
    press.graph.restrict(ACCOUNT, None);
    let calls = press.graph.calls().len();
    let next = at_once(&press, &partner, "Sabar").await;
    press.tasks.deliver_due().await;
    let doc = press.post_doc(&next).await;
    assert_eq!(
        (&doc["state"], &doc["waitingFor"]),
        (&json!("SCHEDULED"), &json!("ACCOUNT_STOPPED")),
        "{doc}"
    );
    assert_eq!(
        press.graph.calls().len(),
        calls,
        "the account is left alone"
    );
    let doc = press.until_over(&next, 26).await;
    assert_eq!(
        (&doc["state"], press.live("Sabar")),
        (&json!("PUBLISHED"), 1),
        "{doc}"
    );
    let waited = time(&doc, "publishedAt").duration_since(time(&doc, "createdAt"));
    assert!(waited.as_hours() >= 23, "{waited}");
}

#[tokio::test]
async fn media_that_take_their_time_are_asked_for_by_tasks_and_not_by_waiting() {
    let press = Press::open().await;
    let partner = press.partner().await;
    press.graph.set_pace(Pace {
        image: SignedDuration::from_secs(3),
        film: SignedDuration::from_secs(100),
    });
    let order = json!({ "media": [press.film().await], "caption": "Lama", "requestId": "r" });
    let id = press.order(&partner, "postToInstagram", order).await;
    press.tasks.deliver_due().await;
    let doc = press.post_doc(&id).await;
    assert_eq!(
        (&doc["state"], &doc["waitingFor"]),
        (&json!("PREPARING"), &json!("PROCESSING")),
        "{doc}"
    );
    assert!(doc["containerId"].is_string() && doc["lease"]["attemptId"].is_null());
    let doc = press.until_over(&id, 1).await;
    assert_eq!(
        (&doc["state"], press.live("Lama")),
        (&json!("PUBLISHED"), 1),
        "{doc}"
    );
}

#[tokio::test]
async fn who_lost_the_right_or_the_account_meanwhile_posts_nothing() {
    let press = Press::open().await;
    let partner = press.partner().await;
    press.app.events.lose(true);
    let at = press.now() + SignedDuration::from_secs(600);
    let moved = plan(&press, &partner, "Pindah", at).await;
    let path = "users/m1";
    let before = documents::get(&press.app.project, path).await.unwrap();
    let mut after = before.clone();
    after["disabled"] = true.into();
    documents::put(&press.app.project, path, after).await;
    let doc = press.until_over(&moved, 1).await;
    assert_eq!(
        (&doc["state"], &doc["error"]["code"]),
        (&json!("FAILED"), &json!("NOT_ALLOWED")),
        "{doc}"
    );
    documents::put(&press.app.project, path, before).await;

    let at = press.now() + SignedDuration::from_secs(600);
    let gone = plan(&press, &partner, "Lepas", at).await;
    press.set_channel(INSTAGRAM, "DISCONNECTED").await;
    let doc = press.until_over(&gone, 1).await;
    assert_eq!(
        (&doc["state"], &doc["error"]["code"]),
        (&json!("FAILED"), &json!("CHANNEL_DISCONNECTED")),
        "{doc}"
    );
    assert!(press.graph.calls().is_empty());
}

#[tokio::test]
async fn a_picture_deleted_before_its_time_is_named_and_none_is_made_of_it() {
    let press = Press::open().await;
    let partner = press.partner().await;
    let at = press.now() + SignedDuration::from_secs(600);
    let id = plan(&press, &partner, "Hapus", at).await;
    press
        .app
        .state
        .storage
        .delete("media/c1/m1/r1/image.jpg")
        .await
        .unwrap();
    let doc = press.until_over(&id, 1).await;
    assert_eq!(
        (&doc["state"], &doc["error"]["code"]),
        (&json!("FAILED"), &json!("MEDIA_UNREACHABLE")),
        "{doc}"
    );
    assert!(press.graph.calls().is_empty());
}

#[tokio::test]
async fn a_document_that_is_no_post_fails_and_says_so() {
    let press = Press::open().await;
    let partner = press.partner().await;
    let id = at_once(&press, &partner, "Rusak").await;
    let mut doc = press.post_doc(&id).await;
    doc["kind"] = "POSTER".into();
    documents::put(&press.app.project, &format!("posts/{id}"), doc).await;
    let doc = press.until_over(&id, 1).await;
    assert_eq!(
        (&doc["state"], &doc["error"]["code"]),
        (&json!("FAILED"), &json!("INVALID_POST"))
    );
    assert_eq!(
        press
            .push("/tasks/publishing", &json!({ "id": "nowhere" }))
            .await,
        204
    );
    assert!(press.graph.calls().is_empty());
}

#[tokio::test]
async fn a_real_dead_token_is_no_reason_to_fail() {
    let press = Press::open().await;
    let partner = press.partner().await;
    let token = press.graph.instagram_token(ACCOUNT);
    press
        .connect(
            INSTAGRAM,
            leadgen_pro::clients::graph::Login::Instagram,
            token.clone(),
        )
        .await;
    press
        .graph
        .invalidate(&token, Invalidation::PasswordChanged);
    let id = at_once(&press, &partner, "Kata sandi").await;
    press.tasks.deliver_due().await;
    assert_eq!(press.post_doc(&id).await["waitingFor"], "RECONNECT");
    let token = press.graph.instagram_token(ACCOUNT);
    press
        .connect(
            INSTAGRAM,
            leadgen_pro::clients::graph::Login::Instagram,
            token,
        )
        .await;
    let doc = press.until_over(&id, 1).await;
    assert_eq!(
        (&doc["state"], press.live("Kata sandi")),
        (&json!("PUBLISHED"), 1),
        "{doc}"
    );
}
