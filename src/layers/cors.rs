//! CORS as Cloud Functions for Firebase answer it, so that a page cannot tell the difference.
//!
//! # Source
//! The `cors` middleware with `{origin: true, methods: "POST"}` as firebase-functions 7.4 uses it, recorded 2026-11.

use axum::extract::{Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_REQUEST_HEADERS, ORIGIN, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use crate::config::CorsOrigins;

/// Answers every OPTIONS request as a preflight, and lets the page read every other answer, refusals included.
pub(super) async fn answer(
    State(origins): State<CorsOrigins>,
    request: Request,
    next: Next,
) -> Response {
    let allowed = allowed_origin(&origins, request.headers());
    if request.method() == Method::OPTIONS {
        return preflight(allowed, request.headers());
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.append(VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = allowed {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    response
}

fn allowed_origin(origins: &CorsOrigins, headers: &HeaderMap) -> Option<HeaderValue> {
    let origin = headers.get(ORIGIN)?;
    let allowed = match origins {
        CorsOrigins::Any => true,
        CorsOrigins::Only(list) => list.iter().any(|item| item.as_bytes() == origin.as_bytes()),
    };
    allowed.then(|| origin.clone())
}

fn preflight(allowed: Option<HeaderValue>, request: &HeaderMap) -> Response {
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
