//! `POST /tasks/erasure`: a turn of a request, sent by its queue; and what the sweep puts back there.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use jiff::SignedDuration;

use super::run::{self, Turn};
use super::store;
use crate::error::Error;
use crate::extract::pushed::Pushed;
use crate::jobs::queue::{self, Job, Nudge};
use crate::jobs::{TaskError, settle};
use crate::state::AppState;

/// The path of the task.
pub const PATH: &str = "/tasks/erasure";

/// The queue, shared with everything else that works on what came in.
pub const QUEUE: &str = "intake";

/// The pause between two turns of a long request.
const PAUSE: SignedDuration = SignedDuration::from_secs(1);

/// How long a request may wait for its task before the sweep puts one.
const LATE: SignedDuration = SignedDuration::from_secs(60);

/// Requests that one sweep puts back into their queue.
const SWEEP_LIMIT: u32 = 100;

/// The job of a request.
pub fn job(code: &str) -> Job<'_> {
    Job {
        queue: QUEUE,
        path: PATH,
        id: code,
    }
}

/// Answers a task.
pub async fn run(State(state): State<AppState>, _: Pushed, Json(nudge): Json<Nudge>) -> Response {
    let outcome = match run::turn(&state, &nudge.id).await {
        Ok(Turn::Done) => Ok(()),
        Ok(Turn::More) => Err(TaskError::Retry {
            after: Some(PAUSE),
            cause: Error::unavailable("a long erasure goes on in its next turn"),
        }),
        Err(error) => Err(error.into()),
    };
    settle(&state, &job(&nudge.id), outcome).await
}

/// Puts what was lost back into the queue, and what is due for its second look. One query, and a call to Cloud Tasks for each
/// find.
///
/// # Idempotency
/// Two sweeps within a minute put the same tasks once.
///
/// # Errors
/// `UNAVAILABLE`; what was put by then is in the queue.
pub async fn sweep(state: &AppState) -> Result<(), Error> {
    let now = state.clock.now();
    let due = store::due(&state.store, now - LATE, SWEEP_LIMIT).await?;
    for code in &due {
        queue::put(state, &job(code), &queue::Turn::Swept(now)).await?;
    }
    if !due.is_empty() {
        tracing::info!(due = due.len(), "erasures swept");
    }
    Ok(())
}
