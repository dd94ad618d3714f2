//! `POST /meta/deauthorize`, `POST /meta/dataDeletion` and the status page: Meta's doors for people who connected an account.
//!
//! # Source
//! <https://developers.facebook.com/docs/development/create-an-app/app-dashboard/data-deletion-callback>, read 2026-11.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::store::{self, Source};
use super::{Subject, page, tasks};
use crate::channels::revoke;
use crate::error::{Error, Language};
use crate::extract::signed_request::SignedRequest;
use crate::jobs::queue::{self, Turn};
use crate::policy::{Action, Actor, authorize};
use crate::state::AppState;

/// Where people read how far a deletion is; the confirmation code follows.
const STATUS_PATH: &str = "/meta/dataDeletion";

/// Somebody removed the app: their grants end. Business data stays. Two round trips.
///
/// # Errors
/// `UNAUTHENTICATED`; `UNAVAILABLE` when Firestore is away.
///
/// # Idempotency
/// Safe to repeat.
pub async fn deauthorize(
    State(state): State<AppState>,
    request: SignedRequest,
) -> Result<StatusCode, Error> {
    let permit = authorize(&Actor::Service, &Action::MaintainChannel)?;
    let now = state.clock.now();
    let attempt = || revoke::revoke(&state.store, &request.user_id, now, &permit);
    let channels = state.store.retrying(attempt).await?;
    tracing::warn!(channels, "somebody removed the app at Meta");
    Ok(StatusCode::OK)
}

/// What Meta wants to hear.
#[derive(Debug, Serialize)]
pub struct Confirmation {
    url: String,
    confirmation_code: String,
}

/// Somebody wants their data deleted: the request is written down, and a task does it. Two round trips, and a call to Cloud
/// Tasks.
///
/// # Errors
/// As [`deauthorize`].
///
/// # Idempotency
/// One code for a person, always.
pub async fn data_deletion(
    State(state): State<AppState>,
    request: SignedRequest,
) -> Result<Json<Confirmation>, Error> {
    let permit = authorize(&Actor::Service, &Action::KeepServiceData)?;
    let now = state.clock.now();
    let code = store::code(&state, "connected", &request.user_id);
    let subject = Subject::connected(&request.user_id);
    let attempt = || store::open(&state.store, &code, Source::Meta, &subject, now, &permit);
    state.store.retrying(attempt).await?;
    let first = now.to_string();
    if let Err(error) = queue::put(&state, &tasks::job(&code), &Turn::First(&first)).await {
        tracing::warn!(%error, "an erasure is left to the sweep");
    }
    Ok(Json(Confirmation {
        url: format!("{}{STATUS_PATH}/{code}", state.config.tasks.service_url),
        confirmation_code: code,
    }))
}

/// `?lang=en` or `?lang=id`; else what the browser speaks.
#[derive(Debug, Default, Deserialize)]
pub struct Wanted {
    lang: Option<String>,
}

/// The status page. No personal data is on it: whoever has the code reads how far the deletion is, and what it covers. One
/// round trip.
///
/// # Errors
/// `UNAVAILABLE` when Firestore is away.
pub async fn status(
    State(state): State<AppState>,
    Path(code): Path<String>,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let spoken = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    let language = wanted.lang.as_deref().or(spoken);
    let language = language.map_or_else(Language::default, Language::from_accept_language);
    let code = code.trim().to_uppercase();
    // Only what has the form of a code is looked for.
    let request = if !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        store::get(&state.store, &code).await?
    } else {
        None
    };
    Ok(page::render(request.as_ref(), language))
}
