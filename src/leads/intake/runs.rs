//! `lead_reconciliations/{channelId}`: how far the reconciliation of a page's leads has come. Service data.
//!
//! # Shape
//! startedAt, finishedAt?, lease? {attemptId?, until}; todo?: forms not begun in this run; walk?: the form under way {formId,
//! from, newest?, after?}; newest: for each form the time of its newest stored lead; refused: for each form that could
//! not be read, why; found: leads of this run that no webhook had brought; pauses; failure? {code, message}.

use std::collections::{BTreeMap, HashMap};

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::Obstacle;
use crate::error::Error;
use crate::jobs::Lease;
use crate::policy::Permit;
use crate::store::{Doc, Guard, Store, StoreError, Timestamp, UpdateTime, Writes};

/// The collection.
const LEAD_RECONCILIATIONS: &str = "lead_reconciliations";

/// How long a run may be under way before it is begun anew.
const STALE: SignedDuration = SignedDuration::from_hours(24);

/// A run.
#[derive(Debug, Clone, Default)]
pub(super) struct Run {
    started_at: Option<jiff::Timestamp>,
    finished_at: Option<jiff::Timestamp>,
    lease: Option<Lease>,
    failure: Option<(String, String)>,
    pauses: u32,
    /// Forms not begun; `None` while they have not been listed.
    pub(super) todo: Option<Vec<String>>,
    /// The form under way.
    pub(super) walk: Option<Walk>,
    /// The time of each form's newest stored lead.
    pub(super) newest: BTreeMap<String, jiff::Timestamp>,
    /// Forms that could not be read, and why.
    pub(super) refused: BTreeMap<String, String>,
    /// Leads found in this run.
    pub(super) found: u32,
}

/// A form under way.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Walk {
    pub(super) form_id: String,
    pub(super) from: jiff::Timestamp,
    pub(super) newest: Option<jiff::Timestamp>,
    pub(super) after: Option<String>,
}

impl Run {
    /// Whether nothing of it is left to do.
    pub(super) fn is_over(&self) -> bool {
        self.started_at.is_none() || self.finished_at.is_some()
    }

    /// Whether a task should be put: for a new run, or for one under way whose task was lost.
    pub(super) fn is_due(&self, now: jiff::Timestamp, after: SignedDuration) -> bool {
        match (self.started_at, self.finished_at) {
            (Some(started), Some(_)) => now.duration_since(started) >= after,
            (None, _) => true,
            (Some(_), None) => !self.is_held(now),
        }
    }

    pub(super) fn is_held(&self, now: jiff::Timestamp) -> bool {
        self.lease.as_ref().is_some_and(|lease| lease.holds(now))
    }

    /// Begins anew; what is known of the forms stays.
    pub(super) fn begin(&mut self, now: jiff::Timestamp) {
        *self = Self {
            started_at: Some(now),
            newest: std::mem::take(&mut self.newest),
            ..Self::default()
        };
    }

    /// Whether it has been under way for so long that it had better begin anew.
    pub(super) fn is_stale(&self, now: jiff::Timestamp) -> bool {
        self.started_at
            .is_none_or(|at| now.duration_since(at) > STALE)
    }

    pub(super) fn hold(&mut self, lease: Lease) {
        self.lease = Some(lease);
    }

    /// It goes on then.
    pub(super) fn pause(&mut self, until: jiff::Timestamp) {
        self.pauses = self.pauses.saturating_add(1);
        self.lease = Some(Lease::waiting(until));
    }

    /// How long to leave the platform alone that does not answer: longer with each pause, an hour at most.
    pub(super) fn backoff(&self) -> SignedDuration {
        let seconds = 10_i64 << self.pauses.min(9);
        SignedDuration::from_secs(seconds.min(3_600))
    }

    pub(super) fn end(&mut self, now: jiff::Timestamp, failure: Option<&Obstacle>) {
        self.finished_at = Some(now);
        self.lease = None;
        self.todo = None;
        self.walk = None;
        self.failure = failure.map(|obstacle| (obstacle.code().to_owned(), obstacle.message()));
    }
}

/// Why a turn ends before the run does.
pub(super) enum Stop {
    /// The next turn goes on.
    Pause(SignedDuration),
    /// This run is over: the platform will not have it.
    Over(Obstacle),
    /// Something of ours failed.
    Failed(Error),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct RunDoc {
    started_at: Option<Timestamp>,
    finished_at: Option<Timestamp>,
    lease: Option<LeaseDoc>,
    failure: Option<FailureDoc>,
    pauses: u32,
    todo: Option<Vec<String>>,
    walk: Option<WalkDoc>,
    newest: BTreeMap<String, Timestamp>,
    refused: BTreeMap<String, String>,
    found: u32,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct LeaseDoc {
    attempt_id: Option<String>,
    until: Timestamp,
}

#[derive(Debug, Serialize, Deserialize)]
struct FailureDoc {
    code: String,
    message: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WalkDoc {
    form_id: String,
    from: Timestamp,
    newest: Option<Timestamp>,
    after: Option<String>,
}

impl RunDoc {
    fn of(run: &Run) -> Self {
        Self {
            started_at: run.started_at.map(Timestamp),
            finished_at: run.finished_at.map(Timestamp),
            lease: run.lease.as_ref().map(|lease| LeaseDoc {
                attempt_id: lease.attempt().map(ToOwned::to_owned),
                until: Timestamp(lease.until),
            }),
            failure: run
                .failure
                .clone()
                .map(|(code, message)| FailureDoc { code, message }),
            pauses: run.pauses,
            todo: run.todo.clone(),
            walk: run.walk.clone().map(|walk| WalkDoc {
                form_id: walk.form_id,
                from: Timestamp(walk.from),
                newest: walk.newest.map(Timestamp),
                after: walk.after,
            }),
            newest: run
                .newest
                .iter()
                .map(|(form, at)| (form.clone(), Timestamp(*at)))
                .collect(),
            refused: run.refused.clone(),
            found: run.found,
        }
    }

    fn read(self) -> Run {
        Run {
            started_at: self.started_at.map(|at| at.0),
            finished_at: self.finished_at.map(|at| at.0),
            lease: self.lease.map(|lease| Lease {
                attempt_id: lease.attempt_id.unwrap_or_default(),
                until: lease.until.0,
            }),
            failure: self.failure.map(|failure| (failure.code, failure.message)),
            pauses: self.pauses,
            todo: self.todo,
            walk: self.walk.map(|walk| Walk {
                form_id: walk.form_id,
                from: walk.from.0,
                newest: walk.newest.map(|at| at.0),
                after: walk.after,
            }),
            newest: self
                .newest
                .into_iter()
                .map(|(form, at)| (form, at.0))
                .collect(),
            refused: self.refused,
            found: self.found,
        }
    }
}

/// Reads runs. One round trip for each 300.
pub(super) async fn get_many(
    store: &Store,
    channel_ids: &[&str],
) -> Result<HashMap<String, (Run, UpdateTime)>, StoreError> {
    let found: HashMap<String, Doc<RunDoc>> =
        store.get_many(LEAD_RECONCILIATIONS, channel_ids).await?;
    Ok(found
        .into_iter()
        .map(|(id, doc)| (id, (doc.value.read(), doc.update_time)))
        .collect())
}

/// Reads a run. One round trip.
pub(super) async fn get(
    store: &Store,
    channel_id: &str,
) -> Result<Option<(Run, UpdateTime)>, StoreError> {
    Ok(get_many(store, &[channel_id]).await?.remove(channel_id))
}

/// Adds a run to a commit, as its last write, guarded by what was read.
pub(super) fn write(
    writes: &mut Writes,
    _: &Permit,
    channel_id: &str,
    run: &Run,
    read: Option<UpdateTime>,
) -> Result<(), StoreError> {
    let path = format!("{LEAD_RECONCILIATIONS}/{channel_id}");
    match read {
        Some(read) => writes.put(&path, &RunDoc::of(run), Guard::Unchanged(read))?,
        None => writes.create(&path, &RunDoc::of(run))?,
    };
    Ok(())
}
