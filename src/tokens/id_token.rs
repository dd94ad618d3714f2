//! Firebase ID tokens: a signed-in user.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use super::TokenError;
use super::emulator::EmulatorMode;
use super::jwt::Claims;
use super::remembered::{CAPACITY, Entry, Fingerprint, Remembered};
use super::verifier::{Audience, Issuer, KeyId, Rules, Verified, Verifier};
use crate::clients::google_keys::KeySet;
use crate::clock::Clock;

/// Longest ID token. Custom claims have at most 1,000 characters, so real ones stay below four
/// kilobytes.
const LONGEST_BYTES: usize = 16 * 1024;

/// What a verified ID token says.
///
/// `role` and `branch_id` are as they stand in the token: a string is kept whatever it says. What
/// they mean is decided where an actor is made of them. An absent or null claim is `None`; one that
/// is no string is an empty one, since a claim that cannot be read must not count as absent: an
/// absent branch gives a CABANG its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdToken {
    /// The user's id (`sub`), 1 to 128 characters.
    pub uid: String,
    /// The address, if the account has one.
    pub email: Option<String>,
    /// Whether the address was proved; false when absent.
    pub email_verified: bool,
    /// The display name.
    pub name: Option<String>,
    /// When the user signed in. Tokens renewed later keep it.
    pub auth_time: Timestamp,
    /// When this token was made.
    pub issued_at: Timestamp,
    /// From this moment on the token is refused.
    pub expires_at: Timestamp,
    /// The custom claim `role`.
    pub role: Option<String>,
    /// The custom claim `branchId`.
    pub branch_id: Option<String>,
    /// How the user signed in: `password`, `google.com`, `custom`, …
    pub sign_in_provider: Option<String>,
}

/// Verifies ID tokens of one project. Clones share keys and memory.
///
/// Revocation is not looked at: a token outlives the sign-out of its user by up to an hour. Who
/// needs more looks the user up; see [`revocation_must_be_checked`](Self::revocation_must_be_checked).
///
/// # Source
///
/// <https://firebase.google.com/docs/auth/admin/verify-id-tokens>, "Verify ID tokens using a
/// third-party JWT library", and the token verifier of firebase-admin for Node 14.3.
#[derive(Clone)]
pub struct IdTokens {
    verifier: Verifier,
    audience: [String; 1],
    issuer: String,
    remembered: Remembered,
}

impl IdTokens {
    /// Tokens of `project_id`, signed by one of `keys`.
    pub fn new(project_id: &str, keys: KeySet, clock: Clock) -> Self {
        Self::by(Verifier::with_keys(keys, clock), project_id)
    }

    /// The Auth emulator's unsigned tokens.
    pub fn emulator(mode: EmulatorMode, clock: Clock) -> Self {
        let project_id = mode.project_id().to_owned();
        Self::by(Verifier::with_emulator(mode, clock), &project_id)
    }

    fn by(verifier: Verifier, project_id: &str) -> Self {
        Self {
            verifier,
            audience: [project_id.to_owned()],
            issuer: super::issuer(project_id),
            remembered: Remembered::with_capacity(CAPACITY),
        }
    }

    /// Remembers up to `tokens` verified tokens instead of ten thousand; zero remembers none.
    #[must_use]
    pub fn remembering(self, tokens: u64) -> Self {
        Self {
            remembered: Remembered::with_capacity(tokens),
            ..self
        }
    }

    /// Whether the caller has to look the user up after [`verify`](Self::verify), as the Admin SDK
    /// always does in emulator mode: the user exists, is not disabled, and `auth_time` is not
    /// before `validSince`. Nobody vouches for an unsigned token, so that look is the only thing
    /// that ties it to an account.
    pub fn revocation_must_be_checked(&self) -> bool {
        self.verifier.trusts_emulator()
    }

    /// What `token` says, if it is to be believed.
    ///
    /// A token that was verified before is not verified again while it is unexpired and its key is
    /// published unchanged.
    ///
    /// # Errors
    ///
    /// The first rule it breaks, in the order of [`TokenError`]'s variants, give or take those of
    /// the other tokens.
    pub async fn verify(&self, token: &str) -> Result<Arc<IdToken>, TokenError> {
        // Before the hash, which is work as well.
        if token.len() > LONGEST_BYTES {
            return Err(TokenError::TooLong);
        }
        let fingerprint = Fingerprint::of(token);
        if let Some(entry) = self.remembered.get(&fingerprint) {
            if self.verifier.still_trusts(&entry.signed_by).await
                && self.verifier.now() < entry.token.expires_at
            {
                return Ok(entry.token);
            }
            self.remembered.forget(&fingerprint);
        }
        let verified = self
            .verifier
            .verify(token, &self.rules(&[&self.issuer]))
            .await?;
        let signed_by = verified.signed_by.clone().map(Arc::new);
        let token = Arc::new(read(verified, self.verifier.now())?);
        if let Some(signed_by) = signed_by {
            let entry = Entry {
                token: Arc::clone(&token),
                signed_by,
            };
            self.remembered.put(fingerprint, entry);
        }
        Ok(token)
    }

    fn rules<'a>(&'a self, issuers: &'a [&'a str]) -> Rules<'a> {
        Rules {
            longest_bytes: LONGEST_BYTES,
            key_id: KeyId::Required,
            audience: Audience::OneOf(&self.audience),
            issuer: Issuer::OneOf(issuers),
        }
    }
}

/// The claims every ID token carries, and the time of the sign-in.
///
/// A sign-in lies in the past. It is measured against `iat` where that is ahead of our clock: in
/// the first second both are the same moment on Google's clock, and the leeway of `iat` must not be
/// taken back here.
fn read(verified: Verified, now: Timestamp) -> Result<IdToken, TokenError> {
    let Verified {
        claims,
        subject,
        expires_at,
        issued_at,
        ..
    } = verified;
    let issued_at = issued_at.ok_or(TokenError::BadClaim("iat"))?;
    let auth_time = claims
        .time("auth_time")?
        .ok_or(TokenError::BadClaim("auth_time"))?;
    if auth_time > now.max(issued_at) {
        return Err(TokenError::FromTheFuture);
    }
    Ok(IdToken {
        uid: subject,
        email: owned(&claims, "email"),
        email_verified: claims.is_true("email_verified"),
        name: owned(&claims, "name"),
        auth_time,
        issued_at,
        expires_at,
        role: place(&claims, "role"),
        branch_id: place(&claims, "branchId"),
        sign_in_provider: claims
            .get("firebase")
            .and_then(|firebase| firebase.get("sign_in_provider"))
            .and_then(Value::as_str)
            .map(str::to_owned),
    })
}

fn owned(claims: &Claims, name: &str) -> Option<String> {
    claims.string(name).map(str::to_owned)
}

/// A claim that gives a place in the hierarchy.
fn place(claims: &Claims, name: &str) -> Option<String> {
    match claims.get(name)? {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        _ => Some(String::new()),
    }
}
