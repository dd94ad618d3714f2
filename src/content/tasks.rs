//! `POST /tasks/content`: a turn of a content request, sent by its queue.

use axum::Json;
use axum::extract::State;
use axum::response::Response;

use super::run::{Audience, Worker, task_outcome};
use super::store;
use crate::error::Error;
use crate::extract::pushed::Pushed;
use crate::jobs::queue::{Job, Nudge, Turn, put};
use crate::jobs::{TaskError, settle};
use crate::policy::{Action, Actor, authorize};
use crate::state::AppState;

/// The path of the task.
pub const PATH: &str = "/tasks/content";

/// The queue: its rate and concurrency are what all of the organisation's content may take.
pub const QUEUE: &str = "content";

/// How long a pending request may wait for its first task before the sweep puts one.
const FIRST_TASK: jiff::SignedDuration = jiff::SignedDuration::from_secs(60);

/// Requests that one sweep puts back into their queue.
const SWEEP_LIMIT: u32 = 200;

/// The job of a request.
pub fn job(id: &str) -> Job<'_> {
    Job {
        queue: QUEUE,
        path: PATH,
        id,
    }
}

/// Answers a task.
pub async fn run(State(state): State<AppState>, _: Pushed, Json(nudge): Json<Nudge>) -> Response {
    let outcome = turn(&state, &nudge.id).await;
    settle(&state, &job(&nudge.id), outcome).await
}

async fn turn(state: &AppState, id: &str) -> Result<(), TaskError> {
    let worker = Worker::new(state)?;
    let outcome = worker.turn(id, None, &Audience::Queue).await?;
    task_outcome(&outcome)
}

/// Puts what was lost back into the queue, and closes the reservations of the dead. Three queries, and a call to Cloud
/// Tasks or a commit for each find.
///
/// # Idempotency
/// Two sweeps within a minute put the same tasks once.
///
/// # Errors
/// `UNAVAILABLE`; what was put by then is in the queue.
pub async fn sweep(state: &AppState) -> Result<(), Error> {
    let now = state.clock.now();
    let lost = store::lost(&state.store, now, now - FIRST_TASK, SWEEP_LIMIT).await?;
    for id in &lost {
        put(state, &job(id), &Turn::Swept(now)).await?;
    }
    let keeping = authorize(&Actor::Service, &Action::KeepLedger)?;
    let expired = super::ledger::expire(&state.store, &keeping, now).await?;
    if !lost.is_empty() || expired > 0 {
        tracing::info!(lost = lost.len(), expired, "content swept");
    }
    Ok(())
}
