//! `leadStats`: counted within the caller's scope, and nothing else.

use serde_json::{Value, json};

use super::world::World;

/// Leads of m1 (2), m2 (1) and the pool of c1 (1), of m3 (1), and one of somebody who left c1.
async fn world_with_leads() -> World {
    let world = World::start().await;
    let lead = |branch: &str, holder: &str, status: &str, source: &str, at: &str| json!({ "branchId": branch, "assignedTo": holder, "status": status, "source": source, "createdAt": { "$time": at } });
    let leads = [
        // In Jakarta this is the 23rd, one second after midnight.
        lead("c1", "m1", "NEW", "MANUAL", "2026-11-22T17:00:01Z"),
        lead("c1", "m1", "LOST", "IG_ADS", "2026-11-22T16:59:59Z"),
        lead("c1", "m2", "NEW", "MANUAL", "2026-11-23T10:00:00Z"),
        lead("c1", "c1", "NEW", "WHATSAPP", "2026-11-23T16:59:59Z"),
        lead("c1", "gone", "CLOSING", "WHATSAPP", "2026-11-23T17:00:00Z"),
        lead("c2", "m3", "FOLLOW_UP", "REFERRAL", "2026-11-23T03:00:00Z"),
    ];
    for (at, lead) in leads.into_iter().enumerate() {
        world.put(&format!("leads/l{at}"), lead).await;
    }
    world
}

async fn stats(world: &World, person: &crate::support::Person, data: Value) -> Value {
    world.app.call(person, "leadStats", data).await.result()
}

/// The counts that are not 0, as `{word: count}`.
fn some(counts: &Value) -> Value {
    let counts = counts.as_object().unwrap().iter();
    counts
        .filter(|(_, count)| **count != 0)
        .map(|(word, count)| (word.clone(), count.clone()))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn partners(stats: &Value) -> Vec<(String, u64)> {
    let partners = stats["byPartner"].as_array().unwrap().iter();
    partners
        .map(|one| {
            (
                one["uid"].as_str().unwrap().into(),
                one["count"].as_u64().unwrap(),
            )
        })
        .collect()
}

fn named(partners: &[(&str, u64)]) -> Vec<(String, u64)> {
    partners
        .iter()
        .map(|&(uid, count)| (uid.to_owned(), count))
        .collect()
}

#[tokio::test]
async fn counts_what_lies_in_the_callers_scope() {
    let world = Box::pin(world_with_leads()).await;
    let all = stats(&world, &world.pusat, Value::Null).await;
    assert_eq!(all["total"], 6);
    assert_eq!(
        some(&all["byStatus"]),
        json!({ "NEW": 3, "LOST": 1, "CLOSING": 1, "FOLLOW_UP": 1 })
    );
    assert_eq!(
        some(&all["bySource"]),
        json!({ "MANUAL": 2, "IG_ADS": 1, "WHATSAPP": 2, "REFERRAL": 1 })
    );
    assert_eq!(all["byStatus"].as_object().unwrap().len(), 4);
    assert_eq!(all["bySource"].as_object().unwrap().len(), 8);
    assert_eq!(
        partners(&all),
        named(&[("m1", 2), ("c1", 1), ("m2", 1), ("m3", 1), ("c2", 0)])
    );
    assert_eq!(all["byPartner"][0]["displayName"], "m1");
    assert_eq!(all["partnersTruncated"], false);

    for (person, data) in [
        (&world.c1, json!({})),
        (&world.c1, json!({ "branchId": "c1" })),
        (&world.pusat, json!({ "branchId": "c1" })),
    ] {
        let branch = stats(&world, person, data).await;
        assert_eq!(branch["total"], 5);
        assert_eq!(
            some(&branch["byStatus"]),
            json!({ "NEW": 3, "LOST": 1, "CLOSING": 1 })
        );
        assert_eq!(partners(&branch), named(&[("m1", 2), ("c1", 1), ("m2", 1)]));
    }
    let own = stats(&world, &world.m1, json!({})).await;
    assert_eq!(own["total"], 2);
    assert_eq!(some(&own["bySource"]), json!({ "MANUAL": 1, "IG_ADS": 1 }));
    assert_eq!(partners(&own), named(&[("m1", 2)]));
}

#[tokio::test]
async fn days_are_those_of_jakarta() {
    let world = Box::pin(world_with_leads()).await;
    for (data, total) in [
        (json!({ "from": "2026-11-23" }), 5),
        (json!({ "to": "2026-11-22" }), 1),
        (json!({ "from": "2026-11-23", "to": "2026-11-23" }), 4),
        (
            json!({ "from": "2026-11-22T17:00:01Z", "to": "2026-11-23T16:59:59Z" }),
            3,
        ),
        (json!({ "from": "2026-11-24T00:00:00+07:00" }), 1),
        (json!({ "from": "2027-01-01" }), 0),
    ] {
        let counted = stats(&world, &world.pusat, data.clone()).await;
        assert_eq!(counted["total"], total, "{data}");
        let sum: u64 = counted["byStatus"]
            .as_object()
            .unwrap()
            .values()
            .map(|count| count.as_u64().unwrap())
            .sum();
        assert_eq!(sum, total, "{data}");
    }
    let own = json!({ "from": "2026-11-23", "to": "2026-11-23" });
    assert_eq!(
        partners(&stats(&world, &world.c1, own).await),
        named(&[("c1", 1), ("m1", 1), ("m2", 1)])
    );
}

#[tokio::test]
async fn refuses_what_lies_elsewhere() {
    let world = Box::pin(world_with_leads()).await;
    let nowhere = world.app.staff("m9", "MITRA", None).await;
    for (person, branch, code) in [
        (&world.c1, Some("c2"), "NOT_FOUND"),
        (&world.c1, Some("none"), "NOT_FOUND"),
        (&world.m1, Some("c2"), "NOT_FOUND"),
        (&world.m1, Some("c1"), "PERMISSION_DENIED"),
        (&nowhere, None, "PERMISSION_DENIED"),
        (&nowhere, Some("c1"), "NOT_FOUND"),
    ] {
        let data = branch.map_or(json!({}), |branch| json!({ "branchId": branch }));
        let answer = world.app.call(person, "leadStats", data).await;
        assert_eq!(answer.code(), code, "{} of {branch:?}", person.uid);
    }
}

#[tokio::test]
async fn beyond_a_hundred_partners_it_says_so() {
    let world = World::start().await;
    let partner = json!({ "role": "MITRA", "branchId": "c1" });
    for at in 0..100 {
        world.put(&format!("users/z{at:03}"), partner.clone()).await;
    }
    let counted = stats(&world, &world.c1, json!({})).await;
    assert_eq!(counted["partnersTruncated"], true);
    assert!(partners(&counted).len() <= 100);
}
