//! The callable protocol of Firebase: `{"data": T}` in, `{"result": R}` or an event stream out.
//!
//! [`unary`] and [`streaming`] turn an ordinary async function of (state, caller, data) into a route. The order of
//! checks is the one of firebase-functions: the envelope first, then the tokens, then the data's own form, then the
//! caller's pace, then the handler. A streaming call is answered as an event stream by every callable, also by those that send no chunk.
//!
//! # Source
//! firebase-functions 7.4 `src/common/providers/https.ts` and firebase-js-sdk 12.19 `packages/functions`, 2026-11.

use std::future::Future;
use std::marker::PhantomData;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, any};
use futures::{FutureExt as _, Stream};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use tokio::sync::mpsc;
use tracing::Instrument as _;

use super::{Caller, envelope};
use crate::error::{Error, text};
use crate::layers::{RequestRecord, panic_text};
use crate::pace::Pace;
use crate::state::AppState;
use crate::store::counting;

/// Silence after which a stream sends a comment, so that no proxy takes the connection for dead.
///
/// # Source
/// `heartbeatSeconds` of firebase-functions 7.4: 30 by default.
pub const HEARTBEAT: Duration = Duration::from_secs(30);

/// Chunks that may wait for a slow reader before the handler has to.
const CHUNKS_WAITING: usize = 16;

/// Where a handler puts what it has so far. When the call is no streaming call, chunks go nowhere.
pub struct Chunks<C> {
    sender: Option<mpsc::Sender<Event>>,
    of: PhantomData<fn(C)>,
}

impl<C: Serialize> Chunks<C> {
    /// Sends a chunk; waits while the reader is slow, and does nothing once it is gone.
    pub async fn send(&self, chunk: &C) {
        let Some(sender) = &self.sender else {
            return;
        };
        if let Ok(json) = serde_json::to_string(&Message { message: chunk }) {
            let _ = sender.send(Event::default().data(json)).await;
        }
    }
}

/// The data of a callable that takes none: `null` or `{}`.
#[derive(Debug)]
#[cfg_attr(test, derive(ts_rs::TS), ts(type = "Record<string, never> | null"))]
pub struct NoData;

impl<'de> Deserialize<'de> for NoData {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Null => Ok(Self),
            Value::Object(map) => match map.keys().next() {
                None => Ok(Self),
                Some(key) => Err(D::Error::custom(format!("unknown field `{key}`"))),
            },
            _ => Err(D::Error::custom("expected no data")),
        }
    }
}

/// A callable that answers once.
pub fn unary<H, T, R, Fut>(handler: H) -> MethodRouter<AppState>
where
    H: Fn(AppState, Caller, T) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<R, Error>> + Send + 'static,
    T: DeserializeOwned + Send + 'static,
    R: Serialize + Send + 'static,
{
    streaming(move |state, caller, data, _: Chunks<()>| handler(state, caller, data))
}

/// A callable that sends chunks before it answers, to callers that ask for a stream.
pub fn streaming<H, T, C, R, Fut>(handler: H) -> MethodRouter<AppState>
where
    H: Fn(AppState, Caller, T, Chunks<C>) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<R, Error>> + Send + 'static,
    T: DeserializeOwned + Send + 'static,
    C: 'static,
    R: Serialize + Send + 'static,
{
    any(
        async move |State(state): State<AppState>, request: Request| match accept(&state, request)
            .await
        {
            Ok((record, caller, data, pace)) => {
                run(state, record, |state, chunks| {
                    let data = parse(data)?;
                    if let Some(pace) = pace {
                        let counted = state.paces.order(pace, caller.uid().as_str());
                        counted.map_err(Error::too_fast)?;
                    }
                    // Boxed here, where it is made: as a part of this future it would be copied with it from layer to layer.
                    Ok(Box::pin(handler(state, caller, data, chunks)))
                })
                .await
            }
            Err(error) => error.into_response(),
        },
    )
}

/// Envelope, then tokens: a malformed request is refused as such even when its token is bad.
async fn accept(
    state: &AppState,
    request: Request,
) -> Result<(RequestRecord, Caller, Value, Option<Pace>), Error> {
    let (parts, body) = request.into_parts();
    let record = parts
        .extensions
        .get::<RequestRecord>()
        .cloned()
        .ok_or_else(|| Error::internal("a callable stands outside the layers"))?;
    let data = envelope::open(&parts.method, &parts.headers, body).await?;
    let caller = Caller::from_headers(state, &parts.headers).await?;
    let caller = caller.reading(record.language());
    record.note_uid(caller.uid().as_str());
    let pace = parts.extensions.get::<Pace>().copied();
    Ok((record, caller, data, pace))
}

async fn run<C, R, Fut>(
    state: AppState,
    record: RequestRecord,
    start: impl FnOnce(AppState, Chunks<C>) -> Result<Fut, Error>,
) -> Response
where
    Fut: Future<Output = Result<R, Error>> + Send + 'static,
    R: Serialize + Send + 'static,
{
    let limit = state.config.callable_timeout;
    if !record.stream() {
        let chunks = Chunks {
            sender: None,
            of: PhantomData,
        };
        return match start(state, chunks) {
            Ok(work) => answer(work.await),
            Err(error) => error.into_response(),
        };
    }
    let (sender, chunks) = mpsc::channel(CHUNKS_WAITING);
    let sender = Chunks {
        sender: Some(sender),
        of: PhantomData,
    };
    let work = match start(state, sender) {
        Ok(work) => work,
        Err(error) => return error.into_response(),
    };
    let work = async move {
        let work = counting(record.ops(), work).instrument(record.span());
        let work = AssertUnwindSafe(work).catch_unwind();
        let outcome = match tokio::time::timeout(limit, work).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(panic)) => Err(Error::internal(panic_text(panic.as_ref()))),
            Err(_) => Err(Error::deadline_exceeded("the stream passed its time limit")),
        };
        last_event(outcome, &record)
    };
    let events = EventStream {
        work: Some(Box::pin(work)),
        last: None,
        chunks,
    };
    let heartbeat = KeepAlive::new().interval(HEARTBEAT).text("ping");
    let mut response = Sse::new(events).keep_alive(heartbeat).into_response();
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

fn answer<R: Serialize>(outcome: Result<R, Error>) -> Response {
    match outcome.and_then(encode) {
        Ok(json) => {
            let mut response = Response::new(json.into());
            response.headers_mut().insert(
                CONTENT_TYPE,
                HeaderValue::from_static("application/json; charset=utf-8"),
            );
            response
        }
        Err(error) => error.into_response(),
    }
}

fn last_event<R: Serialize>(outcome: Result<R, Error>, record: &RequestRecord) -> Event {
    Event::default().data(match outcome.and_then(encode) {
        Ok(json) => json,
        Err(error) => crate::layers::refusal_json(&error, record),
    })
}

fn encode<R: Serialize>(result: R) -> Result<String, Error> {
    serde_json::to_string(&Answer { result })
        .map_err(|error| Error::internal(format!("the result cannot be encoded: {error}")))
}

#[derive(Serialize)]
struct Answer<R> {
    result: R,
}

#[derive(Serialize)]
struct Message<'a, C> {
    message: &'a C,
}

/// Chunks as they come, then the last event. The work runs inside the stream: when the reader leaves, it ends.
struct EventStream {
    work: Option<Pin<Box<dyn Future<Output = Event> + Send>>>,
    last: Option<Event>,
    chunks: mpsc::Receiver<Event>,
}

impl Stream for EventStream {
    type Item = Result<Event, std::convert::Infallible>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if let Some(work) = &mut this.work
            && let Poll::Ready(event) = work.as_mut().poll(context)
        {
            this.work = None;
            this.last = Some(event);
        }
        match this.chunks.poll_recv(context) {
            Poll::Ready(Some(chunk)) => Poll::Ready(Some(Ok(chunk))),
            // No more chunks can come once the work, which held the sender, is gone.
            Poll::Ready(None) if this.work.is_none() => Poll::Ready(this.last.take().map(Ok)),
            Poll::Ready(None) | Poll::Pending => Poll::Pending,
        }
    }
}

/// Parses `data`, and names the field that does not fit.
fn parse<T: DeserializeOwned>(data: Value) -> Result<T, Error> {
    serde_path_to_error::deserialize(data).map_err(|error| {
        let path = error.path().to_string();
        let said = error.into_inner().to_string();
        refused_field(&path, &said)
    })
}

/// `serde` names a missing or unknown field in its message only, between backticks, and the path then ends at the object
/// that misses it.
fn refused_field(path: &str, said: &str) -> Error {
    let named = ["missing field `", "unknown field `", "duplicate field `"]
        .iter()
        .find_map(|start| said.strip_prefix(start)?.split('`').next());
    let field = match (path, named) {
        ("." | "?", Some(name)) => name.to_owned(),
        ("." | "?", None) => "data".to_owned(),
        (path, Some(name)) if path.rsplit('.').next() != Some(name) => format!("{path}.{name}"),
        (path, _) => path.to_owned(),
    };
    let (id, en) = if said.starts_with("missing field") {
        (
            format!("Isian \"{field}\" wajib ada."),
            format!("\"{field}\" is required."),
        )
    } else if said.starts_with("unknown field") {
        (
            format!("Isian \"{field}\" tidak dikenal."),
            format!("\"{field}\" is not a known field."),
        )
    } else {
        (
            format!("Isian \"{field}\" tidak sesuai."),
            format!("\"{field}\" is not valid: {said}."),
        )
    };
    Error::field(field, text(id, en))
}
