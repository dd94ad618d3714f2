//! What is known of a request while it lives, and the one line that the log gets when it ends.

use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};

use axum::extract::{MatchedPath, Request};
use axum::http::header::{ACCEPT_LANGUAGE, HeaderName};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::response::Response;
use jiff::Timestamp;
use tracing::{Instrument as _, Span};

use crate::error::{Error, Language};
use crate::state::AppState;
use crate::store::{Ops, counting};
use crate::telemetry::traces::continue_trace;

/// Named once: a name of letters is read, and held against those that HTTP knows, each time.
const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const X_CLOUD_TRACE_CONTEXT: HeaderName = HeaderName::from_static("x-cloud-trace-context");

/// Everything about a request that its answer and its log line need. A clone is the same record.
#[derive(Clone)]
pub struct RequestRecord(Arc<Inner>);

struct Inner {
    request_id: String,
    language: Language,
    stream: bool,
    method: Method,
    /// `None` for an unknown one: its path is the caller's text, and only routes of ours go to the log.
    route: Option<MatchedPath>,
    trace: Option<Trace>,
    started: Timestamp,
    state: AppState,
    ops: Arc<Ops>,
    status: AtomicU16,
    refusal: Mutex<Option<Error>>,
    span: Span,
    uid: Mutex<Option<String>>,
}

struct Trace {
    id: String,
    parent: Option<String>,
    sampled: bool,
}

impl RequestRecord {
    pub(super) fn begin(state: &AppState, request: &Request) -> Self {
        let headers = request.headers();
        let matched = request.extensions().get::<MatchedPath>();
        let route = named(matched);
        let trace = Trace::from_headers(headers);
        let span = tracing::info_span!(
            "request",
            otel.name = route,
            otel.kind = "server",
            http.request.method = %request.method(),
            http.route = route,
            http.response.status_code = tracing::field::Empty,
            firestore.requests = tracing::field::Empty,
            reason = tracing::field::Empty,
        );
        if let Some(trace) = &trace
            && let Some(parent) = &trace.parent
        {
            continue_trace(&span, &trace.id, parent, trace.sampled);
        }
        Self(Arc::new(Inner {
            request_id: uuid::Uuid::now_v7().to_string(),
            language: Language::of_request(
                request.uri().query(),
                headers
                    .get(ACCEPT_LANGUAGE)
                    .and_then(|value| value.to_str().ok()),
            ),
            stream: super::wants_stream(request.method(), headers),
            method: request.method().clone(),
            route: matched.cloned(),
            trace,
            span,
            started: state.clock.now(),
            state: state.clone(),
            ops: Arc::default(),
            status: AtomicU16::new(0),
            refusal: Mutex::default(),
            uid: Mutex::default(),
        }))
    }

    /// The id that stands in `details.requestId` and in the log.
    pub fn request_id(&self) -> &str {
        &self.0.request_id
    }

    /// The language that the caller reads.
    pub fn language(&self) -> Language {
        self.0.language
    }

    /// Whether the caller reads the answer as an event stream.
    pub fn stream(&self) -> bool {
        self.0.stream
    }

    /// The request's span, in which all its work belongs.
    pub fn span(&self) -> Span {
        self.0.span.clone()
    }

    /// The counter of what the request costs in Firestore.
    pub fn ops(&self) -> Arc<Ops> {
        Arc::clone(&self.0.ops)
    }

    /// Notes who called, for the log.
    pub fn note_uid(&self, uid: &str) {
        if let Ok(mut slot) = self.0.uid.lock() {
            *slot = Some(uid.to_owned());
        }
    }

    /// Notes a refusal, for the log.
    pub fn note_refusal(&self, error: &Error) {
        if let Ok(mut slot) = self.0.refusal.lock() {
            *slot = Some(error.clone());
        }
    }

    /// The request's work: within its span, and counted in what it costs.
    pub(super) fn keeping<F: Future>(&self, work: F) -> impl Future<Output = F::Output> {
        counting(self.ops(), work.instrument(self.span()))
    }

    /// Notes how the request ended, and names it to the caller.
    pub(super) fn close(&self, response: &mut Response) {
        let status = response.status().as_u16();
        self.0.status.store(status, Ordering::Relaxed);
        if let Ok(id) = HeaderValue::from_str(self.request_id()) {
            response.headers_mut().insert(X_REQUEST_ID, id);
        }
    }
}

/// The line is written when the last holder lets go: after the answer's end, also that of a stream, and also when the
/// caller hung up before there was an answer (`status` is then 0).
impl Drop for Inner {
    fn drop(&mut self) {
        let latency = self.state.clock.now().duration_since(self.started);
        let refusal = self.refusal.get_mut().ok().and_then(Option::take);
        let uid = self.uid.get_mut().ok().and_then(Option::take);
        let status = self.status.load(Ordering::Relaxed);
        self.span.record("http.response.status_code", status);
        self.span.record("firestore.requests", self.ops.requests());
        self.span
            .record("reason", refusal.as_ref().map(Error::reason));
        let trace = self.trace.as_ref().map(|trace| {
            format!(
                "projects/{}/traces/{}",
                self.state.config.project_id, trace.id
            )
        });
        let line = Line {
            request_id: &self.request_id,
            method: self.method.as_str(),
            route: named(self.route.as_ref()),
            status,
            latency_ms: latency.as_secs_f64() * 1_000.0,
            uid: uid.as_deref(),
            trace: trace.as_deref(),
            span: self
                .trace
                .as_ref()
                .and_then(|trace| trace.parent.as_deref()),
            firestore: [self.ops.requests(), self.ops.reads(), self.ops.writes()],
            code: refusal.as_ref().map(|error| error.code().wire().0),
            reason: refusal.as_ref().map(Error::reason),
            field: refusal.as_ref().and_then(Error::at_field),
            cause: refusal.as_ref().and_then(Error::source_text),
        };
        line.write(
            refusal
                .as_ref()
                .is_some_and(|error| error.http_status() >= 500),
        );
    }
}

fn named(route: Option<&MatchedPath>) -> &str {
    route.map_or("(unknown)", MatchedPath::as_str)
}

struct Line<'a> {
    request_id: &'a str,
    method: &'a str,
    route: &'a str,
    status: u16,
    latency_ms: f64,
    uid: Option<&'a str>,
    trace: Option<&'a str>,
    span: Option<&'a str>,
    firestore: [u32; 3],
    code: Option<&'a str>,
    reason: Option<&'a str>,
    field: Option<&'a str>,
    cause: Option<&'a str>,
}

impl Line<'_> {
    fn write(&self, failed: bool) {
        let [requests, reads, writes] = self.firestore;
        macro_rules! line {
            ($level:ident) => {
                tracing::$level!(
                    request_id = self.request_id,
                    method = self.method,
                    route = self.route,
                    status = self.status,
                    latency_ms = self.latency_ms,
                    uid = self.uid,
                    trace = self.trace,
                    span_id = self.span,
                    firestore_requests = requests,
                    firestore_reads = reads,
                    firestore_writes = writes,
                    code = self.code,
                    reason = self.reason,
                    field = self.field,
                    cause = self.cause,
                    "{} {} {}",
                    self.method,
                    self.route,
                    self.status
                )
            };
        }
        if failed {
            line!(error);
        } else if self.code.is_some() {
            line!(warn);
        } else {
            line!(info);
        }
    }
}

impl Trace {
    /// Reads `traceparent`, else Google's older `X-Cloud-Trace-Context: TRACE/SPAN;o=1`. Only hexadecimal ids are taken:
    /// the header is the caller's text and goes into the log.
    fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let hex = |id: &str, length: usize| {
            (id.len() == length && id.bytes().all(|byte| byte.is_ascii_hexdigit()))
                .then(|| id.to_owned())
        };
        if let Some(context) = text(TRACEPARENT) {
            let mut parts = context.split('-').skip(1);
            let id = hex(parts.next().unwrap_or_default(), 32)?;
            let parent = hex(parts.next().unwrap_or_default(), 16);
            let flags = parts.next().unwrap_or_default();
            let sampled = u8::from_str_radix(flags, 16).is_ok_and(|flags| flags & 1 == 1);
            return Some(Self {
                id,
                parent,
                sampled,
            });
        }
        let context = text(X_CLOUD_TRACE_CONTEXT)?;
        let id = hex(context.split('/').next().unwrap_or_default(), 32)?;
        Some(Self {
            id,
            parent: None,
            sampled: false,
        })
    }
}
