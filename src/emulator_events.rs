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
use crate::extract::pushed::settle;
use crate::state::AppState;
use crate::users::account_event::{AccountEvent, Happened};
use crate::users::provision;
use crate::{content, departure, leads};

/// Where the Firestore and the Auth emulator deliver.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route(
            "/functions/projects/{project}/triggers/{trigger}",
            post(document_written),
        )
        .route(
            "/functions/projects/{project}/trigger_multicast",
            post(account_changed),
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
        "userWritten" => settle(departure::written(&state, &event).await),
        "contentRequestWritten" => {
            content::events::content_request_written(State(state), event).await
        }
        "leadWritten" => leads::history::lead_written(State(state), event).await,
        _ => Error::not_found().into_response(),
    }
}

/// The Auth emulator tells of accounts made and deleted, and takes no answer but 200.
async fn account_changed(
    State(state): State<AppState>,
    Path(project): Path<String>,
    request: Request,
) -> Response {
    if project != state.config.project_id {
        return Error::not_found().into_response();
    }
    let event = match AccountEvent::from_request(request, &state).await {
        Ok(event) => event,
        Err(error) => return error.into_response(),
    };
    let outcome = match event.happened {
        Some(Happened::Created) => provision::ensure(&state, &event.uid).await.map(drop),
        Some(Happened::Deleted) => departure::deleted(&state, &event.uid).await,
        None => Ok(()),
    };
    let mut answer = settle(outcome);
    if answer.status() == StatusCode::NO_CONTENT {
        *answer.status_mut() = StatusCode::OK;
    }
    answer
}
