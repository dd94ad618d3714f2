//! `branches/{branchId}`: the branches that there are, and which places they allow.
//!
//! A branch comes into being with its founder. How it shares out leads is decided elsewhere; here it only gets its first
//! settings.
//!
//! # Shape
//! name, assignmentMode (`ROUND_ROBIN`), order (partners' uids), createdAt, updatedAt.

use serde::Serialize;
use serde_json::Value;

use super::{Fault, Place, store};
use crate::ids::{BranchId, Uid};
use crate::policy::Permit;
use crate::store::{Doc, Guard, Query, Store, StoreError, Timestamp, UpdateTime, Writes};

const BRANCHES: &str = "branches";

/// Collections whose documents carry a branch and make it be in use.
const USING: [&str; 3] = ["leads", "conversations", "channels"];

/// What has to be written for a person to take a place.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Admission {
    founds: Option<BranchId>,
    dissolves: Option<(BranchId, UpdateTime)>,
}

/// Looks whether a person may take a place: the branch exists, and whoever founded one does not become a MITRA while it
/// is in use. At most one round trip, two when the branch has no document, three for a founder who becomes a MITRA.
///
/// # Errors
/// As [`Store::get`]; inside, the [`Fault`].
pub async fn admit(
    store: &Store,
    uid: &Uid,
    place: &Place,
) -> Result<Result<Admission, Fault>, StoreError> {
    let Some(branch) = place.branch() else {
        return Ok(Ok(Admission::default()));
    };
    let mut known = store
        .get_many::<Value>(BRANCHES, &[branch.as_str(), uid.as_str()])
        .await?;
    let mut admission = Admission::default();
    if !known.contains_key(branch.as_str()) {
        if place.founds(uid) {
            admission.founds = Some(branch.clone());
        } else if !is_founded(store, branch).await? {
            return Ok(Err(Fault::UnknownBranch));
        }
    }
    if let Place::Mitra(_) = place
        && let Some(own) = known.remove(uid.as_str())
    {
        if in_use(store, uid).await? {
            return Ok(Err(Fault::BranchInUse));
        }
        admission.dissolves = Some((uid.as_branch(), own.update_time));
    }
    Ok(Ok(admission))
}

/// Whether there is such a branch. One round trip, two when it has no document.
///
/// # Errors
/// As [`Store::get`].
pub async fn exists(store: &Store, branch: &BranchId) -> Result<bool, StoreError> {
    let found: Option<Doc<Value>> = store.get(&path(branch)).await?;
    Ok(found.is_some() || is_founded(store, branch).await?)
}

/// A branch whose founder's document is there, while the event that makes the branch's own is still on its way.
async fn is_founded(store: &Store, branch: &BranchId) -> Result<bool, StoreError> {
    let founder = branch.as_uid();
    let found = store::get(store, &founder).await?;
    Ok(found.is_some_and(|stored| stored.user.place.is_ok_and(|place| place.founds(&founder))))
}

async fn in_use(store: &Store, founder: &Uid) -> Result<bool, StoreError> {
    let of = |collection: &str| Query::first(1, collection).eq("branchId", founder.as_str());
    let [leads, conversations, channels] =
        USING.map(|collection| store.query::<Value>(of(collection)));
    let (leads, conversations, channels, members) = tokio::try_join!(
        leads,
        conversations,
        channels,
        store::has_members(store, founder)
    )?;
    Ok(members || !leads.is_empty() || !conversations.is_empty() || !channels.is_empty())
}

impl Admission {
    /// Adds what has to be written.
    ///
    /// # Errors
    /// As [`Writes::create`].
    pub fn write(
        &self,
        _: &Permit,
        writes: &mut Writes,
        name: Option<&str>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Branch<'a> {
            name: &'a str,
            assignment_mode: &'static str,
            order: [&'a str; 0],
            created_at: Timestamp,
            updated_at: Timestamp,
        }
        if let Some(branch) = &self.founds {
            let document = Branch {
                name: name.unwrap_or(branch.as_str()),
                assignment_mode: "ROUND_ROBIN",
                order: [],
                created_at: now,
                updated_at: now,
            };
            writes.create(&path(branch), &document)?;
        }
        if let Some((branch, update_time)) = &self.dissolves {
            writes.delete(&path(branch), Guard::Unchanged(*update_time));
        }
        Ok(())
    }
}

fn path(branch: &BranchId) -> String {
    format!("{BRANCHES}/{branch}")
}
