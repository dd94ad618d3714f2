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
use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::Router;
use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::response::{IntoResponse as _, Response};
use axum::routing::Route;
use axum::routing::future::RouteFuture;
use futures::FutureExt as _;
use tower::Service;
use tower::layer::layer_fn;

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

/// Room for them, and for what handlers say of a body: a map that grows is made twice.
const HEADERS: usize = 16;

/// Puts the layers around a router: as one, since each layer that axum makes of a function costs every request a handful of
/// allocations, and as a service of its own, which needs none but the future's.
pub fn around(router: Router, state: &AppState) -> Router {
    let state = state.clone();
    router.layer(layer_fn(move |route| Surrounded {
        state: state.clone(),
        route,
    }))
}

/// A route with its layers.
#[derive(Clone)]
struct Surrounded {
    state: AppState,
    route: Route,
}

impl Service<Request> for Surrounded {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // A route always is.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let state = self.state.clone();
        let record = RequestRecord::begin(&state, &request);
        request.extensions_mut().insert(record.clone());
        let origin = cors::allowed_origin(&state.config.cors, request.headers());
        if request.method() == Method::OPTIONS {
            let response = closed(&record, cors::preflight(origin, request.headers()));
            return Box::pin(async { Ok(response) });
        }
        // Nothing of the route runs before it is polled.
        let route = self.route.call(request);
        Box::pin(async move {
            let mut response = record.keeping(answer(&state, &record, route)).await;
            cors::let_read(response.headers_mut(), origin);
            Ok(closed(&record, response))
        })
    }
}

/// The route's answer, whatever becomes of it.
async fn answer(
    state: &AppState,
    record: &RequestRecord,
    route: RouteFuture<Infallible>,
) -> Response {
    // Time until the answer's head. A stream, whose head leaves at once, keeps its own time in `extract::callable`.
    let in_time = tokio::time::timeout(state.config.callable_timeout, route);
    let response = match AssertUnwindSafe(in_time).catch_unwind().await {
        Ok(Ok(Ok(response))) => response,
        Ok(Err(_)) => Error::deadline_exceeded("the handler passed its time limit").into_response(),
        Err(panic) => Error::internal(panic_text(panic.as_ref())).into_response(),
    };
    wire::render(response, record)
}

/// The response as it leaves.
fn closed(record: &RequestRecord, mut response: Response) -> Response {
    be_careful(response.headers_mut());
    record.close(&mut response);
    response
}

fn be_careful(headers: &mut HeaderMap) {
    let said = std::mem::replace(headers, HeaderMap::with_capacity(HEADERS));
    for (name, value) in CAREFUL {
        headers.insert(name, value);
    }
    headers.extend(said);
}

/// What a panic said, for the log.
pub(crate) fn panic_text(panic: &(dyn Any + Send)) -> String {
    let said = panic
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| panic.downcast_ref::<String>().cloned());
    format!("panic: {}", said.as_deref().unwrap_or("of unknown type"))
}
