//! The simulator's own interface: what is there, what went in, what is to go wrong, what time it is.
//!
//! | | |
//! | --- | --- |
//! | `GET /_control/world` | apps, people, pages, accounts, numbers, forms, tokens |
//! | `GET /_control/demo` | the channels of the demonstration, with their owners and tokens |
//! | `POST /_control/seed` | a [`Seed`]: adds to it |
//! | `POST /_control/tokens` | a [`Token`] to issue; answers `{"token"}` |
//! | `POST /_control/invalidate` | `{"token", "why": "passwordChanged"}` |
//! | `POST /_control/revoke-scope` | `{"token", "scope"}` |
//! | `POST /_control/subscriptions` | `{"login": "facebook", "object": "page", "callbackUrl", "fields", "includeValues"}` |
//! | `GET /_control/calls` | every call, with its effects |
//! | `POST /_control/faults` | a [`Plan`]; `DELETE` takes back all of them |
//! | `POST /_control/limits` | `{"useCase": "leadgen", "asset", "calls"}`; without an asset, the app's own per hour |
//! | `POST /_control/happen` | a [`Happening`]: somebody fills in a form, writes, comments; answers `{"id"}` |
//! | `POST /_control/listen` | `{"callbackUrl"}`: both faces of the app are told of everything there |
//! | `POST /_control/delivery-rules` | [`DeliveryRules`]: how webhooks go out |
//! | `POST /_control/deliver` | sends what is due now; answers each attempt |
//! | `GET /_control/deliveries` · `/messages` · `/comments` | what was sent, said, commented |
//! | `GET /_control/clock` · `POST` | `{"now"}` · `{"advanceMs": 1000}` |

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Graph;
use super::assets::{Login, Seed, Subscription};
use super::call::Record;
use super::comments::Comment;
use super::customers::Message;
use super::fault::Plan;
use super::happenings::Happening;
use super::tokens::{Invalidation, Token};
use super::usage::UseCase;
use super::webhooks::{Delivery, DeliveryRules};

pub(super) fn routes() -> Router<Graph> {
    Router::new()
        .route("/world", get(world))
        .route("/demo", get(super::demo::show))
        .route("/seed", post(seed))
        .route("/tokens", post(tokens))
        .route("/invalidate", post(invalidate))
        .route("/revoke-scope", post(revoke_scope))
        .route("/subscriptions", post(subscriptions))
        .route("/calls", get(calls))
        .route("/faults", post(faults).delete(mend))
        .route("/limits", post(limits))
        .route("/happen", post(happen))
        .route("/listen", post(listen))
        .route("/delivery-rules", post(delivery_rules))
        .route("/deliver", post(deliver))
        .route("/deliveries", get(deliveries))
        .route("/messages", get(messages))
        .route("/comments", get(comments))
        .route("/clock", get(time).post(advance))
}

async fn world(State(graph): State<Graph>) -> Json<Value> {
    let world = graph.world();
    Json(json!({
        "apps": world.apps,
        "people": world.people,
        "pages": world.pages,
        "instagramAccounts": world.instagram,
        "whatsappBusinessAccounts": world.whatsapp,
        "leadForms": world.forms,
        "tokens": world.tokens,
    }))
}

async fn seed(State(graph): State<Graph>, Json(seed): Json<Seed>) -> Json<Value> {
    graph.seed(seed);
    Json(json!({}))
}

async fn tokens(State(graph): State<Graph>, Json(token): Json<Token>) -> Json<Value> {
    Json(json!({ "token": graph.issue(token) }))
}

#[derive(Deserialize)]
struct Invalidate {
    token: String,
    why: Invalidation,
}

async fn invalidate(State(graph): State<Graph>, Json(it): Json<Invalidate>) -> Response {
    known_token(graph.invalidate(&it.token, it.why))
}

#[derive(Deserialize)]
struct RevokeScope {
    token: String,
    scope: String,
}

async fn revoke_scope(State(graph): State<Graph>, Json(it): Json<RevokeScope>) -> Response {
    known_token(graph.revoke_scope(&it.token, &it.scope))
}

fn known_token(known: bool) -> Response {
    if known {
        Json(json!({})).into_response()
    } else {
        (StatusCode::NOT_FOUND, "no such token").into_response()
    }
}

#[derive(Deserialize)]
struct Subscribe {
    login: Login,
    object: String,
    #[serde(flatten)]
    subscription: Subscription,
}

async fn subscriptions(State(graph): State<Graph>, Json(it): Json<Subscribe>) -> Json<Value> {
    graph.subscribe_app(it.login, &it.object, it.subscription);
    Json(json!({}))
}

async fn calls(State(graph): State<Graph>) -> Json<Vec<Record>> {
    Json(graph.calls())
}

async fn faults(State(graph): State<Graph>, Json(plan): Json<Plan>) -> Json<Value> {
    graph.fail(plan);
    Json(json!({ "planned": graph.planned_faults() }))
}

async fn mend(State(graph): State<Graph>) -> Json<Value> {
    graph.mend();
    Json(json!({}))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Limit {
    use_case: Option<UseCase>,
    asset: Option<String>,
    calls: usize,
}

async fn limits(State(graph): State<Graph>, Json(limit): Json<Limit>) -> Response {
    match (limit.use_case, &limit.asset) {
        (Some(case), Some(asset)) => graph.limit(case, asset, limit.calls),
        (None, None) => graph.limit_app(limit.calls),
        _ => return (StatusCode::BAD_REQUEST, "useCase and asset go together").into_response(),
    }
    Json(json!({})).into_response()
}

async fn happen(State(graph): State<Graph>, Json(happening): Json<Happening>) -> Response {
    match graph.try_happen(happening) {
        Some(id) => Json(json!({ "id": id })).into_response(),
        None => (StatusCode::NOT_FOUND, "no such asset, form or comment").into_response(),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listen {
    callback_url: String,
}

async fn listen(State(graph): State<Graph>, Json(it): Json<Listen>) -> Json<Value> {
    graph.subscribe_everything(&it.callback_url);
    Json(json!({}))
}

async fn delivery_rules(
    State(graph): State<Graph>,
    Json(rules): Json<DeliveryRules>,
) -> Json<Value> {
    graph.delivery_rules(rules);
    Json(json!({}))
}

async fn deliver(State(graph): State<Graph>) -> Json<Vec<Delivery>> {
    Json(graph.deliver_due().await)
}

async fn deliveries(State(graph): State<Graph>) -> Json<Vec<Delivery>> {
    Json(graph.deliveries())
}

async fn messages(State(graph): State<Graph>) -> Json<Vec<Message>> {
    Json(graph.messages())
}

async fn comments(State(graph): State<Graph>) -> Json<Vec<Comment>> {
    Json(graph.comments())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Advance {
    advance_ms: i64,
}

async fn time(State(graph): State<Graph>) -> Json<Value> {
    Json(json!({ "now": graph.now() }))
}

async fn advance(State(graph): State<Graph>, Json(by): Json<Advance>) -> Json<Value> {
    graph
        .clock()
        .advance(SignedDuration::from_millis(by.advance_ms));
    Json(json!({ "now": graph.now() }))
}
