//! The whole surface on one page, grouped by who calls it.

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{get, post};

use crate::error::Error;
use crate::extract::{streaming, unary};
use crate::layers;
use crate::state::AppState;
use crate::{emulator_events, health, leads, users};

/// Everything the service answers.
pub fn build(state: &AppState) -> Router {
    let mut doors = Router::new()
        .merge(callables())
        // Where `connectFunctionsEmulator` looks for them.
        .nest("/{project}/{region}", callables())
        .merge(blocking_functions())
        .merge(events())
        .route("/livez", get(StatusCode::OK))
        .route("/readyz", get(health::ready));
    if state.config.emulators.is_some() {
        doors = doors.merge(emulator_events::routes());
    }
    let doors = doors
        .fallback(|| async { Error::not_found() })
        .with_state(state.clone());
    layers::around(doors, state)
}

/// The frontend, through the Firebase SDK's `httpsCallable` and `.stream()`.
fn callables() -> Router<AppState> {
    Router::new()
        .route("/whoami", unary(users::callables::whoami))
        .route("/createLead", unary(leads::create::create_lead))
        .route("/assignLead", unary(leads::assign::assign_lead))
        .route("/importLeads", streaming(leads::import::import_leads))
        .route("/leadStats", unary(leads::stats::lead_stats))
}

/// Identity Platform, while somebody signs up or in.
fn blocking_functions() -> Router<AppState> {
    Router::new()
}

/// Eventarc, after something was written.
fn events() -> Router<AppState> {
    Router::new().route("/events/leadWritten", post(leads::history::lead_written))
}
