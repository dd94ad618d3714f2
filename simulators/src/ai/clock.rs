//! The simulator's time of day: it runs for people, and stands still for tests until they move it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

/// Tells how long the simulator has been up. Clones share the hands.
#[derive(Clone, Debug)]
pub struct Clock(Hands);

#[derive(Clone, Debug)]
enum Hands {
    Running {
        start: Instant,
        writing_pace: Duration,
    },
    Manual(Arc<watch::Sender<Duration>>),
}

impl Clock {
    /// A clock that runs. `writing_pace`: how long a model takes over a token.
    pub fn running(writing_pace: Duration) -> Self {
        Self(Hands::Running {
            start: Instant::now(),
            writing_pace,
        })
    }

    /// A clock that stands until [`Clock::advance`] moves it.
    pub fn manual() -> Self {
        Self(Hands::Manual(Arc::new(watch::Sender::new(Duration::ZERO))))
    }

    /// How long the simulator has been up.
    pub fn now(&self) -> Duration {
        match &self.0 {
            Hands::Running { start, .. } => start.elapsed(),
            Hands::Manual(hands) => *hands.borrow(),
        }
    }

    /// Moves a manual clock on. A running one moves by itself.
    pub fn advance(&self, by: Duration) {
        if let Hands::Manual(hands) = &self.0 {
            hands.send_modify(|now| *now += by);
        }
    }

    /// Waits until the clock shows `at`.
    pub async fn reached(&self, at: Duration) {
        match &self.0 {
            Hands::Running { start, .. } => tokio::time::sleep_until(*start + at).await,
            Hands::Manual(hands) => {
                // The sender lives in `self`, so the wait ends only by the time coming.
                let _ = hands.subscribe().wait_for(|now| *now >= at).await;
            }
        }
    }

    /// How long a model takes over a token: tests do not wait.
    pub(super) fn writing_pace(&self) -> Duration {
        match &self.0 {
            Hands::Running { writing_pace, .. } => *writing_pace,
            Hands::Manual(_) => Duration::ZERO,
        }
    }
}
