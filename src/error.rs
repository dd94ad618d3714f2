//! The one mapping from what went wrong to what the caller reads.
//!
//! Every answer that is no success is an [`Error`]: one of the sixteen canonical codes, a machine reason, a text fit
//! for people in both languages, and for the log alone a source. `layers::wire` renders it, as JSON or as an event
//! stream, so that a refusal looks the same whatever layer it comes from.
//! *Invariant:* nothing below this module returns [`Error`]; the small enums of each boundary are mapped in `From`
//! implementations beside the boundary's own type, exhaustively.

mod code;
mod reason;
mod words;

use axum::response::{IntoResponse, Response};
use serde::Serialize;

pub use self::code::Code;
pub use self::reason::REASONS;
pub use self::words::{Language, Text, text};
use crate::clients::cloud_tasks::TasksError;
use crate::clients::identity_toolkit::IdentityError;
use crate::policy::Denied;
use crate::store::{Contended, StoreError};

/// Where the service refuses, and why.
///
/// # Shape
/// On the wire: `{"error": {"status", "message", "details": {"reason", "field"?, "message", "requestId", …}}}`.
/// `message` is for developers; screens show `details.message`, since the JS SDK appends the HTTP status to the other.
#[derive(Debug, Clone)]
pub struct Error(Box<Refusal>);

#[derive(Debug, Clone)]
struct Refusal {
    code: Code,
    reason: &'static str,
    field: Option<String>,
    text: Option<Text>,
    extra: serde_json::Map<String, serde_json::Value>,
    retry_after_seconds: Option<u32>,
    http_status: Option<u16>,
    source: Option<String>,
}

impl Error {
    /// An error with its machine reason and its text for people.
    pub fn new(code: Code, reason: &'static str, text: Text) -> Self {
        let mut error = Self::bare(code, reason);
        error.0.text = Some(text);
        error
    }

    /// An error that answers with its code's own word and no details.
    fn bare(code: Code, reason: &'static str) -> Self {
        debug_assert!(
            REASONS.contains(&reason),
            "{reason} is not in src/error/reason.rs, from which clients learn the reasons"
        );
        Self(Box::new(Refusal {
            code,
            reason,
            field: None,
            text: None,
            extra: serde_json::Map::new(),
            retry_after_seconds: None,
            http_status: None,
            source: None,
        }))
    }

    /// A request that is no callable request at all. The answer is the one of firebase-functions, to the letter.
    pub fn bad_request(source: impl Into<String>) -> Self {
        Self::bare(Code::InvalidArgument, "BAD_REQUEST").because(source)
    }

    /// A failure that nobody foresaw: the word alone goes out, the source into the log.
    pub fn internal(source: impl Into<String>) -> Self {
        Self::bare(Code::Internal, "INTERNAL").because(source)
    }

    /// A token that did not verify. The answer is the one of firebase-functions, to the letter.
    pub fn unauthenticated(source: impl Into<String>) -> Self {
        Self::bare(Code::Unauthenticated, "UNAUTHENTICATED").because(source)
    }

    /// A body beyond the limit: HTTP 413, and for the SDKs, which know no code for it, `INVALID_ARGUMENT`.
    pub fn too_large(limit_bytes: usize) -> Self {
        let mib = limit_bytes / (1 << 20);
        let mut error = Self::new(
            Code::InvalidArgument,
            "BODY_TOO_LARGE",
            text(
                format!("Data yang dikirim melebihi {mib} MiB."),
                format!("The request is larger than {mib} MiB."),
            ),
        );
        error.0.http_status = Some(413);
        error
    }

    /// A field of the request that is wrong.
    pub fn field(field: impl Into<String>, text: Text) -> Self {
        let mut error = Self::new(Code::InvalidArgument, "INVALID_FIELD", text);
        error.0.field = Some(field.into());
        error
    }

    /// The caller orders faster than one person can mean it.
    pub fn too_fast(wait: std::time::Duration) -> Self {
        let seconds = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).max(1);
        Self::new(
            Code::ResourceExhausted,
            "TOO_FAST",
            text(
                format!("Terlalu banyak permintaan. Silakan coba lagi dalam {seconds} detik."),
                format!("Too many requests. Please try again in {seconds} seconds."),
            ),
        )
        .retry_after(seconds)
    }

    /// Nothing there, or nothing that the caller may know of.
    pub fn not_found() -> Self {
        Self::new(
            Code::NotFound,
            "NOT_FOUND",
            text("Data tidak ditemukan.", "Not found."),
        )
    }

    /// Something behind the service does not answer; the same call may succeed later.
    pub fn unavailable(source: impl Into<String>) -> Self {
        Self::new(
            Code::Unavailable,
            "UNAVAILABLE",
            text(
                "Layanan sedang tidak tersedia. Silakan coba lagi sebentar lagi.",
                "The service is not available right now. Please try again shortly.",
            ),
        )
        .because(source)
    }

    /// The time limit passed.
    pub fn deadline_exceeded(source: impl Into<String>) -> Self {
        Self::new(
            Code::DeadlineExceeded,
            "DEADLINE_EXCEEDED",
            text(
                "Permintaan memakan waktu terlalu lama. Silakan coba lagi.",
                "The request took too long. Please try again.",
            ),
        )
        .because(source)
    }

    /// Adds what the log should know and the caller should not.
    #[must_use]
    pub fn because(mut self, source: impl Into<String>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Adds a field to `details`.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<serde_json::Value>) -> Self {
        self.0.extra.insert(key.to_owned(), value.into());
        self
    }

    /// Names the field of the request that is at fault.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.0.field = Some(field.into());
        self
    }

    /// Says how long the caller should wait: `details.retryAfterSeconds` and the header `Retry-After`.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.0.retry_after_seconds = Some(seconds);
        self
    }

    /// The canonical code.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// The HTTP status of the answer.
    pub fn http_status(&self) -> u16 {
        self.0.http_status.unwrap_or(self.0.code.wire().1)
    }

    /// The machine reason.
    pub fn reason(&self) -> &'static str {
        self.0.reason
    }

    /// The field at fault, if one is.
    pub fn at_field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// The text for people, in their language; empty where the code's own word is the whole answer.
    pub fn message(&self, language: Language) -> &str {
        match (&self.0.text, language) {
            (Some(text), Language::Indonesian) => &text.id,
            (Some(text), Language::English) => &text.en,
            (None, _) => "",
        }
    }

    /// What the log should know.
    pub fn source_text(&self) -> Option<&str> {
        self.0.source.as_deref()
    }

    /// Seconds that the caller should wait.
    pub fn retry_after_seconds(&self) -> Option<u32> {
        self.0.retry_after_seconds
    }

    /// The `error` object of the wire.
    pub fn body(&self, request_id: &str, language: Language) -> ErrorBody {
        let (status, _) = self.0.code.wire();
        let Some(text) = &self.0.text else {
            let message = match self.0.code {
                Code::InvalidArgument => "Bad Request",
                Code::Unauthenticated => "Unauthenticated",
                _ => status,
            };
            return ErrorBody {
                status,
                message: message.to_owned(),
                details: None,
            };
        };
        let mut details = self.0.extra.clone();
        let message = match language {
            Language::Indonesian => &text.id,
            Language::English => &text.en,
        };
        details.insert("reason".into(), self.0.reason.into());
        if let Some(field) = &self.0.field {
            details.insert("field".into(), field.as_str().into());
        }
        if let Some(seconds) = self.0.retry_after_seconds {
            details.insert("retryAfterSeconds".into(), seconds.into());
        }
        details.insert("message".into(), message.as_ref().into());
        details.insert("requestId".into(), request_id.into());
        ErrorBody {
            status,
            message: text.en.clone().into_owned(),
            details: Some(details),
        }
    }
}

/// The `error` object of an answer.
#[derive(Debug, Serialize)]
pub struct ErrorBody {
    status: &'static str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<serde_json::Map<String, serde_json::Value>>,
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.0.code.wire().0, self.0.reason)
    }
}

impl std::error::Error for Error {}

/// An error as a response is only a mark: `layers::wire` knows the request and writes the body.
impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = Response::new(axum::body::Body::empty());
        *response.status_mut() = axum::http::StatusCode::from_u16(self.http_status())
            .unwrap_or(axum::http::StatusCode::INTERNAL_SERVER_ERROR);
        response.extensions_mut().insert(self);
        response
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::not_found(),
            StoreError::AlreadyExists => Self::new(
                Code::AlreadyExists,
                "ALREADY_EXISTS",
                text("Data sudah ada.", "It exists already."),
            ),
            StoreError::Conflict => Self::new(
                Code::Aborted,
                "CONFLICT",
                text(
                    "Data sedang diubah oleh orang lain. Silakan coba lagi.",
                    "Somebody else is changing this. Please try again.",
                ),
            ),
            StoreError::Unavailable(source) => Self::unavailable(source),
            StoreError::Corrupt(source) => Self::internal(source),
        }
    }
}

impl Contended for Error {
    fn is_contended(&self) -> bool {
        // The two reasons that `From<StoreError>` gives to a step that somebody else was faster with.
        matches!(self.reason(), "CONFLICT" | "ALREADY_EXISTS")
    }
}

impl From<IdentityError> for Error {
    fn from(error: IdentityError) -> Self {
        match error {
            IdentityError::NotFound => Self::not_found(),
            IdentityError::Unavailable(source) => Self::unavailable(source),
            IdentityError::Refused(source) => Self::internal(source),
        }
    }
}

impl From<TasksError> for Error {
    fn from(error: TasksError) -> Self {
        match error {
            TasksError::Unavailable(source) => Self::unavailable(source),
            TasksError::Refused(source) => Self::internal(source),
        }
    }
}

impl From<Denied> for Error {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Hidden => Self::not_found(),
            Denied::Forbidden => Self::new(
                Code::PermissionDenied,
                "NOT_ALLOWED",
                text(
                    "Anda tidak berwenang melakukan ini.",
                    "You are not allowed to do this.",
                ),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_foresaw_answers_with_the_word_alone() {
        let body =
            serde_json::to_value(Error::internal("disk on fire").body("r1", Language::English));
        assert_eq!(
            body.ok(),
            Some(serde_json::json!({"status": "INTERNAL", "message": "INTERNAL"}))
        );
    }
}
