//! `conversations/{id}/messages/{same id as the message key}`: a message as people see it.

use serde::{Deserialize, Serialize};

use super::CONVERSATIONS;
use crate::error::{Language, Text};
use crate::inbox::conversation::{Last, snippet};
use crate::inbox::entry::{Entry, MessageKey, Status};
use crate::inbox::event::{Account, Arrival, Attachment, Direction, Failure, Referral};
use crate::inbox::media::is_fetched;
use crate::inbox::send::failure::sentence;
use crate::store::{Guard, StoreError, Timestamp, Writes};

/// The collection of a conversation's messages.
pub(super) fn collection(conversation: &str) -> String {
    format!("{CONVERSATIONS}/{conversation}/messages")
}

/// # Shape
/// Times as timestamps; `sortAt` is where it stands among the others, which differs from `sentAt` only when that cannot be
/// true. A deleted message keeps its place and loses what it said.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "ToldMessage", optional_fields))]
pub(crate) struct MessageDoc {
    platform_id: String,
    account_id: String,
    #[cfg_attr(test, ts(as = "Direction"))]
    direction: &'static str,
    kind: &'static str,
    text: Option<String>,
    attachments: Vec<AttachmentDoc>,
    from: Option<String>,
    to: Option<String>,
    sent_at: Timestamp,
    sort_at: Timestamp,
    received_at: Timestamp,
    reply_to: Option<String>,
    payload: Option<String>,
    post_id: Option<String>,
    referral: Option<ReferralDoc>,
    #[serde(flatten)]
    marks: MarksDoc,
}

/// What marks say of a message.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "MessageMarks", optional_fields))]
struct MarksDoc {
    #[cfg_attr(test, ts(optional, type = "MessageStatus"))]
    status: Option<&'static str>,
    error: Option<FailureDoc>,
    reaction: Option<String>,
    edited: Option<bool>,
    deleted: Option<bool>,
    updated_at: Timestamp,
}

/// A message known before, whose marks changed: the text only if one of them concerns it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct MarkedDoc {
    platform_id: String,
    text: Option<String>,
    attachments: Vec<AttachmentDoc>,
    #[serde(flatten)]
    marks: MarksDoc,
}

/// Why a message did not get there: the platform's code and words, and ours for people in both languages.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    test,
    derive(ts_rs::TS),
    ts(rename = "MessageFailure", optional_fields)
)]
pub(super) struct FailureDoc {
    code: Option<String>,
    title: Option<String>,
    message: Option<String>,
    message_en: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    test,
    derive(ts_rs::TS),
    ts(rename = "StoredAttachment", optional_fields)
)]
struct AttachmentDoc {
    kind: String,
    url: Option<String>,
    media_id: Option<String>,
    mime_type: Option<String>,
    sha256: Option<String>,
    file_name: Option<String>,
    title: Option<String>,
    phones: Option<Vec<String>>,
    latitude: Option<f64>,
    longitude: Option<f64>,
    /// PENDING until the file is in Storage; then STORED, with the link by which it is read as `url`, `storagePath` and
    /// `sizeBytes`; or FAILED, with a `reason`. Absent where there is no file to be kept.
    #[cfg_attr(test, ts(optional, type = "'PENDING' | 'STORED' | 'FAILED'"))]
    state: Option<&'static str>,
}

/// The ad or link that somebody came through.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "Referral", optional_fields))]
pub(super) struct ReferralDoc {
    source: Option<String>,
    reference: Option<String>,
    ad_id: Option<String>,
    title: Option<String>,
    url: Option<String>,
    click_id: Option<String>,
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

/// Writes a message that came or was told better, or the marks of one known before; `false` when there is nothing that
/// people could see yet.
pub(super) fn write(
    entry: &Entry,
    arrival: Option<&Arrival>,
    now: jiff::Timestamp,
    writes: &mut Writes,
) -> Result<bool, StoreError> {
    let Some(placed) = &entry.placed else {
        return Ok(false);
    };
    let path = format!("{}/{}", collection(&placed.conversation), entry.document());
    let marks = MarksDoc::of(entry, now);
    if let Some(arrival) = arrival {
        // Guarded by the message's key, which is written along with it.
        let fields = [SAID, MARKS].concat();
        let doc = MessageDoc::of(entry, arrival, now, marks);
        writes.update(&path, &doc, &fields, Guard::None)?;
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
        platform_id: entry.key.id.clone(),
        text: entry.marks.text(None),
        attachments: Vec::new(),
        marks,
    };
    writes.update(&path, &doc, &fields, Guard::Exists)?;
    Ok(true)
}

/// Takes a message away that turned out to be another.
pub(super) fn remove(conversation: &str, name: &str, writes: &mut Writes) {
    let path = format!("{}/{name}", collection(conversation));
    writes.delete(&path, Guard::None);
}

impl MarksDoc {
    fn of(entry: &Entry, now: jiff::Timestamp) -> Self {
        let marks = &entry.marks;
        let status = marks.status();
        let failure = marks
            .failed
            .as_ref()
            .filter(|_| status == Some(Status::Failed));
        Self {
            status: status.map(Status::as_str),
            error: failure.map(|(_, failure)| FailureDoc::told(failure)),
            reaction: marks.reaction.as_ref().and_then(|(_, emoji)| emoji.clone()),
            edited: marks.edited.as_ref().map(|_| true),
            deleted: marks.deleted.map(|_| true),
            updated_at: Timestamp(now),
        }
    }
}

impl FailureDoc {
    /// As a status told it.
    fn told(failure: &Failure) -> Self {
        let words = |language| {
            let sentence = sentence(failure.code.as_deref()?, language)?;
            Some(sentence.to_owned())
        };
        Self {
            code: failure.code.clone(),
            title: failure.title.clone(),
            message: words(Language::Indonesian),
            message_en: words(Language::English),
        }
    }

    /// As the answer to sending it said.
    pub(super) fn answered(code: &str, text: &Text) -> Self {
        Self {
            code: Some(code.to_owned()),
            title: None,
            message: Some(text.id.to_string()),
            message_en: Some(text.en.to_string()),
        }
    }
}

impl MessageDoc {
    fn of(entry: &Entry, arrival: &Arrival, now: jiff::Timestamp, marks: MarksDoc) -> Self {
        let account = &entry.key.account.id;
        let contact = (!arrival.anonymous).then(|| arrival.contact.clone());
        let (from, to) = match arrival.direction {
            Direction::In => (contact, Some(account.clone())),
            Direction::Out => (Some(account.clone()), contact),
        };
        let (sent_at, sort_at) = match &entry.placed {
            Some(placed) => (placed.telling.moment.at, placed.sort_at),
            None => (now, now),
        };
        let content = &arrival.content;
        let erased = entry.marks.deleted.is_some();
        Self {
            platform_id: entry.key.id.clone(),
            account_id: account.clone(),
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
            reply_to: content.reply_to.clone(),
            payload: content.payload.clone().filter(|_| !erased),
            post_id: content.post_id.clone(),
            referral: content
                .referral
                .as_ref()
                .filter(|_| !erased)
                .map(ReferralDoc::of),
            marks,
        }
    }
}

impl AttachmentDoc {
    fn of(attachment: &Attachment, state: Option<&'static str>) -> Self {
        let phones = attachment.phones.clone();
        Self {
            kind: attachment.kind.clone(),
            url: attachment.url.clone(),
            media_id: attachment.media_id.clone(),
            mime_type: attachment.mime_type.clone(),
            sha256: attachment.sha256.clone(),
            file_name: attachment.file_name.clone(),
            title: attachment.title.clone(),
            phones: (!phones.is_empty()).then_some(phones),
            latitude: attachment.latitude,
            longitude: attachment.longitude,
            state,
        }
    }
}

impl ReferralDoc {
    pub(super) fn of(referral: &Referral) -> Self {
        let Referral {
            source,
            reference,
            ad_id,
            title,
            url,
            click_id,
        } = referral.clone();
        Self {
            source,
            reference,
            ad_id,
            title,
            url,
            click_id,
        }
    }

    pub(super) fn read(self) -> Referral {
        Referral {
            source: self.source,
            reference: self.reference,
            ad_id: self.ad_id,
            title: self.title,
            url: self.url,
            click_id: self.click_id,
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
