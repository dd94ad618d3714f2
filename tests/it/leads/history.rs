//! The history of a lead: every change, whoever made it, once.

use axum::http::HeaderMap;
use serde_json::{Value, json};

use super::world::{World, direct_lead, phone};
use crate::support::{Person, documents, setting};

async fn change(world: &World, token: &str, lead: &str, fields: Value) -> u16 {
    let named: Vec<&str> = fields
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let path = format!("leads/{lead}");
    documents::patch_as(token, &world.app.project, &path, fields.clone(), &named).await
}

/// What an entry says, without its times.
fn said(entry: &Value) -> Value {
    let mut said = entry.clone();
    let fields = said.as_object_mut().unwrap();
    fields.remove("at");
    let changes = fields["changes"].as_object_mut().unwrap();
    for times in ["createdAt", "updatedAt", "submittedAt"] {
        changes.remove(times);
    }
    said
}

#[tokio::test]
async fn tells_the_life_of_a_lead() {
    let world = World::start().await;
    let e164 = phone();
    let id = world.lead(&world.m1, &e164).await;
    let moved = json!({ "leadId": id, "assignedTo": "m2" });
    world
        .app
        .call(&world.c1, "assignLead", moved)
        .await
        .result();
    world.app.events.delivered().await;
    let signed = json!({ "status": "LOST", "lostReason": "harga", "lastChange": { "by": "m2", "at": { "$time": "2027-01-01T00:00:00Z" } } });
    assert_eq!(change(&world, "owner", &id, signed).await, 200);
    world.app.events.delivered().await;
    // The same mark again says nothing of this change.
    assert_eq!(
        change(&world, "owner", &id, json!({ "note": "diubah di konsol" })).await,
        200
    );
    world.app.events.delivered().await;
    let last = world.get(&format!("leads/{id}")).await.unwrap();
    documents::delete(&world.app.project, &format!("leads/{id}")).await;
    world.app.events.delivered().await;

    let entries = world.list(&format!("leads/{id}/history")).await;
    let find = |kind: &str, field: &str| {
        let mut found = entries
            .iter()
            .map(|(_, entry)| entry)
            .filter(|entry| entry["kind"] == kind && entry["changes"].get(field).is_some());
        let entry = found
            .next()
            .unwrap_or_else(|| panic!("no {kind} of {field}: {entries:?}"));
        assert!(found.next().is_none(), "{kind} of {field} twice");
        entry
    };
    assert_eq!(entries.len(), 5, "{entries:?}");
    assert_eq!(
        said(find("CREATED", "name")),
        json!({
            "kind": "CREATED", "by": "m1", "byStated": true, "branchId": "c1", "assignedTo": "m1",
            "changes": {
                "id": { "after": id }, "name": { "after": "Siti" }, "phone": { "after": e164 },
                "source": { "after": "MANUAL" }, "status": { "after": "NEW" }, "assignedTo": { "after": "m1" },
                "branchId": { "after": "c1" },
            },
        })
    );
    assert_eq!(
        said(find("UPDATED", "assignedTo")),
        json!({
            "kind": "UPDATED", "by": "c1", "byStated": true, "branchId": "c1", "assignedTo": "m2",
            "changes": { "assignedTo": { "before": "m1", "after": "m2" } },
        })
    );
    assert_eq!(
        said(find("UPDATED", "status")),
        json!({
            "kind": "UPDATED", "by": "m2", "byStated": true, "branchId": "c1", "assignedTo": "m2",
            "changes": { "status": { "before": "NEW", "after": "LOST" }, "lostReason": { "after": "harga" } },
        })
    );
    assert_eq!(
        said(find("UPDATED", "note")),
        json!({
            "kind": "UPDATED", "by": null, "byStated": false, "branchId": "c1", "assignedTo": "m2",
            "changes": { "note": { "after": "diubah di konsol" } },
        })
    );
    // Deleted, but not forgotten: the whole document, times as times.
    let deleted = find("DELETED", "name");
    assert_eq!(
        (&deleted["by"], &deleted["byStated"]),
        (&Value::Null, &json!(false))
    );
    let mut before = last.as_object().unwrap().clone();
    before.remove("lastChange");
    let told: serde_json::Map<_, _> = deleted["changes"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(field, change)| (field.clone(), change["before"].clone()))
        .collect();
    assert_eq!(told, before);
}

/// Writes as the frontend does, with `serverTimestamp()` in the mark, and under the rules.
async fn signed(world: &World, person: &Person, lead: &str, fields: &Value, by: &str) -> u16 {
    let root = format!(
        "projects/{}/databases/(default)/documents",
        world.app.project
    );
    let mut written = serde_json::Map::new();
    for (field, text) in fields.as_object().unwrap() {
        written.insert(field.clone(), json!({ "stringValue": text }));
    }
    let mark = json!({ "mapValue": { "fields": { "by": { "stringValue": by } } } });
    written.insert("lastChange".to_owned(), mark);
    let fields: Vec<&String> = written.keys().collect();
    let write = json!({
        "updateMask": { "fieldPaths": fields },
        "update": { "name": format!("{root}/leads/{lead}"), "fields": written },
        "updateTransforms": [
            { "fieldPath": "lastChange.at", "setToServerValue": "REQUEST_TIME" },
        ],
    });
    let url = format!(
        "http://{}/v1/{root}:commit",
        setting("FIRESTORE_EMULATOR_HOST")
    );
    let request = world.app.http.post(url).bearer_auth(&person.token);
    let response = request.json(&json!({ "writes": [write] })).send().await;
    response.unwrap().status().as_u16()
}

#[tokio::test]
async fn names_the_person_behind_a_direct_write_as_the_rules_let_them_sign() {
    let world = World::start().await;
    let id = world.lead(&world.m1, &phone()).await;
    world.app.events.delivered().await;
    let status = json!({ "status": "FOLLOW_UP" });
    assert_eq!(signed(&world, &world.m1, &id, &status, "m2").await, 403);
    assert_eq!(signed(&world, &world.m2, &id, &status, "m2").await, 403);
    assert_eq!(signed(&world, &world.m1, &id, &status, "m1").await, 200);
    let taken = json!({ "assignedTo": "m2" });
    assert_eq!(signed(&world, &world.m1, &id, &taken, "m1").await, 403);
    assert_eq!(signed(&world, &world.c1, &id, &taken, "c1").await, 200);
    world.app.events.delivered().await;
    assert_eq!(
        change(
            &world,
            &world.m2.token,
            &id,
            json!({ "note": "tanpa tanda" })
        )
        .await,
        200
    );
    world.app.events.delivered().await;
    let told: Vec<Value> = world.history(&id).await[1..]
        .iter()
        .map(|entry| {
            json!([
                entry["by"],
                entry["byStated"],
                entry["assignedTo"],
                entry["changes"]
            ])
        })
        .collect();
    assert_eq!(
        told,
        [
            json!(["m1", true, "m1", { "status": { "before": "NEW", "after": "FOLLOW_UP" } }]),
            json!(["c1", true, "m2", { "assignedTo": { "before": "m1", "after": "m2" } }]),
            json!([null, false, "m2", { "note": { "after": "tanpa tanda" } }]),
        ]
    );
}

#[tokio::test]
async fn a_delivery_again_changes_nothing() {
    let world = World::start().await;
    let id = world.lead(&world.m1, &phone()).await;
    change(&world, "owner", &id, json!({ "status": "FOLLOW_UP" })).await;
    world.app.events.delivered().await;
    documents::delete(&world.app.project, &format!("leads/{id}")).await;
    world.app.events.delivered().await;
    let before = world.list(&format!("leads/{id}/history")).await;
    assert_eq!(before.len(), 3);
    for event in world.lead_events() {
        assert_eq!(world.app.events.deliver(&event).await, 204);
    }
    assert_eq!(world.list(&format!("leads/{id}/history")).await, before);
    assert_eq!(world.list("phone_index").await, []);
}

#[tokio::test]
async fn a_write_that_changes_nothing_is_not_told() {
    let world = World::start().await;
    world
        .put("leads/l1", direct_lead(&phone(), "c1", "m1"))
        .await;
    let same = world.get("leads/l1").await.unwrap();
    world.put("leads/l1", same).await;
    let mark = json!({ "lastChange": { "by": "m1", "at": { "$time": "2027-01-01T00:00:00Z" } } });
    change(&world, "owner", "l1", mark).await;
    world.app.events.delivered().await;
    assert_eq!(world.history("l1").await.len(), 1);
}

#[tokio::test]
async fn values_of_every_type_are_kept_as_they_are() {
    let world = World::start().await;
    let odd = json!({
        "attribution": { "adId": "1", "answers": { "berapa orang?": 4, "harga": 2.5, "setuju": true } },
        "consent": { "text": "setuju", "at": { "$time": "2026-11-23T02:00:00.123456Z" } },
        "tags": ["a", 1, { "b": { "$time": "2026-11-23T02:00:00Z" } }],
    });
    world.put("leads/l1", odd.clone()).await;
    world.app.events.delivered().await;
    let history = world.history("l1").await;
    for (field, value) in odd.as_object().unwrap() {
        assert_eq!(
            &history[0]["changes"][field],
            &json!({ "after": value }),
            "{field}"
        );
    }
}

#[tokio::test]
async fn the_door_for_production_takes_the_same_events() {
    let world = World::start().await;
    world.app.events.lose(true);
    world.direct("l1", &phone(), "c1", "m1").await;
    world.app.events.delivered().await;
    assert_eq!(world.history("l1").await, Vec::<Value>::new());
    let url = format!("{}/events/leadWritten", world.app.url);
    // As a trigger of Eventarc in JSON form sends it.
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("content-type", "application/json"),
        ("ce-id", "e1"),
        (
            "ce-source",
            "//firestore.googleapis.com/projects/p/databases/(default)",
        ),
        ("ce-document", "leads/l1"),
        ("ce-time", "2026-11-23T02:00:00Z"),
    ] {
        headers.insert(name, value.parse().unwrap());
    }
    let name = "projects/p/databases/(default)/documents/leads/l1";
    let body = json!({
        "oldValue": {},
        "value": { "name": name, "fields": { "name": { "stringValue": "Budi" } } },
    });
    for _ in 0..2 {
        let response = world
            .app
            .http
            .post(&url)
            .headers(headers.clone())
            .json(&body)
            .send()
            .await;
        assert_eq!(response.unwrap().status(), 204);
    }
    let history = world.history("l1").await;
    assert_eq!(history.len(), 1);
    assert_eq!(history[0]["at"], json!({ "$time": "2026-11-23T02:00:00Z" }));
    assert_eq!(
        history[0]["changes"],
        json!({ "name": { "after": "Budi" } })
    );
    // The index is brought in step with the lead as it stands, not as the event tells it.
    assert_eq!(world.list("phone_index").await.len(), 1);
}
