//! A conversation as a whole: who it is with, what was said last, what is unread, and until when we may answer.

use jiff::{SignedDuration, Timestamp};

use super::entry::{Entry, Marks};
use super::event::{Account, Direction, Profile, Referral};
use crate::channels::Channel;
use crate::ids::{BranchId, LeadId, Uid};
use crate::policy::ConversationFacts;

/// How far the platform's clock may be ahead before a moment counts as made up.
const AHEAD: SignedDuration = SignedDuration::from_hours(1);

/// How old an event may be before its moment counts as made up. Imported history goes back 180 days.
const BEHIND: SignedDuration = SignedDuration::from_hours(366 * 24);

/// Longest text that the list of conversations shows, in characters.
const SNIPPET_CHARS: usize = 160;

/// A conversation with one contact through one account.
#[derive(Debug, Clone, PartialEq)]
pub struct Conversation {
    /// The account of ours.
    pub account: Account,
    /// `channels/{id}`.
    pub channel_id: String,
    /// The platform's id of the contact.
    pub contact: String,
    /// The branch; PUSAT's own channels have none.
    pub branch: Option<BranchId>,
    /// Who holds it.
    pub assigned_to: Option<Uid>,
    /// The contact's name as last told, and when that was.
    pub name: Option<(Timestamp, String)>,
    /// The contact's phone, once known.
    pub phone: Option<String>,
    /// WhatsApp's business-scoped id, once known.
    pub user_id: Option<String>,
    /// The lead that it is with.
    pub lead: Option<LeadId>,
    /// What was said last.
    pub last: Option<Last>,
    /// Messages that came in since somebody looked.
    pub unread: i64,
    /// Until when the platform lets us answer freely.
    pub reply_until: Option<Timestamp>,
    /// Everything sent until then was delivered.
    pub delivered_up_to: Option<Timestamp>,
    /// Everything sent until then was read.
    pub read_up_to: Option<Timestamp>,
    /// The last ad or link that led the contact here.
    pub referral: Option<(Timestamp, Referral)>,
    /// Somebody put it away; the next word of the contact brings it back.
    pub resolved: bool,
    /// The contact has written to us, so that they shall be a lead.
    pub lead_wanted: bool,
}

/// The last message of a conversation. Larger is later; the message's document id settles a tie.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Last {
    /// Where it stands among the others.
    pub sort_at: Timestamp,
    /// Its document id.
    pub name: String,
    /// Its type.
    pub kind: String,
    /// Who wrote.
    pub outgoing: bool,
    /// Its text, shortened.
    pub text: Option<String>,
}

impl Last {
    /// The message called `name` as the last one would stand in its conversation; `None` while it has not come.
    pub fn of(name: &str, entry: &Entry, kind: &str, original: Option<&String>) -> Option<Self> {
        let placed = entry.placed.as_ref()?;
        Some(Self {
            sort_at: placed.sort_at,
            name: entry.document(name).to_owned(),
            kind: kind.to_owned(),
            outgoing: placed.direction == Direction::Out,
            text: snippet(&entry.marks, original),
        })
    }
}

/// The text of a message as a list shows it.
pub fn snippet(marks: &Marks, original: Option<&String>) -> Option<String> {
    let text = marks.text(original)?;
    let end = text.char_indices().nth(SNIPPET_CHARS);
    Some(text[..end.map_or(text.len(), |(end, _)| end)].to_owned())
}

/// Where a message of that moment stands among the others: a moment that cannot be true does not own the top of the
/// inbox, and the message stands where it was received.
pub fn sort_at(told: Timestamp, received: Timestamp) -> Timestamp {
    let age = received.duration_since(told);
    if age < -AHEAD || age > BEHIND {
        received
    } else {
        told
    }
}

impl Conversation {
    /// A conversation of which nothing is known but where it belongs.
    pub fn new(account: Account, contact: String, channel: &Channel) -> Self {
        Self {
            account,
            channel_id: channel.id.clone(),
            contact,
            branch: channel.branch.clone(),
            assigned_to: Some(channel.owner.clone()),
            name: None,
            phone: None,
            user_id: None,
            lead: None,
            last: None,
            unread: 0,
            reply_until: None,
            delivered_up_to: None,
            read_up_to: None,
            referral: None,
            resolved: false,
            lead_wanted: false,
        }
    }

    /// Where it lies, as the policy asks.
    pub fn facts(&self) -> ConversationFacts {
        ConversationFacts::stored(self.branch.clone(), self.assigned_to.clone())
    }

    /// Notes what was told of the contact. The newest name counts; of two told at once, the larger, so that the order in
    /// which they came does not matter.
    pub fn note_profile(&mut self, told: &Profile, at: Timestamp) -> bool {
        let mut news = false;
        if let Some(name) = &told.name {
            let told = (at, name.clone());
            if self.name.as_ref().is_none_or(|known| told > *known) {
                self.name = Some(told);
                news = true;
            }
        }
        for (known, told) in [
            (&mut self.phone, &told.phone),
            (&mut self.user_id, &told.user_id),
        ] {
            if told > known {
                known.clone_from(told);
                news = true;
            }
        }
        news
    }

    /// Notes the ad or link that led the contact here; the newest counts.
    pub fn note_referral(&mut self, referral: &Referral, at: Timestamp) -> bool {
        let key = |at: Timestamp, referral: &Referral| (at, format!("{referral:?}"));
        let newer = match &self.referral {
            Some((known_at, known)) => key(at, referral) > key(*known_at, known),
            None => true,
        };
        if newer {
            self.referral = Some((at, referral.clone()));
        }
        newer
    }

    /// The contact did something: we may answer for a while. A moment in the future counts as now.
    pub fn open_window(&mut self, at: Timestamp, now: Timestamp) -> bool {
        let hours = SignedDuration::from_hours(self.account.kind.reply_window_hours());
        let until = at.min(now).saturating_add(hours).unwrap_or(Timestamp::MAX);
        let longer = Some(until) > self.reply_until;
        if longer {
            self.reply_until = Some(until);
        }
        longer
    }

    /// A message came, or turned out to be newer than thought.
    pub fn note_last(&mut self, last: Last) {
        if self.last.as_ref().is_none_or(|known| last > *known) {
            self.last = Some(last);
        }
    }

    /// Moves the watermark of receipts forward; says whether it moved.
    pub fn note_watermark(&mut self, read: bool, up_to: Timestamp) -> bool {
        let known = if read {
            &mut self.read_up_to
        } else {
            &mut self.delivered_up_to
        };
        let moved = Some(up_to) > *known;
        if moved {
            *known = Some(up_to);
        }
        moved
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_that_cannot_be_true_stands_where_it_was_received() {
        let at = |text: &str| text.parse::<Timestamp>().expect("a moment");
        let now = at("2026-11-02T10:00:00Z");
        for (told, stands) in [
            ("2026-11-02T09:59:00Z", "2026-11-02T09:59:00Z"),
            ("2026-11-02T10:30:00Z", "2026-11-02T10:30:00Z"),
            ("2026-05-20T00:00:00Z", "2026-05-20T00:00:00Z"),
            ("2100-01-01T00:00:00Z", "2026-11-02T10:00:00Z"),
            ("1970-01-12T13:46:40Z", "2026-11-02T10:00:00Z"),
        ] {
            assert_eq!(sort_at(at(told), now), at(stands), "{told}");
        }
    }
}
