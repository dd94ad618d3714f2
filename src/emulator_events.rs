//! The emulators' own way of delivering events, mapped to the handlers that Eventarc calls in production.
//!
//! *Invariant:* these routes exist only while the service runs against emulators.

use axum::Router;
use axum::extract::{FromRequest as _, Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;

use crate::error::Error;
use crate::extract::cloud_event::DocumentEvent;
use crate::leads;
use crate::state::AppState;

/// Where the Firestore and the Auth emulator deliver.
pub(crate) fn routes() -> Router<AppState> {
    Router::new().route(
        "/functions/projects/{project}/triggers/{trigger}",
        post(document_written),
    )
}

async fn document_written(
    State(state): State<AppState>,
    Path((project, trigger)): Path<(String, String)>,
    request: Request,
) -> Response {
    if project != state.config.project_id {
        return Error::not_found().into_response();
    }
    let event = match DocumentEvent::from_request(request, &state).await {
        Ok(event) if event.is_idle() => return StatusCode::NO_CONTENT.into_response(),
        Ok(event) => event,
        Err(error) => return error.into_response(),
    };
    match trigger.as_str() {
        "leadWritten" => leads::history::lead_written(State(state), event).await,
        _ => Error::not_found().into_response(),
    }
}
