//! `inviteUser`: a role that waits for an address.

use serde::{Deserialize, Serialize};

use crate::error::{Code, Error, text};
use crate::extract::Caller;
use crate::ids::BranchId;
use crate::policy::{Action, Role, Scope, authorize};
use crate::state::AppState;
use crate::store::{Timestamp, Writes};
use crate::users::invitations::{self, NewInvitation, StoredInvitation};
use crate::users::{Fault, branches, input, standing, store};

/// Whom to invite, and as what.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct InviteUser {
    email: String,
    #[cfg_attr(test, ts(as = "Role"))]
    role: String,
    branch_id: Option<String>,
    display_name: Option<String>,
}

/// The invitation.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Invited {
    invitation_id: String,
    email: String,
    #[cfg_attr(test, ts(as = "Role"))]
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
