//! `POST /tasks/sweep`, each minute by Cloud Scheduler: finds what was lost between a document and its queue.
//!
//! It takes no input: it looks at what stands and mends it, so that the way after a crash is the everyday way. Each
//! domain that has jobs is asked in turn.

use axum::extract::State;
use axum::response::Response;

use crate::extract::pushed::{Pushed, settle};
use crate::state::AppState;
use crate::{content, erasure, posts};

/// Answers the schedule.
pub async fn run(State(state): State<AppState>, _: Pushed) -> Response {
    // One that fails keeps no other from its turn. Posts come first: theirs is a matter of seconds.
    let posts = posts::tasks::sweep(&state).await;
    let content = content::tasks::sweep(&state).await;
    let erasure = erasure::tasks::sweep(&state).await;
    settle(posts.and(content).and(erasure))
}
