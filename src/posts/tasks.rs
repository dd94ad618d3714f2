//! `POST /tasks/publishing`: a turn of a post, sent by its queue; and the sweep for what the queue does not hold.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};

use super::{Post, run, store};
use crate::error::Error;
use crate::extract::pushed::Pushed;
use crate::jobs::queue::{Job, Nudge, Turn, put};
use crate::jobs::{TaskError, settle};
use crate::state::AppState;

/// The path of the task.
pub const PATH: &str = "/tasks/publishing";

/// The queue.
pub const QUEUE: &str = "publishing";

/// How far ahead a task may be scheduled: a day less than Cloud Tasks takes. What is planned for later is the sweep's.
///
/// # Source
/// 30 days: <https://cloud.google.com/tasks/docs/quotas>, read 2026-11.
const AHEAD: SignedDuration = SignedDuration::from_hours(29 * 24);

/// How far ahead the sweep looks: a post whose task was lost, or never put, gets one for its very second.
const SWEEP_AHEAD: SignedDuration = SignedDuration::from_secs(150);

/// Posts that one sweep puts into the queue.
const SWEEP_LIMIT: u32 = 300;

/// The job of a post.
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
    run::turn(state, id).await?.for_task()
}

/// Puts the first turn of a new post into the queue, unless it is planned for later than the queue takes. That it does
/// not work is ours to mend: the sweep finds the post.
pub(super) async fn first(state: &AppState, post: &Post) {
    let due = post.due_at();
    if due > state.clock.now() + AHEAD {
        return;
    }
    let created = post.created_at.to_string();
    let turn = match post.scheduled_at {
        Some(at) => Turn::At(at),
        None => Turn::First(&created),
    };
    if let Err(error) = put(state, &job(&post.id), &turn).await {
        tracing::warn!(%error, "a post waits for the sweep");
    }
}

/// Puts into the queue what is due within the next minutes, and what a dead worker left. One query, and a call to Cloud
/// Tasks for each find.
///
/// # Idempotency
/// A post gets one task for each of its times; its lease takes care of those that come twice.
///
/// # Errors
/// `UNAVAILABLE`; what was put by then is in the queue.
pub async fn sweep(state: &AppState) -> Result<(), Error> {
    let now = state.clock.now();
    let due = store::due(&state.store, now + SWEEP_AHEAD, SWEEP_LIMIT).await?;
    for post in &due {
        let turn = match (post.is_held, post.until > now) {
            // Somebody works on it, as far as anybody knows.
            (true, true) => continue,
            (false, true) => Turn::Ahead(post.until),
            (_, false) => Turn::Swept(now),
        };
        put(state, &job(&post.id), &turn).await?;
    }
    let late = due.iter().filter(|post| is_late(post.until, now)).count();
    if late > 0 {
        tracing::warn!(late, "posts were late for their turn and are swept");
    }
    Ok(())
}

fn is_late(until: Timestamp, now: Timestamp) -> bool {
    now.duration_since(until) > SignedDuration::from_secs(60)
}
