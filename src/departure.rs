//! When somebody leaves, changes branch or is shut out: the place is taken first, then what they held goes to the branch.
//!
//! Stands above `users` and `leads`, since it moves documents of both when a person moves. *Invariant:* nothing here
//! decides who may move whom; that is done when control comes here.

mod hand_over;

use axum::extract::State;
use axum::response::Response;

use crate::error::Error;
use crate::extract::Caller;
use crate::extract::cloud_event::DocumentEvent;
use crate::extract::pushed::settle;
use crate::ids::Uid;
use crate::policy::{Action, Actor, authorize};
use crate::state::AppState;
use crate::store::{StoreError, Timestamp, Writes};
use crate::users::account_event::AccountEvent;
use crate::users::callables::{self, SetUserDisabled, SetUserRole, UserDisabledSet, UserRoleSet};
use crate::users::claims::{self, Access};
use crate::users::store::{self, UserFields};
use crate::users::{User, provision};

pub use self::hand_over::hand_over;

/// `setUserRole`, for PUSAT: gives somebody a role and a place, and what they may no longer hold to the branch. A CABANG
/// without a branch founds its own; a MITRA without one sees nothing.
///
/// Adds to the round trips of [`callables::set_user_role`] three, and two for each 200 leads or conversations that go to
/// the branch.
///
/// # Errors
/// `INVALID_ARGUMENT` naming the field; `NOT_FOUND` for a user whom the caller may not know; `PERMISSION_DENIED`,
/// `STALE_TOKEN` among its reasons; `FAILED_PRECONDITION` with `LAST_PUSAT` or `FOUNDER`.
pub async fn set_user_role(
    state: AppState,
    caller: Caller,
    data: SetUserRole,
) -> Result<UserRoleSet, Error> {
    let by = caller.uid().clone();
    let set = callables::set_user_role(state.clone(), caller, data).await?;
    hand_over(&state, &set.uid, Some(&by)).await?;
    Ok(set)
}

/// `setUserDisabled`: PUSAT for everybody, CABANG for its partners, nobody for themselves; what a closed account held goes to
/// the branch, which costs as much as in [`set_user_role`].
///
/// # Errors
/// As [`callables::set_user_disabled`].
pub async fn set_user_disabled(
    state: AppState,
    caller: Caller,
    data: SetUserDisabled,
) -> Result<UserDisabledSet, Error> {
    let by = caller.uid().clone();
    let set = callables::set_user_disabled(state.clone(), caller, data).await?;
    hand_over(&state, &set.uid, Some(&by)).await?;
    Ok(set)
}

/// `POST /events/userWritten`: whoever wrote a user's document, the account follows it, and what the person may no longer
/// hold goes to the branch.
pub async fn user_written(State(state): State<AppState>, event: DocumentEvent) -> Response {
    settle(written(&state, &event).await)
}

/// What [`user_written`] does. One round trip when the document asks for nothing new.
///
/// # Errors
/// As [`claims::follow`].
pub async fn written(state: &AppState, event: &DocumentEvent) -> Result<(), Error> {
    let Ok(uid) = Uid::parse(event.id.clone()) else {
        return Ok(());
    };
    let fields = |fields: Option<UserFields>| fields.map(|fields| fields.user(uid.clone()));
    let (before, after) = (fields(event.before()?), fields(event.after()?));
    let disabled = |user: &Option<User>| user.as_ref().is_some_and(|user| user.disabled);
    let access = if disabled(&before) && !disabled(&after) {
        Access::Reopen
    } else {
        Access::Keep
    };
    let followed = claims::follow(state, &uid, access).await?;
    // Also when the claims had followed before, since the step after that may have failed.
    let moved = before.as_ref().map(place_and_access) != after.as_ref().map(place_and_access);
    if followed.taken || moved && before.is_some() {
        let by = match store::get(&state.store, &uid).await? {
            Some(stored) => stored.changed_by(),
            None => None,
        };
        hand_over(state, &uid, by.as_ref()).await?;
    }
    Ok(())
}

fn place_and_access(user: &User) -> (&Result<crate::users::Place, crate::users::Fault>, bool) {
    (&user.place, user.disabled)
}

/// `POST /events/userDeleted`: the document of a deleted account is closed, and what the person held goes to the branch.
pub async fn user_deleted(State(state): State<AppState>, event: AccountEvent) -> Response {
    settle(deleted(&state, &event.uid).await)
}

/// What [`user_deleted`] does. Three round trips and the handing over.
///
/// # Errors
/// `UNAVAILABLE` when Firestore or Firebase Authentication is away.
pub async fn deleted(state: &AppState, uid: &Uid) -> Result<(), Error> {
    if state.identity.by_uid(uid.as_str()).await?.is_some() {
        // Made again under the same uid before the event came.
        return provision::ensure(state, uid).await.map(drop);
    }
    let permit = authorize(&Actor::Service, &Action::ProvisionUser)?;
    let mut writes = Writes::new();
    store::close(&permit, &mut writes, uid, Timestamp(state.clock.now()))?;
    match state.store.commit(writes).await {
        Ok(()) => hand_over(state, uid, None).await.map(drop),
        Err(StoreError::NotFound | StoreError::Conflict) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
