//! The rules all four sorts of token share, in the order firebase-admin checks them.
//!
//! Form, key id, algorithm, audience, issuer and subject come before the signature: a token that is
//! not meant for us costs no key and no cryptography. The times come after it, so that "expired" is
//! only ever said of a genuine token.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::TokenError;
use super::emulator::{EmulatorMode, check_unsigned};
use super::jwt::{Claims, Jwt};
use crate::clients::google_keys::{KeySet, VerifyingKey};
use crate::clock::Clock;

/// Longest `sub`, in characters: Firebase's own limit on a uid.
const LONGEST_SUBJECT_CHARS: usize = 128;

/// How far `iat` may lie ahead. Google's clock and ours differ by fractions of a second; without
/// any leeway a token used in the moment of its making is refused now and then. `exp` and `nbf`
/// have none.
const ISSUED_AT_LEEWAY: SignedDuration = SignedDuration::from_secs(10);

/// Verifies tokens by whatever it trusts: published keys, or the emulators' word.
#[derive(Clone)]
pub(super) struct Verifier {
    trust: Trust,
    clock: Clock,
}

#[derive(Clone)]
enum Trust {
    Keys(KeySet),
    Emulator(EmulatorMode),
}

/// What a configuration asks of a token.
pub(super) struct Rules<'a> {
    /// Longest token that is looked at at all.
    pub(super) longest_bytes: usize,
    pub(super) key_id: KeyId,
    pub(super) audience: Audience<'a>,
    pub(super) issuer: Issuer<'a>,
}

/// Whether the header has to name the key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyId {
    Required,
    /// Without one every key is tried.
    Optional,
}

/// What `aud` has to be.
pub(super) enum Audience<'a> {
    /// A string equal to one of these.
    OneOf(&'a [String]),
    /// An array that holds one of these.
    ListHolding(&'a [String]),
}

/// What `iss` has to be: always a string.
pub(super) enum Issuer<'a> {
    OneOf(&'a [&'a str]),
    StartingWith(&'a str),
}

/// A token that kept every rule.
pub(super) struct Verified {
    pub(super) claims: Claims,
    pub(super) subject: String,
    pub(super) expires_at: Timestamp,
    pub(super) issued_at: Option<Timestamp>,
    /// Absent in emulator mode, and where the token did not name its key.
    pub(super) signed_by: Option<SignedBy>,
}

/// The key that signed a token.
#[derive(Clone)]
pub(super) struct SignedBy {
    kid: String,
    key: Arc<VerifyingKey>,
}

impl Verifier {
    pub(super) fn with_keys(keys: KeySet, clock: Clock) -> Self {
        Self {
            trust: Trust::Keys(keys),
            clock,
        }
    }

    pub(super) fn with_emulator(mode: EmulatorMode, clock: Clock) -> Self {
        Self {
            trust: Trust::Emulator(mode),
            clock,
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) fn trusts_emulator(&self) -> bool {
        matches!(self.trust, Trust::Emulator(_))
    }

    /// Holds `token` against `rules`.
    pub(super) async fn verify(
        &self,
        token: &str,
        rules: &Rules<'_>,
    ) -> Result<Verified, TokenError> {
        let jwt = Jwt::parse(token, rules.longest_bytes)?;
        match &self.trust {
            Trust::Keys(_) => {
                if rules.key_id == KeyId::Required && jwt.header.kid.is_none() {
                    return Err(TokenError::MissingKeyId);
                }
                if jwt.header.alg != "RS256" {
                    return Err(TokenError::WrongAlgorithm);
                }
            }
            Trust::Emulator(proof) => check_unsigned(proof, &jwt)?,
        }
        rules.audience.check(jwt.claims.get("aud"))?;
        rules.issuer.check(jwt.claims.string("iss"))?;
        let subject = subject(&jwt.claims)?;
        let signed_by = match &self.trust {
            Trust::Keys(keys) => check_signature(keys, &jwt).await?,
            Trust::Emulator(_) => None,
        };

        // Read after the keys, which may have been waited for.
        let now = self.clock.now();
        if jwt
            .claims
            .time("nbf")?
            .is_some_and(|not_before| now < not_before)
        {
            return Err(TokenError::NotYetValid);
        }
        let expires_at = jwt.claims.time("exp")?.ok_or(TokenError::BadClaim("exp"))?;
        if now >= expires_at {
            return Err(TokenError::Expired);
        }
        let issued_at = jwt.claims.time("iat")?;
        if issued_at.is_some_and(|moment| moment.duration_since(now) > ISSUED_AT_LEEWAY) {
            return Err(TokenError::FromTheFuture);
        }
        Ok(Verified {
            claims: jwt.claims,
            subject,
            expires_at,
            issued_at,
            signed_by,
        })
    }

    /// Whether the key that signed a token is still the one published under its id.
    pub(super) async fn still_trusts(&self, signed_by: &SignedBy) -> bool {
        match &self.trust {
            Trust::Keys(keys) => keys
                .key(&signed_by.kid)
                .await
                .is_ok_and(|key| Arc::ptr_eq(&key, &signed_by.key)),
            Trust::Emulator(_) => false,
        }
    }
}

impl Audience<'_> {
    fn check(&self, claim: Option<&Value>) -> Result<(), TokenError> {
        let meant_for_us = match (self, claim) {
            (Self::OneOf(ours), Some(Value::String(audience))) => ours.contains(audience),
            (Self::ListHolding(ours), Some(Value::Array(audiences))) => audiences
                .iter()
                .filter_map(Value::as_str)
                .any(|audience| ours.iter().any(|our| our == audience)),
            _ => false,
        };
        if meant_for_us {
            Ok(())
        } else {
            Err(TokenError::WrongAudience)
        }
    }
}

impl Issuer<'_> {
    fn check(&self, claim: Option<&str>) -> Result<(), TokenError> {
        let ours = match (self, claim) {
            (Self::OneOf(issuers), Some(issuer)) => issuers.contains(&issuer),
            (Self::StartingWith(prefix), Some(issuer)) => issuer.starts_with(prefix),
            (_, None) => false,
        };
        if ours {
            Ok(())
        } else {
            Err(TokenError::WrongIssuer)
        }
    }
}

fn subject(claims: &Claims) -> Result<String, TokenError> {
    let subject = claims.string("sub").ok_or(TokenError::BadSubject)?;
    if (1..=LONGEST_SUBJECT_CHARS).contains(&subject.chars().count()) {
        Ok(subject.to_owned())
    } else {
        Err(TokenError::BadSubject)
    }
}

async fn check_signature(keys: &KeySet, jwt: &Jwt<'_>) -> Result<Option<SignedBy>, TokenError> {
    if let Some(kid) = &jwt.header.kid {
        let key = keys.key(kid).await?;
        return if signed(jwt, &key) {
            Ok(Some(SignedBy {
                kid: kid.clone(),
                key,
            }))
        } else {
            Err(TokenError::BadSignature)
        };
    }
    if keys.all().await?.iter().any(|key| signed(jwt, key)) {
        Ok(None)
    } else {
        Err(TokenError::BadSignature)
    }
}

/// Whether `key` made the signature. One that is not even base64url is simply wrong.
fn signed(jwt: &Jwt<'_>, key: &VerifyingKey) -> bool {
    URL_SAFE_NO_PAD
        .decode(jwt.signature)
        .is_ok_and(|signature| key.signed(jwt.signing_input.as_bytes(), &signature))
}
