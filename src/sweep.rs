//! `POST /tasks/sweep`, each minute by Cloud Scheduler: finds what was lost between a document and its queue.
//!
//! It takes no input: it looks at what stands and mends it, so that the way after a crash is the everyday way. Each
//! domain that has jobs is asked in turn.

use axum::extract::State;
use axum::response::Response;

use crate::error::Error;
use crate::extract::pushed::{Pushed, settle};
use crate::state::AppState;
use crate::{content, erasure, inbox, leads, posts};

/// Answers the schedule.
pub async fn run(State(state): State<AppState>, _: Pushed) -> Response {
    settle(all(&state).await)
}

/// One that fails keeps no other from its turn. Posts come first: theirs is a matter of seconds; then leads.
async fn all(state: &AppState) -> Result<(), Error> {
    let posts = posts::tasks::sweep(state).await;
    let intake = leads::intake::tasks::sweep(state).await;
    let inbox = inbox::send::sweep::run(state).await;
    let content = content::tasks::sweep(state).await;
    let erasure = erasure::tasks::sweep(state).await;
    let media = inbox::media::tasks::sweep(state).await;
    let rest = inbox.and(content).and(erasure).and(media);
    posts.and(intake).and(rest)
}
