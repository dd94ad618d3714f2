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

/// The kinds of alarm that stand in a text as `alarm = "KIND"`.
fn alarms(text: &str) -> impl Iterator<Item = String> {
    text.split("alarm = \"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next().map(ToOwned::to_owned))
}

fn sources(folder: &std::path::Path, found: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else {
            found.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn every_alarm_of_the_log_calls_somebody_and_none_is_awaited_in_vain() {
    let mut text = String::new();
    sources(
        &std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut text,
    );
    let raised: std::collections::BTreeSet<_> = alarms(&text).collect();
    let awaited = include_str!("../../../deploy/alarms")
        .lines()
        .filter_map(|line| line.split('|').next().map(ToOwned::to_owned))
        .collect();
    assert_eq!(raised, awaited);
    let runbook = include_str!("../../../docs/runbook.md");
    for line in include_str!("../../../deploy/alarms").lines() {
        let title = line.split('"').nth(1).unwrap();
        assert!(runbook.contains(&format!("## {title}")), "{title}");
    }
}
