//! `signed_request`: how Meta tells an app that a person removed it, or wants their data deleted.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::json;

/// The text of the parameter.
///
/// # Source
/// <https://developers.facebook.com/docs/development/create-an-app/app-dashboard/data-deletion-callback>
pub(crate) fn signed_request(secret: &str, user_id: &str, now: Timestamp) -> String {
    // A number is told as a string here; other parts of Meta do not.
    let payload = json!({
        "algorithm": "HMAC-SHA256",
        "issued_at": now.as_second(),
        "expires": 0,
        "user_id": user_id,
    });
    let payload = URL_SAFE_NO_PAD.encode(payload.to_string());
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let signature = URL_SAFE_NO_PAD.encode(hmac::sign(&key, payload.as_bytes()));
    format!("{signature}.{payload}")
}
