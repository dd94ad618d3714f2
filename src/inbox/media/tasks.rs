//! `POST /tasks/media`: a turn of a message's files, sent by its queue; the nudge after a delivery, and the sweep.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use futures::{StreamExt as _, stream};
use jiff::SignedDuration;

use super::fetch::{self, Turn};
use super::store;
use crate::error::Error;
use crate::extract::pushed::Pushed;
use crate::ids::random_id;
use crate::jobs::queue::{self, Job, Nudge};
use crate::jobs::{TaskError, settle};
use crate::state::AppState;

/// The path of the task.
pub const PATH: &str = "/tasks/media";

/// The queue, shared with everything else that works on what came in.
pub const QUEUE: &str = "intake";

/// How long a delivery's answer waits for its tasks to be put. The platform wants it within 5 s; the sweep finds the rest.
const NUDGING: Duration = Duration::from_secs(1);

/// Tasks put at once.
const AT_ONCE: usize = 16;

/// How long a message's files may wait for their task before the sweep puts one.
const LATE: SignedDuration = SignedDuration::from_secs(60);

/// Messages that one sweep puts back into their queue.
const SWEEP_LIMIT: u32 = 200;

fn job(name: &str) -> Job<'_> {
    Job {
        queue: QUEUE,
        path: PATH,
        id: name,
    }
}

/// Answers a task.
pub async fn run(State(state): State<AppState>, _: Pushed, Json(nudge): Json<Nudge>) -> Response {
    let outcome = match fetch::turn(&state, &nudge.id).await {
        Ok(Turn::Done) => Ok(()),
        Ok(Turn::Again(after)) => Err(TaskError::Retry {
            after: Some(after),
            cause: Error::unavailable("the files of a message are tried again later"),
        }),
        Err(error) => Err(error.into()),
    };
    settle(&state, &job(&nudge.id), outcome).await
}

/// Puts the tasks of messages that have just come. A nudge: what is not put in time, the sweep finds.
pub async fn nudge(state: &AppState, names: &[String]) {
    if names.is_empty() {
        return;
    }
    // A message that is told, told better and taken back has as many first turns; one commit is nudged once.
    let put = |name: String| async move {
        let first = random_id();
        queue::put(state, &job(&name), &queue::Turn::First(&first)).await
    };
    let all = stream::iter(names.iter().cloned())
        .map(put)
        .buffer_unordered(AT_ONCE)
        .filter(|outcome| std::future::ready(outcome.is_err()))
        .count();
    match tokio::time::timeout(NUDGING, all).await {
        Ok(0) => {}
        Ok(failed) => tracing::warn!(failed, "media tasks are left to the sweep"),
        Err(_) => tracing::warn!("media tasks are left to the sweep"),
    }
}

/// Puts what was lost back into the queue. One query, and a call to Cloud Tasks for each find.
///
/// # Idempotency
/// Two sweeps within a minute put the same tasks once.
///
/// # Errors
/// `UNAVAILABLE`; what was put by then is in the queue.
pub async fn sweep(state: &AppState) -> Result<(), Error> {
    let now = state.clock.now();
    let due = store::due(&state.store, now - LATE, SWEEP_LIMIT).await?;
    for name in &due {
        queue::put(state, &job(name), &queue::Turn::Swept(now)).await?;
    }
    if !due.is_empty() {
        tracing::info!(due = due.len(), "media swept");
    }
    Ok(())
}
