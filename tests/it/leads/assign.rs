//! `assignLead`: who may move which lead to whom, and what moves along.

use futures::future::join_all;
use serde_json::{Value, json};

use super::world::{World, phone};
use crate::support::Person;

fn data(lead: &str, to: &str) -> Value {
    json!({ "leadId": lead, "assignedTo": to })
}

#[tokio::test]
async fn the_tree_decides_who_moves_what_to_whom() {
    let world = World::start().await;
    let nowhere = world.app.staff("m9", "MITRA", None).await;
    let closed = json!({ "uid": "m0", "role": "MITRA", "branchId": "c1", "disabled": true });
    world.put("users/m0", closed).await;
    world.app.events.delivered().await;
    let (pusat, c1, m1, m2, c2, m3) = (
        &world.pusat,
        &world.c1,
        &world.m1,
        &world.m2,
        &world.c2,
        &world.m3,
    );
    let to = |branch: &str, holder: &str| Ok((branch.to_owned(), holder.to_owned()));
    let refused = |code: &str, field: &str| Err((code.to_owned(), field.to_owned()));
    // Every lead begins with m1 of c1.
    let cases: Vec<(&Person, &str, Result<_, _>)> = vec![
        (pusat, "m2", to("c1", "m2")),
        (pusat, "m3", to("c2", "m3")),
        (pusat, "c2", to("c2", "c2")),
        (pusat, "m1", to("c1", "m1")),
        (pusat, "nobody", refused("NOT_FOUND", "assignedTo")),
        (pusat, "p1", refused("INVALID_ARGUMENT", "assignedTo")),
        (pusat, "m0", refused("FAILED_PRECONDITION", "assignedTo")),
        (c1, "m2", to("c1", "m2")),
        (c1, "c1", to("c1", "c1")),
        (c1, "m3", refused("NOT_FOUND", "assignedTo")),
        (c1, "c2", refused("NOT_FOUND", "assignedTo")),
        (c1, "nobody", refused("NOT_FOUND", "assignedTo")),
        (c1, "m0", refused("FAILED_PRECONDITION", "assignedTo")),
        (m1, "m2", refused("PERMISSION_DENIED", "")),
        (m1, "c1", refused("PERMISSION_DENIED", "")),
        (m1, "m3", refused("PERMISSION_DENIED", "")),
        (m1, "nobody", refused("PERMISSION_DENIED", "")),
        (m2, "m2", refused("NOT_FOUND", "")),
        (m2, "nobody", refused("NOT_FOUND", "")),
        (c2, "m3", refused("NOT_FOUND", "")),
        (c2, "nobody", refused("NOT_FOUND", "")),
        (m3, "m3", refused("NOT_FOUND", "")),
        (&nowhere, "m1", refused("NOT_FOUND", "")),
    ];
    for (person, recipient, expected) in cases {
        let case = format!("{} to {recipient}", person.uid);
        let e164 = phone();
        let id = world.lead(m1, &e164).await;
        let talk = json!({ "leadId": id, "assignedTo": "m1", "branchId": "c1", "unreadCount": 3 });
        let conversation = format!("conversations/of-{id}");
        world.put(&conversation, talk.clone()).await;
        let before = world.all_leads().await;
        let answer = world
            .app
            .call(person, "assignLead", data(&id, recipient))
            .await;
        match expected {
            Ok((branch, holder)) => {
                let place = json!({ "leadId": id, "assignedTo": holder, "branchId": branch });
                assert_eq!(answer.result(), place, "{case}");
                let lead = world.get(&format!("leads/{id}")).await.unwrap();
                let entry = world.index_of(&e164).await.unwrap();
                let talk = world.get(&conversation).await.unwrap();
                for document in [&lead, &entry, &talk] {
                    assert_eq!(document["assignedTo"], holder, "{case}");
                    assert_eq!(document["branchId"], branch, "{case}");
                }
                assert_eq!(
                    (&entry["leadId"], &talk["unreadCount"]),
                    (&json!(id), &json!(3))
                );
                assert_eq!(
                    (&lead["name"], &lead["status"]),
                    (&json!("Siti"), &json!("NEW"))
                );
                let mover = if holder == "m1" { "m1" } else { &person.uid };
                assert_eq!(lead["lastChange"]["by"], mover, "{case}");
            }
            Err((code, field)) => {
                let (found, _, at) = answer.refusal();
                assert_eq!((found, at), (code, field), "{case}: {}", answer.body);
                assert_eq!(world.all_leads().await, before, "{case}");
                assert_eq!(world.get(&conversation).await, Some(talk), "{case}");
            }
        }
    }
    let answer = world
        .app
        .call(pusat, "assignLead", data("none", "m1"))
        .await;
    assert_eq!(
        answer.refusal(),
        ("NOT_FOUND".into(), "NOT_FOUND".into(), String::new())
    );
}

#[tokio::test]
async fn every_conversation_of_the_lead_moves_that_the_caller_may_move() {
    let world = World::start().await;
    let id = world.lead(&world.m1, &phone()).await;
    let talk = |lead: &str, branch: &str, holder: &str| json!({ "leadId": lead, "assignedTo": holder, "branchId": branch });
    let talks: Vec<_> = (0..310)
        .map(|at| (format!("conversations/a{at:03}"), talk(&id, "c1", "m1")))
        .collect();
    let written = talks
        .iter()
        .map(|(path, talk)| world.put(path, talk.clone()));
    join_all(written).await;
    world
        .put("conversations/elsewhere", talk(&id, "c2", "m3"))
        .await;
    world
        .put("conversations/others", talk("other", "c1", "m1"))
        .await;
    let answer = world
        .app
        .call(&world.c1, "assignLead", data(&id, "m2"))
        .await;
    answer.result();
    let mut holders = std::collections::BTreeMap::<String, usize>::new();
    for (_, talk) in world.list("conversations").await {
        *holders
            .entry(talk["assignedTo"].as_str().unwrap().into())
            .or_default() += 1;
    }
    assert_eq!(
        holders,
        [("m1", 1), ("m2", 310), ("m3", 1)]
            .map(|(uid, count)| (uid.to_owned(), count))
            .into()
    );
    let answer = world
        .app
        .call(&world.pusat, "assignLead", data(&id, "m3"))
        .await;
    answer.result();
    assert_eq!(
        world.get("conversations/a000").await.unwrap()["branchId"],
        "c2"
    );
}

#[tokio::test]
async fn a_lead_that_lies_nowhere_is_placed_by_pusat_alone() {
    let world = World::start().await;
    world
        .put("leads/lost", json!({ "name": "Budi", "phone": 5 }))
        .await;
    for person in [&world.c1, &world.m1] {
        let answer = world
            .app
            .call(person, "assignLead", data("lost", "c1"))
            .await;
        assert_eq!(answer.code(), "NOT_FOUND");
    }
    let answer = world
        .app
        .call(&world.pusat, "assignLead", data("lost", "m1"))
        .await;
    answer.result();
    let lead = world.get("leads/lost").await.unwrap();
    assert_eq!(
        (&lead["branchId"], &lead["assignedTo"]),
        (&json!("c1"), &json!("m1"))
    );
}

#[tokio::test]
async fn calls_at_the_same_time_leave_lead_index_and_history_agreeing() {
    let world = World::start().await;
    let e164 = phone();
    let id = world.lead(&world.m1, &e164).await;
    let recipients = ["m1", "m2", "c1"];
    let calls = (0..12).map(|at| {
        let data = data(&id, recipients[at % recipients.len()]);
        world.app.call(&world.c1, "assignLead", data)
    });
    for answer in join_all(calls).await {
        assert!(
            answer.status == 200 || answer.code() == "ABORTED",
            "{}",
            answer.body
        );
    }
    world.app.events.delivered().await;
    let lead = world.get(&format!("leads/{id}")).await.unwrap();
    assert_eq!(
        world.index_of(&e164).await.unwrap()["assignedTo"],
        lead["assignedTo"]
    );
    // Each entry leads to the next: none is missing, none is there twice.
    let mut holder = json!("m1");
    for entry in world.history(&id).await.iter().skip(1) {
        let change = &entry["changes"]["assignedTo"];
        assert_eq!(change["before"], holder, "{entry}");
        assert_eq!(
            (&entry["by"], &entry["byStated"]),
            (&json!("c1"), &json!(true))
        );
        holder = change["after"].clone();
    }
    assert_eq!(holder, lead["assignedTo"]);
}
