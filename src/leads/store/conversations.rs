//! Conversations as far as leads go: which lead each is with, and that it lies where its lead lies.

use serde::Serialize;

use super::{Change, Changes, Entry, Kind, LEADS, LastChangeDoc, Leads, Native, StoredLead, stamp};
use crate::ids::{ConversationId, LeadId};
use crate::leads::Placement;
use crate::policy::Permit;
use crate::seal::digest_hex;
use crate::store::{Doc, Guard, Query, StoreError, Timestamp, Writes};
use gcloud_sdk::google::firestore::v1::Value;
use gcloud_sdk::google::firestore::v1::value::ValueType;

/// The collection of conversations, of which two fields follow their lead.
pub const CONVERSATIONS: &str = "conversations";

/// Conversations read at a time when a lead moves.
const CONVERSATIONS_A_PAGE: u32 = 300;

impl Leads {
    /// Reads a conversation. One round trip.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn conversation(
        &self,
        id: &ConversationId,
    ) -> Result<Option<Doc<StoredLead>>, StoreError> {
        self.store.get(&format!("{CONVERSATIONS}/{id}")).await
    }

    /// The conversations with the person of a lead. One round trip for each 300.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn conversations(&self, lead: &LeadId) -> Result<Vec<Doc<StoredLead>>, StoreError> {
        let mut all: Vec<Doc<StoredLead>> = Vec::new();
        loop {
            let page = Query::first(CONVERSATIONS_A_PAGE, CONVERSATIONS)
                .eq("leadId", lead.as_str())
                .after_id(all.last().map(|last| last.id.as_str()));
            let page: Vec<Doc<StoredLead>> = self.store.query(page).await?;
            let more = page.len() == CONVERSATIONS_A_PAGE as usize;
            all.extend(page);
            if !more {
                return Ok(all);
            }
        }
    }

    /// Adds to a commit that a conversation lies elsewhere from now on.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when it cannot be stored.
    pub fn relocate_conversation(
        &self,
        writes: &mut Writes,
        _: &Permit,
        conversation: &Doc<StoredLead>,
        placement: &Placement,
    ) -> Result<(), StoreError> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Moved<'a> {
            assigned_to: &'a str,
            branch_id: &'a str,
        }
        let moved = Moved {
            assigned_to: placement.assigned_to().as_str(),
            branch_id: placement.branch_id().as_str(),
        };
        writes.update(
            &format!("{CONVERSATIONS}/{}", conversation.id),
            &moved,
            &["assignedTo", "branchId"],
            Guard::Unchanged(conversation.update_time),
        )?;
        Ok(())
    }

    /// Adds to a commit that a conversation is with a lead's person, or with `None` with nobody's that is known, and lies
    /// where `placement` says, if it says so.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when it cannot be stored.
    pub fn link_conversation(
        &self,
        writes: &mut Writes,
        _: &Permit,
        conversation: &Doc<StoredLead>,
        lead_id: Option<&LeadId>,
        placement: Option<&Placement>,
    ) -> Result<(), StoreError> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Linked<'a> {
            lead_id: Option<&'a str>,
            assigned_to: Option<&'a str>,
            branch_id: Option<&'a str>,
        }
        let linked = Linked {
            lead_id: lead_id.map(LeadId::as_str),
            assigned_to: placement.map(|place| place.assigned_to().as_str()),
            branch_id: placement.map(|place| place.branch_id().as_str()),
        };
        let fields: &[&str] = if placement.is_some() {
            &["leadId", "assignedTo", "branchId"]
        } else {
            &["leadId"]
        };
        writes.update(
            &format!("{CONVERSATIONS}/{}", conversation.id),
            &linked,
            fields,
            Guard::Unchanged(conversation.update_time),
        )?;
        Ok(())
    }

    /// Adds to a commit that a lead's history tells of a conversation that was linked to it, or no longer is. The lead is
    /// signed along with it, which holds it to what was read.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when it cannot be stored.
    pub fn note_link(
        &self,
        writes: &mut Writes,
        permit: &Permit,
        lead: &Doc<StoredLead>,
        conversation: &ConversationId,
        linked: bool,
        now: jiff::Timestamp,
    ) -> Result<(), StoreError> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Signed {
            updated_at: Timestamp,
            last_change: LastChangeDoc,
        }
        let signature = stamp(permit, lead.value.last_change(), now);
        let (branch_id, assigned_to) = lead.value.place();
        let named = Value {
            value_type: Some(ValueType::StringValue(conversation.to_string())),
        };
        let (before, after) = if linked {
            (None, Some(Native(&named)))
        } else {
            (Some(Native(&named)), None)
        };
        let change = Change { before, after };
        let entry = Entry {
            at: Timestamp(now),
            kind: if linked { Kind::Linked } else { Kind::Unlinked },
            by: Some(signature.by.clone()),
            by_stated: true,
            changes: Changes::from([("conversationId", change)]),
            branch_id,
            assigned_to,
            duplicate_of: None,
            inquiry: None,
            assignment: None,
        };
        let name = format!("{conversation}\n{linked}\n{:?}", signature.at.0);
        let name = &digest_hex(name.as_bytes())[..32];
        let path = format!("{LEADS}/{}/history/link-{name}", lead.id);
        writes.put(&path, &entry, Guard::None)?;
        let signed = Signed {
            updated_at: Timestamp(now),
            last_change: signature,
        };
        writes.update(
            &format!("{LEADS}/{}", lead.id),
            &signed,
            &["updatedAt", "lastChange"],
            Guard::Unchanged(lead.update_time),
        )?;
        Ok(())
    }
}
