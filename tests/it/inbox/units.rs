//! The payload parser against bodies that nobody would send: no panic, and the units balance.

use leadgen_pro::inbox::event::Unit;
use leadgen_pro::inbox::payload::{MOST_UNITS, units};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::harness::{fixture, names};

/// How many units a body holds, by the definition in the fixtures' README: counted the plain way, over the whole document.
fn count(body: &Value) -> usize {
    let Some(entries) = body
        .as_object()
        .and_then(|body| body.get("entry")?.as_array())
    else {
        return 1;
    };
    entries.iter().map(in_entry).sum::<usize>().max(1)
}

fn in_entry(entry: &Value) -> usize {
    if !entry.is_object() {
        return 1;
    }
    let lists = in_list(entry, "messaging", |_| 1)
        + in_list(entry, "standby", |_| 1)
        + in_list(entry, "changes", in_change);
    let flat = if entry.get("field").is_some() {
        in_change(entry)
    } else {
        0
    };
    (lists + flat).max(1)
}

fn in_change(change: &Value) -> usize {
    let value = &change["value"];
    let one = |_: &Value| 1;
    let lists = in_list(value, "messages", one)
        + in_list(value, "statuses", one)
        + in_list(value, "errors", one)
        + in_list(value, "message_echoes", one)
        + in_list(value, "history", |chunk| match chunk {
            Value::Object(_) => {
                in_list(chunk, "errors", one)
                    + in_list(chunk, "threads", |thread| match thread["messages"] {
                        _ if !thread.is_object() => 1,
                        Value::Null => 0,
                        Value::Array(ref messages) => messages.len(),
                        _ => 1,
                    })
            }
            _ => 1,
        });
    lists.max(1)
}

/// A list that is none is one unit that cannot be read.
fn in_list(of: &Value, name: &str, each: impl Fn(&Value) -> usize) -> usize {
    match of.get(name) {
        None | Some(Value::Null) => 0,
        Some(Value::Array(items)) => items.iter().map(each).sum(),
        Some(_) => 1,
    }
}

/// Fixtures that are JSON objects.
fn corpus() -> Vec<Value> {
    names()
        .iter()
        .filter_map(|name| serde_json::from_slice(&fixture(name)).ok())
        .filter(Value::is_object)
        .collect()
}

/// Puts `new` in the place of the `nth` value of a document, in the order of reading.
fn replace(value: &mut Value, nth: &mut usize, new: &Value) {
    if *nth == 0 {
        *nth = usize::MAX;
        *value = new.clone();
        return;
    }
    if *nth == usize::MAX {
        return;
    }
    *nth -= 1;
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, nth, new)),
        Value::Object(fields) => fields.values_mut().for_each(|item| replace(item, nth, new)),
        _ => {}
    }
}

fn odd_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        Just(json!({})),
        Just(json!([])),
        Just(json!([null, 1, "x", {}, []])),
        Just(json!("")),
        Just(json!(0)),
        Just(json!(-1.5)),
        Just(json!(u64::MAX)),
        Just(json!(true)),
        ".{0,12}".prop_map(Value::from),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_bytes_are_at_least_one_unit(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(!units(&bytes).is_empty());
    }

    #[test]
    fn broken_fixtures_are_at_least_one_unit(
        which in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        cut in any::<bool>(),
    ) {
        let names: Vec<String> = names().into_iter().filter(|name| name != "hostile_deep_nesting").collect();
        let mut body = fixture(&names[which.index(names.len())]);
        let at = at.index(body.len());
        if cut { body.truncate(at) } else { body[at] = byte }
        prop_assert!(!units(&body).is_empty());
    }

    #[test]
    fn units_balance_whatever_stands_where(
        which in any::<prop::sample::Index>(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), odd_value()), 0..4),
    ) {
        let corpus = corpus();
        let mut body = corpus[which.index(corpus.len())].clone();
        for (at, new) in changes {
            replace(&mut body, &mut at.index(60), &new);
        }
        let found = units(body.to_string().as_bytes());
        prop_assert_eq!(found.len(), count(&body), "{}", body);
    }
}

#[test]
fn hostile_sizes_stay_bounded() {
    let many = |count: usize| {
        let items = vec!["{}"; count].join(",");
        format!(r#"{{"object":"page","entry":[{{"id":"1","messaging":[{items}]}}]}}"#)
    };
    assert_eq!(units(many(MOST_UNITS).as_bytes()).len(), MOST_UNITS);
    let beyond = units(many(MOST_UNITS + 1).as_bytes());
    assert!(
        matches!(beyond[..], [Unit::Unplaceable(_)]),
        "{}",
        beyond.len()
    );
    // Nesting beyond what the stack holds, around an item that is well.
    let deep = "[".repeat(500_000) + &"]".repeat(500_000);
    let body = format!(
        r#"{{"object":"page","entry":[{{"id":"1","messaging":[{deep},{{"sender":{{"id":"2"}},"message":{{"mid":"m","text":"ya"}}}}]}}]}}"#
    );
    let found = units(body.as_bytes());
    assert!(
        matches!(found[..], [Unit::Unplaceable(_), Unit::Event(_)]),
        "{found:?}"
    );
}

#[test]
fn half_an_emoji_does_not_cost_a_message() {
    let body = r#"{"object":"page","entry":[{"id":"1","messaging":[{"sender":{"id":"2"},"message":{"mid":"m","text":"a\ud83d"}}]}]}"#;
    let found = format!("{:?}", units(body.as_bytes()));
    assert!(found.contains("a\u{fffd}"), "{found}");
}
