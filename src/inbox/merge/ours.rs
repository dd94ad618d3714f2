//! Messages of our own: the answer to sending one, its echo and its status are all tellings of the same message, and join
//! the document that was written before it was sent.

use super::{Inbox, Outcome};
use crate::inbox::conversation::snippet;
use crate::inbox::entry::{Entry, MessageKey, Placed, Telling, conversation_name};
use crate::inbox::event::{Account, Arrival, Delivery, Direction, MarkKind};

impl Inbox {
    /// The message of ours that an arrival is. The one that it names; where that has another id by now, since two of the
    /// same words were taken for each other, and where it names none: the oldest that says the same.
    pub(super) fn ours(&self, account: &Account, arrival: &Arrival) -> Option<String> {
        if arrival.direction != Direction::Out {
            return None;
        }
        let key = MessageKey {
            account: account.clone(),
            id: arrival.id.clone(),
        };
        let entry = self.entries.get(&key.name());
        let placed = entry.and_then(|entry| entry.placed.as_ref());
        if placed.is_some_and(|placed| placed.document.is_some()) {
            return None;
        }
        if let Some(id) = &arrival.outgoing {
            if self.named(id, &key) {
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
        let home = conversation_name(account, &arrival.contact);
        self.outgoing
            .values()
            .filter(|ours| ours.sounds_like(&home, account, arrival))
            .min_by_key(|ours| (ours.called, ours.id.clone()))
            .map(|ours| ours.id.clone())
    }

    /// Whether there is a message of ours of that name which can be the platform's.
    fn named(&self, id: &str, key: &MessageKey) -> bool {
        self.outgoing
            .get(id)
            .is_some_and(|ours| ours.may_be(&key.account, &key.id))
    }

    /// Joins a message that something is told of by a name of ours; says whether it was news.
    pub(super) fn join_named(&mut self, key: &MessageKey, name: Option<&str>) -> bool {
        name.is_some_and(|id| self.named(id, key) && self.join(key.clone(), id) == Outcome::Applied)
    }

    /// The platform's message is that one of ours. What was taken for somebody else's until now moves into its document.
    pub(super) fn join(&mut self, key: MessageKey, id: &str) -> Outcome {
        let name = key.name();
        let Some(ours) = self.outgoing.get_mut(id) else {
            return Outcome::Duplicate;
        };
        let entry = self
            .entries
            .entry(name.clone())
            .or_insert_with(|| Entry::new(key));
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
                && last.name == id
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
            document: Some(id.to_owned()),
        });
        self.changed.entries.insert(name.clone());
        self.changed.outgoing.insert(id.to_owned());
        self.arrivals.remove(&name);
        if let Some(stood) = stood {
            self.leave(stood.conversation, name);
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
