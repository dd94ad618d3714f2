//! `POST /tasks/intake`: one turn of a row, sent by its queue; and what finds rows whose task was lost.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{MethodRouter, post};
use futures::{StreamExt as _, TryStreamExt as _};

use super::fetch::{self, Forms};
use super::second_look::look_again;
use super::settle::{Case, Outcome};
use super::store::{self, Row};
use super::{Next, Obstacle, Turn, Way, form_lead, stranger};
use crate::channels::secrets;
use crate::channels::store::channels;
use crate::error::Error;
use crate::extract::pushed::Pushed;
use crate::jobs::queue::{Job, Nudge, Turn as QueueTurn, put};
use crate::jobs::{Lease, TaskError, lease_length, settle};
use crate::leads::store::Leads;
use crate::policy::{Action, Actor, authorize};
use crate::state::AppState;
use crate::store::{StoreError, Writes};

/// The path of the task.
pub const PATH: &str = "/tasks/intake";

/// The queue: its rate and concurrency are what lead forms may take of the platform's budget.
pub const QUEUE: &str = "intake";

/// Rows that one sweep puts back into their queue.
const SWEEP_LIMIT: u32 = 300;

/// Tasks put at a time.
const PUTS_AT_ONCE: usize = 16;

/// How long tasks are waited for that are put after a delivery. The platform wants its answer within 5 s.
const ANNOUNCING: Duration = Duration::from_secs(1);

/// Rows looked at at a time.
const PAGE: u32 = 100;

/// The job of a row.
pub fn job(id: &str) -> Job<'_> {
    Job {
        queue: QUEUE,
        path: PATH,
        id,
    }
}

/// The route. The forms that it remembers live as long as it does.
pub fn door() -> MethodRouter<AppState> {
    let forms = fetch::forms();
    post(
        async move |State(state): State<AppState>,
                    _: Pushed,
                    Json(nudge): Json<Nudge>|
                    -> Response {
            let outcome = turn(&state, &forms, &nudge.id).await;
            settle(&state, &job(&nudge.id), outcome).await
        },
    )
}

/// Puts the first task of rows that were just written: nudges, whose loss the sweep mends, so whoever waits waits a second
/// for them at most. Calls to Cloud Tasks, 16 at a time.
pub async fn announce(state: &AppState, ids: &[String], at: jiff::Timestamp) {
    let of = at.to_string();
    let puts = ids.iter().map(|id| {
        let of = QueueTurn::First(&of);
        async move { put(state, &job(id), &of).await }
    });
    let puts: Vec<_> = puts.collect();
    let putting = futures::stream::iter(puts)
        .buffer_unordered(PUTS_AT_ONCE)
        .try_collect::<()>();
    match tokio::time::timeout(ANNOUNCING, putting).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "the tasks of new leads are left to the sweep"),
        Err(_) => tracing::warn!("the tasks of new leads took too long and are left to the sweep"),
    }
}

/// Takes a turn of a row. Round trips: the row, the claim, channel and token side by side; then as the row's way says, and
/// one more after a lead was given to a partner. For a new person's form through a partner's own page 12 in all, through a
/// branch's 15, of which most run side by side.
///
/// # Idempotency
/// By the lease, and by the row that is closed in the commit of its lead: any number of turns make one lead.
///
/// # Errors
/// [`TaskError::Retry`] while it waits; what can never be is written down in the row.
pub async fn turn(state: &AppState, forms: &Forms, id: &str) -> Result<(), TaskError> {
    let begun = state
        .store
        .retrying(|| begin(state, id))
        .await
        .map_err(Error::from)?;
    let (row, lease) = match begun {
        Begun::Over => return Ok(()),
        Begun::Held(until) => {
            let wait = until.duration_since(state.clock.now());
            return Err(again(wait, "the lead is in another worker's hands"));
        }
        Begun::Free(row, lease) => (row, lease),
    };
    let case = Case {
        state,
        leads: Leads::of(state),
        keeping: authorize(&Actor::Service, &Action::KeepServiceData).map_err(Error::from)?,
        recording: authorize(&Actor::Service, &Action::RecordLeadHistory).map_err(Error::from)?,
        row_id: id,
        lease: &lease,
    };
    match work(&case, forms, &row).await {
        Err(error) if error.code().may_pass() => {
            // The row is let go at once; where that fails too, its lease ends.
            tracing::warn!(%error, cause = error.source_text(), "a lead waits");
            keep(&case, &Obstacle::Away(None)).await
        }
        Err(error) => {
            tracing::error!(%error, cause = error.source_text(), "a lead cannot be taken in");
            keep(&case, &Obstacle::Broken(error.to_string())).await
        }
        Ok(Outcome::Lost) => Ok(()),
        Ok(Outcome::Settled(ending, made)) => {
            tracing::info!(
                way = row.way().as_str(),
                ending = ending.as_str(),
                "a lead was taken in"
            );
            match made {
                Some((lead, place)) => Ok(look_again(state, &lead, &place).await?),
                None => Ok(()),
            }
        }
        Ok(Outcome::Kept(obstacle)) => keep(&case, &obstacle).await,
    }
}

enum Begun {
    Free(Box<Row>, Lease),
    Held(jiff::Timestamp),
    Over,
}

async fn begin(state: &AppState, id: &str) -> Result<Begun, StoreError> {
    let Some(row) = store::get(&state.store, id).await? else {
        return Ok(Begun::Over);
    };
    let now = state.clock.now();
    match row.turn(now) {
        Turn::Over => Ok(Begun::Over),
        Turn::Held(until) => Ok(Begun::Held(until)),
        Turn::Free => {
            let permit = authorize(&Actor::Service, &Action::KeepServiceData)
                .map_err(|denied| StoreError::Corrupt(denied.to_string()))?;
            let lease = Lease::new(now, lease_length(&state.config));
            store::claim(&state.store, &permit, &row, &lease).await?;
            Ok(Begun::Free(Box::new(row), lease))
        }
    }
}

async fn work(case: &Case<'_>, forms: &Forms, row: &Row) -> Result<Outcome, Error> {
    let state = case.state;
    let id = [row.channel_id()];
    let channel = async { Ok::<_, Error>(channels(&state.store, &id).await?.into_iter().next()) };
    match row.way() {
        Way::Conversation => {
            let channel = channel.await?;
            stranger::take(case, channel.as_ref()).await
        }
        Way::Form => {
            let (channel, grant) =
                futures::try_join!(channel, secrets::grant(state, row.channel_id()))?;
            let access = grant.map(|grant| grant.access);
            form_lead::take(case, forms, row, channel.as_ref(), access.as_ref()).await
        }
    }
}

/// Writes why a lead is not there yet. A row that is tried again has its next turn in the queue.
async fn keep(case: &Case<'_>, obstacle: &Obstacle) -> Result<(), TaskError> {
    let db = &case.state.store;
    let next = db
        .retrying(|| async {
            let Some(row) = case.row().await? else {
                return Ok(None);
            };
            let now = case.now();
            let age = row
                .received_at()
                .map(|received| now.duration_since(received))
                .unwrap_or_default();
            let next = obstacle.next(row.attempts(), age);
            let again_at = match next {
                Next::Again(wait) => Some(now + wait),
                Next::Park => None,
            };
            let mut writes = Writes::new();
            store::put_off(&mut writes, &case.keeping, &row, obstacle, again_at, now)?;
            db.commit(writes).await?;
            Ok::<_, StoreError>(Some(next))
        })
        .await
        .map_err(Error::from)?;
    match next {
        Some(Next::Again(wait)) => Err(again(wait, obstacle.code())),
        Some(Next::Park) => {
            tracing::error!(
                alarm = "INTAKE_PARKED",
                row = case.row_id,
                why = obstacle.code(),
                "a lead is parked"
            );
            Ok(())
        }
        None => Ok(()),
    }
}

fn again(after: jiff::SignedDuration, cause: &str) -> TaskError {
    TaskError::Retry {
        after: Some(after),
        cause: Error::unavailable(cause),
    }
}

/// Puts rows back into the queue whose task was lost. One query, and a call to Cloud Tasks for each find.
///
/// # Idempotency
/// Two sweeps within a minute put the same tasks once.
///
/// # Errors
/// `UNAVAILABLE`; what was put by then is in the queue.
pub async fn sweep(state: &AppState) -> Result<(), Error> {
    let now = state.clock.now();
    let lost = store::overdue(&state.store, now, SWEEP_LIMIT).await?;
    for id in &lost {
        put(state, &job(id), &QueueTurn::Swept(now)).await?;
    }
    if !lost.is_empty() {
        tracing::info!(lost = lost.len(), "lead intake swept");
    }
    Ok(())
}

/// Which rows are tried again.
#[derive(Debug, Clone, Copy)]
pub enum Which<'a> {
    /// One, by its id.
    One(&'a str),
    /// The parked ones of a channel, and those that wait for it to be connected again.
    Channel(&'a str),
    /// All that are parked.
    Parked,
}

/// Reopens rows that are parked or wait, and says how many. The sweep, within a minute, puts them into the queue. One query
/// for each 100, one commit for each row; rows that a worker has just then are left to it.
///
/// # Idempotency
/// Safe to repeat, and to break off.
///
/// # Errors
/// `UNAVAILABLE`, `ABORTED`.
pub async fn reopen(state: &AppState, which: Which<'_>) -> Result<usize, Error> {
    match which {
        Which::One(id) => {
            let row = store::get(&state.store, id).await?;
            let row = row.filter(Row::is_parked);
            reopen_all(state, &Vec::from_iter(row)).await
        }
        Which::Channel(channel) => Ok(reopen_stuck(state, Some(channel), false).await?
            + reopen_stuck(state, Some(channel), true).await?),
        Which::Parked => reopen_stuck(state, None, false).await,
    }
}

async fn reopen_stuck(
    state: &AppState,
    channel: Option<&str>,
    waiting: bool,
) -> Result<usize, Error> {
    let (mut reopened, mut after) = (0, None);
    loop {
        let page = store::stuck(&state.store, channel, waiting, after.as_deref(), PAGE);
        let page = page.await?;
        reopened += reopen_all(state, &page).await?;
        match page.last() {
            Some(last) => after = Some(last.id.clone()),
            None => return Ok(reopened),
        }
    }
}

async fn reopen_all(state: &AppState, rows: &[Row]) -> Result<usize, Error> {
    let permit = authorize(&Actor::Service, &Action::KeepServiceData)?;
    let now = state.clock.now();
    let mut reopened = 0;
    for row in rows {
        let mut writes = Writes::new();
        store::reopen(&mut writes, &permit, row, now)?;
        match state.store.commit(writes).await {
            Ok(()) => reopened += 1,
            // Somebody is at work on it.
            Err(StoreError::Conflict | StoreError::NotFound) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(reopened)
}
