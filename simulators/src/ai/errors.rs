//! How each provider says no.

use axum::Json;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::fault::Provider;

/// The dialects of refusing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// `{"error": {message, type, param, code}}`.
    OpenAi,
    /// `{"error": {code, message, status, details}}`.
    Gemini,
    /// The same in an array: Gemini's OpenAI-compatible endpoint.
    GeminiCompatible,
}

impl Dialect {
    pub(super) fn provider(self) -> Provider {
        match self {
            Self::OpenAi => Provider::OpenAi,
            Self::Gemini | Self::GeminiCompatible => Provider::Gemini,
        }
    }

    /// A refusal. `code` is OpenAI's machine code.
    pub(super) fn refuse(self, status: u16, code: &str, message: &str) -> Response {
        answer(status, &self.object(status, code, message, None))
    }

    /// 429, with a time to come back or without.
    pub(super) fn slow_down(self, seconds: Option<u64>) -> Response {
        let message = "Rate limit reached for requests.";
        let body = self.object(429, "rate_limit_exceeded", message, seconds);
        let mut response = answer(429, &body);
        // Google says it in the body alone.
        if let (Self::OpenAi, Some(seconds)) = (self, seconds) {
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        response
    }

    /// An error as an object of this dialect, also for the middle of a stream.
    pub(super) fn object(
        self,
        status: u16,
        code: &str,
        message: &str,
        retry_seconds: Option<u64>,
    ) -> Value {
        let gemini = || {
            let mut details = Vec::new();
            if code == "invalid_api_key" {
                details.push(json!({
                    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                    "reason": "API_KEY_INVALID",
                    "domain": "googleapis.com",
                }));
            }
            if let Some(seconds) = retry_seconds {
                details.push(json!({
                    "@type": "type.googleapis.com/google.rpc.RetryInfo",
                    "retryDelay": format!("{seconds}s"),
                }));
            }
            json!({ "error": {
                "code": status, "message": message, "status": google_status(status), "details": details,
            } })
        };
        match self {
            Self::OpenAi => json!({ "error": {
                "message": message, "type": openai_type(status, code), "param": null, "code": code,
            } }),
            Self::Gemini => gemini(),
            Self::GeminiCompatible => json!([gemini()]),
        }
    }

    /// A key that is not known: Google calls that a bad request.
    pub(super) fn unknown_key(self) -> Response {
        let status = match self {
            Self::OpenAi => 401,
            Self::Gemini | Self::GeminiCompatible => 400,
        };
        self.refuse(status, "invalid_api_key", "API key not valid.")
    }

    pub(super) fn unknown_model(self, model: &str) -> Response {
        let message = format!("The model `{model}` does not exist or is no longer available.");
        self.refuse(404, "model_not_found", &message)
    }

    pub(super) fn bad_request(self, code: &str, message: &str) -> Response {
        self.refuse(400, code, message)
    }

    pub(super) fn server_error(self, status: u16) -> Response {
        self.refuse(
            status,
            "server_error",
            "The server had an error while processing your request.",
        )
    }

    pub(super) fn quota_exhausted(self) -> Response {
        let message =
            "You exceeded your current quota, please check your plan and billing details.";
        self.refuse(429, "insufficient_quota", message)
    }
}

/// What something in front of a provider answers.
pub(super) fn gateway() -> Response {
    let html = "<html><body><h1>502 Bad Gateway</h1></body></html>";
    let header = (CONTENT_TYPE, HeaderValue::from_static("text/html"));
    (StatusCode::BAD_GATEWAY, [header], html).into_response()
}

/// A fault that was planned for a call which cannot have it: a mistake in the test.
pub(super) fn no_such_fault() -> Response {
    (
        StatusCode::NOT_IMPLEMENTED,
        "the simulator knows no such fault for this call",
    )
        .into_response()
}

fn answer(status: u16, body: &Value) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, Json(body)).into_response()
}

fn openai_type(status: u16, code: &str) -> &str {
    match (status, code) {
        (_, "insufficient_quota") => code,
        (429, _) => "requests",
        (500.., _) => "server_error",
        (_, "moderation_blocked") => "image_generation_user_error",
        _ => "invalid_request_error",
    }
}

fn google_status(status: u16) -> &'static str {
    match status {
        400 => "INVALID_ARGUMENT",
        401 => "UNAUTHENTICATED",
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        429 => "RESOURCE_EXHAUSTED",
        503 => "UNAVAILABLE",
        _ => "INTERNAL",
    }
}
