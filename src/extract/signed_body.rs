//! A body that Meta signed: `X-Hub-Signature-256` over the bytes as they came, before anything is parsed.
//!
//! *Invariant:* neither the body nor a digest of it goes to the log, and nothing is stored of a body that is not signed.
//!
//! # Source
//! <https://developers.facebook.com/docs/graph-api/webhooks/getting-started#validate-payloads>, read 2026-11.

use aws_lc_rs::{constant_time, hmac};
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use secrecy::{ExposeSecret as _, SecretString};

use crate::error::{Code, Error, text};
use crate::state::AppState;

/// Largest body taken, in bytes.
///
/// # Source
/// WhatsApp documents payloads of up to 3 MB.
pub const BODY_LIMIT_BYTES: usize = 4 << 20;

const HEADER: &str = "x-hub-signature-256";

/// A body, and proof that Meta sent it.
#[derive(Debug)]
pub struct SignedBody {
    /// The bytes as they came.
    pub bytes: Bytes,
    /// Which of the configured secrets signed it, counted from 0. One app has two: its own, and that of its Instagram
    /// product; during a rotation there are more.
    pub secret: usize,
}

impl FromRequest<AppState> for SignedBody {
    type Rejection = Error;

    /// # Errors
    /// `UNAUTHENTICATED` when the signature is missing or wrong, `UNAVAILABLE` when there is no secret to check it with,
    /// HTTP 413 beyond the limit.
    async fn from_request(request: Request, state: &AppState) -> Result<Self, Error> {
        let secrets = &state.config.meta.app_secrets;
        if secrets.is_empty() {
            return Err(Error::unavailable("META_APP_SECRET is not set"));
        }
        let told = request
            .headers()
            .get(HEADER)
            .map(|value| signature(value.as_bytes()));
        let bytes = read(request.into_body()).await?;
        let told = match told {
            Some(Some(told)) => told,
            Some(None) => return Err(unsigned("the signature has not the form of one")),
            None => return Err(unsigned("there is no signature")),
        };
        match signer(&bytes, &told, secrets) {
            Some(secret) => Ok(Self { bytes, secret }),
            None => Err(unsigned("the signature is wrong")),
        }
    }
}

fn unsigned(why: &str) -> Error {
    Error::new(
        Code::Unauthenticated,
        "WRONG_SIGNATURE",
        text("Tanda tangan tidak sah.", "The signature is not valid."),
    )
    .because(why)
}

async fn read(body: Body) -> Result<Bytes, Error> {
    match Limited::new(body, BODY_LIMIT_BYTES).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Error::too_large(BODY_LIMIT_BYTES)),
        Err(error) => Err(Error::bad_request(format!("the body broke off: {error}"))),
    }
}

/// `sha256=` and 64 hexadecimal digits.
fn signature(header: &[u8]) -> Option<[u8; 32]> {
    let digits = header.strip_prefix(b"sha256=")?;
    let mut told = [0; 32];
    if digits.len() != 2 * told.len() || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    for (byte, pair) in told.iter_mut().zip(digits.chunks_exact(2)) {
        let pair = std::str::from_utf8(pair).ok()?;
        *byte = u8::from_str_radix(pair, 16).ok()?;
    }
    Some(told)
}

/// Which secret signed the body: as it came; else, when it holds more than ASCII, with all that is more escaped, since
/// some of Meta's senders sign that form and send the other. Nothing else passes.
fn signer(body: &[u8], told: &[u8; 32], secrets: &[SecretString]) -> Option<usize> {
    let signed_by = |feed: &dyn Fn(&mut hmac::Context)| {
        // All secrets are tried, so that the time taken does not tell which one fits.
        secrets
            .iter()
            .enumerate()
            .fold(None, |found, (number, secret)| {
                let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes());
                let mut context = hmac::Context::with_key(&key);
                feed(&mut context);
                let fits = constant_time::verify_slices_are_equal(context.sign().as_ref(), told);
                found.or(fits.is_ok().then_some(number))
            })
    };
    signed_by(&|context| context.update(body)).or_else(|| {
        let text = std::str::from_utf8(body)
            .ok()
            .filter(|text| !text.is_ascii())?;
        signed_by(&|context| escaped(text, |bytes| context.update(bytes)))
    })
}

/// The text with each UTF-16 unit beyond ASCII as `\u` and four lower-case digits, piece by piece.
fn escaped(text: &str, mut piece: impl FnMut(&[u8])) {
    let mut units = [0; 2];
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| !c.is_ascii()) {
        let (plain, other) = rest.split_at(at);
        piece(plain.as_bytes());
        let end = other.find(|c: char| c.is_ascii()).unwrap_or(other.len());
        let (other, next) = other.split_at(end);
        for character in other.chars() {
            for unit in character.encode_utf16(&mut units) {
                piece(format!("\\u{unit:04x}").as_bytes());
            }
        }
        rest = next;
    }
    piece(rest.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaping_takes_what_is_not_ascii_and_nothing_else() {
        let mut bytes = Vec::new();
        escaped("a\"é/@😀\n🤲", |piece| bytes.extend_from_slice(piece));
        assert_eq!(
            String::from_utf8_lossy(&bytes),
            "a\"\\u00e9/@\\ud83d\\ude00\n\\ud83e\\udd32"
        );
    }

    #[test]
    fn a_signature_has_one_form() {
        let digits = "0f".repeat(32);
        assert_eq!(
            signature(format!("sha256={digits}").as_bytes()),
            Some([15; 32])
        );
        for bad in [
            digits.clone(),
            format!("sha1={digits}"),
            format!("sha256={digits}0"),
            format!("sha256={}", "0g".repeat(32)),
            format!("sha256={}", "+f".repeat(32)),
            format!("sha256={}", "é".repeat(32)),
            String::new(),
        ] {
            assert_eq!(signature(bad.as_bytes()), None, "{bad}");
        }
    }
}
