//! Refusals as the caller reads them.

use axum::body::Body;
use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;

use super::RequestRecord;
use crate::error::{Error, ErrorBody};

/// The media type of an event stream; a streaming call sends exactly this as `Accept`, with nothing behind it.
pub const EVENT_STREAM: &str = "text/event-stream";

/// Whether the caller is the SDK's `.stream()`.
pub fn wants_stream(method: &Method, headers: &HeaderMap) -> bool {
    method == Method::POST
        && headers
            .get(ACCEPT)
            .is_some_and(|accept| accept.as_bytes() == EVENT_STREAM.as_bytes())
}

#[derive(Serialize)]
struct Refusal {
    error: ErrorBody,
}

/// The text of a refusal: `{"error": …}`.
pub(crate) fn refusal_json(error: &Error, record: &RequestRecord) -> String {
    record.note_refusal(error);
    let body = Refusal {
        error: error.body(record.request_id(), record.language()),
    };
    serde_json::to_string(&body)
        .unwrap_or_else(|_| r#"{"error":{"message":"INTERNAL","status":"INTERNAL"}}"#.to_owned())
}

/// Writes out the [`Error`] that a response carries.
pub(super) fn render(mut response: Response, record: &RequestRecord) -> Response {
    let Some(error) = response.extensions_mut().remove::<Error>() else {
        return response;
    };
    let json = refusal_json(&error, record);
    if record.stream() {
        return (
            [(CONTENT_TYPE, EVENT_STREAM), (CACHE_CONTROL, "no-cache")],
            format!("data: {json}\n\n"),
        )
            .into_response();
    }
    let mut refusal = Response::new(Body::from(json));
    *refusal.status_mut() =
        StatusCode::from_u16(error.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = refusal.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/json; charset=utf-8"),
    );
    if let Some(seconds) = error.retry_after_seconds() {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    refusal
}
