//! `POST /tasks/channelConnected`: takes in what was parked for a channel before it was connected, or connected again, has its
//! waiting leads fetched, and compares its forms' leads.

use axum::Json;
use axum::extract::State;
use axum::response::Response;

use super::replay;
use crate::channels::connect::enrol::{CONNECTED_PATH, CONNECTED_QUEUE};
use crate::channels::store::mark_replayed;
use crate::error::Error;
use crate::extract::pushed::Pushed;
use crate::jobs::queue::{Job, Nudge};
use crate::jobs::{TaskError, settle};
use crate::leads::intake::reconcile;
use crate::leads::intake::tasks::{Which, reopen};
use crate::policy::{Action, Actor, authorize};
use crate::state::AppState;

/// Answers a task. Cut off by the time limit it goes on with its next turn: what was taken in is not parked any more.
pub async fn run(State(state): State<AppState>, _: Pushed, Json(nudge): Json<Nudge>) -> Response {
    let job = Job {
        queue: CONNECTED_QUEUE,
        path: CONNECTED_PATH,
        id: &nudge.id,
    };
    let outcome = turn(&state, &nudge.id).await.map_err(TaskError::from);
    settle(&state, &job, outcome).await
}

async fn turn(state: &AppState, channel_id: &str) -> Result<(), Error> {
    let permit = authorize(&Actor::Service, &Action::MaintainChannel)?;
    let replayed = replay::all(state, Some(channel_id)).await?;
    let leads = reopen(state, Which::Channel(channel_id)).await?;
    reconcile::begin(state, channel_id).await?;
    mark_replayed(&permit, &state.store, channel_id).await?;
    if replayed.deliveries > 0 || leads > 0 {
        tracing::info!(
            channel = channel_id,
            deliveries = replayed.deliveries,
            parked = replayed.parked,
            leads,
            "what waited for a channel was taken in"
        );
    }
    Ok(())
}
