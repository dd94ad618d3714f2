//! Logins by hand: the part of `/_control` that stands for people.
//!
//! | | |
//! | --- | --- |
//! | `POST /_control/log-in` | a [`Consent`]; answers `{"code", "redirect"}` |
//! | `POST /_control/short-lived-token` | a [`Consent`]; answers `{"token"}` |
//! | `POST /_control/people/{id}/invalidate` | `{"why": "passwordChanged"}`: every token of a person or an Instagram account |
//! | `POST /_control/people/{id}/restore` | after a checkpoint |
//! | `POST /_control/people/{id}/remove-app` | `{"login", "notify": "http://…"}`: and posts the signed request to that address |
//! | `POST /_control/people/{id}/forget` | `{"login", "notify": "http://…"}`: posts the data deletion request, gives its answer |
//! | `POST /_control/people/{id}/withdraw-scope` | `{"login", "scope"}` |
//! | `POST /_control/people/{id}/roles` | `{"page", "tasks": […]}`; no tasks take the role away |
//! | `POST /_control/habits` | [`Habits`]: how logins are answered |

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Consent, Habits};
use crate::graph::Graph;
use crate::graph::assets::Login;
use crate::graph::tokens::Invalidation;

pub(crate) fn routes() -> Router<Graph> {
    Router::new()
        .route("/log-in", post(log_in))
        .route("/short-lived-token", post(short_lived_token))
        .route("/people/{id}/invalidate", post(invalidate))
        .route("/people/{id}/restore", post(restore))
        .route("/people/{id}/remove-app", post(remove_app))
        .route("/people/{id}/forget", post(forget))
        .route("/people/{id}/withdraw-scope", post(withdraw_scope))
        .route("/people/{id}/roles", post(roles))
        .route("/habits", post(habits))
}

async fn log_in(State(graph): State<Graph>, Json(consent): Json<Consent>) -> Json<Value> {
    let address = reqwest::Url::parse(&consent.redirect_uri);
    let state = consent.state.clone();
    let code = graph.log_in(consent);
    let redirect = address.ok().map(|mut address| {
        address
            .query_pairs_mut()
            .append_pair("code", code.trim_end_matches("#_"))
            .extend_pairs(state.map(|state| ("state", state)));
        address.set_fragment(Some("_"));
        String::from(address)
    });
    Json(json!({ "code": code, "redirect": redirect }))
}

async fn short_lived_token(
    State(graph): State<Graph>,
    Json(consent): Json<Consent>,
) -> Json<Value> {
    Json(json!({ "token": graph.short_lived_token(&consent) }))
}

#[derive(Deserialize)]
struct Invalidate {
    why: Invalidation,
}

async fn invalidate(
    State(graph): State<Graph>,
    Path(id): Path<String>,
    Json(it): Json<Invalidate>,
) -> Json<Value> {
    graph.invalidate_person(&id, it.why);
    Json(json!({}))
}

async fn restore(State(graph): State<Graph>, Path(id): Path<String>) -> Json<Value> {
    graph.restore_person(&id);
    Json(json!({}))
}

#[derive(Deserialize)]
struct Notify {
    #[serde(default)]
    login: Login,
    notify: Option<String>,
}

async fn remove_app(
    State(graph): State<Graph>,
    Path(id): Path<String>,
    Json(it): Json<Notify>,
) -> Response {
    graph.remove_app(it.login, &id);
    notify(&graph, it, &id).await
}

async fn forget(
    State(graph): State<Graph>,
    Path(id): Path<String>,
    Json(it): Json<Notify>,
) -> Response {
    notify(&graph, it, &id).await
}

/// Posts a signed request, and tells what was answered.
async fn notify(graph: &Graph, it: Notify, subject: &str) -> Response {
    let signed = graph.signed_request(it.login, subject);
    let Some(address) = it.notify else {
        return Json(json!({ "signed_request": signed })).into_response();
    };
    let form = [("signed_request", signed)];
    match graph.http().post(address).form(&form).send().await {
        Ok(answer) => {
            let status = answer.status().as_u16();
            let body = answer.text().await.unwrap_or_default();
            Json(json!({ "status": status, "body": body })).into_response()
        }
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    }
}

#[derive(Deserialize)]
struct Withdraw {
    #[serde(default)]
    login: Login,
    scope: String,
}

async fn withdraw_scope(
    State(graph): State<Graph>,
    Path(id): Path<String>,
    Json(it): Json<Withdraw>,
) -> Json<Value> {
    graph.withdraw_scope(it.login, &id, &it.scope);
    Json(json!({}))
}

#[derive(Deserialize)]
struct Role {
    page: String,
    #[serde(default)]
    tasks: Vec<String>,
}

async fn roles(
    State(graph): State<Graph>,
    Path(id): Path<String>,
    Json(role): Json<Role>,
) -> Json<Value> {
    if role.tasks.is_empty() {
        graph.take_role(&id, &role.page);
    } else {
        let tasks: Vec<&str> = role.tasks.iter().map(String::as_str).collect();
        graph.give_role(&id, &role.page, &tasks);
    }
    Json(json!({}))
}

async fn habits(State(graph): State<Graph>, Json(habits): Json<Habits>) -> Json<Value> {
    graph.answer_logins(habits);
    Json(json!({}))
}
