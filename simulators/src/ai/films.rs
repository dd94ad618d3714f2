//! Films: Gemini's Interactions API, in the background, and the files that it leaves.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State as Extract};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_TYPE, HOST};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::errors::{Dialect, gateway, no_such_fault};
use super::fault::{Fault, Provider, Target};
use super::images::api_key;
use super::media::{self, Index};
use super::state::{FilmJob, Presence, State};
use super::writer;

const MODELS: &[&str] = &["gemini-omni-1.1-flash"];

/// Tokens of a second of film.
const TOKENS_A_SECOND: u64 = 1000;

const DIALECT: Dialect = Dialect::Gemini;

/// Begins a call: its key is known, or it is over.
fn enter(
    state: &Arc<State>,
    target: Target,
    headers: &HeaderMap,
) -> Result<Presence, Box<Response>> {
    let key = api_key(headers);
    let presence = Presence::new(state, state.note(Provider::Gemini, target, key));
    let known = state.world().knows(key, Provider::Gemini);
    if known {
        Ok(presence)
    } else {
        Err(Box::new(over(presence, DIALECT.unknown_key())))
    }
}

fn over(mut presence: Presence, response: Response) -> Response {
    presence.amend(|call| call.status = response.status().as_u16());
    presence.finish();
    response
}

/// What all three calls can be made to answer.
fn common(fault: Option<&Fault>) -> Option<Response> {
    match fault? {
        Fault::RateLimited {
            retry_after_seconds,
        } => Some(DIALECT.slow_down(*retry_after_seconds)),
        Fault::QuotaExhausted => Some(DIALECT.quota_exhausted()),
        Fault::ServerError { status } => Some(DIALECT.server_error(*status)),
        Fault::Gateway => Some(gateway()),
        _ => None,
    }
}

pub(super) async fn begin(
    Extract(state): Extract<Arc<State>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let presence = match enter(&state, Target::Film, &headers) {
        Ok(presence) => presence,
        Err(refusal) => return *refusal,
    };
    let request: Value = serde_json::from_slice(&body).unwrap_or_default();
    let prompt = request["input"].as_str().unwrap_or_default();
    let model = request["model"].as_str().unwrap_or_default();
    presence.amend(|call| {
        prompt.clone_into(&mut call.user);
        model.clone_into(&mut call.model);
    });
    let seconds = match check(&request) {
        Ok(seconds) => seconds,
        Err(refusal) => return over(presence, *refusal),
    };
    let fault = state.world().next_fault(Provider::Gemini, Target::Film);
    if let Some(refusal) = common(fault.as_ref()) {
        return over(presence, refusal);
    }
    if fault == Some(Fault::BlockedPrompt) || writer::is_forbidden(prompt) {
        let error = json!({ "error": { "code": "SAFETY", "message": "The prompt was blocked for safety reasons." } });
        return over(
            presence,
            (axum::http::StatusCode::BAD_REQUEST, Json(error)).into_response(),
        );
    }
    let name = format!("int_{}", uuid::Uuid::new_v4().simple());
    let job = FilmJob {
        key: api_key(&headers).to_owned(),
        seconds,
        questions: 0,
        call: presence.call,
    };
    state.world().films.insert(name.clone(), job);
    presence.amend(|call| {
        call.paid = true;
        call.video_seconds = seconds;
        call.input_tokens = writer::tokens(prompt);
        call.output_tokens = seconds * TOKENS_A_SECOND;
    });
    let response = match fault {
        Some(Fault::Stall { .. }) => std::future::pending().await,
        Some(Fault::BrokenJson) => "{\"id\":".into_response(),
        None => Json(
            json!({ "id": name, "object": "interaction", "status": "in_progress", "model": model }),
        )
        .into_response(),
        Some(_) => no_such_fault(),
    };
    over(presence, response)
}

/// The provider's own rules. Returns the length in seconds.
fn check(request: &Value) -> Result<u64, Box<Response>> {
    let model = request["model"].as_str().unwrap_or_default();
    if !MODELS.contains(&model) {
        return Err(Box::new(DIALECT.unknown_model(model)));
    }
    let invalid = |message: &str| Box::new(DIALECT.bad_request("invalid_request", message));
    if request["background"] != true {
        return Err(invalid("the simulator films in the background only"));
    }
    let format = &request["response_format"];
    if !matches!(format["aspect_ratio"].as_str(), Some("16:9" | "9:16")) {
        return Err(invalid("response_format.aspect_ratio"));
    }
    // A protobuf Duration.
    format["duration"]
        .as_str()
        .and_then(|text| text.strip_suffix('s')?.parse().ok())
        .filter(|seconds| (3..=10).contains(seconds))
        .ok_or_else(|| invalid("response_format.duration"))
}

pub(super) async fn ask(
    Extract(state): Extract<Arc<State>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    let presence = match enter(&state, Target::FilmPoll, &headers) {
        Ok(presence) => presence,
        Err(refusal) => return *refusal,
    };
    let fault = state.world().next_fault(Provider::Gemini, Target::FilmPoll);
    if let Some(refusal) = common(fault.as_ref()) {
        return over(presence, refusal);
    }
    let job = {
        let mut world = state.world();
        let job = world
            .films
            .get_mut(&name)
            .filter(|job| job.key == api_key(&headers));
        job.map(|job| {
            job.questions += 1;
            job.clone()
        })
    };
    let (Some(job), false) = (job, fault == Some(Fault::Lost)) else {
        let unknown = json!({ "error": { "code": "invalid_request", "message": "Invalid interaction name." } });
        return over(
            presence,
            (axum::http::StatusCode::BAD_REQUEST, Json(unknown)).into_response(),
        );
    };
    let host = headers
        .get(HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let own = format!("http://{host}/gemini/v1beta/files/{name}:download");
    let response = match fault {
        Some(Fault::Stall { .. }) => std::future::pending().await,
        Some(Fault::BrokenJson) => "{\"id\":".into_response(),
        Some(Fault::Refusal) => {
            state.amend(job.call, |call| call.video_seconds = 0);
            let error = json!({ "code": "SAFETY", "message": "The video was blocked." });
            Json(json!({ "id": name, "status": "failed", "error": error })).into_response()
        }
        Some(Fault::NoOutput) => {
            state.amend(job.call, |call| call.video_seconds = 0);
            let words = json!({ "type": "text", "text": "I can't make this video." });
            Json(completed(&name, &words, 0)).into_response()
        }
        Some(Fault::Finish { reason }) => {
            Json(json!({ "id": name, "status": reason })).into_response()
        }
        Some(Fault::ForeignAddress { url }) => {
            Json(completed(&name, &video(&url), job.seconds)).into_response()
        }
        None if job.is_done() => Json(completed(&name, &video(&own), job.seconds)).into_response(),
        None => Json(json!({ "id": name, "status": "in_progress" })).into_response(),
        Some(_) => no_such_fault(),
    };
    over(presence, response)
}

fn video(uri: &str) -> Value {
    json!({ "type": "video", "mime_type": "video/mp4", "uri": uri })
}

fn completed(name: &str, content: &Value, seconds: u64) -> Value {
    json!({
        "id": name,
        "status": "completed",
        "steps": [
            { "type": "user_input" },
            { "type": "thought" },
            { "type": "model_output", "content": [content] },
        ],
        "usage": {
            "total_input_tokens": 20,
            "total_output_tokens": seconds * TOKENS_A_SECOND,
            "output_tokens_by_modality": [{ "modality": "video", "tokens": seconds * TOKENS_A_SECOND }],
        },
    })
}

#[derive(Deserialize)]
pub(super) struct Download {
    alt: Option<String>,
}

pub(super) async fn download(
    Extract(state): Extract<Arc<State>>,
    Path(verb): Path<String>,
    Query(query): Query<Download>,
    headers: HeaderMap,
) -> Response {
    let presence = match enter(&state, Target::Download, &headers) {
        Ok(presence) => presence,
        Err(refusal) => return *refusal,
    };
    let fault = state.world().next_fault(Provider::Gemini, Target::Download);
    if let Some(refusal) = common(fault.as_ref()) {
        return over(presence, refusal);
    }
    let name = verb.strip_suffix(":download").unwrap_or_default();
    let seconds = state
        .world()
        .films
        .get(name)
        .filter(|job| job.is_done())
        .map(|job| job.seconds);
    let (Some(seconds), false) = (seconds, fault == Some(Fault::Lost)) else {
        return over(
            presence,
            DIALECT.refuse(404, "not_found", "File not found."),
        );
    };
    let mp4 = |bytes: Vec<u8>| ([(CONTENT_TYPE, "video/mp4")], bytes).into_response();
    let response = match fault {
        Some(Fault::Stall { .. }) => std::future::pending().await,
        Some(Fault::WrongBytes) => mp4(b"this is no film".to_vec()),
        Some(Fault::HalfFile) => {
            let mut whole = media::film(seconds, Index::First);
            whole.truncate(whole.len() / 2);
            mp4(whole)
        }
        Some(Fault::IndexLast) => mp4(media::film(seconds, Index::Last)),
        None if query.alt.as_deref() == Some("media") => mp4(media::film(seconds, Index::First)),
        None => Json(json!({ "name": format!("files/{name}"), "state": "ACTIVE" })).into_response(),
        Some(_) => no_such_fault(),
    };
    over(presence, response)
}
