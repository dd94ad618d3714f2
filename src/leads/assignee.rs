//! Whom a lead is given to: read from `users/{uid}`, where the organisation's tree stands.
//!
//! A name in a request only points; branch and role come from the document. A caller learns nothing here of people whom
//! they may not see: somebody of another branch and nobody at all are the same answer.

use super::Placement;
use super::store::Loose;
use crate::error::{Code, Error, text};
use crate::extract::Caller;
use crate::ids::{BranchId, Uid};
use crate::policy::{Action, Assignee, Denied, Role, Scope, UserFacts, authorize};
use crate::store::Store;

/// The field of the requests that names the holder.
pub const FIELD: &str = "assignedTo";

/// Where a lead is to lie, and who is to hold it there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The place.
    pub placement: Placement,
    /// The partner, as the policy wants to know them; nobody when the branch holds the lead.
    pub assignee: Option<Assignee>,
}

/// Where a new lead lies when the request names nobody: a partner's with the partner, a branch's in its pool.
///
/// # Errors
/// `INVALID_ARGUMENT` for PUSAT, which has no branch; `PERMISSION_DENIED` for those without a place.
pub fn default_for(caller: &Caller) -> Result<Target, Error> {
    let placement = match caller.scope() {
        Scope::Mitra(own) => Placement::partner(own.clone(), caller.uid().clone()),
        Scope::Cabang(own) => Placement::pool(own.clone()),
        Scope::Pusat => {
            return Err(Error::field(
                FIELD,
                text(
                    "Pilih cabang atau mitra penerima.",
                    "Choose the branch or the partner to receive it.",
                ),
            ));
        }
        Scope::Branchless => return Err(Denied::Forbidden.into()),
    };
    Ok(Target {
        placement,
        assignee: None,
    })
}

/// Finds whom a request names. One round trip, or none where the answer cannot depend on the document: a partner may
/// name itself alone, and a branch's own pool needs no proof.
///
/// # Errors
/// `NOT_FOUND` when there is nobody of that uid whom the caller may see, `INVALID_ARGUMENT` when they cannot hold leads,
/// `FAILED_PRECONDITION` when their account is closed; all name `assignedTo`.
pub async fn find(store: &Store, caller: &Caller, to: &Uid) -> Result<Target, Error> {
    match caller.scope() {
        // Whoever else is named: the policy refuses, without a look at who that is.
        Scope::Mitra(own) => Ok(Target {
            placement: Placement::partner(own.clone(), to.clone()),
            assignee: None,
        }),
        Scope::Cabang(own) if to.as_str() == own.as_str() => Ok(Target {
            placement: Placement::pool(own.clone()),
            assignee: None,
        }),
        Scope::Cabang(_) | Scope::Pusat => {
            let user = store.get::<Loose>(&format!("users/{to}")).await?;
            target(caller, to, user.map(|doc| doc.value))
        }
        Scope::Branchless => Err(Denied::Forbidden.into()),
    }
}

fn target(caller: &Caller, to: &Uid, user: Option<Loose>) -> Result<Target, Error> {
    let user = user.ok_or_else(nobody)?;
    let role = user.text("role").and_then(|role| Role::parse(role).ok());
    let branch_id = user
        .text("branchId")
        .and_then(|branch| BranchId::parse(branch).ok());
    let facts = UserFacts {
        uid: to.clone(),
        role,
        branch_id,
    };
    let _ = authorize(&caller.actor(), &Action::ReadUser(&facts)).map_err(|_| nobody())?;
    let UserFacts { branch_id, .. } = facts;
    match (role, branch_id) {
        (Some(Role::Mitra), Some(branch)) => {
            if user.flag("disabled") == Some(true) {
                return Err(closed());
            }
            let assignee = Assignee {
                uid: to.clone(),
                role: Role::Mitra,
                branch_id: Some(branch.clone()),
                disabled: false,
            };
            Ok(Target {
                placement: Placement::partner(branch, to.clone()),
                assignee: Some(assignee),
            })
        }
        // What a branch's own account holds is the branch's.
        (Some(Role::Cabang), branch) => Ok(Target {
            placement: Placement::pool(branch.unwrap_or_else(|| to.as_branch())),
            assignee: None,
        }),
        (Some(Role::Mitra | Role::Pusat) | None, _) => Err(Error::field(
            FIELD,
            text(
                "Pengguna ini tidak berada di cabang mana pun.",
                "This user belongs to no branch.",
            ),
        )),
    }
}

fn nobody() -> Error {
    Error::new(
        Code::NotFound,
        "NOT_FOUND",
        text("Penerima tidak ditemukan.", "There is no such recipient."),
    )
    .at(FIELD)
}

fn closed() -> Error {
    Error::new(
        Code::FailedPrecondition,
        "ASSIGNEE_DISABLED",
        text(
            "Akun mitra ini sedang dinonaktifkan.",
            "This partner's account is disabled.",
        ),
    )
    .at(FIELD)
}
