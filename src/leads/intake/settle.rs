//! The end of an intake: one commit that makes the lead, or adds to the one there is, and closes the row with it.

use super::form::FormLead;
use super::store::{self as rows, Row};
use super::{Ending, Obstacle, form};
use crate::channels::Channel;
use crate::error::Error;
use crate::ids::{BranchId, LeadId, Uid};
use crate::jobs::Lease;
use crate::leads::routing::{self, Route};
use crate::leads::store::{
    AssignmentDoc, AttributionDoc, ConsentDoc, Creation, Entry, IndexEntry, InquiryDoc, Kind,
    Leads, Loose, Origin, StoredLead,
};
use crate::leads::{NewLead, Placement};
use crate::policy::{Action, Actor, LeadFacts, Permit, authorize};
use crate::seal::digest_hex;
use crate::state::AppState;
use crate::store::{Doc, StoreError, Timestamp, UpdateTime, Writes};
use crate::users::{self, Place};

/// A row under its worker's lease, and where it came in.
pub(super) struct Case<'a> {
    pub(super) state: &'a AppState,
    pub(super) leads: Leads,
    pub(super) keeping: Permit,
    pub(super) recording: Permit,
    pub(super) row_id: &'a str,
    pub(super) lease: &'a Lease,
}

/// How an attempt ended.
#[derive(Debug)]
pub(super) enum Outcome {
    /// The row is done, and this commit did it. With the place of a lead that was just made.
    Settled(Ending, Option<(LeadId, Placement)>),
    /// Somebody else has the row by now.
    Lost,
    /// It cannot be done now.
    Kept(Obstacle),
}

/// Somebody who may become a lead.
#[derive(Debug)]
pub(super) struct Newcomer {
    /// The lead to be: the same at each attempt.
    pub(super) id: LeadId,
    pub(super) person: NewLead,
    pub(super) origin: Origin,
}

impl Newcomer {
    /// The person behind a form.
    pub(super) fn of_form(
        leadgen_id: &str,
        page_id: &str,
        read: FormLead,
        ads: form::AdIds,
    ) -> Result<Self, Error> {
        let at = Timestamp(read.person.submitted_at);
        Ok(Self {
            id: lead_id("leadgen", leadgen_id)?,
            origin: Origin {
                attribution: Some(AttributionDoc {
                    page_id: Some(page_id.to_owned()).filter(|id| !id.is_empty()),
                    form_id: read.form_id,
                    ad_id: ads.ad,
                    adset_id: ads.adset,
                    campaign_id: ads.campaign,
                    answers: form::answers_doc(&read.answers),
                }),
                consent: read.consent.map(|text| ConsentDoc { text, at }),
            },
            person: read.person,
        })
    }
}

/// The id of the lead that something outside stands for, the same each time.
pub(super) fn lead_id(kind: &str, id: &str) -> Result<LeadId, Error> {
    let digest = digest_hex(format!("{kind}\n{id}").as_bytes());
    LeadId::parse(&digest[..32]).map_err(|error| Error::internal(error.to_string()))
}

impl Case<'_> {
    pub(super) fn now(&self) -> jiff::Timestamp {
        self.state.clock.now()
    }

    /// The row, if it is still this worker's. One round trip.
    pub(super) async fn row(&self) -> Result<Option<Row>, StoreError> {
        let row = rows::get(&self.state.store, self.row_id).await?;
        Ok(row.filter(|row| row.is_held_by(self.lease)))
    }

    /// Closes the row without a lead of its own. One commit.
    pub(super) async fn close(
        &self,
        mut writes: Writes,
        row: &Row,
        ending: Ending,
        lead: Option<&str>,
    ) -> Result<Outcome, Error> {
        let lead = lead.and_then(|id| LeadId::parse(id).ok());
        rows::finish(
            &mut writes,
            &self.keeping,
            row,
            ending,
            lead.as_ref(),
            self.now(),
        )?;
        self.state.store.commit(writes).await?;
        Ok(Outcome::Settled(ending, None))
    }

    /// Adds to a commit a lead that nobody had: the lead, the index entry of its phone, the turn that moved on, and how its
    /// holder was found.
    pub(super) fn create(
        &self,
        writes: &mut Writes,
        newcomer: &Newcomer,
        place: &Found,
        entry: Option<UpdateTime>,
    ) -> Result<(), Error> {
        let (placement, now) = (place.placement(), self.now());
        let facts = placement.facts();
        let creating = authorize(
            &Actor::Service,
            &Action::CreateLead {
                after: &facts,
                assignee: None,
            },
        )?;
        let creation = Creation {
            id: &newcomer.id,
            lead: &newcomer.person,
            placement,
            entry: entry.map_or(IndexEntry::New, IndexEntry::Replaces),
            origin: Some(&newcomer.origin),
            now,
        };
        self.leads.create(writes, &creating, &creation)?;
        if let Found::Routed(route) = place {
            route.write(writes, &self.keeping, now)?;
            let entry = Entry {
                assignment: Some(route.assignment()),
                ..entry_of(Kind::Assigned, placement, now)
            };
            let id = format!("assigned-{}", self.row_id);
            let lead = newcomer.id.as_str();
            self.leads
                .note(writes, &self.recording, lead, &id, &entry)?;
        }
        Ok(())
    }

    /// Adds to a commit that the person of a lead came again.
    pub(super) fn inquire(
        &self,
        writes: &mut Writes,
        lead: &Doc<StoredLead>,
        newcomer: &Newcomer,
        channel_id: &str,
    ) -> Result<(), Error> {
        let (person, origin, now) = (&newcomer.person, &newcomer.origin, self.now());
        let (branch_id, assigned_to) = lead.value.place();
        let entry = Entry {
            inquiry: Some(InquiryDoc {
                source: person.source.as_str(),
                submitted_at: Timestamp(person.submitted_at),
                channel_id: channel_id.to_owned(),
                name: person.name.as_str().to_owned(),
                email: person.email.clone().map(Into::into),
                attribution: origin.attribution.clone(),
                consent: origin.consent.clone(),
            }),
            branch_id,
            assigned_to,
            ..entry_at(Kind::Inquired, now)
        };
        let id = format!("inquiry-{}", self.row_id);
        self.leads
            .note(writes, &self.recording, &lead.id, &id, &entry)?;
        self.leads.touch(writes, &changing(lead)?, lead, now)?;
        Ok(())
    }

    /// Adds to a commit that a lead without a phone is the person of another.
    pub(super) fn note_double(
        &self,
        writes: &mut Writes,
        lead: &Doc<StoredLead>,
        of: &str,
    ) -> Result<(), Error> {
        let (branch_id, assigned_to) = lead.value.place();
        let entry = Entry {
            branch_id,
            assigned_to,
            duplicate_of: Some(of.to_owned()),
            ..entry_at(Kind::Joined, self.now())
        };
        let id = format!("joined-{}", self.row_id);
        self.leads
            .note(writes, &self.recording, &lead.id, &id, &entry)?;
        Ok(())
    }

    /// Adds to a commit that a conversation is with a lead's person, unless that would show it to somebody who may not see
    /// it: what lies in another branch, or with another partner, stays there, and is not linked. One round trip at most.
    pub(super) async fn link(
        &self,
        writes: &mut Writes,
        conversation: &Doc<Loose>,
        lead_id: &str,
        lead_place: (Option<&str>, Option<&str>),
    ) -> Result<bool, Error> {
        let (Some(branch), Some(holder)) = lead_place else {
            return Ok(false);
        };
        let (Ok(branch), Ok(holder)) = (BranchId::parse(branch), Uid::parse(holder)) else {
            return Ok(false);
        };
        let here = (
            conversation.value.text("branchId"),
            conversation.value.text("assignedTo"),
        );
        let to = if here == (Some(branch.as_str()), Some(holder.as_str())) {
            None
        } else if here.0.is_some_and(|here| here != branch.as_str())
            || self.is_partners(here.1).await?
        {
            return Ok(false);
        } else {
            Some(Placement::partner(branch.clone(), holder.clone()))
        };
        let linking = linking(conversation, &Placement::partner(branch, holder))?;
        self.leads
            .recognise(writes, &linking, conversation, lead_id, to.as_ref())?;
        Ok(true)
    }

    async fn is_partners(&self, holder: Option<&str>) -> Result<bool, StoreError> {
        let Some(Ok(holder)) = holder.map(Uid::parse) else {
            return Ok(false);
        };
        let user = users::store::get(&self.state.store, &holder).await?;
        Ok(user.is_some_and(|stored| matches!(stored.user.place, Ok(Place::Mitra(_)))))
    }

    /// Where a new lead goes.
    pub(super) async fn place(&self, channel: &Channel) -> Result<Option<Found>, StoreError> {
        let route = routing::route(&self.state.store, channel).await?;
        Ok(route.map(|route| Found::Routed(Box::new(route))))
    }
}

/// A new lead's place, and how it was found.
#[derive(Debug)]
pub(super) enum Found {
    /// By the channel's routing.
    Routed(Box<Route>),
    /// Where somebody has put its conversation.
    Beside(Placement),
}

impl Found {
    pub(super) fn placement(&self) -> &Placement {
        match self {
            Self::Routed(route) => &route.placement,
            Self::Beside(placement) => placement,
        }
    }
}

/// The service's permit to change a lead where it lies.
pub(super) fn changing(lead: &Doc<StoredLead>) -> Result<Permit, Error> {
    let facts = lead.value.facts();
    let action = Action::UpdateLead {
        before: &facts,
        after: &facts,
        assignee: None,
    };
    Ok(authorize(&Actor::Service, &action)?)
}

/// The service's permit to say that a conversation is with the person of a lead at that place.
pub(super) fn linking(conversation: &Doc<Loose>, lead: &Placement) -> Result<Permit, Error> {
    let text = |field: &str| conversation.value.text(field);
    let before = LeadFacts::stored(
        text("branchId").and_then(|id| BranchId::parse(id).ok()),
        text("assignedTo").and_then(|id| Uid::parse(id).ok()),
    );
    let action = Action::LinkConversation {
        conversation: &before,
        lead: &lead.facts(),
    };
    Ok(authorize(&Actor::Service, &action)?)
}

fn entry_of(kind: Kind, placement: &Placement, now: jiff::Timestamp) -> Entry<'_> {
    Entry {
        branch_id: Some(placement.branch_id().as_str()),
        assigned_to: Some(placement.assigned_to().as_str()),
        ..entry_at(kind, now)
    }
}

fn entry_at<'e>(kind: Kind, now: jiff::Timestamp) -> Entry<'e> {
    Entry {
        at: Timestamp(now),
        kind,
        by: Some("service".to_owned()),
        by_stated: true,
        changes: crate::leads::store::Changes::new(),
        branch_id: None,
        assigned_to: None,
        duplicate_of: None,
        inquiry: None,
        assignment: None::<AssignmentDoc>,
    }
}
