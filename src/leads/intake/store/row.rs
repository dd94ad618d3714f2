//! A row of `lead_intake` as it stands, and what it says.

use serde::{Deserialize, Serialize};

use crate::jobs::Lease;
use crate::leads::intake::{Obstacle, Turn, Way};
use crate::store::{Doc, Timestamp, UpdateTime};

pub(super) const PENDING: &str = "PENDING";
pub(super) const DONE: &str = "DONE";
pub(super) const PARKED: &str = "PARKED";

/// What a platform announces of a lead.
#[derive(Debug, Clone, PartialEq)]
pub struct Announced {
    /// The platform's id of the lead.
    pub leadgen_id: String,
    /// `channels/{id}` of the page.
    pub channel_id: String,
    /// The page.
    pub page_id: String,
    /// The form.
    pub form_id: Option<String>,
    /// The ad.
    pub ad_id: Option<String>,
    /// The ad set, by its old name.
    pub adgroup_id: Option<String>,
    /// When the form was sent.
    pub created_at: Option<jiff::Timestamp>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct RowDoc {
    pub(super) way: String,
    pub(super) state: String,
    pub(super) channel_id: String,
    pub(super) leadgen_id: Option<String>,
    pub(super) page_id: Option<String>,
    pub(super) form_id: Option<String>,
    pub(super) ad_id: Option<String>,
    pub(super) adgroup_id: Option<String>,
    pub(super) created_time: Option<Timestamp>,
    pub(super) at: Option<Timestamp>,
    pub(super) received_at: Option<Timestamp>,
    pub(super) due_at: Option<Timestamp>,
    #[serde(flatten)]
    pub(super) progress: ProgressDoc,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ProgressDoc {
    pub(super) attempts: u32,
    pub(super) lease: Option<LeaseDoc>,
    pub(super) failure: Option<FailureDoc>,
    pub(super) ending: Option<String>,
    pub(super) lead_id: Option<String>,
    pub(super) done_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LeaseDoc {
    pub(super) attempt_id: Option<String>,
    pub(super) until: Timestamp,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct FailureDoc {
    pub(super) code: String,
    pub(super) message: String,
    pub(super) at: Timestamp,
}

/// A row as it was read.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its id.
    pub id: String,
    /// When it was last written.
    pub time: UpdateTime,
    pub(super) doc: RowDoc,
}

impl Row {
    pub(super) fn of(doc: Doc<RowDoc>) -> Self {
        Self {
            id: doc.id,
            time: doc.update_time,
            doc: doc.value,
        }
    }

    /// What it asks for.
    pub fn way(&self) -> Way {
        Way::parse(&self.doc.way)
    }

    /// `channels/{id}` that it came through.
    pub fn channel_id(&self) -> &str {
        &self.doc.channel_id
    }

    /// What the platform announced.
    pub fn announced(&self) -> Announced {
        let doc = self.doc.clone();
        Announced {
            leadgen_id: doc.leadgen_id.unwrap_or_else(|| self.id.clone()),
            channel_id: doc.channel_id,
            page_id: doc.page_id.unwrap_or_default(),
            form_id: doc.form_id,
            ad_id: doc.ad_id,
            adgroup_id: doc.adgroup_id,
            created_at: doc.created_time.map(|time| time.0),
        }
    }

    /// When the person acted, of a conversation.
    pub fn acted_at(&self) -> Option<jiff::Timestamp> {
        self.doc.at.map(|at| at.0)
    }

    /// When it was announced.
    pub fn received_at(&self) -> Option<jiff::Timestamp> {
        self.doc.received_at.map(|at| at.0)
    }

    /// Attempts begun.
    pub fn attempts(&self) -> u32 {
        self.doc.progress.attempts
    }

    /// Whether a person has to look at it.
    pub fn is_parked(&self) -> bool {
        self.doc.state == PARKED
    }

    /// Whether it is parked for such an obstacle.
    pub fn is_parked_as(&self, obstacle: &Obstacle) -> bool {
        let failure = self.doc.progress.failure.as_ref();
        self.is_parked() && failure.is_some_and(|failure| failure.code == obstacle.code())
    }

    /// Whether an attempt may begin.
    pub fn turn(&self, now: jiff::Timestamp) -> Turn {
        if self.doc.state != PENDING {
            return Turn::Over;
        }
        match &self.doc.progress.lease {
            Some(lease) if now < lease.until.0 => Turn::Held(lease.until.0),
            _ => Turn::Free,
        }
    }

    /// Whether this attempt still has it.
    pub fn is_held_by(&self, lease: &Lease) -> bool {
        let held = self.doc.progress.lease.as_ref();
        self.doc.state == PENDING
            && held.is_some_and(|held| held.attempt_id.as_deref() == lease.attempt())
    }
}

pub(super) fn lease_doc(lease: &Lease) -> LeaseDoc {
    LeaseDoc {
        attempt_id: lease.attempt().map(ToOwned::to_owned),
        until: Timestamp(lease.until),
    }
}
