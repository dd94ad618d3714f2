//! `signed_request`: how Meta says, as a form, that a person removed the app or wants data deleted.
//!
//! *Invariant:* nothing of a request is looked at before its signature is found right under the secret of one of the
//! configured apps, and neither it nor the person that it names goes to the log.
//!
//! # Source
//! <https://developers.facebook.com/docs/development/create-an-app/app-dashboard/data-deletion-callback>, read 2026-11: base64url
//! without padding of an HMAC-SHA256 over the encoded payload, a dot, the encoded payload.

use aws_lc_rs::{constant_time, hmac};
use axum::Form;
use axum::body::Body;
use axum::extract::{FromRequest, Request};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http_body_util::{BodyExt as _, Limited};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::Value;

use crate::error::{Code, Error, text};
use crate::state::AppState;

/// Largest form taken, in bytes: twenty times what Meta sends.
const FORM_LIMIT_BYTES: usize = 16 << 10;

/// Longest app-scoped id taken, in characters: none of Meta's has more than twenty digits.
const LONGEST_ID: usize = 64;

/// Who asked, and proof that Meta says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedRequest {
    /// The person, by the id that they have within the app.
    pub user_id: String,
}

#[derive(Deserialize)]
struct Fields {
    signed_request: String,
}

impl FromRequest<AppState> for SignedRequest {
    type Rejection = Error;

    /// # Errors
    /// `UNAUTHENTICATED` when the signature is wrong or by another algorithm, `INVALID_ARGUMENT` when the form is none or
    /// names nobody, `UNAVAILABLE` when there is no secret to check it with.
    async fn from_request(request: Request, state: &AppState) -> Result<Self, Error> {
        let secrets = &state.config.meta.app_secrets;
        if secrets.is_empty() {
            return Err(Error::unavailable("no secret of a Meta app is set"));
        }
        let (parts, body) = request.into_parts();
        let body = Limited::new(body, FORM_LIMIT_BYTES).collect().await;
        let body = body.map_err(|_| Error::too_large(FORM_LIMIT_BYTES))?;
        let request = Request::from_parts(parts, Body::from(body.to_bytes()));
        let Form(fields) = Form::<Fields>::from_request(request, state)
            .await
            .map_err(|_| field("not a form with a field signed_request"))?;
        read(&fields.signed_request, secrets)
    }
}

fn field(why: &str) -> Error {
    Error::field(
        "signed_request",
        text(
            "signed_request tidak dapat dibaca.",
            "signed_request cannot be read.",
        ),
    )
    .because(why)
}

fn read(signed: &str, secrets: &[SecretString]) -> Result<SignedRequest, Error> {
    let (signature, payload) = signed.split_once('.').ok_or_else(|| field("no dot"))?;
    let told = decode(signature).ok_or_else(|| field("the signature is not base64url"))?;
    // All secrets are tried, so that the time taken does not tell which one fits.
    let fits = secrets.iter().fold(false, |fits, secret| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes());
        let tag = hmac::sign(&key, payload.as_bytes());
        fits | constant_time::verify_slices_are_equal(tag.as_ref(), &told).is_ok()
    });
    if !fits {
        return Err(unsigned("the signature is wrong"));
    }
    let payload = decode(payload).and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    let payload = payload.ok_or_else(|| field("the payload is not JSON"))?;
    let algorithm = payload["algorithm"].as_str().unwrap_or_default();
    if !algorithm.eq_ignore_ascii_case("HMAC-SHA256") {
        return Err(unsigned("it names another algorithm"));
    }
    let user_id = match &payload["user_id"] {
        Value::String(id) => id.trim().to_owned(),
        Value::Number(id) if id.is_u64() => id.to_string(),
        _ => String::new(),
    };
    let fits = (1..=LONGEST_ID).contains(&user_id.len())
        && user_id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if fits {
        Ok(SignedRequest { user_id })
    } else {
        Err(field("it names nobody"))
    }
}

/// Padding is tolerated: some of Meta's samples carry it.
fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()
}

fn unsigned(why: &str) -> Error {
    Error::new(
        Code::Unauthenticated,
        "WRONG_SIGNATURE",
        text("Tanda tangan tidak sah.", "The signature is not valid."),
    )
    .because(why)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn signed(secret: &str, payload: &Value) -> String {
        let payload = URL_SAFE_NO_PAD.encode(payload.to_string());
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let tag = hmac::sign(&key, payload.as_bytes());
        format!("{}.{payload}", URL_SAFE_NO_PAD.encode(tag))
    }

    #[test]
    fn only_what_an_app_of_ours_signed_is_read() {
        let secrets = ["facebook", "instagram"].map(SecretString::from);
        let payload = |algorithm: &str, user: Value| json!({ "algorithm": algorithm, "issued_at": 1_793_588_645, "user_id": user });
        let good = payload("HMAC-SHA256", json!("218471"));
        let reason = |signed: &str| read(signed, &secrets).map_err(|error| error.reason());
        let found = |id: &str| {
            Ok(SignedRequest {
                user_id: id.to_owned(),
            })
        };
        assert_eq!(reason(&signed("facebook", &good)), found("218471"));
        assert_eq!(reason(&signed("instagram", &good)), found("218471"));
        let number = payload("hmac-sha256", json!(17_841_400_000_000_001_u64));
        let number = signed("facebook", &number);
        assert_eq!(reason(&number), found("17841400000000001"));

        assert_eq!(reason(&signed("stranger", &good)), Err("WRONG_SIGNATURE"));
        let plain = payload("none", json!("1"));
        assert_eq!(reason(&signed("facebook", &plain)), Err("WRONG_SIGNATURE"));
        let (signature, _) = number.split_once('.').unwrap_or_default();
        let other = URL_SAFE_NO_PAD.encode(good.to_string());
        assert_eq!(
            reason(&format!("{signature}.{other}")),
            Err("WRONG_SIGNATURE")
        );
        for unreadable in [
            String::new(),
            "x".into(),
            "é.é".into(),
            format!("{signature}=."),
        ] {
            assert!(reason(&unreadable).is_err(), "{unreadable}");
        }
        for nobody in [json!(null), json!(""), json!("a/b"), json!(-1), json!([1])] {
            let payload = payload("HMAC-SHA256", nobody);
            assert_eq!(reason(&signed("facebook", &payload)), Err("INVALID_FIELD"));
        }
    }
}
