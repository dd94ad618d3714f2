//! The document is the truth, and the account follows it: custom claims, whether it may sign in, and since when.
//!
//! Takes no input but a uid and looks at what stands: the path after a crash, after a late, repeated or lost event and
//! the everyday path are the same path. *Invariant:* what a person may no longer do is found by comparing the claims in
//! force with those that the document asks for, never by what an event says; and the claims in force are what an invalid
//! edit is taken back to, since an old event could bring back an old right.

use super::branches::{self, Admission};
use super::store::{self, RoleError, Standing, StoredUser};
use super::{Fault, Place, User, without_place};
use crate::clients::identity_toolkit::{Account, AccountChange, IdentityError};
use crate::error::{Code, Error, text};
use crate::ids::Uid;
use crate::policy::{Action, Actor, authorize};
use crate::state::AppState;
use crate::store::{Timestamp, Writes};

/// Rounds after which somebody else's writing is left to their own event.
const ROUNDS: u32 = 6;

/// Whether a closed account is opened when its document is not closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// It stays closed: an administrator may have closed it in the console's list of accounts, of which no event tells.
    Keep,
    /// It is opened: somebody has just opened the document.
    Reopen,
}

/// What [`follow`] found and did.
#[derive(Debug, Clone, PartialEq)]
pub struct Followed {
    /// The person; `None` when there is no document.
    pub user: Option<User>,
    /// Whether anything of the account or the document had to be changed.
    pub mended: bool,
    /// Whether a right was taken: then the refresh tokens were revoked.
    pub taken: bool,
}

/// Makes an account follow its document, and takes back what is invalid in the document.
///
/// One round trip to Firestore when all agrees, two for the founder of a branch, and a call to Firebase Authentication
/// beside it; after a change once more, to see that the document is still the same.
///
/// # Errors
/// `UNAVAILABLE` when Firestore or Firebase Authentication is away, `ABORTED` when others kept being faster.
///
/// # Idempotency
/// Its own writes cause an event that finds nothing to do.
pub async fn follow(state: &AppState, uid: &Uid, access: Access) -> Result<Followed, Error> {
    let mut followed = Followed {
        user: None,
        mended: false,
        taken: false,
    };
    for _ in 0..ROUNDS {
        let (stored, account) = tokio::join!(
            store::get(&state.store, uid),
            state.identity.by_uid(uid.as_str())
        );
        let (stored, account) = (stored?, account?);
        followed.user = stored.as_ref().map(|stored| stored.user.clone());
        let Some(account) = account else {
            return Ok(followed);
        };
        if let Some(stored) = &stored
            && mend_document(state, stored, &account).await?
        {
            followed.mended = true;
            continue;
        }
        let (change, taken) = change(uid, &account, followed.user.as_ref(), access, state);
        if change == AccountChange::default() {
            return Ok(followed);
        }
        match state.identity.change(uid.as_str(), &change).await {
            Ok(()) => {
                followed.mended = true;
                followed.taken |= taken;
            }
            // Deleted since it was looked up: then there is nothing to follow.
            Err(IdentityError::NotFound) => return Ok(followed),
            Err(error) => return Err(error.into()),
        }
    }
    Err(Error::new(
        Code::Aborted,
        "CONFLICT",
        text(
            "Data sedang diubah oleh orang lain. Silakan coba lagi.",
            "Somebody else is changing this. Please try again.",
        ),
    ))
}

/// Brings a document into its form, or back to what is in force. Whether there was anything to write.
async fn mend_document(
    state: &AppState,
    stored: &StoredUser,
    account: &Account,
) -> Result<bool, Error> {
    let uid = &stored.user.uid;
    let in_force = Place::from_claims(uid, &account.claims);
    let asked = match stored.user.place.clone() {
        // Whoever raises a person in the console changes one field after the other.
        Err(Fault::PusatHasBranch(branch))
            if in_force.as_ref().and_then(Place::branch) == Some(&branch) =>
        {
            Ok(Place::Pusat)
        }
        asked => asked,
    };
    let admitted = match asked {
        // A founder's branch may still be missing.
        Ok(place) if in_force.as_ref() == Some(&place) && !place.founds(uid) => {
            Ok((place, Admission::default(), RoleError::Keep))
        }
        Ok(place) => branches::admit(&state.store, uid, &place)
            .await?
            .map(|admission| {
                let applied = in_force.as_ref() == Some(&place);
                let said = if applied {
                    RoleError::Keep
                } else {
                    RoleError::Clear
                };
                (place, admission, said)
            }),
        Err(fault) => Err(fault),
    };
    let (place, admission, role_error) = admitted.unwrap_or_else(|fault| {
        let place = in_force.unwrap_or(Place::NOWHERE);
        let said = fault.text();
        let said = RoleError::Set(format!("{} / {}", said.id, said.en));
        (place, Admission::default(), said)
    });
    let outdated = role_error == RoleError::Clear && stored.has_role_error();
    if stored.says(&place) && admission == Admission::default() && !outdated {
        return Ok(false);
    }
    let permit = authorize(&Actor::Service, &Action::ProvisionUser)?;
    let now = Timestamp(state.clock.now());
    let mut writes = Writes::new();
    let standing = Standing {
        place: &place,
        disabled: stored.user.disabled,
        role_error,
        by: None,
    };
    store::put_standing(&permit, &mut writes, stored, &standing, now)?;
    admission.write(&permit, &mut writes, account.display_name.as_deref(), now)?;
    match state.store.commit(writes).await.map_err(Error::from) {
        // Somebody else wrote in between: the next round reads what.
        Err(error) if crate::store::Contended::is_contended(&error) => Ok(true),
        outcome => outcome.map(|()| true),
    }
}

/// What the account has to change, and whether that takes a right away.
fn change(
    uid: &Uid,
    account: &Account,
    user: Option<&User>,
    access: Access,
    state: &AppState,
) -> (AccountChange, bool) {
    let in_force = Place::from_claims(uid, &account.claims);
    let place = user.and_then(|user| user.place.as_ref().ok());
    let claims = match place {
        Some(place) => place.claims(&account.claims),
        None => without_place(&account.claims),
    };
    let disabled = match (user.is_some_and(|user| user.disabled), account.disabled) {
        (true, false) => Some(true),
        (false, true) if access == Access::Reopen => Some(false),
        _ => None,
    };
    let lowered = in_force.is_some_and(|before| match place {
        Some(place) => !place.keeps(&before),
        None => before != Place::NOWHERE,
    });
    let taken = lowered || disabled == Some(true);
    let change = AccountChange {
        claims: (claims != account.claims).then_some(claims),
        disabled,
        revoke_before: taken.then(|| state.clock.now().as_second()),
    };
    (change, taken)
}
