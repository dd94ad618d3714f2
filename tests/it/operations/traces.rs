//! Traces reach whoever collects them, under the caller's own trace, and say nothing that a log may not.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use serde_json::json;
use tokio::net::TcpListener;

use super::process::{Service, settings};

/// A collector of OTLP traces.
async fn collector() -> (String, Arc<Mutex<Vec<Bytes>>>) {
    let got = Arc::<Mutex<Vec<Bytes>>>::default();
    let keep = Arc::clone(&got);
    let router = Router::new().route(
        "/v1/traces",
        post(async move |body: Bytes| keep.lock().unwrap().push(body)),
    );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1/traces", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (url, got)
}

fn spans(bodies: &[Bytes]) -> Vec<Span> {
    bodies
        .iter()
        .map(|body| ExportTraceServiceRequest::decode(body.clone()).unwrap())
        .flat_map(|request| request.resource_spans)
        .flat_map(|of| of.scope_spans)
        .flat_map(|of| of.spans)
        .collect()
}

#[tokio::test]
async fn a_request_is_a_span_of_its_callers_trace_with_its_round_trips_inside() {
    let (url, got) = collector().await;
    let project = "demo-traces";
    let mut settings = settings(project);
    settings.push(("TRACES".to_owned(), "cloud".to_owned()));
    settings.push(("TRACES_URL".to_owned(), url));
    settings.push(("TRACES_RATIO".to_owned(), "0".to_owned()));
    let mut service = Service::start(&settings).await;
    let now = jiff::Timestamp::now().as_second();
    let token = crate::support::documents::unsigned_token(&json!({
        "iss": format!("https://securetoken.google.com/{project}"), "aud": project, "sub": "traced", "role": "PUSAT",
        "iat": now - 9, "auth_time": now - 9, "exp": now + 600,
    }));
    let call = |parent: &'static str| {
        reqwest::Client::new()
            .post(format!("http://{}/leadStats", service.address))
            .header("traceparent", parent)
            .bearer_auth(&token)
            .json(&json!({ "data": {} }))
            .send()
    };
    let sampled = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let unsampled = "00-11111111111111111111111111111111-2222222222222222-00";
    assert_eq!(call(sampled).await.unwrap().status(), 200);
    assert_eq!(call(unsampled).await.unwrap().status(), 200);
    // What is left is sent before the end.
    service.signal("TERM").await;
    assert_eq!(service.child.wait().await.unwrap().code(), Some(0));

    let bodies = got.lock().unwrap().clone();
    let spans = spans(&bodies);
    let trace = 0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736_u128.to_be_bytes();
    assert!(spans.iter().all(|span| span.trace_id == trace), "{spans:?}");
    let request = spans.iter().find(|span| span.name == "/leadStats").unwrap();
    assert_eq!(
        request.parent_span_id,
        0x00f0_67aa_0ba9_02b7_u64.to_be_bytes()
    );
    assert!(
        spans
            .iter()
            .any(|span| span.name == "firestore" && span.parent_span_id == request.span_id),
        "{spans:?}"
    );
    let told = format!("{spans:?}");
    for secret in [token.as_str(), &token[..40]] {
        assert!(!told.contains(secret));
    }
}
