//! Tokens of channels: `channel_secrets/{channelId}`, sealed, and read by this service alone.
//!
//! A token is sealed for its channel: copied to another channel's document it does not open.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::clients::graph::{Access, Login};
use crate::error::Error;
use crate::seal::keyring::{Keyring, SealError, Sealed};
use crate::state::AppState;

/// The collection of sealed tokens. No rule lets a client read it.
pub const CHANNEL_SECRETS: &str = "channel_secrets";

/// What the platform lets this service do in a channel's name.
#[derive(Debug, Clone)]
pub struct Grant {
    /// The token: a page's for pages and their Instagram accounts, the account's own with Instagram Login.
    pub access: Access,
    /// The page behind an Instagram account that was connected by Facebook Login; messages are sent in its name.
    pub page_id: Option<String>,
}

/// A grant as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SecretDoc {
    key_id: String,
    sealed: String,
    login: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    page_id: Option<String>,
}

impl SecretDoc {
    /// Seals a grant for its channel.
    ///
    /// # Errors
    /// [`SealError::NoKey`].
    pub fn seal(keys: &Keyring, channel_id: &str, grant: &Grant) -> Result<Self, SealError> {
        let Sealed { key_id, sealed } = keys.seal(channel_id, &grant.access.token)?;
        Ok(Self {
            key_id,
            sealed,
            login: grant.access.login.as_str().to_owned(),
            page_id: grant.page_id.clone(),
        })
    }

    /// Opens the grant of a channel.
    ///
    /// # Errors
    /// [`SealError::UnknownKey`] when its key was taken away too early, [`SealError::Broken`] when it was tampered with.
    pub fn open(self, keys: &Keyring, channel_id: &str) -> Result<Grant, SealError> {
        let login = Login::parse(&self.login).ok_or(SealError::Broken)?;
        let sealed = Sealed {
            key_id: self.key_id,
            sealed: self.sealed,
        };
        let token: SecretString = keys.open(channel_id, &sealed)?;
        Ok(Grant {
            access: Access { login, token },
            page_id: self.page_id,
        })
    }
}

/// The grant of a channel; `None` when there is no token for it. One round trip.
///
/// # Errors
/// `UNAVAILABLE` when Firestore does not answer, `INTERNAL` when the token does not open.
pub async fn grant(state: &AppState, channel_id: &str) -> Result<Option<Grant>, Error> {
    let path = format!("{CHANNEL_SECRETS}/{channel_id}");
    let Some(doc) = state.store.get::<SecretDoc>(&path).await? else {
        return Ok(None);
    };
    let grant = doc.value.open(&state.channel_keys, channel_id);
    grant
        .map(Some)
        .map_err(|error| Error::internal(format!("the token of channel {channel_id}: {error}")))
}
