//! Whoever loses a right has to sign in again; whoever gains one has not.

use jiff::{SignedDuration, Timestamp};
use leadgen_pro::clock::Clock;
use serde_json::{Value, json};

use super::accounts::{self, PASSWORD};
use super::edit;
use crate::support::App;

/// An application whose clock is ahead of the emulator's, so that a revocation is told from the sign-in before it.
async fn ahead() -> (App, Value) {
    let later = Timestamp::now() + SignedDuration::from_mins(5);
    let (clock, _) = Clock::manual(later);
    let app = App::start_at(&clock, &[]).await;
    app.staff("jkt", "CABANG", Some("jkt")).await;
    app.events.delivered().await;
    app.staff("siti", "MITRA", Some("jkt")).await;
    app.events.delivered().await;
    let revoked = json!(later.as_second().to_string());
    (app, revoked)
}

async fn valid_since(app: &App) -> Value {
    accounts::account(app, "siti").await["validSince"].clone()
}

#[tokio::test]
async fn a_lowered_right_revokes_and_a_raised_one_does_not() {
    let (app, revoked) = ahead().await;
    let signed_in = accounts::sign_in(&app, "siti@example.id").await.unwrap();
    accounts::look_oneself_up(&app, &signed_in.person)
        .await
        .unwrap();

    edit(&app, "siti", json!({ "role": "CABANG" }), &["role"]).await;
    assert_ne!(valid_since(&app).await, revoked, "raised");
    edit(
        &app,
        "siti",
        json!({ "displayName": "Siti A." }),
        &["displayName"],
    )
    .await;
    assert_ne!(valid_since(&app).await, revoked, "the same");

    edit(&app, "siti", json!({ "role": "MITRA" }), &["role"]).await;
    assert_eq!(valid_since(&app).await, revoked, "lowered");
    let refused = accounts::look_oneself_up(&app, &signed_in.person).await;
    assert_eq!(refused.unwrap_err(), "TOKEN_EXPIRED");
}

#[tokio::test]
async fn a_move_to_another_branch_revokes() {
    let (app, revoked) = ahead().await;
    let pusat = app.staff("pusat", "PUSAT", None).await;
    app.staff("sby", "CABANG", Some("sby")).await;
    let data = json!({ "uid": "siti", "role": "MITRA", "branchId": "sby" });
    app.call(&pusat, "setUserRole", data).await.result();
    assert_eq!(valid_since(&app).await, revoked);
}

#[tokio::test]
async fn a_closed_account_keeps_nobody_in() {
    let (app, revoked) = ahead().await;
    let signed_in = accounts::sign_in(&app, "siti@example.id").await.unwrap();
    accounts::refresh(&app, &signed_in).await.unwrap();
    let cabang = app.stranger("jkt", "CABANG", Some("jkt"));
    let data = json!({ "uid": "siti", "disabled": true });
    app.call(&cabang, "setUserDisabled", data).await.result();
    assert_eq!(valid_since(&app).await, revoked);
    assert_eq!(
        accounts::refresh(&app, &signed_in).await.unwrap_err(),
        "USER_DISABLED"
    );
    assert_eq!(
        accounts::sign_in(&app, "siti@example.id")
            .await
            .unwrap_err(),
        "USER_DISABLED"
    );
    let data = json!({ "uid": "siti", "disabled": false });
    app.call(&cabang, "setUserDisabled", data).await.result();
    accounts::refresh(&app, &signed_in).await.unwrap();
    let password = json!({ "localId": "siti", "password": PASSWORD });
    accounts::admin(&app, "accounts:update", &password).await;
    accounts::sign_in(&app, "siti@example.id").await.unwrap();
}

#[tokio::test]
async fn a_deleted_document_revokes() {
    let (app, revoked) = ahead().await;
    crate::support::documents::delete(&app.project, "users/siti").await;
    app.events.delivered().await;
    assert_eq!(valid_since(&app).await, revoked);
}
