//! What people may ask about users.
//!
//! `setUserRole` and `setUserDisabled` are completed by `departure`, which hands over what the person leaves behind.

use serde::{Deserialize, Serialize};

use super::branches::{self, Admission};
use super::invitations::{self, NewInvitation, StoredInvitation};
use super::store::{RoleError, Standing as Put, StoredUser};
use super::{Fault, Place, claims, input, provision, standing, store};
use crate::error::{Code, Error, text};
use crate::extract::{Caller, NoData};
use crate::ids::{BranchId, Uid};
use crate::policy::{Action, Permit, Role, Scope, authorize};
use crate::state::AppState;
use crate::store::{Timestamp, Writes};

/// Who the caller is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WhoAmI {
    uid: String,
    email: Option<String>,
    role: Option<&'static str>,
    branch_id: Option<String>,
}

/// `whoami`. No round trip for whoever has a place.
///
/// A token that gives none may be older than its person's place, or the event that makes the document was lost: then the
/// document is made sure of, an invitation that waits for the verified address is applied, and the answer is as in the
/// document. Where it differs from the token, the frontend should refresh the token. That way takes three round trips,
/// up to eight when something has to be made.
///
/// # Errors
/// `UNAVAILABLE`, for a token without a place alone.
pub async fn whoami(state: AppState, caller: Caller, _: NoData) -> Result<WhoAmI, Error> {
    let scope = match caller.scope() {
        Scope::Branchless => {
            let ensured = provision::ensure(&state, caller.uid()).await?;
            ensured.user.and_then(|user| user.place.ok())
        }
        Scope::Pusat => Some(Place::Pusat),
        Scope::Cabang(branch) => Some(Place::Cabang(branch.clone())),
        Scope::Mitra(branch) => Some(Place::Mitra(Some(branch.clone()))),
    };
    Ok(WhoAmI {
        uid: caller.uid().to_string(),
        email: caller.token().email.clone(),
        role: scope.as_ref().map(|place| place.role().as_str()),
        branch_id: scope
            .as_ref()
            .and_then(Place::branch)
            .map(ToString::to_string),
    })
}

/// Whom to invite, and as what.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InviteUser {
    email: String,
    role: String,
    branch_id: Option<String>,
    display_name: Option<String>,
}

/// The invitation.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Invited {
    invitation_id: String,
    email: String,
    role: &'static str,
    branch_id: Option<String>,
    replaced: bool,
}

/// `inviteUser`: PUSAT for any role, CABANG for MITRA of its own branch, which it need not name. Three round trips; one
/// more when PUSAT names a branch, and one more when the address has accepted before.
///
/// An invitation of the caller's own scope that nobody accepted yet is replaced.
///
/// # Errors
/// `INVALID_ARGUMENT` naming the field; `PERMISSION_DENIED`, `STALE_TOKEN` among its reasons; `ALREADY_EXISTS` when the
/// address is invited from elsewhere, or has accepted and still belongs to the organisation.
pub async fn invite_user(
    state: AppState,
    caller: Caller,
    data: InviteUser,
) -> Result<Invited, Error> {
    let email = input::email(&data.email)?;
    let role = input::role(&data.role)?;
    let branch = data.branch_id.as_deref().map(input::branch).transpose()?;
    let name = data.display_name.as_deref().map(input::name).transpose()?;
    let branch = match caller.scope() {
        Scope::Cabang(own) => branch.or_else(|| Some(own.clone())),
        _ => branch,
    };
    let invite = || async {
        let standing = standing::check(&state, &caller).await?;
        let action = Action::InviteUser {
            role,
            branch: branch.as_ref(),
        };
        let permit = authorize(standing.actor(), &action)?;
        check_invited_place(&state, &caller, role, branch.as_ref()).await?;
        let known = invitations::get(&state.store, &email).await?;
        if let Some(known) = &known {
            check_replaceable(&state, &standing, known).await?;
        }
        let invitation = NewInvitation {
            email: &email,
            role,
            branch: branch.as_ref(),
            display_name: name.as_deref(),
            invited_by: caller.uid().as_str(),
        };
        let mut writes = Writes::new();
        let now = Timestamp(state.clock.now());
        invitations::put(&permit, &mut writes, &invitation, known.as_ref(), now)?;
        standing.hold(&mut writes)?;
        state.store.commit(writes).await?;
        Ok::<_, Error>(known.is_some())
    };
    let replaced = state.store.retrying(invite).await?;
    Ok(Invited {
        invitation_id: invitations::id(&email),
        role: role.as_str(),
        branch_id: branch.map(String::from),
        email,
        replaced,
    })
}

/// An invitation to nowhere, or to a branch that does not exist, would be a promise that nobody keeps.
async fn check_invited_place(
    state: &AppState,
    caller: &Caller,
    role: Role,
    branch: Option<&BranchId>,
) -> Result<(), Error> {
    let fault = match (role, branch) {
        (Role::Pusat, Some(branch)) => Some(Fault::PusatHasBranch(branch.clone())),
        (Role::Pusat | Role::Cabang, None) => None,
        (Role::Mitra, None) => {
            return Err(Error::field(
                "branchId",
                text(
                    "Cabang wajib diisi untuk MITRA.",
                    "A MITRA is invited to a branch.",
                ),
            ));
        }
        // The caller belongs to it.
        (_, Some(branch)) if caller.scope().branch() == Some(branch) => None,
        (_, Some(branch)) => {
            (!branches::exists(&state.store, branch).await?).then_some(Fault::UnknownBranch)
        }
    };
    match fault {
        Some(fault) => Err(Error::field("branchId", fault.text())),
        None => Ok(()),
    }
}

/// Says of an invitation from elsewhere that it is there, and nothing more.
async fn check_replaceable(
    state: &AppState,
    standing: &standing::Standing,
    known: &StoredInvitation,
) -> Result<(), Error> {
    let invited = Action::InviteUser {
        role: known.value.role,
        branch: known.value.branch.as_ref(),
    };
    if authorize(standing.actor(), &invited).is_err() {
        return Err(already_invited());
    }
    if let Some(uid) = &known.value.accepted_by {
        let member = store::get(&state.store, uid).await?;
        if member.is_some_and(|member| !member.user.disabled && !member.user.awaits_a_place()) {
            return Err(already_invited());
        }
    }
    Ok(())
}

fn already_invited() -> Error {
    Error::new(
        Code::AlreadyExists,
        "ALREADY_INVITED",
        text(
            "Alamat email ini sudah diundang.",
            "This e-mail address has been invited already.",
        ),
    )
    .at("email")
}

/// Whose role to set.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetUserRole {
    uid: String,
    role: String,
    branch_id: Option<String>,
}

/// The role that was set.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserRoleSet {
    /// Whose.
    pub uid: Uid,
    role: &'static str,
    branch_id: Option<String>,
}

/// `setUserRole`, for PUSAT. A CABANG without a branch founds its own; a MITRA without one sees nothing. Three round
/// trips, one of them to look at the branch, and two to make the claims follow.
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
pub struct SetUserDisabled {
    uid: String,
    disabled: bool,
}

/// The account as it is now.
#[derive(Debug, Serialize)]
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
