//! The inbox as documents: conversations, their messages, what is known of each message, leads to be fetched.
//!
//! `message_keys/{id}` is what decides: it makes a message one, says where it lies, and holds its marks, which may come
//! before the message. `conversations/{id}/messages/{same id}` is what people see, written along with it and never read
//! to decide. *Invariant:* whatever changes something here takes the policy's permit.

mod conversation;
mod entry;
mod message;
mod outgoing;
mod parts;
mod sending;

use std::collections::HashMap;

pub use self::conversation::CONVERSATIONS;
#[cfg(test)]
pub(crate) use self::conversation::ConversationDoc;
pub use self::entry::MESSAGE_KEYS;
#[cfg(test)]
pub(crate) use self::message::MessageDoc;
pub use self::outgoing::{OUTBOX, erase_outgoing, open_in, outgoing, overdue, owing};
#[cfg(test)]
pub(crate) use self::sending::PendingDoc;
pub use self::sending::{
    Begun, Ending, PRIVATE_REPLIES, Said, after, begin, end, look, message, private_reply, until,
};
use super::conversation::{Conversation, Last};
use super::entry::Entry;
use super::event::{Account, LeadPing};
use super::intake::Intake;
use super::media;
use super::merge::Inbox;
use crate::leads::intake::store::{self as rows, Announced};
use crate::policy::Permit;
use crate::store::{Guard, Query, Store, StoreError, Timestamp, UpdateTime, Writes};

/// Most messages that one receipt marks: those that were sent last. Older ones had their receipt long ago.
const MOST_COVERED: u32 = 300;

/// Something as it was read, and the guard for writing it.
pub type Read<T> = HashMap<String, (T, UpdateTime)>;

/// When each document was last written, as far as it is there.
#[derive(Debug, Clone, Default)]
pub struct Times {
    /// Of conversations.
    pub conversations: HashMap<String, UpdateTime>,
    /// Of what is known of messages.
    pub entries: HashMap<String, UpdateTime>,
    /// Of leads to be fetched.
    pub leads: HashMap<String, UpdateTime>,
    /// Of messages of our own on their way.
    pub outgoing: HashMap<String, UpdateTime>,
}

/// Which document a write of a commit was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Slot {
    /// A conversation.
    Conversation(String),
    /// What is known of a message.
    Entry(String),
    /// That a message's files are to be fetched or taken away.
    Media(String),
    /// Something that is not remembered.
    Other,
}

impl Slot {
    /// The message whose files are to be seen to, if it is one.
    pub fn media(&self) -> Option<String> {
        match self {
            Self::Media(name) => Some(name.clone()),
            Self::Conversation(_) | Self::Entry(_) | Self::Other => None,
        }
    }
}

/// Reads what is known of messages. One round trip for each 300.
///
/// # Errors
/// As [`Store::get_many`].
pub async fn entries(store: &Store, names: &[&str]) -> Result<Read<Entry>, StoreError> {
    let found = store
        .get_many::<entry::EntryDoc>(MESSAGE_KEYS, names)
        .await?;
    found
        .into_iter()
        .map(|(name, doc)| Ok((name, (doc.value.read()?, doc.update_time))))
        .collect()
}

/// Reads conversations. One round trip for each 300.
///
/// # Errors
/// As [`Store::get_many`].
pub async fn conversations(
    store: &Store,
    names: &[&str],
) -> Result<Read<Conversation>, StoreError> {
    let found = store
        .get_many::<conversation::ConversationDoc>(CONVERSATIONS, names)
        .await?;
    found
        .into_iter()
        .map(|(name, doc)| Ok((name, (doc.value.read()?, doc.update_time))))
        .collect()
}

/// Reads leads to be fetched. One round trip for each 300.
///
/// # Errors
/// As [`Store::get_many`].
pub async fn leads(store: &Store, ids: &[&str]) -> Result<Read<Intake>, StoreError> {
    let found = rows::get_many(store, ids).await?;
    Ok(found
        .into_iter()
        .map(|(id, row)| (id, (intake(row.announced()), row.time)))
        .collect())
}

/// The messages that we sent after one moment and up to another, the latest 300 of them, by the names of their keys. One
/// round trip.
///
/// # Errors
/// As [`Store::query`].
pub async fn sent_between(
    store: &Store,
    account: &Account,
    conversation: &str,
    after: Option<jiff::Timestamp>,
    up_to: jiff::Timestamp,
) -> Result<Vec<String>, StoreError> {
    let behind = up_to
        .checked_add(jiff::SignedDuration::from_micros(1))
        .unwrap_or(up_to);
    let mut query = Query::first(MOST_COVERED, message::collection(conversation))
        .below("sentAt", Timestamp(behind))
        .descending("sentAt");
    if let Some(after) = after {
        query = query.at_least("sentAt", Timestamp(after));
    }
    let found = store.query::<message::SentDoc>(query).await?;
    Ok(found
        .into_iter()
        .filter_map(|doc| doc.value.key(account))
        .collect())
}

/// The newest message of a conversation beside one. One round trip.
///
/// # Errors
/// As [`Store::query`].
pub async fn newest_beside(
    store: &Store,
    conversation: &str,
    name: &str,
) -> Result<Option<Last>, StoreError> {
    let query = Query::first(2, message::collection(conversation)).descending("sortAt");
    let found = store.query::<message::LastDoc>(query).await?;
    Ok(found
        .into_iter()
        .find(|doc| doc.id != name)
        .map(|doc| doc.value.read(doc.id)))
}

/// Adds to a commit that what is known of a page of a conversation's messages is erased `at` a moment, which is remembered
/// `until` another. One query.
///
/// # Errors
/// As [`Store::query`].
pub async fn erase_keys(
    store: &Store,
    conversation: &str,
    (at, until): (jiff::Timestamp, jiff::Timestamp),
    limit: u32,
    writes: &mut Writes,
    permit: &Permit,
) -> Result<(), StoreError> {
    let query = Query::first(limit, MESSAGE_KEYS).eq("placed.conversationId", conversation);
    for doc in store.query::<entry::EntryDoc>(query).await? {
        let path = format!("{MESSAGE_KEYS}/{}", doc.id);
        media::store::forget(&doc.id, writes, permit);
        let erased = doc.value.erased(at, until);
        writes.put(&path, &erased, Guard::Unchanged(doc.update_time))?;
    }
    Ok(())
}

/// Adds to a commit that a page of a conversation's messages goes, and what is known of sending ours. Two queries.
///
/// # Errors
/// As [`Store::query`].
pub async fn erase_messages(
    store: &Store,
    conversation: &str,
    limit: u32,
    writes: &mut Writes,
    _permit: &Permit,
) -> Result<(), StoreError> {
    let messages = message::collection(conversation);
    let found = store
        .query::<serde::de::IgnoredAny>(Query::first(limit, &messages))
        .await?;
    for doc in found {
        writes.delete(&format!("{messages}/{}", doc.id), Guard::None);
    }
    // What is known of sending ours names them by the platform's ids, which can hold a phone.
    let query = Query::first(limit, OUTBOX).eq("conversationId", conversation);
    for doc in store.query::<serde::de::IgnoredAny>(query).await? {
        writes.delete(&format!("{OUTBOX}/{}", doc.id), Guard::None);
    }
    Ok(())
}

/// Whether a conversation holds no message. One round trip.
///
/// # Errors
/// As [`Store::query`].
pub async fn is_empty(store: &Store, conversation: &str) -> Result<bool, StoreError> {
    let query = Query::first(1, message::collection(conversation));
    Ok(store
        .query::<serde::de::IgnoredAny>(query)
        .await?
        .is_empty())
}

/// Adds what changed to a commit, each document guarded by what was read of it; says which write is which.
///
/// # Errors
/// [`StoreError::Corrupt`] when something cannot be stored.
pub fn write(
    inbox: &Inbox,
    times: &Times,
    now: jiff::Timestamp,
    writes: &mut Writes,
    permit: &Permit,
) -> Result<Vec<Slot>, StoreError> {
    let mut slots = Vec::new();
    for name in &inbox.changed.entries {
        let Some(entry) = inbox.entries.get(name) else {
            continue;
        };
        let path = [MESSAGE_KEYS, name].join("/");
        let doc = entry::EntryDoc::of(entry);
        let known = times.entries.get(name);
        match known {
            Some(time) => writes.put(&path, &doc, Guard::Unchanged(*time))?,
            None => writes.create(&path, &doc)?,
        };
        slots.push(Slot::Entry(name.clone()));
        let arrival = inbox.arrivals.get(name);
        if message::write(name, entry, arrival, known.is_some(), now, writes)? {
            slots.push(Slot::Other);
        }
        if media::store::note(name, entry, arrival, now, writes)? {
            slots.push(Slot::Media(name.clone()));
        }
    }
    for (home, name) in &inbox.changed.left {
        message::remove(home, name, writes);
        slots.push(Slot::Other);
    }
    for id in &inbox.changed.outgoing {
        if let Some(ours) = inbox.outgoing.get(id)
            && let Some(time) = times.outgoing.get(id)
        {
            outgoing::write(ours, Some(*time), now, writes)?;
            slots.push(Slot::Other);
        }
    }
    for name in &inbox.changed.conversations {
        if let Some(conversation) = inbox.conversations.get(name) {
            let time = times.conversations.get(name).copied();
            conversation::write(name, conversation, time, now, writes)?;
            slots.push(Slot::Conversation(name.clone()));
        }
    }
    for id in &inbox.changed.leads {
        if let Some(intake) = inbox.leads.get(id) {
            let known = times.leads.get(id).copied();
            rows::announce(writes, permit, &announced(intake), known, now)?;
            slots.push(Slot::Other);
        }
    }
    for (name, at) in &inbox.changed.strangers {
        if let Some(conversation) = inbox.conversations.get(name) {
            let channel = &conversation.channel_id;
            rows::wish(writes, permit, name, channel, Some(*at), now)?;
            slots.push(Slot::Other);
        }
    }
    Ok(slots)
}

/// What pings tell of a lead, as leads take them in.
fn announced(intake: &Intake) -> Announced {
    let ping = intake.ping.clone();
    Announced {
        leadgen_id: ping.leadgen_id,
        channel_id: intake.channel_id.clone(),
        page_id: intake.page_id.clone(),
        form_id: ping.form_id,
        ad_id: ping.ad_id,
        adgroup_id: ping.adgroup_id,
        created_at: ping.created_at,
    }
}

fn intake(announced: Announced) -> Intake {
    Intake {
        channel_id: announced.channel_id,
        page_id: announced.page_id,
        ping: LeadPing {
            leadgen_id: announced.leadgen_id,
            form_id: announced.form_id,
            ad_id: announced.ad_id,
            adgroup_id: announced.adgroup_id,
            created_at: announced.created_at,
        },
    }
}
