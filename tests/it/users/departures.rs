//! What a partner held goes to the branch when they leave it.

use leadgen_pro::store::Writes;
use serde_json::{Value, json};

use super::{accounts, edit};
use crate::support::{App, Person, documents};

async fn tree(app: &App) -> Person {
    let pusat = app.staff("pusat", "PUSAT", None).await;
    app.staff("jkt", "CABANG", Some("jkt")).await;
    app.staff("sby", "CABANG", Some("sby")).await;
    app.events.delivered().await;
    app.staff("siti", "MITRA", Some("jkt")).await;
    app.staff("budi", "MITRA", Some("jkt")).await;
    app.events.delivered().await;
    pusat
}

fn lead(holder: &str, branch: &str, status: &str) -> Value {
    let at = json!({ "$time": "2026-01-01T00:00:00Z" });
    json!({
        "name": "Hamba Allah", "source": "MANUAL", "status": status, "assignedTo": holder, "branchId": branch,
        "createdAt": at, "updatedAt": at, "submittedAt": at,
    })
}

async fn put(app: &App, path: &str, document: Value) {
    documents::put(&app.project, path, document).await;
}

/// A lead in each state, a lead of somebody else, conversations, and a phone that the index knows.
async fn holdings(app: &App) {
    for status in ["NEW", "FOLLOW_UP", "CLOSING", "LOST"] {
        put(
            app,
            &format!("leads/siti-{status}"),
            lead("siti", "jkt", status),
        )
        .await;
    }
    put(app, "leads/budi-NEW", lead("budi", "jkt", "NEW")).await;
    let mut known = lead("siti", "jkt", "NEW");
    known["phone"] = json!("+6281234567890");
    put(app, "leads/siti-phone", known).await;
    let digest = app.state.phone_digest.hex("+6281234567890");
    let index = json!({ "leadId": "siti-phone", "branchId": "jkt", "assignedTo": "siti" });
    put(app, &format!("phone_index/{digest}"), index).await;
    let mut foreign = lead("siti", "jkt", "NEW");
    foreign["phone"] = json!("+6281234567891");
    put(app, "leads/siti-foreign", foreign).await;
    let digest = app.state.phone_digest.hex("+6281234567891");
    let index = json!({ "leadId": "another", "branchId": "sby", "assignedTo": "rizal" });
    put(app, &format!("phone_index/{digest}"), index).await;
    for state in ["OPEN", "RESOLVED"] {
        let talk = json!({ "state": state, "assignedTo": "siti", "branchId": "jkt" });
        put(app, &format!("conversations/siti-{state}"), talk).await;
    }
}

async fn holder(app: &App, path: &str) -> Value {
    documents::get(&app.project, path).await.unwrap()["assignedTo"].clone()
}

async fn assert_handed_over(app: &App, by: &str) {
    for (path, to) in [
        ("leads/siti-NEW", "jkt"),
        ("leads/siti-FOLLOW_UP", "jkt"),
        ("leads/siti-CLOSING", "jkt"),
        ("leads/siti-LOST", "siti"),
        ("leads/siti-phone", "jkt"),
        ("leads/siti-foreign", "jkt"),
        ("leads/budi-NEW", "budi"),
        ("conversations/siti-OPEN", "jkt"),
        ("conversations/siti-RESOLVED", "siti"),
    ] {
        assert_eq!(holder(app, path).await, to, "{path}");
    }
    let moved = documents::get(&app.project, "leads/siti-NEW")
        .await
        .unwrap();
    assert_eq!(
        (&moved["lastChange"]["by"], &moved["branchId"]),
        (&json!(by), &json!("jkt"))
    );
    assert_eq!(moved["lastChange"]["at"], moved["updatedAt"]);
    assert_ne!(moved["updatedAt"], moved["createdAt"]);
    for (phone, to) in [("+6281234567890", "jkt"), ("+6281234567891", "rizal")] {
        let digest = app.state.phone_digest.hex(phone);
        assert_eq!(
            holder(app, &format!("phone_index/{digest}")).await,
            to,
            "{phone}"
        );
    }
}

#[tokio::test]
async fn a_partner_who_changes_branch_leaves_open_leads_and_conversations() {
    let app = App::start().await;
    let pusat = tree(&app).await;
    holdings(&app).await;
    put(&app, "leads/siti-sby", lead("siti", "sby", "NEW")).await;
    let data = json!({ "uid": "siti", "role": "MITRA", "branchId": "sby" });
    app.call(&pusat, "setUserRole", data).await.result();
    assert_handed_over(&app, "pusat").await;
    assert_eq!(
        holder(&app, "leads/siti-sby").await,
        "siti",
        "of the new branch"
    );
    // Once more finds nothing to do.
    app.events.delivered().await;
    let before = documents::list(&app.project, "leads").await;
    let data = json!({ "uid": "siti", "role": "MITRA", "branchId": "sby" });
    app.call(&pusat, "setUserRole", data).await.result();
    assert_eq!(documents::list(&app.project, "leads").await, before);
}

#[tokio::test]
async fn a_closed_account_leaves_them_too_and_an_opened_one_gets_nothing_back() {
    let app = App::start().await;
    let pusat = tree(&app).await;
    holdings(&app).await;
    for disabled in [true, false] {
        let data = json!({ "uid": "siti", "disabled": disabled });
        app.call(&pusat, "setUserDisabled", data).await.result();
        assert_handed_over(&app, "pusat").await;
    }
}

#[tokio::test]
async fn an_edit_in_the_console_does_the_same() {
    let app = App::start().await;
    tree(&app).await;
    holdings(&app).await;
    edit(&app, "siti", json!({ "branchId": "sby" }), &["branchId"]).await;
    assert_handed_over(&app, "service").await;
}

#[tokio::test]
async fn a_raise_within_the_branch_moves_nothing() {
    let app = App::start().await;
    let pusat = tree(&app).await;
    holdings(&app).await;
    let data = json!({ "uid": "siti", "role": "CABANG", "branchId": "jkt" });
    app.call(&pusat, "setUserRole", data).await.result();
    app.events.delivered().await;
    assert_eq!(holder(&app, "leads/siti-NEW").await, "siti");
    assert_eq!(holder(&app, "conversations/siti-OPEN").await, "siti");
}

#[tokio::test]
async fn a_deleted_account_or_document_leaves_them() {
    let app = App::start().await;
    tree(&app).await;
    holdings(&app).await;
    documents::delete(&app.project, "users/siti").await;
    app.events.delivered().await;
    assert_handed_over(&app, "service").await;

    put(&app, "leads/budi-2", lead("budi", "jkt", "NEW")).await;
    accounts::delete(&app, "budi").await;
    crate::support::eventually("the hand-over", || async {
        (holder(&app, "leads/budi-2").await == "jkt").then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_hand_over_that_failed_after_the_claims_is_finished_by_the_repeated_event() {
    let app = App::start().await;
    tree(&app).await;
    holdings(&app).await;
    app.events.lose(true);
    edit(&app, "siti", json!({ "branchId": "sby" }), &["branchId"]).await;
    // As after a crash between the two steps: the claims have followed, the leads have not.
    accounts::set_claims(&app, "siti", json!({ "role": "MITRA", "branchId": "sby" })).await;
    app.events.lose(false);
    let events = app.events.recorded();
    let event = events
        .iter()
        .rfind(|event| event.path.ends_with("userWritten"));
    assert_eq!(app.events.deliver(event.unwrap()).await, 204);
    assert_handed_over(&app, "service").await;
}

#[tokio::test]
async fn more_than_a_page_is_handed_over_whole() {
    let app = App::start().await;
    let pusat = tree(&app).await;
    app.events.lose(true);
    let mut writes = Writes::new();
    for number in 0..450 {
        // Every third is of the branch that the partner goes to, and stays.
        let branch = if number % 3 == 0 { "sby" } else { "jkt" };
        let document = lead("siti", branch, "NEW");
        writes
            .create(&format!("leads/l{number:03}"), &document)
            .unwrap();
    }
    app.state.store.commit(writes).await.unwrap();
    let data = json!({ "uid": "siti", "role": "MITRA", "branchId": "sby" });
    app.call(&pusat, "setUserRole", data).await.result();
    let leads = documents::list(&app.project, "leads").await;
    let held = |holder: &str, branch: &str| {
        let of = |lead: &Value| lead["assignedTo"] == holder && lead["branchId"] == branch;
        leads.iter().filter(|(_, lead)| of(lead)).count()
    };
    assert_eq!((held("siti", "sby"), held("jkt", "jkt")), (150, 300));
}
