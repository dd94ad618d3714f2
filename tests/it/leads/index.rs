//! The phone index after writes that did not go through the service.

use futures::future::join_all;
use serde_json::{Value, json};

use super::world::{World, direct_lead, phone};
use crate::support::documents;
use crate::support::events::Recorded;

async fn names(world: &World, e164: &str) -> Option<[Value; 3]> {
    let entry = world.index_of(e164).await?;
    Some(["leadId", "branchId", "assignedTo"].map(|field| entry[field].clone()))
}

async fn patch(world: &World, lead: &str, fields: Value) {
    let named: Vec<&str> = fields
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let path = format!("leads/{lead}");
    let status =
        documents::patch_as("owner", &world.app.project, &path, fields.clone(), &named).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn follows_direct_writes() {
    let world = World::start().await;
    let (first, second) = (phone(), phone());
    world.direct("l1", &first, "c1", "m1").await;
    world.app.events.delivered().await;
    assert_eq!(
        names(&world, &first).await,
        Some(["l1", "c1", "m1"].map(Value::from))
    );

    patch(&world, "l1", json!({ "assignedTo": "m2" })).await;
    world.app.events.delivered().await;
    assert_eq!(
        names(&world, &first).await,
        Some(["l1", "c1", "m2"].map(Value::from))
    );

    patch(&world, "l1", json!({ "phone": second })).await;
    world.app.events.delivered().await;
    assert_eq!(names(&world, &first).await, None);
    assert_eq!(
        names(&world, &second).await,
        Some(["l1", "c1", "m2"].map(Value::from))
    );

    let known = json!({ "name": "Siti", "phone": second, "source": "MANUAL" });
    let answer = world
        .app
        .call(&world.m2, "createLead", known)
        .await
        .result();
    assert_eq!(answer, json!({ "leadId": "l1", "created": false }));

    documents::delete(&world.app.project, "leads/l1").await;
    world.app.events.delivered().await;
    assert_eq!(world.list("phone_index").await, []);
}

#[tokio::test]
async fn an_old_event_that_comes_late_changes_nothing() {
    let world = World::start().await;
    let (first, second) = (phone(), phone());
    world.direct("l1", &first, "c1", "m1").await;
    patch(&world, "l1", json!({ "phone": second, "assignedTo": "m2" })).await;
    world.app.events.delivered().await;
    let leads = world.lead_events();
    assert!(leads.len() >= 2, "{}", leads.len());
    for event in leads.iter().rev().chain(leads.iter()) {
        assert_eq!(world.app.events.deliver(event).await, 204);
    }
    assert_eq!(names(&world, &first).await, None);
    assert_eq!(
        names(&world, &second).await,
        Some(["l1", "c1", "m2"].map(Value::from))
    );
    assert_eq!(world.history("l1").await.len(), 2);
}

#[tokio::test]
async fn a_second_lead_of_a_phone_is_marked_and_takes_over_when_the_first_goes() {
    let world = World::start().await;
    let e164 = phone();
    let first = world.lead(&world.m1, &e164).await;
    world.direct("twin", &e164, "c2", "m3").await;
    world.app.events.delivered().await;
    assert_eq!(
        names(&world, &e164).await,
        Some([&*first, "c1", "m1"].map(Value::from))
    );
    let history = world.history("twin").await;
    assert_eq!(history.len(), 1);
    assert_eq!(history[0]["duplicateOf"], first);
    assert_eq!(world.history(&first).await[0].get("duplicateOf"), None);
    // Each still finds their own.
    for (person, id) in [(&world.m1, &*first), (&world.m3, "twin")] {
        let data = json!({ "name": "Siti", "phone": e164, "source": "MANUAL" });
        let answer = world.app.call(person, "createLead", data).await.result();
        assert_eq!(answer, json!({ "leadId": id, "created": false }));
    }
    documents::delete(&world.app.project, &format!("leads/{first}")).await;
    world.app.events.delivered().await;
    assert_eq!(
        names(&world, &e164).await,
        Some(["twin", "c2", "m3"].map(Value::from))
    );
}

#[tokio::test]
async fn a_phone_whose_lead_is_gone_is_free_even_before_the_event_comes() {
    let world = World::start().await;
    let (deleted, changed) = (phone(), phone());
    let first = world.lead(&world.m1, &deleted).await;
    let second = world.lead(&world.m1, &changed).await;
    world.app.events.delivered().await;
    world.app.events.lose(true);
    documents::delete(&world.app.project, &format!("leads/{first}")).await;
    patch(&world, &second, json!({ "phone": phone() })).await;
    for e164 in [&deleted, &changed] {
        let id = world.lead(&world.m3, e164).await;
        assert_eq!(
            names(&world, e164).await,
            Some([&*id, "c2", "m3"].map(Value::from))
        );
        let again = json!({ "name": "Siti", "phone": e164, "source": "MANUAL" });
        let answer = world
            .app
            .call(&world.m3, "createLead", again)
            .await
            .result();
        assert_eq!(answer, json!({ "leadId": id, "created": false }));
    }
    // The event that comes after all finds the phone in other hands and leaves it there.
    for event in world.lead_events() {
        assert_eq!(world.app.events.deliver(&event).await, 204);
    }
    assert_eq!(names(&world, &deleted).await.unwrap()[2], "m3");
    assert_eq!(names(&world, &changed).await.unwrap()[2], "m3");
}

fn roll(sides: u128) -> usize {
    usize::try_from(uuid::Uuid::new_v4().as_u128() % sides).unwrap()
}

/// Some client writes, moves or deletes one of four leads that share three phones.
async fn write_any(world: &World, phones: &[String; 3]) {
    let id = format!("l{}", roll(4));
    if roll(6) == 0 {
        documents::delete(&world.app.project, &format!("leads/{id}")).await;
    } else {
        let (branch, holder) = [("c1", "m1"), ("c1", "m2"), ("c2", "m3")][roll(3)];
        world.direct(&id, &phones[roll(3)], branch, holder).await;
    }
}

/// Delivers an event, and again for as long as it is asked for again, as Eventarc does.
async fn deliver(world: &World, event: &Recorded) {
    loop {
        match world.app.events.deliver(event).await {
            204 => return,
            status => assert!([409, 503].contains(&status), "{status}"),
        }
    }
}

#[tokio::test]
async fn fits_the_leads_after_events_in_any_order_and_number() {
    let world = World::start().await;
    world.app.events.lose(true);
    let phones = [phone(), phone(), phone()];
    for _ in 0..20 {
        write_any(&world, &phones).await;
    }
    world.app.events.delivered().await;
    let old = world.lead_events();
    // Each write's own event comes once, while the old ones come again and again, in any order and all at once.
    let writing = async {
        for _ in 0..12 {
            let known = world.lead_events().len();
            write_any(&world, &phones).await;
            world.app.events.delivered().await;
            for event in &world.lead_events()[known..] {
                deliver(&world, event).await;
            }
        }
    };
    let repeating = async {
        for _ in 0..5 {
            let mut old = old.clone();
            old.sort_by_cached_key(|_| uuid::Uuid::new_v4());
            join_all(old.iter().map(|event| deliver(&world, event))).await;
        }
    };
    futures::join!(writing, repeating);
    let leads = world.list("leads").await;
    for e164 in &phones {
        let holders: Vec<[Value; 3]> = leads
            .iter()
            .filter(|(_, lead)| lead["phone"] == **e164)
            .map(|(id, lead)| {
                [
                    json!(id),
                    lead["branchId"].clone(),
                    lead["assignedTo"].clone(),
                ]
            })
            .collect();
        match names(&world, e164).await {
            Some(entry) => assert!(holders.contains(&entry), "{entry:?} of {holders:?}"),
            None => assert_eq!(holders, Vec::<[Value; 3]>::new()),
        }
    }
}

#[tokio::test]
async fn odd_documents_are_acknowledged_and_recorded() {
    let world = World::start().await;
    let odd = [
        json!({}),
        json!({ "phone": 5, "branchId": null, "assignedTo": { "a": [1, { "b": 2.5 }] } }),
        json!({ "phone": "not a phone", "lastChange": { "by": 5, "at": "yesterday" }, "createdAt": "x" }),
        direct_lead("+628123456789", "c1", ""),
    ];
    for (at, document) in odd.into_iter().enumerate() {
        world.put(&format!("leads/odd{at}"), document).await;
    }
    world.app.events.delivered().await;
    for at in 0..4 {
        let history = world.history(&format!("odd{at}")).await;
        assert_eq!(history.len(), 1, "odd{at}");
        assert_eq!(history[0]["kind"], "CREATED", "odd{at}");
        assert_eq!(history[0]["byStated"], false, "odd{at}");
    }
    for event in world.lead_events() {
        assert_eq!(world.app.events.deliver(&event).await, 204);
    }
}
