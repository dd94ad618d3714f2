//! Which message is the last of a conversation, once it turned out that another may be.

use super::Inbox;
use crate::inbox::conversation::Last;

impl Inbox {
    /// Settles which message is the last of a conversation whose last one moved back: among those at hand, and `stored`,
    /// the newest other one in the store.
    pub fn settle_last(&mut self, home: &str, stored: Option<Last>) {
        let at_hand = self
            .arrivals
            .iter()
            .filter_map(|(name, arrival)| {
                let entry = self.entries.get(name)?;
                let placed = entry.placed.as_ref()?;
                let here = placed.conversation == home && placed.document.is_none();
                let content = &arrival.content;
                here.then(|| Last::of(name, entry, content.kind, content.text.as_ref()))?
            })
            .max();
        if let Some(conversation) = self.conversations.get_mut(home)
            && let Some(last) = at_hand.max(stored)
        {
            conversation.note_last(last);
        }
        self.changed.last_moved.remove(home);
    }
}
