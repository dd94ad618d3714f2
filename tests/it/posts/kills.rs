//! The worker dies: before a call, with the call done and its answer on the way, and anywhere in between. Whoever takes over
//! brings the post out once.

use std::future::Future;
use std::pin::pin;
use std::task::Poll;

use leadgen_pro::posts::run::turn;
use serde_json::json;
use simulators::graph::Fault;

use super::faults::{CAROUSEL, Call, PICTURE, call};
use super::press::{FACEBOOK, Press};

async fn order(press: &Press, carousel: bool, caption: &str) -> String {
    let one = press.picture().await;
    let media = if carousel {
        vec![one.clone(), one]
    } else {
        vec![one]
    };
    let order = json!({ "media": media, "caption": caption, "requestId": caption });
    press.pass_seconds(10);
    press
        .order(&press.partner_again(), "postToInstagram", order)
        .await
}

/// Works until a call has reached the platform, and dies.
async fn die_at_next_call(press: &Press, id: &str) {
    let before = press.graph.calls().len();
    let mut work = pin!(turn(&press.app.state, id));
    // The fault that was planned holds its answer back, so the turn cannot end by itself once it has met it.
    loop {
        let stuck = press.graph.planned_faults() == 0 && press.graph.calls().len() > before;
        if stuck && settled(press).await {
            return;
        }
        let moment = tokio::time::sleep(std::time::Duration::from_millis(2));
        tokio::select! {
            ended = work.as_mut() => panic!("the turn ended: {ended:?}"),
            () = moment => {}
        }
    }
}

/// Whether the call that met the fault has had its effect, if it is to have one.
async fn settled(press: &Press) -> bool {
    let calls = press.graph.calls();
    let last = calls.last().unwrap();
    let late = matches!(last.fault, Some(Fault::Late { .. }));
    tokio::task::yield_now().await;
    !late || last.effects > 0
}

async fn every_call(calls: &[Call], carousel: bool) {
    let press = Press::open().await;
    press.partner().await;
    for (number, call) in calls.iter().enumerate() {
        for (which, fault) in [Fault::Never, Fault::Late { ms: 86_400_000 }]
            .into_iter()
            .enumerate()
        {
            let about = format!("killed at {call:?}, {fault:?}");
            let caption = format!("Mati {number} {which}");
            let id = order(&press, carousel, &caption).await;
            press.graph.fail(call.meets(fault));
            die_at_next_call(&press, &id).await;
            // Its first task was on its way meanwhile, and finds the lease of the dead.
            let doc = press.until_over(&id, 3).await;
            assert_eq!(doc["state"], "PUBLISHED", "{about}: {doc}");
            assert_eq!(press.live(&caption), 1, "{about}: {doc}");
            assert_eq!(press.graph.planned_faults(), 0, "{about}");
        }
    }
}

#[tokio::test]
async fn a_picture_outlives_its_worker_at_every_call() {
    every_call(&PICTURE[..4], false).await;
}

#[tokio::test]
async fn a_carousel_outlives_its_worker_at_every_call() {
    every_call(&CAROUSEL, true).await;
}

#[tokio::test]
async fn a_pages_post_is_live_once_or_asked_about_when_its_worker_dies() {
    let press = Press::open().await;
    press.partner().await;
    let publish = call("POST", "/*/feed", 1);
    let late = Fault::Late { ms: 86_400_000 };
    for (fault, state, live) in [(late, "PUBLISHED", 1), (Fault::Never, "UNCONFIRMED", 0)] {
        let caption = format!("Mati {state}");
        let order = json!({ "channelId": FACEBOOK, "caption": caption, "requestId": state });
        let partner = press.partner_again();
        let id = press.order(&partner, "postToFacebook", order).await;
        press.graph.fail(publish.meets(fault));
        die_at_next_call(&press, &id).await;
        let doc = press.until_over(&id, 3).await;
        assert_eq!(doc["state"], state, "{doc}");
        assert_eq!(press.live_on_page(&caption), live, "{doc}");
    }
}

/// Lets a future run for so many wake-ups, and drops it; true when it came to its end before.
async fn for_so_long(wakes: usize, work: impl Future) -> bool {
    let mut work = pin!(work);
    let mut left = wakes;
    std::future::poll_fn(|context| {
        if work.as_mut().poll(context).is_ready() {
            return Poll::Ready(true);
        }
        if left == 0 {
            return Poll::Ready(false);
        }
        left -= 1;
        Poll::Pending
    })
    .await
}

#[tokio::test]
async fn a_worker_may_die_at_any_moment() {
    let press = Press::open().await;
    press.partner().await;
    let mut deaths = 0;
    for wakes in 0.. {
        let caption = format!("Saat {wakes}");
        let id = order(&press, false, &caption).await;
        let lived = for_so_long(wakes, turn(&press.app.state, &id)).await;
        let doc = press.until_over(&id, 3).await;
        assert_eq!(doc["state"], "PUBLISHED", "after {wakes} wake-ups: {doc}");
        assert_eq!(press.live(&caption), 1, "after {wakes} wake-ups: {doc}");
        if lived {
            break;
        }
        deaths += 1;
    }
    assert!(deaths > 10, "it died {deaths} times only");
}
