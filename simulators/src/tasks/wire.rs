//! Cloud Tasks' REST interface.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use base64::Engine as _;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Dispatcher, Task};

/// Largest task, in bytes.
const TASK_LIMIT: usize = 100 << 10;

/// Furthest schedule time.
const FURTHEST: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How long a worker may take unless the task says otherwise, and the range that it may say.
const DEADLINE: Duration = Duration::from_mins(10);
const DEADLINES: std::ops::RangeInclusive<u64> = 15..=1_800;

type Answer = (StatusCode, Json<Value>);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Create {
    task: New,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct New {
    name: Option<String>,
    schedule_time: Option<Timestamp>,
    dispatch_deadline: Option<String>,
    http_request: HttpRequest,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct HttpRequest {
    url: String,
    http_method: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    body: String,
    oidc_token: Option<Value>,
}

pub(super) async fn create(
    State(queues): State<Dispatcher>,
    Path((project, location, queue)): Path<(String, String, String)>,
    body: Bytes,
) -> Answer {
    let parent = format!("projects/{project}/locations/{location}/queues/{queue}");
    match taken(&queues, &parent, &queue, &body) {
        Ok(task) => {
            let shown = shown(&parent, &task);
            let mut state = queues.lock();
            if let Some(status) = state.refuse {
                let status =
                    StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
                return refused(
                    status,
                    "UNAVAILABLE",
                    "The service is currently unavailable.",
                );
            }
            let now = (queues.now)();
            let reserved = state
                .taken_until
                .get(&task.key())
                .is_some_and(|until| now < *until);
            if reserved || state.tasks.contains_key(&task.key()) {
                return refused(
                    StatusCode::CONFLICT,
                    "ALREADY_EXISTS",
                    "Requested entity already exists",
                );
            }
            state.tasks.insert(task.key(), task);
            queues.created.notify_one();
            (StatusCode::OK, Json(shown))
        }
        Err(refusal) => refusal,
    }
}

pub(super) async fn list(
    State(queues): State<Dispatcher>,
    Path((project, location, queue)): Path<(String, String, String)>,
) -> Answer {
    let parent = format!("projects/{project}/locations/{location}/queues/{queue}");
    let tasks: Vec<_> = queues
        .tasks()
        .iter()
        .filter(|task| task.queue == queue)
        .map(|task| shown(&parent, task))
        .collect();
    (StatusCode::OK, Json(json!({ "tasks": tasks })))
}

fn shown(parent: &str, task: &Task) -> Value {
    json!({
        "name": format!("{parent}/tasks/{}", task.name),
        "scheduleTime": task.due.to_string(),
        "dispatchDeadline": format!("{}s", task.deadline.as_secs()),
        "dispatchCount": task.failures,
        "responseCount": task.responses,
        "httpRequest": { "url": task.url, "httpMethod": "POST" },
        "view": "BASIC",
    })
}

fn taken(queues: &Dispatcher, parent: &str, queue: &str, body: &Bytes) -> Result<Task, Answer> {
    let invalid = |message: &str| refused(StatusCode::BAD_REQUEST, "INVALID_ARGUMENT", message);
    if !queues.queues.contains_key(queue) {
        return Err(refused(
            StatusCode::NOT_FOUND,
            "NOT_FOUND",
            "Queue does not exist.",
        ));
    }
    if body.len() > TASK_LIMIT {
        return Err(invalid("Task size too large"));
    }
    let Create { task } =
        serde_json::from_slice(body).map_err(|error| invalid(&error.to_string()))?;
    let name = match &task.name {
        None => uuid::Uuid::new_v4().simple().to_string(),
        Some(name) => short_name(parent, name)
            .ok_or_else(|| invalid("Invalid resource field value in the request."))?,
    };
    let now = (queues.now)();
    let due = task.schedule_time.unwrap_or(now).max(now);
    if due.duration_since(now) > FURTHEST {
        return Err(invalid("The schedule time is too far in the future"));
    }
    let request = task.http_request;
    if request.http_method.as_deref().unwrap_or("POST") != "POST" {
        return Err(invalid("This dispatcher posts, and nothing else"));
    }
    if reqwest::Url::parse(&request.url).is_err() {
        return Err(invalid("HttpRequest.url is invalid"));
    }
    if request.oidc_token.is_some() {
        return Err(invalid(
            "This dispatcher has no service accounts to make tokens of",
        ));
    }
    let body = base64::engine::general_purpose::STANDARD
        .decode(&request.body)
        .map_err(|_| invalid("HttpRequest.body is not base64"))?;
    Ok(Task {
        queue: queue.to_owned(),
        name,
        url: request.url,
        body,
        due,
        failures: 0,
        headers: request.headers.into_iter().collect(),
        deadline: deadline(task.dispatch_deadline.as_deref())
            .ok_or_else(|| invalid("The dispatch deadline must lie between 15s and 1800s"))?,
        responses: 0,
        previous: None,
        under_way: false,
    })
}

fn short_name(parent: &str, name: &str) -> Option<String> {
    let short = name.strip_prefix(parent)?.strip_prefix("/tasks/")?;
    let fits = (1..=500).contains(&short.len())
        && short
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    fits.then(|| short.to_owned())
}

fn deadline(text: Option<&str>) -> Option<Duration> {
    let Some(text) = text else {
        return Some(DEADLINE);
    };
    let seconds: u64 = text.strip_suffix('s')?.parse().ok()?;
    DEADLINES
        .contains(&seconds)
        .then(|| Duration::from_secs(seconds))
}

fn refused(status: StatusCode, word: &str, message: &str) -> Answer {
    let body = json!({ "error": { "code": status.as_u16(), "message": message, "status": word } });
    (status, Json(body))
}
