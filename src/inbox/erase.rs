//! Erasing what the inbox holds of one person: messages, what is known of them, files, the conversation, and the raw bodies
//! that they came in.
//!
//! Whatever is found is erased and not found again, so that a run that broke off is finished by the next. The conversation
//! goes last: by it everything else is found. Of each message only a mark stays for a while, that it was erased, so that a
//! delivery that comes late does not bring it back.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::ledger::{self, Erased};
use super::reception::{Reception, TakeError};
use super::redact::Person;
use super::store::{self, CONVERSATIONS};
use crate::policy::Permit;
use crate::state::AppState;
use crate::store::{Doc, Guard, Query, StoreError, Writes};

/// Messages erased by one commit.
const PAGE: u32 = 200;

/// Deliveries whose bodies are erased at a time.
const DELIVERIES_A_PAGE: u32 = 50;

/// How long it is remembered that a message was erased: longer than any platform repeats a delivery, and as long as raw
/// bodies are kept.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(30 * 24);

/// By what a conversation is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By<'a> {
    /// The platform's id of the contact.
    Contact(&'a str),
    /// `WhatsApp`'s business-scoped id.
    UserId(&'a str),
    /// The phone in E.164 form.
    Phone(&'a str),
    /// The lead that it is with.
    Lead(&'a str),
}

/// What a conversation says of the person in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Known {
    /// The platform's id of the contact.
    pub contact_id: Option<String>,
    /// `WhatsApp`'s business-scoped id.
    pub contact_user_id: Option<String>,
    /// The phone in E.164 form.
    pub contact_phone: Option<String>,
    /// The lead that it is with.
    pub lead_id: Option<String>,
    /// When it began.
    pub created_at: Option<crate::store::Timestamp>,
}

/// The conversations with somebody, at most `limit`. One round trip.
///
/// # Errors
/// As [`crate::store::Store::query`].
pub async fn conversations(
    state: &AppState,
    by: By<'_>,
    limit: u32,
) -> Result<Vec<Doc<Known>>, StoreError> {
    let (field, value) = match by {
        By::Contact(id) => ("contactId", id),
        By::UserId(id) => ("contactUserId", id),
        By::Phone(e164) => ("contactPhone", e164),
        By::Lead(id) => ("leadId", id),
    };
    let query = Query::first(limit, CONVERSATIONS).eq(field, value);
    state.store.query(query).await
}

/// Erases one page of a conversation's messages, and returns how many those were; none are left when it is 0. Four
/// queries and one commit.
///
/// # Errors
/// [`StoreError::Conflict`] when something was told of one of them meanwhile; else as [`crate::store::Store::commit`].
pub async fn messages(
    state: &AppState,
    conversation: &str,
    permit: &Permit,
) -> Result<usize, StoreError> {
    let now = state.clock.now();
    let until = now.checked_add(REMEMBERED).unwrap_or(Timestamp::MAX);
    let mut writes = Writes::new();
    store::erase_keys(
        &state.store,
        conversation,
        (now, until),
        PAGE,
        &mut writes,
        permit,
    )
    .await?;
    store::erase_messages(&state.store, conversation, PAGE, &mut writes, permit).await?;
    store::erase_outgoing(&state.store, conversation, PAGE, &mut writes, permit).await?;
    let erased = writes.len();
    state.store.commit(writes).await?;
    Ok(erased)
}

/// Erases the raw bodies that hold words of a conversation, one page of them, and returns how many those were. One query,
/// and up to five round trips for each.
///
/// # Errors
/// As [`Reception::replay`].
pub async fn bodies(
    state: &AppState,
    conversation: &str,
    person: &Person,
    permit: &Permit,
) -> Result<usize, TakeError> {
    let found = ledger::about(&state.store, conversation, DELIVERIES_A_PAGE).await?;
    let mut erased = 0;
    for id in &found {
        let outcome = body(state, id, person, Some(conversation), permit).await?;
        erased += usize::from(outcome != Erased::Nothing);
    }
    Ok(erased)
}

/// Erases a person from one delivery's raw body; `listed` is the conversation that its record lists, if it was found so.
///
/// # Errors
/// As [`Reception::replay`].
pub async fn body(
    state: &AppState,
    id: &str,
    person: &Person,
    listed: Option<&str>,
    permit: &Permit,
) -> Result<Erased, TakeError> {
    let now = state.clock.now();
    let erased = ledger::erase(&state.store, id, person, listed, now, permit).await?;
    if erased == Erased::Items {
        match Reception::new(state).replay(id).await {
            // The person is out of it; what waits beside is for the command line's replay to report.
            Err(TakeError::Store(StoreError::Corrupt(cause))) => {
                tracing::error!(delivery = id, cause, "a delivery was not replayed");
            }
            other => drop(other?),
        }
    }
    Ok(erased)
}

/// Erases a conversation that holds no message any more; `false` when one came meanwhile. Three round trips, and those of
/// [`crate::clients::cloud_storage::CloudStorage::delete_prefix`].
///
/// # Errors
/// [`StoreError::Unavailable`]; [`StoreError::Conflict`] when something was told of it meanwhile.
pub async fn conversation(
    state: &AppState,
    conversation: &str,
    _permit: &Permit,
) -> Result<bool, StoreError> {
    let path = format!("{CONVERSATIONS}/{conversation}");
    let Some(found) = state.store.get::<Known>(&path).await? else {
        return Ok(true);
    };
    if !store::is_empty(&state.store, conversation).await? {
        return Ok(false);
    }
    stray_files(state, conversation).await?;
    let mut writes = Writes::new();
    writes.delete(&path, Guard::Unchanged(found.update_time));
    state.store.commit(writes).await?;
    Ok(true)
}

/// Whether there is such a conversation. One round trip.
///
/// # Errors
/// As [`crate::store::Store::get`].
pub async fn exists(state: &AppState, conversation: &str) -> Result<bool, StoreError> {
    let path = format!("{CONVERSATIONS}/{conversation}");
    Ok(state.store.get::<Known>(&path).await?.is_some())
}

/// Takes away the files of a conversation that is, or is about to be, gone.
///
/// # Errors
/// [`StoreError::Unavailable`].
pub async fn stray_files(state: &AppState, conversation: &str) -> Result<(), StoreError> {
    let deleted = state.storage.delete_prefix(&files(conversation)).await;
    deleted
        .map(drop)
        .map_err(|error| StoreError::Unavailable(error.to_string()))
}

/// The folder of a conversation's files.
pub fn files(conversation: &str) -> String {
    format!("inbox/{conversation}/")
}
