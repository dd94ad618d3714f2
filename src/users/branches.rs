//! `branches/{branchId}`: the branches that there are, and which places they allow.
//!
//! A branch comes into being with its founder. How it shares out leads is decided elsewhere; here stands what it has set
//! for that, and who its partners are.
//!
//! # Shape
//! name, assignmentMode (`ROUND_ROBIN`, or `MANUAL`: leads stay in the pool), order (partners' uids: how they line up
//! when they join at the same time), createdAt, updatedAt.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Fault, Place, User, store};
use crate::ids::{BranchId, Uid};
use crate::policy::{Permit, Role};
use crate::store::{Doc, Guard, Query, Store, StoreError, Timestamp, UpdateTime, Writes};

const BRANCHES: &str = "branches";

const ASSIGNMENT: &str = "settings/assignment";

/// Collections whose documents carry a branch and make it be in use.
const USING: [&str; 3] = ["leads", "conversations", "channels"];

/// Most partners of a branch, and most branches, that share in turn.
const MOST_SHARERS: u32 = 500;

/// How a branch shares out what comes for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(
    test,
    derive(ts_rs::TS),
    ts(rename = "AssignmentMode", rename_all = "SCREAMING_SNAKE_CASE")
)]
pub enum Mode {
    /// Its partners in fair turn.
    #[default]
    RoundRobin,
    /// It stays in the pool until somebody of the branch gives it away.
    Manual,
}

impl Mode {
    /// The mode as documents name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RoundRobin => "ROUND_ROBIN",
            Self::Manual => "MANUAL",
        }
    }
}

/// What a branch has set for sharing out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sharing {
    /// How.
    pub mode: Mode,
    /// How partners line up.
    pub order: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct SharingDoc {
    assignment_mode: Value,
    order: Value,
}

/// A branch as a document.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "Branch"))]
pub(crate) struct BranchDoc<'a> {
    name: &'a str,
    #[cfg_attr(test, ts(as = "Mode"))]
    assignment_mode: &'static str,
    /// How partners line up when they join at the same time: their uids.
    #[cfg_attr(test, ts(as = "Vec<String>"))]
    order: [&'a str; 0],
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// How a branch shares out. Whatever else stands in its document counts as fair turn: a lead must not wait for a typing
/// error. One round trip.
///
/// # Errors
/// As [`Store::get`].
pub async fn sharing(store: &Store, branch: &BranchId) -> Result<Sharing, StoreError> {
    let found: Option<Doc<SharingDoc>> = store.get(&path(branch)).await?;
    Ok(found.map_or_else(Sharing::default, |doc| Sharing {
        mode: if doc.value.assignment_mode == Mode::Manual.as_str() {
            Mode::Manual
        } else {
            Mode::RoundRobin
        },
        order: texts(&doc.value.order),
    }))
}

/// The partners of a branch, also those whose account is closed; up to 500. One round trip.
///
/// # Errors
/// As [`Store::query`].
pub async fn partners(store: &Store, branch: &BranchId) -> Result<Vec<User>, StoreError> {
    let query = Query::first(MOST_SHARERS, store::USERS)
        .eq("branchId", branch.as_str())
        .eq("role", Role::Mitra.as_str());
    let found: Vec<Doc<store::UserFields>> = store.query(query).await?;
    let users = found
        .into_iter()
        .filter_map(|doc| Some(doc.value.user(Uid::parse(doc.id).ok()?)));
    Ok(users
        .filter(|user| user.place == Ok(Place::Mitra(Some(branch.clone()))))
        .collect())
}

/// The branches that take what comes for head office: those that `settings/assignment` names in `branches`, else all; up to
/// 500, in the order of their names. One round trip, two where the settings name some.
///
/// # Errors
/// As [`Store::query`].
pub async fn for_head_office(store: &Store) -> Result<Vec<BranchId>, StoreError> {
    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    struct Assignment {
        branches: Value,
    }
    let settings: Option<Doc<Assignment>> = store.get(ASSIGNMENT).await?;
    let named = settings.map_or_else(Vec::new, |doc| texts(&doc.value.branches));
    let found: Vec<String> = if named.is_empty() {
        let all = Query::first(MOST_SHARERS, BRANCHES).after_id(None);
        let all: Vec<Doc<Value>> = store.query(all).await?;
        all.into_iter().map(|doc| doc.id).collect()
    } else {
        let ids: Vec<&str> = named.iter().map(String::as_str).collect();
        let known = store.get_many::<Value>(BRANCHES, &ids).await?;
        let named = named.iter().filter(|id| known.contains_key(*id));
        named.cloned().collect()
    };
    Ok(found
        .into_iter()
        .filter_map(|id| BranchId::parse(id).ok())
        .collect())
}

/// The texts of a list that somebody may have typed; ids that can name no document are left out.
fn texts(list: &Value) -> Vec<String> {
    let list = list.as_array().into_iter().flatten();
    list.filter_map(Value::as_str)
        .filter(|id| Uid::parse(*id).is_ok())
        .take(MOST_SHARERS as usize)
        .map(ToOwned::to_owned)
        .collect()
}

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
        if let Some(branch) = &self.founds {
            let document = BranchDoc {
                name: name.unwrap_or(branch.as_str()),
                assignment_mode: Mode::RoundRobin.as_str(),
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
