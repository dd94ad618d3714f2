//! Traces: each request a span, with its calls to Firestore and to other people's APIs inside.

use opentelemetry::KeyValue;
use opentelemetry::trace::{
    SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState, TracerProvider as _,
};
use opentelemetry_otlp::SpanExporter;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracer, SdkTracerProvider};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// Collects spans and sends them in batches. A clone is the same collector.
#[derive(Debug, Clone)]
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// Sends the given share of requests, and each that the caller's `traceparent` wants.
    pub fn new(exporter: SpanExporter, ratio: f64, project_id: &str) -> Self {
        let resource = Resource::builder()
            .with_service_name(env!("CARGO_PKG_NAME"))
            .with_attribute(KeyValue::new("gcp.project_id", project_id.to_owned()))
            .build();
        Self(
            SdkTracerProvider::builder()
                .with_batch_exporter(exporter)
                .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(
                    ratio,
                ))))
                .with_resource(resource)
                .build(),
        )
    }

    pub(super) fn tracer(&self) -> SdkTracer {
        self.0.tracer(env!("CARGO_PKG_NAME"))
    }

    /// Sends what is left. To be called off the threads that serve, and before they end: a batch borrows them.
    pub fn finish(&self) {
        if let Err(error) = self.0.shutdown() {
            tracing::warn!(%error, "the last traces were not sent");
        }
    }
}

/// Hangs a span under the caller's, whose hexadecimal ids these are. Without traces, does nothing.
pub fn continue_trace(span: &Span, trace_id: &str, span_id: &str, sampled: bool) {
    let (Ok(trace_id), Ok(span_id)) = (TraceId::from_hex(trace_id), SpanId::from_hex(span_id))
    else {
        return;
    };
    let flags = if sampled {
        TraceFlags::SAMPLED
    } else {
        TraceFlags::default()
    };
    let parent = SpanContext::new(trace_id, span_id, flags, true, TraceState::default());
    // It fails only when nobody listens for traces.
    let _ = span.set_parent(opentelemetry::Context::new().with_remote_span_context(parent));
}
