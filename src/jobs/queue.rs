//! Putting a job into its queue.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::clients::cloud_tasks::{NewTask, TasksError};
use crate::seal::digest_hex;
use crate::state::AppState;

/// A kind of work and the document that it is about.
#[derive(Debug, Clone, Copy)]
pub struct Job<'a> {
    /// The queue, whose rate and concurrency are the brake of its kind.
    pub queue: &'static str,
    /// The service's own path that does the work.
    pub path: &'static str,
    /// The document's id.
    pub id: &'a str,
}

/// Which of a job's tasks: each name is taken once, so a turn that is put twice stands in the queue once.
#[derive(Debug, Clone)]
pub enum Turn<'a> {
    /// The first, now; the text tells documents of the same id apart when one was deleted and made anew.
    First(&'a str),
    /// At a time; one turn a second.
    At(Timestamp),
    /// By a sweep: at once, one turn a minute.
    Swept(Timestamp),
    /// By a sweep, for a time to come: another name than that of [`Turn::At`], whose task may have been lost.
    Ahead(Timestamp),
}

/// What a task carries: an id, and nothing that could be stale or secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nudge {
    /// The document's id.
    pub id: String,
}

/// Puts a turn of a job into its queue. One call to Cloud Tasks.
///
/// # Idempotency
/// By the turn.
///
/// # Errors
/// [`TasksError`]; the sweep finds what was not put.
pub async fn put(state: &AppState, job: &Job<'_>, turn: &Turn<'_>) -> Result<(), TasksError> {
    let (at, turn) = match turn {
        Turn::First(of) => (None, format!("first {of}")),
        Turn::At(at) => (Some(*at), format!("at {}", at.as_second())),
        Turn::Swept(at) => (None, format!("swept {}", at.as_second() / 60)),
        Turn::Ahead(at) => (Some(*at), format!("ahead {}", at.as_second())),
    };
    // A digest spreads the names, which Cloud Tasks asks for, and keeps ids of any form within its alphabet.
    let name = digest_hex(format!("{}\n{}\n{turn}", job.path, job.id).as_bytes());
    let body = serde_json::to_vec(&Nudge {
        id: job.id.to_owned(),
    })
    .unwrap_or_default();
    state
        .tasks
        .create(&NewTask {
            queue: job.queue,
            name: &name,
            path: job.path,
            body: &body,
            at,
        })
        .await
}
