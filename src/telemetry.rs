//! The log: one JSON object a line, with the fields that Cloud Logging understands.
//!
//! [`traces`] sends the same spans to Cloud Trace where that is asked for.
//! *Invariant:* no token, phone number, message text or raw body is ever handed to `tracing`.

pub mod traces;

use std::fmt::Write as _;

use jiff::Timestamp;
use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::filter::FilterFn;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

use self::traces::Traces;
use crate::config::LogFormat;

/// What is logged unless `RUST_LOG` says otherwise. The firestore crate tells of each connection.
const DEFAULT_FILTER: &str = "info,firestore=warn";

/// Who is never heard, whatever `RUST_LOG` says: `async-openai` writes whole bodies when it cannot read them.
const SILENCED: &str = "async_openai";

/// Starts the log and the traces, and sends panics to the log in one line instead of a backtrace.
pub fn start(format: LogFormat, filter: Option<&str>, traces: Option<&Traces>) {
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let log = match format {
        LogFormat::Json => lines.event_format(CloudLogging).boxed(),
        LogFormat::Text => lines.compact().boxed(),
    };
    let spans = traces.map(|traces| {
        tracing_opentelemetry::layer()
            .with_tracer(traces.tracer())
            .with_location(false)
            .with_threads(false)
            // Lines of the log go to the log.
            .with_filter(FilterFn::new(is_span))
    });
    // A second start, as in tests, keeps the first log.
    let _ = tracing_subscriber::registry()
        .with(log)
        .with(spans)
        .with(self::filter(filter))
        .try_init();
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "a handler panicked");
    }));
}

fn is_span(of: &Metadata<'_>) -> bool {
    of.is_span()
}

/// What is logged, in the words of `EnvFilter`; what it cannot read counts as not said.
pub fn filter(wanted: Option<&str>) -> EnvFilter {
    // A directive for a part of the target would win over one for the whole of it.
    let wanted: Vec<&str> = wanted
        .unwrap_or(DEFAULT_FILTER)
        .split(',')
        .filter(|directive| !directive.trim().starts_with(SILENCED))
        .collect();
    EnvFilter::try_new(format!("{},{SILENCED}=off", wanted.join(",")))
        .unwrap_or_else(|_| EnvFilter::new(format!("{DEFAULT_FILTER},{SILENCED}=off")))
}

/// Writes an event as a Cloud Logging entry.
///
/// # Source
/// <https://cloud.google.com/logging/docs/structured-logging#special-payload-fields>, read 2026-11.
struct CloudLogging;

impl<S, N> FormatEvent<S, N> for CloudLogging
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> std::fmt::Result {
        let mut entry = Entry(Map::new());
        event.record(&mut entry);
        let severity = match *event.metadata().level() {
            Level::ERROR => "ERROR",
            Level::WARN => "WARNING",
            Level::INFO => "INFO",
            Level::DEBUG | Level::TRACE => "DEBUG",
        };
        entry.0.insert("severity".into(), severity.into());
        #[expect(
            clippy::disallowed_methods,
            reason = "the log tells the machine's time, whatever a test's clock says"
        )]
        entry
            .0
            .insert("time".into(), Timestamp::now().to_string().into());
        entry
            .0
            .insert("target".into(), event.metadata().target().into());
        for (field, special) in [
            ("trace", "logging.googleapis.com/trace"),
            ("span_id", "logging.googleapis.com/spanId"),
        ] {
            if let Some(value) = entry.0.remove(field) {
                entry.0.insert(special.into(), value);
            }
        }
        writeln!(writer, "{}", Value::Object(entry.0))
    }
}

struct Entry(Map<String, Value>);

impl Entry {
    fn put(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Entry {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let mut text = String::new();
        let _ = write!(text, "{value:?}");
        self.put(field, text);
    }
}
