//! `lead_intake/{id}`: what is to become a lead, and how far it has come. Service data: no client reads it.
//!
//! # Shape
//! Named by the platform's id of the lead, or by the conversation. way (FORM | CONVERSATION); state (PENDING | DONE |
//! PARKED); channelId; receivedAt; dueAt: when somebody should have begun; attempts; lease {attemptId?, until}; failure?
//! {code, message, at}; ending? (CREATED | KNOWN | TEST | IDLE), leadId?, doneAt?. Of a form: leadgenId, pageId, formId?,
//! adId?, adgroupId?, createdTime?, all ids as text. Of a conversation: at, when the person acted.

mod row;

use std::collections::HashMap;

pub use self::row::{Announced, Row};
use self::row::{DONE, FailureDoc, PARKED, PENDING, ProgressDoc, RowDoc, lease_doc};
use super::{Ending, Obstacle, Way};
use crate::ids::LeadId;
use crate::jobs::Lease;
use crate::policy::Permit;
use crate::store::{Guard, Query, Store, StoreError, Timestamp, UpdateTime, Writes};

/// The collection.
pub const LEAD_INTAKE: &str = "lead_intake";

/// How long a new row may wait for its first task before the sweep puts one.
const FIRST_TASK: jiff::SignedDuration = jiff::SignedDuration::from_secs(60);

/// What a later ping may add to.
const TOLD: &[&str] = &["formId", "adId", "adgroupId", "createdTime"];

/// What a worker changes.
const PROGRESS: &[&str] = &[
    "state", "dueAt", "attempts", "lease", "failure", "ending", "leadId", "doneAt",
];

fn path(id: &str) -> String {
    format!("{LEAD_INTAKE}/{id}")
}

/// Adds to a commit that a lead was announced; of one that is known, what this announcement adds.
///
/// # Errors
/// [`StoreError::Corrupt`] when it cannot be stored.
pub fn announce(
    writes: &mut Writes,
    _: &Permit,
    announced: &Announced,
    known: Option<UpdateTime>,
    now: jiff::Timestamp,
) -> Result<(), StoreError> {
    let told = announced.clone();
    let doc = RowDoc {
        leadgen_id: Some(told.leadgen_id),
        page_id: Some(told.page_id),
        form_id: told.form_id,
        ad_id: told.ad_id,
        adgroup_id: told.adgroup_id,
        created_time: told.created_at.map(Timestamp),
        ..fresh(Way::Form, told.channel_id, now)
    };
    let path = path(&announced.leadgen_id);
    match known {
        Some(time) => writes.update(&path, &doc, TOLD, Guard::Unchanged(time))?,
        None => writes.create(&path, &doc)?,
    };
    Ok(())
}

/// Adds to a commit that the contact of a conversation shall be a lead. Whatever stood there was about the same wish;
/// the conversation, written in the same commit, is the guard.
///
/// # Errors
/// As [`announce`].
pub fn wish(
    writes: &mut Writes,
    _: &Permit,
    conversation: &str,
    channel_id: &str,
    at: Option<jiff::Timestamp>,
    now: jiff::Timestamp,
) -> Result<(), StoreError> {
    let doc = RowDoc {
        at: at.map(Timestamp),
        ..fresh(Way::Conversation, channel_id.to_owned(), now)
    };
    writes.put(&path(conversation), &doc, Guard::None)?;
    Ok(())
}

fn fresh(way: Way, channel_id: String, now: jiff::Timestamp) -> RowDoc {
    RowDoc {
        way: way.as_str().to_owned(),
        state: PENDING.to_owned(),
        channel_id,
        received_at: Some(Timestamp(now)),
        due_at: Some(Timestamp(now + FIRST_TASK)),
        ..RowDoc::default()
    }
}

/// Reads rows. One round trip for each 300.
///
/// # Errors
/// As [`Store::get_many`].
pub async fn get_many(store: &Store, ids: &[&str]) -> Result<HashMap<String, Row>, StoreError> {
    let found = store.get_many::<RowDoc>(LEAD_INTAKE, ids).await?;
    Ok(found
        .into_iter()
        .map(|(id, doc)| (id, Row::of(doc)))
        .collect())
}

/// Reads a row. One round trip.
///
/// # Errors
/// As [`Store::get`].
pub async fn get(store: &Store, id: &str) -> Result<Option<Row>, StoreError> {
    Ok(store.get(&path(id)).await?.map(Row::of))
}

/// Claims a row for an attempt, provided that it is as it was read. One commit.
///
/// # Errors
/// As [`Store::commit`]; [`StoreError::Conflict`] when somebody else was faster.
pub async fn claim(
    store: &Store,
    permit: &Permit,
    row: &Row,
    lease: &Lease,
) -> Result<(), StoreError> {
    let mut progress = row.doc.progress.clone();
    progress.attempts = progress.attempts.saturating_add(1);
    progress.lease = Some(lease_doc(lease));
    let mut writes = Writes::new();
    advance(
        &mut writes,
        permit,
        row,
        PENDING,
        Some(lease.until),
        progress,
    )?;
    store.commit(writes).await
}

/// Adds to a commit that a row is done.
///
/// # Errors
/// As [`announce`].
pub fn finish(
    writes: &mut Writes,
    permit: &Permit,
    row: &Row,
    ending: Ending,
    lead: Option<&LeadId>,
    now: jiff::Timestamp,
) -> Result<(), StoreError> {
    let progress = ProgressDoc {
        attempts: row.attempts(),
        ending: Some(ending.as_str().to_owned()),
        lead_id: lead.map(ToString::to_string),
        done_at: Some(Timestamp(now)),
        ..ProgressDoc::default()
    };
    advance(writes, permit, row, DONE, None, progress)
}

/// Adds to a commit that a row could not be taken in: it is tried again then, or parked.
///
/// # Errors
/// As [`announce`].
pub fn put_off(
    writes: &mut Writes,
    permit: &Permit,
    row: &Row,
    obstacle: &Obstacle,
    again_at: Option<jiff::Timestamp>,
    now: jiff::Timestamp,
) -> Result<(), StoreError> {
    let progress = ProgressDoc {
        attempts: row.attempts(),
        lease: again_at.map(|at| lease_doc(&Lease::waiting(at))),
        failure: Some(FailureDoc {
            code: obstacle.code().to_owned(),
            message: obstacle.message(),
            at: Timestamp(now),
        }),
        ..ProgressDoc::default()
    };
    let state = if again_at.is_some() { PENDING } else { PARKED };
    advance(writes, permit, row, state, again_at, progress)
}

/// Adds to a commit that a row may be tried at once, as if it had just come.
///
/// # Errors
/// As [`announce`].
pub fn reopen(
    writes: &mut Writes,
    permit: &Permit,
    row: &Row,
    now: jiff::Timestamp,
) -> Result<(), StoreError> {
    let progress = ProgressDoc {
        failure: row.doc.progress.failure.clone(),
        ..ProgressDoc::default()
    };
    advance(writes, permit, row, PENDING, Some(now), progress)
}

fn advance(
    writes: &mut Writes,
    _: &Permit,
    row: &Row,
    state: &str,
    due_at: Option<jiff::Timestamp>,
    progress: ProgressDoc,
) -> Result<(), StoreError> {
    let doc = RowDoc {
        state: state.to_owned(),
        due_at: due_at.map(Timestamp),
        progress,
        ..RowDoc::default()
    };
    writes.update(&path(&row.id), &doc, PROGRESS, Guard::Unchanged(row.time))?;
    Ok(())
}

/// Rows that somebody should have begun before now, the longest overdue first. One query.
///
/// # Errors
/// As [`Store::query`].
pub async fn overdue(
    store: &Store,
    now: jiff::Timestamp,
    limit: u32,
) -> Result<Vec<String>, StoreError> {
    let query = Query::first(limit, LEAD_INTAKE)
        .eq("state", PENDING)
        .below("dueAt", Timestamp(now))
        .ascending("dueAt");
    let found = store.query::<RowDoc>(query).await?;
    Ok(found.into_iter().map(|doc| doc.id).collect())
}

/// Rows that are parked, or with `waiting` those that wait for their channel too; with a channel, only its own. In the order
/// of ids behind `after`. One query.
///
/// # Errors
/// As [`Store::query`].
pub async fn stuck(
    store: &Store,
    channel_id: Option<&str>,
    waiting: bool,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<Row>, StoreError> {
    let mut query = Query::first(limit, LEAD_INTAKE);
    query = if waiting {
        query.eq("failure.code", Obstacle::NeedsReconnect.code())
    } else {
        query.eq("state", PARKED)
    };
    if let Some(channel_id) = channel_id {
        query = query.eq("channelId", channel_id);
    }
    let found = store.query::<RowDoc>(query.after_id(after)).await?;
    Ok(found.into_iter().map(Row::of).collect())
}
