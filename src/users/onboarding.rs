//! While somebody signs up or in: the blocking functions, and the event that tells of a new account.
//!
//! The blocking functions give claims and write nothing: Identity Platform also calls them for sign-ups that fail, with
//! uids that never exist. *Invariant:* only `customClaims`, never `sessionClaims`, which would shadow every later change
//! of role until the next sign-in.
//!
//! # Source
//! <https://firebase.google.com/docs/auth/extend-with-blocking-functions>, firebase-functions 7.4 `identity.ts` and the
//! Auth emulator 14.27, read 2026-11.

use std::future::Future;
use std::time::Duration;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::Method;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::account_event::AccountEvent;
use super::{Place, claims_fit, invitations, provision, store};
use crate::error::{Code, Error, text};
use crate::extract::pushed::settle;
use crate::ids::Uid;
use crate::state::AppState;
use crate::store::StoreError;
use crate::tokens::{BlockingEvent, BlockingToken, UserRecord};

/// How long Firestore may take. Identity Platform waits 7 s in all, the start of a new instance included; after that
/// nobody could sign in.
const PATIENCE: Duration = Duration::from_secs(3);

/// Largest request taken, in bytes: a token of at most 128 KiB and what is around it.
const REQUEST_LIMIT_BYTES: usize = 256 << 10;

/// The answer: the claims to be, or nothing to change.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    #[serde(skip_serializing_if = "Option::is_none")]
    user_record: Option<UserRecordUpdate>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct UserRecordUpdate {
    custom_claims: Map<String, Value>,
    update_mask: &'static str,
}

#[derive(Deserialize)]
struct Question {
    data: QuestionData,
}

#[derive(Deserialize)]
struct QuestionData {
    jwt: String,
}

/// `POST /auth/beforeCreate`: the claims of the invitation that waits for a verified address, else those of a MITRA
/// without a branch. At most one round trip.
///
/// When Firestore is away the sign-up goes on with no claims: the user-created event or the first callable brings them.
///
/// # Errors
/// `INVALID_ARGUMENT` for what is no such request, `UNAUTHENTICATED` for a token that is not Identity Platform's.
pub async fn before_create(
    State(state): State<AppState>,
    request: Request,
) -> Result<Json<Answer>, Error> {
    let token = question(&state, request, BlockingEvent::BeforeCreate).await?;
    let uid = uid_of(&token)?;
    let place = patiently(invited_place(&state, &uid, &token.user)).await;
    Ok(answer(place, &token.user))
}

/// `POST /auth/beforeSignIn`: the claims that the document asks for, and those of the invitation while there is none. A
/// person whose document is closed stays outside. At most one round trip, two while there is no document.
///
/// When Firestore is away the sign-in goes on with the claims there are.
///
/// # Errors
/// `PERMISSION_DENIED` when the document is closed; else as [`before_create`].
pub async fn before_sign_in(
    State(state): State<AppState>,
    request: Request,
) -> Result<Json<Answer>, Error> {
    let token = question(&state, request, BlockingEvent::BeforeSignIn).await?;
    let uid = uid_of(&token)?;
    let Some(stored) = patiently(store::get(&state.store, &uid)).await else {
        return Ok(Json(Answer::default()));
    };
    let place = match stored {
        Some(stored) if stored.user.disabled => return Err(closed()),
        // An invalid edit that is about to be taken back changes nothing.
        Some(stored) => stored.user.place.ok(),
        None if Place::from_claims(&uid, &token.user.custom_claims).is_some() => None,
        None => patiently(invited_place(&state, &uid, &token.user)).await,
    };
    Ok(answer(place, &token.user))
}

/// `POST /events/userCreated`: makes the document, and the claims of an account that no blocking function saw.
pub async fn user_created(State(state): State<AppState>, event: AccountEvent) -> Response {
    settle(provision::ensure(&state, &event.uid).await.map(drop))
}

/// Reads and verifies the request, with the checks of firebase-functions in their order.
async fn question(
    state: &AppState,
    request: Request,
    event: BlockingEvent,
) -> Result<BlockingToken, Error> {
    let (parts, body) = request.into_parts();
    let json = parts
        .headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains("application/json"));
    if parts.method != Method::POST || !json {
        return Err(Error::bad_request("no POST of JSON"));
    }
    let body = axum::body::to_bytes(body, REQUEST_LIMIT_BYTES)
        .await
        .map_err(|_| Error::bad_request("the body is too large or broke off"))?;
    let question: Question = serde_json::from_slice(&body)
        .map_err(|error| Error::bad_request(format!("the body holds no token: {error}")))?;
    if question.data.jwt.is_empty() {
        return Err(Error::bad_request("the token is empty"));
    }
    // A token for the other function, or for one of another project, is none for this.
    let path = format!("/auth/{}", event.as_str());
    let urls: Vec<String> = state
        .config
        .blocking_function_urls
        .iter()
        .filter(|url| url.ends_with(&path))
        .cloned()
        .collect();
    Ok(state
        .blocking_tokens
        .verify(&question.data.jwt, event, &urls)
        .await?)
}

fn uid_of(token: &BlockingToken) -> Result<Uid, Error> {
    Uid::parse(token.uid.clone())
        .map_err(|_| Error::unauthenticated("the token's uid cannot name a document"))
}

async fn invited_place(
    state: &AppState,
    uid: &Uid,
    user: &UserRecord,
) -> Result<Place, StoreError> {
    let Some(email) = user.email.as_deref().filter(|_| user.email_verified) else {
        return Ok(Place::NOWHERE);
    };
    let found = invitations::get(&state.store, email).await?;
    let place = found.and_then(|invitation| invitation.value.place_for(uid));
    Ok(place.unwrap_or(Place::NOWHERE))
}

/// Waits for Firestore as long as a person at a sign-in form can wait. `None` when it does not answer: better in without
/// claims than outside.
async fn patiently<T>(asking: impl Future<Output = Result<T, StoreError>>) -> Option<T> {
    let cause = match tokio::time::timeout(PATIENCE, asking).await {
        Ok(Ok(answer)) => return Some(answer),
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("no answer within {} s", PATIENCE.as_secs()),
    };
    tracing::warn!(
        reason = "FAILED_OPEN",
        cause,
        "a blocking function gave no claims"
    );
    None
}

fn answer(place: Option<Place>, user: &UserRecord) -> Json<Answer> {
    let claims = place.map(|place| place.claims(&user.custom_claims));
    let custom_claims = claims.filter(|claims| *claims != user.custom_claims && claims_fit(claims));
    Json(Answer {
        user_record: custom_claims.map(|custom_claims| UserRecordUpdate {
            custom_claims,
            update_mask: "customClaims",
        }),
    })
}

/// The SDKs cut an error's message at " : ", so that this text has none.
fn closed() -> Error {
    Error::new(
        Code::PermissionDenied,
        "USER_DISABLED",
        text(
            "Akun ini dinonaktifkan. Hubungi kantor pusat atau cabang Anda.",
            "This account is disabled. Ask your branch or head office.",
        ),
    )
}
