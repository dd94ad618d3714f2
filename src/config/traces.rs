//! Whether traces are sent to Cloud Trace, and how many.

use super::Reader;

/// Google's OTLP endpoint.
///
/// # Source
/// <https://cloud.google.com/stackdriver/docs/reference/telemetry/overview>, read 2026-11.
const CLOUD_TRACE_URL: &str = "https://telemetry.googleapis.com/v1/traces";

/// Share of requests that are traced when nobody before us has decided: Cloud Run itself samples about one in ten seconds of
/// each instance and says so in `traceparent`.
const RATIO: f64 = 0.05;

/// Where traces go.
#[derive(Debug, Clone, PartialEq)]
pub struct Traces {
    /// The OTLP endpoint, for binary protobuf over HTTP.
    pub url: String,
    /// Share of requests that are traced, from 0 to 1, when the caller's `traceparent` does not decide.
    pub ratio: f64,
}

impl Reader<'_> {
    /// `None` when traces are off, which they are unless asked for.
    pub(super) fn traces(&mut self) -> Option<Traces> {
        let on = self.choice("TRACES", "off", &[("cloud", true), ("off", false)]);
        let url = self.url("TRACES_URL", CLOUD_TRACE_URL);
        let ratio = self.parsed("TRACES_RATIO", RATIO);
        if !(0.0..=1.0).contains(&ratio) {
            self.faults
                .push(format!("TRACES_RATIO: {ratio} is not between 0 and 1"));
        }
        on.then_some(Traces { url, ratio })
    }
}
