//! Google's OIDC tokens: Cloud Tasks, Cloud Scheduler, Eventarc and Pub/Sub, each pushing as a
//! service account of ours.
//!
//! Anybody can have Google sign such a token for any audience, from a project of his own: it is the
//! account that says who calls, and the audience that says it was meant for us. Both are asked for
//! in every call, since each endpoint has its own.

use super::TokenError;
use super::verifier::{Audience, Issuer, KeyId, Rules, Verifier};
use crate::clients::google_keys::KeySet;
use crate::clock::Clock;

/// Longest OIDC token; real ones are about a kilobyte.
const LONGEST_BYTES: usize = 16 * 1024;

/// Google signs with either form.
///
/// # Source
///
/// <https://developers.google.com/identity/openid-connect/openid-connect>, "Validating an ID token".
const ISSUERS: [&str; 2] = ["https://accounts.google.com", "accounts.google.com"];

/// What a verified OIDC token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceToken {
    /// The service account's address, verified by Google.
    pub email: String,
    /// Its numeric id.
    pub subject: String,
}

/// Verifies OIDC tokens of service accounts. Clones share the keys.
#[derive(Clone)]
pub struct ServiceTokens {
    verifier: Verifier,
}

impl ServiceTokens {
    /// Tokens signed by one of `keys`.
    pub fn new(keys: KeySet, clock: Clock) -> Self {
        Self {
            verifier: Verifier::with_keys(keys, clock),
        }
    }

    /// What `token` says, if it was made for one of `audiences` by one of `accounts`. An empty list
    /// lets nobody in.
    ///
    /// # Errors
    ///
    /// The first rule it breaks; [`TokenError::WrongAccount`] when the account is another, or its
    /// address is not verified.
    pub async fn verify(
        &self,
        token: &str,
        audiences: &[String],
        accounts: &[String],
    ) -> Result<ServiceToken, TokenError> {
        let rules = Rules {
            longest_bytes: LONGEST_BYTES,
            key_id: KeyId::Required,
            audience: Audience::OneOf(audiences),
            issuer: Issuer::OneOf(&ISSUERS),
        };
        let verified = self.verifier.verify(token, &rules).await?;
        let email = verified
            .claims
            .string("email")
            .filter(|_| verified.claims.is_true("email_verified"))
            .filter(|email| accounts.iter().any(|account| account == email))
            .ok_or(TokenError::WrongAccount)?;
        Ok(ServiceToken {
            email: email.to_owned(),
            subject: verified.subject,
        })
    }
}
