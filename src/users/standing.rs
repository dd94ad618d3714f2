//! Whether a caller still stands where their token says.
//!
//! A token lives for an hour, whatever happens to its person meanwhile. Callables that give rights or move money look at
//! the document again, and hold it fast until their own commit.

use super::provision;
use super::store::{self, StoredUser};
use crate::error::{Code, Error, text};
use crate::extract::Caller;
use crate::ids::Uid;
use crate::policy::Actor;
use crate::state::AppState;
use crate::store::{StoreError, Writes};

/// Proof that a caller stood where the token says when the document was read.
#[derive(Debug)]
pub struct Standing {
    actor: Actor,
    stored: StoredUser,
}

impl Standing {
    /// The caller as the policy knows them.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Makes a commit fail with a conflict when the caller no longer stands there.
    ///
    /// # Errors
    /// As [`Writes::update`].
    pub fn hold(&self, writes: &mut Writes) -> Result<(), StoreError> {
        store::hold(writes, &self.stored)
    }
}

/// Looks at the caller's document. One round trip; more when the caller has none yet.
///
/// # Errors
/// `PERMISSION_DENIED` with `STALE_TOKEN` when role or branch are others than in the token, or the account is closed.
pub async fn check(state: &AppState, caller: &Caller) -> Result<Standing, Error> {
    let stored = store::get(&state.store, caller.uid()).await?;
    compare(state, caller, stored).await
}

/// [`check`], with another user read in the same round trip.
///
/// # Errors
/// As [`check`].
pub async fn check_beside(
    state: &AppState,
    caller: &Caller,
    other: &Uid,
) -> Result<(Standing, Option<StoredUser>), Error> {
    let uids = [caller.uid().as_str(), other.as_str()];
    let uids = if uids[0] == uids[1] {
        &uids[..1]
    } else {
        &uids
    };
    let mut found = store::get_many(&state.store, uids).await?;
    let stored = found.get(caller.uid().as_str()).cloned();
    let standing = compare(state, caller, stored).await?;
    Ok((standing, found.remove(other.as_str())))
}

async fn compare(
    state: &AppState,
    caller: &Caller,
    stored: Option<StoredUser>,
) -> Result<Standing, Error> {
    let stored = if stored.is_some() {
        stored
    } else {
        // The event that creates it is late or lost.
        provision::ensure(state, caller.uid()).await?;
        store::get(&state.store, caller.uid()).await?
    };
    let as_in_token = |stored: &StoredUser| {
        !stored.user.disabled
            && stored
                .user
                .place
                .as_ref()
                .is_ok_and(|place| place.scope() == *caller.scope())
    };
    match stored.filter(as_in_token) {
        Some(stored) => Ok(Standing {
            actor: caller.actor(),
            stored,
        }),
        None => Err(Error::new(
            Code::PermissionDenied,
            "STALE_TOKEN",
            text(
                "Hak akses Anda telah berubah. Silakan keluar lalu masuk kembali.",
                "Your access has changed. Please sign out and in again.",
            ),
        )),
    }
}
