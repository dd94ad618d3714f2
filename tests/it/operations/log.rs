//! One line a request, in Cloud Logging's form, and nothing in it that is somebody's.

use serde_json::{Value, json};

use super::process::{Service, settings};
use crate::support::documents::unsigned_token;

#[tokio::test]
async fn a_request_is_one_line_with_trace_latency_and_cost() {
    let project = "demo-log";
    let mut service = Service::start(&settings(project)).await;
    let now = jiff::Timestamp::now().as_second();
    let token = unsigned_token(&json!({
        "iss": format!("https://securetoken.google.com/{project}"),
        "aud": project, "sub": "branch-1", "role": "CABANG", "branchId": "branch-1",
        "email": "rahasia@example.id", "email_verified": true,
        "iat": now - 9, "auth_time": now - 9, "exp": now + 600,
    }));
    let http = reqwest::Client::new();
    let post = |name: &str| {
        http.post(format!("http://{}/{name}", service.address))
            .bearer_auth(&token)
            .header(
                "traceparent",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            )
    };
    let phone = format!("0812{:08}", now % 100_000_000);
    let lead = json!({ "name": "Nama Rahasia", "phone": phone, "source": "MANUAL", "note": "catatan rahasia" });
    let requests = [
        post("createLead").json(&json!({ "data": lead })),
        post("createLead").json(&json!({ "data": { "name": "Nama Rahasia", "phone": "0899-rahasia", "source": "MANUAL" } })),
        post("createLead").header("content-type", "application/json").body("{\"data\": catatan rahasia"),
        post("rahasia-081234567890").json(&json!({ "data": lead })),
    ];
    for request in requests {
        request.send().await.unwrap();
    }
    service.line_with("(unknown)").await;
    service.signal("TERM").await;
    service.line_with("draining").await;

    let entries: Vec<Value> = service
        .lines
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let requests: Vec<&Value> = entries
        .iter()
        .filter(|entry| entry["route"].is_string())
        .collect();
    assert_eq!(requests.len(), 4, "{entries:#?}");
    // A line is written when the answer has left, so two may change places.
    let line = |field: &str, value: Value| {
        let found = requests.iter().find(|entry| entry[field] == value);
        *found.unwrap_or_else(|| panic!("no line with {field} {value}: {entries:#?}"))
    };
    let created = line("status", json!(200));
    assert_eq!(created["severity"], "INFO", "{created}");
    assert_eq!(created["route"], "/createLead");
    assert_eq!(created["uid"], "branch-1");
    assert_eq!(
        created["logging.googleapis.com/trace"],
        "projects/demo-log/traces/0af7651916cd43dd8448eb211c80319c"
    );
    assert_eq!(created["logging.googleapis.com/spanId"], "b7ad6b7169203331");
    assert!(created["latency_ms"].as_f64().unwrap() > 0.0);
    assert_eq!(created["firestore_requests"], 1, "{created}");
    assert_eq!(line("field", json!("phone"))["code"], "INVALID_ARGUMENT");
    let whole = service.lines.concat();
    let national = phone.trim_start_matches('0');
    for secret in ["ahasia", &token, national, "0899", "081234567890"] {
        assert!(
            !whole.contains(secret),
            "{secret:?} stands in the log: {whole}"
        );
    }
}

#[tokio::test]
async fn for_people_it_is_one_line_without_what_stands_around_it() {
    let mut settings = settings("demo-log");
    settings.push(("LOG_FORMAT".to_owned(), "text".to_owned()));
    let mut service = Service::start(&settings).await;
    let http = reqwest::Client::new();
    let url = format!("http://{}/livez", service.address);
    assert_eq!(http.get(url).send().await.unwrap().status(), 200);
    let line = service.line_with("GET /livez 200").await;
    assert!(line.contains(" INFO "), "{line}");
    assert!(line.contains("firestore_requests=0"), "{line}");
    assert!(!line.contains("http.route"), "{line}");
    assert_eq!(
        line.matches("/livez").count(),
        2,
        "as text, and as route: {line}"
    );
}
