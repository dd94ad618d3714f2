//! Whose words a delivery holds: the conversations that its record lists, so that the raw body can be found when somebody's
//! data is to be erased.

use std::collections::BTreeSet;

use super::super::ledger::digits;
use super::super::merge::Inbox;
use super::super::named::{Named, Told};

/// What an event says itself, whether or not it can be placed.
pub(super) fn told(event: &Named<'_>, about: &mut BTreeSet<String>) {
    let mut add = |home: &str| {
        about.insert(digits(home).to_owned());
    };
    match &event.told {
        Told::Message { home, .. } | Told::Watermark { home, .. } | Told::Referred { home, .. } => {
            add(home);
        }
        Told::Marks(marks) => {
            for (_, home) in marks.iter().filter_map(|mark| mark.by.as_ref()) {
                add(home);
            }
        }
        Told::Lead(_) => {}
    }
}

/// What turned out when an event was applied: a receipt names a message, and the message lies in a conversation.
pub(super) fn found(event: &Named<'_>, inbox: &Inbox, about: &mut BTreeSet<String>) {
    let mut add = |name: &str| {
        let entry = inbox.entries.get(name);
        if let Some(placed) = entry.and_then(|entry| entry.placed.as_ref()) {
            about.insert(digits(&placed.conversation).to_owned());
        }
    };
    match &event.told {
        Told::Message { name, .. } => add(name),
        Told::Marks(marks) => marks.iter().for_each(|mark| add(&mark.name)),
        Told::Watermark { .. } | Told::Referred { .. } | Told::Lead(_) => {}
    }
}
