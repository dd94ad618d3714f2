//! `POST /tasks/sweep`, each minute by Cloud Scheduler: finds what was lost between a document and its queue.
//!
//! It takes no input: it looks at what stands and mends it, so that the way after a crash is the everyday way. Each
//! domain that has jobs is asked in turn.

use axum::extract::State;
use axum::response::Response;

use crate::content;
use crate::erasure;
use crate::extract::pushed::{Pushed, settle};
use crate::state::AppState;

/// Answers the schedule.
pub async fn run(State(state): State<AppState>, _: Pushed) -> Response {
    // One that fails keeps no other from its turn.
    let content = content::tasks::sweep(&state).await;
    let erasure = erasure::tasks::sweep(&state).await;
    settle(content.and(erasure))
}
