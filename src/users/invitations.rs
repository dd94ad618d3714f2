//! `invitations/{digest of the e-mail address}`: the role that waits for somebody.
//!
//! # Shape
//! email, role, branchId?, displayName?, invitedBy, createdAt, acceptedBy?, acceptedAt?. The id is the SHA-256 of the
//! address in lower case, so that one read finds it.

use serde::{Deserialize, Serialize};

use super::Place;
use super::store::StoredUser;
use crate::ids::{BranchId, Uid};
use crate::policy::{Permit, Role};
use crate::seal::digest_hex;
use crate::store::{Doc, Guard, Store, StoreError, Timestamp, Writes};

const INVITATIONS: &str = "invitations";

/// An invitation.
#[derive(Debug, Clone, PartialEq)]
pub struct Invitation {
    /// The address invited, in lower case.
    pub email: String,
    /// The role to be.
    pub role: Role,
    /// The branch to be; a CABANG without one founds its own.
    pub branch: Option<BranchId>,
    /// The name that the inviter knows.
    pub display_name: Option<String>,
    /// Who has accepted it.
    pub accepted_by: Option<Uid>,
    created_at: Timestamp,
}

/// An invitation as stored.
pub type StoredInvitation = Doc<Invitation>;

/// An invitation to be.
#[derive(Debug, Clone)]
pub struct NewInvitation<'a> {
    /// The address, in lower case.
    pub email: &'a str,
    /// The role.
    pub role: Role,
    /// The branch.
    pub branch: Option<&'a BranchId>,
    /// The name.
    pub display_name: Option<&'a str>,
    /// Who invites: a uid, or `service` for the command line.
    pub invited_by: &'a str,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "Invitation", optional_fields))]
pub(crate) struct InvitationDoc {
    email: String,
    #[cfg_attr(test, ts(as = "Role"))]
    role: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    branch_id: Option<BranchId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    invited_by: String,
    created_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    accepted_by: Option<Uid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    accepted_at: Option<Timestamp>,
}

/// The id of the invitation for an address.
pub fn id(email: &str) -> String {
    digest_hex(normalised(email).as_bytes())
}

/// An address as Firebase Authentication keeps it.
pub fn normalised(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Reads the invitation for an address. One round trip.
///
/// # Errors
/// As [`Store::get`].
pub async fn get(store: &Store, email: &str) -> Result<Option<StoredInvitation>, StoreError> {
    let found: Option<Doc<InvitationDoc>> = store.get(&path(&id(email))).await?;
    let Some(doc) = found else {
        return Ok(None);
    };
    let role = Role::parse(&doc.value.role)
        .map_err(|_| StoreError::Corrupt("an invitation has an unknown role".to_owned()))?;
    Ok(Some(Doc {
        id: doc.id,
        update_time: doc.update_time,
        value: Invitation {
            email: doc.value.email,
            role,
            branch: doc.value.branch_id,
            display_name: doc.value.display_name,
            accepted_by: doc.value.accepted_by,
            created_at: doc.value.created_at,
        },
    }))
}

impl Invitation {
    /// The place that it gives to this account; `None` once it was accepted. Whoever accepted it has a document since, in
    /// the same commit: an invitation never brings back what was taken from them later.
    pub fn place_for(&self, uid: &Uid) -> Option<Place> {
        if !self.waits() {
            return None;
        }
        Place::new(uid, self.role, self.branch.clone()).ok()
    }

    /// Whether it waits for somebody.
    pub fn waits(&self) -> bool {
        self.accepted_by.is_none()
    }

    /// Whether it is older than what was last decided about this person, and by that void.
    pub fn is_overruled(&self, stored: &StoredUser) -> bool {
        stored
            .changed_at()
            .is_some_and(|decided| decided >= self.created_at)
    }
}

/// Writes an invitation, in the place of the one that was read or of none.
///
/// # Errors
/// As [`Writes::create`].
pub fn put(
    _: &Permit,
    writes: &mut Writes,
    invitation: &NewInvitation<'_>,
    replaced: Option<&StoredInvitation>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let document = InvitationDoc {
        email: invitation.email.to_owned(),
        role: invitation.role.to_string(),
        branch_id: invitation.branch.cloned(),
        display_name: invitation.display_name.map(ToOwned::to_owned),
        invited_by: invitation.invited_by.to_owned(),
        created_at: now,
        accepted_by: None,
        accepted_at: None,
    };
    let path = path(&id(invitation.email));
    match replaced {
        Some(doc) => writes.put(&path, &document, Guard::Unchanged(doc.update_time))?,
        None => writes.create(&path, &document)?,
    };
    Ok(())
}

/// Notes who accepted, provided that the invitation is still the one that was read.
///
/// # Errors
/// As [`Writes::update`].
pub fn accept(
    _: &Permit,
    writes: &mut Writes,
    invitation: &StoredInvitation,
    uid: &Uid,
    now: Timestamp,
) -> Result<(), StoreError> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Accepted<'a> {
        accepted_by: &'a Uid,
        accepted_at: Timestamp,
    }
    let accepted = Accepted {
        accepted_by: uid,
        accepted_at: now,
    };
    writes.update(
        &path(&invitation.id),
        &accepted,
        &["acceptedBy", "acceptedAt"],
        Guard::Unchanged(invitation.update_time),
    )?;
    Ok(())
}

fn path(id: &str) -> String {
    format!("{INVITATIONS}/{id}")
}
