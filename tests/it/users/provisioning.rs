//! However an account comes into being, it gets its document and its claims.

use serde_json::json;

use super::accounts::{self, place_in};
use super::{field, user};
use crate::support::{App, documents, eventually};

const MITRA: &str = "MITRA";

#[tokio::test]
async fn a_sign_up_has_claims_in_its_first_token_and_then_a_document() {
    let app = App::start().await;
    let signed_up = accounts::sign_up(&app, "baru@contoh.id").await;
    let uid = &signed_up.person.uid;
    assert_eq!(
        place_in(&signed_up.person.token),
        (Some(MITRA.to_owned()), None)
    );
    let document = eventually("the document", || user(&app, uid)).await;
    assert_eq!(
        document,
        json!({
            "uid": uid,
            "email": "baru@contoh.id",
            "role": MITRA,
            "connectedAccounts": { "facebook": false, "instagram": false, "whatsapp": false },
            "disabled": false,
        })
    );
    let stored = documents::get(&app.project, &format!("users/{uid}"))
        .await
        .unwrap();
    assert!(stored["createdAt"]["$time"].is_string(), "{stored}");
    assert_eq!(stored["createdAt"], stored["updatedAt"]);
    assert_eq!(accounts::claims(&app, uid).await, json!({ "role": MITRA }));
    let answer = app.call(&signed_up.person, "whoami", json!(null)).await;
    assert_eq!(
        answer.result(),
        json!({ "uid": uid, "email": "baru@contoh.id", "role": MITRA, "branchId": null })
    );
}

#[tokio::test]
async fn an_account_made_by_an_administrator_gets_document_and_claims_from_the_event() {
    let app = App::start().await;
    let made =
        json!({ "email": "buatan@contoh.id", "displayName": "Siti Aminah", "disabled": true });
    let uid = app.create_account(&made).await;
    let document = eventually("the document", || user(&app, &uid)).await;
    assert_eq!(document["displayName"], "Siti Aminah");
    assert_eq!(document["disabled"], true);
    eventually("the claims", || async {
        (accounts::claims(&app, &uid).await == json!({ "role": MITRA })).then_some(())
    })
    .await;
}

#[tokio::test]
async fn claims_from_before_the_service_was_there_become_the_document() {
    let app = App::start().await;
    app.events.lose(true);
    let uid = app
        .create_account(&json!({ "email": "lama@contoh.id" }))
        .await;
    accounts::set_claims(&app, &uid, json!({ "role": "CABANG", "plan": "gold" })).await;
    let person = app.stranger(&uid, "", None);
    let answer = app.call(&person, "whoami", json!(null)).await.result();
    assert_eq!(
        (&answer["role"], &answer["branchId"]),
        (&json!("CABANG"), &json!(uid))
    );
    let claims = json!({ "role": "CABANG", "branchId": uid, "plan": "gold" });
    assert_eq!(accounts::claims(&app, &uid).await, claims);
    let branch = documents::get(&app.project, &format!("branches/{uid}")).await;
    assert!(branch.is_some(), "the branch of its founder");
}

#[tokio::test]
async fn an_event_that_was_lost_is_made_up_for_by_the_first_callable() {
    let app = App::start().await;
    app.events.lose(true);
    let signed_up = accounts::sign_up(&app, "hilang@contoh.id").await;
    assert_eq!(user(&app, &signed_up.person.uid).await, None);
    let answer = app.call(&signed_up.person, "whoami", json!(null)).await;
    assert_eq!(answer.result()["role"], MITRA);
    assert_eq!(field(&app, &signed_up.person.uid, "role").await, MITRA);
}

#[tokio::test]
async fn a_deleted_account_leaves_a_closed_document() {
    let app = App::start().await;
    let signed_up = accounts::sign_up(&app, "pergi@contoh.id").await;
    let uid = &signed_up.person.uid;
    eventually("the document", || user(&app, uid)).await;
    accounts::delete(&app, uid).await;
    eventually("the closed document", || async {
        (field(&app, uid, "disabled").await == json!(true)).then_some(())
    })
    .await;
    assert_eq!(field(&app, uid, "role").await, MITRA);
}

#[tokio::test]
async fn the_event_of_an_account_that_is_gone_makes_nothing() {
    let app = App::start().await;
    for (path, body) in [
        ("/events/userCreated", json!({ "uid": "nobody" })),
        (
            "/events/userCreated",
            json!({ "value": { "uid": "nobody" } }),
        ),
        (
            "/events/userDeleted",
            json!({ "data": { "uid": "nobody" } }),
        ),
    ] {
        let request = app.http.post(format!("{}{path}", app.url)).json(&body);
        assert_eq!(request.send().await.unwrap().status(), 204, "{path}");
    }
    assert_eq!(user(&app, "nobody").await, None);
}
