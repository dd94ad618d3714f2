//! All fixtures in one inbox, told in other ways: the inbox is the same.

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use super::harness::{Seen, deliver, fixture, look, names, start_then};

/// Ways tried on the emulator; `model` tries thousands without one.
const WAYS: usize = 2;

/// Bodies that can be taken apart.
fn corpus() -> Vec<Value> {
    names()
        .iter()
        .filter_map(|name| serde_json::from_slice::<Value>(&fixture(name)).ok())
        .filter(|body| body["entry"].is_array())
        .collect()
}

/// The entries of a body with one unit each; what else an entry says stays with each.
fn entries_of_one(body: &Value) -> Vec<Value> {
    let mut single = Vec::new();
    for entry in body["entry"].as_array().unwrap() {
        let lists = ["messaging", "standby", "changes"];
        if lists.iter().all(|list| entry[list].is_null()) {
            single.push(entry.clone());
        }
        for list in lists {
            for item in entry[list].as_array().into_iter().flatten() {
                let mut alone = entry.clone();
                for other in lists {
                    alone.as_object_mut().unwrap().remove(other);
                }
                let items = if list == "changes" {
                    changes_of_one(item)
                } else {
                    vec![item.clone()]
                };
                for item in items {
                    alone[list] = json!([item]);
                    single.push(alone.clone());
                }
            }
        }
    }
    single
}

fn changes_of_one(change: &Value) -> Vec<Value> {
    let lists = ["messages", "statuses", "errors", "message_echoes"];
    let mut single = Vec::new();
    for list in lists {
        for item in change["value"][list].as_array().into_iter().flatten() {
            let mut alone = change.clone();
            for other in lists {
                alone["value"].as_object_mut().unwrap().remove(other);
            }
            alone["value"][list] = json!([item]);
            single.push(alone);
        }
    }
    if single.is_empty() {
        single.push(change.clone());
    }
    single
}

fn is_same(seen: &Seen, calm: &Seen) {
    assert_eq!(seen.messages, calm.messages);
    assert_eq!(seen.statuses, calm.statuses);
    assert_eq!(seen.leads, calm.leads);
    assert_eq!(seen.conversations, calm.conversations);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn split_shuffled_doubled_or_merged_the_inbox_is_the_same() {
    let corpus = corpus();
    let calm = start_then().await;
    for body in &corpus {
        assert_eq!(deliver(&calm, body.to_string().as_bytes()).await, 200);
    }
    let calm = look(&calm).await;
    assert!(calm.messages.len() > 40, "{}", calm.messages.len());

    let mut single: Vec<(Value, Value)> = Vec::new();
    for body in &corpus {
        for entry in entries_of_one(body) {
            single.push((body["object"].clone(), entry));
        }
    }
    let mut runner = TestRunner::deterministic();
    for way in 0..WAYS {
        let mut told = single.clone();
        let again = prop::sample::subsequence(single.clone(), single.len() / 4);
        told.extend(again.new_tree(&mut runner).unwrap().current());
        let told = Just(told)
            .prop_shuffle()
            .new_tree(&mut runner)
            .unwrap()
            .current();

        let app = start_then().await;
        if way == 0 {
            // Everything of one platform in one body.
            for object in ["page", "instagram", "whatsapp_business_account"] {
                let entries: Vec<&Value> = told
                    .iter()
                    .filter(|(of, _)| of == object)
                    .map(|(_, entry)| entry)
                    .collect();
                let body = json!({ "object": object, "entry": entries });
                assert_eq!(deliver(&app, body.to_string().as_bytes()).await, 200);
            }
        } else {
            // Everything alone, a few at a time, repetitions with another time of sending.
            for some in told.chunks(8) {
                let bodies = some.iter().map(|(object, entry)| {
                    json!({ "object": object, "entry": [entry], "attempt": way }).to_string()
                });
                let bodies: Vec<String> = bodies.collect();
                let sent = bodies.iter().map(|body| deliver(&app, body.as_bytes()));
                for status in futures::future::join_all(sent).await {
                    assert_eq!(status, 200);
                }
            }
        }
        is_same(&look(&app).await, &calm);
    }
}
