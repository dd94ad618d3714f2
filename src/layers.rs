//! What surrounds every request, from the outside in: record, CORS, rendering of refusals, panics, time limit.
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
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use tower_http::catch_panic::CatchPanicLayer;

use crate::error::Error;
use crate::state::AppState;

pub use self::record::RequestRecord;
pub(crate) use self::wire::refusal_json;
pub use self::wire::{EVENT_STREAM, wants_stream};

/// Puts the layers around a router.
pub fn around(router: Router, state: &AppState) -> Router {
    router
        .layer(from_fn_with_state(
            state.config.callable_timeout,
            time_limit,
        ))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(wire::render))
        .layer(from_fn_with_state(state.config.cors.clone(), cors::answer))
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
