//! `conversations/{id}/messages/{same id as the message key}`: a message as people see it.

use serde::{Deserialize, Serialize};

use super::CONVERSATIONS;
use super::parts::{AttachmentDoc, FailureDoc, ReferralDoc};
use crate::inbox::conversation::{Last, snippet};
use crate::inbox::entry::{Entry, MessageKey, Status};
use crate::inbox::event::{Account, Arrival, Direction};
use crate::inbox::media::is_fetched;
use crate::store::{Guard, StoreError, Timestamp, Writes};

/// The collection of a conversation's messages.
pub(super) fn collection(conversation: &str) -> String {
    format!("{CONVERSATIONS}/{conversation}/messages")
}

/// The document of a message.
pub(super) fn path(conversation: &str, document: &str) -> String {
    [CONVERSATIONS, conversation, "messages", document].join("/")
}

/// # Shape
/// Times as timestamps; `sortAt` is where it stands among the others, which differs from `sentAt` only when that cannot be
/// true. A deleted message keeps its place and loses what it said.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "ToldMessage", optional_fields))]
pub(crate) struct MessageDoc<'a> {
    platform_id: &'a str,
    account_id: &'a str,
    #[cfg_attr(test, ts(as = "Direction"))]
    direction: &'static str,
    kind: &'static str,
    text: Option<&'a str>,
    attachments: Vec<AttachmentDoc>,
    from: Option<&'a str>,
    to: Option<&'a str>,
    sent_at: Timestamp,
    sort_at: Timestamp,
    received_at: Timestamp,
    reply_to: Option<&'a str>,
    payload: Option<&'a str>,
    post_id: Option<&'a str>,
    referral: Option<ReferralDoc>,
    // The marks, one by one: flattened they would be gathered into a map that grows under them.
    #[cfg_attr(test, ts(optional, type = "MessageStatus"))]
    status: Option<&'static str>,
    error: Option<FailureDoc>,
    reaction: Option<&'a str>,
    edited: Option<bool>,
    deleted: Option<bool>,
    updated_at: Timestamp,
}

/// What marks say of a message.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct MarksDoc<'a> {
    status: Option<&'static str>,
    error: Option<FailureDoc>,
    reaction: Option<&'a str>,
    edited: Option<bool>,
    deleted: Option<bool>,
    updated_at: Timestamp,
}

/// A message known before, whose marks changed: the text only if one of them concerns it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct MarkedDoc<'a> {
    platform_id: &'a str,
    text: Option<&'a str>,
    attachments: Vec<AttachmentDoc>,
    #[serde(flatten)]
    marks: MarksDoc<'a>,
}

/// Whether a message is one of ours, and by which id the platform knows it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SentDoc {
    direction: String,
    platform_id: Option<String>,
}

/// What the list of conversations shows of a message.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LastDoc {
    sort_at: Timestamp,
    kind: String,
    direction: String,
    text: Option<String>,
}

/// What a telling of a message writes.
const SAID: &[&str] = &[
    "platformId",
    "accountId",
    "direction",
    "kind",
    "text",
    "attachments",
    "from",
    "to",
    "sentAt",
    "sortAt",
    "receivedAt",
    "replyTo",
    "payload",
    "postId",
    "referral",
];

/// What marks write.
const MARKS: &[&str] = &[
    "status",
    "error",
    "reaction",
    "edited",
    "deleted",
    "updatedAt",
];

/// What a deletion takes away beside the text.
const ERASED: &[&str] = &["attachments", "payload", "referral"];

/// Writes the message called `name` that came or was told better, or the marks of one known before; `false` when there is nothing that
/// people could see yet. `known`: something of it was stored before.
pub(super) fn write(
    name: &str,
    entry: &Entry,
    arrival: Option<&Arrival>,
    known: bool,
    now: jiff::Timestamp,
    writes: &mut Writes,
) -> Result<bool, StoreError> {
    let Some(placed) = &entry.placed else {
        return Ok(false);
    };
    let path = path(&placed.conversation, entry.document(name));
    let marks = MarksDoc::of(entry, now);
    if let Some(arrival) = arrival {
        // Guarded by the message's key, which is written along with it.
        let doc = MessageDoc::of(entry, arrival, now, marks);
        if known {
            writes.update(&path, &doc, &[SAID, MARKS].concat(), Guard::None)?;
        } else {
            writes.put(&path, &doc, Guard::None)?;
        }
        return Ok(true);
    }
    let mut fields = MARKS.to_vec();
    if entry.marks.edited.is_some() || entry.marks.deleted.is_some() {
        fields.push("text");
    }
    if entry.marks.deleted.is_some() {
        fields.extend(ERASED);
    }
    // One of our own learns now by which id the platform knows it.
    if placed.document.is_some() {
        fields.push("platformId");
    }
    let doc = MarkedDoc {
        platform_id: &entry.key.id,
        text: entry.marks.text(None),
        attachments: Vec::new(),
        marks,
    };
    writes.update(&path, &doc, &fields, Guard::Exists)?;
    Ok(true)
}

/// Takes a message away that turned out to be another.
pub(super) fn remove(conversation: &str, name: &str, writes: &mut Writes) {
    writes.delete(&path(conversation, name), Guard::None);
}

impl<'a> MarksDoc<'a> {
    fn of(entry: &'a Entry, now: jiff::Timestamp) -> Self {
        let marks = &entry.marks;
        let status = marks.status();
        let failure = marks
            .failed
            .as_ref()
            .filter(|_| status == Some(Status::Failed));
        Self {
            status: status.map(Status::as_str),
            error: failure.map(|(_, failure)| FailureDoc::told(failure)),
            reaction: marks
                .reaction
                .as_ref()
                .and_then(|(_, emoji)| emoji.as_deref()),
            edited: marks.edited.as_ref().map(|_| true),
            deleted: marks.deleted.map(|_| true),
            updated_at: Timestamp(now),
        }
    }
}

impl<'a> MessageDoc<'a> {
    fn of(
        entry: &'a Entry,
        arrival: &'a Arrival,
        now: jiff::Timestamp,
        marks: MarksDoc<'a>,
    ) -> Self {
        let account = entry.key.account.id.as_str();
        let contact = (!arrival.anonymous).then_some(arrival.contact.as_str());
        let (from, to) = match arrival.direction {
            Direction::In => (contact, Some(account)),
            Direction::Out => (Some(account), contact),
        };
        let (sent_at, sort_at) = match &entry.placed {
            Some(placed) => (placed.telling.moment.at, placed.sort_at),
            None => (now, now),
        };
        let content = &arrival.content;
        let erased = entry.marks.deleted.is_some();
        Self {
            platform_id: &entry.key.id,
            account_id: account,
            direction: arrival.direction.as_str(),
            kind: content.kind,
            text: entry.marks.text(content.text.as_ref()),
            attachments: content
                .attachments
                .iter()
                .filter(|_| !erased)
                .map(|attachment| {
                    let kept = is_fetched(entry.key.account.kind, content, attachment);
                    AttachmentDoc::of(attachment, kept.then_some("PENDING"))
                })
                .collect(),
            from,
            to,
            sent_at: Timestamp(sent_at),
            sort_at: Timestamp(sort_at),
            received_at: Timestamp(now),
            reply_to: content.reply_to.as_deref(),
            payload: content.payload.as_deref().filter(|_| !erased),
            post_id: content.post_id.as_deref(),
            referral: content
                .referral
                .as_ref()
                .filter(|_| !erased)
                .map(ReferralDoc::of),
            status: marks.status,
            error: marks.error,
            reaction: marks.reaction,
            edited: marks.edited,
            deleted: marks.deleted,
            updated_at: marks.updated_at,
        }
    }
}

impl SentDoc {
    /// The name of its key, if it is one of ours and the platform has it.
    pub(super) fn key(self, account: &Account) -> Option<String> {
        if self.direction != Direction::Out.as_str() {
            return None;
        }
        let key = MessageKey {
            account: account.clone(),
            id: self.platform_id?,
        };
        Some(key.name())
    }
}

impl LastDoc {
    pub(super) fn read(self, name: String) -> Last {
        Last {
            sort_at: self.sort_at.0,
            name,
            kind: self.kind,
            outgoing: self.direction == Direction::Out.as_str(),
            text: snippet(&crate::inbox::entry::Marks::default(), self.text.as_ref()),
        }
    }
}
