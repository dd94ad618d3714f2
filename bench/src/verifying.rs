//! An ID token proved as the documentation of `jsonwebtoken` shows it, and nothing remembered.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde::Deserialize;

/// The claims that a handler would need.
#[derive(Deserialize)]
#[expect(dead_code, reason = "read, as a handler would, and not used")]
#[serde(rename_all = "camelCase")]
struct Claims {
    sub: String,
    role: Option<String>,
    branch_id: Option<String>,
    email: Option<String>,
}

/// A key, and what a token of the project has to say.
pub(crate) struct Verifying {
    key: DecodingKey,
    validation: Validation,
}

impl Verifying {
    pub(crate) fn new(key: &Jwk, project_id: &str) -> Result<Self, String> {
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_audience(&[project_id]);
        validation.set_issuer(&[format!("https://securetoken.google.com/{project_id}")]);
        Ok(Self {
            key: DecodingKey::from_jwk(key).map_err(|error| error.to_string())?,
            validation,
        })
    }

    pub(crate) fn accepts(&self, headers: &HeaderMap) -> bool {
        headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "))
            .is_some_and(|token| decode::<Claims>(token, &self.key, &self.validation).is_ok())
    }
}
