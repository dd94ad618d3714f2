//! When a channel is looked at, and when its token is renewed.
//!
//! *Invariant:* pure. Each channel has a moment of the day of its own, from its id, so that a thousand of them are spread over
//! the day whatever moment they were connected at.

use jiff::{SignedDuration, Timestamp};

use crate::seal::digest_hex;

/// A token is renewed from this age on.
///
/// # Source
/// A long-lived Instagram token has to be at least 24 hours old:
/// <https://developers.facebook.com/docs/instagram-platform/reference/refresh_access_token>, read 2026-11.
pub const YOUNGEST: SignedDuration = SignedDuration::from_hours(24);

/// How long a long-lived token lives.
///
/// # Source
/// 60 days: as above.
pub const LIFE: SignedDuration = SignedDuration::from_hours(60 * 24);

/// A token is renewed once it has this much life left: fifty days in which the job may fail every single day.
const RENEW_WITHIN: SignedDuration = SignedDuration::from_hours(50 * 24);

/// How far apart the renewals of tokens that were issued together may fall.
const RENEWAL_SPREAD: SignedDuration = SignedDuration::from_hours(5 * 24);

/// The shortest time between two everyday looks at a channel.
const REST: SignedDuration = SignedDuration::from_hours(12);

/// The first wait after a look that failed, and the longest.
const FIRST_RETRY: SignedDuration = SignedDuration::from_mins(15);
const LONGEST_RETRY: SignedDuration = SignedDuration::from_hours(6);

/// The length of a day, in seconds.
const DAY: i64 = 24 * 60 * 60;

/// A number that a channel's id stands for, evenly spread below `range`.
fn lot(channel_id: &str, salt: &str, range: i64) -> i64 {
    let digest = digest_hex(format!("{salt}\n{channel_id}").as_bytes());
    let number = u32::from_str_radix(&digest[..8], 16).unwrap_or_default();
    i64::from(number) % range.max(1)
}

/// When to look at a channel again after all went well: its moment of the day, half a day from now at the earliest.
pub fn next_look(channel_id: &str, now: Timestamp) -> Timestamp {
    next_moment(channel_id, now + REST)
}

/// When to look at a channel for the first time after it was connected.
pub fn first_look(channel_id: &str, now: Timestamp) -> Timestamp {
    next_moment(channel_id, now)
}

fn next_moment(channel_id: &str, from: Timestamp) -> Timestamp {
    let moment = lot(channel_id, "moment of the day", DAY);
    let into_the_day = from.as_second().rem_euclid(DAY);
    let wait = (moment - into_the_day).rem_euclid(DAY);
    from + SignedDuration::from_secs(wait)
}

/// When to look at a channel again after a failure that may pass: sooner at first, and never later than the platform asked.
pub fn retry(
    channel_id: &str,
    failures: u32,
    asked: Option<SignedDuration>,
    now: Timestamp,
) -> Timestamp {
    let doubled = FIRST_RETRY * 2_i32.saturating_pow(failures.saturating_sub(1).min(10));
    let wait = doubled.min(LONGEST_RETRY);
    let spread = lot(channel_id, "retry", wait.as_secs() / 5 + 1);
    now + (wait + SignedDuration::from_secs(spread)).max(asked.unwrap_or_default())
}

/// Whether a token is to be renewed. A token of which it is not known when it ends counts from when it was issued.
pub fn renewal_due(
    channel_id: &str,
    issued: Option<Timestamp>,
    expires: Option<Timestamp>,
    now: Timestamp,
) -> bool {
    let old_enough = issued.is_none_or(|issued| now >= issued + YOUNGEST);
    let end = expires.or_else(|| issued.map(|issued| issued + LIFE));
    let spread = lot(channel_id, "renewal", RENEWAL_SPREAD.as_secs());
    let within = RENEW_WITHIN - SignedDuration::from_secs(spread);
    old_enough && end.is_none_or(|end| now >= end - within)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    #[test]
    fn looks_fall_on_the_channels_own_moment_once_a_day() {
        let mut now = at("2026-11-23T00:00:00Z");
        for _ in 0..10 {
            let next = next_look("INSTAGRAM_1", now);
            let wait = next.duration_since(now);
            assert!(wait >= REST && wait <= REST + SignedDuration::from_hours(24));
            // The job comes by a little later.
            now = next + SignedDuration::from_mins(40);
            let again = next_look("INSTAGRAM_1", now);
            assert_eq!(again.duration_since(next), SignedDuration::from_hours(24));
        }
    }

    #[test]
    fn channels_are_spread_over_the_day() {
        let now = at("2026-11-23T00:00:00Z");
        let mut hours = [0; 24];
        for number in 0..2_400 {
            let look = first_look(&format!("FACEBOOK_{number}"), now);
            let hour = look.duration_since(now).as_hours();
            hours[usize::try_from(hour).unwrap()] += 1;
        }
        assert!(
            hours.iter().all(|count| (50..=160).contains(count)),
            "{hours:?}"
        );
    }

    #[test]
    fn a_token_is_renewed_long_before_its_end_and_never_on_its_first_day() {
        let issued = at("2026-11-23T00:00:00Z");
        let day = SignedDuration::from_hours(24);
        for number in 0..100 {
            let id = format!("INSTAGRAM_{number}");
            let due = |days| {
                let now = issued + day * days;
                renewal_due(&id, Some(issued), Some(issued + LIFE), now)
            };
            assert!(!due(9), "{id}");
            assert!(due(15), "{id}");
            // A short life does not make a young token renewable.
            assert!(!renewal_due(
                &id,
                Some(issued),
                Some(issued + day),
                issued + day / 2
            ));
            assert!(renewal_due(&id, Some(issued), None, issued + day * 15));
            assert!(renewal_due(&id, None, None, issued));
        }
    }

    #[test]
    fn retries_slow_down_and_heed_the_platform() {
        let now = at("2026-11-23T00:00:00Z");
        let wait = |failures, asked| retry("A", failures, asked, now).duration_since(now);
        assert!(wait(1, None) < SignedDuration::from_mins(20));
        assert!(wait(3, None) >= SignedDuration::from_hours(1));
        assert!(wait(50, None) <= SignedDuration::from_hours(8));
        let asked = SignedDuration::from_hours(20);
        assert_eq!(wait(1, Some(asked)), asked);
    }
}
