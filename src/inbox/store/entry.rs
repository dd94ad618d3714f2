//! `message_keys/{digest of channel, account and platform id}`: what decides about a message.

use serde::{Deserialize, Serialize};

use crate::inbox::entry::{Entry, Marks, MessageKey, Placed, Telling};
use crate::inbox::event::{Account, ChannelKind, Direction, Failure, Moment, TimeSource};
use crate::store::{StoreError, Timestamp};

/// The collection of what is known of messages. Service data: no client reads it.
pub const MESSAGE_KEYS: &str = "message_keys";

/// # Shape
/// Without `placed` while only marks have come. With `erasedAt` it is all that is left of a message: neither the platform's
/// id, which can hold a phone, nor anything else; `expireAt` is when the platform has certainly stopped repeating.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EntryDoc {
    channel: String,
    account_id: String,
    platform_id: String,
    placed: Option<PlacedDoc>,
    sent_at: Option<Timestamp>,
    delivered_at: Option<Timestamp>,
    read_at: Option<Timestamp>,
    played_at: Option<Timestamp>,
    failed: Option<FailedDoc>,
    edited: Option<SaidDoc>,
    deleted_at: Option<Timestamp>,
    reaction: Option<SaidDoc>,
    erased_at: Option<Timestamp>,
    expire_at: Option<Timestamp>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own in the document"
)]
struct PlacedDoc {
    conversation_id: String,
    outgoing: bool,
    live: bool,
    sort_at: Timestamp,
    placeholder: bool,
    history: bool,
    at: Timestamp,
    source: i64,
    digest: String,
    /// Absent where the document bears the key's own name.
    document: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct FailedDoc {
    at: Timestamp,
    code: Option<String>,
    title: Option<String>,
}

/// An edit or a reaction; without a text, one that took away what was said.
#[derive(Debug, Serialize, Deserialize)]
struct SaidDoc {
    at: Timestamp,
    text: Option<String>,
}

fn said(told: Option<&(jiff::Timestamp, Option<String>)>) -> Option<SaidDoc> {
    told.map(|(at, text)| SaidDoc {
        at: Timestamp(*at),
        text: text.clone(),
    })
}

fn moment(time: Option<Timestamp>) -> Option<jiff::Timestamp> {
    time.map(|time| time.0)
}

impl EntryDoc {
    pub(super) fn of(entry: &Entry) -> Self {
        let Entry {
            key, placed, marks, ..
        } = entry;
        let time = |at: Option<jiff::Timestamp>| at.map(Timestamp);
        Self {
            channel: key.account.kind.as_str().to_owned(),
            account_id: key.account.id.clone(),
            platform_id: key.id.clone(),
            placed: placed.as_ref().map(PlacedDoc::of),
            sent_at: time(marks.sent),
            delivered_at: time(marks.delivered),
            read_at: time(marks.read),
            played_at: time(marks.played),
            failed: marks.failed.as_ref().map(|(at, failure)| FailedDoc {
                at: Timestamp(*at),
                code: failure.code.clone(),
                title: failure.title.clone(),
            }),
            edited: said(marks.edited.as_ref()),
            deleted_at: time(marks.deleted),
            reaction: said(marks.reaction.as_ref()),
            erased_at: None,
            expire_at: None,
        }
    }

    /// What is left of a message that was erased.
    pub(super) fn erased(self, at: jiff::Timestamp, expire_at: jiff::Timestamp) -> Self {
        Self {
            channel: self.channel,
            account_id: self.account_id,
            platform_id: String::new(),
            placed: None,
            sent_at: None,
            delivered_at: None,
            read_at: None,
            played_at: None,
            failed: None,
            edited: None,
            deleted_at: None,
            reaction: None,
            erased_at: Some(Timestamp(at)),
            expire_at: Some(Timestamp(expire_at)),
        }
    }

    pub(super) fn read(self) -> Result<Entry, StoreError> {
        let kind = ChannelKind::parse(&self.channel)
            .ok_or_else(|| StoreError::Corrupt("a message key names no channel".into()))?;
        let told = |said: Option<SaidDoc>| said.map(|said| (said.at.0, said.text));
        Ok(Entry {
            key: MessageKey {
                account: Account {
                    kind,
                    id: self.account_id,
                },
                id: self.platform_id,
            },
            placed: self.placed.map(PlacedDoc::read),
            marks: Marks {
                sent: moment(self.sent_at),
                delivered: moment(self.delivered_at),
                read: moment(self.read_at),
                played: moment(self.played_at),
                failed: self.failed.map(|failed| {
                    let FailedDoc { at, code, title } = failed;
                    (at.0, Failure { code, title })
                }),
                edited: told(self.edited),
                deleted: moment(self.deleted_at),
                reaction: told(self.reaction),
            },
            erased: self.erased_at.is_some(),
        })
    }
}

impl PlacedDoc {
    fn of(placed: &Placed) -> Self {
        let telling = &placed.telling;
        Self {
            conversation_id: placed.conversation.clone(),
            outgoing: placed.direction == Direction::Out,
            live: placed.live,
            sort_at: Timestamp(placed.sort_at),
            placeholder: telling.placeholder,
            history: telling.history,
            at: Timestamp(telling.moment.at),
            source: match telling.moment.source {
                TimeSource::Event => 0,
                TimeSource::Delivery => 1,
                TimeSource::Receipt => 2,
            },
            digest: telling.digest.clone(),
            document: placed.document.clone(),
        }
    }

    fn read(self) -> Placed {
        Placed {
            conversation: self.conversation_id,
            direction: if self.outgoing {
                Direction::Out
            } else {
                Direction::In
            },
            live: self.live,
            sort_at: self.sort_at.0,
            telling: Telling {
                placeholder: self.placeholder,
                history: self.history,
                moment: Moment {
                    at: self.at.0,
                    source: match self.source {
                        0 => TimeSource::Event,
                        1 => TimeSource::Delivery,
                        _ => TimeSource::Receipt,
                    },
                },
                digest: self.digest,
            },
            document: self.document,
        }
    }
}
