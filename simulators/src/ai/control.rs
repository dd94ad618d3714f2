//! The simulator's own interface: what went in, what is to go wrong, what time it is.
//!
//! | | |
//! | --- | --- |
//! | `GET /control/calls` | every call, with its bill |
//! | `POST /control/faults` | `{"provider": "openai", "target": "text", "fault": {"is": "stall", "tokens": 3}}` |
//! | `POST /control/replies` | `{"caption", "hashtags", "altText"}`: what the next text says |
//! | `POST /control/clock` | `{"advanceMs": 1000}`, for a clock that stands |
//! | `POST /control/keys` | `{"key", "provider"}` issues a key; without a provider, revokes it |
//! | `POST /control/reset` | everything as at the start |

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State as Extract;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::fault::{Fault, Provider, Target};
use super::state::{Call, State, World};
use super::writer::Reply;

pub(super) fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/calls", get(calls))
        .route("/faults", post(faults))
        .route("/replies", post(replies))
        .route("/clock", post(clock))
        .route("/keys", post(keys))
        .route("/reset", post(reset))
}

async fn calls(Extract(state): Extract<Arc<State>>) -> Json<Vec<Call>> {
    Json(state.world().calls.clone())
}

#[derive(Deserialize)]
struct Plan {
    provider: Provider,
    target: Target,
    fault: Fault,
}

async fn faults(Extract(state): Extract<Arc<State>>, Json(plan): Json<Plan>) -> Json<Value> {
    let mut world = state.world();
    world.plan(plan.provider, plan.target, plan.fault);
    Json(json!({ "planned": world.planned() }))
}

async fn replies(Extract(state): Extract<Arc<State>>, Json(reply): Json<Reply>) -> Json<Value> {
    let mut world = state.world();
    world.replies.push_back(reply);
    Json(json!({ "replies": world.replies.len() }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Advance {
    advance_ms: u64,
}

async fn clock(Extract(state): Extract<Arc<State>>, Json(by): Json<Advance>) -> Json<Value> {
    state.clock.advance(Duration::from_millis(by.advance_ms));
    Json(json!({ "nowMs": state.now_ms() }))
}

#[derive(Deserialize)]
struct Key {
    key: String,
    provider: Option<Provider>,
}

async fn keys(Extract(state): Extract<Arc<State>>, Json(key): Json<Key>) -> Json<Value> {
    let mut world = state.world();
    match key.provider {
        Some(provider) => world.issue(&key.key, provider),
        None => world.revoke(&key.key),
    }
    Json(json!({}))
}

async fn reset(Extract(state): Extract<Arc<State>>) -> Json<Value> {
    *state.world() = World::default();
    Json(json!({}))
}
