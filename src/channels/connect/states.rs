//! The state of a consent: what leaves with the person to Meta and has to come back with them.
//!
//! # Shape
//! `connect_states/{SHA-256 of the state}`: uid, provider, redirectUri, expireAt (its TTL field). Stored, not signed: a state
//! is good once, and only a document that can be deleted knows whether it was used. Under its digest, since whoever could
//! read the document could else finish somebody's connection in their place.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::clients::graph::Login;
use crate::error::{Code, Error, text};
use crate::ids::Uid;
use crate::policy::Permit;
use crate::seal::digest_hex;
use crate::state::AppState;
use crate::store::{Guard, StoreError, Timestamp, Writes};

/// How long a person may take at Meta.
pub(super) const LIFE: SignedDuration = SignedDuration::from_mins(10);

/// Longest state that is looked for.
const LONGEST: usize = 200;

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StateDoc {
    uid: String,
    provider: String,
    redirect_uri: String,
    expire_at: Timestamp,
}

/// Whose consent it is, where it was asked for, and where it comes back.
#[derive(Debug, Clone, Copy)]
pub(super) struct Purpose<'a> {
    pub(super) uid: &'a Uid,
    pub(super) login: Login,
    pub(super) redirect_uri: &'a str,
}

/// A state, and when it ends.
#[derive(Debug)]
pub(super) struct NewState {
    pub(super) state: String,
    pub(super) expires: jiff::Timestamp,
}

/// Makes a state. One round trip.
pub(super) async fn issue(
    app: &AppState,
    _: &Permit,
    purpose: &Purpose<'_>,
) -> Result<NewState, Error> {
    // 244 random bits.
    let random = [uuid::Uuid::new_v4(), uuid::Uuid::new_v4()].map(uuid::Uuid::into_bytes);
    let state = URL_SAFE_NO_PAD.encode(random.concat());
    let expires = app.clock.now() + LIFE;
    let mut writes = Writes::new();
    writes.create(
        &path(&state),
        &StateDoc {
            uid: purpose.uid.to_string(),
            provider: purpose.login.as_str().to_owned(),
            redirect_uri: purpose.redirect_uri.to_owned(),
            expire_at: Timestamp(expires),
        },
    )?;
    app.store.commit(writes).await?;
    Ok(NewState { state, expires })
}

/// Uses a state up. Two round trips.
///
/// # Errors
/// `INVALID_ARGUMENT` with `STATE_INVALID` for one that was used, ended, belongs to somebody else, or was made for another
/// provider or address: which of these is nobody's to know.
pub(super) async fn redeem(
    app: &AppState,
    _: &Permit,
    state: &str,
    purpose: &Purpose<'_>,
) -> Result<(), Error> {
    if state.is_empty() || state.len() > LONGEST {
        return Err(invalid());
    }
    let path = path(state);
    let Some(found) = app.store.get::<StateDoc>(&path).await? else {
        return Err(invalid());
    };
    let StateDoc {
        uid,
        provider,
        redirect_uri,
        expire_at,
    } = found.value;
    // Somebody else's try does not use it up.
    if uid != purpose.uid.as_str()
        || provider != purpose.login.as_str()
        || redirect_uri != purpose.redirect_uri
        || expire_at.0 <= app.clock.now()
    {
        return Err(invalid());
    }
    let mut writes = Writes::new();
    writes.delete(&path, Guard::Unchanged(found.update_time));
    match app.store.commit(writes).await {
        Ok(()) => Ok(()),
        Err(StoreError::Conflict | StoreError::NotFound) => Err(invalid()),
        Err(error) => Err(error.into()),
    }
}

fn path(state: &str) -> String {
    format!("connect_states/{}", digest_hex(state.as_bytes()))
}

fn invalid() -> Error {
    Error::new(
        Code::InvalidArgument,
        "STATE_INVALID",
        text(
            "Proses penyambungan ini sudah tidak berlaku. Silakan mulai lagi.",
            "This connection attempt is no longer valid. Please start again.",
        ),
    )
    .at("state")
}
