//! Meta's Graph API: one HTTP attempt a call, signed with the app's secret, and a time limit on each.
//!
//! What lives here: hosts, versions, the `appsecret_proof`, and what an error means in general ([`GraphError::class`]). What does
//! not: any edge of the API, retries, and what a code means to one feature; those are the features' own.
//! *Invariant:* tokens travel in a header, never in a URL, and no error carries a token, a URL or a body of the caller's.
//!
//! # Source
//! <https://developers.facebook.com/docs/graph-api/guides/secure-requests> (proof) and
//! <https://developers.facebook.com/docs/graph-api/overview/rate-limiting> (headers), read 2026-11.

mod error;
mod oauth;

use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use self::error::refusal;
pub use self::error::{Class, GraphError, Refusal};
pub use self::oauth::Issued;
use super::body::read_bounded;
use crate::config::{Meta, MetaApp, MetaHosts};
use crate::seal::KeyedDigest;

/// How long a call may take. The platform answers reads within a second; a send or a publish may take ten.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Longest answer that is read: a page of 100 leads with long answers is a tenth of it.
const ANSWER_BYTES: usize = 4 << 20;

/// By which login a token came; it decides on the host and on the secret that proves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Login {
    /// Facebook Login: pages, WhatsApp, and Instagram accounts linked to a page.
    Facebook,
    /// Instagram Login: an Instagram account on its own.
    Instagram,
}

impl Login {
    /// The login as documents name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Facebook => "FACEBOOK",
            Self::Instagram => "INSTAGRAM",
        }
    }

    /// Reads the login as documents name it.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "FACEBOOK" => Some(Self::Facebook),
            "INSTAGRAM" => Some(Self::Instagram),
            _ => None,
        }
    }
}

/// A token and where it is good.
#[derive(Debug, Clone)]
pub struct Access {
    /// By which login it came.
    pub login: Login,
    /// The token.
    pub token: SecretString,
}

/// The platform. A clone shares the connections.
#[derive(Clone)]
pub struct Graph {
    http: reqwest::Client,
    hosts: MetaHosts,
    facebook: Side,
    instagram: Side,
}

/// One of the two logins' hosts.
#[derive(Clone)]
struct Side {
    root: String,
    app: Option<MetaApp>,
}

impl Graph {
    /// The platform as configured.
    pub fn new(http: reqwest::Client, meta: &Meta) -> Self {
        let side = |host: &str, app: &Option<MetaApp>| Side {
            root: format!("{host}/{}", meta.hosts.version),
            app: app.clone(),
        };
        Self {
            http,
            hosts: meta.hosts.clone(),
            facebook: side(&meta.hosts.graph, &meta.app),
            instagram: side(&meta.hosts.instagram_graph, &meta.instagram_app),
        }
    }

    /// Reads. `path` has neither version nor slash at its front: `123/media`.
    ///
    /// # Errors
    /// [`GraphError`].
    pub async fn get(
        &self,
        access: &Access,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Value, GraphError> {
        let request = self.request(Method::GET, access, path)?;
        exchange(request.query(query)).await
    }

    /// Writes, with a JSON body. The platform knows no key for idempotency: after [`GraphError::NoAnswer`] it may have
    /// happened.
    ///
    /// # Errors
    /// [`GraphError`].
    pub async fn post(
        &self,
        access: &Access,
        path: &str,
        body: &Value,
    ) -> Result<Value, GraphError> {
        let request = self.request(Method::POST, access, path)?;
        exchange(request.json(body)).await
    }

    /// Deletes.
    ///
    /// # Errors
    /// [`GraphError`].
    pub async fn delete(
        &self,
        access: &Access,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Value, GraphError> {
        let request = self.request(Method::DELETE, access, path)?;
        exchange(request.query(query)).await
    }

    fn request(
        &self,
        method: Method,
        access: &Access,
        path: &str,
    ) -> Result<RequestBuilder, GraphError> {
        let side = self.side(access.login);
        let app = side.app.as_ref().ok_or(GraphError::NoApp(access.login))?;
        let proof = proof(app, &access.token);
        Ok(self
            .http
            .request(method, format!("{}/{path}", side.root))
            .bearer_auth(access.token.expose_secret())
            .query(&[("appsecret_proof", proof)])
            .timeout(TIMEOUT))
    }
}

impl Graph {
    fn side(&self, login: Login) -> &Side {
        match login {
            Login::Facebook => &self.facebook,
            Login::Instagram => &self.instagram,
        }
    }
}

impl std::fmt::Debug for Graph {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Graph")
            .field("facebook", &self.facebook.root)
            .field("instagram", &self.instagram.root)
            .finish_non_exhaustive()
    }
}

/// Shows the platform that the token is used by its own app: HMAC-SHA256 of the token under the app's secret, in hexadecimal.
fn proof(app: &MetaApp, token: &SecretString) -> String {
    KeyedDigest::of_text(&app.secret).hex(token.expose_secret())
}

/// One attempt.
#[tracing::instrument(name = "graph", skip_all, fields(otel.kind = "client"), err(level = "debug"))]
async fn exchange(request: RequestBuilder) -> Result<Value, GraphError> {
    let response = request.send().await.map_err(|error| {
        if error.is_connect() || error.is_builder() {
            GraphError::NotSent
        } else {
            GraphError::NoAnswer
        }
    })?;
    let status = response.status();
    let headers = response.headers().clone();
    let body = read_bounded(response, ANSWER_BYTES)
        .await
        .map_err(|_| GraphError::NoAnswer)?;
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    // The platform also answers errors with 200.
    if !status.is_success() || body.get("error").is_some_and(Value::is_object) {
        return Err(GraphError::Refused(Box::new(refusal(
            status.as_u16(),
            &headers,
            &body,
        ))));
    }
    if body.is_null() {
        return Err(GraphError::Malformed);
    }
    Ok(body)
}
