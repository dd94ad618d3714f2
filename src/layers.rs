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
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::error::Error;
use crate::state::AppState;

pub use self::record::RequestRecord;
pub(crate) use self::wire::refusal_json;
pub use self::wire::{EVENT_STREAM, wants_stream};

/// Nothing that is answered here is a page; a handler that answers one says what it may load.
const NO_CONTENT: &str = "default-src 'none'; frame-ancestors 'none'";

/// # Source
/// The shortest time for which browsers' preload lists take a host is one year: <https://hstspreload.org>, read 2026-11.
const TWO_YEARS: &str = "max-age=63072000; includeSubDomains";

/// Puts the layers around a router.
pub fn around(router: Router, state: &AppState) -> Router {
    let header =
        |name, value| SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value));
    router
        .layer(from_fn_with_state(
            state.config.callable_timeout,
            time_limit,
        ))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(wire::render))
        .layer(from_fn_with_state(state.config.cors.clone(), cors::answer))
        .layer(header(X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header(REFERRER_POLICY, "no-referrer"))
        .layer(header(CONTENT_SECURITY_POLICY, NO_CONTENT))
        .layer(header(STRICT_TRANSPORT_SECURITY, TWO_YEARS))
        .layer(header(CACHE_CONTROL, "no-store"))
        .layer(from_fn_with_state(state.clone(), record::keep))
}

/// Time until the answer's head. A stream, whose head leaves at once, keeps its own time in `extract::callable`.
async fn time_limit(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Error::deadline_exceeded("the handler passed its time limit").into_response(),
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature that CatchPanicLayer asks for"
)]
fn panicked(panic: Box<dyn Any + Send>) -> Response {
    Error::internal(panic_text(panic.as_ref())).into_response()
}

/// What a panic said, for the log.
pub(crate) fn panic_text(panic: &(dyn Any + Send)) -> String {
    let said = panic
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| panic.downcast_ref::<String>().cloned());
    format!("panic: {}", said.as_deref().unwrap_or("of unknown type"))
}
