//! Channels as documents: `channels/{platform_externalId}`.
//!
//! *Invariant:* what changes something asks for a [`Permit`].

mod documents;

use serde::{Deserialize, Serialize};

pub(crate) use self::documents::ChannelDoc;
use self::documents::WRITTEN;
pub use self::documents::{TextDoc, features_of};
use super::record::Record;
use super::{Channel, ChannelState, Platform};
use crate::ids::{BranchId, Uid};
use crate::jobs::Lease;
use crate::policy::Permit;
use crate::store::{Doc, Guard, Query, Store, StoreError, Timestamp, UpdateTime, Writes};

/// The collection of channels.
pub const CHANNELS: &str = "channels";

/// Accounts that one person holds, at most, when it is asked what else they hold.
const HELD: u32 = 1_000;

/// What routing reads of a channel's document.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct RoutingDoc {
    owner_id: Option<String>,
    branch_id: Option<String>,
    state: Option<String>,
}

/// Reads channels by their ids; those that are missing, or whose document names no owner and no known state, are
/// missing in the answer. One round trip for each 300.
///
/// # Errors
/// As [`Store::get_many`].
pub async fn channels(store: &Store, ids: &[&str]) -> Result<Vec<Channel>, StoreError> {
    let found = store.get_many::<RoutingDoc>(CHANNELS, ids).await?;
    Ok(found.into_values().filter_map(route).collect())
}

fn route(doc: Doc<RoutingDoc>) -> Option<Channel> {
    let RoutingDoc {
        owner_id,
        branch_id,
        state,
    } = doc.value;
    Some(Channel {
        id: doc.id,
        owner: Uid::parse(owner_id?).ok()?,
        branch: match branch_id {
            Some(branch) => Some(BranchId::parse(branch).ok()?),
            None => None,
        },
        state: ChannelState::parse(&state?)?,
    })
}

/// A record as it was read.
#[derive(Debug, Clone)]
pub struct Stored {
    /// The record; `None` for a document that nobody holds.
    pub record: Option<Record>,
    /// When it was last written.
    pub update_time: UpdateTime,
}

/// Reads the record of a channel; `None` when there is no document. One round trip.
///
/// # Errors
/// As [`Store::get`].
pub async fn record(store: &Store, id: &str) -> Result<Option<Stored>, StoreError> {
    let found = store.get::<ChannelDoc>(&path(id)).await?;
    Ok(found.map(stored))
}

fn stored(doc: Doc<ChannelDoc>) -> Stored {
    Stored {
        record: doc.value.read(doc.id),
        update_time: doc.update_time,
    }
}

/// The accounts of one platform that a person holds and that are not disconnected. One round trip.
///
/// # Errors
/// As [`Store::query`].
pub async fn held_by(
    store: &Store,
    owner: &Uid,
    platform: Platform,
) -> Result<Vec<Record>, StoreError> {
    let query = Query::first(HELD, CHANNELS)
        .eq("ownerId", owner.as_str())
        .eq("platform", platform.as_str());
    live(store, query).await
}

/// The accounts that share the place where webhooks are subscribed, and are not disconnected. One round trip.
///
/// # Errors
/// As [`Store::query`].
pub async fn subscribed_at(store: &Store, place: &str) -> Result<Vec<Record>, StoreError> {
    live(
        store,
        Query::first(HELD, CHANNELS).eq("subscribedAt", place),
    )
    .await
}

async fn live(store: &Store, query: Query) -> Result<Vec<Record>, StoreError> {
    let found = store.query::<ChannelDoc>(query).await?;
    Ok(found
        .into_iter()
        .filter_map(|doc| stored(doc).record)
        .filter(|record| record.channel.state != ChannelState::Disconnected)
        .collect())
}

/// The channels that are due for a look, the longest due first. One round trip.
///
/// # Errors
/// As [`Store::query`].
pub async fn due(
    store: &Store,
    now: jiff::Timestamp,
    limit: u32,
) -> Result<Vec<(String, Stored)>, StoreError> {
    let query = Query::first(limit, CHANNELS)
        .below("nextCheckAt", Timestamp(now))
        .ascending("nextCheckAt");
    let found = store.query::<ChannelDoc>(query).await?;
    Ok(found
        .into_iter()
        .map(|doc| (doc.id.clone(), stored(doc)))
        .collect())
}

/// Writes a record: a new one whole, a known one in all but what the inbox keeps, if it is still as it was read.
///
/// # Errors
/// As [`Writes::create`] and [`Writes::update`].
pub fn put(
    _: &Permit,
    writes: &mut Writes,
    record: &Record,
    known: Option<UpdateTime>,
) -> Result<(), StoreError> {
    let path = path(&record.channel.id);
    let doc = ChannelDoc::of(record);
    match known {
        Some(time) => writes.update(&path, &doc, WRITTEN, Guard::Unchanged(time))?,
        None => writes.create(&path, &doc)?,
    };
    Ok(())
}

/// Takes a channel for a look, if it is still as it was read. It is due again when the lease ends.
///
/// # Errors
/// As [`Writes::update`].
pub fn claim(
    _: &Permit,
    writes: &mut Writes,
    id: &str,
    lease: &Lease,
    read: UpdateTime,
) -> Result<(), StoreError> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Claim<'a> {
        lease: LeaseOf<'a>,
        next_check_at: Timestamp,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct LeaseOf<'a> {
        attempt_id: &'a str,
        until: Timestamp,
    }
    let until = Timestamp(lease.until);
    let claim = Claim {
        lease: LeaseOf {
            attempt_id: &lease.attempt_id,
            until,
        },
        next_check_at: until,
    };
    writes.update(
        &path(id),
        &claim,
        &["lease", "nextCheckAt"],
        Guard::Unchanged(read),
    )?;
    Ok(())
}

/// Writes single fields of a channel that exists, without a look at the others.
async fn mark<T: Serialize>(
    store: &Store,
    id: &str,
    value: &T,
    fields: &[&str],
) -> Result<(), StoreError> {
    let mut writes = Writes::new();
    writes.update(&path(id), value, fields, Guard::Exists)?;
    store.commit(writes).await
}

/// Says when something last arrived for a channel. One round trip.
///
/// # Errors
/// As [`Store::commit`]; [`StoreError::NotFound`] when there is no such channel.
pub async fn mark_event(
    _: &Permit,
    store: &Store,
    id: &str,
    at: jiff::Timestamp,
) -> Result<(), StoreError> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Mark {
        last_event_at: Timestamp,
    }
    let mark_of = Mark {
        last_event_at: Timestamp(at),
    };
    mark(store, id, &mark_of, &["lastEventAt"]).await
}

/// Has a channel looked at by the next run of the refresh job. One round trip.
///
/// # Errors
/// As [`mark_event`].
pub async fn mark_due(
    _: &Permit,
    store: &Store,
    id: &str,
    now: jiff::Timestamp,
) -> Result<(), StoreError> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Mark {
        next_check_at: Timestamp,
    }
    let mark_of = Mark {
        next_check_at: Timestamp(now),
    };
    mark(store, id, &mark_of, &["nextCheckAt"]).await
}

/// Says that what was parked for a channel has been taken in. One round trip.
///
/// # Errors
/// As [`mark_event`].
pub async fn mark_replayed(_: &Permit, store: &Store, id: &str) -> Result<(), StoreError> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Mark {
        replay_due: bool,
    }
    mark(store, id, &Mark { replay_due: false }, &["replayDue"]).await
}

/// Writes a record as nobody's: only head office sees it, and whoever connects it next holds it.
///
/// # Errors
/// As [`Writes::update`].
pub fn put_released(
    _: &Permit,
    writes: &mut Writes,
    record: &Record,
    known: UpdateTime,
) -> Result<(), StoreError> {
    let doc = ChannelDoc::of(record).of_nobody();
    let path = path(&record.channel.id);
    writes.update(&path, &doc, WRITTEN, Guard::Unchanged(known))?;
    Ok(())
}

fn path(id: &str) -> String {
    format!("{CHANNELS}/{id}")
}
