//! Meta's deliveries → units. Pure and total: any bytes in, never a panic, and every unit comes out as exactly one thing.
//!
//! Two passes: the envelope is cut into items without looking inside them, then each item is read alone, so that one bad
//! item never harms its neighbours. What is present decides, not `object`: the platforms' documentation and their wire
//! disagree, and an entry may hold any of `messaging`, `standby`, `changes`, a flat `field` and `value`, or several.
//! *Memory:* an item at a time is read whole; a delivery of more than [`MOST_UNITS`] units is one unit that cannot be
//! placed. `serde_json` itself refuses nesting deeper than 128.
//!
//! # Source
//! Meta's Graph API webhooks reference for Messenger, Instagram, WhatsApp, Page; read 2026-11.

mod cut;
mod messaging;
mod page;
mod scalar;
mod whatsapp;

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;
use serde_json::value::RawValue;

use self::cut::{Cut, objects};
use super::event::{Account, ChannelKind, InboundEvent, Moment, TimeSource, Unit, What};
use crate::json_text::mend_surrogates;

/// Most units taken of one delivery. The largest bodies that Meta documents, 3 MB of imported history, hold fewer than
/// this many messages even when each takes but a hundred bytes.
pub const MOST_UNITS: usize = 30_000;

/// The entry of a sample that the App Dashboard sends.
const SAMPLE_ENTRY: &str = "0";

/// Why units end as they do, in words for a person. They stand in `webhook_deliveries` and are part of its form.
pub mod reason {
    #![expect(missing_docs, reason = "each is its own explanation")]
    pub const UNREADABLE_BODY: &str =
        "The body is not a JSON object of the form that Meta describes.";
    pub const TOO_MANY_UNITS: &str = "The body holds more events than one delivery can have.";
    pub const UNREADABLE_ENTRY: &str = "An entry of the delivery cannot be read.";
    pub const UNREADABLE_ITEM: &str = "This event cannot be read.";
    pub const NO_ID: &str = "The event does not say which message it is about.";
    pub const NO_SENDER: &str = "The event does not say who wrote, or to whom.";
    pub const NO_ACCOUNT: &str =
        "The event does not say for which of our accounts it is, or names one that cannot be.";
    pub const EMPTY: &str = "There is nothing in it.";
    pub const SAMPLE: &str = "A test event that the App Dashboard sends.";
    pub const CHANGED_FIELDS: &str = "The subscription sends only the names of changed fields: switch on \"include \
        values\" in the App Dashboard, or events are lost.";
    pub const UNKNOWN_FIELD: &str =
        "An account event, or a field that the inbox does not deal with.";
    pub const UNKNOWN_EVENT: &str = "A kind of event that the inbox does not deal with.";
    pub const UNKNOWN_STATUS: &str = "A delivery status that the inbox does not know.";
    pub const ACCOUNT_ERROR: &str = "An error that WhatsApp reports about the account.";
    pub const GROUP: &str = "A group message; the inbox holds conversations with one person.";
    pub const NOT_A_COMMENT: &str =
        "Something on the page that is no comment: a post of ours, a reaction to one.";
    pub const MODERATED: &str = "A comment was hidden or shown again; its text is unchanged.";
}

/// Everything that a delivery holds, in its order. Never empty.
pub fn units(body: &[u8]) -> Vec<Unit> {
    // Tried first, since it is many times faster.
    let text = std::str::from_utf8(body).map_or_else(|_| String::from_utf8_lossy(body), Cow::from);
    let mended = mend_surrogates(&text);
    let mut units = Units(Vec::new());
    match delivery(mended.as_deref().unwrap_or(&text), &mut units) {
        Ok(()) => units.0,
        Err(Overflow) => vec![Unit::Unplaceable(reason::TOO_MANY_UNITS)],
    }
}

/// There are too many units.
struct Overflow;

/// The units so far.
struct Units(Vec<Unit>);

impl Units {
    fn push(&mut self, unit: Unit) -> Result<(), Overflow> {
        if self.0.len() == MOST_UNITS {
            return Err(Overflow);
        }
        self.0.push(unit);
        Ok(())
    }
}

/// An object cut into its values, unread.
type Fields<'a> = BTreeMap<String, &'a RawValue>;

fn fields(raw: &RawValue) -> Option<Fields<'_>> {
    serde_json::from_str(raw.get()).ok()
}

/// A list cut into its items, unread. `None` when it is there and is no list; `null` counts as absent.
fn list<'a>(fields: &Fields<'a>, name: &str) -> Option<Vec<&'a RawValue>> {
    match fields.get(name) {
        None => Some(Vec::new()),
        Some(raw) if is_null(raw) => Some(Vec::new()),
        Some(raw) => serde_json::from_str(raw.get()).ok(),
    }
}

/// Nothing is there, as some senders write it.
fn is_null(raw: &RawValue) -> bool {
    raw.get() == "null"
}

/// One value read whole; `None` when it cannot be, for instance because it nests too deep.
fn value(raw: &RawValue) -> Option<Value> {
    serde_json::from_str(raw.get()).ok()
}

/// One named value read whole; absent and unreadable are both `null`.
fn value_of(fields: &Fields<'_>, name: &str) -> Value {
    fields
        .get(name)
        .and_then(|raw| value(raw))
        .unwrap_or_default()
}

/// What the envelope says of the items in it.
struct Entry {
    instagram: bool,
    id: Option<String>,
    time: Option<Timestamp>,
}

impl Entry {
    /// The moment of an item that states `own`.
    fn moment(&self, own: &Value) -> Option<Moment> {
        let told = |at, source| Moment { at, source };
        scalar::time(own)
            .map(|at| told(at, TimeSource::Event))
            .or_else(|| self.time.map(|at| told(at, TimeSource::Delivery)))
    }

    /// An event of this entry's own account.
    fn event(&self, kind: ChannelKind, what: What) -> Unit {
        match &self.id {
            Some(id) => event(kind, id.clone(), what),
            None => Unit::Unplaceable(reason::NO_ACCOUNT),
        }
    }
}

fn event(kind: ChannelKind, id: String, what: What) -> Unit {
    Unit::Event(Box::new(InboundEvent {
        account: Account { kind, id },
        what,
    }))
}

fn delivery(text: &str, units: &mut Units) -> Result<(), Overflow> {
    let Ok(envelope) = serde_json::from_str::<Fields<'_>>(text) else {
        return units.push(Unit::Unplaceable(reason::UNREADABLE_BODY));
    };
    let Some(entries) = envelope.get("entry").and_then(|raw| objects(raw)) else {
        return units.push(Unit::Unplaceable(reason::UNREADABLE_BODY));
    };
    if entries.is_empty() {
        return units.push(Unit::Ignored(reason::EMPTY));
    }
    let instagram = value_of(&envelope, "object") == "instagram";
    for cut in entries {
        match cut {
            Cut::Object(fields) => entry(&fields, instagram, units)?,
            Cut::Null => units.push(Unit::Ignored(reason::EMPTY))?,
            Cut::Other => units.push(Unit::Unplaceable(reason::UNREADABLE_ENTRY))?,
        }
    }
    Ok(())
}

fn entry(fields: &Fields<'_>, instagram: bool, units: &mut Units) -> Result<(), Overflow> {
    let entry = Entry {
        instagram,
        id: scalar::id(&value_of(fields, "id")),
        time: scalar::time(&value_of(fields, "time")),
    };
    let first = units.0.len();
    for name in ["messaging", "standby"] {
        match list(fields, name) {
            Some(items) => {
                for raw in items {
                    units.push(match value(raw) {
                        Some(item) => messaging::unit(&entry, &item),
                        None => Unit::Unplaceable(reason::UNREADABLE_ITEM),
                    })?;
                }
            }
            None => units.push(Unit::Unplaceable(reason::UNREADABLE_ITEM))?,
        }
    }
    let changes = fields.get("changes").filter(|raw| !is_null(raw));
    match changes.map_or(Some(Vec::new()), |raw| objects(raw)) {
        Some(changes) => {
            for cut in changes {
                match cut {
                    Cut::Object(fields) => change(&entry, &fields, units)?,
                    Cut::Null => units.push(Unit::Ignored(reason::EMPTY))?,
                    Cut::Other => units.push(Unit::Unplaceable(reason::UNREADABLE_ITEM))?,
                }
            }
        }
        None => units.push(Unit::Unplaceable(reason::UNREADABLE_ITEM))?,
    }
    if fields.contains_key("field") {
        change(&entry, fields, units)?;
    }
    if units.0.len() == first {
        let why = if fields.contains_key("changed_fields") {
            reason::CHANGED_FIELDS
        } else {
            reason::EMPTY
        };
        units.push(Unit::Ignored(why))?;
    }
    if entry.id.as_deref() == Some(SAMPLE_ENTRY) {
        for unit in &mut units.0[first..] {
            *unit = Unit::Ignored(reason::SAMPLE);
        }
    }
    Ok(())
}

/// A change is WhatsApp's when its value looks like WhatsApp's, a direct message when it names sender and recipient, and
/// otherwise what its field says.
fn change(entry: &Entry, change: &Fields<'_>, units: &mut Units) -> Result<(), Overflow> {
    let field = value_of(change, "field");
    let field = field.as_str().unwrap_or_default();
    let Some(raw) = change.get("value") else {
        return units.push(page::change(entry, field, &Value::Null));
    };
    if let Some(fields) = fields(raw)
        && whatsapp::is_whatsapp(&fields)
    {
        return whatsapp::change(entry, field, &fields, units);
    }
    units.push(match value(raw) {
        None => Unit::Unplaceable(reason::UNREADABLE_ITEM),
        Some(value) if messaging::is_messaging(field, &value) => messaging::unit(entry, &value),
        Some(value) => page::change(entry, field, &value),
    })
}
