//! Who is in the hierarchy: people, their place in it, and what changes when they move.
//!
//! `users/{uid}` is the truth, and the custom claims of the account follow it. This file is pure: places, what a document
//! asks for, which claims that makes, and whether a move takes something away. `store` and `invitations` translate to
//! documents; `provision` makes sure that a document exists, `claims` makes the account follow it, `standing` looks at it
//! again before rights are given. Requests come in through `callables`, `onboarding` (blocking functions and the
//! user-created event) and, for what a person who moves leaves behind, through `departure`, which stands above.

pub mod account_event;
pub mod accounts;
pub mod branches;
pub mod callables;
pub mod claims;
mod input;
pub mod invitations;
pub mod onboarding;
pub mod provision;
pub mod standing;
pub mod store;

use serde_json::{Map, Value};

use crate::error::{Text, text};
use crate::ids::{BranchId, Uid};
use crate::policy::{Role, Scope, UserFacts};

/// The custom claim that carries the role.
const ROLE_CLAIM: &str = "role";

/// The custom claim that carries the branch.
const BRANCH_CLAIM: &str = "branchId";

/// Longest that the custom claims of an account may be, in characters of their JSON form.
///
/// # Source
/// <https://firebase.google.com/docs/auth/admin/custom-claims>, read 2026-11.
const CLAIMS_LIMIT: usize = 1_000;

/// Where a person stands in the hierarchy, as the document says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Head office.
    Pusat,
    /// An account of this branch; the founding one has the branch's own name as uid.
    Cabang(BranchId),
    /// A partner of this branch, or of none yet: then nothing can be seen.
    Mitra(Option<BranchId>),
}

impl Place {
    /// Where everybody begins whom nobody invited, and ends who has lost every place.
    pub const NOWHERE: Self = Self::Mitra(None);

    /// The place that a role and a branch make; a CABANG without a branch is its own.
    ///
    /// # Errors
    /// [`Fault::PusatHasBranch`], [`Fault::OwnBranch`].
    pub fn new(uid: &Uid, role: Role, branch: Option<BranchId>) -> Result<Self, Fault> {
        match (role, branch) {
            (Role::Pusat, None) => Ok(Self::Pusat),
            (Role::Pusat, Some(branch)) => Err(Fault::PusatHasBranch(branch)),
            (Role::Cabang, branch) => Ok(Self::Cabang(branch.unwrap_or_else(|| uid.as_branch()))),
            (Role::Mitra, Some(branch)) if branch == uid.as_branch() => Err(Fault::OwnBranch),
            (Role::Mitra, branch) => Ok(Self::Mitra(branch)),
        }
    }

    /// The place that the fields `role` and `branchId` of a document ask for, whatever an administrator typed there. An
    /// empty text counts as an absent field: that is how the console leaves one that was cleared.
    ///
    /// # Errors
    /// The [`Fault`] that makes them invalid.
    pub fn asked_for(uid: &Uid, role: &Value, branch: &Value) -> Result<Self, Fault> {
        let role = role
            .as_str()
            .and_then(|role| Role::parse(role).ok())
            .ok_or(Fault::UnknownRole)?;
        let branch = match branch {
            Value::Null => None,
            Value::String(id) if id.is_empty() => None,
            Value::String(id) => Some(BranchId::parse(id).map_err(|_| Fault::UnknownBranch)?),
            _ => return Err(Fault::UnknownBranch),
        };
        Self::new(uid, role, branch)
    }

    /// The place that custom claims give; `None` when they give none.
    pub fn from_claims(uid: &Uid, claims: &Map<String, Value>) -> Option<Self> {
        // A claim that is no text gives nothing, as in a token.
        let text = |name: &str| match claims.get(name) {
            None | Some(Value::Null) => None,
            Some(value) => Some(value.as_str().unwrap_or_default()),
        };
        let (role, branch) = (text(ROLE_CLAIM), text(BRANCH_CLAIM));
        match Scope::from_claims(uid, role, branch) {
            Scope::Pusat => Some(Self::Pusat),
            Scope::Cabang(branch) => Some(Self::Cabang(branch)),
            Scope::Mitra(branch) => Some(Self::Mitra(Some(branch))),
            Scope::Branchless => {
                (role == Some(Role::Mitra.as_str()) && branch.is_none()).then_some(Self::NOWHERE)
            }
        }
    }

    /// The role.
    pub fn role(&self) -> Role {
        match self {
            Self::Pusat => Role::Pusat,
            Self::Cabang(_) => Role::Cabang,
            Self::Mitra(_) => Role::Mitra,
        }
    }

    /// The branch.
    pub fn branch(&self) -> Option<&BranchId> {
        match self {
            Self::Cabang(branch) | Self::Mitra(Some(branch)) => Some(branch),
            Self::Pusat | Self::Mitra(None) => None,
        }
    }

    /// The superior: the branch, for a partner of one.
    pub fn parent(&self) -> Option<&BranchId> {
        match self {
            Self::Mitra(branch) => branch.as_ref(),
            Self::Pusat | Self::Cabang(_) => None,
        }
    }

    /// What a token with this place's claims reaches.
    pub fn scope(&self) -> Scope {
        match self {
            Self::Pusat => Scope::Pusat,
            Self::Cabang(branch) => Scope::Cabang(branch.clone()),
            Self::Mitra(Some(branch)) => Scope::Mitra(branch.clone()),
            Self::Mitra(None) => Scope::Branchless,
        }
    }

    /// Whether the person is the one after whom the branch is named.
    pub fn founds(&self, uid: &Uid) -> bool {
        matches!(self, Self::Cabang(branch) if branch.as_str() == uid.as_str())
    }

    /// Whether this place still allows everything that `before` did. Where it does not, a right was lowered or removed.
    pub fn keeps(&self, before: &Self) -> bool {
        match (self, before) {
            (Self::Pusat, _) | (_, Self::Mitra(None)) => true,
            (Self::Cabang(now), Self::Cabang(then) | Self::Mitra(Some(then)))
            | (Self::Mitra(Some(now)), Self::Mitra(Some(then))) => now == then,
            (Self::Cabang(_) | Self::Mitra(_), Self::Pusat)
            | (Self::Mitra(_), Self::Cabang(_))
            | (Self::Mitra(None), Self::Mitra(Some(_))) => false,
        }
    }

    /// The custom claims of a person who stands here: those there are, with ours in the place of the former ones.
    pub fn claims(&self, others: &Map<String, Value>) -> Map<String, Value> {
        let mut claims = without_place(others);
        claims.insert(ROLE_CLAIM.to_owned(), self.role().as_str().into());
        if let Some(branch) = self.branch() {
            claims.insert(BRANCH_CLAIM.to_owned(), branch.as_str().into());
        }
        claims
    }
}

/// The custom claims without those of this service.
pub fn without_place(claims: &Map<String, Value>) -> Map<String, Value> {
    let mut claims = claims.clone();
    claims.remove(ROLE_CLAIM);
    claims.remove(BRANCH_CLAIM);
    claims
}

/// Whether Firebase Authentication takes these custom claims.
pub fn claims_fit(claims: &Map<String, Value>) -> bool {
    serde_json::to_string(claims).is_ok_and(|json| json.chars().count() <= CLAIMS_LIMIT)
}

/// Why a role and a branch make no place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The role is none of the three.
    #[error("the role must be PUSAT, CABANG or MITRA")]
    UnknownRole,
    /// Head office stands above the branches.
    #[error("PUSAT has no branch")]
    PusatHasBranch(BranchId),
    /// No such branch.
    #[error("there is no such branch")]
    UnknownBranch,
    /// What lies in a branch's pool is `assignedTo` the branch, which is its founder's uid: as MITRA the founder would
    /// read all of it.
    #[error("the founder of a branch cannot be its MITRA")]
    OwnBranch,
    /// As [`Fault::OwnBranch`], for a founder who would be MITRA of another branch.
    #[error("the founder of a branch cannot be MITRA while the branch is in use")]
    BranchInUse,
}

impl Fault {
    /// The fault in the words of people.
    pub fn text(&self) -> Text {
        match self {
            Self::UnknownRole => text(
                "Peran harus PUSAT, CABANG, atau MITRA.",
                "The role must be PUSAT, CABANG or MITRA.",
            ),
            Self::PusatHasBranch(_) => text("PUSAT tidak memiliki cabang.", "PUSAT has no branch."),
            Self::UnknownBranch => text("Cabang tidak ditemukan.", "There is no such branch."),
            Self::OwnBranch => text(
                "Pendiri cabang tidak dapat menjadi MITRA di cabangnya sendiri.",
                "The founder of a branch cannot be a MITRA of it.",
            ),
            Self::BranchInUse => text(
                "Pendiri cabang tidak dapat menjadi MITRA selama cabangnya masih dipakai.",
                "The founder of a branch cannot become a MITRA while the branch is in use.",
            ),
        }
    }
}

/// A person as the document describes them.
#[derive(Debug, Clone, PartialEq)]
pub struct User {
    /// The uid.
    pub uid: Uid,
    /// The e-mail address.
    pub email: Option<String>,
    /// Where the document says that the person stands; an administrator may have typed what is no place.
    pub place: Result<Place, Fault>,
    /// Whether the account is closed.
    pub disabled: bool,
}

impl User {
    /// What the policy needs to know.
    pub fn facts(&self) -> UserFacts {
        let place = self.place.as_ref().ok();
        UserFacts {
            uid: self.uid.clone(),
            role: place.map(Place::role),
            branch_id: place.and_then(Place::branch).cloned(),
        }
    }

    /// The branch whose leads and conversations the person may hold.
    pub fn works_in(&self) -> Option<&BranchId> {
        match &self.place {
            Ok(place) if !self.disabled => place.branch(),
            _ => None,
        }
    }

    /// Whether an invitation may still give the person a place.
    pub fn awaits_a_place(&self) -> bool {
        self.place == Ok(Place::NOWHERE) && !self.disabled
    }
}

#[cfg(test)]
mod tests;
