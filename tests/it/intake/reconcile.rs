//! The reconciliation: what no webhook brought.

use axum::http::Method;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use simulators::graph::{Fault, Lead, Plan, Refusal, UseCase};

use super::office::{FORM, FORM2, Office, PAGE, PAGE2, phone, statuses};

/// Somebody filled in a form that long ago.
fn left(office: &Office, number: u32, ago: SignedDuration) -> Lead {
    let answers = [
        ("full_name", "Siti".to_owned()),
        ("phone_number", phone(number).0),
    ];
    let answers = answers.each_ref().map(|(key, text)| (*key, text.as_str()));
    office.graph.keep_lead(Lead {
        created_time: Some(office.clock.now() - ago),
        ..Lead::new(FORM, &answers)
    })
}

/// The schedule's hour, and all turns until nothing is under way.
async fn reconcile(office: &Office) {
    assert_eq!(office.push("/tasks/reconcileLeads").await, 204);
    for _ in 0..30 {
        office.work().await;
        office.pass(SignedDuration::from_secs(30));
        if office.tasks.tasks().is_empty() {
            return;
        }
    }
    panic!("never done: {:?}", office.tasks.tasks());
}

async fn run(office: &Office) -> Value {
    let path = format!("lead_reconciliations/FACEBOOK_{PAGE}");
    office.get(&path).await.unwrap()
}

/// Calls for lists of a form's leads.
fn lists(office: &Office) -> usize {
    let calls = office.graph.calls();
    calls
        .iter()
        .filter(|call| call.path.ends_with(&format!("{FORM}/leads")))
        .count()
}

const HOUR: SignedDuration = SignedDuration::from_hours(1);

#[tokio::test]
async fn what_no_webhook_brought_comes_in_once() {
    let office = Office::open().await;
    office.connect("FACEBOOK", PAGE, "m1", Some("c1")).await;
    let told = left(&office, 1, SignedDuration::ZERO);
    office.ping(PAGE, &told).await;
    office.work().await;
    let silent = left(&office, 2, HOUR * 24 * 30);
    left(&office, 3, HOUR * 24 * 91);
    reconcile(&office).await;
    // 90 days back at the first connection, and not further.
    assert_eq!(office.list("leads").await.len(), 2);
    let row = office.row(&silent.id).await;
    assert_eq!(
        (&row["state"], &row["ending"]),
        (&json!("DONE"), &json!("CREATED"))
    );
    let first = run(&office).await;
    assert_eq!(first["found"], 1);
    assert_eq!(
        first["newest"][FORM],
        json!({ "$time": "2026-11-23T03:00:00Z" })
    );
    assert!(!first["finishedAt"].is_null());

    // Within the hours after a run nothing is asked.
    let asked = office.graph.calls().len();
    reconcile(&office).await;
    assert_eq!(office.graph.calls().len(), asked);

    // A day later: from an hour before the newest, so one that was listed late is seen, and nothing comes twice.
    office.pass(HOUR * 21);
    let from: Timestamp = "2026-11-23T02:10:00Z".parse().unwrap();
    let late = left(&office, 4, office.clock.now().duration_since(from));
    reconcile(&office).await;
    assert_eq!(office.row(&late.id).await["state"], "DONE");
    let second = run(&office).await;
    assert_eq!(second["found"], 1);
    assert_eq!(second["newest"], first["newest"]);
    assert_eq!(office.list("leads").await.len(), 3);
    office.pass(HOUR * 21);
    reconcile(&office).await;
    assert_eq!(run(&office).await["found"], 0);
    assert_eq!(office.list("leads").await.len(), 3);
    for (_, lead) in office.list("leads").await {
        let id = lead["id"].as_str().unwrap();
        assert!(office.history(id, "INQUIRED").await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_pages_are_read_in_turns_and_a_turn_that_dies_is_taken_up_where_it_was() {
    let office = Office::open().await;
    office.connect("FACEBOOK", PAGE, "m1", Some("c1")).await;
    for number in 0..320 {
        left(
            &office,
            number,
            HOUR + SignedDuration::from_secs(number.into()),
        );
    }
    // The third page breaks off, and the budget is used up for some minutes after that.
    let path = format!("/{FORM}/leads");
    let broken = [
        Plan::next(&Method::GET, &path, Fault::CutAfter).nth(3),
        Plan::next(
            &Method::GET,
            &path,
            Fault::Refuse {
                refusal: Refusal::new(80_005).regain(4),
            },
        )
        .nth(4),
    ];
    for plan in broken {
        office.graph.fail(plan);
    }
    assert_eq!(office.push("/tasks/reconcileLeads").await, 204);
    let reconciling = office.tasks.tasks();
    assert_eq!(reconciling.len(), 1);
    office.work().await;
    // Two pages are stored, and with them how far it came; the cursor has not moved.
    let broken_off = run(&office).await;
    assert_eq!(broken_off["found"], 200);
    assert!(broken_off["walk"]["after"].is_string());
    assert_eq!(broken_off["newest"], json!({}));
    for _ in 0..40 {
        office.pass(SignedDuration::from_secs(30));
        office.work().await;
    }
    let done = run(&office).await;
    assert_eq!(done["found"], 320);
    assert!(done["walk"].is_null() && !done["finishedAt"].is_null());
    // Four pages, and the two calls that failed.
    assert_eq!(lists(&office), 6);
    assert_eq!(office.list("lead_intake").await.len(), 320);
    assert_eq!(office.list("leads").await.len(), 320);
}

#[tokio::test]
async fn two_turns_at_once_and_doubled_tasks_read_once() {
    let office = Office::open().await;
    office.connect("FACEBOOK", PAGE, "m1", Some("c1")).await;
    left(&office, 1, HOUR);
    office.tasks.deliver_twice(true);
    let id = json!({ "id": format!("FACEBOOK_{PAGE}") });
    let url = format!("{}/tasks/reconcileChannelLeads", office.app.url);
    let pushes = (0..4).map(|_| office.app.http.post(&url).json(&id).send());
    for answer in futures::future::join_all(pushes).await {
        assert_eq!(answer.unwrap().status(), 204);
    }
    reconcile(&office).await;
    assert_eq!(lists(&office), 1);
    assert_eq!(office.list("leads").await.len(), 1);
}

#[tokio::test]
async fn a_form_or_page_that_may_not_be_read_holds_up_no_other() {
    let office = Office::open().await;
    office.connect("FACEBOOK", PAGE, "m1", Some("c1")).await;
    let token = office.connect("FACEBOOK", PAGE2, "m3", Some("c2")).await;
    office.graph.revoke_scope(&token, "leads_retrieval");
    left(&office, 1, HOUR);
    reconcile(&office).await;
    assert_eq!(office.list("leads").await.len(), 1);
    let path = format!("lead_reconciliations/FACEBOOK_{PAGE2}");
    let other = office.get(&path).await.unwrap();
    let why = other["refused"][FORM2].as_str().unwrap();
    assert!(why.contains("Leads Access Manager"), "{why}");
    assert!(!other["finishedAt"].is_null());
}

#[tokio::test]
async fn a_page_without_a_budget_is_left_alone_until_it_has_one() {
    let office = Office::open().await;
    office.connect("FACEBOOK", PAGE, "m1", Some("c1")).await;
    left(&office, 1, HOUR);
    office.graph.limit(UseCase::Leadgen, PAGE, 0);
    assert_eq!(office.push("/tasks/reconcileLeads").await, 204);
    assert_eq!(statuses(&office.work().await), [Some(204)]);
    let asked = office.graph.calls().len();
    office.work().await;
    assert_eq!(office.graph.calls().len(), asked);
    office.graph.limit(UseCase::Leadgen, PAGE, 10_000);
    for _ in 0..30 {
        office.pass(HOUR);
        office.work().await;
    }
    assert_eq!(office.list("leads").await.len(), 1);
}

#[tokio::test]
async fn a_parked_lead_that_can_be_listed_again_is_tried_again() {
    let office = Office::open().await;
    office.connect("FACEBOOK", PAGE, "m1", Some("c1")).await;
    let lead = left(&office, 1, HOUR);
    let path = format!("/{}", lead.id);
    let refusal = Refusal::new(100).subcode(33);
    office
        .graph
        .fail(Plan::next(&Method::GET, &path, Fault::Refuse { refusal }).forever());
    office.ping(PAGE, &lead).await;
    for _ in 0..20 {
        office.work().await;
        office.pass(SignedDuration::from_mins(30));
    }
    assert_eq!(office.row(&lead.id).await["state"], "PARKED");
    office.graph.mend();
    reconcile(&office).await;
    assert_eq!(office.row(&lead.id).await["state"], "DONE");
    assert_eq!(office.list("leads").await.len(), 1);
}
