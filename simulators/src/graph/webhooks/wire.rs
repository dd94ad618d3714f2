//! The bytes of a webhook: entries, their times, Meta's escaping, and the signature.

use std::fmt::Write as _;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::super::assets::Login;
use super::{DeliveryRules, Notice, Unit};

/// The body for some notices to one address, sent at a moment.
pub(super) fn body(notices: &[Notice], rules: &DeliveryRules, at: Timestamp) -> String {
    let object = notices.first().map_or("page", |notice| notice.object);
    let mut entries: Vec<Value> = Vec::new();
    for notice in notices {
        let (list, element) = element(notice, rules);
        let newest = entries.last_mut();
        match newest.filter(|entry| entry["id"] == notice.asset && entry[list].is_array()) {
            Some(entry) => append(&mut entry[list], element),
            None => entries.push(entry(notice, list, &element, at)),
        }
    }
    escape(&json!({ "object": object, "entry": entries }).to_string())
}

/// In which list a notice stands, and as what.
fn element(notice: &Notice, rules: &DeliveryRules) -> (&'static str, Value) {
    let field = notice.unit.field(notice.login);
    if !notice.include_values {
        return ("changed_fields", field.into());
    }
    match &notice.unit {
        Unit::Change { value, .. } => ("changes", json!({ "field": field, "value": value })),
        Unit::Messaging { item, .. } if rules.as_changes && notice.login == Login::Instagram => {
            let mut value = item.clone();
            if let Some(ms) = item["timestamp"].as_i64() {
                value["timestamp"] = (ms / 1000).to_string().into();
            }
            ("changes", json!({ "field": field, "value": value }))
        }
        Unit::Messaging { item, .. } => ("messaging", item.clone()),
    }
}

fn entry(notice: &Notice, list: &str, element: &Value, at: Timestamp) -> Value {
    let mut entry = Map::new();
    entry.insert("id".to_owned(), notice.asset.as_str().into());
    // Messages of WhatsApp come without a time; messaging products have milliseconds, all others seconds.
    let whatsapp_message = element["value"]["messaging_product"].is_string();
    if !whatsapp_message {
        let time = if list == "messaging" {
            at.as_millisecond()
        } else {
            at.as_second()
        };
        entry.insert("time".to_owned(), time.into());
    }
    entry.insert(list.to_owned(), json!([element]));
    entry.into()
}

/// Adds to a list; messages and statuses of one WhatsApp number share a value.
fn append(list: &mut Value, mut element: Value) {
    let Some(list) = list.as_array_mut() else {
        return;
    };
    let same = |newest: &&mut Value| {
        newest["field"] == element["field"]
            && element["value"]["metadata"].is_object()
            && newest["value"]["metadata"] == element["value"]["metadata"]
    };
    let Some(newest) = list.last_mut().filter(same) else {
        list.push(element);
        return;
    };
    let lists = ["contacts", "messages", "statuses", "message_echoes"];
    for name in lists {
        if let Value::Array(items) = element["value"][name].take() {
            let there = &mut newest["value"][name];
            match there.as_array_mut() {
                // A contact stands once.
                Some(there) if name == "contacts" => {
                    let new = items.into_iter().filter(|item| !there.contains(item));
                    let new: Vec<_> = new.collect();
                    there.extend(new);
                }
                Some(there) => there.extend(items),
                None => *there = items.into(),
            }
        }
    }
}

/// Meta escapes more than JSON demands, and signs what it has escaped.
fn escape(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for character in json.chars() {
        match character {
            '/' => escaped.push_str("\\/"),
            '@' => escaped.push_str("\\u0040"),
            '<' => escaped.push_str("\\u003C"),
            '%' => escaped.push_str("\\u0025"),
            ' '..='~' => escaped.push(character),
            _ => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    // Writing to a string cannot fail.
                    let _ = write!(escaped, "\\u{unit:04x}");
                }
            }
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_escaped_is_still_the_same_json() {
        let value = json!({ "text": "بارك 🌙 \"surel@contoh.example/a\" 50% <b>\n" });
        let escaped = escape(&value.to_string());
        assert!(escaped.is_ascii(), "{escaped}");
        assert!(escaped.contains("\\ud83c\\udf19") && escaped.contains("\\u0040"));
        assert!(escaped.contains("\\u003Cb>") && escaped.contains("\\/a\\\" 50\\u0025"));
        assert_eq!(serde_json::from_str::<Value>(&escaped).ok(), Some(value));
    }
}
