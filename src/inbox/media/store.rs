//! What is to be fetched: `media_fetches/{the message's key}`, and what the message says of it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::is_fetched;
use crate::channels::channel_id;
use crate::inbox::entry::Entry;
use crate::inbox::event::{Arrival, ChannelKind};
use crate::policy::Permit;
use crate::store::{Doc, Guard, Query, Store, StoreError, Timestamp, UpdateTime, Writes};

/// The collection of files to be fetched, or to be taken away again. Service data.
pub const MEDIA_FETCHES: &str = "media_fetches";

/// # Shape
/// `state`: FETCH or ERASE; a document goes when all is done. `dueAt`: when somebody should be at work on it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FetchDoc {
    /// FETCH or ERASE.
    pub state: String,
    /// The conversation.
    pub conversation_id: String,
    /// The channel, whose token opens the files.
    pub channel_id: String,
    /// The kind of conversation.
    pub channel: String,
    /// Attempts so far.
    pub attempts: u32,
    /// When it was first to be fetched.
    pub created_at: Timestamp,
    /// When somebody should be at work on it.
    pub due_at: Timestamp,
}

/// Adds to the commit of the message called `name` that its files are to be fetched, or taken away since it was taken back; `false` when there is
/// nothing to do. The commit's guard is the message's key.
///
/// # Errors
/// [`StoreError::Corrupt`] when it cannot be stored.
pub fn note(
    name: &str,
    entry: &Entry,
    arrival: Option<&Arrival>,
    now: jiff::Timestamp,
    writes: &mut Writes,
) -> Result<bool, StoreError> {
    let Some(placed) = &entry.placed else {
        return Ok(false);
    };
    let account = &entry.key.account;
    let erased = entry.marks.deleted.is_some();
    let state = match arrival {
        None if erased => "ERASE",
        Some(arrival) if !erased => {
            let content = &arrival.content;
            let mut files = content.attachments.iter();
            if !files.any(|file| is_fetched(account.kind, content, file)) {
                return Ok(false);
            }
            "FETCH"
        }
        _ => return Ok(false),
    };
    let doc = FetchDoc {
        state: state.to_owned(),
        conversation_id: placed.conversation.clone(),
        channel_id: channel_id(account.kind.platform(), &account.id).unwrap_or_default(),
        channel: account.kind.as_str().to_owned(),
        attempts: 0,
        created_at: Timestamp(now),
        due_at: Timestamp(now),
    };
    let path = path(name);
    writes.put(&path, &doc, Guard::None)?;
    Ok(true)
}

/// Reads what is to be done about a message's files. One round trip.
///
/// # Errors
/// As [`Store::get`].
pub async fn get(store: &Store, name: &str) -> Result<Option<Doc<FetchDoc>>, StoreError> {
    store.get(&path(name)).await
}

/// The names of messages whose files should have been worked on by `before`. One round trip.
///
/// # Errors
/// As [`Store::query`].
pub async fn due(
    store: &Store,
    before: jiff::Timestamp,
    limit: u32,
) -> Result<Vec<String>, StoreError> {
    let query = Query::first(limit, MEDIA_FETCHES).below("dueAt", Timestamp(before));
    let found = store.query::<FetchDoc>(query.ascending("dueAt")).await?;
    Ok(found.into_iter().map(|doc| doc.id).collect())
}

/// The attachments of a message as they stand, and the guard for writing them. One round trip.
///
/// # Errors
/// As [`Store::get`].
pub async fn attachments(
    store: &Store,
    conversation: &str,
    name: &str,
) -> Result<Option<(Vec<Map<String, Value>>, UpdateTime)>, StoreError> {
    let found = store.get::<FilesDoc>(&message(conversation, name)).await?;
    Ok(found.map(|doc| (doc.value.attachments, doc.update_time)))
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct FilesDoc {
    attachments: Vec<Map<String, Value>>,
}

/// Writes what became of a message's files, and when to look again; with no `next`, it is done. One round trip.
///
/// # Errors
/// [`StoreError::Conflict`], [`StoreError::NotFound`] when the message was told anew, taken back or erased meanwhile; else as
/// [`Store::commit`].
pub async fn save(
    store: &Store,
    fetch: &Doc<FetchDoc>,
    told: Option<(Vec<Map<String, Value>>, UpdateTime)>,
    next: Option<jiff::Timestamp>,
    _permit: &Permit,
) -> Result<(), StoreError> {
    let mut writes = Writes::new();
    if let Some((attachments, time)) = told {
        let message = message(&fetch.value.conversation_id, &fetch.id);
        let doc = FilesDoc { attachments };
        writes.update(&message, &doc, &["attachments"], Guard::Unchanged(time))?;
    }
    let path = path(&fetch.id);
    let guard = Guard::Unchanged(fetch.update_time);
    match next {
        Some(at) => {
            let doc = FetchDoc {
                attempts: fetch.value.attempts + 1,
                due_at: Timestamp(at),
                ..fetch.value.clone()
            };
            writes.put(&path, &doc, guard)?;
        }
        None => {
            writes.delete(&path, guard);
        }
    }
    store.commit(writes).await
}

/// Adds to a commit that nothing is to be fetched for a message any more.
pub fn forget(name: &str, writes: &mut Writes, _permit: &Permit) {
    writes.delete(&path(name), Guard::None);
}

impl FetchDoc {
    /// The kind of conversation.
    pub fn kind(&self) -> Option<ChannelKind> {
        ChannelKind::parse(&self.channel)
    }
}

fn path(name: &str) -> String {
    format!("{MEDIA_FETCHES}/{name}")
}

fn message(conversation: &str, name: &str) -> String {
    format!(
        "{}/{conversation}/messages/{name}",
        crate::inbox::store::CONVERSATIONS
    )
}
