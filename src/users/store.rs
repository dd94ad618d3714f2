//! `users/{uid}` as Firestore holds it.
//!
//! # Shape
//! uid, email?, displayName?, role, branchId?, parentId? (a partner's branch), connectedAccounts {facebook, instagram,
//! whatsapp}, disabled, createdAt, updatedAt; `roleError`, why an administrator's edit was taken back; `changedBy`, who
//! changed place or access last through a callable, and to what.
//!
//! Administrators edit these documents by hand, so reading takes whatever they hold, and the writes name the fields they
//! touch. *Invariant:* what changes something asks for a [`Permit`].

mod documents;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use self::documents::ChangedBy;
pub(crate) use self::documents::UserDoc;
use self::documents::{ConnectedAccounts, StandingFields};
use super::{Place, User};
use crate::ids::Uid;
use crate::policy::{Permit, Role};
use crate::store::{Doc, Guard, Query, Store, StoreError, Timestamp, UpdateTime, Writes};

/// The collection.
pub const USERS: &str = "users";

/// Head office's accounts that are looked through for one that stays.
const PUSAT_LIMIT: u32 = 50;

/// The fields that say where a person stands and who may not come in.
const STANDING_FIELDS: [&str; 5] = ["role", "branchId", "parentId", "disabled", "updatedAt"];

/// A user as stored.
#[derive(Debug, Clone)]
pub struct StoredUser {
    /// What the document says.
    pub user: User,
    /// When it was last written.
    pub update_time: UpdateTime,
    fields: UserFields,
}

/// Whatever the fields hold.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct UserFields {
    email: Value,
    role: Value,
    branch_id: Value,
    parent_id: Value,
    disabled: Value,
    role_error: Value,
    changed_by: Value,
}

/// What becomes of `roleError`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoleError {
    /// It stays as it is.
    Keep,
    /// It is removed.
    Clear,
    /// It says this.
    Set(String),
}

/// Where a document shall say that its person stands.
#[derive(Debug, Clone)]
pub struct Standing<'a> {
    /// The place.
    pub place: &'a Place,
    /// Whether the account is closed.
    pub disabled: bool,
    /// What becomes of `roleError`.
    pub role_error: RoleError,
    /// The person who wants it so; `None` for the service.
    pub by: Option<&'a Uid>,
}

/// A person's document to be.
#[derive(Debug, Clone)]
pub struct NewUser<'a> {
    /// The uid.
    pub uid: &'a Uid,
    /// The e-mail address of the account.
    pub email: Option<&'a str>,
    /// The name.
    pub display_name: Option<&'a str>,
    /// Where the person stands.
    pub place: &'a Place,
    /// Whether the account is closed.
    pub disabled: bool,
}

impl UserFields {
    /// What the fields say of a person.
    pub fn user(&self, uid: Uid) -> User {
        User {
            place: Place::asked_for(&uid, &self.role, &self.branch_id),
            email: self.email.as_str().map(ToOwned::to_owned),
            // The console offers a text first, so that "true" is what a hurried administrator leaves.
            disabled: match &self.disabled {
                Value::Bool(disabled) => *disabled,
                Value::String(text) => text.eq_ignore_ascii_case("true"),
                _ => false,
            },
            uid,
        }
    }
}

impl StoredUser {
    fn of(doc: Doc<UserFields>) -> Option<Self> {
        Some(Self {
            user: doc.value.user(Uid::parse(doc.id).ok()?),
            update_time: doc.update_time,
            fields: doc.value,
        })
    }

    /// Whether the fields say that the person stands here, in the form that queries and rules rely on.
    pub fn says(&self, place: &Place) -> bool {
        let branch = place.branch().map(AsRef::as_ref);
        let parent = place.parent().map(AsRef::as_ref);
        let is = |field: &Value, text: Option<&str>| {
            field.as_str() == text && (text.is_some() || field.is_null())
        };
        is(&self.fields.role, Some(place.role().as_str()))
            && is(&self.fields.branch_id, branch)
            && is(&self.fields.parent_id, parent)
            && (self.fields.disabled.is_boolean() || self.fields.disabled.is_null())
    }

    /// Whether the document still tells why an edit was taken back.
    pub fn has_role_error(&self) -> bool {
        !self.fields.role_error.is_null()
    }

    /// Who put the person where the document says; `None` when somebody did so by hand.
    pub fn changed_by(&self) -> Option<Uid> {
        let said = self.said()?;
        let place = self.user.place.as_ref().ok()?;
        (said.role == place.role().as_str()
            && said.branch_id.as_deref() == place.branch().map(AsRef::as_ref)
            && said.disabled == self.user.disabled)
            .then_some(said.uid)
    }

    /// When a person last put this one somewhere through a callable.
    pub fn changed_at(&self) -> Option<Timestamp> {
        self.said().map(|said| said.at)
    }

    fn said(&self) -> Option<ChangedBy> {
        serde_json::from_value(self.fields.changed_by.clone()).ok()
    }
}

/// Reads a user. One round trip.
///
/// # Errors
/// As [`Store::get`].
pub async fn get(store: &Store, uid: &Uid) -> Result<Option<StoredUser>, StoreError> {
    let found = store.get(&path(uid)).await?;
    Ok(found.and_then(StoredUser::of))
}

/// Reads users. One round trip.
///
/// # Errors
/// As [`Store::get`].
pub async fn get_many(
    store: &Store,
    uids: &[&str],
) -> Result<HashMap<String, StoredUser>, StoreError> {
    let found = store.get_many(USERS, uids).await?;
    let users = found
        .into_iter()
        .filter_map(|(uid, doc)| Some((uid, StoredUser::of(doc)?)));
    Ok(users.collect())
}

/// A page of all users in the order of their uids. One round trip.
///
/// # Errors
/// As [`Store::query`].
pub async fn page(
    store: &Store,
    size: u32,
    after: Option<&str>,
) -> Result<Vec<StoredUser>, StoreError> {
    let found = store
        .query(Query::first(size, USERS).after_id(after))
        .await?;
    Ok(found.into_iter().filter_map(StoredUser::of).collect())
}

/// A PUSAT whose account is open, other than this one. One round trip.
///
/// # Errors
/// As [`Store::query`].
pub async fn another_pusat(store: &Store, uid: &Uid) -> Result<Option<StoredUser>, StoreError> {
    let all = Query::first(PUSAT_LIMIT, USERS).eq("role", Role::Pusat.as_str());
    let found = store.query(all).await?;
    Ok(found.into_iter().filter_map(StoredUser::of).find(|other| {
        other.user.uid != *uid && other.user.place == Ok(Place::Pusat) && !other.user.disabled
    }))
}

/// Whether anybody but this person belongs to the branch that carries their name. One round trip.
///
/// # Errors
/// As [`Store::query`].
pub async fn has_members(store: &Store, founder: &Uid) -> Result<bool, StoreError> {
    let members = Query::first(2, USERS).eq("branchId", founder.as_str());
    let found: Vec<Doc<UserFields>> = store.query(members).await?;
    Ok(found.iter().any(|doc| doc.id != founder.as_str()))
}

/// Creates a document; the commit fails when there is one.
///
/// # Errors
/// As [`Writes::create`].
pub fn create(
    _: &Permit,
    writes: &mut Writes,
    user: &NewUser<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    writes.create(
        &path(user.uid),
        &UserDoc {
            uid: user.uid,
            email: user.email,
            display_name: user.display_name,
            connected_accounts: ConnectedAccounts::default(),
            created_at: now,
            standing: StandingFields::of(user.place, user.disabled, now),
            role_error: None,
            changed_by: None,
        },
    )?;
    Ok(())
}

/// Says where a person stands, provided that nobody wrote the document since it was read.
///
/// # Errors
/// As [`Writes::update`].
pub fn put_standing(
    _: &Permit,
    writes: &mut Writes,
    stored: &StoredUser,
    standing: &Standing<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Update<'a> {
        #[serde(flatten)]
        standing: StandingFields<'a>,
        #[serde(skip_serializing_if = "Option::is_none")]
        role_error: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        changed_by: Option<ChangedBy>,
    }
    let mut fields = STANDING_FIELDS.to_vec();
    let role_error = match &standing.role_error {
        RoleError::Keep => None,
        RoleError::Clear => {
            fields.push("roleError");
            None
        }
        RoleError::Set(text) => {
            fields.push("roleError");
            Some(text.as_str())
        }
    };
    let place = standing.place;
    let changed_by = standing.by.map(|by| ChangedBy {
        uid: by.clone(),
        at: now,
        role: place.role().to_string(),
        branch_id: place.branch().map(ToString::to_string),
        disabled: standing.disabled,
    });
    if changed_by.is_some() {
        fields.push("changedBy");
    }
    writes.update(
        &path(&stored.user.uid),
        &Update {
            standing: StandingFields::of(place, standing.disabled, now),
            role_error,
            changed_by,
        },
        &fields,
        Guard::Unchanged(stored.update_time),
    )?;
    Ok(())
}

/// Closes the document of an account that is gone, if there is a document.
///
/// # Errors
/// As [`Writes::update`].
pub fn close(_: &Permit, writes: &mut Writes, uid: &Uid, now: Timestamp) -> Result<(), StoreError> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Closed {
        disabled: bool,
        updated_at: Timestamp,
    }
    let closed = Closed {
        disabled: true,
        updated_at: now,
    };
    writes.update(
        &path(uid),
        &closed,
        &["disabled", "updatedAt"],
        Guard::Exists,
    )?;
    Ok(())
}

/// Makes the commit fail when a user's document is no longer as it was read; changes nothing in it.
///
/// # Errors
/// As [`Writes::update`].
pub fn hold(writes: &mut Writes, stored: &StoredUser) -> Result<(), StoreError> {
    #[derive(Serialize)]
    struct Unchanged<'a> {
        role: &'a Value,
    }
    let role = &stored.fields.role;
    writes.update(
        &path(&stored.user.uid),
        &Unchanged { role },
        &["role"],
        Guard::Unchanged(stored.update_time),
    )?;
    Ok(())
}

fn path(uid: &Uid) -> String {
    format!("{USERS}/{uid}")
}
