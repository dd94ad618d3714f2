//! Writing a message of our own before it is sent, and how that ended; reading messages that are answered.

use serde::{Deserialize, Serialize};

use super::conversation;
use super::message::{self, collection};
use super::outgoing;
use super::parts::FailureDoc;
use crate::error::Text;
use crate::inbox::conversation::Conversation;
use crate::inbox::event::Direction;
use crate::inbox::outgoing::Outgoing;
use crate::inbox::reply;
use crate::policy::Permit;
use crate::store::{Guard, Query, Store, StoreError, Timestamp, UpdateTime, Writes};

/// The collection that says which comments were answered in private, by the name of the comment's key: the platform takes
/// one such answer. Service data.
pub const PRIVATE_REPLIES: &str = "private_replies";

/// A message, as far as answering it goes.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Said {
    platform_id: Option<String>,
    direction: String,
    sent_at: Timestamp,
    sort_at: Timestamp,
    post_id: Option<String>,
    status: Option<String>,
}

impl Said {
    /// The message as one that is answered; `None` while the platform has not named it.
    pub fn target(&self) -> Option<reply::Target> {
        Some(reply::Target {
            platform_id: self.platform_id.clone()?,
            incoming: self.is_incoming(),
            sent_at: self.sent_at.0,
            post_id: self.post_id.clone(),
        })
    }

    /// The contact wrote it.
    pub fn is_incoming(&self) -> bool {
        self.direction == Direction::In.as_str()
    }

    /// Where it stands among the others.
    pub fn sort_at(&self) -> jiff::Timestamp {
        self.sort_at.0
    }

    /// The platform's id of it.
    pub fn platform_id(&self) -> Option<&str> {
        self.platform_id.as_deref()
    }

    /// How it stands, as people see it.
    pub fn status(&self) -> Option<&str> {
        self.status.as_deref()
    }
}

/// Reads a message of a conversation. One round trip.
///
/// # Errors
/// As [`Store::get`].
pub async fn message(
    store: &Store,
    conversation: &str,
    id: &str,
) -> Result<Option<Said>, StoreError> {
    let path = message::path(conversation, id);
    Ok(store.get::<Said>(&path).await?.map(|doc| doc.value))
}

/// Messages of a conversation from a moment on, the newest first, each with its id. One round trip.
///
/// # Errors
/// As [`Store::query`].
pub async fn after(
    store: &Store,
    conversation: &str,
    from: jiff::Timestamp,
    limit: u32,
) -> Result<Vec<(String, Said)>, StoreError> {
    let query = Query::first(limit, collection(conversation))
        .at_least("sortAt", Timestamp(from))
        .descending("sortAt");
    let found = store.query::<Said>(query).await?;
    Ok(found.into_iter().map(|doc| (doc.id, doc.value)).collect())
}

/// Messages of a conversation up to a moment, the newest first, each with its id. One round trip.
///
/// # Errors
/// As [`Store::query`].
pub async fn until(
    store: &Store,
    conversation: &str,
    to: jiff::Timestamp,
    limit: u32,
) -> Result<Vec<(String, Said)>, StoreError> {
    let behind = to
        .checked_add(jiff::SignedDuration::from_micros(1))
        .unwrap_or(to);
    let query = Query::first(limit, collection(conversation))
        .below("sortAt", Timestamp(behind))
        .descending("sortAt");
    let found = store.query::<Said>(query).await?;
    Ok(found.into_iter().map(|doc| (doc.id, doc.value)).collect())
}

/// Adds to a commit that somebody looked at a conversation, guarded by what was read of it.
///
/// # Errors
/// [`StoreError::Corrupt`] when it cannot be stored.
pub fn look(
    name: &str,
    conversation: &Conversation,
    known: UpdateTime,
    now: jiff::Timestamp,
    writes: &mut Writes,
    _permit: &Permit,
) -> Result<(), StoreError> {
    conversation::write(name, conversation, Some(known), now, writes)
}

/// The message of ours that answers a comment in private, and the guard for writing another. One round trip.
///
/// # Errors
/// As [`Store::get`].
pub async fn private_reply(
    store: &Store,
    comment: &str,
) -> Result<Option<(String, UpdateTime)>, StoreError> {
    let path = format!("{PRIVATE_REPLIES}/{comment}");
    let found = store.get::<PrivateReplyDoc>(&path).await?;
    Ok(found.map(|doc| (doc.value.message_id, doc.update_time)))
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PrivateReplyDoc {
    message_id: String,
    at: Timestamp,
    /// The comment cannot be answered in private by then.
    expire_at: Option<Timestamp>,
}

/// A message that is about to be sent.
#[derive(Debug)]
pub struct Begun<'a> {
    /// The message.
    pub ours: &'a Outgoing,
    /// The guard, when it was there before.
    pub known: Option<UpdateTime>,
    /// What it says.
    pub said: &'a reply::Said,
    /// The platform's id of the message that it answers.
    pub reply_to: Option<&'a str>,
    /// The conversation, with this message as its last.
    pub conversation: &'a Conversation,
    /// The guard of the conversation.
    pub conversation_time: UpdateTime,
    /// The comment that it answers in private, by the name of its key, and the guard of an answer that came to nothing.
    pub private: Option<(&'a str, Option<UpdateTime>)>,
}

/// # Shape
/// A message of ours as it is written before it is sent: without `platformId`, and PENDING.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    test,
    derive(ts_rs::TS),
    ts(rename = "PendingMessage", optional_fields)
)]
pub(crate) struct PendingDoc<'a> {
    account_id: &'a str,
    #[cfg_attr(test, ts(as = "Direction"))]
    direction: &'static str,
    kind: &'static str,
    text: String,
    attachments: Vec<String>,
    from: &'a str,
    to: &'a str,
    sent_at: Timestamp,
    sort_at: Timestamp,
    received_at: Timestamp,
    reply_to: Option<&'a str>,
    private: Option<bool>,
    template: Option<TemplateDoc<'a>>,
    author_id: &'a str,
    #[cfg_attr(test, ts(type = "MessageStatus"))]
    status: &'static str,
    updated_at: Timestamp,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "SentTemplate"))]
struct TemplateDoc<'a> {
    name: &'a str,
    language: &'a str,
    parameters: &'a [String],
}

/// Adds to a commit that a message is about to be sent: what is known of sending it, its document as PENDING, and the
/// conversation that shows it as its last.
///
/// # Errors
/// [`StoreError::Corrupt`] when something cannot be stored.
pub fn begin(
    begun: &Begun<'_>,
    now: jiff::Timestamp,
    writes: &mut Writes,
    _permit: &Permit,
) -> Result<(), StoreError> {
    let Begun {
        ours, conversation, ..
    } = begun;
    outgoing::write(ours, begun.known, now, writes)?;
    let at = Timestamp(ours.called);
    let template = match begun.said {
        reply::Said::Text(_) => None,
        reply::Said::Template(template) => Some(TemplateDoc {
            name: &template.name,
            language: &template.language,
            parameters: &template.parameters,
        }),
    };
    let doc = PendingDoc {
        account_id: &ours.account.id,
        direction: Direction::Out.as_str(),
        kind: begun.said.kind(),
        text: begun.said.shown(),
        attachments: Vec::new(),
        from: &ours.account.id,
        to: &conversation.contact,
        sent_at: at,
        sort_at: at,
        received_at: at,
        reply_to: begun.reply_to,
        private: begun.private.map(|_| true),
        template,
        author_id: ours.author.as_str(),
        status: "PENDING",
        updated_at: Timestamp(now),
    };
    let path = message::path(&ours.conversation, &ours.id);
    writes.put(&path, &doc, Guard::None)?;
    if let Some((comment, stood)) = begun.private {
        let path = format!("{PRIVATE_REPLIES}/{comment}");
        let doc = PrivateReplyDoc {
            message_id: ours.id.clone(),
            at,
            expire_at: ours
                .called
                .checked_add(reply::SEVEN_DAYS)
                .ok()
                .map(Timestamp),
        };
        match stood {
            Some(time) => writes.put(&path, &doc, Guard::Unchanged(time))?,
            None => writes.create(&path, &doc)?,
        };
    }
    let time = Some(begun.conversation_time);
    conversation::write(&ours.conversation, conversation, time, now, writes)
}

/// How an attempt ended that brought no id of the platform's.
#[derive(Debug, Clone, Copy)]
pub enum Ending<'a> {
    /// It certainly came to nothing: the code and the words.
    Failed(&'a str, &'a Text),
    /// It may have gone out: the same.
    Unclear(&'a str, &'a Text),
    /// It went out, and there is nothing more to note about its lead.
    Noted,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct EndedDoc {
    status: &'static str,
    error: FailureDoc,
    updated_at: Timestamp,
}

/// Adds to a commit how an attempt ended, guarded by what was read.
///
/// # Errors
/// [`StoreError::Corrupt`] when something cannot be stored.
pub fn end(
    ours: &Outgoing,
    known: UpdateTime,
    ending: Ending<'_>,
    now: jiff::Timestamp,
    writes: &mut Writes,
    _permit: &Permit,
) -> Result<(), StoreError> {
    outgoing::write(ours, Some(known), now, writes)?;
    let (status, code, text) = match ending {
        Ending::Failed(code, text) => ("FAILED", code, text),
        Ending::Unclear(code, text) => ("PENDING", code, text),
        Ending::Noted => return Ok(()),
    };
    let doc = EndedDoc {
        status,
        error: FailureDoc::answered(code, text),
        updated_at: Timestamp(now),
    };
    let path = message::path(&ours.conversation, &ours.id);
    writes.update(
        &path,
        &doc,
        &["status", "error", "updatedAt"],
        Guard::Exists,
    )?;
    Ok(())
}
