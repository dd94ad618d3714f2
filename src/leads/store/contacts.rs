//! What intake writes about people who are known already: their phone, that they came again, which conversation is theirs.

use serde::Serialize;

use super::{CONVERSATIONS, LEADS, LastChangeDoc, Leads, Loose, PhoneIndexDoc, StoredLead, stamp};
use crate::leads::Placement;
use crate::leads::phone::Phone;
use crate::policy::Permit;
use crate::store::{Doc, Guard, Query, StoreError, Timestamp, UpdateTime, Writes};

/// Conversations looked at that one person may have with us.
const OF_ONE_PERSON: u32 = 20;

/// By what a contact is known.
#[derive(Debug, Clone, Copy)]
pub enum Contact<'a> {
    /// The phone.
    Phone(&'a str),
    /// The id that a business's users have beside their phone.
    UserId(&'a str),
}

impl Leads {
    /// Reads what a conversation tells of its contact. One round trip.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn contact_of(&self, conversation: &str) -> Result<Option<Doc<Loose>>, StoreError> {
        self.store
            .get(&format!("{CONVERSATIONS}/{conversation}"))
            .await
    }

    /// The conversations whose contact has this phone in E.164 form, or this business-scoped id. One round trip.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn conversations_with(
        &self,
        who: Contact<'_>,
    ) -> Result<Vec<Doc<Loose>>, StoreError> {
        let (field, value) = match who {
            Contact::Phone(e164) => ("contactPhone", e164),
            Contact::UserId(id) => ("contactUserId", id),
        };
        let query = Query::first(OF_ONE_PERSON, CONVERSATIONS).eq(field, value);
        self.store.query(query).await
    }

    /// Adds to a commit that a conversation turned out to be with the person of a lead, and, with a place, that it lies
    /// there from now on.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when it cannot be stored.
    pub fn recognise(
        &self,
        writes: &mut Writes,
        _: &Permit,
        conversation: &Doc<Loose>,
        lead_id: &str,
        to: Option<&Placement>,
    ) -> Result<(), StoreError> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Linked<'a> {
            lead_id: &'a str,
            assigned_to: Option<&'a str>,
            branch_id: Option<&'a str>,
        }
        let linked = Linked {
            lead_id,
            assigned_to: to.map(|to| to.assigned_to().as_str()),
            branch_id: to.map(|to| to.branch_id().as_str()),
        };
        let fields: &[&str] = match to {
            Some(_) => &["leadId", "assignedTo", "branchId"],
            None => &["leadId"],
        };
        writes.update(
            &format!("{CONVERSATIONS}/{}", conversation.id),
            &linked,
            fields,
            Guard::Unchanged(conversation.update_time),
        )?;
        Ok(())
    }

    /// Adds to a commit that the person of a lead has shared their phone, which is nobody's yet. The commit fails with
    /// [`StoreError::AlreadyExists`] when it is somebody's.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when it cannot be stored.
    pub fn join_phone(
        &self,
        writes: &mut Writes,
        permit: &Permit,
        lead: &Doc<StoredLead>,
        phone: &Phone,
        entry: Option<UpdateTime>,
        now: jiff::Timestamp,
    ) -> Result<(), StoreError> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Shared<'a> {
            phone: &'a str,
            updated_at: Timestamp,
            last_change: LastChangeDoc,
        }
        let (branch_id, assigned_to) = lead.value.place();
        let names = PhoneIndexDoc {
            lead_id: lead.id.clone(),
            branch_id: branch_id.map(ToOwned::to_owned),
            assigned_to: assigned_to.map(ToOwned::to_owned),
            updated_at: Timestamp(now),
        };
        let shared = Shared {
            phone: phone.as_e164(),
            updated_at: Timestamp(now),
            last_change: stamp(permit, lead.value.last_change(), now),
        };
        writes.update(
            &format!("{LEADS}/{}", lead.id),
            &shared,
            &["phone", "updatedAt", "lastChange"],
            Guard::Unchanged(lead.update_time),
        )?;
        self.index(writes, permit, phone.as_e164(), &names, entry)
    }

    /// Adds to a commit that something new is to be seen about a lead: lists by the last change show it on top.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when it cannot be stored.
    pub fn touch(
        &self,
        writes: &mut Writes,
        permit: &Permit,
        lead: &Doc<StoredLead>,
        now: jiff::Timestamp,
    ) -> Result<(), StoreError> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Touched {
            updated_at: Timestamp,
            last_change: LastChangeDoc,
        }
        let touched = Touched {
            updated_at: Timestamp(now),
            last_change: stamp(permit, lead.value.last_change(), now),
        };
        writes.update(
            &format!("{LEADS}/{}", lead.id),
            &touched,
            &["updatedAt", "lastChange"],
            Guard::Unchanged(lead.update_time),
        )?;
        Ok(())
    }
}
