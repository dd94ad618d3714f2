//! The key set, judged by what the key server saw.

use std::sync::Arc;
use std::time::Duration;

use axum::http::{StatusCode, header};
use futures::future::join_all;
use leadgen_pro::clients::google_keys::{KeySet, KeysError};

use super::World;
use crate::support::key_server::Answer;
use crate::support::signing_key::{FIRST, SECOND};

/// Enough to go past every pause after a failure, and short of everything else.
pub(super) const A_MOMENT_SECS: i64 = 2;
const GRACE_SECS: i64 = 6 * 3600;

pub(super) fn first() -> Answer {
    Answer::certificates(&[&FIRST])
}

pub(super) fn down() -> Answer {
    Answer::status(StatusCode::INTERNAL_SERVER_ERROR)
}

impl World {
    pub(super) async fn finds(&self, kid: &str) -> Result<(), KeysError> {
        self.keys.key(kid).await.map(drop)
    }
}

#[tokio::test]
async fn fifty_parallel_callers_make_one_fetch() {
    let (held, gate) = first().held();
    let world = World::with(held).await;
    let callers = join_all((0..50).map(|_| world.finds("first")));
    let release = async {
        // The server can only see a request after all fifty have begun: they share this task.
        world.server.next_request().await;
        gate.let_one_through();
    };
    let (found, ()) = futures::join!(callers, release);
    assert_eq!(found, vec![Ok(()); 50]);
    assert_eq!(world.server.requests(), 1);
}

#[tokio::test]
async fn fifty_parallel_callers_share_a_failure() {
    let (held, gate) = down().held();
    let world = World::with(held).await;
    let callers = join_all((0..50).map(|_| world.finds("first")));
    let release = async {
        world.server.next_request().await;
        gate.let_one_through();
    };
    let (found, ()) = futures::join!(callers, release);
    assert_eq!(found, vec![Err(KeysError::Unavailable); 50]);
    assert_eq!(world.server.requests(), 1);
}

#[tokio::test]
async fn fifty_parallel_callers_with_an_unknown_key_make_one_more_fetch() {
    let world = World::with(first()).await;
    assert_eq!(world.finds("first").await, Ok(()));
    let (held, gate) = Answer::certificates(&[&FIRST, &SECOND]).held();
    world.server.answer(held);
    let callers = join_all((0..50).map(|_| world.finds("second")));
    let release = async {
        world.server.next_request().await;
        world.server.next_request().await;
        gate.let_one_through();
    };
    let (found, ()) = futures::join!(callers, release);
    assert_eq!(found, vec![Ok(()); 50]);
    assert_eq!(world.server.requests(), 2);
}

#[tokio::test]
async fn max_age_is_honoured_to_the_second() {
    let world = World::with(first().with(header::CACHE_CONTROL, "public, max-age=7200")).await;
    assert_eq!(world.finds("first").await, Ok(()));
    world.advance_secs(7199);
    assert_eq!(world.finds("first").await, Ok(()));
    assert_eq!(world.server.requests(), 1);
    world.advance_secs(1);
    assert_eq!(world.finds("first").await, Ok(()));
    assert_eq!(world.server.requests(), 2);
}

#[tokio::test]
async fn the_age_an_answer_already_has_counts() {
    let world = World::with(first().with(header::AGE, "3000")).await;
    assert_eq!(world.finds("first").await, Ok(()));
    world.advance_secs(599);
    assert_eq!(world.finds("first").await, Ok(()));
    assert_eq!(world.server.requests(), 1);
    world.advance_secs(1);
    assert_eq!(world.finds("first").await, Ok(()));
    assert_eq!(world.server.requests(), 2);
}

#[tokio::test]
async fn an_answer_is_used_for_a_minute_at_least() {
    for answer in [
        first().without(&header::CACHE_CONTROL),
        first().with(header::CACHE_CONTROL, "no-store"),
        first().with(header::CACHE_CONTROL, "max-age=0"),
        first().with(header::CACHE_CONTROL, "max-age=-5"),
        first().with(header::CACHE_CONTROL, "s-maxage=9000, max-age"),
    ] {
        let world = World::with(answer).await;
        assert_eq!(world.finds("first").await, Ok(()));
        world.advance_secs(59);
        assert_eq!(world.finds("first").await, Ok(()));
        assert_eq!(world.server.requests(), 1);
        world.advance_secs(1);
        assert_eq!(world.finds("first").await, Ok(()));
        assert_eq!(world.server.requests(), 2);
    }
}

#[tokio::test]
async fn an_answer_is_used_for_a_day_at_most() {
    let world = World::with(first().with(header::CACHE_CONTROL, "max-age=31536000")).await;
    assert_eq!(world.finds("first").await, Ok(()));
    world.advance_secs(24 * 3600 - 1);
    assert_eq!(world.finds("first").await, Ok(()));
    assert_eq!(world.server.requests(), 1);
    world.advance_secs(1);
    assert_eq!(world.finds("first").await, Ok(()));
    assert_eq!(world.server.requests(), 2);
}

#[tokio::test]
async fn rotation_is_followed_at_once() {
    let world = World::with(first()).await;
    assert_eq!(world.finds("first").await, Ok(()));
    world.server.answer(Answer::certificates(&[&SECOND]));
    assert_eq!(
        world.finds("first").await,
        Ok(()),
        "nothing says yet that it is gone"
    );
    assert_eq!(world.finds("second").await, Ok(()));
    assert_eq!(world.finds("first").await, Err(KeysError::UnknownKid));
    assert_eq!(world.server.requests(), 2);
}

#[tokio::test]
async fn unknown_keys_cost_one_fetch_a_minute() {
    let world = World::with(first()).await;
    assert_eq!(world.finds("invented-0").await, Err(KeysError::UnknownKid));
    assert_eq!(
        world.server.requests(),
        1,
        "the first fetch was as new as any other"
    );
    for n in 1..100 {
        assert_eq!(
            world.finds(&format!("invented-{n}")).await,
            Err(KeysError::UnknownKid)
        );
    }
    assert_eq!(world.server.requests(), 2);
    world.advance_secs(59);
    assert_eq!(
        world.finds("invented-100").await,
        Err(KeysError::UnknownKid)
    );
    assert_eq!(world.server.requests(), 2);
    world.advance_secs(1);
    assert_eq!(
        world.finds("invented-101").await,
        Err(KeysError::UnknownKid)
    );
    assert_eq!(world.server.requests(), 3);
}

#[tokio::test]
async fn a_key_is_unknown_only_if_the_look_was_a_good_one() {
    let world = World::with(first()).await;
    assert_eq!(world.finds("first").await, Ok(()));
    world.server.answer(down());
    assert_eq!(world.finds("second").await, Err(KeysError::Unavailable));
    assert_eq!(world.finds("second").await, Err(KeysError::Unavailable));
    assert_eq!(
        world.server.requests(),
        2,
        "the failure too is paced to one a minute"
    );
    assert_eq!(
        world.finds("first").await,
        Ok(()),
        "known keys are not touched by it"
    );
    world
        .server
        .answer(Answer::certificates(&[&FIRST, &SECOND]));
    world.advance_secs(60);
    assert_eq!(world.finds("second").await, Ok(()));
}

#[tokio::test]
async fn stale_keys_serve_for_six_hours_while_the_server_is_down() {
    let world = World::with(first()).await;
    assert_eq!(world.finds("first").await, Ok(()));
    world.server.answer(down());
    world.advance_secs(3600);
    assert_eq!(world.finds("first").await, Ok(()));
    assert_eq!(world.server.requests(), 2, "a renewal was tried");
    world.advance_secs(GRACE_SECS - 1);
    assert_eq!(world.finds("first").await, Ok(()));
    assert!(world.keys.ready().await);
    world.advance_secs(1);
    assert_eq!(world.finds("first").await, Err(KeysError::Unavailable));
    assert!(!world.keys.ready().await);
}

#[tokio::test]
async fn a_server_in_trouble_is_asked_once_in_two_seconds() {
    let world = World::with(down()).await;
    for _ in 0..20 {
        assert_eq!(world.finds("first").await, Err(KeysError::Unavailable));
    }
    assert_eq!(world.server.requests(), 1);
    world.server.answer(first());
    world.advance_secs(A_MOMENT_SECS - 1);
    assert_eq!(world.finds("first").await, Err(KeysError::Unavailable));
    world.advance_secs(1);
    assert_eq!(world.finds("first").await, Ok(()));
    assert_eq!(world.server.requests(), 2);
}

#[tokio::test]
async fn stale_keys_serve_while_one_caller_waits_for_new_ones() {
    let world = World::with(first()).await;
    assert_eq!(world.finds("first").await, Ok(()));
    let (held, gate) = Answer::certificates(&[&FIRST, &SECOND]).held();
    world.server.answer(held);
    world.advance_secs(3600);
    let renewing = world.finds("first");
    let others = async {
        world.server.next_request().await;
        world.server.next_request().await;
        // The renewal is under way and will not end before these are through.
        let found = join_all((0..50).map(|_| world.finds("first"))).await;
        gate.let_one_through();
        found
    };
    let (renewed, others) = futures::join!(renewing, others);
    assert_eq!((renewed, others), (Ok(()), vec![Ok(()); 50]));
    assert_eq!(world.server.requests(), 2);
    assert_eq!(world.finds("second").await, Ok(()));
}

#[tokio::test]
async fn a_caller_who_goes_away_takes_only_his_own_fetch_along() {
    let (held, _gate) = first().held();
    let world = World::with(held).await;
    {
        let caller = world.finds("first");
        futures::pin_mut!(caller);
        let gone = futures::future::select(caller, Box::pin(world.server.next_request())).await;
        assert!(
            matches!(gone, futures::future::Either::Right(_)),
            "the caller was still waiting"
        );
    }
    world.server.answer(first());
    assert_eq!(world.finds("first").await, Ok(()));
    assert_eq!(world.server.requests(), 2);
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up() {
    let (held, _gate) = first().held();
    let world = World::with(held).await;
    let impatient = KeySet::with_timeout(
        reqwest::Client::new(),
        world.server.url(),
        world.clock.clone(),
        Duration::from_millis(50),
    );
    let outcome = tokio::time::timeout(Duration::from_secs(20), impatient.key("first")).await;
    let outcome = outcome.expect("fifty milliseconds are long over");
    assert_eq!(outcome.map(drop), Err(KeysError::Unavailable));
    assert_eq!(world.server.requests(), 1);
}

#[tokio::test]
async fn a_key_keeps_its_identity_while_it_is_published_unchanged() {
    let world = World::with(first()).await;
    let before = world.keys.key("first").await.expect("it is published");
    world
        .server
        .answer(Answer::certificates(&[&FIRST, &SECOND]));
    world.advance_secs(3600);
    let after = world.keys.key("first").await.expect("it is published");
    assert_eq!(world.server.requests(), 2);
    assert!(Arc::ptr_eq(&before, &after));
}

#[tokio::test]
async fn readiness_fetches_what_is_missing_and_clones_share_it() {
    let world = World::with(first()).await;
    assert!(world.keys.clone().ready().await);
    assert!(world.keys.ready().await);
    assert_eq!(world.finds("first").await, Ok(()));
    assert_eq!(world.server.requests(), 1);
}
