//! Orders and the steps of a request.

use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;
use crate::ids::Uid;

fn raw<'a>(topic: &'a str, platform: &'a str) -> RawOrder<'a> {
    RawOrder {
        topic,
        platform,
        ..RawOrder::default()
    }
}

fn field_of(raw: &RawOrder<'_>) -> Option<String> {
    Order::parse(raw)
        .err()
        .and_then(|error| error.at_field().map(ToOwned::to_owned))
}

#[test]
fn a_wrong_field_is_named() {
    let long = "a".repeat(TOPIC_CHARS + 1);
    assert_eq!(field_of(&raw("  ", "INSTAGRAM")).as_deref(), Some("topic"));
    assert_eq!(field_of(&raw(&long, "INSTAGRAM")).as_deref(), Some("topic"));
    assert_eq!(
        field_of(&raw("Umrah", "instagram")).as_deref(),
        Some("platform")
    );
    let media = RawOrder {
        media: Some("GIF"),
        ..raw("Umrah", "FACEBOOK")
    };
    assert_eq!(field_of(&media).as_deref(), Some("options.media"));
    for aspect in ["4", "0:5", "4:05", "100:1", "a:b", "4:5:6", ""] {
        let order = RawOrder {
            aspect: Some(aspect),
            ..raw("Umrah", "FACEBOOK")
        };
        assert_eq!(
            field_of(&order).as_deref(),
            Some("options.aspect"),
            "{aspect:?}"
        );
    }
    let long = "a".repeat(101);
    let tone = RawOrder {
        tone: Some(&long),
        ..raw("Umrah", "FACEBOOK")
    };
    assert_eq!(field_of(&tone).as_deref(), Some("options.tone"));
}

#[test]
fn a_right_order_is_read() {
    let order = Order::parse(&RawOrder {
        tone: Some(" hangat "),
        language: Some(""),
        media: Some("IMAGE"),
        aspect: Some("4:5"),
        ..raw(" Umrah Ramadhan ", "INSTAGRAM")
    });
    assert_eq!(
        order.ok(),
        Some(Order {
            topic: "Umrah Ramadhan".into(),
            platform: Platform::Instagram,
            tone: Some("hangat".into()),
            language: None,
            media: Media::Image,
            aspect: Some("4:5".into()),
        })
    );
}

fn request(stage: Stage) -> ContentRequest {
    let payer = Payer {
        uid: Uid::parse("m1").expect("an id"),
        branch: None,
    };
    let order = Order::parse(&raw("Umrah", "INSTAGRAM")).expect("an order");
    let mut request = ContentRequest::new("r1".into(), payer, order, Timestamp::UNIX_EPOCH);
    request.stage = stage;
    request
}

proptest! {
    /// Of two workers, one begins; a dead worker's attempt is named to whoever takes over; what is over stays over.
    #[test]
    fn a_lease_is_held_by_one(begun in 0..1_000_i64, length in 1..1_000_i64, now in 0..3_000_i64) {
        let at = |second: i64| Timestamp::from_second(second).expect("a time");
        let lease = Lease::new(at(begun), SignedDuration::from_secs(length));
        let id = lease.attempt_id.clone();
        let request = request(Stage::Processing(lease));
        prop_assert!(request.is_held_by(&id));
        prop_assert!(!request.is_held_by("other"));
        let expected = if now < begun + length {
            Claim::Held
        } else {
            Claim::Free { abandoned: Some(id) }
        };
        prop_assert_eq!(request.claim(at(now)), expected);
    }
}

#[test]
fn what_is_over_is_not_begun_again() {
    let now = Timestamp::UNIX_EPOCH;
    assert_eq!(
        request(Stage::Pending).claim(now),
        Claim::Free { abandoned: None }
    );
    assert_eq!(
        request(Stage::Failed(Failure::refused())).claim(now),
        Claim::Over
    );
    let waiting = request(Stage::Processing(Lease::waiting(now)));
    assert_eq!(waiting.claim(now), Claim::Free { abandoned: None });
    assert!(!waiting.is_held_by(""));
}
