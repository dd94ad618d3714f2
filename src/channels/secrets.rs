//! Tokens of channels: `channel_secrets/{channelId}`, sealed, and read by this service alone.
//!
//! # Shape
//! `keyId` and `sealed` (the token that calls are made with), `login`, `pageId`?, `user` {keyId, sealed}? (the person's own
//! long-lived token, from which a page's is made anew).
//!
//! A token is sealed for its channel: copied to another channel's document, or to the other place in its own, it does not
//! open. *Invariant:* what is opened here is never `Serialize`, and its `Debug` shows no token.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::clients::graph::{Access, Login};
use crate::error::Error;
use crate::policy::Permit;
use crate::seal::keyring::{Keyring, SealError, Sealed};
use crate::state::AppState;
use crate::store::{Guard, StoreError, Writes};

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

/// A grant, and the person behind it.
#[derive(Debug, Clone)]
pub struct Kept {
    /// The grant.
    pub grant: Grant,
    /// The person's own token, where the grant's was made from it.
    pub user: Option<SecretString>,
}

impl Kept {
    /// The person's own access, where it is kept.
    pub fn user_access(&self) -> Option<Access> {
        Some(Access {
            login: self.grant.access.login,
            token: self.user.clone()?,
        })
    }
}

/// A grant as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SecretDoc {
    #[serde(flatten)]
    token: SealedDoc,
    login: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    page_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<SealedDoc>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SealedDoc {
    key_id: String,
    sealed: String,
}

impl SealedDoc {
    fn seal(keys: &Keyring, place: &str, token: &SecretString) -> Result<Self, SealError> {
        let Sealed { key_id, sealed } = keys.seal(place, token)?;
        Ok(Self { key_id, sealed })
    }

    fn open(self, keys: &Keyring, place: &str) -> Result<SecretString, SealError> {
        keys.open(
            place,
            &Sealed {
                key_id: self.key_id,
                sealed: self.sealed,
            },
        )
    }
}

/// The place of the person's own token, beside the channel's, which is the channel's id itself.
fn user_place(channel_id: &str) -> String {
    format!("{channel_id}/user")
}

impl SecretDoc {
    /// Seals a grant for its channel, without a person behind it.
    ///
    /// # Errors
    /// [`SealError::NoKey`].
    pub fn seal(keys: &Keyring, channel_id: &str, grant: &Grant) -> Result<Self, SealError> {
        Self::seal_kept(
            keys,
            channel_id,
            &Kept {
                grant: grant.clone(),
                user: None,
            },
        )
    }

    /// Seals a grant and the token of the person behind it.
    ///
    /// # Errors
    /// [`SealError::NoKey`].
    pub fn seal_kept(keys: &Keyring, channel_id: &str, kept: &Kept) -> Result<Self, SealError> {
        let user = kept.user.as_ref();
        Ok(Self {
            token: SealedDoc::seal(keys, channel_id, &kept.grant.access.token)?,
            login: kept.grant.access.login.as_str().to_owned(),
            page_id: kept.grant.page_id.clone(),
            user: user
                .map(|token| SealedDoc::seal(keys, &user_place(channel_id), token))
                .transpose()?,
        })
    }

    /// Opens the grant of a channel.
    ///
    /// # Errors
    /// [`SealError::UnknownKey`] when its key was taken away too early, [`SealError::Broken`] when it was tampered with.
    pub fn open(self, keys: &Keyring, channel_id: &str) -> Result<Grant, SealError> {
        Ok(self.open_kept(keys, channel_id)?.grant)
    }

    /// Opens the grant of a channel and the token of the person behind it.
    ///
    /// # Errors
    /// As [`SecretDoc::open`].
    pub fn open_kept(self, keys: &Keyring, channel_id: &str) -> Result<Kept, SealError> {
        let login = Login::parse(&self.login).ok_or(SealError::Broken)?;
        let token = self.token.open(keys, channel_id)?;
        let user = self
            .user
            .map(|user| user.open(keys, &user_place(channel_id)))
            .transpose()?;
        Ok(Kept {
            grant: Grant {
                access: Access { login, token },
                page_id: self.page_id,
            },
            user,
        })
    }

    /// Whether everything in it is sealed under this key.
    pub fn is_under(&self, key_id: &str) -> bool {
        let user = self.user.as_ref();
        self.token.key_id == key_id && user.is_none_or(|user| user.key_id == key_id)
    }
}

/// The grant of a channel; `None` when there is no token for it. One round trip.
///
/// # Errors
/// `UNAVAILABLE` when Firestore does not answer, `INTERNAL` when the token does not open.
pub async fn grant(state: &AppState, channel_id: &str) -> Result<Option<Grant>, Error> {
    let path = path(channel_id);
    let Some(doc) = state.store.get::<SecretDoc>(&path).await? else {
        return Ok(None);
    };
    let grant = doc.value.open(&state.channel_keys, channel_id);
    grant
        .map(Some)
        .map_err(|error| Error::internal(format!("the token of channel {channel_id}: {error}")))
}

/// Puts a sealed grant in the place of whatever stands there.
///
/// # Errors
/// As [`Writes::put`].
pub fn put(
    _: &Permit,
    writes: &mut Writes,
    channel_id: &str,
    doc: &SecretDoc,
    guard: Guard,
) -> Result<(), StoreError> {
    writes.put(&path(channel_id), doc, guard)?;
    Ok(())
}

/// Destroys what is kept for a channel.
pub fn destroy(_: &Permit, writes: &mut Writes, channel_id: &str) {
    writes.delete(&path(channel_id), Guard::None);
}

/// `channel_secrets/{channelId}`.
pub fn path(channel_id: &str) -> String {
    format!("{CHANNEL_SECRETS}/{channel_id}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret as _;

    fn kept() -> Kept {
        Kept {
            grant: Grant {
                access: Access {
                    login: Login::Facebook,
                    token: "EAAB-page".into(),
                },
                page_id: None,
            },
            user: Some("EAAB-person".into()),
        }
    }

    fn keys() -> Keyring {
        Keyring::new(&[("k1".to_owned(), vec![7; 32].into())]).unwrap()
    }

    #[test]
    fn what_is_kept_opens_in_its_own_place_alone() {
        let doc = SecretDoc::seal_kept(&keys(), "FACEBOOK_1", &kept()).unwrap();
        let opened = doc.clone().open_kept(&keys(), "FACEBOOK_1").unwrap();
        assert_eq!(opened.grant.access.token.expose_secret(), "EAAB-page");
        assert_eq!(opened.user.unwrap().expose_secret(), "EAAB-person");
        let elsewhere = doc.clone().open(&keys(), "FACEBOOK_2");
        assert_eq!(elsewhere.unwrap_err(), SealError::Broken);
        let mut swapped = doc;
        std::mem::swap(&mut swapped.token, swapped.user.as_mut().unwrap());
        let swapped = swapped.open(&keys(), "FACEBOOK_1");
        assert_eq!(swapped.unwrap_err(), SealError::Broken);
    }

    #[test]
    fn no_token_is_shown() {
        let doc = SecretDoc::seal_kept(&keys(), "FACEBOOK_1", &kept()).unwrap();
        let shown = format!(
            "{:?} {doc:?} {}",
            kept(),
            serde_json::to_string(&doc).unwrap()
        );
        assert!(!shown.contains("EAAB"), "{shown}");
    }
}
