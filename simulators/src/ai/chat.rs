//! Chat completions, as OpenAI serves them and as Gemini's compatible endpoint does.

mod request;
mod script;

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State as Extract;
use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use futures::stream;
use serde_json::json;

use self::request::Request;
use self::script::{Script, Step};
use super::errors::{Dialect, gateway, no_such_fault};
use super::fault::{Fault, Target};
use super::state::{Presence, State};
use super::writer;

/// Tokens that Gemini thinks before it writes. Its compatible endpoint leaves them out of `completion_tokens`.
pub(super) const THOUGHTS: u64 = 7;

/// Models that write.
const MODELS: &[&str] = &[
    "gpt-6-luna",
    "gpt-6-sol",
    "gemini-3.5-flash-lite",
    "gemini-3.8-flash",
];

pub(super) async fn openai(
    Extract(state): Extract<Arc<State>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    serve(&state, Dialect::OpenAi, &headers, &body).await
}

pub(super) async fn gemini(
    Extract(state): Extract<Arc<State>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    serve(&state, Dialect::GeminiCompatible, &headers, &body).await
}

pub(super) fn bearer(headers: &HeaderMap) -> &str {
    headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.strip_prefix("Bearer "))
        .unwrap_or_default()
}

async fn serve(state: &Arc<State>, dialect: Dialect, headers: &HeaderMap, body: &[u8]) -> Response {
    let key = bearer(headers);
    let call = state.note(dialect.provider(), Target::Text, key);
    let presence = Presence::new(state, call);
    let known = state.world().knows(key, dialect.provider());
    if !known {
        return refused(presence, dialect.unknown_key());
    }
    let request: Request = match serde_json::from_slice(body) {
        Ok(request) => request,
        Err(error) => {
            let refusal = dialect.bad_request("invalid_request", &error.to_string());
            return refused(presence, refusal);
        }
    };
    presence.amend(|call| {
        call.model.clone_from(&request.model);
        call.system = request.text_of(&["system", "developer"]);
        call.user = request.text_of(&["user"]);
    });
    if let Some(refusal) = against_the_rules(&request, dialect) {
        return refused(presence, refusal);
    }
    let fault = state.world().next_fault(dialect.provider(), Target::Text);
    answer(presence, dialect, &request, fault).await
}

/// The provider's own rules.
fn against_the_rules(request: &Request, dialect: Dialect) -> Option<Response> {
    if !MODELS.contains(&request.model.as_str()) {
        return Some(dialect.unknown_model(&request.model));
    }
    if dialect == Dialect::OpenAi && request.max_tokens.is_some() {
        let message = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.";
        return Some(dialect.bad_request("unsupported_parameter", message));
    }
    request
        .check_schema()
        .err()
        .map(|message| dialect.bad_request("invalid_json_schema", &message))
}

async fn answer(
    presence: Presence,
    dialect: Dialect,
    request: &Request,
    fault: Option<Fault>,
) -> Response {
    let state = Arc::clone(&presence.state);
    match &fault {
        Some(Fault::RateLimited {
            retry_after_seconds,
        }) => {
            return refused(presence, dialect.slow_down(*retry_after_seconds));
        }
        Some(Fault::QuotaExhausted) => return refused(presence, dialect.quota_exhausted()),
        Some(Fault::ServerError { status }) => {
            return refused(presence, dialect.server_error(*status));
        }
        Some(Fault::Gateway) => return refused(presence, gateway()),
        Some(Fault::BlockedPrompt) if dialect == Dialect::OpenAi => {
            let message = "Your request was rejected as a result of our safety system.";
            return refused(
                presence,
                dialect.bad_request("content_policy_violation", message),
            );
        }
        Some(Fault::WrongBytes | Fault::NoOutput | Fault::ForeignAddress { .. } | Fault::Lost) => {
            return refused(presence, no_such_fault());
        }
        _ => {}
    }
    let (system, user) = (
        request.text_of(&["system", "developer"]),
        request.text_of(&["user"]),
    );
    let scripted = state.world().replies.pop_front();
    let (reply, obeyed) = match scripted {
        Some(reply) => (reply, None),
        None => writer::compose(&system, &user),
    };
    let fault = fault.or_else(|| writer::is_forbidden(&user).then_some(Fault::Refusal));
    let input = writer::tokens(&system) + writer::tokens(&user);
    let pace = match fault {
        Some(Fault::Slow { ms }) => Duration::from_millis(ms),
        _ => state.clock.writing_pace(),
    };
    let script = Script::new(dialect, request, &reply, fault.as_ref(), input, pace);
    presence.amend(|call| {
        call.paid = true;
        call.status = 200;
        call.input_tokens = input;
        call.obeyed = obeyed;
        call.output_tokens = script.thoughts;
    });
    if let Some(Fault::Late { ms }) = fault {
        presence.amend(|call| call.output_tokens = script.thoughts + script.tokens());
        let later = state.clock.now() + Duration::from_millis(ms);
        state.clock.reached(later).await;
        presence.amend(|call| call.output_tokens = script.thoughts);
    }
    if request.stream {
        let body = Body::from_stream(play(presence, script.steps));
        ([(CONTENT_TYPE, "text/event-stream")], body).into_response()
    } else {
        whole(presence, &script)
    }
}

/// The same without a stream.
fn whole(mut presence: Presence, script: &Script) -> Response {
    let output = script.tokens() + script.thoughts;
    presence.amend(|call| call.output_tokens = output);
    presence.finish();
    let body = json!({
        "object": "chat.completion",
        "choices": [{
            "index": 0,
            "finish_reason": script.finish,
            "message": { "role": "assistant", "content": script.text, "refusal": null },
        }],
        "usage": script.usage,
    });
    Json(body).into_response()
}

fn refused(mut presence: Presence, response: Response) -> Response {
    presence.amend(|call| call.status = response.status().as_u16());
    presence.finish();
    response
}

/// The bytes of a script, as they leave.
fn play(
    presence: Presence,
    steps: Vec<Step>,
) -> impl stream::Stream<Item = Result<Bytes, std::io::Error>> {
    let start = (steps.into_iter(), presence);
    stream::unfold(start, |(mut steps, mut presence)| async move {
        let clock = presence.state.clock.clone();
        loop {
            match steps.next() {
                Some(Step::Send(bytes)) => return Some((Ok(bytes.into()), (steps, presence))),
                Some(Step::Tokens(count, bytes)) => {
                    let now = presence.state.now_ms();
                    presence.amend(|call| {
                        call.output_tokens += count;
                        call.first_token_ms.get_or_insert(now);
                    });
                    return Some((Ok(bytes.into()), (steps, presence)));
                }
                Some(Step::Wait(time)) => clock.reached(clock.now() + time).await,
                Some(Step::Hang) => std::future::pending().await,
                Some(Step::Cut) => {
                    presence.finish();
                    let cut = std::io::Error::other("cut on purpose");
                    return Some((Err(cut), (steps, presence)));
                }
                None => {
                    presence.finish();
                    return None;
                }
            }
        }
    })
}
