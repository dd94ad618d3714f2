//! `generateContent` and `enqueueContent`: asking for content, and waiting for it or not.

use serde::Deserialize;

use super::budget::Payer;
use super::run::{Audience, Chunk, New, Outcome, Worker, view};
use super::store::RequestDoc;
use super::{ContentRequest, Order, RawOrder, Stage, store, tasks};
use crate::error::{Code, Error, text};
use crate::extract::{Caller, Chunks, request_id};
use crate::ids::random_id;
use crate::jobs::queue::{Turn, put};
use crate::policy::{Action, Permit, authorize};
use crate::state::AppState;
use crate::store::{StoreError, Writes};
use crate::users::standing;

/// What to make.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(
    test,
    derive(ts_rs::TS),
    ts(rename = "GenerateContent", optional_fields)
)]
pub struct Ask {
    topic: String,
    #[cfg_attr(test, ts(as = "super::Platform"))]
    platform: String,
    #[serde(default)]
    #[cfg_attr(test, ts(optional = nullable))]
    options: Options,
    request_id: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(
    test,
    derive(ts_rs::TS),
    ts(rename = "GenerateContentOptions", optional_fields)
)]
struct Options {
    tone: Option<String>,
    language: Option<String>,
    #[cfg_attr(test, ts(as = "Option<super::Media>"))]
    media: Option<String>,
    #[cfg_attr(test, ts(as = "Option<crate::providers::Aspect>"))]
    aspect: Option<String>,
}

/// `generateContent`, also `aiService`: the content request; streams stages and caption text on the way.
///
/// A text, and a text with a picture, come as COMPLETED. A film takes minutes, more than a caller waits: it is begun, and the
/// result is the request as PROCESSING, with the final caption in `generatedContent`; the queue goes on, and the frontend
/// listens to the document. A picture that no provider draws right now, or that has no time left, goes the same way.
///
/// Round trips: one for the caller's standing, then as [`Worker::turn`] says; a call to Cloud Tasks for what goes on later.
///
/// # Idempotency
/// By `requestId`, for each person: the same order under the same id is the same request, made once and paid once. While
/// another call is at it the answer is `ABORTED` with `IN_PROGRESS` and `contentRequestId`, the document to listen to.
///
/// # Errors
/// `INVALID_ARGUMENT` with the field; `PERMISSION_DENIED` for who has no place, `STALE_TOKEN` among its reasons;
/// `RESOURCE_EXHAUSTED` with `BUDGET_REACHED`; `FAILED_PRECONDITION` with `AI_OFF`, `SETTINGS_UNREADABLE`,
/// `AI_NOT_SET_UP`, `CONTENT_REFUSED`, `FORBIDDEN_CLAIM`; `UNAVAILABLE` with `AI_UNAVAILABLE`, `MEDIA_NOT_STORED`,
/// `MEDIA_INTERRUPTED`; `DEADLINE_EXCEEDED` with `MEDIA_LATE`; `ALREADY_EXISTS` with `REQUEST_ID_REUSED`. Once there is a document, `details.contentRequestId` names it.
pub async fn generate_content(
    state: AppState,
    caller: Caller,
    data: Ask,
    chunks: Chunks<Chunk>,
) -> Result<RequestDoc, Error> {
    let (request, permit) = asked(&state, &caller, &data).await?;
    let new = New {
        request: &request,
        permit: &permit,
    };
    let outcome = Worker::new(&state)?
        .turn(&request.id, Some(&new), &Audience::Person(&chunks))
        .await?;
    let of_request = |error: Error| error.with("contentRequestId", request.id.as_str());
    match outcome {
        Outcome::Over(over) => {
            same_order(&over, &request)?;
            match &over.stage {
                Stage::Failed(failure) => Err(of_request(failure.clone().into())),
                Stage::Pending | Stage::Processing(_) | Stage::Completed(_) => {
                    Ok(view(&over, state.clock.now()))
                }
            }
        }
        Outcome::Later(after, waiting) => {
            let now = state.clock.now();
            nudge(&state, &waiting, &Turn::At(now + after)).await;
            Ok(view(&waiting, now))
        }
        Outcome::Busy(busy) => {
            same_order(&busy, &request)?;
            // What the queue finishes can be listened to; what another call writes just now can only be waited for.
            if busy.film.is_some() {
                return Ok(view(&busy, state.clock.now()));
            }
            Err(of_request(in_progress()))
        }
        Outcome::Gone => Err(of_request(in_progress())),
        Outcome::Declined(failure) => Err(failure.into()),
    }
}

/// `enqueueContent`: the content request as PENDING; a task makes it, and the frontend listens to the document.
///
/// Two round trips and a call to Cloud Tasks; when that fails, the document's own event or the sweep puts the task.
///
/// # Idempotency
/// As [`generate_content`]; a request that is there already is returned as it stands.
///
/// # Errors
/// `INVALID_ARGUMENT`, `PERMISSION_DENIED` and `ALREADY_EXISTS` as [`generate_content`].
pub async fn enqueue_content(
    state: AppState,
    caller: Caller,
    data: Ask,
) -> Result<RequestDoc, Error> {
    let (request, permit) = asked(&state, &caller, &data).await?;
    let now = state.clock.now();
    let mut writes = Writes::new();
    store::create(&permit, &mut writes, &request, now)?;
    let standing = match state.store.commit(writes).await {
        Ok(()) => request,
        Err(StoreError::AlreadyExists) => {
            let stored = store::get(&state.store, &request.id).await?;
            let stored = stored.ok_or(StoreError::Conflict)?.request?;
            same_order(&stored, &request)?;
            stored
        }
        Err(error) => return Err(error.into()),
    };
    if standing.stage == Stage::Pending {
        let turn = standing.created_at.to_string();
        nudge(&state, &standing, &Turn::First(&turn)).await;
    }
    Ok(view(&standing, now))
}

/// Puts a turn of a request into the queue. What is not put is found by the sweep.
async fn nudge(state: &AppState, request: &ContentRequest, turn: &Turn<'_>) {
    if let Err(error) = put(state, &tasks::job(&request.id), turn).await {
        tracing::warn!(%error, "a content request waits for its event or the sweep");
    }
}

/// The request that a caller asks for, and that they may.
async fn asked(
    state: &AppState,
    caller: &Caller,
    data: &Ask,
) -> Result<(ContentRequest, Permit), Error> {
    let order = Order::parse(&RawOrder {
        topic: &data.topic,
        platform: &data.platform,
        tone: data.options.tone.as_deref(),
        language: data.options.language.as_deref(),
        media: data.options.media.as_deref(),
        aspect: data.options.aspect.as_deref(),
    })?;
    let id = match &data.request_id {
        Some(request_id) => request_id::document_of(caller, None, request_id)?,
        None => random_id(),
    };
    let payer = Payer {
        uid: caller.uid().clone(),
        branch: caller.scope().branch().cloned(),
    };
    // A microsecond is what Firestore keeps, and a repeated call must name the same task.
    let now = state.clock.now();
    let now = jiff::Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now);
    let request = ContentRequest::new(id, payer, order, now);
    let facts = request.facts();
    let action = Action::CreateContentRequest(&facts);
    // Asked first with the token alone: who has no place costs no round trip.
    let _ = authorize(&caller.actor(), &action)?;
    let standing = standing::check(state, caller).await?;
    let permit = authorize(standing.actor(), &action)?;
    Ok((request, permit))
}

fn same_order(stored: &ContentRequest, asked: &ContentRequest) -> Result<(), Error> {
    if stored.asks_the_same(asked) {
        return Ok(());
    }
    Err(request_id::reused("permintaan", "request"))
}

fn in_progress() -> Error {
    Error::new(
        Code::Aborted,
        "IN_PROGRESS",
        text(
            "Konten ini sedang dibuat. Hasilnya segera muncul.",
            "This content is being made. It will appear shortly.",
        ),
    )
}
