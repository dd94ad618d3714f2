//! The floors: the least that a request can cost with the same crates. `floor CONFIG` serves what a JSON file tells.
//!
//! Each route reads the same bytes and answers the same JSON as the service does, and does one thing besides, or nothing:
//!
//! - `BARE`: nothing;
//! - `VERIFYING`: proves the ID token, each time anew;
//! - `COMMITTING`: commits the same documents, through the same crate.
//!
//! *Invariant:* nothing of the service is used, so that whatever the service adds stands beside it. No log, no layers.

mod committing;
mod verifying;

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::Value;

use self::committing::{Database, Template};
use self::verifying::Verifying;

/// What the file tells.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Config {
    listen: SocketAddr,
    project_id: String,
    firestore: String,
    /// The public key of the ID tokens, as a JWK.
    key: jsonwebtoken::jwk::Jwk,
    routes: Vec<Route>,
}

#[derive(Deserialize)]
struct Route {
    path: String,
    answer: Answer,
    #[serde(flatten)]
    does: Does,
}

/// What the service answers to the same request.
#[derive(Deserialize)]
struct Answer {
    status: u16,
    /// Absent where the answer has no body.
    body: Option<Value>,
}

#[derive(Deserialize)]
#[serde(tag = "does", rename_all = "SCREAMING_SNAKE_CASE")]
enum Does {
    Bare,
    Verifying,
    Committing { documents: Vec<Template> },
}

impl Answer {
    fn response(&self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        match &self.body {
            Some(body) => (status, Json(body)).into_response(),
            None => status.into_response(),
        }
    }
}

fn main() -> ExitCode {
    let config = std::env::args()
        .nth(1)
        .ok_or_else(|| "floor CONFIG".to_owned())
        .and_then(|path| std::fs::read(path).map_err(|error| error.to_string()))
        .and_then(|text| serde_json::from_slice(&text).map_err(|error| error.to_string()));
    match config.and_then(run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("floor: {error}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run(config: Config) -> Result<(), String> {
    let database = Database::connect(&config.project_id, &config.firestore).await?;
    let verifying = Arc::new(Verifying::new(&config.key, &config.project_id)?);
    let mut router = Router::new();
    for Route { path, answer, does } in config.routes {
        let answer = Arc::new(answer);
        let route = match does {
            Does::Bare => bare(answer),
            Does::Verifying => verified(answer, Arc::clone(&verifying)),
            Does::Committing { documents } => committed(answer, database.clone(), documents),
        };
        router = router.route(&path, route);
    }
    let listener = tokio::net::TcpListener::bind(config.listen)
        .await
        .map_err(|error| error.to_string())?;
    let router = router.layer(DefaultBodyLimit::disable());
    axum::serve(listener, router.into_make_service())
        .await
        .map_err(|error| error.to_string())
}

fn bare(answer: Arc<Answer>) -> MethodRouter {
    post(async move |_: Bytes| answer.response())
}

fn verified(answer: Arc<Answer>, verifying: Arc<Verifying>) -> MethodRouter {
    post(async move |headers: HeaderMap, _: Bytes| {
        if verifying.accepts(&headers) {
            answer.response()
        } else {
            StatusCode::UNAUTHORIZED.into_response()
        }
    })
}

fn committed(answer: Arc<Answer>, database: Database, documents: Vec<Template>) -> MethodRouter {
    let documents = Arc::new(documents);
    post(
        async move |_: Bytes| match database.commit(&documents).await {
            Ok(()) => answer.response(),
            Err(error) => {
                eprintln!("floor: {error}");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        },
    )
}
