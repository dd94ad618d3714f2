//! What holds whatever is called: careful headers on every answer, a pace for each person, and a deployment that knows the doors.

use jiff::SignedDuration;
use leadgen_pro::clock::Clock;
use serde_json::json;

use crate::support::App;

#[tokio::test]
async fn every_answer_tells_browsers_to_be_careful() {
    let app = App::start().await;
    for (method, path) in [
        ("GET", "/livez"),
        ("GET", "/nowhere"),
        ("POST", "/whoami"),
        ("OPTIONS", "/whoami"),
        ("POST", "/api/whoami"),
        ("POST", "/webhookHandler"),
    ] {
        let response = app
            .http
            .request(method.parse().unwrap(), format!("{}{path}", app.url))
            .send()
            .await
            .unwrap();
        let header = |name: &str| {
            let value = response.headers().get(name);
            value.map(|value| value.to_str().unwrap().to_owned())
        };
        let careful = [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            (
                "content-security-policy",
                "default-src 'none'; frame-ancestors 'none'",
            ),
            (
                "strict-transport-security",
                "max-age=63072000; includeSubDomains",
            ),
            ("cache-control", "no-store"),
        ];
        for (name, value) in careful {
            assert_eq!(header(name).as_deref(), Some(value), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn whoever_orders_too_fast_waits_and_nobody_else_does() {
    let (clock, hands) = Clock::manual("2026-11-23T03:00:00Z".parse().unwrap());
    let app = App::start_at(&clock, &[]).await;
    let (busy, calm) = (
        app.stranger("busy", "MITRA", Some("jkt")),
        app.stranger("calm", "MITRA", Some("jkt")),
    );
    let import = || json!({ "rows": [] });
    for _ in 0..3 {
        let answer = app.call(&busy, "importLeads", import()).await;
        assert_ne!(answer.refusal().1, "TOO_FAST", "{}", answer.body);
    }
    let refused = app.call(&busy, "importLeads", import()).await;
    assert_eq!(refused.status, 429);
    assert_eq!(refused.refusal().1, "TOO_FAST");
    assert_eq!(refused.body["error"]["details"]["retryAfterSeconds"], 10);
    let other = app.call(&calm, "importLeads", import()).await;
    assert_ne!(other.refusal().1, "TOO_FAST", "{}", other.body);
    hands.advance(SignedDuration::from_secs(10));
    let again = app.call(&busy, "importLeads", import()).await;
    assert_ne!(again.refusal().1, "TOO_FAST", "{}", again.body);
}

/// Every path that `deploy/` has Google call.
fn pushed_paths() -> Vec<String> {
    [
        include_str!("../../../deploy/steps/events.sh"),
        include_str!("../../../deploy/steps/schedules.sh"),
        include_str!("../../../deploy/steps/budget.sh"),
        include_str!("../../../deploy/steps/sign-in.sh"),
    ]
    .into_iter()
    .flat_map(|text| text.split(|c: char| !c.is_ascii_alphanumeric() && c != '/'))
    .filter_map(|word| {
        let at = ["/events/", "/tasks/", "/auth/"]
            .into_iter()
            .find_map(|door| word.find(door))?;
        Some(word[at..].to_owned())
    })
    .collect()
}

#[tokio::test]
async fn what_the_deployment_calls_is_there_and_what_is_there_is_called() {
    let app = App::start().await;
    let mut paths = pushed_paths();
    paths.sort();
    paths.dedup();
    for path in &paths {
        let url = format!("{}{path}", app.url);
        let response = app.http.post(url).send().await.unwrap();
        assert_ne!(response.status(), 404, "{path}");
    }
    // Workers are called by tasks that the service itself puts; events and schedules by nobody who is not set up.
    let router = include_str!("../../../src/router.rs");
    for door in router
        .split('"')
        .filter(|path| path.starts_with("/events/"))
    {
        assert!(
            paths.iter().any(|path| path == door),
            "deploy/steps/events.sh does not know {door}"
        );
    }
}
