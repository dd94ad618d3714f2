//! Requests as documents: `deletion_requests/{code}`. No client reads them; the status page shows state and dates alone.

use serde::{Deserialize, Serialize};

use super::{State, Subject};
use crate::policy::Permit;
use crate::state::AppState;
use crate::store::{Guard, Query, Store, StoreError, Timestamp, UpdateTime, Writes};

/// The collection of requests.
pub const DELETION_REQUESTS: &str = "deletion_requests";

/// Digits of a confirmation code: 96 bits of a keyed digest, which nobody guesses.
const CODE_DIGITS: usize = 24;

/// # Shape
/// `deletion_requests/{code}`. `subject` is who it is about, and gone once `state` is CLOSED. `dueAt`: when somebody should be at
/// work on it. `erased`: what was found, at least. `stage` and `after`: how far the raw deliveries were looked through.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RequestDoc {
    state: String,
    source: String,
    subject: Option<SubjectDoc>,
    requested_at: Timestamp,
    done_at: Option<Timestamp>,
    due_at: Option<Timestamp>,
    erased: Erased,
    stage: Option<String>,
    after: Option<String>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct SubjectDoc {
    connected: Option<String>,
    contacts: Vec<String>,
    phones: Vec<String>,
    leads: Vec<String>,
    conversations: Vec<String>,
}

/// What was found and erased, at least: a step that broke off counts when it is taken again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the names say all")]
pub struct Erased {
    pub conversations: u64,
    pub messages: u64,
    pub deliveries: u64,
    pub leads: u64,
    pub channels: u64,
}

/// Who asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Meta, for somebody who connected accounts.
    Meta,
    /// The organisation, for somebody who asked it.
    Organisation,
}

impl Source {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Meta => "META",
            Self::Organisation => "ORGANISATION",
        }
    }
}

/// A request that is being worked on.
#[derive(Debug, Clone)]
pub struct Request {
    /// Its confirmation code.
    pub code: String,
    /// How far it is.
    pub state: State,
    /// Whom it is about.
    pub subject: Subject,
    /// When it was made last.
    pub requested: jiff::Timestamp,
    /// When all was erased.
    pub done: Option<jiff::Timestamp>,
    /// When somebody should be at work on it.
    pub due: Option<jiff::Timestamp>,
    /// What was erased.
    pub erased: Erased,
    /// Which raw deliveries are being looked through.
    pub stage: Option<String>,
    /// How far that is.
    pub after: Option<String>,
    source: String,
    time: UpdateTime,
}

/// The confirmation code of a person's requests: always the same, and nothing can be read from it.
pub fn code(state: &AppState, kind: &str, identifier: &str) -> String {
    let digest = state
        .phone_digest
        .hex(&format!("erasure\n{kind}\n{identifier}"));
    digest[..CODE_DIGITS].to_uppercase()
}

/// Writes a request down: a new one, or one that was closed and is made once more. One that is under way stays as it is. Two
/// round trips.
///
/// # Idempotency
/// By the code.
///
/// # Errors
/// As [`Store::commit`]; [`StoreError::Conflict`] when it was worked on meanwhile.
pub async fn open(
    store: &Store,
    code: &str,
    source: Source,
    subject: &Subject,
    now: jiff::Timestamp,
    _permit: &Permit,
) -> Result<(), StoreError> {
    let path = path(code);
    let doc = RequestDoc {
        state: State::Pending.as_str().to_owned(),
        source: source.as_str().to_owned(),
        subject: Some(SubjectDoc::of(subject)),
        requested_at: Timestamp(now),
        done_at: None,
        due_at: Some(Timestamp(now)),
        erased: Erased::default(),
        stage: None,
        after: None,
    };
    let mut writes = Writes::new();
    match store.get::<RequestDoc>(&path).await? {
        None => writes.create(&path, &doc)?,
        Some(known) if known.value.state == State::Pending.as_str() => return Ok(()),
        Some(known) => writes.put(&path, &doc, Guard::Unchanged(known.update_time))?,
    };
    store.commit(writes).await
}

/// Reads a request. One round trip.
///
/// # Errors
/// As [`Store::get`].
pub async fn get(store: &Store, code: &str) -> Result<Option<Request>, StoreError> {
    let Some(found) = store.get::<RequestDoc>(&path(code)).await? else {
        return Ok(None);
    };
    let doc = found.value;
    let state = State::parse(&doc.state)
        .ok_or_else(|| StoreError::Corrupt("a deletion request is in no known state".into()))?;
    Ok(Some(Request {
        code: found.id,
        state,
        subject: doc.subject.unwrap_or_default().read(),
        requested: doc.requested_at.0,
        done: doc.done_at.map(|at| at.0),
        due: doc.due_at.map(|at| at.0),
        erased: doc.erased,
        stage: doc.stage,
        after: doc.after,
        source: doc.source,
        time: found.update_time,
    }))
}

/// Writes how far a request is. One round trip.
///
/// # Errors
/// [`StoreError::Conflict`] when another worker wrote meanwhile; else as [`Store::commit`].
pub async fn save(
    store: &Store,
    request: &mut Request,
    _permit: &Permit,
) -> Result<(), StoreError> {
    let closed = request.state == State::Closed;
    let doc = RequestDoc {
        state: request.state.as_str().to_owned(),
        source: request.source.clone(),
        subject: (!closed).then(|| SubjectDoc::of(&request.subject)),
        requested_at: Timestamp(request.requested),
        done_at: request.done.map(Timestamp),
        due_at: request.due.map(Timestamp),
        erased: request.erased,
        stage: request.stage.clone(),
        after: request.after.clone(),
    };
    let mut writes = Writes::new();
    writes.put(&path(&request.code), &doc, Guard::Unchanged(request.time))?;
    if let Some(Some(time)) = store.commit_timed(writes).await?.into_iter().next() {
        request.time = time;
    }
    Ok(())
}

/// The codes of requests that should have been worked on by `before`. One round trip.
///
/// # Errors
/// As [`Store::query`].
pub async fn due(
    store: &Store,
    before: jiff::Timestamp,
    limit: u32,
) -> Result<Vec<String>, StoreError> {
    let query = Query::first(limit, DELETION_REQUESTS).below("dueAt", Timestamp(before));
    let found = store.query::<RequestDoc>(query.ascending("dueAt")).await?;
    Ok(found.into_iter().map(|doc| doc.id).collect())
}

fn path(code: &str) -> String {
    format!("{DELETION_REQUESTS}/{code}")
}

impl SubjectDoc {
    fn of(subject: &Subject) -> Self {
        let Subject {
            connected,
            contacts,
            phones,
            leads,
            conversations,
        } = subject.clone();
        Self {
            connected,
            contacts,
            phones,
            leads,
            conversations,
        }
    }

    fn read(self) -> Subject {
        Subject {
            connected: self.connected,
            contacts: self.contacts,
            phones: self.phones,
            leads: self.leads,
            conversations: self.conversations,
        }
    }
}
