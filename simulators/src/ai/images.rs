//! Pictures: OpenAI's `images/generations`, and Gemini's `generateContent`.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State as Extract};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::chat::bearer;
use super::errors::{Dialect, gateway, no_such_fault};
use super::fault::{Fault, Target};
use super::media::{Format, picture};
use super::state::{Presence, State};
use super::writer;

const OPENAI_MODELS: &[&str] = &["gpt-image-2.6-flare", "gpt-image-2.6-sunburst"];
const GEMINI_MODELS: &[&str] = &["gemini-nano-banana-2.1", "gemini-3-pro-image"];

/// Size in words, in pixels, and in tokens at medium quality.
const OPENAI_SIZES: &[(&str, u32, u32, u64)] = &[
    ("1024x1024", 1024, 1024, 1056),
    ("1024x1536", 1024, 1536, 1584),
    ("1536x1024", 1536, 1024, 1568),
];

/// Shape in words, and the pixels of its 1K size.
const GEMINI_SHAPES: &[(&str, u32, u32)] = &[
    ("1:1", 1024, 1024),
    ("3:4", 864, 1184),
    ("4:3", 1184, 864),
    ("9:16", 768, 1344),
    ("16:9", 1344, 768),
];

/// Tokens of a 1K picture.
const GEMINI_TOKENS: u64 = 1120;

/// What to draw, once the provider has understood.
struct Order<'a> {
    dialect: Dialect,
    prompt: &'a str,
    width: u32,
    height: u32,
    format: Format,
    tokens: u64,
}

pub(super) async fn openai(
    Extract(state): Extract<Arc<State>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let dialect = Dialect::OpenAi;
    let key = bearer(&headers);
    let presence = Presence::new(&state, state.note(dialect.provider(), Target::Image, key));
    if !state.world().knows(key, dialect.provider()) {
        return refused(presence, dialect.unknown_key());
    }
    let request: Value = serde_json::from_slice(&body).unwrap_or_default();
    let model = request["model"].as_str().unwrap_or_default();
    presence.amend(|call| model.clone_into(&mut call.model));
    if !OPENAI_MODELS.contains(&model) {
        return refused(presence, dialect.unknown_model(model));
    }
    let size = request["size"].as_str().unwrap_or("1024x1024");
    let Some((_, width, height, tokens)) = OPENAI_SIZES.iter().find(|known| known.0 == size) else {
        return refused(
            presence,
            dialect.bad_request("invalid_value", "Invalid size."),
        );
    };
    let Some(prompt) = request["prompt"]
        .as_str()
        .filter(|prompt| !prompt.is_empty())
    else {
        return refused(
            presence,
            dialect.bad_request("missing_required_parameter", "Missing 'prompt'."),
        );
    };
    let format = match request["output_format"].as_str() {
        Some("jpeg") => Format::Jpeg,
        _ => Format::Png,
    };
    let order = Order {
        dialect,
        prompt,
        width: *width,
        height: *height,
        format,
        tokens: *tokens,
    };
    serve(presence, &order).await
}

pub(super) async fn gemini(
    Extract(state): Extract<Arc<State>>,
    Path(verb): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let dialect = Dialect::Gemini;
    let key = api_key(&headers);
    let presence = Presence::new(&state, state.note(dialect.provider(), Target::Image, key));
    if !state.world().knows(key, dialect.provider()) {
        return refused(presence, dialect.unknown_key());
    }
    let Some(model) = verb.strip_suffix(":generateContent") else {
        return refused(
            presence,
            dialect.refuse(404, "not_found", "Unknown method."),
        );
    };
    presence.amend(|call| model.clone_into(&mut call.model));
    if !GEMINI_MODELS.contains(&model) {
        return refused(presence, dialect.unknown_model(model));
    }
    let request: Value = serde_json::from_slice(&body).unwrap_or_default();
    let shape = request["generationConfig"]["imageConfig"]["aspectRatio"]
        .as_str()
        .unwrap_or("1:1");
    let Some((_, width, height)) = GEMINI_SHAPES.iter().find(|known| known.0 == shape) else {
        return refused(
            presence,
            dialect.bad_request("invalid_argument", "Invalid aspect ratio."),
        );
    };
    let Some(prompt) = request["contents"][0]["parts"][0]["text"].as_str() else {
        return refused(
            presence,
            dialect.bad_request("invalid_argument", "contents is not specified"),
        );
    };
    let order = Order {
        dialect,
        prompt,
        width: *width,
        height: *height,
        format: Format::Png,
        tokens: GEMINI_TOKENS,
    };
    serve(presence, &order).await
}

pub(super) fn api_key(headers: &HeaderMap) -> &str {
    headers
        .get("x-goog-api-key")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

async fn serve(mut presence: Presence, order: &Order<'_>) -> Response {
    let state = Arc::clone(&presence.state);
    let dialect = order.dialect;
    presence.amend(|call| order.prompt.clone_into(&mut call.user));
    let planned = state.world().next_fault(dialect.provider(), Target::Image);
    let fault = planned.or_else(|| writer::is_forbidden(order.prompt).then_some(Fault::Refusal));
    let input = writer::tokens(order.prompt);
    let bill = |images, output| {
        presence.amend(|call| {
            call.paid = true;
            call.status = 200;
            call.images = images;
            call.input_tokens = input;
            call.output_tokens = output;
        });
    };
    let unpaid = match &fault {
        Some(Fault::RateLimited {
            retry_after_seconds,
        }) => Some(dialect.slow_down(*retry_after_seconds)),
        Some(Fault::QuotaExhausted) => Some(dialect.quota_exhausted()),
        Some(Fault::ServerError { status }) => Some(dialect.server_error(*status)),
        Some(Fault::Gateway) => Some(gateway()),
        Some(Fault::Refusal | Fault::BlockedPrompt) if dialect == Dialect::OpenAi => {
            let message = "Your request was rejected by the safety system.";
            Some(dialect.bad_request("moderation_blocked", message))
        }
        Some(Fault::BlockedPrompt) => {
            bill(0, 0);
            let feedback = json!({ "promptFeedback": { "blockReason": "PROHIBITED_CONTENT" }, "usageMetadata": counts(input, 0) });
            Some(Json(feedback).into_response())
        }
        Some(Fault::Refusal) => {
            bill(0, 0);
            Some(Json(candidate(None, "IMAGE_SAFETY", &counts(input, 0))).into_response())
        }
        Some(Fault::NoOutput) => {
            bill(0, order.tokens);
            Some(drawn(order, None, input))
        }
        Some(
            Fault::Late { .. }
            | Fault::Stall { .. }
            | Fault::BrokenJson
            | Fault::WrongBytes
            | Fault::OtherSize { .. }
            | Fault::HalfFile,
        )
        | None => None,
        Some(_) => Some(no_such_fault()),
    };
    if let Some(response) = unpaid {
        return refused(presence, response);
    }
    bill(1, order.tokens);
    match fault {
        Some(Fault::Stall { .. }) => std::future::pending().await,
        Some(Fault::Late { ms }) => {
            let later = state.clock.now() + Duration::from_millis(ms);
            state.clock.reached(later).await;
        }
        _ => {}
    }
    let (width, height) = match fault {
        Some(Fault::OtherSize { width, height }) => (width, height),
        _ => (order.width, order.height),
    };
    let bytes = match fault {
        Some(Fault::WrongBytes) => b"this is no picture".to_vec(),
        Some(Fault::HalfFile) => {
            let mut whole = picture(width, height, order.format, order.prompt).await;
            whole.truncate(whole.len() / 2);
            whole
        }
        _ => picture(width, height, order.format, order.prompt).await,
    };
    let response = match fault {
        Some(Fault::BrokenJson) => {
            format!("{{\"data\":[{{\"revised_prompt\":{}", json!(order.prompt)).into_response()
        }
        _ => drawn(order, Some(&bytes), input),
    };
    presence.finish();
    response
}

fn drawn(order: &Order<'_>, bytes: Option<&[u8]>, input: u64) -> Response {
    let data = bytes.map(|bytes| STANDARD.encode(bytes));
    let body = match order.dialect {
        Dialect::OpenAi => {
            let data: Vec<Value> = data
                .iter()
                .map(|data| json!({ "b64_json": data }))
                .collect();
            json!({ "created": 0, "data": data, "usage": {
                "input_tokens": input,
                "output_tokens": order.tokens,
                "total_tokens": input + order.tokens,
            } })
        }
        Dialect::Gemini | Dialect::GeminiCompatible => {
            let finish = if data.is_some() { "STOP" } else { "NO_IMAGE" };
            candidate(data.as_deref(), finish, &counts(input, order.tokens))
        }
    };
    Json(body).into_response()
}

/// Gemini thinks aloud: a sketch comes before the picture.
fn candidate(data: Option<&str>, finish: &str, counts: &Value) -> Value {
    let parts: Vec<Value> = data
        .iter()
        .flat_map(|data| {
            [
                json!({ "thought": true, "inlineData": { "mimeType": "image/png", "data": "c2tldGNo" } }),
                json!({ "text": "Ini gambarnya." }),
                json!({ "inlineData": { "mimeType": "image/png", "data": data } }),
            ]
        })
        .collect();
    json!({
        "candidates": [{ "content": { "role": "model", "parts": parts }, "finishReason": finish }],
        "usageMetadata": counts,
    })
}

fn counts(input: u64, output: u64) -> Value {
    json!({ "promptTokenCount": input, "candidatesTokenCount": output, "totalTokenCount": input + output })
}

fn refused(mut presence: Presence, response: Response) -> Response {
    presence.amend(|call| call.status = response.status().as_u16());
    presence.finish();
    response
}
