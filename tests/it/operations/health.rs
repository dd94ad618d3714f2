//! Alive, ready, and what callers read when Firestore is away.

use serde_json::json;

use crate::support::App;

/// An address where nobody listens.
fn refusing() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

#[tokio::test]
async fn ready_means_that_firestore_answers() {
    let app = App::start().await;
    let get = async |app: &App, path: &str| {
        let response = app.http.get(format!("{}{path}", app.url)).send().await;
        response.unwrap().status().as_u16()
    };
    assert_eq!(get(&app, "/livez").await, 200);
    assert_eq!(get(&app, "/readyz").await, 200);
    let away = App::start_with(&[("FIRESTORE_EMULATOR_HOST", &refusing())]).await;
    assert_eq!(get(&away, "/livez").await, 200);
    assert_eq!(get(&away, "/readyz").await, 503);
}

/// Every callable that needs Firestore, with data that would be taken.
fn needing_firestore() -> Vec<(&'static str, serde_json::Value)> {
    vec![
        (
            "createLead",
            json!({ "name": "Siti", "phone": "0812 3456 7890", "source": "MANUAL" }),
        ),
        ("assignLead", json!({ "leadId": "l1", "assignedTo": "m1" })),
        (
            "importLeads",
            json!({ "rows": [{ "name": "Siti", "phone": "081234567890" }] }),
        ),
        ("leadStats", json!({})),
        (
            "inviteUser",
            json!({ "email": "a@example.id", "role": "MITRA" }),
        ),
        ("setUserDisabled", json!({ "uid": "m1", "disabled": true })),
    ]
}

#[tokio::test]
async fn a_firestore_that_is_away_is_unavailable_and_nothing_else() {
    // One that refuses, and one that takes the connection and never says a word.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    for address in [refusing(), silent.local_addr().unwrap().to_string()] {
        let app = App::start_with(&[("FIRESTORE_EMULATOR_HOST", &address)]).await;
        let branch = app.stranger("c1", "CABANG", Some("c1"));
        let calls = needing_firestore().into_iter().map(|(name, data)| {
            let (app, branch) = (&app, &branch);
            async move { (name, app.call(branch, name, data).await) }
        });
        for (name, answer) in futures::future::join_all(calls).await {
            assert_eq!(answer.code(), "UNAVAILABLE", "{name}: {answer:?}");
            assert_eq!(answer.status, 503, "{name}");
        }
        let pusat = app.stranger("p1", "PUSAT", None);
        let answer = app
            .call(
                &pusat,
                "setUserRole",
                json!({ "uid": "m1", "role": "MITRA" }),
            )
            .await;
        assert_eq!(answer.code(), "UNAVAILABLE", "{answer:?}");
        assert_eq!(app.call(&branch, "whoami", json!(null)).await.status, 200);
    }
}
