//! Google's Identity Toolkit: the accounts behind Firebase Authentication, as an administrator sees them.
//!
//! # Source
//! <https://cloud.google.com/identity-platform/docs/reference/rest/v1/projects.accounts>, read 2026-11; the same paths at
//! the Auth emulator.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::google_auth::GoogleAuth;

/// How long one call may take. Blocking functions, which have 7 s in all, never call this.
const TIMEOUT: Duration = Duration::from_secs(8);

/// Accounts that one page of a listing asks for.
const PAGE: usize = 500;

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// There is no such account.
    #[error("there is no such account")]
    NotFound,
    /// Identity Toolkit did not answer, or asked to come back later.
    #[error("Identity Toolkit is not available: {0}")]
    Unavailable(String),
    /// The call is not allowed or not understood: a fault of ours.
    #[error("Identity Toolkit refused the call: {0}")]
    Refused(String),
}

/// An account.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// Its uid.
    pub uid: String,
    /// Its e-mail address.
    pub email: Option<String>,
    /// Whether that address was proven.
    pub email_verified: bool,
    /// The name that its owner goes by.
    pub display_name: Option<String>,
    /// Whether it may not sign in.
    pub disabled: bool,
    /// Its custom claims.
    pub claims: Map<String, Value>,
    /// When it was made, in milliseconds since 1970.
    pub created_at_ms: Option<i64>,
}

/// What is to change about an account; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AccountChange {
    /// The custom claims, the whole set.
    pub claims: Option<Map<String, Value>>,
    /// Whether it may not sign in.
    pub disabled: Option<bool>,
    /// Refresh tokens of sign-ins before this moment, in seconds since 1970, are no good any more. ID tokens live on
    /// until they expire.
    pub revoke_before: Option<i64>,
}

/// The accounts of one project. A clone shares the connections.
#[derive(Clone)]
pub struct IdentityToolkit {
    http: reqwest::Client,
    base: String,
    auth: GoogleAuth,
}

impl IdentityToolkit {
    /// The accounts of a project, at `url`: Google's or an emulator's.
    pub fn new(http: reqwest::Client, url: &str, project_id: &str, auth: GoogleAuth) -> Self {
        Self {
            http,
            base: format!("{url}/v1/projects/{project_id}"),
            auth,
        }
    }

    /// The account of a uid.
    ///
    /// # Errors
    /// [`IdentityError::Unavailable`], [`IdentityError::Refused`].
    pub async fn by_uid(&self, uid: &str) -> Result<Option<Account>, IdentityError> {
        self.lookup(json!({ "localId": [uid] })).await
    }

    /// The account of an e-mail address.
    ///
    /// # Errors
    /// As [`IdentityToolkit::by_uid`].
    pub async fn by_email(&self, email: &str) -> Result<Option<Account>, IdentityError> {
        self.lookup(json!({ "email": [email] })).await
    }

    async fn lookup(&self, body: Value) -> Result<Option<Account>, IdentityError> {
        let found: Accounts = self.post("accounts:lookup", body).await?;
        Ok(found.users.into_iter().next().map(Account::from))
    }

    /// Replaces the custom claims. Idempotent; tokens issued before keep the old ones until they expire.
    ///
    /// # Errors
    /// As [`IdentityToolkit::by_uid`], and [`IdentityError::NotFound`].
    pub async fn set_claims(
        &self,
        uid: &str,
        claims: &Map<String, Value>,
    ) -> Result<(), IdentityError> {
        let attributes = Value::Object(claims.clone()).to_string();
        self.update(json!({ "localId": uid, "customAttributes": attributes }))
            .await
    }

    /// Lets an account sign in, or not. Idempotent.
    ///
    /// # Errors
    /// As [`IdentityToolkit::set_claims`].
    pub async fn set_disabled(&self, uid: &str, disabled: bool) -> Result<(), IdentityError> {
        self.update(json!({ "localId": uid, "disableUser": disabled }))
            .await
    }

    /// Revokes the refresh tokens issued before a moment, given in seconds since 1970. ID tokens live on until they
    /// expire. Idempotent.
    ///
    /// # Errors
    /// As [`IdentityToolkit::set_claims`].
    pub async fn revoke_before(&self, uid: &str, epoch_seconds: i64) -> Result<(), IdentityError> {
        self.update(json!({ "localId": uid, "validSince": epoch_seconds.to_string() }))
            .await
    }

    /// Changes an account, all at once or not at all. Idempotent.
    ///
    /// # Errors
    /// As [`IdentityToolkit::set_claims`].
    pub async fn change(&self, uid: &str, change: &AccountChange) -> Result<(), IdentityError> {
        let mut body = json!({ "localId": uid });
        if let Some(claims) = &change.claims {
            body["customAttributes"] = Value::Object(claims.clone()).to_string().into();
        }
        if let Some(disabled) = change.disabled {
            body["disableUser"] = disabled.into();
        }
        if let Some(epoch_seconds) = change.revoke_before {
            body["validSince"] = epoch_seconds.to_string().into();
        }
        self.update(body).await
    }

    async fn update(&self, body: Value) -> Result<(), IdentityError> {
        self.post::<Value>("accounts:update", body).await.map(drop)
    }

    /// One page of all accounts, and the token of the next.
    ///
    /// # Errors
    /// As [`IdentityToolkit::by_uid`].
    pub async fn list(
        &self,
        page: Option<&str>,
    ) -> Result<(Vec<Account>, Option<String>), IdentityError> {
        let request = self
            .http
            .get(format!("{}/accounts:batchGet", self.base))
            .query(&[("maxResults", PAGE.to_string())])
            .query(&page.map(|token| [("nextPageToken", token)]));
        let listed: Accounts = self.send(request).await?;
        let next = listed.next_page_token.filter(|token| !token.is_empty());
        Ok((listed.users.into_iter().map(Account::from).collect(), next))
    }

    async fn post<T: serde::de::DeserializeOwned>(
        &self,
        verb: &str,
        body: Value,
    ) -> Result<T, IdentityError> {
        self.send(self.http.post(format!("{}/{verb}", self.base)).json(&body))
            .await
    }

    async fn send<T: serde::de::DeserializeOwned>(
        &self,
        request: reqwest::RequestBuilder,
    ) -> Result<T, IdentityError> {
        let unavailable = |error: String| IdentityError::Unavailable(error);
        let headers = self.auth.headers().await.map_err(unavailable)?;
        let response = request
            .headers(headers)
            .timeout(TIMEOUT)
            .send()
            .await
            // Without the URL: it holds the project alone, but the habit is worth more than the text.
            .map_err(|error| unavailable(error.without_url().to_string()))?;
        let status = response.status();
        if status.is_success() {
            return response
                .json()
                .await
                .map_err(|error| unavailable(error.without_url().to_string()));
        }
        let body: Value = response.json().await.unwrap_or_default();
        // A code such as USER_NOT_FOUND, or a code and a sentence behind " : ".
        let message = body["error"]["message"].as_str().unwrap_or_default();
        let code = message.split(" : ").next().unwrap_or_default().to_owned();
        if code == "USER_NOT_FOUND" {
            Err(IdentityError::NotFound)
        } else if status.is_server_error() || status.as_u16() == 429 {
            Err(IdentityError::Unavailable(format!("{status} {code}")))
        } else {
            Err(IdentityError::Refused(format!("{status} {code}")))
        }
    }
}

impl std::fmt::Debug for IdentityToolkit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IdentityToolkit")
            .field("base", &self.base)
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Accounts {
    #[serde(default)]
    users: Vec<WireAccount>,
    next_page_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireAccount {
    local_id: String,
    email: Option<String>,
    #[serde(default)]
    email_verified: bool,
    display_name: Option<String>,
    #[serde(default)]
    disabled: bool,
    custom_attributes: Option<String>,
    created_at: Option<String>,
}

impl From<WireAccount> for Account {
    fn from(wire: WireAccount) -> Self {
        Self {
            uid: wire.local_id,
            email: wire.email,
            email_verified: wire.email_verified,
            display_name: wire.display_name,
            disabled: wire.disabled,
            claims: wire
                .custom_attributes
                .and_then(|text| serde_json::from_str(&text).ok())
                .unwrap_or_default(),
            created_at_ms: wire.created_at.and_then(|text| text.parse().ok()),
        }
    }
}
