//! The two forms in which Google publishes public keys, and how long an answer is good for.
//!
//! Pure: bytes and headers in, keys out.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::SignedDuration;
use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, KeyAlgorithm, PublicKeyUse};
use reqwest::header::{AGE, CACHE_CONTROL, HeaderMap};
use serde_json::{Map, Value};

use super::verifying_key::VerifyingKey;

/// Shortest time an answer is used. Without a usable `max-age` every request would otherwise fetch
/// the keys again.
pub(super) const SHORTEST_LIFETIME: SignedDuration = SignedDuration::from_secs(60);

/// Longest time an answer is used. Google announces about six hours; a proxy that says a year must
/// not keep a withdrawn key alive for longer than a day.
pub(super) const LONGEST_LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// Public keys by key id.
#[derive(Default)]
pub(super) struct Keys(HashMap<String, Published>);

struct Published {
    /// The key as it was published, to see whether a later answer holds the same one.
    source: Value,
    key: Arc<VerifyingKey>,
}

/// Why an answer holds no keys.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotKeys {
    #[error("the answer is not a JSON object")]
    NotJson,
    #[error("the answer holds no RS256 key")]
    NoUsableKey,
}

impl Keys {
    /// Reads `{kid: PEM certificate}` or `{"keys": [JWK…]}`; what is no RS256 signing key is
    /// passed over, since a key set may hold keys for other purposes.
    ///
    /// A key that `previous` already holds keeps its identity (the same `Arc`), so that who
    /// remembers a key can tell "still published" from "replaced". Of two keys with one id the
    /// first counts: the standard asks for distinct ids, and any other choice would let a later
    /// entry displace a key already in use.
    pub(super) fn parse(body: &[u8], previous: Option<&Self>) -> Result<Self, NotKeys> {
        let document: Map<String, Value> =
            serde_json::from_slice(body).map_err(|_| NotKeys::NotJson)?;
        let mut keys = Self::default();
        if let Some(Value::Array(entries)) = document.get("keys") {
            for entry in entries {
                keys.add_jwk(entry, previous);
            }
        } else {
            for (kid, pem) in document {
                keys.add_certificate(kid, pem, previous);
            }
        }
        if keys.0.is_empty() {
            Err(NotKeys::NoUsableKey)
        } else {
            Ok(keys)
        }
    }

    /// The key called `kid`.
    pub(super) fn get(&self, kid: &str) -> Option<Arc<VerifyingKey>> {
        self.0.get(kid).map(|published| Arc::clone(&published.key))
    }

    /// Every key, in no order.
    pub(super) fn all(&self) -> Vec<Arc<VerifyingKey>> {
        self.0
            .values()
            .map(|published| Arc::clone(&published.key))
            .collect()
    }

    fn add_jwk(&mut self, entry: &Value, previous: Option<&Self>) {
        let Ok(jwk) = serde_json::from_value::<Jwk>(entry.clone()) else {
            return;
        };
        let for_signing = matches!(
            jwk.common.public_key_use,
            None | Some(PublicKeyUse::Signature)
        );
        let for_rs256 = matches!(jwk.common.key_algorithm, None | Some(KeyAlgorithm::RS256))
            && matches!(jwk.algorithm, AlgorithmParameters::RSA(_));
        if let Some(kid) = jwk.common.key_id.clone()
            && for_signing
            && for_rs256
        {
            self.add(kid, entry.clone(), previous, || {
                DecodingKey::from_jwk(&jwk).ok()
            });
        }
    }

    fn add_certificate(&mut self, kid: String, pem: Value, previous: Option<&Self>) {
        let Some(bytes) = pem.as_str().map(|text| text.as_bytes().to_vec()) else {
            return;
        };
        self.add(kid, pem, previous, || {
            DecodingKey::from_rsa_pem(&bytes).ok()
        });
    }

    fn add(
        &mut self,
        kid: String,
        source: Value,
        previous: Option<&Self>,
        parse: impl FnOnce() -> Option<DecodingKey>,
    ) {
        let unchanged = previous
            .and_then(|keys| keys.0.get(&kid))
            .filter(|published| published.source == source)
            .map(|published| Arc::clone(&published.key));
        let parsed = || parse().as_ref().and_then(VerifyingKey::of).map(Arc::new);
        if let Some(key) = unchanged.or_else(parsed) {
            self.0.entry(kid).or_insert(Published { source, key });
        }
    }
}

/// How long an answer with these headers is good for: `max-age` less the `Age` it already has,
/// between [`SHORTEST_LIFETIME`] and [`LONGEST_LIFETIME`].
pub(super) fn lifetime(headers: &HeaderMap) -> SignedDuration {
    let max_age = headers
        .get_all(CACHE_CONTROL)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .find_map(|directive| {
            let (name, value) = directive.split_once('=')?;
            let seconds = value.trim().trim_matches('"').parse::<u32>().ok()?;
            name.trim()
                .eq_ignore_ascii_case("max-age")
                .then_some(seconds)
        })
        .unwrap_or(0);
    let age = headers
        .get(AGE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.trim().parse::<u32>().ok())
        .unwrap_or(0);
    SignedDuration::from_secs(i64::from(max_age.saturating_sub(age)))
        .clamp(SHORTEST_LIFETIME, LONGEST_LIFETIME)
}
