//! Reads the refusals of AI providers, whatever shape they come in.
//!
//! OpenAI answers `{"error": {message, type, code, param}}`; Google `{"error": {code, message, status, details}}`, and the same
//! inside an array at its OpenAI-compatible endpoint and at its front end; gateways answer HTML.

use std::time::Duration;

use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use serde_json::Value;

use super::{Billed, ProviderError};
use crate::clients::body::{ReadError, read_bounded};

/// Longest error that is read; the code stands at its beginning.
const ERROR_BYTES: usize = 64 * 1024;

/// Longest wait that a provider can ask for. Longer ones are spells of the provider's gateway, or its daily quota, which a
/// fallback serves better than patience.
const LONGEST_WAIT: Duration = Duration::from_hours(1);

/// Codes with which providers refuse content.
///
/// # Source
/// <https://developers.openai.com/api/docs/guides/error-codes>, <https://ai.google.dev/api/generate-content#FinishReason>,
/// read 2026-11.
const REFUSALS: &[&str] = &[
    "moderation_blocked",
    "content_policy_violation",
    "content_filter",
    "SAFETY",
    "IMAGE_SAFETY",
    "PROHIBITED_CONTENT",
    "IMAGE_PROHIBITED_CONTENT",
    "BLOCKLIST",
    "SPII",
];

/// Codes that mean that nobody pays.
const EMPTY_ACCOUNT: &[&str] = &[
    "insufficient_quota",
    "billing_not_active",
    "billing_hard_limit_reached",
];

/// What a non-success answer means. Reads its body.
pub(in crate::clients) async fn failure_of(response: Response) -> ProviderError {
    let status = response.status();
    let headers = response.headers().clone();
    let body = match read_bounded(response, ERROR_BYTES).await {
        Ok(body) => serde_json::from_slice(&body).unwrap_or_default(),
        Err(_) => Value::Null,
    };
    classify(status, retry_after(&headers), &body)
}

/// What an error object in the middle of a success means, if there is one: both providers can fail after the first word.
pub(in crate::clients) fn failure_in(body: &Value, billed: Billed) -> Option<ProviderError> {
    let error = error_object(body)?;
    let status = error["code"]
        .as_u64()
        .and_then(|code| u16::try_from(code).ok())
        .and_then(|code| StatusCode::from_u16(code).ok())
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    Some(match classify(status, None, body) {
        ProviderError::Refused { reason, .. } => ProviderError::Refused { reason, billed },
        ProviderError::RateLimited { retry_after }
        | ProviderError::Transient { retry_after, .. } => ProviderError::Transient {
            retry_after,
            billed,
        },
        other @ (ProviderError::Rejected { .. }
        | ProviderError::Unauthorized
        | ProviderError::Malformed { .. }) => other,
    })
}

fn classify(status: StatusCode, retry_after: Option<Duration>, body: &Value) -> ProviderError {
    let error = error_object(body).unwrap_or(&Value::Null);
    let codes = Codes::of(error);
    let retry_after = retry_after
        .or_else(|| retry_delay(error))
        .map(|wait| wait.min(LONGEST_WAIT));
    if let Some(reason) = codes.any_of(REFUSALS) {
        return ProviderError::Refused {
            reason,
            billed: Billed::Nothing,
        };
    }
    // Google answers a key that it does not know with 400.
    let unknown_key = codes
        .any_of(&["API_KEY_INVALID", "invalid_api_key"])
        .is_some();
    if unknown_key
        || codes.any_of(EMPTY_ACCOUNT).is_some()
        || matches!(
            status,
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::PAYMENT_REQUIRED
        )
    {
        return ProviderError::Unauthorized;
    }
    if status == StatusCode::TOO_MANY_REQUESTS {
        return ProviderError::RateLimited { retry_after };
    }
    if status.is_server_error()
        || matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::CONFLICT)
    {
        // Neither provider bills a call that it answers with an error.
        return ProviderError::Transient {
            retry_after,
            billed: Billed::Nothing,
        };
    }
    ProviderError::Rejected {
        code: codes
            .first()
            .unwrap_or_else(|| format!("HTTP {}", status.as_u16())),
    }
}

/// `error` of an object, or of the first object of an array.
fn error_object(body: &Value) -> Option<&Value> {
    let object = body
        .as_array()
        .and_then(|list| list.first())
        .unwrap_or(body);
    object.get("error").filter(|error| error.is_object())
}

/// The machine codes of an error: words, never sentences, so that they can be logged.
struct Codes(Vec<String>);

impl Codes {
    fn of(error: &Value) -> Self {
        let details = error["details"].as_array().into_iter().flatten();
        let words = [
            &error["code"],
            &error["status"],
            &error["type"],
            &error["reason"],
        ]
        .into_iter()
        .chain(details.map(|detail| &detail["reason"]))
        .filter_map(Value::as_str)
        .filter(|word| is_code(word))
        .map(ToOwned::to_owned)
        .collect();
        Self(words)
    }

    fn first(&self) -> Option<String> {
        self.0.first().cloned()
    }

    fn any_of(&self, known: &[&str]) -> Option<String> {
        self.0
            .iter()
            .find(|code| known.contains(&code.as_str()))
            .cloned()
    }
}

/// `google.rpc.RetryInfo`.
fn retry_delay(error: &Value) -> Option<Duration> {
    error["details"]
        .as_array()?
        .iter()
        .find_map(|detail| detail["retryDelay"].as_str())
        .and_then(|text| text.strip_suffix('s')?.parse::<f64>().ok())
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
}

/// Whether a text is a machine code and no sentence.
fn is_code(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 64
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

/// Seconds alone: the providers send no dates, and a date would need their clock.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?;
    let seconds: f64 = text.trim().parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

/// What a body that was not read means behind a success: the provider worked, and the work is lost.
pub(in crate::clients) fn unread_success(error: ReadError) -> ProviderError {
    let billed = Billed::Unknown;
    match error {
        ReadError::Broken => ProviderError::Transient {
            retry_after: None,
            billed,
        },
        ReadError::TooLong => ProviderError::Malformed { billed },
    }
}
