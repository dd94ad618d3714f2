//! The job: a request is claimed, its paid calls are made one by one, and its end is recorded.
//!
//! Each paid call has an attempt id, which stands in the request's lease and names the reservation; both change in one
//! commit, together with the closing of the call before. So a duplicate finds the lease, a crash leaves exactly one open
//! reservation to whoever takes over, and a late answer finds that it is no longer its turn: no attempt is paid twice,
//! and none is forgotten. What a step needs to know it reads again, since only what it read can be guarded.

mod claim;
mod drawing;
mod filming;
mod round;
mod steps;
mod writing;

use std::time::Duration;

use jiff::SignedDuration;
use serde::Serialize;

use self::claim::Begun;
use self::steps::Stop;
use super::store::RequestDoc;
use super::{ContentRequest, Failure, store};
use crate::error::Error;
use crate::extract::Chunks;
use crate::jobs::TaskError;
use crate::policy::{Action, Actor, Permit, authorize};
use crate::providers::Providers;
use crate::state::AppState;

/// What a streaming call is sent before its result.
///
/// # Shape
/// `{"stage": "WRITING" | "REPAIRING"}`: a caption begins, and whatever was sent of one before is void; then
/// `{"caption": "…"}`, the next piece of it. `{"stage": "DRAWING" | "FILMING" | "STORING"}`: the caption is final, and the picture
/// or film is begun, asked for, or kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "ContentChunk"))]
pub enum Chunk {
    /// What begins.
    Stage(#[cfg_attr(test, ts(type = "ContentStage"))] &'static str),
    /// The next piece of the caption.
    Caption(String),
}

/// For whom a job runs.
pub enum Audience<'a> {
    /// Somebody waits, and is told at once when it does not work out now.
    Person(&'a Chunks<Chunk>),
    /// Nobody waits: what may work out later is tried later.
    Queue,
}

impl Audience<'_> {
    async fn tell(&self, chunk: Chunk) {
        if let Self::Person(chunks) = self {
            chunks.send(&chunk).await;
        }
    }
}

/// A request to be created by the claim itself.
pub struct New<'a> {
    /// The request.
    pub request: &'a ContentRequest,
    /// That its owner may ask for it.
    pub permit: &'a Permit,
}

/// How a turn of the job ended.
#[derive(Debug)]
pub enum Outcome {
    /// The request is over: completed, or failed.
    Over(Box<ContentRequest>),
    /// It goes on later, from where it stands.
    Later(SignedDuration, Box<ContentRequest>),
    /// Somebody else is at work, or its turn has not come.
    Busy(Box<ContentRequest>),
    /// There is no such request, or no order in it.
    Gone,
    /// Nothing may be spent, so it was not even created.
    Declined(Failure),
}

/// Works on content requests.
pub struct Worker<'a> {
    state: &'a AppState,
    providers: &'a Providers,
    running: Permit,
    keeping: Permit,
    /// When the turn must have ended by itself, before the time limit of its request ends it.
    deadline: tokio::time::Instant,
}

/// What a turn keeps of its time for turning a picture into a file, storing it and the last commit.
const LAST_STEPS: Duration = Duration::from_secs(8);

impl<'a> Worker<'a> {
    /// A worker of the service, for one turn.
    ///
    /// # Errors
    /// None: the policy lets the service run requests and keep the ledger.
    pub fn new(state: &'a AppState) -> Result<Self, Error> {
        Ok(Self {
            state,
            providers: &state.providers,
            running: authorize(&Actor::Service, &Action::RunContentRequest)?,
            keeping: authorize(&Actor::Service, &Action::KeepLedger)?,
            deadline: tokio::time::Instant::now()
                + state.config.callable_timeout.saturating_sub(LAST_STEPS),
        })
    }

    fn time_left(&self) -> Duration {
        self.deadline
            .saturating_duration_since(tokio::time::Instant::now())
    }

    /// Takes a turn of a request, creating it first if it is new. Seven round trips and the provider's time, when all
    /// goes well: what is read for the claim (two in a row), the claim, what is read for the end (one), the end.
    ///
    /// # Idempotency
    /// By the lease: any number of turns at a time make one attempt.
    ///
    /// # Errors
    /// `UNAVAILABLE` and `ABORTED` when Firestore does not answer or others keep being faster; whatever was begun is then
    /// taken over once its lease is over.
    pub async fn turn(
        &self,
        id: &str,
        new: Option<&New<'_>>,
        audience: &Audience<'_>,
    ) -> Result<Outcome, Error> {
        let begun = self
            .state
            .store
            .retrying(|| self.begin(id, new))
            .await
            .map_err(Error::from)?;
        let worked = match begun {
            Begun::Attempt(attempt) => self.work(*attempt, audience).await,
            Begun::Film(shooting) => self.ask_for_film(&shooting, audience).await,
            Begun::Busy(request) => Ok(Outcome::Busy(request)),
            Begun::Over(request) => Ok(Outcome::Over(request)),
            Begun::Declined(failure) => Ok(Outcome::Declined(failure)),
            Begun::Gone => Ok(Outcome::Gone),
        };
        match worked {
            Ok(outcome) => Ok(outcome),
            // Another worker has it, and the money of this attempt is accounted for.
            Err(Stop::LeaseLost) => self.as_it_stands(id).await,
            Err(stop) => Err(stop.into()),
        }
    }

    async fn as_it_stands(&self, id: &str) -> Result<Outcome, Error> {
        let stored = store::get(&self.state.store, id).await?;
        Ok(match stored.map(|stored| stored.request) {
            None | Some(Err(_)) => Outcome::Gone,
            Some(Ok(request)) => Outcome::Busy(Box::new(request)),
        })
    }
}

/// The answer of a task whose turn ended so.
pub fn task_outcome(outcome: &Outcome) -> Result<(), TaskError> {
    match outcome {
        Outcome::Over(_) | Outcome::Busy(_) | Outcome::Gone | Outcome::Declined(_) => Ok(()),
        Outcome::Later(after, _) => Err(TaskError::Retry {
            after: Some(*after),
            cause: Error::unavailable("the request goes on later"),
        }),
    }
}

/// A request as people read it: the document without the service's own lease and film in the making.
pub fn view(request: &ContentRequest, now: jiff::Timestamp) -> RequestDoc {
    let mut doc = store::document(request, now);
    doc.progress.lease = None;
    doc.progress.film = None;
    doc
}
