//! The log: one JSON object a line, with the fields that Cloud Logging understands.
//!
//! [`traces`] sends the same spans to Cloud Trace where that is asked for.
//! *Invariant:* no token, phone number, message text or raw body is ever handed to `tracing`.

mod cloud_logging;
pub mod traces;

use tracing::Metadata;
use tracing_subscriber::filter::{FilterExt as _, FilterFn};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry};

use self::cloud_logging::CloudLogging;
pub use self::cloud_logging::write_what_waits;
use self::traces::Traces;
use crate::config::LogFormat;

/// What is logged unless `RUST_LOG` says otherwise. The firestore crate tells of each connection.
const DEFAULT_FILTER: &str = "info,firestore=warn";

/// Who is never heard, whatever `RUST_LOG` says: `async-openai` writes whole bodies when it cannot read them.
const SILENCED: &str = "async_openai";

/// Starts the log and the traces, and sends panics to the log in one line instead of a backtrace.
///
/// Every layer is filtered on its own: a span that no layer asks for is then never made, and the log, a line of which says
/// all that is to be said of its request, asks for none.
pub fn start(format: LogFormat, wanted: Option<&str>, traces: Option<&Traces>) {
    let mut layers: Vec<Box<dyn Layer<Registry> + Send + Sync>> = vec![match format {
        LogFormat::Json => CloudLogging
            .with_filter(filter(wanted).and(FilterFn::new(is_event)))
            .boxed(),
        LogFormat::Text => tracing_subscriber::fmt::layer()
            .with_writer(std::io::stderr)
            .compact()
            .with_filter(filter(wanted).and(FilterFn::new(is_event)))
            .boxed(),
    }];
    if let Some(traces) = traces {
        let spans = tracing_opentelemetry::layer()
            .with_tracer(traces.tracer())
            .with_location(false)
            .with_threads(false)
            // Lines of the log go to the log.
            .with_filter(filter(wanted).and(FilterFn::new(is_span)));
        layers.push(spans.boxed());
    }
    // A second start, as in tests, keeps the first log.
    let _ = tracing_subscriber::registry().with(layers).try_init();
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "a handler panicked");
    }));
}

fn is_event(of: &Metadata<'_>) -> bool {
    of.is_event()
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
