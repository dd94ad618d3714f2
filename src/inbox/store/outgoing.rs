//! `outbox/{id}`: what is known of sending each message of our own. Service data: no client reads it, and it holds no word
//! of the message.

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::ids::Uid;
use crate::inbox::event::{Account, ChannelKind};
use crate::inbox::outgoing::{Outgoing, State};
use crate::policy::Permit;
use crate::store::{Doc, Guard, Query, Store, StoreError, Timestamp, UpdateTime, Writes};

/// The collection of what is known of sending messages.
pub const OUTBOX: &str = "outbox";

/// Messages of one conversation that wait for word of the platform, looked at for an echo.
const MOST_OPEN: u32 = 50;

/// How long what was settled is kept, in hours: 30 days, in which the same request still means the same message.
const KEPT_HOURS: i64 = 30 * 24;

/// # Shape
/// `state`: CALLING, UNCLEAR, SENT, FAILED. `open` while the platform may have it without our knowing. `callingUntil` only
/// while CALLING; `firstResponseOwed` while the lead is not told of its first answer; `expireAt` once nothing is to come.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct OutgoingDoc {
    conversation_id: String,
    channel: String,
    account_id: String,
    echoes_in: String,
    author_id: String,
    asked: String,
    said: String,
    lead_id: Option<String>,
    state: String,
    open: bool,
    calling_until: Option<Timestamp>,
    platform_id: Option<String>,
    first_response_owed: Option<bool>,
    code: Option<String>,
    attempts: i64,
    attempt_id: String,
    called_at: Timestamp,
    updated_at: Option<Timestamp>,
    expire_at: Option<Timestamp>,
}

/// Reads messages of ours by their ids; the missing ones are missing. One round trip.
///
/// # Errors
/// As [`Store::get_many`].
pub async fn outgoing(
    store: &Store,
    ids: &[&str],
) -> Result<Vec<(Outgoing, UpdateTime)>, StoreError> {
    let found = store.get_many::<OutgoingDoc>(OUTBOX, ids).await?;
    found.into_values().map(read).collect()
}

/// Messages of ours whose echo would be told of a conversation and that wait for word of the platform. One round trip.
///
/// # Errors
/// As [`Store::query`].
pub async fn open_in(store: &Store, home: &str) -> Result<Vec<(Outgoing, UpdateTime)>, StoreError> {
    let query = Query::first(MOST_OPEN, OUTBOX)
        .eq("echoesIn", home)
        .eq("open", true);
    found(store, query).await
}

/// Messages of ours whose attempt must have ended by now. One round trip.
///
/// # Errors
/// As [`Store::query`].
pub async fn overdue(
    store: &Store,
    now: jiff::Timestamp,
    limit: u32,
) -> Result<Vec<(Outgoing, UpdateTime)>, StoreError> {
    let query = Query::first(limit, OUTBOX)
        .below("callingUntil", Timestamp(now))
        .ascending("callingUntil");
    found(store, query).await
}

/// Messages of ours whose lead is not told of its first answer. One round trip.
///
/// # Errors
/// As [`Store::query`].
pub async fn owing(store: &Store, limit: u32) -> Result<Vec<(Outgoing, UpdateTime)>, StoreError> {
    let query = Query::first(limit, OUTBOX).eq("firstResponseOwed", true);
    found(store, query).await
}

/// Adds to a commit that what is known of sending a conversation's messages is gone, one page of it. One round trip.
///
/// # Errors
/// As [`Store::query`].
pub async fn erase_outgoing(
    store: &Store,
    conversation: &str,
    limit: u32,
    writes: &mut Writes,
    _permit: &Permit,
) -> Result<(), StoreError> {
    let query = Query::first(limit, OUTBOX).eq("conversationId", conversation);
    for doc in store.query::<IgnoredAny>(query).await? {
        writes.delete(&format!("{OUTBOX}/{}", doc.id), Guard::None);
    }
    Ok(())
}

async fn found(store: &Store, query: Query) -> Result<Vec<(Outgoing, UpdateTime)>, StoreError> {
    let found = store.query::<OutgoingDoc>(query).await?;
    found.into_iter().map(read).collect()
}

/// Adds to a commit how a message of ours stands: a new one, or one as it was read.
pub(super) fn write(
    ours: &Outgoing,
    known: Option<UpdateTime>,
    now: jiff::Timestamp,
    writes: &mut Writes,
) -> Result<(), StoreError> {
    let path = format!("{OUTBOX}/{}", ours.id);
    let doc = OutgoingDoc::of(ours, now);
    match known {
        Some(time) => writes.put(&path, &doc, Guard::Unchanged(time))?,
        None => writes.create(&path, &doc)?,
    };
    Ok(())
}

impl OutgoingDoc {
    fn of(ours: &Outgoing, now: jiff::Timestamp) -> Self {
        let mut doc = Self {
            conversation_id: ours.conversation.clone(),
            channel: ours.account.kind.as_str().to_owned(),
            account_id: ours.account.id.clone(),
            echoes_in: ours.echoes_in.clone(),
            author_id: ours.author.to_string(),
            asked: ours.asked.clone(),
            said: ours.said.clone(),
            lead_id: ours.lead.clone(),
            state: String::new(),
            open: ours.is_open(),
            calling_until: None,
            platform_id: None,
            first_response_owed: None,
            code: None,
            attempts: ours.attempts,
            attempt_id: ours.attempt_id.clone(),
            called_at: Timestamp(ours.called),
            updated_at: Some(Timestamp(now)),
            expire_at: None,
        };
        let kept = jiff::SignedDuration::from_hours(KEPT_HOURS);
        let expire_at = now.checked_add(kept).ok().map(Timestamp);
        match &ours.state {
            State::Calling { until } => {
                "CALLING".clone_into(&mut doc.state);
                doc.calling_until = Some(Timestamp(*until));
            }
            // An echo or a status may come for days.
            State::Unclear => {
                "UNCLEAR".clone_into(&mut doc.state);
                doc.expire_at = expire_at;
            }
            State::Sent { platform_id, noted } => {
                "SENT".clone_into(&mut doc.state);
                doc.platform_id = Some(platform_id.clone());
                doc.first_response_owed = (!noted).then_some(true);
                doc.expire_at = expire_at.filter(|_| *noted);
            }
            State::Failed { code } => {
                "FAILED".clone_into(&mut doc.state);
                doc.code = Some(code.clone());
                doc.expire_at = expire_at;
            }
        }
        doc
    }
}

fn read(doc: Doc<OutgoingDoc>) -> Result<(Outgoing, UpdateTime), StoreError> {
    let corrupt =
        || StoreError::Corrupt("a message of ours is not of the form it must have".into());
    let (id, time, doc) = (doc.id, doc.update_time, doc.value);
    let state = match doc.state.as_str() {
        "CALLING" => State::Calling {
            until: doc.calling_until.ok_or_else(corrupt)?.0,
        },
        "UNCLEAR" => State::Unclear,
        "SENT" => State::Sent {
            platform_id: doc.platform_id.ok_or_else(corrupt)?,
            noted: doc.first_response_owed != Some(true),
        },
        "FAILED" => State::Failed {
            code: doc.code.unwrap_or_default(),
        },
        _ => return Err(corrupt()),
    };
    let ours = Outgoing {
        id,
        conversation: doc.conversation_id,
        account: Account {
            kind: ChannelKind::parse(&doc.channel).ok_or_else(corrupt)?,
            id: doc.account_id,
        },
        echoes_in: doc.echoes_in,
        author: Uid::parse(doc.author_id).map_err(|_| corrupt())?,
        asked: doc.asked,
        said: doc.said,
        lead: doc.lead_id,
        state,
        attempts: doc.attempts,
        attempt_id: doc.attempt_id,
        called: doc.called_at.0,
    };
    Ok((ours, time))
}
