//! `setUserRole` and `setUserDisabled`: where somebody stands, and whether they may come in.

use serde::{Deserialize, Serialize};

use crate::error::{Code, Error, text};
use crate::extract::Caller;
use crate::ids::Uid;
use crate::policy::{Action, Permit, Scope, authorize};
use crate::state::AppState;
use crate::store::{Timestamp, Writes};
use crate::users::branches::{self, Admission};
use crate::users::store::{RoleError, Standing as Put, StoredUser};
use crate::users::{Fault, Place, claims, input, provision, standing, store};

/// Whose role to set.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct SetUserRole {
    uid: String,
    #[cfg_attr(test, ts(as = "crate::policy::Role"))]
    role: String,
    branch_id: Option<String>,
}

/// The role that was set.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct UserRoleSet {
    /// Whose.
    pub uid: Uid,
    #[cfg_attr(test, ts(as = "crate::policy::Role"))]
    role: &'static str,
    branch_id: Option<String>,
}

/// `setUserRole`, for PUSAT. A CABANG without a branch founds its own; a MITRA without one sees nothing. Three round
/// trips, one of them to look at the branch, and as many to make the claims follow.
///
/// # Errors
/// `INVALID_ARGUMENT` naming the field; `NOT_FOUND` for a user whom the caller may not know; `PERMISSION_DENIED`,
/// `STALE_TOKEN` among its reasons; `FAILED_PRECONDITION` for the last PUSAT (`LAST_PUSAT`) and for the founder of a
/// branch in use (`FOUNDER`).
///
/// # Idempotency
/// Setting what is set makes claims follow that have not, and changes nothing else.
pub async fn set_user_role(
    state: AppState,
    caller: Caller,
    data: SetUserRole,
) -> Result<UserRoleSet, Error> {
    let uid = input::uid(&data.uid)?;
    let role = input::role(&data.role)?;
    let branch = data.branch_id.as_deref().map(input::branch).transpose()?;
    let place = Place::new(&uid, role, branch).map_err(|fault| refused(&fault))?;
    let set = || async {
        let (standing, target) = find(&state, &caller, &uid).await?;
        let target = target.ok_or_else(Error::not_found)?;
        let action = Action::SetUserRole {
            target: &target.user.facts(),
        };
        let permit = authorize(standing.actor(), &action)?;
        let admission = branches::admit(&state.store, &uid, &place)
            .await?
            .map_err(|fault| refused(&fault))?;
        let mut writes = Writes::new();
        if uid == *caller.uid() && place != Place::Pusat {
            // Everybody else can go: the caller stays.
            match store::another_pusat(&state.store, &uid).await? {
                Some(other) => store::hold(&mut writes, &other)?,
                None => return Err(last_pusat()),
            }
        }
        if target.user.place != Ok(place.clone()) || admission != Admission::default() {
            let put = Put {
                place: &place,
                disabled: target.user.disabled,
                role_error: RoleError::Clear,
                by: Some(caller.uid()),
            };
            write(
                &state,
                &caller,
                &standing,
                &permit,
                &target,
                &put,
                &mut writes,
            )?;
            let now = Timestamp(state.clock.now());
            admission.write(&permit, &mut writes, None, now)?;
            state.store.commit(writes).await?;
        }
        Ok::<_, Error>(())
    };
    state.store.retrying(set).await?;
    claims::follow(&state, &uid, claims::Access::Keep).await?;
    Ok(UserRoleSet {
        uid,
        role: role.as_str(),
        branch_id: place.branch().map(ToString::to_string),
    })
}

/// Whose account to close or open.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SetUserDisabled {
    uid: String,
    disabled: bool,
}

/// The account as it is now.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct UserDisabledSet {
    /// Whose.
    pub uid: Uid,
    disabled: bool,
}

/// `setUserDisabled`: PUSAT for everybody, CABANG for its partners, nobody for themselves. Two round trips, and two to
/// make the account follow.
///
/// # Errors
/// `INVALID_ARGUMENT` naming the field; `NOT_FOUND` for a user whom the caller may not know; `PERMISSION_DENIED`,
/// `STALE_TOKEN` and `OWN_ACCOUNT` among its reasons.
///
/// # Idempotency
/// As [`set_user_role`].
pub async fn set_user_disabled(
    state: AppState,
    caller: Caller,
    data: SetUserDisabled,
) -> Result<UserDisabledSet, Error> {
    let uid = input::uid(&data.uid)?;
    let disabled = data.disabled;
    let set = || async {
        let (standing, target) = find(&state, &caller, &uid).await?;
        let target = target.ok_or_else(Error::not_found)?;
        let action = Action::SetUserDisabled {
            target: &target.user.facts(),
        };
        let permit = authorize(standing.actor(), &action)?;
        if uid == *caller.uid() {
            return Err(own_account());
        }
        if target.user.disabled != disabled {
            // Invalid only where there is no account whose claims it could be taken back to.
            let place = target.user.place.clone().unwrap_or(Place::NOWHERE);
            let put = Put {
                place: &place,
                disabled,
                role_error: RoleError::Keep,
                by: Some(caller.uid()),
            };
            let mut writes = Writes::new();
            write(
                &state,
                &caller,
                &standing,
                &permit,
                &target,
                &put,
                &mut writes,
            )?;
            state.store.commit(writes).await?;
        }
        Ok::<_, Error>(())
    };
    state.store.retrying(set).await?;
    let access = if disabled {
        claims::Access::Keep
    } else {
        claims::Access::Reopen
    };
    claims::follow(&state, &uid, access).await?;
    Ok(UserDisabledSet { uid, disabled })
}

/// The caller, if they still stand where the token says, and the user asked about.
async fn find(
    state: &AppState,
    caller: &Caller,
    uid: &Uid,
) -> Result<(standing::Standing, Option<StoredUser>), Error> {
    let (standing, mut target) = standing::check_beside(state, caller, uid).await?;
    if target.is_none() && *caller.scope() == Scope::Pusat {
        // The event that creates the document is late or lost. Only PUSAT may learn that there is an account.
        provision::ensure(state, uid).await?;
        target = store::get(&state.store, uid).await?;
    }
    if target.as_ref().is_some_and(|it| it.user.place.is_err()) {
        // An edit by hand that is about to be taken back.
        claims::follow(state, uid, claims::Access::Keep).await?;
        target = store::get(&state.store, uid).await?;
    }
    Ok((standing, target))
}

/// Adds the new standing of a user, and holds the caller's own.
fn write(
    state: &AppState,
    caller: &Caller,
    standing: &standing::Standing,
    permit: &Permit,
    target: &StoredUser,
    put: &Put<'_>,
    writes: &mut Writes,
) -> Result<(), Error> {
    store::put_standing(permit, writes, target, put, Timestamp(state.clock.now()))?;
    if target.user.uid != *caller.uid() {
        standing.hold(writes)?;
    }
    Ok(())
}

fn refused(fault: &Fault) -> Error {
    match fault {
        Fault::UnknownRole => Error::field("role", fault.text()),
        Fault::PusatHasBranch(_) | Fault::UnknownBranch => Error::field("branchId", fault.text()),
        Fault::OwnBranch | Fault::BranchInUse => {
            Error::new(Code::FailedPrecondition, "FOUNDER", fault.text())
        }
    }
}

fn last_pusat() -> Error {
    Error::new(
        Code::FailedPrecondition,
        "LAST_PUSAT",
        text(
            "Anda adalah satu-satunya PUSAT. Angkat PUSAT lain terlebih dahulu.",
            "You are the only PUSAT. Appoint another one first.",
        ),
    )
}

fn own_account() -> Error {
    Error::new(
        Code::PermissionDenied,
        "OWN_ACCOUNT",
        text(
            "Anda tidak dapat menonaktifkan akun sendiri.",
            "You cannot disable your own account.",
        ),
    )
}
