//! Events → inbox, the same whatever the order: the part of the inbox that a delivery touches, held in memory while the
//! delivery is applied to it. Pure; `inbox::reception` loads it from Firestore and writes back what changed.
//!
//! *Invariant:* whatever an event is about must have been loaded, or not exist, before [`Inbox::apply`] sees the event;
//! `inbox::reception::desk` says what that is.

mod last;
mod ours;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;

use super::conversation::{Conversation, Last, snippet, sort_at};
use super::entry::{Entry, MessageKey, Placed, Telling};
use super::event::{Account, Arrival, Delivery, Direction, LeadPing, MarkKind, Watermark};
use super::intake::Intake;
use super::named::{Named, NamedMark, Told};
use super::outgoing::Outgoing;
use crate::channels::Channel;

/// How a unit ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It changed the inbox.
    Applied,
    /// It was known.
    Duplicate,
    /// It is nothing for the inbox.
    Ignored,
    /// It waits for a person, or for its channel to be connected.
    Parked,
}

/// What a delivery touches.
#[derive(Debug, Clone)]
pub struct Inbox {
    now: Timestamp,
    /// Conversations by document id.
    pub conversations: HashMap<String, Conversation>,
    /// Messages by document id.
    pub entries: HashMap<String, Entry>,
    /// Leads by leadgen id.
    pub leads: HashMap<String, Intake>,
    /// Messages of our own on their way, by document id.
    pub outgoing: HashMap<String, Outgoing>,
    /// What the messages say that came or were told better.
    pub arrivals: HashMap<String, Arrival>,
    /// What changed since [`Inbox::clean`].
    pub changed: Changed,
}

/// Names of what changed.
#[derive(Debug, Clone, Default)]
pub struct Changed {
    /// Conversations.
    pub conversations: BTreeSet<String>,
    /// Messages, in what is known about them.
    pub entries: BTreeSet<String>,
    /// Leads.
    pub leads: BTreeSet<String>,
    /// Messages of our own on their way.
    pub outgoing: BTreeSet<String>,
    /// Documents of messages, as conversation and name, whose message turned out to be one of our own.
    pub left: BTreeSet<(String, String)>,
    /// Conversations whose contact shall become a lead, or whose lead shall learn their phone; with when they acted.
    pub strangers: BTreeMap<String, Timestamp>,
    /// Conversations whose last message moved back, by name of that message: another may be the last now.
    pub last_moved: HashMap<String, String>,
}

impl Inbox {
    /// An inbox of which nothing is loaded yet, at the moment `now`.
    pub fn at(now: Timestamp) -> Self {
        Self {
            now,
            conversations: HashMap::new(),
            entries: HashMap::new(),
            leads: HashMap::new(),
            outgoing: HashMap::new(),
            arrivals: HashMap::new(),
            changed: Changed::default(),
        }
    }

    /// Takes one event in. `channel` is the connected account that it came through.
    pub fn apply(&mut self, channel: &Channel, event: &Named<'_>) -> Outcome {
        let account = event.account;
        match &event.told {
            Told::Message {
                arrival,
                name,
                home,
            } => self.arrive(channel, account, arrival, name, home),
            Told::Marks(marks) => {
                // Each mark is added, whether or not an earlier one was news.
                let news = marks
                    .iter()
                    .filter(|mark| self.mark(channel, account, mark))
                    .count();
                applied_if(news > 0)
            }
            Told::Watermark { watermark, home } => {
                self.watermark(channel, account, watermark, home)
            }
            Told::Referred {
                contact,
                home,
                at,
                referral,
            } => {
                let at = at.map_or(self.now, |moment| moment.at);
                self.conversation(channel, account, contact, home)
                    .note_referral(referral, at);
                Outcome::Ignored
            }
            Told::Lead(ping) => self.lead(channel, account, ping),
        }
    }

    fn arrive(
        &mut self,
        channel: &Channel,
        account: &Account,
        arrival: &Arrival,
        name: &str,
        home: &str,
    ) -> Outcome {
        if let Some(ours) = self.ours(account, arrival, name, home) {
            return self.join(account, &arrival.id, name, &ours);
        }
        let telling = Telling::of(arrival, self.now);
        let entry = self
            .entries
            .entry(name.to_owned())
            .or_insert_with(|| Entry::new(MessageKey::of(account, &arrival.id)));
        if entry.erased {
            return Outcome::Duplicate;
        }
        let Some(known) = &mut entry.placed else {
            self.place(channel, account, arrival, name, home, telling);
            return Outcome::Applied;
        };
        let becomes_live = !known.live && !arrival.history;
        let filled = known.telling.placeholder && !telling.placeholder;
        let better = known.document.is_none() && telling < known.telling;
        let home = known.conversation.clone();
        known.live |= becomes_live;
        if becomes_live || better {
            self.changed.entries.insert(name.to_owned());
        }
        self.note(&home, arrival, telling.moment.at);
        if better {
            self.retell(&home, arrival, name, telling);
        }
        if becomes_live {
            self.count(&home, arrival);
        }
        if filled {
            Outcome::Applied
        } else {
            Outcome::Duplicate
        }
    }

    /// A message comes for the first time.
    fn place(
        &mut self,
        channel: &Channel,
        account: &Account,
        arrival: &Arrival,
        name: &str,
        home: &str,
        telling: Telling,
    ) {
        let at = telling.moment.at;
        self.conversation(channel, account, &arrival.contact, home);
        let (Some(entry), Some(conversation)) =
            (self.entries.get_mut(name), self.conversations.get_mut(home))
        else {
            return;
        };
        if arrival.direction == Direction::Out {
            for (up_to, delivery) in [
                (conversation.delivered_up_to, Delivery::Delivered),
                (conversation.read_up_to, Delivery::Read),
            ] {
                if up_to >= Some(at) {
                    entry.marks.add(at, &MarkKind::Reached(delivery));
                }
            }
        }
        entry.placed = Some(Placed {
            conversation: home.to_owned(),
            direction: arrival.direction,
            telling,
            sort_at: sort_at(at, self.now),
            live: !arrival.history,
            document: None,
        });
        let content = &arrival.content;
        if let Some(last) = Last::of(name, entry, content.kind, content.text.as_ref()) {
            conversation.note_last(last);
        }
        self.note(home, arrival, at);
        self.changed.entries.insert(name.to_owned());
        self.arrivals.insert(name.to_owned(), arrival.clone());
        if !arrival.history {
            self.count(home, arrival);
        }
    }

    /// A message that came before is told better.
    fn retell(&mut self, home: &str, arrival: &Arrival, name: &str, telling: Telling) {
        let (Some(entry), Some(conversation)) =
            (self.entries.get_mut(name), self.conversations.get_mut(home))
        else {
            return;
        };
        let at = telling.moment.at;
        if let Some(placed) = &mut entry.placed {
            placed.sort_at = sort_at(at, self.now);
            placed.telling = telling;
        }
        let content = &arrival.content;
        if let Some(last) = Last::of(name, entry, content.kind, content.text.as_ref()) {
            match &mut conversation.last {
                Some(known) if known.name == name => {
                    if last.sort_at < known.sort_at {
                        self.changed
                            .last_moved
                            .insert(home.to_owned(), name.to_owned());
                    }
                    *known = last;
                }
                _ => conversation.note_last(last),
            }
        }
        self.changed.conversations.insert(home.to_owned());
        self.arrivals.insert(name.to_owned(), arrival.clone());
    }

    /// Notes what a message tells of its conversation beside its words. Each telling of it is noted, also the lesser ones,
    /// so that it does not matter which came first.
    fn note(&mut self, home: &str, arrival: &Arrival, at: Timestamp) {
        let Some(conversation) = self.conversations.get_mut(home) else {
            return;
        };
        let phone = conversation.phone.clone();
        let mut news = conversation.note_profile(&arrival.profile, at);
        if conversation.lead_wanted && conversation.phone != phone {
            self.changed.strangers.insert(home.to_owned(), at);
        }
        if let Some(referral) = &arrival.content.referral {
            news |= conversation.note_referral(referral, at);
        }
        if arrival.direction == Direction::In {
            news |= conversation.open_window(at, self.now);
        }
        if news {
            self.changed.conversations.insert(home.to_owned());
        }
    }

    /// Counts what somebody has to look at. A message counts once, when it comes, also when it was taken back since: the
    /// badge says that something happened.
    fn count(&mut self, home: &str, arrival: &Arrival) {
        if let Some(conversation) = self.conversations.get_mut(home)
            && arrival.direction == Direction::In
        {
            conversation.unread += 1;
            conversation.resolved = false;
            if conversation.account.kind.makes_leads() && !conversation.lead_wanted {
                conversation.lead_wanted = true;
                let at = arrival.at.map_or(self.now, |moment| moment.at);
                self.changed.strangers.insert(home.to_owned(), at);
            }
            self.changed.conversations.insert(home.to_owned());
        }
    }

    fn mark(&mut self, channel: &Channel, account: &Account, told: &NamedMark<'_>) -> bool {
        let NamedMark { mark, name, by } = told;
        let at = mark.at.map_or(self.now, |moment| moment.at);
        let joined = self.join_named(account, &mark.id, name, mark.outgoing.as_deref());
        let entry = self
            .entries
            .entry(name.clone())
            .or_insert_with(|| Entry::new(MessageKey::of(account, &mark.id)));
        if entry.erased || !entry.marks.add(at, &mark.what) {
            return joined;
        }
        self.changed.entries.insert(name.clone());
        if matches!(mark.what, MarkKind::Edited { .. } | MarkKind::Deleted)
            && let Some(placed) = &entry.placed
            && let Some(conversation) = self.conversations.get_mut(&placed.conversation)
            && let Some(last) = &mut conversation.last
            && last.name == entry.document(name)
        {
            let text = last.text.clone();
            last.text = snippet(&entry.marks, text.as_ref());
            self.changed
                .conversations
                .insert(placed.conversation.clone());
        }
        if matches!(mark.what, MarkKind::Reacted { .. })
            && account.kind.reactions_open_window()
            && let Some((contact, home)) = by
        {
            let now = self.now;
            self.conversation(channel, account, contact, home)
                .open_window(at, now);
        }
        true
    }

    /// Everything that we sent up to a moment was delivered or read.
    fn watermark(
        &mut self,
        channel: &Channel,
        account: &Account,
        watermark: &Watermark,
        home: &str,
    ) -> Outcome {
        let moved = self
            .conversation(channel, account, &watermark.contact, home)
            .note_watermark(watermark.read, watermark.up_to);
        if !moved {
            return Outcome::Duplicate;
        }
        let reached = MarkKind::Reached(if watermark.read {
            Delivery::Read
        } else {
            Delivery::Delivered
        });
        for (name, entry) in &mut self.entries {
            let Some(placed) = &entry.placed else {
                continue;
            };
            let at = placed.telling.moment.at;
            let covered = placed.conversation == home
                && placed.direction == Direction::Out
                && at <= watermark.up_to;
            // Marked as of the message itself, so that it does not matter which of two receipts came first.
            if covered && entry.marks.add(at, &reached) {
                self.changed.entries.insert(name.clone());
            }
        }
        Outcome::Applied
    }

    fn lead(&mut self, channel: &Channel, account: &Account, ping: &LeadPing) -> Outcome {
        let id = &ping.leadgen_id;
        let Some(known) = self.leads.get_mut(id) else {
            let intake = Intake::new(channel, account, ping);
            self.leads.insert(id.clone(), intake);
            self.changed.leads.insert(id.clone());
            return Outcome::Applied;
        };
        if known.add(ping) {
            self.changed.leads.insert(id.clone());
        }
        Outcome::Duplicate
    }

    /// The conversation, about to change; it is begun if there is none. One without a message has no `lastMessageAt`, and so
    /// shows in no list.
    fn conversation(
        &mut self,
        channel: &Channel,
        account: &Account,
        contact: &str,
        home: &str,
    ) -> &mut Conversation {
        self.changed.conversations.insert(home.to_owned());
        self.conversations
            .entry(home.to_owned())
            .or_insert_with(|| Conversation::new(account.clone(), contact.to_owned(), channel))
    }

    /// Forgets what changed, once it is written.
    pub fn clean(&mut self) {
        self.changed = Changed::default();
        self.arrivals.clear();
    }
}

fn applied_if(news: bool) -> Outcome {
    if news {
        Outcome::Applied
    } else {
        Outcome::Duplicate
    }
}
