//! Taking a person's words out of the ledger: the record stays, with its counts and reasons, and the body goes.
//!
//! Where other people's units still wait in the same body, only the person's own items are taken out of it, so that the
//! others can still be placed. Bodies are found by the conversations that their records list; those that wait, and those
//! with more conversations than a record lists, by looking into them.

use serde::{Deserialize, Serialize};

use super::record::{RecordDoc, RunDoc, RunsDoc, number};
use super::{DELIVERIES, body, digits};
use crate::inbox::redact::{Person, redact};
use crate::policy::Permit;
use crate::store::{Guard, Query, Store, StoreError, Timestamp, UpdateTime, Writes};

/// Why a unit that waited is settled now, in words for a person.
const ERASED: &str = "It was erased together with the data of its contact.";

/// What became of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Erased {
    /// Nothing of the person is in it.
    Nothing,
    /// The body is gone; the delivery is settled.
    Body,
    /// The person's items are gone from it, and others wait: replay it, so that the counts follow.
    Items,
}

/// A record, as far as finding it goes.
#[derive(Debug, Deserialize)]
struct Found {}

/// The ids of deliveries that hold words of a conversation, at most `limit`. One round trip.
///
/// # Errors
/// As [`Store::query`].
pub async fn about(
    store: &Store,
    conversation: &str,
    limit: u32,
) -> Result<Vec<String>, StoreError> {
    let query = Query::first(limit, DELIVERIES).containing("conversations", digits(conversation));
    let found = store.query::<Found>(query).await?;
    Ok(found.into_iter().map(|doc| doc.id).collect())
}

/// Which deliveries have to be looked into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unlisted {
    /// Something of them waits.
    Parked,
    /// They hold more conversations than their record lists.
    Many,
}

/// The ids of such deliveries, in the order of ids behind `after`. One round trip.
///
/// # Errors
/// As [`Store::query`].
pub async fn unlisted(
    store: &Store,
    which: Unlisted,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<String>, StoreError> {
    let query = Query::first(limit, DELIVERIES);
    let query = match which {
        Unlisted::Parked => query.eq("state", "PARKED"),
        Unlisted::Many => query.eq("manyConversations", true),
    };
    let found = store.query::<Found>(query.after_id(after)).await?;
    Ok(found.into_iter().map(|doc| doc.id).collect())
}

/// Takes a person out of a delivery. With `listed`, its record lists this conversation of the person's; else the body is
/// looked into first. At most three round trips.
///
/// # Idempotency
/// Safe to repeat.
///
/// # Errors
/// [`StoreError::Conflict`] when it was settled meanwhile; else as [`Store::commit`].
pub async fn erase(
    store: &Store,
    id: &str,
    person: &Person,
    listed: Option<&str>,
    now: jiff::Timestamp,
    permit: &Permit,
) -> Result<Erased, StoreError> {
    let path = format!("{DELIVERIES}/{id}");
    let Some(record) = store.get::<RecordDoc>(&path).await? else {
        return Ok(Erased::Nothing);
    };
    let (time, record) = (record.update_time, record.value);
    let waits = record.outcome.parked > 0;
    if record.outcome.erased_at.is_some() && !waits {
        return Ok(Erased::Nothing);
    }
    let body = if listed.is_some() && !waits {
        None
    } else {
        match super::body_of(store, &path, &record).await {
            // Nobody can read it, so nobody can take one person out of it either.
            Err(StoreError::Corrupt(_)) => None,
            other => other?,
        }
    };
    let text = body.as_deref().map(String::from_utf8_lossy);
    if listed.is_none() && !text.as_ref().is_some_and(|text| person.is_in(text)) {
        return Ok(Erased::Nothing);
    }
    match text.and_then(|text| redact(&text, person)) {
        Some(rest) if waits => items(store, &path, &record, &rest, listed, time, permit).await,
        _ => whole(store, &path, record, time, now, permit).await,
    }
}

/// What is left of a record whose body is gone.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Emptied {
    state: &'static str,
    encoding: &'static str,
    parts: i64,
    ignored: i64,
    parked: i64,
    settled: Vec<RunDoc>,
    erased_at: Timestamp,
    expire_at: Timestamp,
}

async fn whole(
    store: &Store,
    path: &str,
    record: RecordDoc,
    time: UpdateTime,
    now: jiff::Timestamp,
    _permit: &Permit,
) -> Result<Erased, StoreError> {
    let expire_at = record.outcome.expire_at.unwrap_or_else(|| {
        let kept = jiff::SignedDuration::from_hours(super::KEPT_HOURS);
        Timestamp(now.checked_add(kept).unwrap_or(now))
    });
    let mut writes = Writes::new();
    let emptied = Emptied {
        state: "SETTLED",
        encoding: "erased",
        parts: 0,
        ignored: record.outcome.ignored + record.outcome.parked,
        parked: 0,
        settled: closed(record.outcome.settled),
        erased_at: Timestamp(now),
        expire_at,
    };
    writes.update(
        path,
        &emptied,
        &[
            "state",
            "encoding",
            "body",
            "parts",
            "ignored",
            "parked",
            "settled",
            "waitingFor",
            "conversations",
            "manyConversations",
            "erasedAt",
            "expireAt",
        ],
        Guard::Unchanged(time),
    )?;
    for part in 0..record.parts {
        writes.delete(&format!("{path}/parts/{part}"), Guard::None);
    }
    let beside = record.outcome.settled_beside;
    let runs = super::runs_beside(store, path, beside).await?;
    for (part, runs) in runs.chunks(super::RUNS_A_DOCUMENT).enumerate() {
        let doc = RunsDoc {
            runs: closed(runs.to_vec()),
            expire_at: Some(expire_at),
        };
        writes.put(&format!("{path}/settled/{part}"), &doc, Guard::None)?;
    }
    store.commit(writes).await?;
    Ok(Erased::Body)
}

/// What waited does not wait any more.
fn closed(runs: Vec<RunDoc>) -> Vec<RunDoc> {
    runs.into_iter()
        .map(|run| match run.outcome.as_str() {
            "PARKED" => RunDoc {
                outcome: "IGNORED".to_owned(),
                reason: Some(ERASED.to_owned()),
                channel_id: None,
                ..run
            },
            _ => run,
        })
        .collect()
}

/// A body without the items of one person.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Redacted<'a> {
    encoding: &'a str,
    body: Option<&'a str>,
    parts: i64,
    conversations: Vec<String>,
}

async fn items(
    store: &Store,
    path: &str,
    record: &RecordDoc,
    rest: &str,
    listed: Option<&str>,
    time: UpdateTime,
    _permit: &Permit,
) -> Result<Erased, StoreError> {
    let packed = body::pack(rest.as_bytes());
    let mut others = record.outcome.conversations.clone();
    others.retain(|other| Some(other.as_str()) != listed.map(digits));
    let redacted = Redacted {
        encoding: packed.encoding,
        body: packed.text.as_deref(),
        parts: number(packed.parts.len()),
        conversations: others,
    };
    let mut writes = Writes::new();
    writes.update(
        path,
        &redacted,
        &["encoding", "body", "parts", "conversations"],
        Guard::Unchanged(time),
    )?;
    for (number, part) in packed.parts.iter().enumerate() {
        let doc = body::PartDoc::new(part);
        writes.put(&format!("{path}/parts/{number}"), &doc, Guard::None)?;
    }
    for gone in packed.parts.len()..usize::try_from(record.parts).unwrap_or_default() {
        writes.delete(&format!("{path}/parts/{gone}"), Guard::None);
    }
    store.commit(writes).await?;
    Ok(Erased::Items)
}
