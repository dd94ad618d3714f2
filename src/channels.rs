//! Connected accounts: a Facebook page, an Instagram account, a WhatsApp number, and whose each is.
//!
//! *Invariant:* pure. Whatever arrives from a platform is routed by the account that it names, never by its text.

pub mod connect;
pub mod disconnect;
pub mod features;
pub mod hand_over;
pub mod lead_access;
pub mod reconnect;
pub mod record;
pub mod refresh;
pub mod revoke;
pub mod rotate;
pub mod schedule;
pub mod secrets;
pub mod store;
pub mod subscribe;
pub mod subscriptions;

use crate::ids::{BranchId, Uid};

/// Where an account lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(
    test,
    derive(ts_rs::TS),
    ts(rename = "ChannelPlatform", rename_all = "SCREAMING_SNAKE_CASE")
)]
pub enum Platform {
    /// A Facebook page, Messenger included.
    Facebook,
    /// An Instagram professional account, by either login.
    Instagram,
    /// A WhatsApp number.
    #[cfg_attr(test, ts(rename = "WHATSAPP"))]
    WhatsApp,
}

impl Platform {
    /// The platform as documents name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Facebook => "FACEBOOK",
            Self::Instagram => "INSTAGRAM",
            Self::WhatsApp => "WHATSAPP",
        }
    }

    /// Reads the platform as documents name it.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Facebook, Self::Instagram, Self::WhatsApp]
            .into_iter()
            .find(|platform| platform.as_str() == text)
    }
}

/// Whether a channel works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename_all = "SCREAMING_SNAKE_CASE"))]
pub enum ChannelState {
    /// All is well.
    Connected,
    /// Its token no longer serves. Sending waits; what arrives is taken in all the same.
    NeedsReconnect,
    /// Its owner took it away.
    Disconnected,
}

impl ChannelState {
    /// The state as documents name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Connected => "CONNECTED",
            Self::NeedsReconnect => "NEEDS_RECONNECT",
            Self::Disconnected => "DISCONNECTED",
        }
    }

    /// Reads the state as documents name it.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "CONNECTED" => Some(Self::Connected),
            "NEEDS_RECONNECT" => Some(Self::NeedsReconnect),
            "DISCONNECTED" => Some(Self::Disconnected),
            _ => None,
        }
    }
}

/// A connected account, as far as routing goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// `channels/{id}`.
    pub id: String,
    /// Who connected it and holds what arrives.
    pub owner: Uid,
    /// The branch that it belongs to; PUSAT's own channels have none.
    pub branch: Option<BranchId>,
    /// Whether it works.
    pub state: ChannelState,
}

impl Channel {
    /// Whether what arrives for it goes into the inbox. Never a question of its token: a lapse of sending must not
    /// become a loss of customers.
    pub fn receives(&self) -> bool {
        match self.state {
            ChannelState::Connected | ChannelState::NeedsReconnect => true,
            ChannelState::Disconnected => false,
        }
    }
}

/// The document id of an account's channel, `PLATFORM_externalId`; `None` when the external id cannot name a document.
pub fn channel_id(platform: Platform, external_id: &str) -> Option<String> {
    let fits = !external_id.is_empty()
        && external_id.len() <= 128
        && external_id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
    fits.then(|| [platform.as_str(), external_id].join("_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_name_a_document_names_a_channel() {
        assert_eq!(
            channel_id(Platform::Facebook, "200100000000001").as_deref(),
            Some("FACEBOOK_200100000000001")
        );
        for bad in ["", "a/b", "a b", "é", &"1".repeat(129)] {
            assert_eq!(channel_id(Platform::WhatsApp, bad), None, "{bad}");
        }
    }
}
