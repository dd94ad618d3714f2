//! Sealing everything under the current key: what `leadgen-pro admin rotate-channel-keys` does while the service runs.

use super::secrets::{self, CHANNEL_SECRETS, SecretDoc};
use crate::policy::{Action, Actor, Denied, Permit, authorize};
use crate::seal::keyring::SealError;
use crate::state::AppState;
use crate::store::{Doc, Guard, Query, StoreError, Writes};

/// Channels looked at at a time.
const PAGE: u32 = 100;

/// Why a rotation stopped.
#[derive(Debug, thiserror::Error)]
pub enum RotateError {
    /// There is no key to seal with.
    #[error(transparent)]
    Keys(#[from] SealError),
    /// The database did not go along; what was done by then is done.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The policy does not let the service do this.
    #[error(transparent)]
    Denied(#[from] Denied),
}

/// What a rotation did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rotated {
    /// Channels sealed anew.
    pub resealed: u32,
    /// Channels that were under the current key already.
    pub current: u32,
    /// Channels that the service wrote in the meantime, under the current key.
    pub overtaken: u32,
    /// Channels that do not open, each with the reason.
    pub broken: Vec<(String, SealError)>,
}

/// Seals every channel's tokens under the current key. A query for each 100, and a commit for each that is under another.
///
/// # Idempotency
/// Each token is sealed anew only if it is still as it was read, so the service's own writes win. Safe to repeat, to break off
/// and to run twice at once.
///
/// # Errors
/// [`RotateError`]. Channels that do not open are told in [`Rotated::broken`]; they do not stop the others.
pub async fn rotate(state: &AppState) -> Result<Rotated, RotateError> {
    let permit = authorize(&Actor::Service, &Action::KeepServiceData)?;
    let current = state.channel_keys.current().ok_or(SealError::NoKey)?;
    let mut rotated = Rotated::default();
    let mut after: Option<String> = None;
    loop {
        let page = Query::first(PAGE, CHANNEL_SECRETS).after_id(after.as_deref());
        let found: Vec<Doc<SecretDoc>> = state.store.query(page).await?;
        let last = found.last().map(|doc| doc.id.clone());
        for doc in found {
            if doc.value.is_under(current) {
                rotated.current += 1;
            } else {
                reseal(state, &permit, doc, &mut rotated).await?;
            }
        }
        match last {
            Some(last) => after = Some(last),
            None => return Ok(rotated),
        }
    }
}

async fn reseal(
    state: &AppState,
    permit: &Permit,
    doc: Doc<SecretDoc>,
    rotated: &mut Rotated,
) -> Result<(), RotateError> {
    let keys = &state.channel_keys;
    let Doc {
        id,
        value,
        update_time,
    } = doc;
    let anew = value
        .open_kept(keys, &id)
        .and_then(|kept| SecretDoc::seal_kept(keys, &id, &kept));
    let sealed = match anew {
        Ok(sealed) => sealed,
        Err(error) => {
            rotated.broken.push((id, error));
            return Ok(());
        }
    };
    let mut writes = Writes::new();
    secrets::put(
        permit,
        &mut writes,
        &id,
        &sealed,
        Guard::Unchanged(update_time),
    )?;
    match state.store.commit(writes).await {
        Ok(()) => rotated.resealed += 1,
        // Renewed, connected anew or disconnected meanwhile: by a service that seals under its own first key.
        Err(StoreError::Conflict | StoreError::NotFound) => rotated.overtaken += 1,
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
