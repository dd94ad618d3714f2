//! Leads and the phone index as documents.
//!
//! A lead with a phone and its entry in the index are written by the same commit, always: the entry is what makes the
//! phone unique, since Firestore knows no unique fields. *Invariant:* whatever changes a lead here takes the policy's
//! permit, and names in `lastChange` whom it was given to.

mod contacts;
mod conversations;
mod documents;
mod history;
mod loose;

use std::collections::HashMap;

use serde::Serialize;

pub use self::contacts::Contact;
pub use self::conversations::CONVERSATIONS;
pub use self::documents::{
    AttributionDoc, ConsentDoc, LastChangeDoc, LeadDoc, PhoneIndexDoc, StoredLead, index_doc,
};
pub use self::history::{
    AssignmentDoc, Change, Changes, Entry, InquiryDoc, Kind, Native, SkippedDoc, claim_id,
};
pub use self::loose::Loose;
use super::{LeadStatus, NewLead, Placement};
use crate::ids::LeadId;
use crate::policy::Permit;
use crate::seal::KeyedDigest;
use crate::state::AppState;
use crate::store::{Doc, Guard, Query, Store, StoreError, Timestamp, UpdateTime, Writes};

/// The collection of leads.
pub const LEADS: &str = "leads";

/// The collection that names each phone's lead.
pub const PHONE_INDEX: &str = "phone_index";

/// Leads looked at when a phone turns out to be known. More than one carries the same phone only after clients wrote
/// them directly.
const LEADS_OF_A_PHONE: u32 = 20;

/// Conversations, leads and the phone index in Firestore.
#[derive(Debug, Clone)]
pub struct Leads {
    store: Store,
    digest: KeyedDigest,
}

/// A lead that is to be.
#[derive(Debug, Clone, Copy)]
pub struct Creation<'a> {
    /// Its id.
    pub id: &'a LeadId,
    /// What is known.
    pub lead: &'a NewLead,
    /// Where it will lie.
    pub placement: &'a Placement,
    /// How its phone stands in the index.
    pub entry: IndexEntry,
    /// The ad and the form that it came through, and what the person agreed to there.
    pub origin: Option<&'a Origin>,
    /// The present moment.
    pub now: jiff::Timestamp,
}

/// What is known of how a person came.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Origin {
    /// The ad and the form.
    pub attribution: Option<AttributionDoc>,
    /// What they agreed to, and when.
    pub consent: Option<ConsentDoc>,
}

/// What becomes of a phone's entry in the index when a lead is created.
#[derive(Debug, Clone, Copy)]
pub enum IndexEntry {
    /// There is none; if there is, nothing is written.
    New,
    /// It names a lead that is gone or has another phone by now.
    Replaces(UpdateTime),
}

impl Leads {
    /// The leads of an application.
    pub fn of(state: &AppState) -> Self {
        Self {
            store: state.store.clone(),
            digest: state.phone_digest.clone(),
        }
    }

    /// The database behind.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The name of a phone's entry in the index.
    pub fn index_id(&self, e164: &str) -> String {
        self.digest.hex(e164)
    }

    /// Reads a lead. One round trip.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn get(&self, id: &str) -> Result<Option<Doc<StoredLead>>, StoreError> {
        self.store.get(&format!("{LEADS}/{id}")).await
    }

    /// Reads leads. One round trip for each 300.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn get_many(
        &self,
        ids: &[&str],
    ) -> Result<HashMap<String, Doc<StoredLead>>, StoreError> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        self.store.get_many(LEADS, ids).await
    }

    /// The leads that carry a phone, the oldest first. One round trip.
    ///
    /// The leads themselves are asked, not the index: after a client's direct write the index may be behind, and who may
    /// know of a lead is decided by the lead.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn with_phone(&self, e164: &str) -> Result<Vec<Doc<StoredLead>>, StoreError> {
        let query = Query::first(LEADS_OF_A_PHONE, LEADS).eq("phone", e164);
        let mut found: Vec<Doc<StoredLead>> = self.store.query(query).await?;
        found.sort_by_key(|lead| (lead.value.created_at(), lead.id.clone()));
        Ok(found)
    }

    /// Reads a phone's entry in the index. One round trip.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn index_entry(&self, e164: &str) -> Result<Option<Doc<PhoneIndexDoc>>, StoreError> {
        self.store
            .get(&format!("{PHONE_INDEX}/{}", self.index_id(e164)))
            .await
    }

    /// Reads entries of the index by their names. One round trip for each 300.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn index_entries(
        &self,
        index_ids: &[&str],
    ) -> Result<HashMap<String, Doc<PhoneIndexDoc>>, StoreError> {
        if index_ids.is_empty() {
            return Ok(HashMap::new());
        }
        self.store.get_many(PHONE_INDEX, index_ids).await
    }

    /// Adds a new lead to a commit, and the entry of its phone.
    ///
    /// The commit fails with [`StoreError::AlreadyExists`] when the phone is known, or the lead itself.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when it cannot be stored.
    pub fn create(
        &self,
        writes: &mut Writes,
        permit: &Permit,
        creation: &Creation<'_>,
    ) -> Result<(), StoreError> {
        let &Creation {
            id,
            lead,
            placement,
            entry,
            origin,
            now,
        } = creation;
        let doc = LeadDoc {
            id: id.to_string(),
            name: lead.name.as_str().to_owned(),
            phone: lead.phone.as_ref().map(|phone| phone.as_e164().to_owned()),
            email: lead.email.clone().map(Into::into),
            source: lead.source.as_str().to_owned(),
            status: LeadStatus::New.as_str().to_owned(),
            lost_reason: None,
            assigned_to: placement.assigned_to().to_string(),
            branch_id: placement.branch_id().to_string(),
            note: lead.note.clone().map(Into::into),
            created_at: Timestamp(now),
            updated_at: Some(Timestamp(now)),
            submitted_at: Some(Timestamp(lead.submitted_at)),
            first_response_at: None,
            attribution: origin.and_then(|origin| origin.attribution.clone()),
            consent: origin.and_then(|origin| origin.consent.clone()),
            last_change: Some(stamp(permit, None, now)),
        };
        writes.create(&format!("{LEADS}/{id}"), &doc)?;
        if let Some(phone) = &lead.phone {
            let path = format!("{PHONE_INDEX}/{}", self.index_id(phone.as_e164()));
            let names = index_doc(id.as_str(), placement, now);
            match entry {
                IndexEntry::New => writes.create(&path, &names)?,
                IndexEntry::Replaces(read) => writes.put(&path, &names, Guard::Unchanged(read))?,
            };
        }
        Ok(())
    }

    /// Adds to a commit that a lead lies elsewhere from now on.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when it cannot be stored.
    pub fn relocate(
        &self,
        writes: &mut Writes,
        permit: &Permit,
        lead: &Doc<StoredLead>,
        placement: &Placement,
        now: jiff::Timestamp,
    ) -> Result<(), StoreError> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Moved<'a> {
            assigned_to: &'a str,
            branch_id: &'a str,
            updated_at: Timestamp,
            last_change: LastChangeDoc,
        }
        let moved = Moved {
            assigned_to: placement.assigned_to().as_str(),
            branch_id: placement.branch_id().as_str(),
            updated_at: Timestamp(now),
            last_change: stamp(permit, lead.value.last_change(), now),
        };
        writes.update(
            &format!("{LEADS}/{}", lead.id),
            &moved,
            &["assignedTo", "branchId", "updatedAt", "lastChange"],
            Guard::Unchanged(lead.update_time),
        )?;
        Ok(())
    }

    /// Adds to a commit when somebody first answered a lead's person.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when it cannot be stored.
    pub fn answered(
        &self,
        writes: &mut Writes,
        permit: &Permit,
        lead: &Doc<StoredLead>,
        at: jiff::Timestamp,
        now: jiff::Timestamp,
    ) -> Result<(), StoreError> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Answered {
            first_response_at: Timestamp,
            updated_at: Timestamp,
            last_change: LastChangeDoc,
        }
        let answered = Answered {
            first_response_at: Timestamp(at),
            updated_at: Timestamp(now),
            last_change: stamp(permit, lead.value.last_change(), now),
        };
        writes.update(
            &format!("{LEADS}/{}", lead.id),
            &answered,
            &["firstResponseAt", "updatedAt", "lastChange"],
            Guard::Unchanged(lead.update_time),
        )?;
        Ok(())
    }

    /// Adds to a commit that a phone's entry names this lead at this place. The guard is the entry as it was read.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when it cannot be stored.
    pub fn index(
        &self,
        writes: &mut Writes,
        _: &Permit,
        e164: &str,
        names: &PhoneIndexDoc,
        read: Option<UpdateTime>,
    ) -> Result<(), StoreError> {
        let path = format!("{PHONE_INDEX}/{}", self.index_id(e164));
        match read {
            Some(read) => writes.put(&path, names, Guard::Unchanged(read))?,
            None => writes.create(&path, names)?,
        };
        Ok(())
    }

    /// Adds to a commit that a phone is nobody's. The guard is the entry as it was read.
    pub fn unindex(&self, writes: &mut Writes, _: &Permit, e164: &str, read: UpdateTime) {
        let path = format!("{PHONE_INDEX}/{}", self.index_id(e164));
        writes.delete(&path, Guard::Unchanged(read));
    }
}

/// Signs a change. Two changes of one lead are never signed alike, also within one tick of the clock: the history tells
/// by the mark's change that it is new.
fn stamp(
    permit: &Permit,
    last: Option<(&str, jiff::Timestamp)>,
    now: jiff::Timestamp,
) -> LastChangeDoc {
    let at = match last {
        Some((_, last)) if last >= now => last
            .checked_add(jiff::SignedDuration::from_micros(1))
            .unwrap_or(now),
        _ => now,
    };
    LastChangeDoc {
        by: permit
            .actor()
            .uid()
            .map_or_else(|| "service".to_owned(), ToString::to_string),
        at: Timestamp(at),
    }
}
