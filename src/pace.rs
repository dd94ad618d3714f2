//! How often one person may order what costs money, reaches other people or works for long.
//!
//! A brake against loops and stolen tokens, not a price: what may be spent is the budgets' to say, across all instances. This
//! holds within one instance, in memory, and costs no round trip.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::clock::Clock as _;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use jiff::Timestamp;

use crate::clock::Clock;

/// After so many questions what is known of people who have not called for a while is forgotten.
const FORGET_EVERY: u32 = 1_024;

/// What is braked, each kind on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// Ordering content: 10 at once, then 20 a minute.
    Content,
    /// Writing to customers: 20 at once, then 60 a minute.
    Message,
    /// Posting, connecting and disconnecting accounts: 10 at once, then 20 a minute.
    Platform,
    /// Importing: 3 at once, then 6 a minute.
    Import,
    /// Inviting and changing people: 10 at once, then 30 a minute.
    People,
}

impl Pace {
    const ALL: [Self; 5] = [
        Self::Content,
        Self::Message,
        Self::Platform,
        Self::Import,
        Self::People,
    ];

    /// How many at once, and how many a minute after that.
    const fn limits(self) -> (u32, u32) {
        match self {
            Self::Content | Self::Platform => (10, 20),
            Self::Message => (20, 60),
            Self::Import => (3, 6),
            Self::People => (10, 30),
        }
    }

    fn quota(self) -> Quota {
        let (at_once, a_minute) = self.limits();
        let at_once = std::num::NonZeroU32::new(at_once).unwrap_or(std::num::NonZeroU32::MIN);
        Quota::with_period(Duration::from_mins(1) / a_minute)
            .unwrap_or(Quota::per_minute(at_once))
            .allow_burst(at_once)
    }
}

/// What everybody has ordered lately. A clone is the same memory.
#[derive(Clone)]
pub struct Paces(Arc<Inner>);

type Limiter = RateLimiter<String, DashMapStateStore<String>, SinceStart, NoOpMiddleware<Nanos>>;

struct Inner {
    limiters: Vec<Limiter>,
    clock: SinceStart,
    asked: AtomicU32,
}

impl Paces {
    /// Nobody has ordered anything.
    pub fn new(clock: &Clock) -> Self {
        let clock = SinceStart {
            start: clock.now(),
            clock: clock.clone(),
        };
        let limiter = |pace: Pace| {
            RateLimiter::new(pace.quota(), DashMapStateStore::default(), clock.clone())
        };
        Self(Arc::new(Inner {
            limiters: Pace::ALL.into_iter().map(limiter).collect(),
            clock: clock.clone(),
            asked: AtomicU32::new(0),
        }))
    }

    /// Counts an order.
    ///
    /// # Errors
    /// How long to wait, when it is one too many; then it does not count.
    pub fn order(&self, pace: Pace, uid: &str) -> Result<(), Duration> {
        let inner = &self.0;
        let Some(limiter) = inner.limiters.get(pace as usize) else {
            return Ok(());
        };
        if inner.asked.fetch_add(1, Ordering::Relaxed) % FORGET_EVERY == FORGET_EVERY - 1 {
            for limiter in &inner.limiters {
                limiter.retain_recent();
                limiter.shrink_to_fit();
            }
        }
        limiter
            .check_key(&uid.to_owned())
            .map_err(|early| early.wait_time_from(inner.clock.now()))
    }
}

impl std::fmt::Debug for Paces {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Paces")
    }
}

/// The application's clock as the limiter wants it; a clock that was set back counts as standing still.
#[derive(Debug, Clone)]
struct SinceStart {
    start: Timestamp,
    clock: Clock,
}

impl governor::clock::Clock for SinceStart {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        let passed = self.clock.now().duration_since(self.start);
        Nanos::from(Duration::try_from(passed).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn everybody_has_a_pace_of_their_own_for_each_kind() {
        let (clock, hands) = Clock::manual("2026-11-23T00:00:00Z".parse().unwrap());
        let paces = Paces::new(&clock);
        for _ in 0..3 {
            assert_eq!(paces.order(Pace::Import, "budi"), Ok(()));
        }
        let wait = paces.order(Pace::Import, "budi").unwrap_err();
        assert_eq!(wait, Duration::from_secs(10));
        assert_eq!(paces.order(Pace::Import, "sari"), Ok(()));
        assert_eq!(paces.order(Pace::Content, "budi"), Ok(()));
        hands.advance(SignedDuration::from_secs(10));
        assert_eq!(paces.order(Pace::Import, "budi"), Ok(()));
        assert!(paces.order(Pace::Import, "budi").is_err());
    }

    #[test]
    fn those_who_have_not_called_for_a_while_are_forgotten() {
        let (clock, hands) = Clock::manual("2026-11-23T00:00:00Z".parse().unwrap());
        let paces = Paces::new(&clock);
        for person in 0..FORGET_EVERY - 1 {
            assert_eq!(paces.order(Pace::People, &person.to_string()), Ok(()));
        }
        hands.advance(SignedDuration::from_mins(5));
        assert_eq!(paces.order(Pace::People, "late"), Ok(()));
        let known: usize = paces.0.limiters.iter().map(RateLimiter::len).sum();
        assert_eq!(known, 1);
    }
}
