//! Fair turn: who gets the leads of a branch's page, and of head office's.

use std::collections::BTreeMap;

use leadgen_pro::ids::{BranchId, LeadId, Uid};
use leadgen_pro::leads::Placement;
use leadgen_pro::leads::intake::second_look::look_again;
use serde_json::{Value, json};

use super::office::{FORM, Office, PAGE, phone};

/// Leads by who holds them.
async fn counts(office: &Office) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for (_, lead) in office.list("leads").await {
        let holder = lead["assignedTo"].as_str().unwrap().to_owned();
        *counts.entry(holder).or_default() += 1;
    }
    counts
}

/// A person's form comes in, through the task.
async fn one(office: &Office, number: u32) -> Value {
    let lead = office.filled(FORM, &format!("Orang {number}"), &phone(number).0);
    office.ping(PAGE, &lead).await;
    office.work().await;
    let row = office.row(&lead.id).await;
    let id = row["leadId"].as_str().unwrap_or_else(|| panic!("{row}"));
    office.get(&format!("leads/{id}")).await.unwrap()
}

async fn holders(office: &Office, numbers: std::ops::Range<u32>) -> Vec<String> {
    let mut holders = Vec::new();
    for number in numbers {
        let lead = one(office, number).await;
        holders.push(lead["assignedTo"].as_str().unwrap().to_owned());
    }
    holders
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_leads_at_once_on_three_instances_are_shared_to_a_difference_of_one() {
    let office = Office::open().await;
    office.connect("FACEBOOK", PAGE, "c1", Some("c1")).await;
    for number in 4..=8 {
        office
            .app
            .staff(&format!("n{number}"), "MITRA", Some("c1"))
            .await;
    }
    let instances = [(); 3].map(|()| office.instance());
    let leads: Vec<_> = (0..60)
        .map(|number| office.filled(FORM, "Orang", &phone(number).0))
        .collect();
    let pings = leads.iter().map(|lead| office.ping(PAGE, lead));
    for status in futures::future::join_all(pings).await {
        assert_eq!(status, 200);
    }
    let turns = leads
        .iter()
        .enumerate()
        .map(|(number, lead)| office.turn(&instances[number % 3], &lead.id));
    futures::future::join_all(turns).await;
    // Whoever was always too late has the row's next turn.
    for _ in 0..20 {
        if office.list("leads").await.len() == 60 {
            break;
        }
        office.pass(jiff::SignedDuration::from_mins(1));
        office.sweep().await;
    }
    let counts = counts(&office).await;
    assert_eq!(counts.len(), 7, "{counts:?}");
    assert_eq!(counts.values().sum::<usize>(), 60);
    let (least, most) = (counts.values().min(), counts.values().max());
    assert!(most.unwrap() - least.unwrap() <= 1, "{counts:?}");
}

#[tokio::test]
async fn partners_take_turns_in_the_branchs_order_and_joiners_come_behind() {
    let office = Office::open().await;
    office.connect("FACEBOOK", PAGE, "c1", Some("c1")).await;
    office.branch("c1", &json!({ "order": ["m2", "m1"] })).await;
    assert_eq!(holders(&office, 0..3).await, ["m2", "m1", "m2"]);
    office.app.staff("a0", "MITRA", Some("c1")).await;
    assert_eq!(
        holders(&office, 3..9).await,
        ["m1", "m2", "a0", "m1", "m2", "a0"]
    );
    // Gone to another branch: no turn, and no gap.
    office.app.staff("m2x", "MITRA", Some("c1")).await;
    let moved = json!({ "uid": "m2", "role": "MITRA", "branchId": "c2", "disabled": false });
    office.put("users/m2", moved).await;
    assert_eq!(holders(&office, 9..12).await, ["m1", "a0", "m2x"]);
}

#[tokio::test]
async fn whoever_is_closed_is_passed_over_with_the_reason_in_the_history() {
    let office = Office::open().await;
    office.connect("FACEBOOK", PAGE, "c1", Some("c1")).await;
    let user = |disabled: bool| json!({ "uid": "m1", "role": "MITRA", "branchId": "c1", "disabled": disabled });
    office.put("users/m1", user(true)).await;
    let lead = one(&office, 1).await;
    assert_eq!(lead["assignedTo"], "m2");
    let assigned = office
        .history(lead["id"].as_str().unwrap(), "ASSIGNED")
        .await;
    assert_eq!(
        assigned[0]["assignment"],
        json!({ "mode": "ROUND_ROBIN", "skipped": [{ "uid": "m1", "reason": "DISABLED" }] })
    );
    assert_eq!(one(&office, 2).await["assignedTo"], "m2");
    // Back again: the next one, and no heap of what was missed.
    office.put("users/m1", user(false)).await;
    assert_eq!(holders(&office, 3..6).await, ["m1", "m2", "m1"]);
    // Nobody is left: the branch's own.
    office.put("users/m1", user(true)).await;
    let closed = json!({ "uid": "m2", "role": "MITRA", "branchId": "c1", "disabled": true });
    office.put("users/m2", closed).await;
    assert_eq!(one(&office, 7).await["assignedTo"], "c1");
}

#[tokio::test]
async fn a_branch_may_give_its_leads_away_by_hand() {
    let office = Office::open().await;
    office.connect("FACEBOOK", PAGE, "c1", Some("c1")).await;
    office
        .branch("c1", &json!({ "assignmentMode": "MANUAL" }))
        .await;
    assert_eq!(holders(&office, 0..2).await, ["c1", "c1"]);
    assert!(office.list("lead_turns").await.is_empty());
    office.branch("c1", &json!({ "assignmentMode": "?" })).await;
    assert_eq!(one(&office, 2).await["assignedTo"], "m1");
}

#[tokio::test]
async fn the_page_of_a_partner_who_left_is_the_branchs() {
    let office = Office::open().await;
    office.connect("FACEBOOK", PAGE, "m1", Some("c1")).await;
    assert_eq!(one(&office, 1).await["assignedTo"], "m1");
    let left = json!({ "uid": "m1", "role": "MITRA", "branchId": "c2", "disabled": false });
    office.put("users/m1", left).await;
    assert_eq!(one(&office, 2).await["assignedTo"], "m2");
}

#[tokio::test]
async fn head_offices_leads_go_to_the_branches_in_turn_and_there_to_the_partners() {
    let office = Office::open().await;
    office.connect("FACEBOOK", PAGE, "p1", None).await;
    assert_eq!(holders(&office, 0..4).await, ["m1", "m3", "m2", "m3"]);
    // Head office names the branches that take part; one that is none is left out.
    let settings = json!({ "branches": ["c2", "nowhere"] });
    office.put("settings/assignment", settings).await;
    assert_eq!(holders(&office, 4..6).await, ["m3", "m3"]);
}

#[tokio::test]
async fn where_there_is_no_branch_the_lead_waits_for_one() {
    let office = Office::open().await;
    office.connect("FACEBOOK", PAGE, "p1", None).await;
    let settings = json!({ "branches": ["nowhere"] });
    office.put("settings/assignment", settings).await;
    let lead = office.filled(FORM, "Orang", &phone(1).0);
    office.ping(PAGE, &lead).await;
    office.work().await;
    let row = office.row(&lead.id).await;
    assert_eq!(
        (&row["state"], &row["failure"]["code"]),
        (&json!("PARKED"), &json!("NO_BRANCH"))
    );
    assert!(
        row["failure"]["message"]
            .as_str()
            .unwrap()
            .contains("settings/assignment")
    );
    assert!(office.list("leads").await.is_empty());
}

#[tokio::test]
async fn what_was_given_to_somebody_who_may_not_hold_it_any_more_goes_to_the_pool() {
    let office = Office::open().await;
    let state = &office.app.state;
    let place =
        |uid: &str| Placement::partner(BranchId::parse("c1").unwrap(), Uid::parse(uid).unwrap());
    let lies = json!({ "name": "Siti", "phone": "+6281234560031", "assignedTo": "gone", "branchId": "c1" });
    office.put("leads/l1", lies).await;
    let talks = json!({ "leadId": "l1", "assignedTo": "gone", "branchId": "c1" });
    office.put("conversations/t1", talks).await;
    office.app.events.delivered().await;
    let lead = LeadId::parse("l1").unwrap();
    // Not theirs to begin with, or in the hands of somebody who may hold it: it stays.
    for uid in ["m3", "m1", "c1"] {
        look_again(state, &lead, &place(uid)).await.unwrap();
    }
    assert_eq!(office.get("leads/l1").await.unwrap()["assignedTo"], "gone");
    look_again(state, &lead, &place("gone")).await.unwrap();
    for path in ["leads/l1", "conversations/t1"] {
        assert_eq!(
            office.get(path).await.unwrap()["assignedTo"],
            "c1",
            "{path}"
        );
    }
    let index = office.list("phone_index").await;
    assert_eq!(index[0].1["assignedTo"], "c1");
}
