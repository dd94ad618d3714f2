//! `createLead`: one phone, one lead, whoever asks and however it is written.

use std::collections::HashSet;

use futures::future::join_all;
use serde_json::{Value, json};

use super::world::{World, phone};
use crate::support::{Person, documents};

fn data(phone: &str) -> Value {
    json!({ "name": "Siti Aminah", "phone": phone, "source": "MANUAL" })
}

#[tokio::test]
async fn two_hundred_calls_with_one_phone_make_one_lead() {
    let world = World::start().await;
    let e164 = phone();
    let national = e164.strip_prefix("+62").unwrap();
    let forms = [
        e164.clone(),
        format!("0{national}"),
        format!("62{national}"),
        format!("+62 {}-{}", &national[..3], &national[3..]),
        format!(
            "(0{}) {} {}",
            &national[..3],
            &national[3..7],
            &national[7..]
        ),
        national.to_owned(),
        format!("0{}.{}.{}", &national[..3], &national[3..7], &national[7..]),
        format!("\u{a0}+62\u{a0}(0){national}"),
    ];
    let calls = (0..200).map(|at| {
        let form = &forms[at % forms.len()];
        world.app.call(&world.m1, "createLead", data(form))
    });
    let answers: Vec<Value> = join_all(calls)
        .await
        .into_iter()
        .map(crate::support::app::Answer::result)
        .collect();
    let ids: HashSet<&str> = answers
        .iter()
        .map(|answer| answer["leadId"].as_str().unwrap())
        .collect();
    let created = answers.iter().filter(|answer| answer["created"] == true);
    assert_eq!((ids.len(), created.count()), (1, 1));
    let leads = world.list("leads").await;
    let index = world.list("phone_index").await;
    assert_eq!((leads.len(), index.len()), (1, 1));
    assert_eq!(leads[0].1["phone"], e164);
    assert_eq!(index[0].1["leadId"], leads[0].0);
}

#[tokio::test]
async fn a_lead_is_stored_whole() {
    let world = World::start().await;
    let e164 = phone();
    let mut data = data(&e164);
    data["email"] = " siti@contoh.id ".into();
    data["note"] = "Minta paket\nRamadan".into();
    data["source"] = "REFERRAL".into();
    data["submittedAt"] = "2026-01-02T03:04:05+07:00".into();
    let result = world.app.call(&world.m1, "createLead", data).await.result();
    let id = result["leadId"].as_str().unwrap();
    let mut lead = world.get(&format!("leads/{id}")).await.unwrap();
    let created = lead["createdAt"].clone();
    assert!(created["$time"].is_string());
    assert_eq!(lead["lastChange"]["at"], created);
    lead["lastChange"].as_object_mut().unwrap().remove("at");
    for field in ["createdAt", "updatedAt"] {
        assert_eq!(
            lead.as_object_mut().unwrap().remove(field),
            Some(created.clone())
        );
    }
    assert_eq!(
        lead,
        json!({
            "id": id, "name": "Siti Aminah", "phone": e164, "email": "siti@contoh.id", "source": "REFERRAL",
            "status": "NEW", "assignedTo": "m1", "branchId": "c1", "note": "Minta paket\nRamadan",
            "submittedAt": { "$time": "2026-01-01T20:04:05Z" }, "lastChange": { "by": "m1" },
        })
    );
    let mut entry = world.index_of(&e164).await.unwrap();
    entry.as_object_mut().unwrap().remove("updatedAt");
    assert_eq!(
        entry,
        json!({ "leadId": id, "branchId": "c1", "assignedTo": "m1" })
    );
}

/// Who gives a new lead to whom, and what comes of it: the place, or the refusal.
#[tokio::test]
async fn the_holder_is_decided_by_the_tree() {
    let world = World::start().await;
    let World { app, .. } = &world;
    let second = app.staff("c1b", "CABANG", Some("c1")).await;
    let nowhere = app.staff("m9", "MITRA", None).await;
    let unknown_role = app.stranger("x1", "ADMIN", None);
    let closed = json!({ "uid": "m0", "role": "MITRA", "branchId": "c1", "disabled": true });
    world.put("users/m0", closed).await;
    app.events.delivered().await;
    let (pusat, c1, m1) = (&world.pusat, &world.c1, &world.m1);
    let place = |branch: &str, holder: &str| Ok((branch.to_owned(), holder.to_owned()));
    let refused = |code: &str, field: &str| Err((code.to_owned(), field.to_owned()));
    let cases: Vec<(&Person, Option<&str>, Result<_, _>)> = vec![
        (m1, None, place("c1", "m1")),
        (m1, Some("m1"), place("c1", "m1")),
        (m1, Some("m2"), refused("PERMISSION_DENIED", "")),
        (m1, Some("m3"), refused("PERMISSION_DENIED", "")),
        (m1, Some("c1"), refused("PERMISSION_DENIED", "")),
        (m1, Some("nobody"), refused("PERMISSION_DENIED", "")),
        (c1, None, place("c1", "c1")),
        (c1, Some("c1"), place("c1", "c1")),
        (c1, Some("c1b"), place("c1", "c1")),
        (c1, Some("m2"), place("c1", "m2")),
        (c1, Some("m0"), refused("FAILED_PRECONDITION", "assignedTo")),
        (c1, Some("m3"), refused("NOT_FOUND", "assignedTo")),
        (c1, Some("c2"), refused("NOT_FOUND", "assignedTo")),
        (c1, Some("p1"), refused("NOT_FOUND", "assignedTo")),
        (c1, Some("nobody"), refused("NOT_FOUND", "assignedTo")),
        (&second, None, place("c1", "c1")),
        (pusat, None, refused("INVALID_ARGUMENT", "assignedTo")),
        (pusat, Some("m3"), place("c2", "m3")),
        (pusat, Some("c2"), place("c2", "c2")),
        (pusat, Some("c1b"), place("c1", "c1")),
        (
            pusat,
            Some("m0"),
            refused("FAILED_PRECONDITION", "assignedTo"),
        ),
        (pusat, Some("m9"), refused("INVALID_ARGUMENT", "assignedTo")),
        (pusat, Some("p1"), refused("INVALID_ARGUMENT", "assignedTo")),
        (pusat, Some("nobody"), refused("NOT_FOUND", "assignedTo")),
        (&nowhere, None, refused("PERMISSION_DENIED", "")),
        (&nowhere, Some("m1"), refused("PERMISSION_DENIED", "")),
        (&unknown_role, None, refused("PERMISSION_DENIED", "")),
    ];
    for (person, to, expected) in cases {
        let case = format!("{} to {to:?}", person.uid);
        let (before, e164) = (world.all_leads().await, phone());
        let mut data = data(&e164);
        if let Some(to) = to {
            data["assignedTo"] = to.into();
        }
        let answer = app.call(person, "createLead", data).await;
        match expected {
            Ok((branch, holder)) => {
                let id = answer.result()["leadId"].as_str().unwrap().to_owned();
                let lead = world.get(&format!("leads/{id}")).await.unwrap();
                assert_eq!(
                    (&lead["branchId"], &lead["assignedTo"]),
                    (&json!(branch), &json!(holder)),
                    "{case}"
                );
                assert_eq!(lead["lastChange"]["by"], person.uid, "{case}");
                let entry = world.index_of(&e164).await.unwrap();
                assert_eq!(
                    (&entry["branchId"], &entry["assignedTo"]),
                    (&json!(branch), &json!(holder)),
                    "{case}"
                );
            }
            Err((code, field)) => {
                let (found, _, at) = answer.refusal();
                assert_eq!((found, at), (code, field), "{case}: {}", answer.body);
                assert_eq!(world.all_leads().await, before, "{case}");
            }
        }
    }
}

#[tokio::test]
async fn a_known_phone_is_told_only_to_those_who_may_know_its_lead() {
    let world = World::start().await;
    let e164 = phone();
    let id = world.lead(&world.m1, &e164).await;
    let before = world.all_leads().await;
    for (person, to) in [
        (&world.m1, None),
        (&world.c1, None),
        (&world.pusat, Some("m3")),
    ] {
        let mut data = data(&e164);
        if let Some(to) = to {
            data["assignedTo"] = to.into();
        }
        let result = world.app.call(person, "createLead", data).await.result();
        assert_eq!(
            result,
            json!({ "leadId": id, "created": false }),
            "{}",
            person.uid
        );
    }
    for person in [&world.m2, &world.c2, &world.m3] {
        for _ in 0..2 {
            let answer = world.app.call(person, "createLead", data(&e164)).await;
            assert_eq!(
                answer.refusal(),
                (
                    "ALREADY_EXISTS".into(),
                    "LEAD_ALREADY_EXISTS".into(),
                    "phone".into()
                ),
                "{}",
                person.uid
            );
            let said = answer.body.to_string();
            for secret in [id.as_str(), "m1", "c1"] {
                assert!(!said.contains(&format!("\"{secret}\"")), "{said}");
            }
        }
    }
    assert_eq!(world.all_leads().await, before);
    world.app.events.delivered().await;
    let claims: Vec<Value> = world
        .history(&id)
        .await
        .into_iter()
        .filter(|entry| entry["kind"] == "CLAIMED")
        .map(|entry| {
            json!([
                entry["by"],
                entry["byStated"],
                entry["branchId"],
                entry["assignedTo"]
            ])
        })
        .collect();
    // Each once, however often they asked.
    assert_eq!(
        claims,
        [
            json!(["m2", true, "c1", "m1"]),
            json!(["c2", true, "c1", "m1"]),
            json!(["m3", true, "c1", "m1"]),
        ]
    );
}

#[tokio::test]
async fn who_may_know_is_decided_by_the_lead_and_not_by_the_index() {
    let world = World::start().await;
    let e164 = phone();
    let id = world.lead(&world.m1, &e164).await;
    world.app.events.delivered().await;
    // A direct write whose event does not come.
    world.app.events.lose(true);
    let moved = json!({ "assignedTo": "m2" });
    let path = format!("leads/{id}");
    let status =
        documents::patch_as("owner", &world.app.project, &path, moved, &["assignedTo"]).await;
    assert_eq!(status, 200);
    let answer = world.app.call(&world.m2, "createLead", data(&e164)).await;
    assert_eq!(answer.result(), json!({ "leadId": id, "created": false }));
    let answer = world.app.call(&world.m1, "createLead", data(&e164)).await;
    assert_eq!(answer.code(), "ALREADY_EXISTS");
}

#[tokio::test]
async fn an_odd_lead_neither_hides_its_phone_nor_breaks_the_answer() {
    let world = World::start().await;
    let e164 = phone();
    let id = world.lead(&world.m1, &e164).await;
    let odd =
        json!({ "name": 5, "phone": e164, "branchId": ["c1"], "createdAt": true, "lastChange": 1 });
    world.put(&format!("leads/{id}"), odd).await;
    let answer = world.app.call(&world.m1, "createLead", data(&e164)).await;
    assert_eq!(answer.code(), "ALREADY_EXISTS");
    let mut of_pusat = data(&e164);
    of_pusat["assignedTo"] = "m1".into();
    let answer = world.app.call(&world.pusat, "createLead", of_pusat).await;
    assert_eq!(answer.result(), json!({ "leadId": id, "created": false }));
}
