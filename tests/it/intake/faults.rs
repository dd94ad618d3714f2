//! What goes wrong between the webhook and the lead: the platform, the rights, the token, Firestore, the worker.

use std::time::Duration;

use axum::http::Method;
use jiff::SignedDuration;
use leadgen_pro::leads::intake::tasks::{Which, reopen};
use leadgen_pro::leads::intake::{fetch, tasks};
use serde_json::{Value, json};
use simulators::graph::{Fault, Invalidation, Lead, Plan, Refusal, Seed};

use super::office::{FORM, FORM2, Office, PAGE, PAGE2, page, phone, statuses};
use crate::inbox::way::{DEAF, DOWN, UP, Way};
use crate::support::eventually;

/// Boxed: starting an office is a large future.
fn open() -> futures::future::BoxFuture<'static, Office> {
    Box::pin(async {
        let office = Office::open().await;
        office.connect("FACEBOOK", PAGE, "m1", Some("c1")).await;
        office
    })
}

/// Announces a lead; its task is in the queue.
async fn announced(office: &Office) -> Lead {
    let lead = office.filled(FORM, "Siti", &phone(21).0);
    assert_eq!(office.ping(PAGE, &lead).await, 200);
    lead
}

fn failure(row: &Value) -> (&Value, &str) {
    let code = row["failure"]["code"].as_str().unwrap_or_default();
    (&row["state"], code)
}

/// Lets time pass, a minute each step, with the schedule's sweep.
async fn minutes(office: &Office, minutes: u32) {
    for _ in 0..minutes {
        office.pass(SignedDuration::from_mins(1));
        office.sweep().await;
    }
}

#[tokio::test]
async fn leads_that_may_not_be_read_are_parked_with_the_remedy_and_replayed() {
    let office = open().await;
    let closed = |closed: bool| {
        let mut it = page(PAGE);
        it.leads_access_managed = closed;
        office.graph.seed(Seed {
            pages: vec![it],
            ..Seed::default()
        });
    };
    closed(true);
    let lead = announced(&office).await;
    assert_eq!(statuses(&office.work().await), [Some(204)]);
    let row = office.row(&lead.id).await;
    assert_eq!(failure(&row), (&json!("PENDING"), "LEAD_ACCESS"));
    // Hours later.
    for _ in 0..20 {
        office.pass(SignedDuration::from_mins(30));
        office.sweep().await;
    }
    let row = office.row(&lead.id).await;
    assert_eq!(failure(&row), (&json!("PARKED"), "LEAD_ACCESS"));
    let message = row["failure"]["message"].as_str().unwrap();
    assert!(message.contains("Leads Access Manager"), "{message}");
    let asked = office.graph.calls().len();
    minutes(&office, 3).await;
    assert_eq!(office.graph.calls().len(), asked, "nobody asks in vain");

    closed(false);
    let state = &office.app.state;
    assert_eq!(reopen(state, Which::Parked).await.unwrap(), 1);
    assert_eq!(reopen(state, Which::Parked).await.unwrap(), 0);
    minutes(&office, 1).await;
    office.only_lead().await;
    let row = office.row(&lead.id).await;
    assert_eq!(failure(&row), (&json!("DONE"), ""));
    assert_eq!(reopen(state, Which::One(&lead.id)).await.unwrap(), 0);
}

#[tokio::test]
async fn a_dead_token_makes_the_lead_wait_for_the_reconnection() {
    let office = open().await;
    let token = office.connect("FACEBOOK", PAGE, "m1", Some("c1")).await;
    assert!(office.graph.invalidate(&token, Invalidation::Expired));
    let lead = announced(&office).await;
    office.work().await;
    let row = office.row(&lead.id).await;
    assert_eq!(failure(&row), (&json!("PENDING"), "NEEDS_RECONNECT"));
    minutes(&office, 40).await;
    assert_eq!(office.row(&lead.id).await["state"], "PENDING");

    // Connected again: what waits may be asked for at once.
    office.connect("FACEBOOK", PAGE, "m1", Some("c1")).await;
    let channel = format!("FACEBOOK_{PAGE}");
    let which = Which::Channel(&channel);
    assert_eq!(reopen(&office.app.state, which).await.unwrap(), 1);
    minutes(&office, 1).await;
    office.only_lead().await;
}

#[tokio::test]
async fn a_channel_that_needs_a_reconnection_is_not_asked_about_and_the_lead_comes_by_itself() {
    let office = open().await;
    let path = format!("channels/FACEBOOK_{PAGE}");
    let mut channel = office.get(&path).await.unwrap();
    channel["state"] = "NEEDS_RECONNECT".into();
    office.put(&path, channel.clone()).await;
    let lead = announced(&office).await;
    office.work().await;
    assert_eq!(failure(&office.row(&lead.id).await).1, "NEEDS_RECONNECT");
    channel["state"] = "DISCONNECTED".into();
    office.put(&path, channel.clone()).await;
    minutes(&office, 16).await;
    assert_eq!(
        failure(&office.row(&lead.id).await),
        (&json!("PENDING"), "DISCONNECTED")
    );
    assert!(office.graph.calls().is_empty());
    channel["state"] = "CONNECTED".into();
    office.put(&path, channel).await;
    minutes(&office, 16).await;
    office.only_lead().await;
}

#[tokio::test]
async fn the_platform_may_fail_in_any_way_and_the_lead_comes() {
    let lead_path = |lead: &Lead| format!("/{}", lead.id);
    let office = open().await;
    let faults = [
        Fault::Gateway { status: 502 },
        Fault::CutBefore,
        Fault::CutAfter,
        Fault::Refuse {
            refusal: Refusal::new(1),
        },
        Fault::OkWithError {
            refusal: Refusal::new(2),
        },
        Fault::Refuse {
            refusal: Refusal::new(80_005).regain(7),
        },
    ];
    for (number, fault) in faults.into_iter().enumerate() {
        let number = u32::try_from(number).unwrap();
        let lead = office.filled(FORM, "Siti", &phone(40 + number).0);
        let what = format!("{fault:?}");
        office
            .graph
            .fail(Plan::next(&Method::GET, &lead_path(&lead), fault));
        office.ping(PAGE, &lead).await;
        office.work().await;
        let row = office.row(&lead.id).await;
        assert_eq!(failure(&row), (&json!("PENDING"), "AWAY"), "{what}");
        minutes(&office, 8).await;
        let row = office.row(&lead.id).await;
        assert_eq!(
            (&row["state"], &row["attempts"]),
            (&json!("DONE"), &json!(2)),
            "{what}"
        );
    }
    assert_eq!(office.list("leads").await.len(), 6);
}

#[tokio::test]
async fn the_platforms_wait_is_kept() {
    let office = open().await;
    let lead = announced(&office).await;
    let refusal = Refusal::new(80_005).regain(7);
    let path = format!("/{}", lead.id);
    office
        .graph
        .fail(Plan::next(&Method::GET, &path, Fault::Refuse { refusal }));
    office.work().await;
    let asked = office.graph.calls().len();
    minutes(&office, 6).await;
    assert_eq!(office.graph.calls().len(), asked);
    minutes(&office, 2).await;
    office.only_lead().await;
}

#[tokio::test]
async fn a_task_that_was_lost_is_found_by_the_sweep() {
    let office = open().await;
    office.tasks.refuse(Some(503));
    let lead = announced(&office).await;
    office.tasks.refuse(None);
    assert!(office.tasks.tasks().is_empty());
    assert_eq!(office.push("/tasks/sweep").await, 204);
    assert!(
        office.tasks.tasks().is_empty(),
        "its own task may still come"
    );
    minutes(&office, 2).await;
    assert_eq!(office.row(&lead.id).await["state"], "DONE");
    office.only_lead().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn firestore_may_go_away_at_any_step_and_there_is_one_lead() {
    let way = Way::open().await;
    let office = Office::open_with(&[("FIRESTORE_EMULATOR_HOST", &way.address)]).await;
    office.connect("FACEBOOK", PAGE2, "c1", Some("c1")).await;
    let mut expected = 0;
    for state in [DOWN, DEAF] {
        for round in 0..3 {
            expected += 1;
            let lead = office.filled(FORM2, "Siti", &phone(50 + expected).0);
            let pinged = eventually("the delivery is taken", || async {
                (office.ping(PAGE2, &lead).await == 200).then_some(())
            });
            pinged.await;
            let instance = office.instance();
            let forms = fetch::forms();
            let turn = tasks::turn(&instance, &forms, &lead.id);
            let breaking = async {
                // While the lead is being read at the platform, or a little later.
                office
                    .graph
                    .call(|call| call.path.ends_with(&lead.id))
                    .await;
                tokio::time::sleep(Duration::from_millis(7 * round)).await;
                way.be(state);
            };
            let ((), _) = futures::join!(breaking, turn);
            way.be(UP);
            let done = eventually("the lead is there", || async {
                office.pass(SignedDuration::from_mins(3));
                office.push("/tasks/sweep").await;
                office.work().await;
                (office.row(&lead.id).await["state"] == "DONE").then_some(())
            });
            done.await;
        }
    }
    let leads = office.list("leads").await;
    assert_eq!(leads.len(), usize::try_from(expected).unwrap());
    assert_eq!(office.list("phone_index").await.len(), leads.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_may_die_between_any_two_steps_and_there_is_one_lead() {
    let office = Office::open().await;
    office.connect("FACEBOOK", PAGE, "c1", Some("c1")).await;
    let lead = announced(&office).await;
    let mut died = 0;
    for attempt in 1_u64.. {
        let instance = office.instance();
        let forms = fetch::forms();
        let life = Duration::from_millis(4 * attempt);
        let turn = tasks::turn(&instance, &forms, &lead.id);
        match tokio::time::timeout(life, turn).await {
            Ok(Ok(())) => break,
            _ => died += 1,
        }
        // Its lease ends.
        office.pass(SignedDuration::from_mins(3));
    }
    assert!(died > 0, "a worker has to die for this to be a test");
    let (id, _) = office.only_lead().await;
    assert_eq!(office.row(&lead.id).await["leadId"], id);
    assert_eq!(office.list("phone_index").await.len(), 1);
    assert_eq!(office.history(&id, "CREATED").await.len(), 1);
    assert_eq!(office.history(&id, "ASSIGNED").await.len(), 1);
    assert!(office.history(&id, "INQUIRED").await.is_empty());
    // Whoever died took no turn with them.
    let next = office.filled(FORM, "Budi", &phone(22).0);
    office.ping(PAGE, &next).await;
    office.work().await;
    let holders: std::collections::BTreeSet<String> = office
        .list("leads")
        .await
        .into_iter()
        .map(|(_, lead)| lead["assignedTo"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(holders, ["m1", "m2"].map(str::to_owned).into());
}

#[tokio::test]
async fn a_token_that_does_not_open_is_told_and_not_tried_for_ever() {
    let office = open().await;
    let sealed = json!({ "keyId": "gone", "sealed": "AAAA", "login": "FACEBOOK" });
    office
        .put(&format!("channel_secrets/FACEBOOK_{PAGE}"), sealed)
        .await;
    let lead = announced(&office).await;
    assert_eq!(statuses(&office.work().await), [Some(204)]);
    assert_eq!(
        failure(&office.row(&lead.id).await),
        (&json!("PENDING"), "INTERNAL")
    );
    for _ in 0..20 {
        office.pass(SignedDuration::from_mins(30));
        office.sweep().await;
    }
    assert_eq!(
        failure(&office.row(&lead.id).await),
        (&json!("PARKED"), "INTERNAL")
    );
}
