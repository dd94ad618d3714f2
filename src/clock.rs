//! The time of day, as a value that is handed in.
//!
//! *Invariant:* this is the only module that reads the machine's clock, so a test that holds the
//! [`ManualClock`] holds every expiry, lease and schedule of the application. Timeouts of single
//! network calls are not here: they belong to Tokio.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// Tells the time. Cheap to clone; clones of a manual clock share its hands.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Manual(Arc<Mutex<Timestamp>>),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands at `at` until its [`ManualClock`] moves it.
    pub fn manual(at: Timestamp) -> (Self, ManualClock) {
        let hands = Arc::new(Mutex::new(at));
        (Self(Source::Manual(Arc::clone(&hands))), ManualClock(hands))
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System => Timestamp::now(),
            Source::Manual(hands) => *hands.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }
}

/// Moves the hands of a manual [`Clock`] and of all its clones.
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<Mutex<Timestamp>>);

impl ManualClock {
    /// Moves the clock by `by`; a negative duration moves it back. Stops at the ends of
    /// [`Timestamp`]'s range.
    pub fn advance(&self, by: SignedDuration) {
        let mut hands = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let end = if by.is_negative() {
            Timestamp::MIN
        } else {
            Timestamp::MAX
        };
        *hands = hands.checked_add(by).unwrap_or(end);
    }

    /// Sets the clock to `at`.
    pub fn set(&self, at: Timestamp) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }
}
