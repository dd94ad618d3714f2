//! What surrounds every request, from the outside in: record, CORS, rendering of refusals, panics, time limit, and the
//! headers that make browsers careful.
//!
//! *Invariant:* a refusal looks the same whatever layer it comes from. Layers and handlers answer with an
//! [`Error`](crate::error::Error); only [`wire`] writes it out, as JSON or, for a streaming call, as an event stream,
//! because the Firebase JS SDK waits for ever on anything else.

mod cors;
mod record;
mod wire;

use std::any::Any;
use std::panic::AssertUnwindSafe;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use futures::FutureExt as _;

use crate::error::Error;
use crate::state::AppState;

pub use self::record::RequestRecord;
pub(crate) use self::wire::refusal_json;
pub use self::wire::{EVENT_STREAM, wants_stream};

/// What every answer carries unless its handler says otherwise.
///
/// # Source
/// The shortest time for which browsers' preload lists take a host is one year: <https://hstspreload.org>, read 2026-11.
const CAREFUL: [(HeaderName, HeaderValue); 5] = [
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    // Nothing that is answered here is a page; a handler that answers one says what it may load.
    (
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
    ),
    // Two years.
    (
        STRICT_TRANSPORT_SECURITY,
        HeaderValue::from_static("max-age=63072000; includeSubDomains"),
    ),
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
];

/// Puts the layers around a router: one function, since each layer of axum's own costs every request a handful of allocations.
pub fn around(router: Router, state: &AppState) -> Router {
    router.layer(from_fn_with_state(state.clone(), surround))
}

async fn surround(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let record = RequestRecord::begin(&state, &request);
    request.extensions_mut().insert(record.clone());
    let answer = answer(&state, &record, request, next);
    let mut response = record.keeping(answer).await;
    be_careful(response.headers_mut());
    record.close(&mut response);
    response
}

async fn answer(
    state: &AppState,
    record: &RequestRecord,
    request: Request,
    next: Next,
) -> Response {
    let origin = cors::allowed_origin(&state.config.cors, request.headers());
    if request.method() == Method::OPTIONS {
        return cors::preflight(origin, request.headers());
    }
    let response = match AssertUnwindSafe(in_time(state, request, next))
        .catch_unwind()
        .await
    {
        Ok(response) => response,
        Err(panic) => Error::internal(panic_text(panic.as_ref())).into_response(),
    };
    let mut response = wire::render(response, record);
    cors::let_read(response.headers_mut(), origin);
    response
}

/// Time until the answer's head. A stream, whose head leaves at once, keeps its own time in `extract::callable`.
async fn in_time(state: &AppState, request: Request, next: Next) -> Response {
    match tokio::time::timeout(state.config.callable_timeout, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Error::deadline_exceeded("the handler passed its time limit").into_response(),
    }
}

fn be_careful(headers: &mut HeaderMap) {
    headers.reserve(CAREFUL.len());
    for (name, value) in CAREFUL {
        headers.entry(name).or_insert(value);
    }
}

/// What a panic said, for the log.
pub(crate) fn panic_text(panic: &(dyn Any + Send)) -> String {
    let said = panic
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| panic.downcast_ref::<String>().cloned());
    format!("panic: {}", said.as_deref().unwrap_or("of unknown type"))
}
