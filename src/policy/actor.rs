//! Who acts: a person with a role and a place, the service itself, or nobody known.

use std::{fmt, str::FromStr};

use crate::ids::{BranchId, Uid};

/// A rank of the sales tree, as the `role` claim and `users/{uid}.role` spell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename_all = "SCREAMING_SNAKE_CASE"))]
pub enum Role {
    /// Head office.
    Pusat,
    /// A branch.
    Cabang,
    /// A partner: the sales person.
    Mitra,
}

/// The text names no [`Role`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be PUSAT, CABANG or MITRA")]
pub struct UnknownRole;

impl Role {
    /// Every role, the highest first.
    pub const ALL: [Self; 3] = [Self::Pusat, Self::Cabang, Self::Mitra];

    /// The role that `text` spells, in capitals as it is stored.
    ///
    /// # Errors
    /// [`UnknownRole`] for anything else.
    pub fn parse(text: &str) -> Result<Self, UnknownRole> {
        match text {
            "PUSAT" => Ok(Self::Pusat),
            "CABANG" => Ok(Self::Cabang),
            "MITRA" => Ok(Self::Mitra),
            _ => Err(UnknownRole),
        }
    }

    /// The role as it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pusat => "PUSAT",
            Self::Cabang => "CABANG",
            Self::Mitra => "MITRA",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// Role and place in one: what a signed-in person can reach.
///
/// *Invariant:* made from a verified token only, so it is not `Deserialize`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Everything.
    Pusat,
    /// What carries this branch.
    Cabang(BranchId),
    /// What carries the person's own uid; new documents carry this branch.
    Mitra(BranchId),
    /// No role, an unknown one, or a MITRA without a branch: nothing but the own profile.
    Branchless,
}

impl Scope {
    /// The scope that the custom claims of a verified ID token give.
    ///
    /// A CABANG without `branchId` counts as its own branch, since a branch is named by its founder's uid. A claim that
    /// is there but cannot be read (an unknown role, a branch that is no id) gives nothing, never a wider scope: pass a
    /// claim that is not text as `Some("")`, and only a claim that is absent or null as `None`.
    pub fn from_claims(uid: &Uid, role: Option<&str>, branch_id: Option<&str>) -> Self {
        let Some(Ok(role)) = role.map(Role::parse) else {
            return Self::Branchless;
        };
        match (role, branch_id.map(BranchId::parse)) {
            (Role::Pusat, _) => Self::Pusat,
            (Role::Cabang, None) => Self::Cabang(uid.as_branch()),
            (Role::Cabang, Some(Ok(branch))) => Self::Cabang(branch),
            (Role::Mitra, Some(Ok(branch))) => Self::Mitra(branch),
            (Role::Mitra, None) | (Role::Cabang | Role::Mitra, Some(Err(_))) => Self::Branchless,
        }
    }

    /// The role that this scope speaks for; `None` when it reaches nothing.
    pub fn role(&self) -> Option<Role> {
        match self {
            Self::Pusat => Some(Role::Pusat),
            Self::Cabang(_) => Some(Role::Cabang),
            Self::Mitra(_) => Some(Role::Mitra),
            Self::Branchless => None,
        }
    }

    /// The branch that new documents of this person carry.
    pub fn branch(&self) -> Option<&BranchId> {
        match self {
            Self::Cabang(branch) | Self::Mitra(branch) => Some(branch),
            Self::Pusat | Self::Branchless => None,
        }
    }
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Actor {
    /// A signed-in person.
    User {
        /// The person.
        uid: Uid,
        /// What the person's token reaches.
        scope: Scope,
    },
    /// The service on its own account: events, tasks, schedules, the admin command line.
    Service,
    /// Nobody signed in.
    Anonymous,
}

impl Actor {
    /// The signed-in person's uid.
    pub fn uid(&self) -> Option<&Uid> {
        match self {
            Self::User { uid, .. } => Some(uid),
            Self::Service | Self::Anonymous => None,
        }
    }

    /// The signed-in person's scope.
    pub fn scope(&self) -> Option<&Scope> {
        match self {
            Self::User { scope, .. } => Some(scope),
            Self::Service | Self::Anonymous => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uid() -> Uid {
        Uid::parse("c1").expect("an id")
    }

    fn branch(text: &str) -> BranchId {
        BranchId::parse(text).expect("an id")
    }

    #[test]
    fn a_cabang_without_a_branch_claim_is_its_own_branch() {
        assert_eq!(
            Scope::from_claims(&uid(), Some("CABANG"), None),
            Scope::Cabang(branch("c1"))
        );
        assert_eq!(
            Scope::from_claims(&uid(), Some("CABANG"), Some("c9")),
            Scope::Cabang(branch("c9"))
        );
    }

    #[test]
    fn a_claim_that_cannot_be_read_gives_nothing() {
        for (role, branch_id) in [
            (None, None),
            (None, Some("c1")),
            (Some("pusat"), None),
            (Some("ADMIN"), Some("c1")),
            (Some(""), Some("c1")),
            (Some("MITRA"), None),
            (Some("MITRA"), Some("")),
            (Some("MITRA"), Some("a/b")),
            (Some("CABANG"), Some("")),
            (Some("CABANG"), Some("..")),
        ] {
            assert_eq!(
                Scope::from_claims(&uid(), role, branch_id),
                Scope::Branchless,
                "{role:?} {branch_id:?}"
            );
        }
    }

    #[test]
    fn a_branch_claim_does_not_narrow_pusat() {
        for branch_id in [None, Some("c1"), Some("")] {
            assert_eq!(
                Scope::from_claims(&uid(), Some("PUSAT"), branch_id),
                Scope::Pusat
            );
        }
    }

    #[test]
    fn roles_round_trip() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Ok(role));
        }
    }
}
