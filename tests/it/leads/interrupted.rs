//! What an import leaves behind when it ends in the middle, and that the same list again completes it.

use futures::StreamExt as _;
use serde_json::{Value, json};

use super::gate::Gate;
use super::import::long_list;
use super::world::World;
use crate::operations::process::{Service, settings};
use crate::support::App;
use crate::support::events::NOTHING;

const ROWS: usize = 2_000;

/// The events of a streaming import, as they come.
async fn stream(world: &World, url: &str) -> impl futures::Stream<Item = Value> + use<> {
    let response = world
        .app
        .http
        .post(format!("{url}/importLeads"))
        .bearer_auth(&world.m1.token)
        .header("accept", "text/event-stream")
        .json(&json!({ "data": { "csv": long_list(ROWS) } }))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    let mut rest = String::new();
    response
        .bytes_stream()
        .take_while(|bytes| std::future::ready(bytes.is_ok()))
        .flat_map(move |bytes| {
            rest.push_str(std::str::from_utf8(&bytes.unwrap()).unwrap());
            let mut events = Vec::new();
            while let Some((event, after)) = rest.split_once("\n\n") {
                events.push(serde_json::from_str(event.strip_prefix("data: ").unwrap()).unwrap());
                rest = after.to_owned();
            }
            futures::stream::iter(events)
        })
}

/// Every phone has its entry and every entry its lead: a batch came as a whole or not at all.
fn is_whole(leads: &[(String, Value)], entries: &[(String, Value)]) -> usize {
    let with_phone: std::collections::BTreeSet<&str> = leads
        .iter()
        .filter(|(_, lead)| lead.get("phone").is_some())
        .map(|(id, _)| id.as_str())
        .collect();
    let named: std::collections::BTreeSet<&str> = entries
        .iter()
        .map(|(_, entry)| entry["leadId"].as_str().unwrap())
        .collect();
    assert_eq!(with_phone, named);
    leads.len()
}

async fn completes(world: &World, before: usize) {
    let data = json!({ "csv": long_list(ROWS) });
    let result = world
        .app
        .call(&world.m1, "importLeads", data)
        .await
        .result();
    let count = |field: &str| usize::try_from(result[field].as_u64().unwrap()).unwrap();
    assert!(count("existing") >= before, "{result} after {before}");
    assert_eq!(count("existing") + count("created"), ROWS);
    assert_eq!(quiet(world).await, ROWS);
}

#[tokio::test]
async fn progress_is_told_as_it_comes() {
    let world = World::start().await;
    world.app.events.watch("leadWritten", NOTHING).await;
    let events: Vec<Value> = stream(&world, &world.app.url).await.collect().await;
    let (result, chunks) = events.split_last().unwrap();
    let processed: Vec<u64> = chunks
        .iter()
        .map(|chunk| {
            let chunk = &chunk["message"];
            assert_eq!(chunk["total"], ROWS);
            assert_eq!(chunk["created"], chunk["processed"]);
            chunk["processed"].as_u64().unwrap()
        })
        .collect();
    assert_eq!(
        processed,
        (1..=10).map(|batch| batch * 200).collect::<Vec<_>>()
    );
    assert_eq!(result["result"]["created"], ROWS);
}

/// How often an import may be over before it could be interrupted, as on a machine busy with other tests.
const ATTEMPTS: usize = 5;

#[tokio::test]
async fn a_reader_that_leaves_ends_it_and_the_same_list_completes_it() {
    for _ in 0..ATTEMPTS {
        let world = World::start().await;
        world.app.events.watch("leadWritten", NOTHING).await;
        {
            let mut events = Box::pin(stream(&world, &world.app.url).await);
            assert!(events.next().await.is_some());
        }
        if completes_what_was_interrupted(&world).await {
            return;
        }
    }
    panic!("the import was always over before its reader left");
}

#[tokio::test]
async fn a_killed_process_leaves_nothing_half_done() {
    for _ in 0..ATTEMPTS {
        let world = World::start().await;
        world.app.events.watch("leadWritten", NOTHING).await;
        let mut service = Service::start(&settings(&world.app.project)).await;
        let url = format!("http://{}", service.address);
        let mut events = Box::pin(stream(&world, &url).await);
        assert!(events.next().await.is_some());
        service.child.kill().await.unwrap();
        if completes_what_was_interrupted(&world).await {
            return;
        }
    }
    panic!("the import was always over before its process was killed");
}

/// Whether the import was interrupted in the middle; then the same list completes it.
async fn completes_what_was_interrupted(world: &World) -> bool {
    let before = quiet(world).await;
    assert!(before >= 200, "{before}");
    if before == ROWS {
        return false;
    }
    completes(world, before).await;
    true
}

/// Waits until no more leads come: a batch under way may still be committed, and between two looks too.
async fn quiet(world: &World) -> usize {
    loop {
        let leads = world.list("leads").await;
        let entries = world.list("phone_index").await;
        if world.list("leads").await.len() == leads.len() {
            return is_whole(&leads, &entries);
        }
    }
}

#[tokio::test]
async fn when_firestore_goes_away_it_says_how_far_it_came() {
    for _ in 0..ATTEMPTS {
        let gate = Gate::open().await;
        let app = App::start_with(&[("FIRESTORE_EMULATOR_HOST", &gate.address)]).await;
        let world = World::of(app).await;
        world.app.events.watch("leadWritten", NOTHING).await;
        let mut events = Box::pin(stream(&world, &world.app.url).await);
        assert!(events.next().await.is_some());
        gate.set(false);
        let mut last = Value::Null;
        while let Some(event) = events.next().await {
            last = event;
        }
        if last["result"].is_object() {
            continue;
        }
        let error = &last["error"];
        assert_eq!(error["status"], "UNAVAILABLE", "{last}");
        let told =
            |field: &str| usize::try_from(error["details"][field].as_u64().unwrap()).unwrap();
        assert_eq!(told("created"), told("processed"));
        assert_eq!(
            (told("total"), told("existing"), told("refused")),
            (ROWS, 0, 0)
        );
        let before = quiet(&world).await;
        // Batches under way may have been committed without an answer.
        assert!(before >= told("created"), "{before} {last}");
        gate.set(true);
        completes(&world, before).await;
        return;
    }
    panic!("the import was always over before Firestore went away");
}
