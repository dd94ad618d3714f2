//! Every fault at every call that a post makes, also at the calls that look for it afterwards: one live post, or none and
//! the reason on the document. The cells are generated, none is written by hand.

use axum::http::Method;
use serde_json::{Value, json};
use simulators::graph::{Fault, Plan, Refusal};

use super::press::{FACEBOOK, Press};

/// A call, by its method, path and which of its kind it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call {
    method: &'static str,
    path: &'static str,
    nth: u32,
}

pub(super) const fn call(method: &'static str, path: &'static str, nth: u32) -> Call {
    Call { method, path, nth }
}

impl Call {
    pub(super) fn meets(self, fault: Fault) -> Plan {
        let method: Method = self.method.parse().unwrap();
        Plan::next(&method, self.path, fault).nth(self.nth)
    }
}

/// What a picture's post asks of the platform, in this order.
pub(super) const PICTURE: [Call; 5] = [
    call("GET", "/*/content_publishing_limit", 1),
    call("POST", "/*/media", 1),
    call("GET", "/*", 1),
    call("POST", "/*/media_publish", 1),
    call("GET", "/*", 2),
];

/// What a carousel of two asks beyond that.
pub(super) const CAROUSEL: [Call; 6] = [
    call("POST", "/*/media", 1),
    call("POST", "/*/media", 2),
    call("GET", "/*", 2),
    call("POST", "/*/media", 3),
    call("GET", "/*", 3),
    call("POST", "/*/media_publish", 1),
];

fn refusal(status: u16, code: i64, subcode: i64) -> Refusal {
    let mut refusal = json!({ "status": status, "code": code });
    if subcode != 0 {
        refusal["subcode"] = subcode.into();
    }
    serde_json::from_value(refusal).unwrap()
}

/// What passes by itself, and after which nobody knows whether the call happened.
pub(super) fn passing() -> Vec<Fault> {
    vec![
        Fault::Late { ms: 0 },
        Fault::Twice,
        Fault::CutBefore,
        Fault::CutAfter,
        Fault::Gateway { status: 502 },
        Fault::Refuse {
            refusal: refusal(500, 2, 0),
        },
        Fault::Refuse {
            refusal: refusal(400, -1, 2_207_001),
        },
        Fault::RefuseAfter {
            refusal: refusal(500, 1, 0),
        },
        Fault::OkWithError {
            refusal: refusal(200, -2, 2_207_003),
        },
        Fault::Refuse {
            refusal: refusal(400, 100, 33),
        },
    ]
}

async fn order(press: &Press, carousel: bool, caption: &str) -> String {
    let one = press.picture().await;
    let media = if carousel {
        vec![one.clone(), one]
    } else {
        vec![one]
    };
    let order = json!({ "media": media, "caption": caption, "requestId": caption });
    // The brake on posting is not what is tried here.
    press.pass_seconds(10);
    press
        .order(&press.partner_again(), "postToInstagram", order)
        .await
}

/// One live post and PUBLISHED, or none and the reason.
fn judge(doc: &Value, live: usize, about: &str) {
    match doc["state"].as_str() {
        Some("PUBLISHED") => assert_eq!(live, 1, "{about}: {doc}"),
        Some("FAILED" | "UNCONFIRMED") => {
            assert_eq!(live, 0, "{about}: {doc}");
            let error = &doc["error"];
            for field in ["code", "remedy", "message", "messageEn"] {
                assert!(!error[field].as_str().unwrap().is_empty(), "{about}: {doc}");
            }
        }
        _ => panic!("{about}: no end: {doc}"),
    }
}

async fn every_fault_at_every_call(calls: &[Call], carousel: bool) {
    let press = Press::open().await;
    press.partner().await;
    for (number, call) in calls.iter().enumerate() {
        for (which, fault) in passing().into_iter().enumerate() {
            let about = format!("{call:?} {fault:?}");
            let caption = format!("Kasus {number} {which}");
            let id = order(&press, carousel, &caption).await;
            press.graph.fail(call.meets(fault));
            let doc = press.until_over(&id, 30).await;
            judge(&doc, press.live(&caption), &about);
            // Each of these passes, so the post goes out in the end.
            assert_eq!(doc["state"], "PUBLISHED", "{about}: {doc}");
            assert_eq!(
                press.graph.planned_faults(),
                0,
                "{about}: the fault was met"
            );
        }
    }
}

#[tokio::test]
async fn a_picture_survives_every_fault_at_every_call() {
    every_fault_at_every_call(&PICTURE, false).await;
}

#[tokio::test]
async fn a_carousel_survives_every_fault_at_every_call() {
    every_fault_at_every_call(&CAROUSEL, true).await;
}

/// What is asked after the publish call's answer was lost: the container, then the account's posts.
const AFTERWARDS: [Call; 2] = [call("GET", "/*", 2), call("GET", "/*/media", 1)];

#[tokio::test]
async fn looking_for_a_post_in_doubt_survives_every_fault_too() {
    let press = Press::open().await;
    press.partner().await;
    let publish = PICTURE[3];
    let lost = [
        Fault::CutBefore,
        Fault::CutAfter,
        Fault::OkWithError {
            refusal: refusal(200, 1, 0),
        },
    ];
    for (number, first) in lost.into_iter().enumerate() {
        for (place, call) in AFTERWARDS.into_iter().enumerate() {
            for (which, second) in passing().into_iter().enumerate() {
                let about = format!("{first:?}, then {call:?} {second:?}");
                let caption = format!("Ragu {number} {place} {which}");
                let id = order(&press, false, &caption).await;
                press.graph.fail(publish.meets(first.clone()));
                press.graph.fail(call.meets(second));
                let doc = press.until_over(&id, 30).await;
                judge(&doc, press.live(&caption), &about);
                assert_eq!(doc["state"], "PUBLISHED", "{about}: {doc}");
                assert_eq!(press.graph.planned_faults(), 0, "{about}: both were met");
            }
        }
    }
}

#[tokio::test]
async fn a_publish_call_that_is_never_answered_is_looked_for() {
    let press = Press::open().await;
    press.partner().await;
    // One waits for the whole time limit of a call, so all wait at once, each on an own post.
    let mut ids = Vec::new();
    for number in 0..3 {
        let caption = format!("Diam {number}");
        ids.push((order(&press, false, &caption).await, caption));
    }
    press.graph.fail(PICTURE[3].meets(Fault::Never).times(3));
    press.tasks.deliver_at_once().await;
    for (id, caption) in ids {
        let doc = press.until_over(&id, 2).await;
        assert_eq!(doc["state"], "PUBLISHED", "{doc}");
        assert_eq!((press.live(&caption), &doc["attempts"]), (1, &json!(2)));
    }
}

#[tokio::test]
async fn a_publish_call_that_happens_when_nobody_waits_for_it_any_more_is_not_doubled() {
    let press = Press::open().await;
    press.partner().await;
    // Before the first second reading, beside it, after the container was published again, and much later.
    for seconds in [1, 29, 31, 45, 61, 600, 3_000] {
        let caption = format!("Kelak {seconds}");
        let id = order(&press, false, &caption).await;
        let later = Fault::HappensLater {
            ms: seconds * 1_000,
        };
        press.graph.fail(PICTURE[3].meets(later));
        let doc = press.until_over(&id, 30).await;
        assert_eq!(doc["state"], "PUBLISHED", "{seconds} s: {doc}");
        // Whatever was still under way arrives.
        press.pass_seconds(3_600);
        for _ in 0..3 {
            press.sweep().await;
        }
        assert_eq!(press.live(&caption), 1, "{seconds} s: {doc}");
    }
}

#[tokio::test]
async fn a_platform_that_never_publishes_ends_in_a_failure_and_no_post() {
    let press = Press::open().await;
    press.partner().await;
    let id = order(&press, false, "Gagal").await;
    press
        .graph
        .fail(PICTURE[3].meets(Fault::Gateway { status: 503 }).forever());
    let doc = press.until_over(&id, 60).await;
    judge(&doc, press.live("Gagal"), "503 for ever");
    assert_eq!(doc["state"], "FAILED");
    assert_eq!(doc["error"]["code"], "NOT_PUBLISHED");
    // Always the same container: no other was made while the first was in doubt.
    assert_eq!(press.graph.effects(&Method::POST, "/*/media"), 1);
}

/// What the platform says, and what the person reads.
const REFUSED: [(u16, i64, i64, &str, &str); 8] = [
    (400, 36_003, 2_207_009, "MEDIA_NOT_TAKEN", "FIX_CONTENT"),
    (400, 36_004, 2_207_010, "CAPTION_NOT_TAKEN", "FIX_CONTENT"),
    (400, 352, 2_207_026, "MEDIA_NOT_TAKEN", "FIX_CONTENT"),
    (400, 25, 2_207_050, "ACCOUNT_RESTRICTED", "STOP"),
    (400, 10, 0, "PERMISSION_MISSING", "RECONNECT"),
    (400, 24, 2_207_006, "PERMISSION_MISSING", "RECONNECT"),
    (400, 100, 2_207_028, "CONTENT_REFUSED", "FIX_CONTENT"),
    (400, 4_711, 0, "REFUSED", "STOP"),
];

#[tokio::test]
async fn a_plain_no_ends_a_post_with_words_wherever_it_is_said() {
    let press = Press::open().await;
    press.partner().await;
    for (place, call) in [PICTURE[1], PICTURE[3]].into_iter().enumerate() {
        for (which, (status, code, subcode, error, remedy)) in REFUSED.into_iter().enumerate() {
            let caption = format!("Ditolak {place} {which}");
            let id = order(&press, false, &caption).await;
            let refusal = refusal(status, code, subcode);
            press.graph.fail(call.meets(Fault::Refuse { refusal }));
            let doc = press.until_over(&id, 2).await;
            judge(&doc, press.live(&caption), &caption);
            assert_eq!(doc["state"], "FAILED", "{code}/{subcode}: {doc}");
            assert_eq!(
                (&doc["error"]["code"], &doc["error"]["remedy"]),
                (&json!(error), &json!(remedy))
            );
            assert_eq!(doc["error"]["platformCode"], code);
        }
    }
}

/// The edges of a page that put something before people.
const PAGE_EDGES: [&str; 3] = ["/*/feed", "/*/photos", "/*/videos"];

#[tokio::test]
async fn a_page_shows_one_post_or_none_whatever_fails() {
    let press = Press::open().await;
    press.partner().await;
    let media = [None, Some(press.picture().await), Some(press.film().await)];
    for (edge, medium) in PAGE_EDGES.into_iter().zip(media) {
        for call in [call("POST", edge, 1), call("GET", "/*", 1)] {
            for (which, fault) in passing().into_iter().enumerate() {
                if fault == Fault::Twice && call.method == "POST" {
                    // The platform itself posts it twice from one call: nobody can keep it from that.
                    continue;
                }
                let about = format!("{call:?} {fault:?}");
                let caption = format!("Halaman {edge} {} {which}", call.path);
                press.pass_seconds(10);
                let media: Vec<&String> = medium.iter().collect();
                let order = json!({
                    "channelId": FACEBOOK, "media": media, "caption": caption, "requestId": caption,
                });
                let partner = press.partner_again();
                let id = press.order(&partner, "postToFacebook", order).await;
                press.graph.fail(call.meets(fault));
                let doc = press.until_over(&id, 3).await;
                judge(&doc, press.live_on_page(&caption), &about);
                assert_ne!(doc["state"], "FAILED", "{about}: {doc}");
                press.graph.mend();
            }
        }
    }
}
