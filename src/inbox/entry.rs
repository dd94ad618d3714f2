//! What is known of one message apart from what it says: where it lies, which telling of it counts, and its marks.
//!
//! *Invariant:* everything here only grows towards one end, whatever the order: of two tellings the better one counts,
//! delivery marks keep the earliest moment of each kind, edits and reactions the latest, a deletion stays.

mod said;

use jiff::Timestamp;

use super::event::{
    Account, Arrival, Delivery, Direction, Failure, MEDIA_PLACEHOLDER, MarkKind, Moment, TimeSource,
};
use crate::seal::digest_hex;

/// What makes a message one: the same id on another channel or account is another message.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MessageKey {
    /// The account that it came to or from.
    pub account: Account,
    /// The platform's id of it.
    pub id: String,
}

impl MessageKey {
    /// The key of a message of an account.
    pub fn of(account: &Account, id: &str) -> Self {
        Self {
            account: account.clone(),
            id: id.to_owned(),
        }
    }

    /// The document id: platform ids hold slashes and have no promised length.
    pub fn name(&self) -> String {
        message_name(&self.account, &self.id)
    }
}

/// The document id of a message by the platform's id of it.
pub fn message_name(account: &Account, id: &str) -> String {
    name_of(account, id)
}

/// The document id of the conversation with a contact.
pub fn conversation_name(account: &Account, contact: &str) -> String {
    name_of(account, contact)
}

/// A digest of the three; the account's length goes in, so that no two triples read the same.
fn name_of(account: &Account, id: &str) -> String {
    let Account { kind, id: account } = account;
    let length = account.len().to_string();
    digest_hex([kind.as_str(), &length, account, id].join("\n").as_bytes())
}

/// One message, as far as deciding goes.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Which message.
    pub key: MessageKey,
    /// Where it lies; `None` while only marks have come.
    pub placed: Option<Placed>,
    /// What was told about it.
    pub marks: Marks,
    /// It was erased with everything of its contact: whatever is told of it again changes nothing.
    pub erased: bool,
}

/// A message that has come.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    /// The conversation that it lies in.
    pub conversation: String,
    /// Who wrote.
    pub direction: Direction,
    /// Which telling of it counts.
    pub telling: Telling,
    /// Where it stands among the others.
    pub sort_at: Timestamp,
    /// It was told as it happened, and counted as unread if it came in.
    pub live: bool,
    /// The document that it is, when that bears another name than the key: one that was written before the platform had
    /// named it. What it says is known here better than anybody tells it.
    pub document: Option<String>,
}

/// One telling of a message. The smaller is the better: real media before a placeholder, live before history, the better
/// moment; the digest only makes two that differ in nothing else but their words always end the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Telling {
    /// Its media are still to come.
    pub placeholder: bool,
    /// It was part of an imported history.
    pub history: bool,
    /// When the message was written.
    pub moment: Moment,
    /// Of what it says.
    pub digest: String,
}

impl Telling {
    /// The telling that an arrival is, received at `now`.
    pub fn of(arrival: &Arrival, now: Timestamp) -> Self {
        Self {
            placeholder: arrival.content.kind == MEDIA_PLACEHOLDER,
            history: arrival.history,
            moment: arrival.at.unwrap_or(Moment {
                at: now,
                source: TimeSource::Receipt,
            }),
            digest: said::digest(&arrival.content),
        }
    }

    /// The telling that a message of ours is, sent at `at`.
    pub fn ours(at: Timestamp) -> Self {
        Self {
            placeholder: false,
            history: false,
            moment: Moment {
                at,
                source: TimeSource::Event,
            },
            digest: String::new(),
        }
    }
}

impl Entry {
    /// Nothing is known yet.
    pub fn new(key: MessageKey) -> Self {
        Self {
            key,
            placed: None,
            marks: Marks::default(),
            erased: false,
        }
    }

    /// The name of the document that people see, of the entry that is called `name`.
    pub fn document<'a>(&'a self, name: &'a str) -> &'a str {
        let own = self.placed.as_ref().and_then(|at| at.document.as_deref());
        own.unwrap_or(name)
    }
}

/// What was told about a message, all of it that can still matter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Marks {
    /// First told to be sent.
    pub sent: Option<Timestamp>,
    /// First told to be delivered.
    pub delivered: Option<Timestamp>,
    /// First told to be read.
    pub read: Option<Timestamp>,
    /// First told to be played.
    pub played: Option<Timestamp>,
    /// First told to have failed, and why.
    pub failed: Option<(Timestamp, Failure)>,
    /// The last edit.
    pub edited: Option<(Timestamp, Option<String>)>,
    /// First told to be taken back.
    pub deleted: Option<Timestamp>,
    /// The last reaction; without an emoji, the last one taken back.
    pub reaction: Option<(Timestamp, Option<String>)>,
}

/// How a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It got so far.
    Reached(Delivery),
    /// It did not get there.
    Failed,
}

impl Status {
    /// The status as documents name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reached(Delivery::Sent) => "SENT",
            Self::Reached(Delivery::Delivered) => "DELIVERED",
            Self::Reached(Delivery::Read) => "READ",
            Self::Reached(Delivery::Played) => "PLAYED",
            Self::Failed => "FAILED",
        }
    }
}

impl Marks {
    /// Adds a mark, and says whether it told anything new.
    pub fn add(&mut self, at: Timestamp, what: &MarkKind) -> bool {
        match what {
            MarkKind::Reached(delivery) => earliest(self.reached_mut(*delivery), at),
            MarkKind::Deleted => earliest(&mut self.deleted, at),
            MarkKind::Failed(failure) => {
                let told = (at, failure.clone());
                let first = self.failed.as_ref().is_none_or(|known| told < *known);
                if first {
                    self.failed = Some(told);
                }
                first
            }
            MarkKind::Edited { text } => latest(&mut self.edited, (at, text.clone())),
            MarkKind::Reacted { emoji } => latest(&mut self.reaction, (at, emoji.clone())),
        }
    }

    /// How the message stands. A failure counts unless the message had got to the contact before it, and then stays.
    pub fn status(&self) -> Option<Status> {
        let got_there = [self.delivered, self.read, self.played]
            .into_iter()
            .flatten()
            .min();
        if let Some((failed, _)) = &self.failed
            && got_there.is_none_or(|there| *failed < there)
        {
            return Some(Status::Failed);
        }
        [
            Delivery::Played,
            Delivery::Read,
            Delivery::Delivered,
            Delivery::Sent,
        ]
        .into_iter()
        .find(|delivery| self.reached(*delivery).is_some())
        .map(Status::Reached)
    }

    /// The text to show, given the one that the message came with.
    pub fn text<'a>(&'a self, original: Option<&'a String>) -> Option<&'a str> {
        if self.deleted.is_some() {
            return None;
        }
        match &self.edited {
            Some((_, text)) => text.as_deref(),
            None => original.map(String::as_str),
        }
    }

    fn reached(&self, delivery: Delivery) -> Option<Timestamp> {
        match delivery {
            Delivery::Sent => self.sent,
            Delivery::Delivered => self.delivered,
            Delivery::Read => self.read,
            Delivery::Played => self.played,
        }
    }

    fn reached_mut(&mut self, delivery: Delivery) -> &mut Option<Timestamp> {
        match delivery {
            Delivery::Sent => &mut self.sent,
            Delivery::Delivered => &mut self.delivered,
            Delivery::Read => &mut self.read,
            Delivery::Played => &mut self.played,
        }
    }
}

fn earliest(known: &mut Option<Timestamp>, at: Timestamp) -> bool {
    let first = known.is_none_or(|known| at < known);
    if first {
        *known = Some(at);
    }
    first
}

fn latest<T: Ord>(known: &mut Option<T>, told: T) -> bool {
    let last = known.as_ref().is_none_or(|known| told > *known);
    if last {
        *known = Some(told);
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inbox::event::ChannelKind;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a moment")
    }

    fn status(marks: &[(i64, MarkKind)]) -> Option<Status> {
        let mut all = Marks::default();
        for (second, what) in marks {
            all.add(at(*second), what);
        }
        all.status()
    }

    #[test]
    fn marks_only_rise_and_a_failure_counts_only_before_delivery() {
        let reached = |second, delivery| (second, MarkKind::Reached(delivery));
        let failed = |second| (second, MarkKind::Failed(Failure::default()));
        let read = reached(4, Delivery::Read);
        for (marks, expected) in [
            (vec![], None),
            (
                vec![read.clone(), reached(3, Delivery::Delivered)],
                Some(Status::Reached(Delivery::Read)),
            ),
            (
                vec![reached(1, Delivery::Sent), failed(2)],
                Some(Status::Failed),
            ),
            (
                vec![failed(2), reached(1, Delivery::Sent)],
                Some(Status::Failed),
            ),
            (
                vec![failed(2), reached(3, Delivery::Delivered)],
                Some(Status::Failed),
            ),
            (
                vec![reached(3, Delivery::Delivered), failed(5)],
                Some(Status::Reached(Delivery::Delivered)),
            ),
            (vec![failed(5), read], Some(Status::Reached(Delivery::Read))),
        ] {
            assert_eq!(status(&marks), expected, "{marks:?}");
            let mut backwards = marks.clone();
            backwards.reverse();
            assert_eq!(status(&backwards), expected, "{backwards:?}");
        }
    }

    #[test]
    fn names_stay_what_they_are_in_databases() {
        let account = Account {
            kind: ChannelKind::WhatsApp,
            id: "400300000000009".to_owned(),
        };
        let name = "6200d0d33e5094a4e72767706d5d22d942a5107ba4503ea163e10c3d3fce1889";
        assert_eq!(conversation_name(&account, "6281200000001"), name);
        assert_eq!(MessageKey::of(&account, "6281200000001").name(), name);
    }

    #[test]
    fn the_same_id_elsewhere_is_another_message() {
        let key = |kind, account: &str, id: &str| {
            let account = Account {
                kind,
                id: account.to_owned(),
            };
            MessageKey {
                account,
                id: id.to_owned(),
            }
            .name()
        };
        let names = [
            key(ChannelKind::Messenger, "1", "x"),
            key(ChannelKind::Instagram, "1", "x"),
            key(ChannelKind::Messenger, "2", "x"),
            key(ChannelKind::Messenger, "1", "y"),
            key(ChannelKind::Messenger, "1\nx", "y"),
            key(ChannelKind::Messenger, "1", "x\ny"),
        ];
        let different: std::collections::HashSet<_> = names.iter().collect();
        assert_eq!(different.len(), names.len());
    }
}
