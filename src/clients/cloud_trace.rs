//! Cloud Trace, by the OpenTelemetry protocol: binary protobuf over HTTP, in the service's own name.
//!
//! Spans hold names, routes, numbers and codes: what the log's rule forbids is forbidden here too.

use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, Request, Response};
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{
    ExporterBuildError, Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _,
};
use tokio::runtime::Handle;

use super::body::read_bounded;
use super::google_auth::GoogleAuth;

/// How long one batch may take; one that does not arrive is dropped, and the requests that it tells of are none the worse.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Longest answer that is read.
const ANSWER_BYTES: usize = 64 * 1024;

/// Sends spans. Built inside a Tokio runtime: batches leave from a thread of their own and borrow it for the call.
///
/// # Errors
/// When the URL is none.
pub fn exporter(
    http: reqwest::Client,
    url: &str,
    auth: GoogleAuth,
    project_id: &str,
) -> Result<SpanExporter, ExporterBuildError> {
    SpanExporter::builder()
        .with_http()
        .with_endpoint(url)
        .with_protocol(Protocol::HttpBinary)
        .with_timeout(TIMEOUT)
        .with_http_client(Sender {
            http,
            auth,
            project: HeaderValue::from_str(project_id).ok(),
            runtime: Handle::current(),
        })
        .build()
}

#[derive(Debug, Clone)]
struct Sender {
    http: reqwest::Client,
    auth: GoogleAuth,
    project: Option<HeaderValue>,
    runtime: Handle,
}

impl Sender {
    async fn send(self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let mut request: reqwest::Request = request.try_into()?;
        let own: HeaderMap = self.auth.headers().await?;
        request.headers_mut().extend(own);
        if let Some(project) = self.project {
            request.headers_mut().insert("x-goog-user-project", project);
        }
        *request.timeout_mut() = Some(TIMEOUT);
        let answer = self.http.execute(request).await?;
        let mut response = Response::builder().status(answer.status());
        if let Some(headers) = response.headers_mut() {
            headers.clone_from(answer.headers());
        }
        let body = read_bounded(answer, ANSWER_BYTES)
            .await
            .map_err(|error| format!("{error:?}"))?;
        Ok(response.body(body.into())?)
    }
}

#[async_trait::async_trait]
impl HttpClient for Sender {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        // The thread that asks has no runtime of its own, and connections need one.
        self.runtime.spawn(self.clone().send(request)).await?
    }
}
