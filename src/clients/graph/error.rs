//! What the Graph API says when it does not do what it was asked, and what that means in general.
//!
//! # Source
//! <https://developers.facebook.com/docs/graph-api/guides/error-handling> and
//! <https://developers.facebook.com/docs/graph-api/overview/rate-limiting>, read 2026-11.

use jiff::SignedDuration;
use reqwest::header::HeaderMap;
use serde_json::Value;

use super::Login;

/// Why a call did not end well.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GraphError {
    /// There is no app of this login in the configuration.
    #[error("there is no Meta app for {0:?} Login in the configuration")]
    NoApp(Login),
    /// It never left: it certainly did not happen.
    #[error("the platform was not reached")]
    NotSent,
    /// It left and no answer came, or none that can be read: it may have happened.
    #[error("the platform did not answer")]
    NoAnswer,
    /// The platform said no.
    #[error("the platform refused: {0}")]
    Refused(Box<Refusal>),
    /// The platform said yes in words that are not JSON: it did happen.
    #[error("the platform's answer is unusable")]
    Malformed,
}

/// A refusal in the platform's own terms.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status, which may be 200.
    pub status: u16,
    /// The code; 0 when the answer names none, as a gateway's page does.
    pub code: i64,
    /// The subcode; 0 when there is none.
    pub subcode: i64,
    /// The platform's sentence for developers. It may quote what was sent: for documents that only PUSAT reads, not for logs.
    pub message: String,
    /// The title and text that the platform means for people, when it sends them.
    pub user_message: Option<String>,
    /// What Meta's support asks for.
    pub trace_id: Option<String>,
    /// Whether the platform itself calls it transient.
    pub transient: bool,
    /// How long the platform wants to be left alone, when it says so.
    pub regain: Option<SignedDuration>,
}

impl std::fmt::Display for Refusal {
    /// Numbers alone: safe for logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            status,
            code,
            subcode,
            ..
        } = self;
        write!(f, "HTTP {status}, code {code}, subcode {subcode}")?;
        match &self.trace_id {
            Some(trace) => write!(f, ", trace {trace}"),
            None => Ok(()),
        }
    }
}

/// What to do about a failure, as far as that does not depend on what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// It may pass: try again later. A write has to be looked for first.
    Retry {
        /// The wait that the platform asked for.
        after: Option<SignedDuration>,
    },
    /// The token is dead: the account has to be connected again. Only this may mark a channel so.
    Reconnect,
    /// The token lives but may not do this: a permission, a role or the review of the app is missing.
    Permission,
    /// What was sent is at fault.
    Fix,
    /// The platform has blocked the account for its behaviour: stop, and leave it alone for hours.
    Stop,
    /// Missing, not permitted, or a fault of the platform: it does not say which (100/33).
    Unknown,
}

impl GraphError {
    /// What to do about it.
    pub fn class(&self) -> Class {
        match self {
            Self::NotSent | Self::NoAnswer => Class::Retry { after: None },
            Self::Refused(refusal) => refusal.class(),
            Self::NoApp(_) => Class::Permission,
            Self::Malformed => Class::Unknown,
        }
    }

    /// Whether a write may have happened all the same: nobody knows until it was looked for.
    pub fn in_doubt(&self) -> bool {
        match self {
            Self::NoAnswer | Self::Malformed => true,
            Self::Refused(refusal) => {
                refusal.status >= 500 || refusal.transient || matches!(refusal.code, -2..=2)
            }
            Self::NotSent | Self::NoApp(_) => false,
        }
    }

    /// The platform's refusal, if it is one.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            Self::NoApp(_) | Self::NotSent | Self::NoAnswer | Self::Malformed => None,
        }
    }
}

impl Refusal {
    fn class(&self) -> Class {
        match (self.code, self.subcode) {
            (102 | 190, _) => Class::Reconnect,
            (368 | 25, _) | (4, 2_207_051) | (31, 3_858_385) => Class::Stop,
            (100, 33) => Class::Unknown,
            (3 | 10 | 200..=299, _) => Class::Permission,
            // Passing faults of the platform; limits of the app, a user, a page, a throttle, a business use case.
            (-2..=2 | 4 | 17 | 32 | 613 | 80_000..=80_014, _) => {
                Class::Retry { after: self.regain }
            }
            _ if self.transient || self.status >= 500 || self.status == 429 => {
                Class::Retry { after: self.regain }
            }
            _ => Class::Fix,
        }
    }
}

/// Reads a refusal.
pub(super) fn refusal(status: u16, headers: &HeaderMap, body: &Value) -> Refusal {
    // api.instagram.com answers flat: {error_type, code: 400, error_message}.
    let error = match &body["error"] {
        Value::Null => body,
        error => error,
    };
    let text = |value: &Value| {
        value
            .as_str()
            .filter(|text| !text.is_empty())
            .map(ToOwned::to_owned)
    };
    let number = |value: &Value| value.as_i64().or_else(|| value.as_str()?.parse().ok());
    Refusal {
        status,
        code: number(&error["code"]).unwrap_or_default(),
        subcode: number(&error["error_subcode"]).unwrap_or_default(),
        message: text(&error["message"])
            .or_else(|| text(&error["error_message"]))
            .unwrap_or_default(),
        user_message: text(&error["error_user_msg"]),
        trace_id: text(&error["fbtrace_id"]),
        transient: error["is_transient"].as_bool().unwrap_or_default(),
        regain: regain(headers),
    }
}

/// The longest `estimated_time_to_regain_access`, in minutes, of all use cases in the header.
fn regain(headers: &HeaderMap) -> Option<SignedDuration> {
    let text = headers.get("x-business-use-case-usage")?.to_str().ok()?;
    let usage: Value = serde_json::from_str(text).ok()?;
    usage
        .as_object()?
        .values()
        .filter_map(Value::as_array)
        .flatten()
        .filter_map(|case| case["estimated_time_to_regain_access"].as_i64())
        .filter(|minutes| *minutes > 0)
        .max()
        .map(SignedDuration::from_mins)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refused(status: u16, error: &Value) -> GraphError {
        let body = json!({ "error": error });
        GraphError::Refused(Box::new(refusal(status, &HeaderMap::new(), &body)))
    }

    #[test]
    fn only_dead_tokens_ask_for_a_reconnection() {
        let classes = [
            (
                400,
                json!({ "code": 190, "error_subcode": 463 }),
                Class::Reconnect,
            ),
            (400, json!({ "code": "190" }), Class::Reconnect),
            (
                400,
                json!({ "code": 100, "error_subcode": 33 }),
                Class::Unknown,
            ),
            (400, json!({ "code": 100 }), Class::Fix),
            (403, json!({ "code": 10 }), Class::Permission),
            (400, json!({ "code": 4 }), Class::Retry { after: None }),
            (
                400,
                json!({ "code": 4, "error_subcode": 2_207_051 }),
                Class::Stop,
            ),
            (500, json!({ "code": 1 }), Class::Retry { after: None }),
            (502, json!(null), Class::Retry { after: None }),
            (
                400,
                json!({ "code": 551, "is_transient": true }),
                Class::Retry { after: None },
            ),
        ];
        for (status, error, class) in classes {
            assert_eq!(refused(status, &error).class(), class, "{error}");
        }
        assert_eq!(GraphError::NoAnswer.class(), Class::Retry { after: None });
    }

    #[test]
    fn a_flat_answer_of_instagrams_login_is_a_refusal_too() {
        let body = json!({ "error_type": "OAuthException", "code": 400, "error_message": "used" });
        let refusal = refusal(400, &HeaderMap::new(), &body);
        assert_eq!((refusal.code, refusal.message.as_str()), (400, "used"));
        assert_eq!(refusal.class(), Class::Fix);
    }

    #[test]
    fn doubt_is_what_may_have_happened() {
        assert!(GraphError::NoAnswer.in_doubt());
        assert!(refused(200, &json!({ "code": -1 })).in_doubt());
        assert!(refused(503, &json!(null)).in_doubt());
        assert!(!GraphError::NotSent.in_doubt());
        assert!(!refused(400, &json!({ "code": 190 })).in_doubt());
    }

    #[test]
    fn the_longest_wait_of_the_header_counts() {
        let mut headers = HeaderMap::new();
        let usage = json!({ "1": [
            { "type": "instagram", "estimated_time_to_regain_access": 0 },
            { "type": "pages", "estimated_time_to_regain_access": 13 },
        ]});
        headers.insert(
            "x-business-use-case-usage",
            usage.to_string().parse().unwrap(),
        );
        let refusal = refusal(400, &headers, &json!({ "error": { "code": 80_002 } }));
        let after = Some(SignedDuration::from_mins(13));
        assert_eq!(refusal.class(), Class::Retry { after });
    }

    #[test]
    fn what_is_shown_holds_no_words_of_the_platform() {
        let error = refused(
            400,
            &json!({ "code": 100, "message": "Bad token EAAB", "fbtrace_id": "Ab1" }),
        );
        assert_eq!(
            error.to_string(),
            "the platform refused: HTTP 400, code 100, subcode 0, trace Ab1"
        );
    }
}
