//! App Check tokens: a genuine build of one of our apps.
//!
//! Replay protection (asking Google whether a token was used before) is not here: it is a network
//! call a request, and no callable of ours needs it. There is no App Check emulator; where App Check
//! is not enforced, the token is not asked for.

use std::collections::BTreeSet;

use super::TokenError;
use super::verifier::{Audience, Issuer, KeyId, Rules, Verifier};
use crate::clients::google_keys::KeySet;
use crate::clock::Clock;

/// Longest App Check token; real ones are below two kilobytes.
const LONGEST_BYTES: usize = 16 * 1024;

const ISSUER: &str = "https://firebaseappcheck.googleapis.com/";

/// The project whose apps are ours.
#[derive(Clone, Debug)]
pub struct AppCheckProject {
    /// The project's id.
    pub id: String,
    /// The project's number. With it the issuer is compared whole, without it by its beginning
    /// alone, as the Admin SDK does.
    pub number: Option<String>,
}

/// What a verified App Check token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppCheckToken {
    /// The Firebase app id, as in `1:1234567890:web:0123456789abcdef`.
    pub app_id: String,
}

/// Verifies App Check tokens of one project. Clones share the keys.
///
/// # Source
///
/// <https://firebase.google.com/docs/app-check/custom-resource-backend> and firebase-admin for Node
/// 14.3.
#[derive(Clone)]
pub struct AppCheckTokens {
    verifier: Verifier,
    audiences: Vec<String>,
    /// The whole issuer, where the project's number is known.
    issuer: Option<String>,
    allowed_apps: Option<BTreeSet<String>>,
}

impl AppCheckTokens {
    /// Tokens of `project`, signed by one of `keys`; with `allowed_apps`, of those apps alone.
    pub fn new(
        project: &AppCheckProject,
        allowed_apps: Option<BTreeSet<String>>,
        keys: KeySet,
        clock: Clock,
    ) -> Self {
        let names = std::iter::once(&project.id).chain(&project.number);
        Self {
            verifier: Verifier::with_keys(keys, clock),
            audiences: names.map(|name| format!("projects/{name}")).collect(),
            issuer: project
                .number
                .as_ref()
                .map(|number| format!("{ISSUER}{number}")),
            allowed_apps,
        }
    }

    /// What `token` says, if it is to be believed. A token that names no key is tried with each.
    ///
    /// # Errors
    ///
    /// The first rule it breaks; [`TokenError::WrongApp`] when the app is not on the list.
    pub async fn verify(&self, token: &str) -> Result<AppCheckToken, TokenError> {
        let whole_issuer = self.issuer.as_deref().map(|issuer| [issuer]);
        let rules = Rules {
            longest_bytes: LONGEST_BYTES,
            key_id: KeyId::Optional,
            audience: Audience::ListHolding(&self.audiences),
            issuer: match &whole_issuer {
                Some(issuer) => Issuer::OneOf(issuer),
                None => Issuer::StartingWith(ISSUER),
            },
        };
        let app_id = self.verifier.verify(token, &rules).await?.subject;
        if self
            .allowed_apps
            .as_ref()
            .is_some_and(|allowed| !allowed.contains(&app_id))
        {
            return Err(TokenError::WrongApp);
        }
        Ok(AppCheckToken { app_id })
    }
}
