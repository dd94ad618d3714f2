//! `GET|POST /webhookHandler`: the door for Meta.
//!
//! A signed body is answered 200 once it is committed, whatever it holds, also when it is no JSON: a repetition could
//! not mend it, and an hour of failures costs the subscription. Only when Firestore is away, or so slow that Meta would not
//! wait, the answer is 503, and Meta delivers again: what was committed by then is known the next time.

use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use tokio::time::{Instant, timeout_at};

use super::reception::{Reception, TakeError, Taken};
use crate::error::{Code, Error, text};
use crate::extract::signed_body::SignedBody;
use crate::seal::equal_in_constant_time;
use crate::state::AppState;
use crate::store::StoreError;

/// Both methods. What the reception remembers lives as long as the route does.
pub fn door(state: &AppState) -> MethodRouter<AppState> {
    if state.config.meta.app_secrets.is_empty() {
        tracing::warn!(
            "META_APP_SECRET is not set: deliveries of Meta's webhooks are answered 503"
        );
    }
    let reception = Reception::new(state);
    let limit = state.config.meta.webhook_timeout;
    get(verify).post(async move |body: SignedBody| receive(&reception, &body, limit).await)
}

/// What Meta asks when somebody sets the callback in the App Dashboard.
#[derive(Deserialize)]
struct Verification {
    #[serde(rename = "hub.mode")]
    mode: Option<String>,
    #[serde(rename = "hub.verify_token")]
    verify_token: Option<String>,
    #[serde(rename = "hub.challenge")]
    challenge: Option<String>,
}

/// The challenge as the bare body, if the token is ours. Carries no signature.
async fn verify(State(state): State<AppState>, Query(asked): Query<Verification>) -> Response {
    let Some(token) = &state.config.meta.verify_token else {
        tracing::warn!("META_VERIFY_TOKEN is not set: the webhook cannot be verified");
        return Error::not_found().into_response();
    };
    let told = asked.verify_token.unwrap_or_default();
    let ours = equal_in_constant_time(told.as_bytes(), token.expose_secret().as_bytes());
    match asked.challenge {
        Some(challenge) if ours && asked.mode.as_deref() == Some("subscribe") => (
            StatusCode::OK,
            [
                (CONTENT_TYPE, "text/plain; charset=utf-8"),
                (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            ],
            challenge,
        )
            .into_response(),
        _ => Error::new(
            Code::PermissionDenied,
            "WRONG_VERIFY_TOKEN",
            text(
                "Token verifikasi tidak cocok.",
                "The verify token does not match.",
            ),
        )
        .into_response(),
    }
}

async fn receive(
    reception: &Reception,
    body: &SignedBody,
    limit: Duration,
) -> Result<StatusCode, Error> {
    let end = Instant::now() + limit;
    let taken = timeout_at(end, reception.take(&body.bytes, body.secret)).await;
    match taken.map_err(|_| Error::unavailable("not taken in while Meta waits"))?? {
        Taken::Now(counts) => {
            macro_rules! line {
                ($level:ident $(, $alarm:ident = $kind:literal)?) => {
                    tracing::$level!(
                        $($alarm = $kind,)?
                        bytes = body.bytes.len(),
                        units = counts.units,
                        applied = counts.applied,
                        duplicate = counts.duplicate,
                        ignored = counts.ignored,
                        parked = counts.parked,
                        "a delivery was taken in"
                    )
                };
            }
            if counts.parked > 0 {
                line!(warn, alarm = "DELIVERY_PARKED");
            } else {
                line!(info);
            }
        }
        Taken::Before => tracing::info!(bytes = body.bytes.len(), "a delivery came again"),
    }
    // That the channels are alive is noted now or with another delivery.
    let _ = timeout_at(end, reception.note_heard()).await;
    Ok(StatusCode::OK)
}

impl From<TakeError> for Error {
    /// Whatever may pass is 503: the platform has to deliver again.
    fn from(error: TakeError) -> Self {
        match error {
            TakeError::Store(StoreError::Unavailable(source)) => Self::unavailable(source),
            TakeError::Store(StoreError::Conflict | StoreError::AlreadyExists) => {
                Self::unavailable("others were always faster")
            }
            TakeError::Store(error @ (StoreError::NotFound | StoreError::Corrupt(_))) => {
                Self::internal(error.to_string())
            }
            TakeError::Denied(denied) => denied.into(),
        }
    }
}
