//! Streaming calls: an event stream from every layer, whatever happens.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use super::lab::Lab;
use crate::support::eventually;

/// Reads the events of a stream to its end.
async fn events(request: reqwest::RequestBuilder) -> Vec<Value> {
    let response = request
        .header("accept", "text/event-stream")
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert_eq!(response.headers()["cache-control"], "no-cache");
    let text = response.text().await.unwrap();
    text.split("\n\n")
        .filter(|event| !event.is_empty())
        .map(|event| serde_json::from_str(event.strip_prefix("data: ").unwrap()).unwrap())
        .collect()
}

fn statuses(events: &[Value]) -> Vec<&str> {
    events
        .iter()
        .map(|event| event["error"]["status"].as_str().unwrap_or_default())
        .collect()
}

#[tokio::test]
async fn chunks_come_before_the_result_and_in_order() {
    let lab = Lab::start(&[]).await;
    let got = events(lab.post("count").json(&json!({ "data": 100 }))).await;
    let mut expected: Vec<_> = (0..100)
        .map(|number| json!({ "message": { "number": number } }))
        .collect();
    expected.push(json!({ "result": 100 }));
    assert_eq!(got, expected);
}

#[tokio::test]
async fn every_callable_can_be_streamed_and_every_streaming_one_called() {
    let lab = Lab::start(&[]).await;
    let streamed = events(lab.post("echo").json(&json!({ "data": [1] }))).await;
    assert_eq!(streamed, [json!({ "result": [1] })]);
    let response = lab.post("count").json(&json!({ "data": 3 })).send().await;
    let called: Value = response.unwrap().json().await.unwrap();
    assert_eq!(called, json!({ "result": 3 }));
}

#[tokio::test]
async fn a_failure_after_chunks_ends_the_stream() {
    let lab = Lab::start(&[]).await;
    let data = json!({ "data": { "chunks": 2, "code": "DATA_LOSS" } });
    let got = events(lab.post("fail").json(&data)).await;
    assert_eq!(statuses(&got), ["", "", "DATA_LOSS"]);
    assert_eq!(got[2]["error"]["details"]["reason"], "TOO_FAST");
    let data = json!({ "data": { "chunks": 1, "code": "PANIC" } });
    let got = events(lab.post("fail").json(&data)).await;
    let internal = json!({ "error": { "message": "INTERNAL", "status": "INTERNAL" } });
    assert_eq!(got, [json!({ "message": 0 }), internal]);
}

#[tokio::test]
async fn every_layer_refuses_a_streaming_call_with_an_event() {
    let lab = Lab::start(&[]).await;
    let one = json!({ "data": 1 });
    for (request, status) in [
        (lab.post("nowhere").json(&one), "NOT_FOUND"),
        (lab.post("echo").json(&json!({})), "INVALID_ARGUMENT"),
        (
            lab.app.http.post(format!("{}/echo", lab.url)).json(&one),
            "UNAUTHENTICATED",
        ),
        (lab.post("panic").json(&one), "INTERNAL"),
        (lab.post("shape").json(&one), "INVALID_ARGUMENT"),
        (
            lab.post("echo")
                .json(&json!({ "data": "a".repeat(11 << 20) })),
            "INVALID_ARGUMENT",
        ),
    ] {
        let got = events(request).await;
        assert_eq!(statuses(&got), [status]);
    }
}

#[tokio::test]
async fn a_call_that_takes_too_long_is_told_so() {
    let lab = Lab::start(&[("CALLABLE_TIMEOUT_SECONDS", "1")]).await;
    let one = json!({ "data": 1 });
    let response = lab.post("slow").json(&one).send().await.unwrap();
    assert_eq!(response.status(), 504);
    let got = events(lab.post("slow").json(&one)).await;
    assert_eq!(statuses(&got), ["", "DEADLINE_EXCEEDED"]);
    assert_eq!(lab.abandoned.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn the_handler_ends_when_the_reader_leaves() {
    let lab = Lab::start(&[]).await;
    let mut response = lab
        .post("slow")
        .header("accept", "text/event-stream")
        .json(&json!({ "data": 1 }))
        .send()
        .await
        .unwrap();
    let first = response.chunk().await.unwrap().unwrap();
    assert_eq!(&first[..], b"data: {\"message\":\"begun\"}\n\n");
    assert_eq!(lab.abandoned.load(Ordering::SeqCst), 0);
    drop(response);
    eventually("the handler's end", || async {
        (lab.abandoned.load(Ordering::SeqCst) == 1).then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_accept_with_anything_more_asks_for_no_stream() {
    let lab = Lab::start(&[]).await;
    for accept in ["text/event-stream, */*", "text/event-stream;q=1", "*/*"] {
        let request = lab.post("echo").header("accept", accept);
        let response = request.json(&json!({ "data": 1 })).send().await.unwrap();
        let body: Value = response.json().await.unwrap();
        assert_eq!(body, json!({ "result": 1 }), "{accept}");
    }
}
