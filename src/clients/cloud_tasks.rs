//! Cloud Tasks, by its REST interface: named tasks that call this service back with an OIDC token.
//!
//! # Source
//! <https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues.tasks>, read 2026-11.

use std::time::Duration;

use base64::Engine as _;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::google_auth::GoogleAuth;

/// How long one call may take. Naming a task makes creating it slower, by Google's own word.
const TIMEOUT: Duration = Duration::from_secs(8);

/// Why a task was not created.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TasksError {
    /// Cloud Tasks did not answer, or asked to come back later.
    #[error("Cloud Tasks is not available: {0}")]
    Unavailable(String),
    /// The call is not allowed or not understood: a fault of ours or of the project's set-up.
    #[error("Cloud Tasks refused the call: {0}")]
    Refused(String),
}

/// Where tasks go and whom they call.
#[derive(Debug, Clone)]
pub struct Target {
    /// `projects/{project}/locations/{location}`.
    pub location: String,
    /// This service's address, without a slash at its end.
    pub service_url: String,
    /// The service account and the audience of the tokens that tasks carry; `None` with the emulators.
    pub oidc: Option<(String, String)>,
    /// How long a worker may take before Cloud Tasks takes it for dead: from 15 s to 30 min.
    pub dispatch_deadline: Duration,
}

/// A task to be.
#[derive(Debug, Clone, Copy)]
pub struct NewTask<'a> {
    /// The queue.
    pub queue: &'a str,
    /// Its name in the queue, which no other task may have had within the last hour: letters, digits, `-` and `_`.
    pub name: &'a str,
    /// The path of this service that it calls.
    pub path: &'a str,
    /// JSON, at most 100 KB.
    pub body: &'a [u8],
    /// When, within 30 days; at once without.
    pub at: Option<Timestamp>,
}

/// The queues of one project. A clone shares the connections.
#[derive(Clone)]
pub struct CloudTasks {
    http: reqwest::Client,
    base_url: String,
    auth: GoogleAuth,
    target: Target,
}

impl CloudTasks {
    /// The queues behind `base_url`: Google's, or those of the local dispatcher.
    pub fn new(http: reqwest::Client, base_url: &str, auth: GoogleAuth, target: Target) -> Self {
        Self {
            http,
            base_url: base_url.trim_end_matches('/').to_owned(),
            auth,
            target,
        }
    }

    /// Creates a task. That it exists already is as good.
    ///
    /// # Errors
    /// [`TasksError`].
    #[tracing::instrument(name = "cloud_tasks", skip_all, fields(otel.kind = "client", queue = task.queue))]
    pub async fn create(&self, task: &NewTask<'_>) -> Result<(), TasksError> {
        let queue = format!("{}/queues/{}", self.target.location, task.queue);
        let mut request = json!({
            "httpMethod": "POST",
            "url": format!("{}{}", self.target.service_url, task.path),
            "headers": { "Content-Type": "application/json" },
            "body": base64::engine::general_purpose::STANDARD.encode(task.body),
        });
        if let Some((account, audience)) = &self.target.oidc {
            request["oidcToken"] = json!({ "serviceAccountEmail": account, "audience": audience });
        }
        let mut new = json!({
            "name": format!("{queue}/tasks/{}", task.name),
            "dispatchDeadline": format!("{}s", self.target.dispatch_deadline.as_secs()),
            "httpRequest": request,
        });
        if let Some(at) = task.at {
            new["scheduleTime"] = at.to_string().into();
        }
        let unavailable = |error: String| TasksError::Unavailable(error);
        let headers = self.auth.headers().await.map_err(unavailable)?;
        let response = self
            .http
            .post(format!("{}/v2/{queue}/tasks", self.base_url))
            .headers(headers)
            .timeout(TIMEOUT)
            .json(&json!({ "task": new }))
            .send()
            .await
            .map_err(|error| unavailable(error.without_url().to_string()))?;
        let status = response.status();
        if status.is_success() || status.as_u16() == 409 {
            return Ok(());
        }
        let body: Value = response.json().await.unwrap_or_default();
        let said = body["error"]["status"].as_str().unwrap_or_default();
        if status.is_server_error() || status.as_u16() == 429 {
            Err(TasksError::Unavailable(format!("{status} {said}")))
        } else {
            Err(TasksError::Refused(format!("{status} {said}")))
        }
    }
}

impl std::fmt::Debug for CloudTasks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CloudTasks")
            .field("base_url", &self.base_url)
            .field("target", &self.target)
            .finish_non_exhaustive()
    }
}
