//! Who sent a request, as proved by a signed token.
//!
//! One [verifier](verifier) in four configurations:
//!
//! | token | proves | signed by | [`KeySet`](crate::clients::google_keys::KeySet) |
//! |---|---|---|---|
//! | [`IdTokens`] | a signed-in user | Firebase Auth | `securetoken@system` certificates or JWKS |
//! | [`AppCheckTokens`] | a genuine app | App Check | App Check JWKS |
//! | [`ServiceTokens`] | Cloud Tasks, Scheduler, Eventarc, Pub/Sub | Google | Google's OIDC JWKS |
//! | [`BlockingTokens`] | Firebase Auth itself, asking whether to let somebody in | Firebase Auth | as for ID tokens |
//!
//! What a caller may do is not decided here, and no HTTP is spoken: headers, cookies and answers
//! belong to the extractors. No token is ever logged, kept, or put into an error.
//!
//! Against the emulators tokens are unsigned. That takes an [`EmulatorMode`], which can only be had
//! for a demo project outside Cloud Run.

mod app_check;
mod blocking;
mod emulator;
mod id_token;
mod jwt;
mod remembered;
mod service;
mod verifier;

pub use self::app_check::{AppCheckProject, AppCheckToken, AppCheckTokens};
pub use self::blocking::{BlockingEvent, BlockingToken, BlockingTokens, ProviderUser, UserRecord};
pub use self::emulator::{EmulatorMode, EmulatorRefused};
pub use self::id_token::{IdToken, IdTokens};
pub use self::service::{ServiceToken, ServiceTokens};

use crate::clients::google_keys::KeysError;

/// Why a token is refused. For the log only: callers are told "Unauthenticated" and nothing more.
///
/// Never holds the token or a piece of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Longer than any token of its sort.
    #[error("the token is too long")]
    TooLong,
    /// Not three base64url parts with a JSON header and JSON claims.
    #[error("the token is not a JWT")]
    Malformed,
    /// The header names no key.
    #[error("the token names no key")]
    MissingKeyId,
    /// Not RS256; with the emulators, not `none` with an empty signature.
    #[error("the token is signed with another algorithm")]
    WrongAlgorithm,
    /// `aud` is absent, of another type, or names somebody else.
    #[error("the token is meant for another audience")]
    WrongAudience,
    /// `iss` is absent, of another type, or names another issuer.
    #[error("the token comes from another issuer")]
    WrongIssuer,
    /// `sub` is not a string of 1 to 128 characters.
    #[error("the token has no usable subject")]
    BadSubject,
    /// No key with this id is published; most likely the token is long expired.
    #[error("the token is signed with an unknown key")]
    UnknownKey,
    /// The signature is not the key's.
    #[error("the token's signature is wrong")]
    BadSignature,
    /// `nbf` is still to come.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// `exp` is reached.
    #[error("the token has expired")]
    Expired,
    /// `iat` or `auth_time` is still to come.
    #[error("the token comes from the future")]
    FromTheFuture,
    /// A claim that must be there is absent or of another type.
    #[error("the claim {0} is absent or of another type")]
    BadClaim(&'static str),
    /// The app is not one of ours.
    #[error("the token is another app's")]
    WrongApp,
    /// The service account may not call here, or its address is not verified.
    #[error("the token is another service account's")]
    WrongAccount,
    /// The blocking token was made for another event.
    #[error("the token is about another event")]
    WrongEvent,
    /// The public keys cannot be had. Says nothing about the token: ask again later.
    #[error("the keys to verify the token cannot be had")]
    KeysUnavailable,
}

impl TokenError {
    /// Whether the token might be good and only the keys are missing. Answer UNAVAILABLE then, or
    /// an outage of the key server signs everybody out.
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Self::KeysUnavailable)
    }
}

impl From<KeysError> for TokenError {
    fn from(error: KeysError) -> Self {
        match error {
            KeysError::UnknownKid => Self::UnknownKey,
            KeysError::Unavailable => Self::KeysUnavailable,
        }
    }
}

/// Who issues the ID tokens of a project, and the tokens that its blocking functions get.
///
/// # Source
/// <https://firebase.google.com/docs/auth/admin/verify-id-tokens>, read 2026-11.
fn issuer(project_id: &str) -> String {
    format!("https://securetoken.google.com/{project_id}")
}
