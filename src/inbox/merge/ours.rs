//! Messages of our own: the answer to sending one, its echo and its status are all tellings of the same message, and join
//! the document that was written before it was sent.

use super::{Inbox, Outcome};
use crate::inbox::conversation::snippet;
use crate::inbox::entry::{Entry, MessageKey, Placed, Telling};
use crate::inbox::event::{Account, Arrival, Delivery, Direction, MarkKind};

impl Inbox {
    /// The message of ours that an arrival is. The one that it names; where that has another id by now, since two of the
    /// same words were taken for each other, and where it names none: the oldest that says the same.
    pub(super) fn ours(
        &self,
        account: &Account,
        arrival: &Arrival,
        name: &str,
        home: &str,
    ) -> Option<String> {
        if arrival.direction != Direction::Out {
            return None;
        }
        let entry = self.entries.get(name);
        let placed = entry.and_then(|entry| entry.placed.as_ref());
        if placed.is_some_and(|placed| placed.document.is_some()) {
            return None;
        }
        if let Some(id) = &arrival.outgoing {
            if self.named(id, account, &arrival.id) {
                return Some(id.clone());
            }
            if !self.outgoing.contains_key(id) {
                return None;
            }
        }
        // A comment does not say which app wrote it.
        let may_be =
            arrival.outgoing.is_some() || arrival.app.is_some() || account.kind.is_comment();
        if !may_be || placed.is_some() {
            return None;
        }
        self.outgoing
            .values()
            .filter(|ours| ours.sounds_like(home, account, arrival))
            .min_by_key(|ours| (ours.called, ours.id.clone()))
            .map(|ours| ours.id.clone())
    }

    /// Whether there is a message of ours called `ours` which can be the platform's.
    fn named(&self, ours: &str, account: &Account, id: &str) -> bool {
        self.outgoing
            .get(ours)
            .is_some_and(|ours| ours.may_be(account, id))
    }

    /// Joins a message that something is told of by a name of ours; says whether it was news.
    pub(super) fn join_named(
        &mut self,
        account: &Account,
        id: &str,
        name: &str,
        ours: Option<&str>,
    ) -> bool {
        ours.is_some_and(|ours| {
            self.named(ours, account, id) && self.join(account, id, name, ours) == Outcome::Applied
        })
    }

    /// The platform's message is that one of ours. What was taken for somebody else's until now moves into its document.
    pub(super) fn join(
        &mut self,
        account: &Account,
        id: &str,
        name: &str,
        document: &str,
    ) -> Outcome {
        let Some(ours) = self.outgoing.get_mut(document) else {
            return Outcome::Duplicate;
        };
        let entry = self
            .entries
            .entry(name.to_owned())
            .or_insert_with(|| Entry::new(MessageKey::of(account, id)));
        let stood = entry.placed.take();
        if stood.as_ref().is_some_and(|stood| stood.document.is_some()) {
            entry.placed = stood;
            return Outcome::Duplicate;
        }
        ours.settle(&entry.key.id);
        let at = ours.called;
        let home = ours.conversation.clone();
        entry.marks.add(at, &MarkKind::Reached(Delivery::Sent));
        if let Some(conversation) = self.conversations.get_mut(&home) {
            for (up_to, delivery) in [
                (conversation.delivered_up_to, Delivery::Delivered),
                (conversation.read_up_to, Delivery::Read),
            ] {
                if up_to >= Some(at) {
                    entry.marks.add(at, &MarkKind::Reached(delivery));
                }
            }
            if let Some(last) = &mut conversation.last
                && last.name == document
            {
                let text = snippet(&entry.marks, last.text.as_ref());
                if last.text != text {
                    last.text = text;
                    self.changed.conversations.insert(home.clone());
                }
            }
        }
        entry.placed = Some(Placed {
            conversation: home,
            direction: Direction::Out,
            telling: Telling::ours(at),
            sort_at: at,
            live: true,
            document: Some(document.to_owned()),
        });
        self.changed.entries.insert(name.to_owned());
        self.changed.outgoing.insert(document.to_owned());
        self.arrivals.remove(name);
        if let Some(stood) = stood {
            self.leave(stood.conversation, name.to_owned());
        }
        Outcome::Applied
    }

    /// A message leaves the document that it had by mistake.
    fn leave(&mut self, home: String, name: String) {
        if let Some(conversation) = self.conversations.get_mut(&home)
            && conversation
                .last
                .as_ref()
                .is_some_and(|last| last.name == name)
        {
            conversation.last = None;
            self.changed.conversations.insert(home.clone());
            self.changed.last_moved.insert(home.clone(), name.clone());
        }
        self.changed.left.insert((home, name));
    }
}
