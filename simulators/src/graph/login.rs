//! Logging in: consents, codes, the tokens that they become, what was granted, and how it ends.
//!
//! What lives here: both logins' OAuth endpoints and what a token can read of its own. What does not: how a token is checked on
//! a call, which is `access`.

mod consent;
mod control;
mod debug;
mod dialog;
mod exchange;
mod handle;
mod own;
mod signed_request;

use std::collections::{BTreeMap, BTreeSet};

use axum::Router;
use axum::routing::{get, post};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::Graph;
use super::assets::Login;
use super::call::Host;

pub(super) use consent::Code;
pub use consent::Consent;
pub(super) use control::routes as control_routes;
pub(super) use own::{business, person, system_user};

/// What the hosts answer for a login.
pub(super) fn routes(host: Host) -> Router<Graph> {
    match host {
        Host::Graph => own::routes()
            .route(
                "/oauth/access_token",
                get(exchange::facebook_token).post(exchange::facebook_token),
            )
            .route("/debug_token", get(debug::debug_token)),
        Host::InstagramGraph => Router::new()
            .route("/access_token", get(exchange::instagram_exchange))
            .route("/refresh_access_token", get(exchange::instagram_refresh)),
        Host::InstagramApi => {
            Router::new().route("/oauth/access_token", post(exchange::instagram_code))
        }
        Host::Facebook => Router::new().route("/dialog/oauth", get(dialog::dialog)),
        Host::Instagram => Router::new().route("/oauth/authorize", get(dialog::dialog)),
        _ => Router::new(),
    }
}

/// How long a code waits.
///
/// # Source
/// Business Login for Instagram: "valid for 1 hour and can only be used once". Facebook's codes are shorter-lived; nobody says how much.
pub(super) const CODE_LIFE: SignedDuration = SignedDuration::from_hours(1);
/// The life of a token that a code becomes.
///
/// # Source
/// "Short-lived tokens usually have a lifetime of about an hour or two": two for Facebook, one for Instagram.
pub(super) fn short_life(login: Login) -> SignedDuration {
    match login {
        Login::Facebook => SignedDuration::from_hours(2),
        Login::Instagram => SignedDuration::from_hours(1),
    }
}

/// What a person has granted to an app, or an Instagram account by its own login.
#[derive(Clone, Debug)]
pub(super) struct Grant {
    pub(super) granted: BTreeSet<String>,
    pub(super) declined: BTreeSet<String>,
    pub(super) targets: Option<BTreeSet<String>>,
    pub(super) logged_in: Timestamp,
}

/// In which of its forms an Instagram code is answered: all of them were seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CodeAnswer {
    /// `{"data": [{access_token, user_id, permissions: "a,b"}]}`, as documented.
    #[default]
    Wrapped,
    /// `{access_token, user_id, permissions: "a,b"}`.
    Flat,
    /// The same with `permissions` as a list.
    FlatWithList,
}

/// How the platform answers where it has answered in more than one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Habits {
    /// The form of Instagram's answer to a code.
    pub code_answer: CodeAnswer,
    /// Whether a long-lived user token's answer tells `expires_in`; sometimes it does not.
    pub tells_expiry: bool,
    /// Whether exchanging a long-lived user token of Facebook Login gives another 60 days, or a token that ends with the old one.
    pub exchange_extends: bool,
}

impl Default for Habits {
    fn default() -> Self {
        Self {
            code_answer: CodeAnswer::Wrapped,
            tells_expiry: true,
            exchange_extends: true,
        }
    }
}

/// Codes and grants.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    pub(super) codes: BTreeMap<String, Code>,
    pub(super) grants: BTreeMap<(Login, String), Grant>,
    /// A page token is one for a page and a person, however often it is asked for: its value by page and person.
    pub(super) page_tokens: BTreeMap<(String, String), String>,
    pub(super) habits: Habits,
}

#[cfg(test)]
mod tests;
