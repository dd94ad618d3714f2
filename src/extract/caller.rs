//! Who calls: a verified ID token, and with it a place in the hierarchy.

use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

use crate::config::AppCheckMode;
use crate::error::{Code, Error, Language, text};
use crate::ids::Uid;
use crate::policy::{Actor, Scope};
use crate::state::AppState;
use crate::tokens::{IdToken, TokenError};

/// The person behind a callable.
///
/// Their scope is that of the token's claims. Claims may be an hour old, so callables that grant rights or move money
/// also look at the user's document: `users::standing`.
#[derive(Debug, Clone)]
pub struct Caller {
    uid: Uid,
    scope: Scope,
    token: Arc<IdToken>,
    language: Language,
}

impl Caller {
    /// Verifies the tokens of a request. No round trip, but for the keys when the cache has none.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` when there is no ID token or a wrong one, or where App Check is enforced and its token is
    /// missing or wrong; `UNAVAILABLE` when there are no keys to verify with.
    pub async fn from_headers(state: &AppState, headers: &HeaderMap) -> Result<Self, Error> {
        let token = match headers.get(AUTHORIZATION) {
            Some(value) if !value.is_empty() => {
                let value = value.to_str().unwrap_or_default();
                let token = bearer(value).ok_or_else(|| {
                    Error::unauthenticated("the authorization is no bearer token")
                })?;
                Some(state.id_tokens.verify(token).await?)
            }
            _ => None,
        };
        check_app(state, headers).await?;
        let token = token.ok_or_else(|| {
            Error::new(
                Code::Unauthenticated,
                "SIGN_IN_REQUIRED",
                text("Silakan masuk terlebih dahulu.", "Please sign in first."),
            )
        })?;
        let uid = Uid::parse(token.uid.clone())
            .map_err(|_| Error::unauthenticated("the token's uid cannot name a document"))?;
        let scope = Scope::from_claims(&uid, token.role.as_deref(), token.branch_id.as_deref());
        Ok(Self {
            uid,
            scope,
            token,
            language: Language::default(),
        })
    }

    /// The same caller, who reads this language.
    #[must_use]
    pub fn reading(self, language: Language) -> Self {
        Self { language, ..self }
    }

    /// The caller's uid.
    pub fn uid(&self) -> &Uid {
        &self.uid
    }

    /// The caller's place, as the token states it.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The verified token.
    pub fn token(&self) -> &IdToken {
        &self.token
    }

    /// The language that the caller reads.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The caller as the policy knows them.
    pub fn actor(&self) -> Actor {
        Actor::User {
            uid: self.uid.clone(),
            scope: self.scope.clone(),
        }
    }
}

/// "Bearer" in any case, one space, the rest.
pub(super) fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

async fn check_app(state: &AppState, headers: &HeaderMap) -> Result<(), Error> {
    let mode = state.config.app_check.mode;
    if mode == AppCheckMode::Off {
        return Ok(());
    }
    let wrong = match headers.get("x-firebase-appcheck") {
        None => "no App Check token".to_owned(),
        Some(value) => match state
            .app_check_tokens
            .verify(value.to_str().unwrap_or_default())
            .await
        {
            Ok(_) => return Ok(()),
            Err(error) if error.is_unavailable() && mode == AppCheckMode::Enforce => {
                return Err(error.into());
            }
            Err(error) => format!("App Check: {error}"),
        },
    };
    if mode == AppCheckMode::Enforce {
        return Err(Error::unauthenticated(wrong));
    }
    tracing::warn!(reason = "APP_CHECK", "{wrong}");
    Ok(())
}

impl From<TokenError> for Error {
    /// Whatever is wrong with a token, the caller reads the same; the reason goes to the log. Only missing keys differ:
    /// they say nothing about the token, and must not sign everybody out.
    fn from(error: TokenError) -> Self {
        if error.is_unavailable() {
            Self::unavailable(error.to_string())
        } else {
            Self::unauthenticated(error.to_string())
        }
    }
}
