//! Whom a lead is given to: read from `users/{uid}`, where the organisation's tree stands.
//!
//! A name in a request only points; branch and role come from the document. A caller learns nothing here of people whom
//! they may not see: somebody of another branch and nobody at all are the same answer.

use super::Placement;
use crate::error::{Code, Error, text};
use crate::extract::Caller;
use crate::ids::Uid;
use crate::policy::{Action, Assignee, Denied, Role, Scope, authorize};
use crate::store::Store;
use crate::users::{self, Place, User};

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
            let user = users::store::get(store, to).await?;
            target(caller, to, user.map(|stored| stored.user))
        }
        Scope::Branchless => Err(Denied::Forbidden.into()),
    }
}

fn target(caller: &Caller, to: &Uid, user: Option<User>) -> Result<Target, Error> {
    let user = user.ok_or_else(nobody)?;
    let _ = authorize(&caller.actor(), &Action::ReadUser(&user.facts())).map_err(|_| nobody())?;
    match user.place {
        Ok(Place::Mitra(Some(_))) if user.disabled => Err(closed()),
        Ok(Place::Mitra(Some(branch))) => Ok(Target {
            placement: Placement::partner(branch.clone(), to.clone()),
            assignee: Some(Assignee {
                uid: to.clone(),
                role: Role::Mitra,
                branch_id: Some(branch),
                disabled: false,
            }),
        }),
        // What a branch's own account holds is the branch's.
        Ok(Place::Cabang(branch)) => Ok(Target {
            placement: Placement::pool(branch),
            assignee: None,
        }),
        Ok(Place::Pusat | Place::Mitra(None)) | Err(_) => Err(Error::field(
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
