//! Google's pushes: Eventarc, Cloud Tasks, Cloud Scheduler and Pub/Sub.
//!
//! They prove themselves with an OIDC token; the headers that name a task or an event are anybody's text and prove
//! nothing. Whoever answers a push says with [`settle`] whether it shall come again.

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};

use super::caller::bearer;
use crate::config::PushAuth;
use crate::error::Error;
use crate::state::AppState;

/// Proof that Google pushed this request in the name of an allowed service account, or that the emulators did.
#[derive(Debug)]
pub struct Pushed(());

impl FromRequestParts<AppState> for Pushed {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Error> {
        match &state.config.push {
            PushAuth::None => Ok(Self(())),
            PushAuth::Oidc {
                audience,
                service_accounts,
            } => {
                let token = parts
                    .headers
                    .get(AUTHORIZATION)
                    .and_then(|value| value.to_str().ok())
                    .and_then(bearer)
                    .ok_or_else(|| Error::unauthenticated("the push carries no bearer token"))?;
                state
                    .service_tokens
                    .verify(token, std::slice::from_ref(audience), service_accounts)
                    .await?;
                Ok(Self(()))
            }
        }
    }
}

/// The answer to a push: 204 when it is done or can never be, so that it ends; else the refusal itself, and it is
/// repeated.
///
/// # Source
/// Eventarc and Pub/Sub repeat everything but 102, 200, 201, 202 and 204, for 24 h; Cloud Tasks everything outside 2xx:
/// <https://cloud.google.com/eventarc/docs/retry-events>, read 2026-11.
pub fn settle(outcome: Result<(), Error>) -> Response {
    match outcome {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) if error.code().may_pass() => error.into_response(),
        Err(error) => {
            tracing::error!(
                code = error.code().wire().0,
                reason = error.reason(),
                cause = error.source_text(),
                "a push failed for good and will not be repeated"
            );
            StatusCode::NO_CONTENT.into_response()
        }
    }
}
