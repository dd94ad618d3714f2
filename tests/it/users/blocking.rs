//! The blocking functions: what they take, what they answer, whom they keep out.

use serde_json::{Value, json};

use super::{accounts, edit};
use crate::support::documents::unsigned_token;
use crate::support::{App, documents};

/// A blocking token as the Auth emulator makes it; `other` claims win.
fn question(app: &App, event: &str, other: &Value) -> Value {
    let now = app.state.clock.now().as_second();
    let mut claims = json!({
        "iss": format!("https://securetoken.google.com/{}", app.project),
        "aud": format!("{}/auth/{event}", app.url),
        "iat": now,
        "exp": now + 600,
        "event_id": "e1",
        "event_type": event,
        "sub": "u1",
        "sign_in_method": "password",
        "user_record": {
            "uid": "u1",
            "email": "siti@contoh.id",
            "email_verified": true,
            "custom_claims": { "plan": "gold" },
        },
    });
    let fields = other.as_object().unwrap().clone();
    claims.as_object_mut().unwrap().extend(fields);
    json!({ "data": { "jwt": unsigned_token(&claims) } })
}

async fn ask(app: &App, event: &str, body: &Value) -> (u16, Value) {
    let response = app
        .http
        .post(format!("{}/auth/{event}", app.url))
        .json(body)
        .send()
        .await
        .unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

#[tokio::test]
async fn the_answer_holds_custom_claims_and_nothing_else() {
    let app = App::start().await;
    app.staff("jkt", "CABANG", Some("jkt")).await;
    app.events.delivered().await;
    for event in ["beforeCreate", "beforeSignIn"] {
        let answer = ask(&app, event, &question(&app, event, &json!({}))).await;
        let claims = json!({ "plan": "gold", "role": "MITRA" });
        let record = json!({ "customClaims": claims, "updateMask": "customClaims" });
        assert_eq!(answer, (200, json!({ "userRecord": record })), "{event}");
        // Claims that agree already are not sent again.
        let user = json!({ "uid": "u1", "email": "a@b.id", "custom_claims": { "role": "MITRA" } });
        let asked = question(&app, event, &json!({ "user_record": user }));
        assert_eq!(ask(&app, event, &asked).await, (200, json!({})), "{event}");
    }
    // Nothing is written: a sign-up may fail after this.
    app.events.delivered().await;
    assert_eq!(documents::get(&app.project, "users/u1").await, None);
}

#[tokio::test]
async fn claims_that_would_not_fit_are_not_sent() {
    let app = App::start().await;
    let user = json!({ "uid": "u1", "custom_claims": { "plan": "x".repeat(980) } });
    let asked = question(&app, "beforeCreate", &json!({ "user_record": user }));
    assert_eq!(ask(&app, "beforeCreate", &asked).await, (200, json!({})));
}

#[tokio::test]
async fn what_is_no_such_request_is_answered_as_by_firebase_functions() {
    let app = App::start().await;
    let good = question(&app, "beforeCreate", &json!({})).to_string();
    let bad_request =
        json!({ "error": { "message": "Bad Request", "status": "INVALID_ARGUMENT" } });
    let url = format!("{}/auth/beforeCreate", app.url);
    let json_type = "application/json";
    for (method, content_type, body) in [
        (reqwest::Method::GET, json_type, good.as_str()),
        (reqwest::Method::PUT, json_type, good.as_str()),
        (reqwest::Method::POST, "text/plain", good.as_str()),
        (reqwest::Method::POST, json_type, ""),
        (reqwest::Method::POST, json_type, "{"),
        (reqwest::Method::POST, json_type, "{}"),
        (reqwest::Method::POST, json_type, r#"{"data":{}}"#),
        (reqwest::Method::POST, json_type, r#"{"data":{"jwt":""}}"#),
        (reqwest::Method::POST, json_type, r#"{"data":{"jwt":1}}"#),
    ] {
        let request = app
            .http
            .request(method.clone(), &url)
            .header("content-type", content_type)
            .body(body.to_owned());
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 400, "{method} {content_type} {body}");
        let answer: Value = response.json().await.unwrap();
        assert_eq!(answer, bad_request, "{method} {content_type} {body}");
    }
}

#[tokio::test]
async fn a_token_that_is_not_for_this_function_is_refused() {
    let app = App::start().await;
    let refused = json!({ "error": { "message": "Unauthenticated", "status": "UNAUTHENTICATED" } });
    let url = |path: &str| format!("{}{path}", app.url);
    for other in [
        json!({ "aud": url("/auth/beforeSignIn") }),
        json!({ "aud": url("") }),
        json!({ "aud": url("/auth/beforeCreate/") }),
        json!({ "aud": [url("/auth/beforeCreate")] }),
        json!({ "event_type": "beforeSignIn" }),
        json!({ "iss": "https://securetoken.google.com/demo-other" }),
        json!({ "exp": 1_000 }),
        json!({ "sub": "u2" }),
        json!({ "sub": "a/b", "user_record": { "uid": "a/b" } }),
        json!({ "user_record": null }),
    ] {
        let asked = question(&app, "beforeCreate", &other);
        let answer = ask(&app, "beforeCreate", &asked).await;
        assert_eq!(answer, (401, refused.clone()), "{other}");
    }
    // An ID token, which everybody has, is none.
    let person = app.stranger("u1", "PUSAT", None);
    let asked = json!({ "data": { "jwt": person.token } });
    assert_eq!(ask(&app, "beforeCreate", &asked).await.0, 401);
}

#[tokio::test]
async fn whoever_is_shut_out_in_the_document_is_kept_out() {
    let app = App::start().await;
    app.staff("jkt", "CABANG", Some("jkt")).await;
    app.events.delivered().await;
    // The event that would close the account is lost: the document alone says it.
    app.events.lose(true);
    edit(&app, "jkt", json!({ "disabled": true }), &["disabled"]).await;
    let refusal = accounts::sign_in(&app, "jkt@example.id").await.unwrap_err();
    assert!(refusal.contains("PERMISSION_DENIED"), "{refusal}");
    assert!(refusal.contains("USER_DISABLED"), "{refusal}");
    // The SDK cuts at " : ", and Identity Platform has put one there itself.
    assert_eq!(refusal.matches(" : ").count(), 1, "{refusal}");
}

#[tokio::test]
async fn a_sign_in_brings_the_claims_that_the_document_asks_for() {
    let app = App::start().await;
    app.staff("jkt", "CABANG", Some("jkt")).await;
    app.events.delivered().await;
    app.events.lose(true);
    accounts::set_claims(&app, "jkt", json!({ "plan": "gold" })).await;
    let signed_in = accounts::sign_in(&app, "jkt@example.id").await.unwrap();
    let place = accounts::place_in(&signed_in.person.token);
    assert_eq!(place, (Some("CABANG".to_owned()), Some("jkt".to_owned())));
    let claims = json!({ "role": "CABANG", "branchId": "jkt", "plan": "gold" });
    assert_eq!(accounts::claims(&app, "jkt").await, claims);
    // What is about to be taken back changes nothing.
    edit(&app, "jkt", json!({ "role": "BOS" }), &["role"]).await;
    let signed_in = accounts::sign_in(&app, "jkt@example.id").await.unwrap();
    assert_eq!(accounts::place_in(&signed_in.person.token), place);
}
