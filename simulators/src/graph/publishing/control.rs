//! Publishing by hand: the part of `/_control` that looks at posts and makes trouble for accounts.
//!
//! | | |
//! | --- | --- |
//! | `GET /_control/posts/{owner}` | what people see of an Instagram account or a page |
//! | `DELETE /_control/posts/{id}` | the owner takes a post down |
//! | `GET /_control/containers/{account}` | containers with their status |
//! | `POST /_control/publishing/{owner}` | `{"restriction": "spam" \| "inactive" \| "policy" \| null, "quota": 50}` |
//! | `POST /_control/pace` | `{"imageMs", "filmMs"}`: how long files are looked at |

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{LivePost, Pace, Restriction};
use crate::graph::Graph;

pub(crate) fn routes() -> Router<Graph> {
    Router::new()
        .route("/posts/{id}", get(posts).delete(take_down))
        .route("/containers/{account}", get(containers))
        .route("/publishing/{owner}", post(trouble))
        .route("/pace", post(pace))
}

async fn posts(State(graph): State<Graph>, Path(owner): Path<String>) -> Json<Vec<LivePost>> {
    Json(graph.live_posts(&owner))
}

async fn take_down(State(graph): State<Graph>, Path(id): Path<String>) -> Response {
    if graph.delete_post(&id) {
        Json(json!({})).into_response()
    } else {
        (StatusCode::NOT_FOUND, "no such post").into_response()
    }
}

async fn containers(State(graph): State<Graph>, Path(account): Path<String>) -> Json<Value> {
    let rows = graph.containers(&account).into_iter();
    Json(
        rows.map(|(id, status)| json!({ "id": id, "statusCode": status }))
            .collect(),
    )
}

#[derive(Deserialize)]
struct Trouble {
    restriction: Option<Restriction>,
    quota: Option<usize>,
}

async fn trouble(
    State(graph): State<Graph>,
    Path(owner): Path<String>,
    Json(trouble): Json<Trouble>,
) -> Json<Value> {
    graph.restrict(&owner, trouble.restriction);
    if let Some(posts) = trouble.quota {
        graph.set_publishing_quota(&owner, posts);
    }
    Json(json!({}))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PaceInMillis {
    image_ms: u32,
    film_ms: u32,
}

async fn pace(State(graph): State<Graph>, Json(pace): Json<PaceInMillis>) -> Json<Value> {
    graph.set_pace(Pace {
        image: SignedDuration::from_millis(pace.image_ms.into()),
        film: SignedDuration::from_millis(pace.film_ms.into()),
    });
    Json(json!({}))
}
