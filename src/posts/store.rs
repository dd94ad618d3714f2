//! `posts/{id}` and `publishing_stops/{channelId}`, as Firestore holds them.
//!
//! # Shape
//! `posts/{id}`: id, userId, branchId?, channelId, contentRequestId?, kind, caption, media [{url, type, altText?}], state,
//! scheduledAt?, waitingFor?, containerId?, externalId?, externalIdProbable?, permalink?, error? {code, remedy, message,
//! messageEn, platformCode?, platformSubcode?}, attempts, createdAt, publishedAt?, updatedAt. The service's own: lease?
//! {attemptId?, until} while it is not over, journal {parts, container?, containers, intentAt?, doubt?, waitSince?,
//! setbacks}, orderDigest.
//! `publishing_stops/{channelId}`: until, code. No client reads it.

mod documents;

use serde::{Deserialize, Serialize};

pub use self::documents::{
    ContainerDoc, DoubtDoc, ErrorDoc, JournalDoc, MediumDoc, PostDoc, ProgressDoc, document, view,
};
use self::documents::{post_of, progress};
use super::{Failure, Post};
use crate::channels::store::CHANNELS;
use crate::content::store::LeaseDoc;
use crate::error::Error;
use crate::ids::Uid;
use crate::policy::Permit;
use crate::store::{Doc, Guard, Query, Store, StoreError, Timestamp, UpdateTime, Writes};

/// The collection.
pub const POSTS: &str = "posts";

const STOPS: &str = "publishing_stops";

/// Channels of one person that are looked through for the only one of its platform.
const CHANNELS_HELD: u32 = 300;

/// The fields that change after a post was made.
const PROGRESS_FIELDS: [&str; 13] = [
    "state",
    "waitingFor",
    "containerId",
    "externalId",
    "externalIdProbable",
    "permalink",
    "error",
    "attempts",
    "publishedAt",
    "updatedAt",
    "lease",
    "journal",
    "resolvedBy",
];

/// A post as it was read.
#[derive(Debug, Clone)]
pub struct Stored {
    /// What the document says; when that is no post, what is wrong with it.
    pub post: Result<Post, Error>,
    /// When it was last written.
    pub update_time: UpdateTime,
}

fn path(id: &str) -> String {
    format!("{POSTS}/{id}")
}

/// Reads a post. One round trip.
///
/// # Errors
/// [`StoreError::Unavailable`]; [`StoreError::Corrupt`] when not even its frame is there.
pub async fn get(store: &Store, id: &str) -> Result<Option<Stored>, StoreError> {
    let doc: Option<Doc<PostDoc>> = store.get(&path(id)).await?;
    Ok(doc.map(|doc| Stored {
        post: post_of(&doc.id, &doc.value),
        update_time: doc.update_time,
    }))
}

/// Adds a new post to a commit, which fails when there is one of that id.
///
/// # Errors
/// As [`Writes::create`].
pub fn create(
    _: &Permit,
    writes: &mut Writes,
    post: &Post,
    now: jiff::Timestamp,
) -> Result<(), StoreError> {
    writes.create(&path(&post.id), &document(post, now))?;
    Ok(())
}

/// Adds to a commit where a post stands from now on, provided that nobody has written it since it was read.
///
/// # Errors
/// As [`Writes::update`].
pub fn advance(
    permit: &Permit,
    writes: &mut Writes,
    post: &Post,
    read: UpdateTime,
    now: jiff::Timestamp,
) -> Result<(), StoreError> {
    let mut progress = progress(post, now);
    progress.resolved_by = permit.actor().uid().map(ToString::to_string);
    let guard = Guard::Unchanged(read);
    writes.update(&path(&post.id), &progress, &PROGRESS_FIELDS, guard)?;
    Ok(())
}

/// Adds to a commit that a document which is no post has failed.
///
/// # Errors
/// As [`Writes::update`].
pub fn refuse(
    _: &Permit,
    writes: &mut Writes,
    id: &str,
    read: UpdateTime,
    now: jiff::Timestamp,
) -> Result<(), StoreError> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Refused {
        state: &'static str,
        error: ErrorDoc,
        updated_at: Timestamp,
    }
    let refused = Refused {
        state: "FAILED",
        error: documents::error_doc(&Failure::invalid()),
        updated_at: Timestamp(now),
    };
    let fields = ["state", "error", "updatedAt", "lease"];
    writes.update(&path(id), &refused, &fields, Guard::Unchanged(read))?;
    Ok(())
}

/// A post whose turn has come, or comes soon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The post.
    pub id: String,
    /// When its turn is, or when whoever works on it must be dead.
    pub until: jiff::Timestamp,
    /// Whether somebody works on it until then.
    pub is_held: bool,
}

/// Posts whose turn comes before a time, the earliest first. One query; what is over has no lease and is not in its index.
///
/// # Errors
/// [`StoreError`].
pub async fn due(
    store: &Store,
    before: jiff::Timestamp,
    limit: u32,
) -> Result<Vec<Due>, StoreError> {
    #[derive(Deserialize)]
    struct Leased {
        lease: LeaseDoc,
    }
    let query = Query::first(limit, POSTS)
        .below("lease.until", Timestamp(before))
        .ascending("lease.until");
    let found = store.query::<Leased>(query).await?;
    Ok(found
        .into_iter()
        .map(|doc| Due {
            id: doc.id,
            until: doc.value.lease.until.0,
            is_held: doc.value.lease.attempt_id.is_some(),
        })
        .collect())
}

/// Which of these ids of the platform belong to posts already. One query.
///
/// # Errors
/// [`StoreError`].
pub async fn known(store: &Store, external_ids: &[String]) -> Result<Vec<String>, StoreError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Known {
        external_id: String,
    }
    if external_ids.is_empty() {
        return Ok(Vec::new());
    }
    let limit = u32::try_from(external_ids.len()).unwrap_or(u32::MAX);
    let query = Query::first(limit, POSTS).is_in("externalId", external_ids.iter().cloned());
    let found = store.query::<Known>(query).await?;
    Ok(found.into_iter().map(|doc| doc.value.external_id).collect())
}

/// The channels that a person holds, by their ids. One query.
///
/// # Errors
/// [`StoreError`].
pub async fn channels_of(store: &Store, owner: &Uid) -> Result<Vec<String>, StoreError> {
    #[derive(Deserialize)]
    struct Any {}
    let query = Query::first(CHANNELS_HELD, CHANNELS).eq("ownerId", owner.as_str());
    let found = store.query::<Any>(query).await?;
    Ok(found.into_iter().map(|doc| doc.id).collect())
}

#[derive(Debug, Serialize, Deserialize)]
struct StopDoc {
    until: Timestamp,
    code: String,
}

/// Until when nothing may be posted on a channel. One round trip.
///
/// # Errors
/// [`StoreError`].
pub async fn stopped_until(
    store: &Store,
    channel_id: &str,
) -> Result<Option<jiff::Timestamp>, StoreError> {
    let doc: Option<Doc<StopDoc>> = store.get(&format!("{STOPS}/{channel_id}")).await?;
    Ok(doc.map(|doc| doc.value.until.0))
}

/// Adds to a commit that nothing may be posted on a channel until a time.
///
/// # Errors
/// As [`Writes::put`].
pub fn stop(
    _: &Permit,
    writes: &mut Writes,
    channel_id: &str,
    until: jiff::Timestamp,
    failure: &Failure,
) -> Result<(), StoreError> {
    let doc = StopDoc {
        until: Timestamp(until),
        code: failure.code.clone(),
    };
    writes.put(&format!("{STOPS}/{channel_id}"), &doc, Guard::None)?;
    Ok(())
}
