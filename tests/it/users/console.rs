//! An administrator edits a user's document by hand: the account follows, or the edit is taken back.

use serde_json::{Value, json};

use super::{accounts, edit, field, user};
use crate::support::{App, documents};

async fn branch_and_partner(app: &App) {
    app.staff("jkt", "CABANG", Some("jkt")).await;
    app.events.delivered().await;
    app.staff("siti", "MITRA", Some("jkt")).await;
    app.events.delivered().await;
}

#[tokio::test]
async fn claims_follow_role_and_branch() {
    let app = App::start().await;
    branch_and_partner(&app).await;
    app.staff("sby", "CABANG", Some("sby")).await;
    app.events.delivered().await;
    accounts::set_claims(
        &app,
        "siti",
        json!({ "role": "MITRA", "branchId": "jkt", "plan": "gold" }),
    )
    .await;

    edit(&app, "siti", json!({ "branchId": "sby" }), &["branchId"]).await;
    let claims = json!({ "role": "MITRA", "branchId": "sby", "plan": "gold" });
    assert_eq!(accounts::claims(&app, "siti").await, claims);
    assert_eq!(field(&app, "siti", "parentId").await, "sby");

    // One field after the other, as the console writes them: the leftover branch goes.
    edit(&app, "siti", json!({ "role": "PUSAT" }), &["role"]).await;
    let claims = json!({ "role": "PUSAT", "plan": "gold" });
    assert_eq!(accounts::claims(&app, "siti").await, claims);
    let document = user(&app, "siti").await.unwrap();
    assert_eq!(
        (
            &document["branchId"],
            &document["parentId"],
            &document["roleError"]
        ),
        (&Value::Null, &Value::Null, &Value::Null)
    );

    edit(&app, "siti", json!({ "role": "CABANG" }), &["role"]).await;
    let claims = json!({ "role": "CABANG", "branchId": "siti", "plan": "gold" });
    assert_eq!(accounts::claims(&app, "siti").await, claims);
    assert_eq!(field(&app, "siti", "branchId").await, "siti");
    let branch = documents::get(&app.project, "branches/siti").await;
    assert_eq!(branch.unwrap()["assignmentMode"], "ROUND_ROBIN");
}

#[tokio::test]
async fn what_is_no_place_is_taken_back_with_the_reason() {
    let app = App::start().await;
    branch_and_partner(&app).await;
    let claims = json!({ "role": "MITRA", "branchId": "jkt" });
    let valid = user(&app, "siti").await.unwrap();
    for (typed, part) in [
        (json!({ "role": "BOS" }), "PUSAT, CABANG"),
        (json!({ "role": "mitra" }), "PUSAT, CABANG"),
        (json!({ "role": 5 }), "PUSAT, CABANG"),
        (json!({}), "PUSAT, CABANG"),
        (
            json!({ "role": "MITRA", "branchId": "antah" }),
            "Cabang tidak",
        ),
        (json!({ "role": "MITRA", "branchId": 7 }), "Cabang tidak"),
        (
            json!({ "role": "CABANG", "branchId": "antah" }),
            "Cabang tidak",
        ),
        (
            json!({ "role": "PUSAT", "branchId": "antah" }),
            "PUSAT tidak",
        ),
        (json!({ "role": "MITRA", "branchId": "siti" }), "Pendiri"),
    ] {
        let fields: &[&str] = if typed.get("branchId").is_some() {
            &["role", "branchId"]
        } else {
            &["role"]
        };
        edit(&app, "siti", typed.clone(), fields).await;
        let mut document = user(&app, "siti").await.unwrap();
        let reason = document
            .as_object_mut()
            .unwrap()
            .remove("roleError")
            .unwrap();
        let reason = reason.as_str().unwrap();
        assert!(
            reason.contains(part) && reason.contains(" / "),
            "{typed}: {reason}"
        );
        assert_eq!(document, valid, "{typed}");
        assert_eq!(accounts::claims(&app, "siti").await, claims, "{typed}");
    }
    // The reason goes with the next edit that is valid, also with one that needs no other write.
    edit(&app, "siti", json!({}), &["branchId", "parentId"]).await;
    let document = user(&app, "siti").await.unwrap();
    assert_eq!(
        (
            &document["roleError"],
            &document["branchId"],
            &document["parentId"]
        ),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    assert_eq!(
        accounts::claims(&app, "siti").await,
        json!({ "role": "MITRA" })
    );
}

#[tokio::test]
async fn where_nothing_valid_was_before_a_mitra_without_a_branch_remains() {
    let app = App::start().await;
    branch_and_partner(&app).await;
    app.events.lose(true);
    edit(&app, "siti", json!({ "role": "BOS" }), &["role"]).await;
    accounts::set_claims(&app, "siti", json!({ "role": "BOS", "plan": "gold" })).await;
    app.events.lose(false);
    edit(&app, "siti", json!({ "role": "CHEF" }), &["role"]).await;
    let document = user(&app, "siti").await.unwrap();
    assert_eq!(
        (&document["role"], &document["branchId"]),
        (&json!("MITRA"), &Value::Null)
    );
    let claims = json!({ "role": "MITRA", "plan": "gold" });
    assert_eq!(accounts::claims(&app, "siti").await, claims);
}

#[tokio::test]
async fn the_founder_of_a_branch_in_use_does_not_become_a_mitra() {
    let app = App::start().await;
    branch_and_partner(&app).await;
    app.staff("sby", "CABANG", Some("sby")).await;
    app.events.delivered().await;
    let demoted = json!({ "role": "MITRA", "branchId": "sby" });
    edit(&app, "jkt", demoted.clone(), &["role", "branchId"]).await;
    assert_eq!(field(&app, "jkt", "role").await, "CABANG");
    assert_eq!(field(&app, "jkt", "branchId").await, "jkt");
    // What lies in the branch's pool carries the founder's uid: the branch must be empty, and then it goes.
    edit(&app, "siti", json!({ "branchId": "sby" }), &["branchId"]).await;
    edit(&app, "jkt", demoted, &["role", "branchId"]).await;
    assert_eq!(field(&app, "jkt", "branchId").await, "sby");
    let branch = documents::get(&app.project, "branches/jkt").await;
    assert_eq!(branch, None);
    edit(&app, "siti", json!({ "branchId": "jkt" }), &["branchId"]).await;
    assert_eq!(field(&app, "siti", "branchId").await, "sby");
}

#[tokio::test]
async fn access_follows_whatever_form_it_is_typed_in() {
    let app = App::start().await;
    branch_and_partner(&app).await;
    edit(&app, "siti", json!({ "disabled": "True" }), &["disabled"]).await;
    assert_eq!(accounts::account(&app, "siti").await["disabled"], true);
    assert_eq!(field(&app, "siti", "disabled").await, true);
    edit(&app, "siti", json!({ "disabled": false }), &["disabled"]).await;
    assert_ne!(accounts::account(&app, "siti").await["disabled"], true);
    // Closed in the console's list of accounts, of which no event tells: a later edit does not open it.
    accounts::admin(
        &app,
        "accounts:update",
        &json!({ "localId": "siti", "disableUser": true }),
    )
    .await;
    edit(
        &app,
        "siti",
        json!({ "displayName": "Siti" }),
        &["displayName"],
    )
    .await;
    assert_eq!(accounts::account(&app, "siti").await["disabled"], true);
}

#[tokio::test]
async fn a_deleted_document_takes_the_claims_with_it() {
    let app = App::start().await;
    branch_and_partner(&app).await;
    let claims = json!({ "role": "MITRA", "branchId": "jkt", "plan": "gold" });
    accounts::set_claims(&app, "siti", claims).await;
    documents::delete(&app.project, "users/siti").await;
    app.events.delivered().await;
    assert_eq!(
        accounts::claims(&app, "siti").await,
        json!({ "plan": "gold" })
    );
    // Whoever comes back starts anew.
    let person = app.stranger("siti", "", None);
    let answer = app.call(&person, "whoami", json!(null)).await.result();
    assert_eq!(
        (&answer["role"], &answer["branchId"]),
        (&json!("MITRA"), &Value::Null)
    );
}

#[tokio::test]
async fn the_services_own_writes_come_to_rest() {
    let app = App::start().await;
    branch_and_partner(&app).await;
    let before = app.events.recorded().len();
    edit(&app, "siti", json!({ "role": "BOS" }), &["role"]).await;
    edit(&app, "siti", json!({ "role": "CABANG" }), &["role"]).await;
    // An edit, its taking back; an edit, which was in form.
    let caused = app.events.recorded().len() - before;
    assert!((3..=4).contains(&caused), "{caused} events");
}

#[tokio::test]
async fn old_events_in_any_order_bring_nothing_back() {
    let app = App::start().await;
    branch_and_partner(&app).await;
    for role in ["CABANG", "PUSAT", "BOS", "MITRA"] {
        edit(&app, "siti", json!({ "role": role }), &["role", "branchId"]).await;
    }
    let (document, claims) = (
        user(&app, "siti").await,
        accounts::claims(&app, "siti").await,
    );
    assert_eq!(claims, json!({ "role": "MITRA" }));
    for event in app.events.recorded().iter().rev() {
        let status = app.events.deliver(event).await;
        assert!(matches!(status, 200 | 204), "{status} {}", event.path);
    }
    app.events.delivered().await;
    assert_eq!(user(&app, "siti").await, document);
    assert_eq!(accounts::claims(&app, "siti").await, claims);
}
