//! The simulator's time of day: it runs for people, and stands still for tests until they move it.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

/// Tells the time. Clones share the hands.
#[derive(Clone, Debug)]
pub struct Clock(Hands);

#[derive(Clone, Debug)]
enum Hands {
    /// The machine's time, and how far ahead of it this clock is.
    Running(Arc<watch::Sender<SignedDuration>>),
    Manual(Arc<watch::Sender<Timestamp>>),
}

impl Clock {
    /// A clock that runs with the machine's.
    pub fn running() -> Self {
        Self(Hands::Running(Arc::new(watch::Sender::new(
            SignedDuration::ZERO,
        ))))
    }

    /// A clock that stands at `at` until [`Clock::advance`] moves it.
    pub fn manual(at: Timestamp) -> Self {
        Self(Hands::Manual(Arc::new(watch::Sender::new(at))))
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Hands::Running(ahead) => machine_now() + *ahead.borrow(),
            Hands::Manual(hands) => *hands.borrow(),
        }
    }

    /// Moves the clock on; a running one is that much ahead from then on.
    pub fn advance(&self, by: SignedDuration) {
        match &self.0 {
            Hands::Running(ahead) => ahead.send_modify(|ahead| *ahead += by),
            Hands::Manual(hands) => hands.send_modify(|now| *now += by),
        }
    }

    /// Sets a manual clock. A running one knows its time.
    pub fn set(&self, at: Timestamp) {
        if let Hands::Manual(hands) = &self.0 {
            hands.send_replace(at);
        }
    }

    /// Waits until the clock shows `at`.
    pub async fn reached(&self, at: Timestamp) {
        // The senders live in `self`, so no wait ends by one being dropped.
        match &self.0 {
            Hands::Manual(hands) => {
                let _ = hands.subscribe().wait_for(|now| *now >= at).await;
            }
            Hands::Running(ahead) => {
                let mut moved = ahead.subscribe();
                loop {
                    let left = at.duration_since(self.now());
                    let Ok(left) = Duration::try_from(left) else {
                        return;
                    };
                    if left.is_zero() {
                        return;
                    }
                    tokio::select! {
                        () = tokio::time::sleep(left) => {}
                        _ = moved.changed() => {}
                    }
                }
            }
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "for people the simulator runs by the machine's own clock"
)]
fn machine_now() -> Timestamp {
    Timestamp::now()
}
