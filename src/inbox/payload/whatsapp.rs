//! WhatsApp: the value of a change, with its lists of messages, statuses, echoes, errors and imported history.

use std::collections::HashMap;

use serde_json::Value;
use serde_json::value::RawValue;

use super::{Entry, Fields, Overflow, Units, event, fields, list, reason, scalar, value, value_of};
use crate::inbox::event::{
    Arrival, ChannelKind, Delivery, Direction, Failure, Mark, MarkKind, Profile, Unit, What,
};

mod content;

/// The lists whose elements are units.
const LISTS: [&str; 5] = [
    "messages",
    "statuses",
    "errors",
    "message_echoes",
    "history",
];

/// Whether a change's value has the form of WhatsApp's: one of its lists beside its mark.
pub(super) fn is_whatsapp(value: &Fields<'_>) -> bool {
    value.contains_key("messaging_product")
        || value.contains_key("metadata")
        || LISTS.iter().any(|list| value.contains_key(*list))
}

pub(super) fn change(
    entry: &Entry,
    field: &str,
    change: &Fields<'_>,
    units: &mut Units,
) -> Result<(), Overflow> {
    let first = units.0.len();
    let metadata = value_of(change, "metadata");
    let told = Told {
        entry,
        number: scalar::id(&metadata["phone_number_id"]),
        own_phone: phone(&metadata["display_phone_number"]),
        profiles: profiles(change),
    };
    for name in LISTS {
        let Some(items) = list(change, name) else {
            units.push(Unit::Unplaceable(reason::UNREADABLE_ITEM))?;
            continue;
        };
        for raw in items {
            if name == "history" {
                told.history(raw, units)?;
                continue;
            }
            units.push(match (name, value(raw)) {
                (_, None) => Unit::Unplaceable(reason::UNREADABLE_ITEM),
                ("messages", Some(item)) => told.message(&item, Told::peer_of_message(field)),
                ("message_echoes", Some(item)) => told.message(&item, Peer::Recipient),
                ("statuses", Some(item)) => told.status(&item),
                (_, Some(Value::Null)) => Unit::Ignored(reason::EMPTY),
                (_, Some(_)) => Unit::Ignored(reason::ACCOUNT_ERROR),
            })?;
        }
    }
    if units.0.len() == first {
        let known =
            change.contains_key("metadata") || LISTS.iter().any(|l| change.contains_key(*l));
        units.push(Unit::Ignored(if known {
            reason::EMPTY
        } else {
            reason::UNKNOWN_FIELD
        }))?;
    }
    Ok(())
}

/// Where the other side of a conversation is named.
#[derive(Clone, Copy)]
enum Peer<'a> {
    /// It is the sender.
    Sender,
    /// It is the recipient: we wrote, on the phone.
    Recipient,
    /// It is the sender, unless that is our own number: then the recipient, or the thread.
    Thread(Option<&'a Value>),
}

/// What the value says of everything in it.
struct Told<'a> {
    entry: &'a Entry,
    number: Option<String>,
    own_phone: Option<String>,
    profiles: HashMap<String, Profile>,
}

impl Told<'_> {
    /// Real media of an imported history come as `messages`, ours among them.
    fn peer_of_message(field: &str) -> Peer<'static> {
        if field == "history" {
            Peer::Thread(None)
        } else {
            Peer::Sender
        }
    }

    fn event(&self, what: What) -> Unit {
        match &self.number {
            Some(number) => event(ChannelKind::WhatsApp, number.clone(), what),
            None => Unit::Unplaceable(reason::NO_ACCOUNT),
        }
    }

    fn history(&self, raw: &RawValue, units: &mut Units) -> Result<(), Overflow> {
        let unreadable = || Unit::Unplaceable(reason::UNREADABLE_ITEM);
        let Some(chunk) = fields(raw) else {
            return units.push(unreadable());
        };
        match list(&chunk, "errors") {
            Some(errors) => {
                for _ in errors {
                    units.push(Unit::Ignored(reason::ACCOUNT_ERROR))?;
                }
            }
            None => units.push(unreadable())?,
        }
        let Some(threads) = list(&chunk, "threads") else {
            return units.push(unreadable());
        };
        for raw in threads {
            let thread = fields(raw);
            let messages = thread.as_ref().and_then(|thread| list(thread, "messages"));
            let (Some(thread), Some(messages)) = (thread, messages) else {
                units.push(unreadable())?;
                continue;
            };
            let id = value_of(&thread, "id");
            for raw in messages {
                units.push(match value(raw) {
                    Some(message) => self.message(&message, Peer::Thread(Some(&id))),
                    None => unreadable(),
                })?;
            }
        }
        Ok(())
    }

    fn message(&self, message: &Value, peer: Peer<'_>) -> Unit {
        if message.is_null() {
            return Unit::Ignored(reason::EMPTY);
        }
        if !message.is_object() {
            return Unit::Unplaceable(reason::UNREADABLE_ITEM);
        }
        if !message["group_id"].is_null() {
            return Unit::Ignored(reason::GROUP);
        }
        let (direction, contact) = self.peer(message, peer);
        let marked = |id: &Value, what: MarkKind| match scalar::id(id) {
            Some(id) => self.event(What::Marks(vec![Mark {
                id,
                contact: contact.clone().filter(|_| direction == Direction::In),
                at: self.entry.moment(&message["timestamp"]),
                outgoing: None,
                what,
            }])),
            None => Unit::Unplaceable(reason::NO_ID),
        };
        match message["type"].as_str() {
            Some("reaction") => {
                let reaction = &message["reaction"];
                let emoji = scalar::word(&reaction["emoji"]);
                return marked(&reaction["message_id"], MarkKind::Reacted { emoji });
            }
            Some("edit") => {
                let edit = &message["edit"];
                let (_, text) = content::kind_and_text(&edit["message"]);
                return marked(&edit["original_message_id"], MarkKind::Edited { text });
            }
            Some("revoke") => {
                let original = &message["revoke"]["original_message_id"];
                return marked(original, MarkKind::Deleted);
            }
            _ => {}
        }
        let Some(id) = scalar::id(&message["id"]) else {
            return Unit::Unplaceable(reason::NO_ID);
        };
        let Some(contact) = contact else {
            return Unit::Unplaceable(reason::NO_SENDER);
        };
        self.event(What::Message(Box::new(Arrival {
            id,
            profile: self.profile(&contact, message, direction),
            contact,
            direction,
            anonymous: false,
            app: None,
            outgoing: None,
            at: self.entry.moment(&message["timestamp"]),
            history: matches!(peer, Peer::Thread(_)),
            content: content::read(message),
        })))
    }

    /// Who wrote, and whom the conversation is with.
    fn peer(&self, message: &Value, peer: Peer<'_>) -> (Direction, Option<String>) {
        let sender = || address(&message["from"], &message["from_user_id"]);
        let recipient = || address(&message["to"], &message["to_user_id"]);
        match peer {
            Peer::Sender => (Direction::In, sender()),
            Peer::Recipient => (Direction::Out, recipient()),
            Peer::Thread(thread) => {
                let from = phone(&message["from"]);
                let thread = || thread.and_then(|id| address(id, &Value::Null));
                let ours = match from {
                    Some(from) => Some(&from) == self.own_phone.as_ref(),
                    None => sender().is_none() && recipient().is_some(),
                };
                if ours {
                    (Direction::Out, recipient().or_else(thread))
                } else {
                    (Direction::In, sender().or_else(thread))
                }
            }
        }
    }

    fn profile(&self, contact: &str, message: &Value, direction: Direction) -> Profile {
        let user_id = scalar::id(match direction {
            Direction::In => &message["from_user_id"],
            Direction::Out => &message["to_user_id"],
        });
        let told = self
            .profiles
            .get(contact)
            .or_else(|| self.profiles.get(user_id.as_ref()?));
        Profile {
            name: told.and_then(|told| told.name.clone()),
            phone: is_phone(contact).then(|| ["+", contact].concat()),
            user_id: user_id.or_else(|| told.and_then(|told| told.user_id.clone())),
        }
    }

    fn status(&self, status: &Value) -> Unit {
        if status.is_null() {
            return Unit::Ignored(reason::EMPTY);
        }
        if status["recipient_type"] == "group" {
            return Unit::Ignored(reason::GROUP);
        }
        let Some(id) = scalar::id(&status["id"]) else {
            return Unit::Unplaceable(reason::NO_ID);
        };
        let what = match status["status"].as_str().unwrap_or_default() {
            "sent" => MarkKind::Reached(Delivery::Sent),
            "delivered" => MarkKind::Reached(Delivery::Delivered),
            "read" => MarkKind::Reached(Delivery::Read),
            "played" => MarkKind::Reached(Delivery::Played),
            "failed" => MarkKind::Failed(failure(&status["errors"][0])),
            "deleted" => MarkKind::Deleted,
            _ => return Unit::Ignored(reason::UNKNOWN_STATUS),
        };
        self.event(What::Marks(vec![Mark {
            id,
            contact: None,
            at: self.entry.moment(&status["timestamp"]),
            outgoing: scalar::id(&status["biz_opaque_callback_data"]),
            what,
        }]))
    }
}

fn failure(error: &Value) -> Failure {
    Failure {
        code: scalar::id(&error["code"]),
        title: scalar::word(&error["error_data"]["details"])
            .or_else(|| scalar::word(&error["title"]))
            .or_else(|| scalar::word(&error["message"])),
    }
}

/// Profiles by phone and by business-scoped id: the block may be missing, and its order means nothing.
fn profiles(change: &Fields<'_>) -> HashMap<String, Profile> {
    let mut profiles = HashMap::new();
    for contact in list(change, "contacts").unwrap_or_default() {
        let Some(contact) = value(contact) else {
            continue;
        };
        let profile = Profile {
            name: scalar::word(&contact["profile"]["name"])
                .or_else(|| scalar::word(&contact["profile"]["username"])),
            phone: None,
            user_id: scalar::id(&contact["user_id"]),
        };
        for key in [
            address(&contact["wa_id"], &Value::Null),
            profile.user_id.clone(),
        ]
        .into_iter()
        .flatten()
        {
            profiles.insert(key, profile.clone());
        }
    }
    profiles
}

/// A phone in digits; else the business-scoped id; else whatever stands in the phone's place, which with some senders is
/// the business-scoped id.
fn address(number: &Value, user: &Value) -> Option<String> {
    phone(number)
        .or_else(|| scalar::id(user))
        .or_else(|| scalar::id(number))
}

fn phone(number: &Value) -> Option<String> {
    let text = scalar::id(number)?;
    let digits = text.strip_prefix('+').unwrap_or(&text);
    is_phone(digits).then(|| digits.to_owned())
}

fn is_phone(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
