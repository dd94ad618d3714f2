//! `POST /events/contentRequestWritten`: a document that a client created, or whose order it changed, gets its task.

use axum::extract::State;
use axum::response::Response;

use super::store::RequestDoc;
use super::tasks;
use crate::error::Error;
use crate::extract::cloud_event::DocumentEvent;
use crate::extract::pushed::settle;
use crate::jobs::queue::{Turn, put};
use crate::state::AppState;

/// Answers the event of a request's write.
pub async fn content_request_written(
    State(state): State<AppState>,
    event: DocumentEvent,
) -> Response {
    settle(nudge(&state, &event).await)
}

/// Puts the task of a pending request. One call to Cloud Tasks; none for the service's own progress.
///
/// # Idempotency
/// The task is named by the document and its creation: any number of deliveries put it once.
///
/// # Errors
/// `UNAVAILABLE`: the event is to come again.
async fn nudge(state: &AppState, event: &DocumentEvent) -> Result<(), Error> {
    let after: Option<RequestDoc> = event.after()?;
    let Some(after) = after.filter(|after| after.progress.status == "PENDING") else {
        return Ok(());
    };
    let turn = after.created_at.0.to_string();
    put(state, &tasks::job(&event.id), &Turn::First(&turn)).await?;
    Ok(())
}
