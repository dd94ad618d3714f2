//! The compact form of a JWT taken apart, nothing about it believed yet.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::TokenError;

/// A JWT whose signature nobody has looked at.
pub(super) struct Jwt<'a> {
    pub(super) header: Header,
    pub(super) claims: Claims,
    /// What the signature is over: the first two parts and the dot between them.
    pub(super) signing_input: &'a str,
    /// The third part, in base64url; may be empty.
    pub(super) signature: &'a str,
}

/// The fields of the header that decide something. A field given twice is refused by the derive.
#[derive(Deserialize)]
pub(super) struct Header {
    pub(super) alg: String,
    pub(super) kid: Option<String>,
    /// Extensions the verifier has to understand (RFC 7515, 4.1.11). We understand none.
    crit: Option<Value>,
}

/// The claims, as untyped as they came.
pub(super) struct Claims(Map<String, Value>);

impl<'a> Jwt<'a> {
    /// Takes `token` apart. The length is looked at before anything else is done.
    ///
    /// # Errors
    ///
    /// [`TokenError::TooLong`] and [`TokenError::Malformed`].
    pub(super) fn parse(token: &'a str, longest_bytes: usize) -> Result<Self, TokenError> {
        if token.len() > longest_bytes {
            return Err(TokenError::TooLong);
        }
        let (signing_input, signature) = token.rsplit_once('.').ok_or(TokenError::Malformed)?;
        let (header, claims) = signing_input.split_once('.').ok_or(TokenError::Malformed)?;
        let header: Header = decode(header)?;
        if header.crit.is_some() {
            return Err(TokenError::Malformed);
        }
        // A fourth part would leave a dot in here, which base64url does not know.
        Ok(Self {
            header,
            claims: Claims(decode(claims)?),
            signing_input,
            signature,
        })
    }
}

impl Claims {
    /// The claim `name`, if it is there and a string.
    pub(super) fn string(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    /// The claim `name`, whatever it is.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// Whether the claim `name` is there and `true`.
    pub(super) fn is_true(&self, name: &str) -> bool {
        self.get(name).and_then(Value::as_bool) == Some(true)
    }

    /// The claim `name` as seconds since 1970, fractions allowed as RFC 7519 does.
    ///
    /// # Errors
    ///
    /// [`TokenError::BadClaim`] when it is there but no number, or one beyond the calendar.
    pub(super) fn time(&self, name: &'static str) -> Result<Option<Timestamp>, TokenError> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let moment = match value.as_i64() {
            Some(seconds) => Timestamp::from_second(seconds).ok(),
            None => value
                .as_f64()
                .and_then(|seconds| SignedDuration::try_from_secs_f64(seconds).ok())
                .and_then(|since_1970| Timestamp::from_duration(since_1970).ok()),
        };
        moment.map(Some).ok_or(TokenError::BadClaim(name))
    }

    /// All claims as one type.
    ///
    /// # Errors
    ///
    /// [`TokenError::Malformed`] when they do not have its form.
    pub(super) fn into_typed<T: DeserializeOwned>(self) -> Result<T, TokenError> {
        serde_json::from_value(Value::Object(self.0)).map_err(|_| TokenError::Malformed)
    }
}

fn decode<T: DeserializeOwned>(part: &str) -> Result<T, TokenError> {
    let json = URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| TokenError::Malformed)?;
    serde_json::from_slice(&json).map_err(|_| TokenError::Malformed)
}
