//! What happened to an account: from Eventarc (`google.firebase.auth.user.v2.created`, `….deleted`), and in the older
//! form of the Auth emulator.
//!
//! An event is a nudge with a uid in it. Where the uid stands depends on who tells; everything else is looked up.

use axum::extract::{FromRequest, FromRequestParts as _, Request};
use serde_json::Value;

use crate::error::Error;
use crate::extract::pushed::Pushed;
use crate::ids::Uid;
use crate::state::AppState;

/// Largest event taken, in bytes: an account with its providers and claims.
const EVENT_LIMIT_BYTES: usize = 1 << 20;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happened {
    /// The account was made.
    Created,
    /// The account was deleted.
    Deleted,
}

/// Something happened to an account.
#[derive(Debug)]
pub struct AccountEvent {
    /// The account.
    pub uid: Uid,
    /// What; `None` when the event does not say, and the endpoint that it came to does.
    pub happened: Option<Happened>,
}

impl FromRequest<AppState> for AccountEvent {
    type Rejection = Error;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Error> {
        let (mut parts, body) = request.into_parts();
        Pushed::from_request_parts(&mut parts, state).await?;
        let body = axum::body::to_bytes(body, EVENT_LIMIT_BYTES)
            .await
            .map_err(|_| Error::too_large(EVENT_LIMIT_BYTES))?;
        let subject = parts.headers.get("ce-subject");
        let subject = subject.and_then(|value| value.to_str().ok());
        read(subject.unwrap_or_default(), &body)
    }
}

fn read(subject: &str, body: &[u8]) -> Result<AccountEvent, Error> {
    // Not JSON where a trigger was made with `--event-data-content-type=application/protobuf`; the subject is there then.
    let event: Value = serde_json::from_slice(body).unwrap_or_default();
    let data = &event["data"];
    let uid = [&event, &event["value"], data, &data["value"]]
        .into_iter()
        .find_map(|user| user["uid"].as_str())
        .or_else(|| subject.strip_prefix("users/"))
        .ok_or_else(|| Error::bad_request("the event names no uid"))?;
    let kind = event["eventType"].as_str().unwrap_or_default();
    Ok(AccountEvent {
        uid: Uid::parse(uid).map_err(|error| Error::bad_request(format!("the uid {error}")))?,
        happened: match kind.rsplit('.').next() {
            Some("create") => Some(Happened::Created),
            Some("delete") => Some(Happened::Deleted),
            _ => None,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_uid_is_found_wherever_it_stands() {
        use Happened::{Created, Deleted};
        for (subject, body, happened) in [
            ("", r#"{"uid":"u1"}"#, None),
            ("", r#"{"value":{"uid":"u1"},"oldValue":{}}"#, None),
            ("", r#"{"data":{"uid":"u1"}}"#, None),
            ("", r#"{"data":{"value":{"uid":"u1"}}}"#, None),
            ("users/u1", "\u{12}\u{3}", None),
            (
                "",
                r#"{"eventType":"providers/firebase.auth/eventTypes/user.create","data":{"uid":"u1"}}"#,
                Some(Created),
            ),
            (
                "",
                r#"{"eventType":"providers/firebase.auth/eventTypes/user.delete","data":{"uid":"u1"}}"#,
                Some(Deleted),
            ),
        ] {
            let event = read(subject, body.as_bytes()).expect("an event");
            assert_eq!(
                (event.uid.as_str(), event.happened),
                ("u1", happened),
                "{body}"
            );
        }
    }

    #[test]
    fn an_event_without_a_uid_is_refused() {
        for body in ["", "[]", "{}", r#"{"uid":""}"#, r#"{"uid":"a/b"}"#] {
            assert!(read("", body.as_bytes()).is_err(), "{body}");
        }
    }
}
