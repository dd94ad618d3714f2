//! Taking one person out of a raw delivery. Pure.
//!
//! *Invariant:* what is left holds as many units as before, in the same order: an item that is taken out leaves `null` in its
//! place, which is a unit with nothing in it.

use serde_json::Value;

/// Fewest characters of an identifier that is looked for: a shorter one would also be found in the words of others.
const SHORTEST: usize = 5;

/// Every way in which a delivery may name somebody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person(Vec<String>);

impl Person {
    /// Somebody with these ids and phones; a phone is looked for in its digits.
    pub fn new<'a>(identifiers: impl IntoIterator<Item = &'a str>) -> Self {
        let mut all: Vec<String> = identifiers
            .into_iter()
            .map(|identifier| identifier.trim_start_matches('+').to_owned())
            .filter(|identifier| identifier.len() >= SHORTEST)
            .collect();
        all.sort_unstable();
        all.dedup();
        Self(all)
    }

    /// Whether a text names the person: an identifier that stands alone in it.
    pub fn is_in(&self, text: &str) -> bool {
        let alone = |at: usize, length: usize| {
            let before = text[..at].chars().next_back();
            let after = text[at + length..].chars().next();
            let joins = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
            !joins(before) && !joins(after)
        };
        self.0.iter().any(|identifier| {
            text.match_indices(identifier.as_str())
                .any(|(at, found)| alone(at, found.len()))
        })
    }

    /// Whether a value holds an identifier of the person as a value of its own. A mention in somebody else's words is that
    /// other person's text, and stays.
    fn is_about(&self, value: &Value) -> bool {
        let names = |text: &str| self.0.iter().any(|one| one == text.trim_start_matches('+'));
        match value {
            Value::String(text) => names(text),
            Value::Number(number) => names(&number.to_string()),
            Value::Array(items) => items.iter().any(|item| self.is_about(item)),
            Value::Object(fields) => fields.values().any(|field| self.is_about(field)),
            Value::Null | Value::Bool(_) => false,
        }
    }
}

/// The field of a change that was taken out: an account event that nobody deals with.
const ERASED_FIELD: &str = "erased";

/// The delivery without its items about the person; `None` when it cannot be read as JSON.
pub fn redact(body: &str, person: &Person) -> Option<String> {
    let mut body: Value = serde_json::from_str(body).ok()?;
    for entry in items(&mut body, "entry") {
        for list in ["messaging", "standby"] {
            blank(entry, list, person);
        }
        for change in items(entry, "changes") {
            take_out(change, person);
        }
        if entry.get("field").is_some() {
            take_out(entry, person);
        }
    }
    Some(body.to_string())
}

/// Of a change, `WhatsApp`'s lists item by item, anything else as a whole.
fn take_out(change: &mut Value, person: &Person) {
    let Some(told) = change.get_mut("value") else {
        return;
    };
    let lists = ["messages", "statuses", "message_echoes", "errors"];
    let mut listed = told.get("history").is_some();
    for list in lists {
        listed |= told.get(list).is_some();
        blank(told, list, person);
    }
    for chunk in items(told, "history") {
        for thread in items(chunk, "threads") {
            let mut whole = false;
            for field in ["id", "context"] {
                if let Some(named) = thread.get_mut(field)
                    && person.is_about(named)
                {
                    *named = Value::Null;
                    whole = true;
                }
            }
            for message in items(thread, "messages") {
                if whole || person.is_about(message) {
                    *message = Value::Null;
                }
            }
        }
    }
    if let Some(contacts) = told.get_mut("contacts").and_then(Value::as_array_mut) {
        contacts.retain(|contact| !person.is_about(contact));
    }
    if !listed && person.is_about(told) {
        *told = Value::Null;
        change["field"] = ERASED_FIELD.into();
    }
}

fn blank(of: &mut Value, list: &str, person: &Person) {
    for item in items(of, list) {
        if person.is_about(item) {
            *item = Value::Null;
        }
    }
}

/// The items of a list, if there is one: looking for it must not put one there.
fn items<'a>(of: &'a mut Value, list: &str) -> impl Iterator<Item = &'a mut Value> {
    let list = of.get_mut(list).and_then(Value::as_array_mut);
    list.into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inbox::event::Unit;
    use crate::inbox::payload::units;
    use serde_json::json;

    #[test]
    fn one_person_goes_and_every_other_unit_stays_where_it_was() {
        let text = |from: &str, id: &str, body: &str| json!({ "from": from, "id": id, "timestamp": "1793588645", "type": "text", "text": { "body": body } });
        let whatsapp = |value: Value| json!({ "field": "messages", "value": value });
        let body = json!({ "object": "x", "entry": [{ "id": "1001", "time": 5, "messaging": [
                { "sender": { "id": "700001" }, "recipient": { "id": "1001" }, "message": { "mid": "m1", "text": "a" } },
                { "sender": { "id": "700002" }, "recipient": { "id": "1001" }, "message": { "mid": "m2", "text": "b" } },
            ], "changes": [
                { "field": "feed", "value": { "item": "comment", "comment_id": "c1", "from": { "id": "700001" }, "message": "c" } },
                whatsapp(json!({
                    "messaging_product": "whatsapp", "metadata": { "phone_number_id": "9" },
                    "contacts": [{ "wa_id": "6281111", "profile": { "name": "Siti" } }, { "wa_id": "6282222", "profile": { "name": "Budi" } }],
                    "messages": [text("6281111", "w1", "rahasia"), text("6282222", "w2", "telepon 6281111")],
                    "statuses": [{ "id": "w3", "status": "read", "recipient_id": "6281111" }],
                })),
                whatsapp(json!({
                    "messaging_product": "whatsapp", "metadata": { "phone_number_id": "9" },
                    "history": [{ "threads": [{ "id": "6281111", "messages": [text("9", "h1", "lama"), text("9", "h2", "lama")] }] }],
                })),
            ] }, { "id": "1001", "time": 5, "field": "comments", "value": { "id": "c2", "from": { "id": 700_001 }, "text": "d" } }] })
        .to_string();
        let person = Person::new(["+6281111", "700001"]);
        let rest = redact(&body, &person).unwrap_or_default();
        for gone in ["rahasia", "Siti", "lama", "\"a\"", "\"c\"", "\"d\""] {
            assert!(
                body.contains(gone) && !rest.contains(gone),
                "{gone}: {rest}"
            );
        }
        for stays in ["Budi", "telepon 6281111", "\"b\""] {
            assert!(rest.contains(stays), "{stays}: {rest}");
        }
        let (before, after) = (units(body.as_bytes()), units(rest.as_bytes()));
        assert_eq!(before.len(), after.len());
        let events = |units: &[Unit]| {
            units
                .iter()
                .filter(|unit| matches!(unit, Unit::Event(_)))
                .count()
        };
        assert_eq!((events(&before), events(&after)), (9, 2));
        assert!(
            !after
                .iter()
                .any(|unit| matches!(unit, Unit::Unplaceable(_))),
            "{after:?}"
        );
        assert_eq!(redact(&rest, &person), Some(rest));
    }

    #[test]
    fn a_person_is_named_only_by_an_identifier_that_stands_alone() {
        let person = Person::new(["+6281111", "1"]);
        for (text, named) in [
            ("{\"from\":\"6281111\"}", true),
            ("+6281111", true),
            ("{\"from\":6281111}", true),
            ("62811112", false),
            ("x6281111", false),
            ("1", false),
        ] {
            assert_eq!(person.is_in(text), named, "{text}");
        }
    }

    #[test]
    fn any_form_is_left_standing() {
        let person = Person::new(["6281111"]);
        for body in ["{}", "[]", "null", "{\"entry\":[null,1,{\"changes\":{}}]}"] {
            let rest = redact(body, &person).unwrap_or_default();
            assert_eq!(units(rest.as_bytes()), units(body.as_bytes()), "{body}");
        }
        assert_eq!(redact("6281111 is no JSON of ours {", &person), None);
    }
}
