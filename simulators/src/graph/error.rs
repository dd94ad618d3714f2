//! How Meta says no: one body for all of the Graph, told apart by `code` and `error_subcode`.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A refusal of the Graph API.
///
/// # Source
/// <https://developers.facebook.com/docs/graph-api/guides/error-handling>, and the error pages of the products, read 2026-11.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Refusal {
    /// The HTTP status; 0 stands for the one that belongs to the code.
    #[serde(default)]
    pub status: u16,
    /// `code`.
    pub code: i64,
    /// `error_subcode`.
    #[serde(default)]
    pub subcode: Option<i64>,
    /// `type`; empty stands for the one that belongs to the code.
    #[serde(default)]
    pub kind: String,
    /// `message`; empty stands for the usual one of the code.
    #[serde(default)]
    pub message: String,
    /// `is_transient`; left out of the body when false.
    #[serde(default)]
    pub transient: bool,
    /// `error_data.details`, which WhatsApp has.
    #[serde(default)]
    pub details: Option<String>,
    /// Words for the person, which publishing has.
    #[serde(default)]
    pub for_person: Option<Box<ForPerson>>,
    /// Minutes until the limit has room again, told in `X-Business-Use-Case-Usage`, not in the body.
    #[serde(default)]
    pub regain_minutes: Option<u32>,
}

/// What the person is told beside a refusal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForPerson {
    /// `error_user_title`.
    pub title: String,
    /// `error_user_msg`.
    pub message: String,
}

impl Refusal {
    /// A refusal with the status, type and words that usually go with a code.
    pub fn new(code: i64) -> Self {
        Self {
            status: 0,
            code,
            subcode: None,
            kind: String::new(),
            message: String::new(),
            transient: false,
            details: None,
            for_person: None,
            regain_minutes: None,
        }
    }

    /// A limit that has room again after some minutes, for a planned fault.
    #[must_use]
    pub fn regain(mut self, minutes: u32) -> Self {
        self.regain_minutes = Some(minutes);
        self
    }

    /// With a subcode.
    #[must_use]
    pub fn subcode(mut self, subcode: i64) -> Self {
        self.subcode = Some(subcode);
        self
    }

    /// With words of its own.
    #[must_use]
    pub fn saying(mut self, message: impl Into<String>) -> Self {
        self.message = message.into();
        self
    }

    /// With `error_data.details`.
    #[must_use]
    pub fn details(mut self, details: impl Into<String>) -> Self {
        self.details = Some(details.into());
        self
    }

    /// With another HTTP status than usual.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// A parameter that is wrong: code 100.
    pub fn parameter(message: impl std::fmt::Display) -> Self {
        Self::new(100).saying(format!("(#100) {message}"))
    }

    /// What does not exist, or is not for this token: Meta does not say which.
    pub fn no_object(method: &str, id: &str) -> Self {
        let method = method.to_lowercase();
        Self::new(100).subcode(33).saying(format!(
            "Unsupported {method} request. Object with ID '{id}' does not exist, cannot be loaded due to missing permissions, \
             or does not support this operation. Please read the Graph API documentation at \
             https://developers.facebook.com/docs/graph-api"
        ))
    }

    /// A permission that the token lacks.
    pub fn no_permission(scope: &str) -> Self {
        Self::new(200).saying(format!(
            "(#200) Requires {scope} permission to manage the object"
        ))
    }

    /// The HTTP status it is answered with.
    pub fn http_status(&self) -> u16 {
        if self.status == 0 {
            usual_status(self.code)
        } else {
            self.status
        }
    }

    /// The JSON body.
    pub fn body(&self) -> Value {
        let mut error = json!({
            "message": if self.message.is_empty() { usual_message(self.code, self.subcode) } else { &self.message },
            "type": if self.kind.is_empty() { usual_type(self.code, self.subcode) } else { &self.kind },
            "code": self.code,
            "fbtrace_id": trace_id(),
        });
        if let Some(subcode) = self.subcode {
            error["error_subcode"] = subcode.into();
        }
        if self.transient || matches!(self.code, 1 | 2) {
            error["is_transient"] = true.into();
        }
        if let Some(words) = &self.for_person {
            error["error_user_title"] = words.title.as_str().into();
            error["error_user_msg"] = words.message.as_str().into();
        }
        if let Some(details) = &self.details {
            error["error_data"] = json!({ "messaging_product": "whatsapp", "details": details });
        }
        json!({ "error": error })
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(self.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, Json(self.body())).into_response()
    }
}

/// `fbtrace_id`: Meta's look like `AbCdEf123…`.
fn trace_id() -> String {
    let id = URL_SAFE_NO_PAD.encode(uuid::Uuid::new_v4().as_bytes());
    format!("A{id}")
}

fn usual_status(code: i64) -> u16 {
    match code {
        102 | 190 => 401,
        3 | 4 | 10 | 32 | 200..=299 | 368 | 131_005 | 131_031 => 403,
        130_429 | 131_048 | 131_056 => 429,
        1 | 131_000 => 500,
        2 | 131_016 => 503,
        _ => 400,
    }
}

fn usual_type(code: i64, subcode: Option<i64>) -> &'static str {
    match (code, subcode) {
        (100, Some(33)) => "GraphMethodException",
        (-2 | -1 | 9 | 24 | 25 | 352 | 9004 | 9007 | 36000..=36099, _) => "IGApiException",
        _ => "OAuthException",
    }
}

fn usual_message(code: i64, subcode: Option<i64>) -> &'static str {
    match (code, subcode) {
        (1, _) => "An unknown error occurred",
        (2, _) => "An unexpected error has occurred. Please retry your request later.",
        (4, _) => "(#4) Application request limit reached",
        (10, Some(2_018_278 | 2_534_022)) => {
            "(#10) This message is sent outside of allowed window."
        }
        (10, _) => "(#10) Application does not have permission for this action",
        (17, _) => "(#17) User request limit reached",
        (32, _) => "(#32) Page request limit reached",
        (100, Some(2_018_001)) => "(#100) No matching user found",
        (190, Some(458)) => {
            "Error validating access token: The user has not authorized application."
        }
        (190, Some(459)) => {
            "Error validating access token: You cannot access the app till you log in to www.facebook.com and follow the instructions given."
        }
        (190, Some(460)) => {
            "Error validating access token: The session has been invalidated because the user changed their password or Facebook has changed the session for security reasons."
        }
        (190, Some(463)) => "Error validating access token: Session has expired.",
        (190, Some(464)) => {
            "Error validating access token: Sessions for the user are not allowed because the user is not a confirmed user."
        }
        (190, Some(467)) => {
            "Error validating access token: The session is invalid because the user logged out."
        }
        (190, Some(492)) => {
            "Error validating access token: The user must be an administrator, editor, or moderator of the page in order to impersonate it."
        }
        (190, _) => "Invalid OAuth access token - Cannot parse access token",
        (200, _) => "(#200) Permissions error",
        (230, _) => "(#230) User consent is required to access user profile",
        (368, _) => "The action attempted has been deemed abusive or is otherwise disallowed",
        (551, _) => "(#551) This person isn't available right now.",
        (613, _) => "(#613) Calls to this api have exceeded the rate limit.",
        (9010, _) => "(#9010) No matching Instagram user",
        (80_001..=80_014, _) => {
            "There have been too many calls from this account. Wait a bit and try again."
        }
        (130_429, _) => "(#130429) Rate limit hit",
        (131_026, _) => "(#131026) Message undeliverable",
        (131_047, _) => "(#131047) Re-engagement message",
        (131_048, _) => "(#131048) Spam Rate limit hit",
        (131_051, _) => "(#131051) Unsupported message type",
        (131_052, _) => "(#131052) Media download error",
        (131_056, _) => "(#131056) (Business Account, Consumer Account) pair rate limit hit",
        (132_000, _) => {
            "(#132000) Number of parameters does not match the expected number of params"
        }
        (132_001, _) => "(#132001) Template name does not exist in the translation",
        _ => "Error",
    }
}
