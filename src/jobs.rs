//! Jobs: work that outlives the request that asked for it, run at least once and paid at most once an attempt.
//!
//! The document is the truth and the task is a nudge. Whoever works on a document first claims it: in one guarded commit
//! a [`Lease`] with an attempt id goes into it. A duplicate finds the lease and goes away; when a worker dies, its lease
//! ends, and the next delivery or the sweep takes over. [`queue`] puts tasks into Cloud Tasks; [`settle`] turns the end of
//! a task into the answer that Cloud Tasks understands. Content, publishing and intake run on this.
//! *Invariant:* nothing here knows a collection, and nothing is spawned: a worker lives inside a request.

pub mod queue;

use std::future::Future;
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use jiff::{SignedDuration, Timestamp};

use self::queue::{Job, Turn};
use crate::config::Config;
use crate::error::Error;
use crate::state::AppState;

/// How much longer a lease lasts than the longest request: a worker that is cut off has no lease left to hold.
const LEASE_MARGIN: SignedDuration = SignedDuration::from_secs(30);

/// Who works on a document, and until when nobody else may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Names the attempt; new for each claim.
    pub attempt_id: String,
    /// When the worker must be dead.
    pub until: Timestamp,
}

impl Lease {
    /// A new attempt's lease.
    pub fn new(now: Timestamp, length: SignedDuration) -> Self {
        Self {
            attempt_id: crate::ids::random_id(),
            until: now + length,
        }
    }

    /// The lease of work that waits: nobody holds it, and nobody may begin before then.
    pub fn waiting(until: Timestamp) -> Self {
        Self {
            attempt_id: String::new(),
            until,
        }
    }

    /// Whether somebody may still be at work, or nobody should be yet.
    pub fn holds(&self, now: Timestamp) -> bool {
        now < self.until
    }

    /// The attempt at work, when there is one.
    pub fn attempt(&self) -> Option<&str> {
        Some(self.attempt_id.as_str()).filter(|id| !id.is_empty())
    }
}

/// How long a lease lasts unless it is renewed: longer than any request may take.
pub fn lease_length(config: &Config) -> SignedDuration {
    SignedDuration::try_from(config.callable_timeout)
        .unwrap_or(SignedDuration::MAX)
        .saturating_add(LEASE_MARGIN)
}

/// The worker's lease was taken over, or could not be renewed in time: it must stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the lease is lost")]
pub struct LeaseLost;

/// Works, and renews the lease each time `every` has passed.
///
/// # Errors
/// [`LeaseLost`] as soon as a renewal says so; the work is dropped at its next pause.
pub async fn with_heartbeat<T, R, Fut>(
    every: Duration,
    mut renew: R,
    work: impl Future<Output = T>,
) -> Result<T, LeaseLost>
where
    R: FnMut() -> Fut,
    Fut: Future<Output = Result<(), LeaseLost>>,
{
    let mut work = std::pin::pin!(work);
    loop {
        if let Ok(done) = tokio::time::timeout(every, work.as_mut()).await {
            return Ok(done);
        }
        // The work goes on while its lease is renewed; whichever ends first is heard first.
        let renewal = std::pin::pin!(renew());
        match futures::future::select(renewal, work.as_mut()).await {
            futures::future::Either::Left((renewed, _)) => renewed?,
            futures::future::Either::Right((done, _)) => return Ok(done),
        }
    }
}

/// Why a task is not done.
#[derive(Debug)]
pub enum TaskError {
    /// It may be done later.
    Retry {
        /// The wait that whoever caused this asked for; `None` leaves it to the queue.
        after: Option<SignedDuration>,
        /// What happened.
        cause: Error,
    },
    /// It can never be done, and the document says so already, or there is none to say it.
    Fail(Error),
}

impl From<Error> for TaskError {
    fn from(cause: Error) -> Self {
        if cause.code().may_pass() {
            Self::Retry { after: None, cause }
        } else {
            Self::Fail(cause)
        }
    }
}

/// Answers a task: 204 when it is done, when it can never be, and when its next turn stands in the queue; else 503, and
/// the queue repeats it by its own rules.
///
/// # Source
/// Cloud Tasks deletes a task after any 2xx and repeats everything else:
/// <https://cloud.google.com/tasks/docs/creating-http-target-tasks>, read 2026-11.
pub async fn settle(state: &AppState, job: &Job<'_>, outcome: Result<(), TaskError>) -> Response {
    match outcome {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(TaskError::Fail(error)) => {
            tracing::error!(
                alarm = "TASK_FAILED",
                code = error.code().wire().0,
                reason = error.reason(),
                cause = error.source_text(),
                job = job.path,
                "a task failed for good and will not be repeated"
            );
            StatusCode::NO_CONTENT.into_response()
        }
        Err(TaskError::Retry { after: None, cause }) => cause.into_response(),
        Err(TaskError::Retry {
            after: Some(after),
            cause,
        }) => {
            let at = state.clock.now() + after;
            match queue::put(state, job, &Turn::At(at)).await {
                Ok(()) => StatusCode::NO_CONTENT.into_response(),
                Err(error) => {
                    tracing::warn!(%error, job = job.path, "the next turn of a task is left to the queue");
                    cause.into_response()
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    #[test]
    fn a_lease_holds_until_its_end_and_not_longer() {
        let lease = Lease::new(at("2026-11-23T00:00:00Z"), SignedDuration::from_secs(90));
        assert!(lease.holds(at("2026-11-23T00:01:29Z")));
        assert!(!lease.holds(at("2026-11-23T00:01:30Z")));
        assert_eq!(lease.attempt(), Some(lease.attempt_id.as_str()));
        assert_eq!(Lease::waiting(at("2026-11-23T00:00:00Z")).attempt(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn the_heart_beats_while_the_work_lasts() {
        let beats = Cell::new(0);
        let renew = || {
            beats.set(beats.get() + 1);
            std::future::ready(Ok(()))
        };
        let work = async {
            tokio::time::sleep(Duration::from_secs(35)).await;
            7
        };
        let done = with_heartbeat(Duration::from_secs(10), renew, work).await;
        assert_eq!((done, beats.get()), (Ok(7), 3));
    }

    #[tokio::test(start_paused = true)]
    async fn a_lost_lease_ends_the_work() {
        let finished = Cell::new(false);
        let work = async {
            tokio::time::sleep(Duration::from_secs(35)).await;
            finished.set(true);
        };
        let renew = || std::future::ready(Err(LeaseLost));
        let done = with_heartbeat(Duration::from_secs(10), renew, work).await;
        assert_eq!(done, Err(LeaseLost));
        assert!(!finished.get());
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_renewal_does_not_hold_up_the_work() {
        let renew = || async {
            tokio::time::sleep(Duration::from_mins(10)).await;
            Ok(())
        };
        let work = tokio::time::sleep(Duration::from_secs(15));
        let begun = tokio::time::Instant::now();
        let done = with_heartbeat(Duration::from_secs(10), renew, work).await;
        assert_eq!(done, Ok(()));
        assert_eq!(begun.elapsed(), Duration::from_secs(15));
    }
}
