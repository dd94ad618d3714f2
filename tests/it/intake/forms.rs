//! Forms: from the signed webhook to the lead.

use std::sync::Arc;

use jiff::SignedDuration;
use leadgen_pro::leads::intake::{fetch, tasks};
use leadgen_pro::store::{Ops, counting};
use serde_json::json;
use simulators::graph::{Ad, Lead};

use super::office::{FORM, FORM2, Office, PAGE, PAGE2, phone, statuses};
use crate::support::documents;

fn ad() -> Ad {
    Ad {
        id: "120900000000000006".into(),
        adset_id: "120900000000000005".into(),
        campaign_id: "120900000000000004".into(),
        ..Ad::default()
    }
}

fn siti() -> Lead {
    Lead {
        ad: Some(ad()),
        platform: "ig".into(),
        disclaimers: vec![("wa_ok".into(), true), ("surat".into(), false)],
        ..Lead::new(
            FORM,
            &[
                ("full_name", "Siti Contohwati"),
                ("phone_number", "0812-3456-0011"),
                ("email", "siti@contoh.id"),
                ("kapan", "Ramadan"),
            ],
        )
    }
}

#[tokio::test]
async fn a_form_becomes_a_lead_of_the_partner_whose_page_it_was() {
    let office = Office::open().await;
    office.connect("FACEBOOK", PAGE, "m1", Some("c1")).await;
    let lead = office.graph.keep_lead(siti());
    office.pass(SignedDuration::from_secs(3));
    assert_eq!(office.ping(PAGE, &lead).await, 200);
    // It stands in the queue before the platform has its answer, and nothing waits for a schedule.
    assert_eq!(office.row(&lead.id).await["state"], "PENDING");
    assert_eq!(statuses(&office.work().await), [Some(204)]);

    let (id, found) = office.only_lead().await;
    assert_eq!(
        found,
        json!({
            "id": id, "name": "Siti Contohwati", "phone": "+6281234560011", "email": "siti@contoh.id",
            "source": "IG_ADS", "status": "NEW", "assignedTo": "m1", "branchId": "c1",
            "createdAt": { "$time": "2026-11-23T03:00:03Z" },
            "updatedAt": { "$time": "2026-11-23T03:00:03Z" },
            "submittedAt": { "$time": "2026-11-23T03:00:00Z" },
            "attribution": {
                "pageId": PAGE, "formId": FORM, "adId": ad().id, "adsetId": ad().adset_id,
                "campaignId": ad().campaign_id, "answers": { "Kapan rencana berangkat?": "Ramadan" },
            },
            "consent": { "text": "wa_ok", "at": { "$time": "2026-11-23T03:00:00Z" } },
            "lastChange": { "by": "service", "at": { "$time": "2026-11-23T03:00:03Z" } },
        })
    );
    let row = office.row(&lead.id).await;
    assert_eq!(
        (
            &row["state"],
            &row["ending"],
            &row["leadId"],
            &row["attempts"]
        ),
        (&json!("DONE"), &json!("CREATED"), &json!(id), &json!(1))
    );
    assert_eq!(office.history(&id, "CREATED").await.len(), 1);
    let assigned = office.history(&id, "ASSIGNED").await;
    assert_eq!(
        assigned[0]["assignment"],
        json!({ "mode": "OWNER", "skipped": [] })
    );

    // What the service wrote is a document that the rules let its holder change.
    let partner = office.app.stranger("m1", "MITRA", Some("c1"));
    let project = &office.app.project;
    let change = json!({ "status": "FOLLOW_UP" });
    let path = format!("leads/{id}");
    let status = documents::patch_as(&partner.token, project, &path, change, &["status"]).await;
    assert_eq!(status, 200);
    assert!(office.tasks.tasks().is_empty());
}

#[tokio::test]
async fn what_it_costs_in_firestore() {
    let office = Office::open().await;
    let instance = office.instance();
    office.connect("FACEBOOK", PAGE, "m1", Some("c1")).await;
    office.connect("FACEBOOK", PAGE2, "c2", Some("c2")).await;
    let known = phone(1).0;
    let costs = [
        // A partner's own page; a branch's; a known person.
        (PAGE, FORM, phone(1).0, 12),
        (PAGE2, FORM2, phone(2).0, 15),
        (PAGE2, FORM2, known, 10),
    ];
    for (page, form, phone, round_trips) in costs {
        let lead = office.filled(form, "Siti", &phone);
        assert_eq!(office.ping(page, &lead).await, 200);
        let ops = Arc::<Ops>::default();
        let forms = fetch::forms();
        let turn = tasks::turn(&instance, &forms, &lead.id);
        assert!(counting(Arc::clone(&ops), turn).await.is_ok());
        assert_eq!(ops.requests(), round_trips, "{page} {form}");
    }
    assert_eq!(office.list("leads").await.len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn doubled_pings_tasks_and_instances_make_one_lead() {
    let office = Office::open().await;
    office.connect("FACEBOOK", PAGE, "m1", Some("c1")).await;
    office.tasks.deliver_twice(true);
    let lead = office.graph.keep_lead(siti());
    let told = office.told_of(PAGE, &lead);
    let pings = (0..4).map(|_| office.deliver(&told));
    assert_eq!(futures::future::join_all(pings).await, [200; 4]);
    // The same lead once more in a delivery of another second.
    office.pass(SignedDuration::from_secs(1));
    assert_eq!(office.ping(PAGE, &lead).await, 200);
    let (one, other) = (office.instance(), office.instance());
    let instances = [&one, &other].into_iter().cycle().take(6);
    let turns = instances.map(|instance| office.turn(instance, &lead.id));
    futures::future::join_all(turns).await;
    office.work().await;
    office.pass(SignedDuration::from_mins(5));
    office.sweep().await;
    let (id, _) = office.only_lead().await;
    assert_eq!(office.history(&id, "CREATED").await.len(), 1);
    assert!(office.history(&id, "INQUIRED").await.is_empty());
    assert_eq!(office.row(&lead.id).await["attempts"], 1);
}

#[tokio::test]
async fn a_ping_before_the_lead_can_be_read_is_tried_again_within_seconds() {
    let office = Office::open().await;
    office.connect("FACEBOOK", PAGE, "m1", Some("c1")).await;
    let readable_at = office.clock.now() + SignedDuration::from_secs(12);
    let lead = office.graph.keep_lead(Lead {
        readable_at: Some(readable_at),
        ..siti()
    });
    office.ping(PAGE, &lead).await;
    for seconds in [0, 5, 10] {
        assert!(office.list("leads").await.is_empty());
        office.pass(SignedDuration::from_secs(seconds));
        assert_eq!(statuses(&office.work().await), [Some(204)]);
    }
    office.only_lead().await;
    let row = office.row(&lead.id).await;
    assert_eq!(
        (&row["state"], &row["attempts"]),
        (&json!("DONE"), &json!(3))
    );
    assert!(row["failure"].is_null());
}

#[tokio::test]
async fn without_the_right_to_see_ads_the_lead_comes_in_without_them() {
    let office = Office::open().await;
    let token = office.connect("FACEBOOK", PAGE, "m1", Some("c1")).await;
    assert!(office.graph.revoke_scope(&token, "ads_management"));
    let lead = office.graph.keep_lead(siti());
    office.ping(PAGE, &lead).await;
    office.work().await;
    let attribution = office.only_lead().await.1["attribution"].clone();
    // What the ping itself told is known all the same.
    assert_eq!(attribution["adId"], ad().id);
    assert!(attribution["adsetId"].is_null());
    assert_eq!(
        attribution["answers"]["Kapan rencana berangkat?"],
        "Ramadan"
    );
}

#[tokio::test]
async fn the_testing_tools_dummies_reach_nobody() {
    let office = Office::open().await;
    office.connect("FACEBOOK", PAGE, "m1", Some("c1")).await;
    let dummy = "<test lead: dummy data for full_name>";
    let lead = office
        .graph
        .keep_lead(Lead::new(FORM, &[("full_name", dummy)]));
    office.ping(PAGE, &lead).await;
    office.work().await;
    assert!(office.list("leads").await.is_empty());
    let row = office.row(&lead.id).await;
    assert_eq!(
        (&row["state"], &row["ending"]),
        (&json!("DONE"), &json!("TEST"))
    );
}

#[tokio::test]
async fn a_known_person_gets_no_second_lead_and_the_holder_learns_of_it() {
    let office = Office::open().await;
    office.connect("FACEBOOK", PAGE, "m1", Some("c1")).await;
    office.connect("FACEBOOK", PAGE2, "m3", Some("c2")).await;
    let first = office.graph.keep_lead(siti());
    office.ping(PAGE, &first).await;
    office.work().await;
    let (id, _) = office.only_lead().await;

    // The same person, typed otherwise, through another branch's page.
    office.pass(SignedDuration::from_hours(2));
    let again = office.filled(FORM2, "Ibu Siti", "+62 812 3456 0011");
    office.ping(PAGE2, &again).await;
    office.work().await;
    let (same, lead) = office.only_lead().await;
    assert_eq!((&same, &lead["assignedTo"]), (&id, &json!("m1")));
    assert_eq!(lead["name"], "Siti Contohwati");
    assert_eq!(
        lead["updatedAt"],
        json!({ "$time": "2026-11-23T05:00:00Z" })
    );
    let inquired = office.history(&id, "INQUIRED").await;
    assert_eq!(inquired.len(), 1);
    let inquiry = &inquired[0]["inquiry"];
    assert_eq!(inquiry["name"], "Ibu Siti");
    assert_eq!(inquiry["channelId"], format!("FACEBOOK_{PAGE2}"));
    assert_eq!(inquiry["attribution"]["formId"], FORM2);
    assert_eq!(
        inquiry["submittedAt"],
        json!({ "$time": "2026-11-23T05:00:00Z" })
    );
    let row = office.row(&again.id).await;
    assert_eq!(
        (&row["ending"], &row["leadId"]),
        (&json!("KNOWN"), &json!(id))
    );
}

#[tokio::test]
async fn without_a_phone_that_can_be_read_there_is_a_lead_with_what_was_typed() {
    let office = Office::open().await;
    office.connect("FACEBOOK", PAGE, "m1", Some("c1")).await;
    for _ in 0..2 {
        let lead = office.filled(FORM, "Budi", "nomor saya ganti");
        office.ping(PAGE, &lead).await;
    }
    office.work().await;
    let leads = office.list("leads").await;
    assert_eq!(leads.len(), 2, "nothing says that they are the same person");
    for (_, lead) in leads {
        assert!(lead["phone"].is_null());
        let answers = &lead["attribution"]["answers"];
        assert_eq!(answers["Nomor telepon"], "nomor saya ganti");
    }
}
