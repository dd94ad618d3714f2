//! `POST /tasks/sweep`, each minute by Cloud Scheduler: finds what was lost between a document and its queue.
//!
//! It takes no input: it looks at what stands and mends it, so that the way after a crash is the everyday way. Each
//! domain that has jobs is asked in turn.

use axum::extract::State;
use axum::response::Response;

use crate::content;
use crate::erasure;
use crate::error::Error;
use crate::extract::pushed::{Pushed, settle};
use crate::inbox;
use crate::state::AppState;

/// Answers the schedule.
pub async fn run(State(state): State<AppState>, _: Pushed) -> Response {
    settle(all(&state).await)
}

/// Each domain has its turn, also after another's failed.
async fn all(state: &AppState) -> Result<(), Error> {
    let content = content::tasks::sweep(state).await;
    let inbox = inbox::send::sweep::run(state).await;
    let erasure = erasure::tasks::sweep(state).await;
    let media = inbox::media::tasks::sweep(state).await;
    content.and(inbox).and(erasure).and(media)
}
