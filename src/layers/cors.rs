//! CORS as Cloud Functions for Firebase answer it, so that a page cannot tell the difference.
//!
//! # Source
//! The `cors` middleware with `{origin: true, methods: "POST"}` as firebase-functions 7.4 uses it, recorded 2026-11.

use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_REQUEST_HEADERS, ORIGIN, VARY,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;

use crate::config::CorsOrigins;

/// The caller's origin, when its page may read answers.
pub(super) fn allowed_origin(origins: &CorsOrigins, headers: &HeaderMap) -> Option<HeaderValue> {
    let origin = headers.get(ORIGIN)?;
    let allowed = match origins {
        CorsOrigins::Any => true,
        CorsOrigins::Only(list) => list.iter().any(|item| item.as_bytes() == origin.as_bytes()),
    };
    allowed.then(|| origin.clone())
}

/// Lets the page read an answer, refusals included.
pub(super) fn let_read(headers: &mut HeaderMap, allowed: Option<HeaderValue>) {
    headers.append(VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = allowed {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
}

/// The answer to every OPTIONS request.
pub(super) fn preflight(allowed: Option<HeaderValue>, request: &HeaderMap) -> Response {
    let mut response = Response::new(axum::body::Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(
        VARY,
        HeaderValue::from_static("Origin, Access-Control-Request-Headers"),
    );
    headers.insert(
        ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("POST"),
    );
    if let Some(origin) = allowed {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    // Echoed, not "*": a literal star does not cover `authorization`.
    if let Some(asked) = request.get(ACCESS_CONTROL_REQUEST_HEADERS) {
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, asked.clone());
    }
    response
}
