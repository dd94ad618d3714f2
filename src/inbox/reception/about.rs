//! Whose words a delivery holds: the conversations that its record lists, so that the raw body can be found when somebody's
//! data is to be erased.

use std::collections::BTreeSet;

use super::super::entry::{MessageKey, conversation_name};
use super::super::event::{Account, InboundEvent, Unit, What};
use super::super::ledger::digits;
use super::super::merge::Inbox;
use crate::channels::Channel;

/// What the units say themselves, whether or not they can be placed.
pub(super) fn told(units: &[Unit]) -> BTreeSet<String> {
    let mut about = BTreeSet::new();
    for unit in units {
        let Unit::Event(event) = unit else { continue };
        let mut add = |contact: &str| {
            let name = conversation_name(&event.account, contact);
            about.insert(digits(&name).to_owned());
        };
        match &event.what {
            What::Message(arrival) => add(&arrival.contact),
            What::Watermark(watermark) => add(&watermark.contact),
            What::Referred { contact, .. } => add(contact),
            What::Marks(marks) => {
                for mark in marks {
                    mark.contact.iter().for_each(|contact| add(contact));
                }
            }
            What::Lead(_) => {}
        }
    }
    about
}

/// What turned out when the events were applied: a receipt names a message, and the message lies in a conversation.
pub(super) fn found(inbox: &Inbox, events: &[(&Channel, &InboundEvent)]) -> BTreeSet<String> {
    let mut about = BTreeSet::new();
    let mut add = |account: &Account, id: &str| {
        let key = MessageKey {
            account: account.clone(),
            id: id.to_owned(),
        };
        let entry = inbox.entries.get(&key.name());
        if let Some(placed) = entry.and_then(|entry| entry.placed.as_ref()) {
            about.insert(digits(&placed.conversation).to_owned());
        }
    };
    for (_, InboundEvent { account, what }) in events {
        match what {
            What::Message(arrival) => add(account, &arrival.id),
            What::Marks(marks) => marks.iter().for_each(|mark| add(account, &mark.id)),
            What::Watermark(_) | What::Referred { .. } | What::Lead(_) => {}
        }
    }
    about
}
