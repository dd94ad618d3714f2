//! How a person's consent becomes a token, and how a token is kept alive.
//!
//! These calls are proved by the app's secret itself, which the platform wants as a parameter. *Invariant:* no error carries a
//! URL, since some of these have secrets in theirs.
//!
//! # Source
//! <https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow>,
//! <https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived> and
//! <https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/business-login>, read 2026-11.

use jiff::SignedDuration;
use reqwest::RequestBuilder;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use super::{Access, Graph, GraphError, Login, TIMEOUT, exchange};
use crate::config::MetaApp;

/// A token as the platform hands it out.
#[derive(Debug, Clone)]
pub struct Issued {
    /// The token, and where it is good.
    pub access: Access,
    /// How long it lives; `None` when the platform does not say.
    pub lives: Option<SignedDuration>,
    /// The permissions that came with it, where the platform tells them along.
    pub permissions: Option<Vec<String>>,
}

impl Graph {
    /// The id of a login's app; `None` when there is none in the configuration.
    pub fn app_id(&self, login: Login) -> Option<&str> {
        self.side(login).app.as_ref().map(|app| app.id.as_str())
    }

    /// The app's own token, for what is asked about the app and about other tokens. Facebook Login's alone.
    ///
    /// # Errors
    /// [`GraphError::NoApp`].
    pub fn app_access(&self) -> Result<Access, GraphError> {
        let app = self.app(Login::Facebook)?;
        let token = format!("{}|{}", app.id, app.secret.expose_secret());
        Ok(Access {
            login: Login::Facebook,
            token: token.into(),
        })
    }

    /// Where a person gives consent. `state` comes back with the code.
    ///
    /// # Errors
    /// [`GraphError::NoApp`]; [`GraphError::Malformed`] when the configured address is none.
    pub fn dialog(
        &self,
        login: Login,
        redirect_uri: &str,
        state: &str,
        scopes: &[&str],
    ) -> Result<String, GraphError> {
        let app = self.app(login)?;
        let address = match login {
            Login::Facebook => format!(
                "{}/{}/dialog/oauth",
                self.hosts.facebook_dialog, self.hosts.version
            ),
            Login::Instagram => format!("{}/oauth/authorize", self.hosts.instagram_dialog),
        };
        let scope = scopes.join(",");
        let query = [
            ("client_id", app.id.as_str()),
            ("redirect_uri", redirect_uri),
            ("response_type", "code"),
            ("scope", &scope),
            ("state", state),
        ];
        reqwest::Url::parse_with_params(&address, query)
            .map(Into::into)
            .map_err(|_| GraphError::Malformed)
    }

    /// Changes the code of a consent into a short-lived token. A code is good once, whatever becomes of the answer.
    ///
    /// # Errors
    /// [`GraphError`].
    pub async fn token_for_code(
        &self,
        login: Login,
        code: &SecretString,
        redirect_uri: &str,
    ) -> Result<Issued, GraphError> {
        let app = self.app(login)?;
        let mut fields = vec![
            ("client_id", app.id.as_str()),
            ("client_secret", app.secret.expose_secret()),
            ("redirect_uri", redirect_uri),
            ("code", code.expose_secret()),
        ];
        let request = match login {
            Login::Facebook => {
                let address = format!("{}/oauth/access_token", self.facebook.root);
                self.http.get(address).query(&fields)
            }
            Login::Instagram => {
                fields.push(("grant_type", "authorization_code"));
                let address = format!("{}/oauth/access_token", self.hosts.instagram_api);
                self.http.post(address).form(&fields)
            }
        };
        issued(login, request).await
    }

    /// Makes a person's token long-lived: a short-lived one, or once more a long-lived one of Facebook Login.
    ///
    /// # Errors
    /// [`GraphError`]; a token that ran out cannot be exchanged.
    pub async fn long_lived(&self, access: &Access) -> Result<Issued, GraphError> {
        let app = self.app(access.login)?;
        let token = access.token.expose_secret();
        let request = match access.login {
            Login::Facebook => {
                let address = format!("{}/oauth/access_token", self.facebook.root);
                self.http.get(address).query(&[
                    ("grant_type", "fb_exchange_token"),
                    ("client_id", app.id.as_str()),
                    ("client_secret", app.secret.expose_secret()),
                    ("fb_exchange_token", token),
                ])
            }
            Login::Instagram => {
                let address = format!("{}/access_token", self.hosts.instagram_graph);
                self.http.get(address).query(&[
                    ("grant_type", "ig_exchange_token"),
                    ("client_secret", app.secret.expose_secret()),
                    ("access_token", token),
                ])
            }
        };
        issued(access.login, request).await
    }

    /// Gives a long-lived token its life once more: 60 days from now. By Instagram Login it must be a day old.
    ///
    /// # Errors
    /// [`GraphError`].
    pub async fn renewed(&self, access: &Access) -> Result<Issued, GraphError> {
        match access.login {
            Login::Facebook => self.long_lived(access).await,
            Login::Instagram => {
                let address = format!("{}/refresh_access_token", self.hosts.instagram_graph);
                let request = self.http.get(address).query(&[
                    ("grant_type", "ig_refresh_token"),
                    ("access_token", access.token.expose_secret()),
                ]);
                issued(access.login, request).await
            }
        }
    }

    fn app(&self, login: Login) -> Result<&MetaApp, GraphError> {
        let app = self.side(login).app.as_ref();
        app.ok_or(GraphError::NoApp(login))
    }
}

async fn issued(login: Login, request: RequestBuilder) -> Result<Issued, GraphError> {
    let answer = exchange(request.timeout(TIMEOUT)).await?;
    read(login, &answer).ok_or(GraphError::Malformed)
}

/// The platform answers flat, or with a list of one in `data`; permissions come as text or as a list.
fn read(login: Login, answer: &Value) -> Option<Issued> {
    let one = answer["data"]
        .as_array()
        .and_then(|list| list.first())
        .unwrap_or(answer);
    let token = one["access_token"]
        .as_str()
        .filter(|token| !token.is_empty())?;
    let permissions = match &one["permissions"] {
        Value::String(text) => Some(text.split(',').map(|one| one.trim().to_owned()).collect()),
        Value::Array(list) => Some(
            list.iter()
                .filter_map(|one| one.as_str().map(ToOwned::to_owned))
                .collect(),
        ),
        _ => None,
    };
    Some(Issued {
        access: Access {
            login,
            token: token.into(),
        },
        // A life of 0 is how some answers say that there is no end.
        lives: one["expires_in"]
            .as_i64()
            .filter(|seconds| *seconds > 0)
            .map(SignedDuration::from_secs),
        permissions,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_form_of_the_answer_is_read() {
        for answer in [
            json!({ "data": [{ "access_token": "t", "user_id": 1, "permissions": "a,b" }] }),
            json!({ "access_token": "t", "user_id": "1", "permissions": ["a", "b"] }),
        ] {
            let issued = read(Login::Instagram, &answer).unwrap();
            assert_eq!(issued.access.token.expose_secret(), "t");
            assert_eq!(
                issued.permissions,
                Some(vec!["a".to_owned(), "b".to_owned()])
            );
            assert_eq!(issued.lives, None);
        }
        let long = json!({ "access_token": "t", "token_type": "bearer", "expires_in": 5_183_944 });
        let lives = read(Login::Facebook, &long).unwrap().lives;
        assert_eq!(lives, Some(SignedDuration::from_secs(5_183_944)));
        for none in [
            json!({}),
            json!({ "access_token": "" }),
            json!({ "data": [] }),
        ] {
            assert!(read(Login::Facebook, &none).is_none(), "{none}");
        }
    }

    #[test]
    fn a_token_is_not_shown() {
        let issued = read(Login::Facebook, &json!({ "access_token": "EAAB-secret" })).unwrap();
        assert!(!format!("{issued:?}").contains("EAAB-secret"));
    }
}
