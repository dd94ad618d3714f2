//! `content_requests/{id}` and `settings/brand`, as Firestore holds them.
//!
//! # Shape
//! `content_requests/{id}`: id, userId, branchId?, topic, platform, options? {tone?, language?, media?, aspect?}, status,
//! generatedContent? {caption, hashtags, altText?, imageUrl?, videoUrl?}, error? {code, message}, attempts, usage? {model,
//! inputTokens, outputTokens, images, videoSeconds, costMicroUsd}, createdAt, updatedAt; and while it is PROCESSING lease
//! {attemptId?, until} and, while a provider makes a film for it, film {attemptId, operation, provider, model, seconds, deadline}.
//! The caption is there as soon as it is final, before the picture or film is; it stays when none comes (FAILED). Clients create a
//! request as PENDING with the order alone.
//! `settings/brand`: name?, licence?, tone?, forbiddenClaims?.

mod documents;

use serde::{Deserialize, Serialize};

pub use self::documents::{
    ContentDoc, ErrorDoc, FilmDoc, LeaseDoc, OptionsDoc, ProgressDoc, RequestDoc, UsageDoc,
    document,
};
use self::documents::{error_doc, progress, request_of};
use super::caption::Demands;
use super::prompt::Brand;
use super::{ContentRequest, Failure};
use crate::error::Error;
use crate::policy::Permit;
use crate::store::{Doc, Guard, Query, Store, StoreError, Timestamp, UpdateTime, Writes};

/// The collection.
pub const CONTENT_REQUESTS: &str = "content_requests";

const BRAND: &str = "settings/brand";

/// The fields that the service changes.
const PROGRESS_FIELDS: [&str; 8] = [
    "status",
    "generatedContent",
    "error",
    "attempts",
    "usage",
    "lease",
    "film",
    "updatedAt",
];

/// A request as it was read.
#[derive(Debug, Clone)]
pub struct Stored {
    /// What the document says; when that is no order, what is wrong with it.
    pub request: Result<ContentRequest, Error>,
    /// When it was last written.
    pub update_time: UpdateTime,
    /// The document itself.
    pub doc: RequestDoc,
}

/// Reads a request. One round trip.
///
/// # Errors
/// [`StoreError::Unavailable`]; [`StoreError::Corrupt`] when not even its frame is there.
pub async fn get(store: &Store, id: &str) -> Result<Option<Stored>, StoreError> {
    let doc = store.get(&path(id)).await?;
    Ok(doc.map(stored))
}

fn path(id: &str) -> String {
    format!("{CONTENT_REQUESTS}/{id}")
}

fn stored(doc: Doc<RequestDoc>) -> Stored {
    Stored {
        request: request_of(&doc.id, &doc.value),
        update_time: doc.update_time,
        doc: doc.value,
    }
}

/// Adds a new request to a commit, which fails when there is one of that id.
///
/// # Errors
/// As [`Writes::create`].
pub fn create(
    _: &Permit,
    writes: &mut Writes,
    request: &ContentRequest,
    now: jiff::Timestamp,
) -> Result<(), StoreError> {
    writes.create(&path(&request.id), &document(request, now))?;
    Ok(())
}

/// Adds to a commit where a request stands from now on, provided that nobody has written it since it was read.
///
/// # Errors
/// As [`Writes::update`].
pub fn advance(
    _: &Permit,
    writes: &mut Writes,
    request: &ContentRequest,
    read: UpdateTime,
    now: jiff::Timestamp,
) -> Result<(), StoreError> {
    let guard = Guard::Unchanged(read);
    let progress = progress(request, now);
    writes.update(&path(&request.id), &progress, &PROGRESS_FIELDS, guard)?;
    Ok(())
}

/// Adds to a commit that a document which is no order has failed.
///
/// # Errors
/// As [`Writes::update`].
pub fn refuse(
    _: &Permit,
    writes: &mut Writes,
    id: &str,
    failure: &Failure,
    read: UpdateTime,
    now: jiff::Timestamp,
) -> Result<(), StoreError> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Refused {
        status: &'static str,
        error: ErrorDoc,
        updated_at: Timestamp,
    }
    let refused = Refused {
        status: "FAILED",
        error: error_doc(failure),
        updated_at: Timestamp(now),
    };
    let fields = ["status", "error", "updatedAt", "lease", "film"];
    writes.update(&path(id), &refused, &fields, Guard::Unchanged(read))?;
    Ok(())
}

/// Requests that nobody works on although somebody should: pending for longer than a task takes to come, or processing
/// under a lease that is over. Two queries.
///
/// # Errors
/// [`StoreError`].
pub async fn lost(
    store: &Store,
    now: jiff::Timestamp,
    pending_since: jiff::Timestamp,
    limit: u32,
) -> Result<Vec<String>, StoreError> {
    #[derive(Deserialize)]
    struct Any {}
    let of = |status: &str| Query::first(limit, CONTENT_REQUESTS).eq("status", status);
    let pending = of("PENDING").below("createdAt", Timestamp(pending_since));
    let abandoned = of("PROCESSING").below("lease.until", Timestamp(now));
    let (pending, abandoned) = tokio::try_join!(
        store.query::<Any>(pending.ascending("createdAt")),
        store.query::<Any>(abandoned.ascending("lease.until"))
    )?;
    Ok(pending
        .into_iter()
        .chain(abandoned)
        .map(|doc| doc.id)
        .collect())
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct BrandDoc {
    name: Option<String>,
    licence: Option<String>,
    tone: Option<String>,
    #[serde(default)]
    forbidden_claims: Vec<String>,
}

/// Reads `settings/brand`; without it nothing is demanded. One round trip.
///
/// # Errors
/// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
pub async fn brand(store: &Store) -> Result<Brand, StoreError> {
    let filled = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    let doc: Option<Doc<BrandDoc>> = store.get(BRAND).await?;
    Ok(doc.map_or_else(Brand::default, |doc| Brand {
        name: filled(doc.value.name),
        tone: filled(doc.value.tone),
        demands: Demands {
            licence: filled(doc.value.licence),
            forbidden_claims: doc.value.forbidden_claims,
        },
    }))
}
