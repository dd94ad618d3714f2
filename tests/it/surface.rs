//! Every route against callers who prove nothing. The routes are read from `src/router.rs`, so that a new one is held
//! to it too.

use serde_json::json;

use crate::support::App;
use crate::support::documents::{self, unsigned_token};
use crate::support::key_server::{Answer as KeySource, KeyServer};
use crate::support::signing_key::{FIRST, SECOND};

/// The routes of `src/router.rs`: path and the method router that stands behind it.
fn routes() -> Vec<(String, String)> {
    include_str!("../../src/router.rs")
        .split(".route(")
        .skip(1)
        .map(|route| {
            let mut parts = route.split('"');
            let path = parts.nth(1).unwrap().to_owned();
            let method = parts.next().unwrap().trim_start_matches([',', ' ', '\n']);
            let method = method.split('(').next().unwrap().to_owned();
            (path, method)
        })
        .collect()
}

/// Collections in which anything may be written.
const COLLECTIONS: [&str; 10] = [
    "users",
    "leads",
    "phone_index",
    "invitations",
    "branches",
    "conversations",
    "content_requests",
    "budgets",
    "ledger",
    "settings",
];

async fn nothing_was_written(app: &App) {
    for collection in COLLECTIONS {
        let found = documents::list(&app.project, collection).await;
        assert!(found.is_empty(), "{collection}: {found:?}");
    }
}

#[tokio::test]
async fn no_callable_answers_whoever_proves_nothing() {
    let app = App::start().await;
    let now = app.state.clock.now().as_second();
    let claims = |project: &str, audience: &str| {
        json!({
            "iss": format!("https://securetoken.google.com/{project}"), "aud": audience, "sub": "p1", "role": "PUSAT",
            "iat": now - 9, "auth_time": now - 9, "exp": now + 600,
        })
    };
    let foreign = unsigned_token(&claims("demo-foreign", "demo-foreign"));
    let wrong_audience = unsigned_token(&claims(&app.project, "demo-foreign"));
    let callables: Vec<_> = routes()
        .into_iter()
        .filter(|(_, method)| method == "unary" || method == "streaming")
        .collect();
    assert!(callables.len() >= 8, "{callables:?}");
    for (path, _) in callables {
        for token in [None, Some(&foreign), Some(&wrong_audience)] {
            let body = json!({ "data": {} });
            let answer = app
                .call_with(token.map(String::as_str), &path[1..], body)
                .await;
            assert_eq!(answer.status, 401, "{path}: {answer:?}");
            assert_eq!(answer.code(), "UNAUTHENTICATED", "{path}");
        }
    }
    nothing_was_written(&app).await;
}

#[tokio::test]
async fn no_push_is_taken_from_whoever_proves_nothing() {
    let app = App::start_with(&[
        ("PUSH_AUTH", "oidc"),
        ("PUSH_AUDIENCE", "https://leadgen.example"),
        ("PUSH_SERVICE_ACCOUNTS", "push@demo.iam.gserviceaccount.com"),
        // Nobody listens there: a token that is worth a look finds no keys.
        ("GOOGLE_KEYS_URL", "http://127.0.0.1:9/certs"),
    ])
    .await;
    let pushes: Vec<_> = routes()
        .into_iter()
        .filter(|(path, _)| path.starts_with("/events/") || path.starts_with("/tasks/"))
        .collect();
    assert!(pushes.len() >= 4, "{pushes:?}");
    let unsigned = unsigned_token(&json!({
        "iss": "https://accounts.google.com", "aud": "https://leadgen.example", "sub": "1",
        "email": "push@demo.iam.gserviceaccount.com", "email_verified": true, "exp": 4_000_000_000_u64,
    }));
    for (path, _) in pushes {
        for token in [None, Some("x.y.z"), Some(unsigned.as_str())] {
            let mut request = app
                .http
                .post(format!("{}{path}", app.url))
                .header("ce-id", "1")
                .header("ce-source", "s")
                .header("ce-document", "users/u1")
                .header("content-type", "application/json")
                .header("x-cloudtasks-taskname", "t")
                .body(r#"{"uid":"u1"}"#);
            if let Some(token) = token {
                request = request.bearer_auth(token);
            }
            let status = request.send().await.unwrap().status();
            assert_eq!(status, 401, "{path} with {token:?}");
        }
    }
    nothing_was_written(&app).await;
}

#[tokio::test]
async fn id_tokens_may_have_to_be_signed_with_the_emulators_too() {
    let keys = KeyServer::start(KeySource::jwks(&[&FIRST])).await;
    let app = App::start_with(&[
        ("ID_TOKENS", "signed"),
        ("FIREBASE_KEYS_URL", keys.url().as_str()),
    ])
    .await;
    let now = app.state.clock.now().as_second();
    let claims = json!({
        "iss": format!("https://securetoken.google.com/{}", app.project), "aud": app.project,
        "sub": "m1", "role": "MITRA", "branchId": "c1", "iat": now - 9, "auth_time": now - 9, "exp": now + 600,
    });
    let whoami = async |token: &str| {
        app.call_with(Some(token), "whoami", json!({ "data": null }))
            .await
    };
    assert_eq!(
        whoami(&unsigned_token(&claims)).await.code(),
        "UNAUTHENTICATED"
    );
    assert_eq!(
        whoami(&SECOND.token(&claims)).await.code(),
        "UNAUTHENTICATED"
    );
    assert_eq!(whoami(&FIRST.token(&claims)).await.result()["uid"], "m1");
}

#[tokio::test]
async fn the_emulators_doors_are_shut_to_other_projects() {
    let app = App::start().await;
    for path in [
        "functions/projects/demo-other/triggers/userWritten",
        "functions/projects/demo-other/trigger_multicast",
    ] {
        let url = format!("{}/{path}", app.url);
        let response = app.http.post(url).body("{}").send().await.unwrap();
        assert_eq!(response.status(), 404, "{path}");
    }
}
