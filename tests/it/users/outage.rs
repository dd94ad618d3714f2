//! Firestore is away while people sign up and in: they come in, and their claims later.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::net::TcpListener;

use super::accounts::{self, place_in};
use crate::support::App;

/// A server that takes connections and never answers.
async fn black_hole() -> (String, TcpListener) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    (listener.local_addr().unwrap().to_string(), listener)
}

#[tokio::test]
async fn sign_up_goes_on_within_the_time_that_identity_platform_gives() {
    let (address, _listener) = black_hole().await;
    let app = App::start_with(&[("FIRESTORE_EMULATOR_HOST", &address)]).await;
    let started = Instant::now();
    let signed_up = accounts::sign_in_with_google(&app, "siti@contoh.id")
        .await
        .unwrap();
    // Two blocking functions, each of which may take 7 s.
    assert!(
        started.elapsed() < Duration::from_secs(10),
        "{:?}",
        started.elapsed()
    );
    assert_eq!(place_in(&signed_up.person.token), (None, None));
}

#[tokio::test]
async fn sign_in_goes_on_with_the_claims_there_are() {
    let app = App::start_with(&[("FIRESTORE_EMULATOR_HOST", "127.0.0.1:1")]).await;
    let signed_up = accounts::sign_in_with_google(&app, "siti@contoh.id")
        .await
        .unwrap();
    let claims = json!({ "role": "CABANG", "branchId": "jkt" });
    accounts::set_claims(&app, &signed_up.person.uid, claims).await;
    let signed_in = accounts::sign_in_with_google(&app, "siti@contoh.id")
        .await
        .unwrap();
    let place = (Some("CABANG".to_owned()), Some("jkt".to_owned()));
    assert_eq!(place_in(&signed_in.person.token), place);
}

#[tokio::test]
async fn callables_say_that_they_cannot_now() {
    let app = App::start_with(&[("FIRESTORE_EMULATOR_HOST", "127.0.0.1:1")]).await;
    let nobody = app.stranger("siti", "MITRA", None);
    let pusat = app.stranger("pusat", "PUSAT", None);
    for (person, name, data) in [
        (&nobody, "whoami", json!(null)),
        (
            &pusat,
            "inviteUser",
            json!({ "email": "a@b.id", "role": "PUSAT" }),
        ),
        (
            &pusat,
            "setUserRole",
            json!({ "uid": "siti", "role": "PUSAT" }),
        ),
        (
            &pusat,
            "setUserDisabled",
            json!({ "uid": "siti", "disabled": true }),
        ),
    ] {
        let answer = app.call(person, name, data).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (503, "UNAVAILABLE"),
            "{name}"
        );
    }
    let placed = app.call(&pusat, "whoami", json!(null)).await;
    assert_eq!(placed.result()["role"], "PUSAT");
}

#[tokio::test]
async fn an_event_that_cannot_be_followed_now_is_asked_for_again() {
    let app = App::start_with(&[("FIRESTORE_EMULATOR_HOST", "127.0.0.1:1")]).await;
    let uid = app.create_account(&json!({ "email": "a@contoh.id" })).await;
    for path in ["/events/userCreated", "/events/userDeleted"] {
        let event = app.http.post(format!("{}{path}", app.url));
        let response = event.json(&json!({ "uid": uid })).send().await.unwrap();
        assert_eq!(response.status(), 503, "{path}");
    }
}
