//! `createLead`: one person, typed in.

use serde::{Deserialize, Serialize};

use super::store::{Creation, IndexEntry, Leads, StoredLead};
use super::{NewLead, Placement, assignee, request};
use crate::error::Error;
use crate::extract::Caller;
use crate::ids::LeadId;
use crate::leads::phone::Phone;
use crate::policy::{Action, Actor, Decision, Permit, authorize, decide};
use crate::state::AppState;
use crate::store::{Doc, StoreError, Writes};

/// What `createLead` takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct CreateLead {
    name: String,
    phone: String,
    #[cfg_attr(test, ts(as = "crate::leads::LeadSource"))]
    source: String,
    email: Option<String>,
    note: Option<String>,
    assigned_to: Option<String>,
    submitted_at: Option<String>,
}

/// What `createLead` answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LeadCreated {
    lead_id: String,
    created: bool,
}

/// `createLead`: the lead of a phone, made if there is none.
///
/// Round trips: 1 when the phone is new, for lead and index entry go in one commit that fails as a whole; 2 when it is
/// known. One more where the answer needs it: to read `users/{assignedTo}` when PUSAT or a branch names a person, and to
/// record the claim on a lead outside the caller's scope. Finding that the index names a lead that is gone costs 4, once.
///
/// # Idempotency
/// The phone is the key: a call repeated after an unknown outcome finds the lead that the first one made.
///
/// # Errors
/// `ALREADY_EXISTS` when the phone's lead is out of the caller's scope, recorded in that lead's history;
/// `INVALID_ARGUMENT` with the field; `PERMISSION_DENIED` when the caller has no branch or may not give leads to
/// `assignedTo`; `NOT_FOUND`, `FAILED_PRECONDITION` about `assignedTo` as [`assignee::find`] says.
pub async fn create_lead(
    state: AppState,
    caller: Caller,
    data: CreateLead,
) -> Result<LeadCreated, Error> {
    let now = state.clock.now();
    let phone = request::phone("phone", &data.phone)?;
    let to = data
        .assigned_to
        .as_deref()
        .map(|uid| request::uid(assignee::FIELD, uid))
        .transpose()?;
    let lead = NewLead {
        name: request::name("name", &data.name)?,
        phone: Some(phone.clone()),
        email: request::email("email", data.email.as_deref())?,
        source: request::source("source", &data.source)?,
        note: request::note("note", data.note.as_deref())?,
        submitted_at: request::submitted_at("submittedAt", data.submitted_at.as_deref(), now)?,
    };
    let target = match &to {
        Some(to) => assignee::find(&state.store, &caller, to).await?,
        None => assignee::default_for(&caller)?,
    };
    let action = Action::CreateLead {
        after: &target.placement.facts(),
        assignee: target.assignee.as_ref(),
    };
    let intake = Intake {
        leads: Leads::of(&state),
        permit: authorize(&caller.actor(), &action)?,
        // Histories are kept on the service's account; who claimed stands in the entry.
        recording: authorize(&Actor::Service, &Action::RecordLeadHistory)?,
        caller: &caller,
        lead: &lead,
        placement: &target.placement,
        now,
    };
    match state.store.retrying(|| intake.attempt(&phone)).await? {
        Outcome::Created(id) => Ok(LeadCreated {
            lead_id: id.into(),
            created: true,
        }),
        Outcome::Known(id) => Ok(LeadCreated {
            lead_id: id,
            created: false,
        }),
        Outcome::Taken => Err(request::taken()),
    }
}

enum Outcome {
    Created(LeadId),
    Known(String),
    Taken,
}

struct Intake<'a> {
    leads: Leads,
    permit: Permit,
    recording: Permit,
    caller: &'a Caller,
    lead: &'a NewLead,
    placement: &'a Placement,
    now: jiff::Timestamp,
}

impl Intake<'_> {
    async fn attempt(&self, phone: &Phone) -> Result<Outcome, StoreError> {
        match self.create(IndexEntry::New).await {
            Err(StoreError::AlreadyExists) => {}
            other => return other,
        }
        let found = self.leads.with_phone(phone.as_e164()).await?;
        if let Some(seen) = found.iter().find(|lead| may_see(self.caller, &lead.value)) {
            return Ok(Outcome::Known(seen.id.clone()));
        }
        if let Some(hidden) = found.first() {
            self.record_claim(hidden).await?;
            return Ok(Outcome::Taken);
        }
        match self.leads.index_entry(phone.as_e164()).await? {
            Some(stale) => self.create(IndexEntry::Replaces(stale.update_time)).await,
            // It went between two looks: begin anew.
            None => Err(StoreError::Conflict),
        }
    }

    async fn create(&self, entry: IndexEntry) -> Result<Outcome, StoreError> {
        let id = LeadId::random();
        let mut writes = Writes::new();
        self.leads.create(
            &mut writes,
            &self.permit,
            &Creation {
                id: &id,
                lead: self.lead,
                placement: self.placement,
                entry,
                origin: None,
                now: self.now,
            },
        )?;
        self.leads.store().commit(writes).await?;
        Ok(Outcome::Created(id))
    }

    async fn record_claim(&self, lead: &Doc<StoredLead>) -> Result<(), StoreError> {
        let mut writes = Writes::new();
        self.leads.claim(
            &mut writes,
            &self.recording,
            lead,
            self.caller.uid(),
            self.now,
        )?;
        self.leads.store().commit(writes).await
    }
}

/// Whether the caller may know of a lead.
pub(super) fn may_see(caller: &Caller, lead: &StoredLead) -> bool {
    decide(&caller.actor(), &Action::ReadLead(&lead.facts())) == Decision::Allow
}
