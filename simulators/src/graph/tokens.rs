//! Access tokens: whose they are, what they may, until when, and how they die.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::assets::Login;

/// How long a long-lived user token and an Instagram token live.
///
/// # Source
/// <https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived>, read 2026-11.
pub const LONG_LIVED: SignedDuration = SignedDuration::from_hours(60 * 24);

/// How long after the person's last login an app may read their data.
pub const DATA_ACCESS: SignedDuration = SignedDuration::from_hours(90 * 24);

/// What kind of token it is: `type` of `debug_token`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TokenKind {
    /// A person's, by Facebook Login.
    User,
    /// A page's, derived from a person's.
    Page,
    /// A business integration's system user: a WhatsApp account's, or a business's pages'.
    SystemUser,
    /// An Instagram account's, by Instagram Login.
    Instagram,
    /// An app's own: `{id}|{secret}`.
    App,
}

/// Why a token does not work any more although its time is not over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Invalidation {
    /// The person removed the app: 190/458.
    AppRemoved,
    /// The person has to pass a checkpoint: 190/459.
    Checkpoint,
    /// The person changed the password: 190/460.
    PasswordChanged,
    /// Time is over: 190/463.
    Expired,
    /// The person is not confirmed: 190/464.
    Unconfirmed,
    /// Invalidated: 190/467.
    LoggedOut,
    /// The person lost the role on the page: 190/492.
    RoleLost,
}

impl Invalidation {
    /// `error_subcode` beside code 190.
    pub fn subcode(self) -> i64 {
        match self {
            Self::AppRemoved => 458,
            Self::Checkpoint => 459,
            Self::PasswordChanged => 460,
            Self::Expired => 463,
            Self::Unconfirmed => 464,
            Self::LoggedOut => 467,
            Self::RoleLost => 492,
        }
    }
}

/// An access token.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Token {
    /// The token itself; empty for one that is still to be issued.
    #[serde(default)]
    pub value: String,
    /// Kind.
    pub kind: TokenKind,
    /// Which face of the app it belongs to.
    #[serde(default)]
    pub login: Login,
    /// Whose it is: a person, a page, an Instagram account, a system user.
    pub owner: String,
    /// The person who granted it. A page token dies with that person's role.
    #[serde(default)]
    pub person: Option<String>,
    /// What was granted.
    pub scopes: BTreeSet<String>,
    /// The pages and accounts that were ticked; `None`: all of the person's.
    #[serde(default)]
    pub targets: Option<BTreeSet<String>>,
    /// When it was issued; filled in by the simulator.
    #[serde(default)]
    pub issued_at: Timestamp,
    /// When it dies by itself; `None`: never.
    #[serde(default)]
    pub expires_at: Option<Timestamp>,
    /// When user data becomes unreadable although the token lives.
    #[serde(default)]
    pub data_access_expires_at: Option<Timestamp>,
    /// Why it does not work any more.
    #[serde(default)]
    pub invalid: Option<Invalidation>,
}

/// Scopes that Facebook Login can grant here.
pub const FACEBOOK_SCOPES: [&str; 21] = [
    "ads_management",
    "business_management",
    "instagram_basic",
    "instagram_content_publish",
    "instagram_manage_comments",
    "instagram_manage_insights",
    "instagram_manage_messages",
    "leads_retrieval",
    "page_events",
    "pages_manage_ads",
    "pages_manage_engagement",
    "pages_manage_metadata",
    "pages_manage_posts",
    "pages_messaging",
    "pages_read_engagement",
    "pages_read_user_content",
    "pages_show_list",
    "public_profile",
    "whatsapp_business_management",
    "whatsapp_business_manage_events",
    "whatsapp_business_messaging",
];

/// Scopes that Instagram Login can grant.
pub const INSTAGRAM_SCOPES: [&str; 5] = [
    "instagram_business_basic",
    "instagram_business_content_publish",
    "instagram_business_manage_comments",
    "instagram_business_manage_insights",
    "instagram_business_manage_messages",
];

impl Token {
    /// A token with every scope of its login, without end.
    pub fn new(kind: TokenKind, owner: &str) -> Self {
        let (login, scopes): (_, &[&str]) = match kind {
            TokenKind::Instagram => (Login::Instagram, &INSTAGRAM_SCOPES),
            TokenKind::User | TokenKind::Page | TokenKind::SystemUser | TokenKind::App => {
                (Login::Facebook, &FACEBOOK_SCOPES)
            }
        };
        Self {
            value: String::new(),
            kind,
            login,
            owner: owner.to_owned(),
            person: None,
            scopes: scopes.iter().map(ToString::to_string).collect(),
            targets: None,
            issued_at: Timestamp::UNIX_EPOCH,
            expires_at: None,
            data_access_expires_at: None,
            invalid: None,
        }
    }

    /// With these scopes instead of all.
    #[must_use]
    pub fn scopes(mut self, scopes: &[&str]) -> Self {
        self.scopes = scopes.iter().map(ToString::to_string).collect();
        self
    }

    /// For these assets alone.
    #[must_use]
    pub fn targets(mut self, targets: &[&str]) -> Self {
        self.targets = Some(targets.iter().map(ToString::to_string).collect());
        self
    }

    /// Granted by a person.
    #[must_use]
    pub fn granted_by(mut self, person: &str) -> Self {
        self.person = Some(person.to_owned());
        self
    }

    /// Why it does not work at a moment, if it does not.
    pub fn trouble(&self, now: Timestamp) -> Option<Invalidation> {
        let expired = self.expires_at.is_some_and(|end| end <= now);
        self.invalid
            .or_else(|| expired.then_some(Invalidation::Expired))
    }

    /// Whether a scope was granted.
    pub fn may(&self, scope: &str) -> bool {
        self.kind == TokenKind::App || self.scopes.contains(scope)
    }
}
