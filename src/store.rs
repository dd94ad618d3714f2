//! Firestore: one connection, one way to read, one way to write, one small error.
//!
//! Reads are by document, by list of documents, or by a [`Query`] with a limit. Everything written goes through
//! [`Writes`]: one atomic commit, one round trip, guarded by preconditions. Where a write depends on what was read, the
//! guard is the document's update time and [`Store::retrying`] starts over when somebody else was faster: no locks are
//! held, and no transaction has to be begun.
//! *Invariant:* no collection is named here, and no rule of the hierarchy is known. The domains' own `store` modules
//! translate; those of their methods that change something ask for a `policy::Permit`.

mod connection;
mod error;
mod ops;
mod query;
mod timestamp;
mod writes;

use std::collections::HashMap;
use std::future::Future;
use std::time::Duration;

use firestore::FirestoreDb;
use futures::TryStreamExt as _;
use gcloud_sdk::google::firestore::v1::Document;
use serde::de::DeserializeOwned;
use tracing::Instrument as _;

pub use self::connection::Connection;
pub use self::error::StoreError;
pub use self::ops::{Ops, counting};
pub use self::query::Query;
pub use self::timestamp::Timestamp;
pub use self::writes::{Guard, UpdateTime, Writes};

/// Most documents that one `BatchGetDocuments` is asked for, to bound memory and the size of the answer.
const BATCH_GET_LIMIT: usize = 300;

/// Index entries that a count goes through for the price of one document.
///
/// # Source
/// <https://firebase.google.com/docs/firestore/pricing#aggregation_queries>, read 2026-11.
const COUNTED_FOR_ONE_READ: u64 = 1_000;

/// How often [`Store::retrying`] tries before it gives up with [`StoreError::Conflict`]. Six were too few where sixteen people order
/// content at once: what ends of their orders touches the same budgets, met three of ten tries, and one order in 1,700 gave up.
const CONFLICT_ATTEMPTS: u32 = 10;

/// The longest wait between two of them, in milliseconds.
const LONGEST_WAIT_MS: u64 = 1_000;

/// A document as it stands in Firestore.
#[derive(Debug, Clone)]
pub struct Doc<T> {
    /// The last segment of its path.
    pub id: String,
    /// Its content.
    pub value: T,
    /// When it was last written: the guard for a write that depends on what was read.
    pub update_time: UpdateTime,
}

/// The database. A clone is the same connection.
#[derive(Clone, Debug)]
pub struct Store {
    connection: Connection,
}

impl Store {
    /// A store over a connection that is made at the first use, not now: nothing on the start path waits for the
    /// network.
    pub fn new(connection: Connection) -> Self {
        Self { connection }
    }

    /// Reads one document, `collection/id` or `collection/id/sub/id`. One round trip.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when Firestore does not answer in time, [`StoreError::Corrupt`] when the document is
    /// not of the form asked for.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<Option<Doc<T>>, StoreError> {
        let (collection, id) = split(path);
        Ok(self.get_many(collection, &[id]).await?.remove(id))
    }

    /// Reads many documents of one collection; those that are missing are missing in the answer.
    /// One round trip for each 300.
    ///
    /// # Errors
    /// As [`Store::get`].
    pub async fn get_many<T: DeserializeOwned>(
        &self,
        collection: &str,
        ids: &[&str],
    ) -> Result<HashMap<String, Doc<T>>, StoreError> {
        let db = self.connection.db().await?;
        let (parent, collection_id) = parent_of(db, collection);
        let mut found = HashMap::with_capacity(ids.len());
        for ids in ids.chunks(BATCH_GET_LIMIT) {
            ops::read(ids.len());
            let documents: Vec<(String, Option<Document>)> = self
                .bounded(async {
                    db.fluent()
                        .select()
                        .by_id_in(collection_id)
                        .parent(&parent)
                        .batch_with_errors(ids)
                        .await?
                        .try_collect()
                        .await
                })
                .await?;
            for (_, document) in documents {
                if let Some(document) = document {
                    let doc = decode(&document)?;
                    found.insert(doc.id.clone(), doc);
                }
            }
        }
        Ok(found)
    }

    /// Runs a query. One round trip.
    ///
    /// # Errors
    /// As [`Store::get`]; one document of another form fails the whole, rather than vanish from it.
    pub async fn query<T: DeserializeOwned>(
        &self,
        query: Query,
    ) -> Result<Vec<Doc<T>>, StoreError> {
        let db = self.connection.db().await?;
        ops::read(1);
        let documents = self.bounded(query.select(db).query()).await?;
        ops::also_read(documents.len().saturating_sub(1));
        documents.iter().map(decode).collect()
    }

    /// Counts what a query would find, without reading it. One round trip, billed and counted as one read for each 1,000
    /// index entries, and for none.
    ///
    /// # Errors
    /// As [`Store::get`].
    pub async fn count(&self, query: Query) -> Result<u64, StoreError> {
        let db = self.connection.db().await?;
        ops::read(1);
        let counting = query
            .select(db)
            .aggregate(|of| of.fields([of.field("count").count()]));
        let documents = self.bounded(counting.query()).await?;
        let count = match documents.first() {
            Some(document) => decode::<Counted>(document)?.value.count,
            None => 0,
        };
        let billed = usize::try_from(count.div_ceil(COUNTED_FOR_ONE_READ)).unwrap_or(usize::MAX);
        ops::also_read(billed.saturating_sub(1));
        Ok(count)
    }

    /// Commits all writes or none. One round trip.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`] when a create met a document, [`StoreError::Conflict`] when a guard did not hold,
    /// [`StoreError::NotFound`] when an update met no document. In those cases nothing was written. After
    /// [`StoreError::Unavailable`] the outcome is unknown: whoever repeats must be safe to repeat.
    pub async fn commit(&self, writes: Writes) -> Result<(), StoreError> {
        self.commit_timed(writes).await.map(drop)
    }

    /// As [`Store::commit`], and says for each write when its document was last changed, so that it can be written again
    /// without being read. `None` for a deletion.
    ///
    /// # Errors
    /// As [`Store::commit`].
    pub async fn commit_timed(
        &self,
        writes: Writes,
    ) -> Result<Vec<Option<UpdateTime>>, StoreError> {
        if writes.is_empty() {
            return Ok(Vec::new());
        }
        let db = self.connection.db().await?;
        ops::wrote(writes.len());
        let committed = self.bounded(writes.into_transaction(db).commit()).await?;
        let times = committed.write_results.into_iter();
        Ok(times
            .map(|result| result.update_time.map(UpdateTime::at))
            .collect())
    }

    /// A call that does not come to its end in time is given up, long before the person who waits for it would.
    async fn bounded<T>(
        &self,
        call: impl Future<Output = Result<T, firestore::errors::FirestoreError>>,
    ) -> Result<T, StoreError> {
        let call = call.instrument(tracing::info_span!("firestore", otel.kind = "client"));
        let limit = self.connection.call_limit();
        match tokio::time::timeout(limit, call).await {
            Ok(result) => result.map_err(StoreError::from),
            Err(_) => Err(StoreError::Unavailable(format!(
                "no answer from Firestore within {} s",
                limit.as_secs()
            ))),
        }
    }

    /// Reads, decides and commits again for as long as somebody else is faster.
    ///
    /// The closure must hold everything that the decision depends on. Between attempts it waits a random moment that
    /// grows to at most a second: some three seconds in all when every attempt meets somebody.
    ///
    /// # Errors
    /// Those of the closure; its [`StoreError::Conflict`] and [`StoreError::AlreadyExists`] only after the last attempt.
    pub async fn retrying<T, E, F, Fut>(&self, mut attempt: F) -> Result<T, E>
    where
        F: FnMut() -> Fut,
        Fut: Future<Output = Result<T, E>>,
        E: From<StoreError> + Contended,
    {
        let mut tries = 1;
        loop {
            match attempt().await {
                Err(error) if error.is_contended() && tries < CONFLICT_ATTEMPTS => {
                    let (random, _) = uuid::Uuid::new_v4().as_u64_pair();
                    let longest_ms = (25_u64 << tries).min(LONGEST_WAIT_MS);
                    tokio::time::sleep(Duration::from_millis(random % longest_ms + 1)).await;
                    tries += 1;
                }
                other => return other,
            }
        }
    }

    /// Whether Firestore answers: reads a document that need not exist. One round trip.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.get::<serde_json::Value>("readiness/probe")
            .await
            .map(drop)
    }
}

/// Errors that can say that somebody else was faster.
pub trait Contended {
    /// Whether the same step, begun anew from what now stands, may succeed.
    fn is_contended(&self) -> bool;
}

impl Contended for StoreError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Conflict | Self::AlreadyExists)
    }
}

#[derive(serde::Deserialize)]
struct Counted {
    count: u64,
}

/// Splits `a/b/c` into `a/b` and `c`.
fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// The full parent name and the collection id of a collection's path.
fn parent_of<'a>(db: &FirestoreDb, collection: &'a str) -> (String, &'a str) {
    match collection.rsplit_once('/') {
        Some((parent, id)) => (format!("{}/{parent}", db.get_documents_path()), id),
        None => (db.get_documents_path().clone(), collection),
    }
}

fn decode<T: DeserializeOwned>(document: &Document) -> Result<Doc<T>, StoreError> {
    let (_, id) = split(&document.name);
    let value = FirestoreDb::deserialize_doc_to(document).map_err(|error| {
        // The collection and the field, never the id or the content: a corrupt document is reported without its people.
        StoreError::Corrupt(format!("document does not have the expected form: {error}"))
    })?;
    Ok(Doc {
        id: id.to_owned(),
        value,
        update_time: UpdateTime::of(document),
    })
}
