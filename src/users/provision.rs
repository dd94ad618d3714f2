//! Makes sure that an account has its document, and its claims agree with it.
//!
//! Called by the user-created event, by the first callable of somebody whose token gives no place, and by the command
//! line: in any order, twice, at once. Whoever comes first creates the document; the others find it.

use super::Place;
use super::branches::{self, Admission};
use super::claims::{self, Access, Followed};
use super::invitations::{self, StoredInvitation};
use super::store::{self, NewUser, RoleError, Standing, StoredUser};
use crate::clients::identity_toolkit::Account;
use crate::error::Error;
use crate::ids::Uid;
use crate::policy::{Action, Actor, authorize};
use crate::state::AppState;
use crate::store::{Timestamp, Writes};

/// Makes sure of an account's document and claims, and applies an invitation that waits for its verified address.
///
/// There is no user in the answer when there is neither an account nor a document. Two round trips to Firestore when all is in place (the
/// document, and once more beside the account); up to five more when something has to be made.
///
/// # Errors
/// `UNAVAILABLE` when Firestore or Firebase Authentication is away, `ABORTED` when others kept being faster.
///
/// # Idempotency
/// Looks at the present state only.
pub async fn ensure(state: &AppState, uid: &Uid) -> Result<Followed, Error> {
    let mut written = false;
    if let Some(account) = state.identity.by_uid(uid.as_str()).await? {
        written = state
            .store
            .retrying(|| document(state, uid, &account))
            .await?;
    }
    let mut followed = claims::follow(state, uid, Access::Keep).await?;
    followed.mended |= written;
    Ok(followed)
}

/// Creates the document of an account, or raises a person who still waits for a place. Whether there was anything to do.
async fn document(state: &AppState, uid: &Uid, account: &Account) -> Result<bool, Error> {
    let stored = store::get(&state.store, uid).await?;
    if stored
        .as_ref()
        .is_some_and(|stored| !stored.user.awaits_a_place())
    {
        return Ok(false);
    }
    let invitation = invitation_for(state, account, stored.as_ref()).await?;
    let offered = invitation
        .as_ref()
        .and_then(|invitation| invitation.value.place_for(uid));
    // An account without a document may have its place from the blocking functions, or from an administrator who set
    // claims before this service was there. Nobody else can set them.
    let in_force = match &stored {
        None => Place::from_claims(uid, &account.claims).filter(|place| *place != Place::NOWHERE),
        Some(_) => None,
    };
    let (place, admission) = first_admitted(
        state,
        uid,
        [in_force, offered.clone()].into_iter().flatten(),
    )
    .await?;
    let accepted = invitation.filter(|_| offered.as_ref() == Some(&place));
    let permit = authorize(&Actor::Service, &Action::ProvisionUser)?;
    let now = Timestamp(state.clock.now());
    let mut writes = Writes::new();
    let invited_as = accepted
        .as_ref()
        .and_then(|invitation| invitation.value.display_name.as_deref());
    let name = account.display_name.as_deref().or(invited_as);
    match &stored {
        None => {
            let user = NewUser {
                uid,
                email: account.email.as_deref(),
                display_name: name,
                place: &place,
                disabled: account.disabled,
            };
            store::create(&permit, &mut writes, &user, now)?;
        }
        Some(_) if place == Place::NOWHERE => return Ok(false),
        Some(stored) => {
            let standing = Standing {
                place: &place,
                disabled: stored.user.disabled,
                role_error: RoleError::Clear,
                by: None,
            };
            store::put_standing(&permit, &mut writes, stored, &standing, now)?;
        }
    }
    admission.write(&permit, &mut writes, name, now)?;
    if let Some(invitation) = &accepted {
        invitations::accept(&permit, &mut writes, invitation, uid, now)?;
    }
    state.store.commit(writes).await?;
    Ok(true)
}

/// The invitation that counts for an account: only for an address that was proven, and none that a later decision about
/// the person has overruled.
async fn invitation_for(
    state: &AppState,
    account: &Account,
    stored: Option<&StoredUser>,
) -> Result<Option<StoredInvitation>, Error> {
    let Some(email) = account.email.as_deref().filter(|_| account.email_verified) else {
        return Ok(None);
    };
    let found = invitations::get(&state.store, email).await?;
    Ok(found.filter(|invitation| {
        let overruled = stored.is_some_and(|stored| invitation.value.is_overruled(stored));
        invitation.value.waits() && !overruled
    }))
}

async fn first_admitted(
    state: &AppState,
    uid: &Uid,
    places: impl Iterator<Item = Place>,
) -> Result<(Place, Admission), Error> {
    for place in places {
        if let Ok(admission) = branches::admit(&state.store, uid, &place).await? {
            return Ok((place, admission));
        }
    }
    Ok((Place::NOWHERE, Admission::default()))
}
