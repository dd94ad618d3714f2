//! Sealing what only this service may read: AES-256-GCM under keys that can be rotated.

use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use secrecy::{ExposeSecret as _, SecretSlice, SecretString};

/// A sealed text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The id of the key that opens it.
    pub key_id: String,
    /// Nonce, ciphertext and tag, in base64 without padding.
    pub sealed: String,
}

/// Why something was not sealed or opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// There is no key to seal with.
    #[error("CHANNEL_KEYS is not set")]
    NoKey,
    /// It was sealed under a key that is not known any more.
    #[error("CHANNEL_KEYS holds no key {0:?}")]
    UnknownKey(String),
    /// It was changed, or belongs to another place.
    #[error("the sealed text does not open")]
    Broken,
}

/// The keys, by id. The first seals; all open. A clone shares them.
#[derive(Clone)]
pub struct Keyring(Arc<Vec<(String, RandomizedNonceKey)>>);

impl Keyring {
    /// A ring of 32-byte keys.
    ///
    /// # Errors
    /// [`SealError::Broken`] when a key has another length, which the configuration does not let pass.
    pub fn new(keys: &[(String, SecretSlice<u8>)]) -> Result<Self, SealError> {
        let keys = keys
            .iter()
            .map(|(id, key)| {
                RandomizedNonceKey::new(&AES_256_GCM, key.expose_secret())
                    .map(|key| (id.clone(), key))
                    .map_err(|_| SealError::Broken)
            })
            .collect::<Result<_, _>>()?;
        Ok(Self(Arc::new(keys)))
    }

    /// The id of the key that seals.
    pub fn current(&self) -> Option<&str> {
        self.0.first().map(|(id, _)| id.as_str())
    }

    /// Seals a text for one place: it opens only where the same `place` is named.
    ///
    /// # Errors
    /// [`SealError::NoKey`].
    pub fn seal(&self, place: &str, secret: &SecretString) -> Result<Sealed, SealError> {
        let (key_id, key) = self.0.first().ok_or(SealError::NoKey)?;
        let mut text = secret.expose_secret().as_bytes().to_vec();
        let nonce = key
            .seal_in_place_append_tag(Aad::from(place.as_bytes()), &mut text)
            .map_err(|_| SealError::Broken)?;
        let mut sealed = nonce.as_ref().to_vec();
        sealed.append(&mut text);
        Ok(Sealed {
            key_id: key_id.clone(),
            sealed: STANDARD_NO_PAD.encode(sealed),
        })
    }

    /// Opens what was sealed for a place.
    ///
    /// # Errors
    /// [`SealError::UnknownKey`], [`SealError::Broken`].
    pub fn open(&self, place: &str, sealed: &Sealed) -> Result<SecretString, SealError> {
        let known = self.0.iter().find(|(id, _)| *id == sealed.key_id);
        let (_, key) = known.ok_or_else(|| SealError::UnknownKey(sealed.key_id.clone()))?;
        let broken = |_| SealError::Broken;
        let bytes = STANDARD_NO_PAD
            .decode(&sealed.sealed)
            .map_err(|_| SealError::Broken)?;
        let (nonce, text) = bytes
            .split_first_chunk::<NONCE_LEN>()
            .ok_or(SealError::Broken)?;
        let mut text = text.to_vec();
        let opened = key
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(place.as_bytes()),
                &mut text,
            )
            .map_err(broken)?;
        let opened = std::str::from_utf8(opened).map_err(|_| SealError::Broken)?;
        Ok(opened.into())
    }
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|(id, _)| id))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(keys: &[(&str, u8)]) -> Keyring {
        let keys: Vec<_> = keys
            .iter()
            .map(|(id, byte)| ((*id).to_owned(), vec![*byte; 32].into()))
            .collect();
        Keyring::new(&keys).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_in_its_place_alone() {
        let ring = ring(&[("a", 1)]);
        let sealed = ring.seal("FACEBOOK_1", &"a token".into()).unwrap();
        let again = ring.seal("FACEBOOK_1", &"a token".into()).unwrap();
        assert_ne!(sealed, again, "a nonce is never used twice");
        let opened = ring.open("FACEBOOK_1", &sealed).unwrap();
        assert_eq!(opened.expose_secret(), "a token");
        assert_eq!(
            ring.open("FACEBOOK_2", &sealed).unwrap_err(),
            SealError::Broken
        );
    }

    #[test]
    fn a_single_changed_bit_is_found() {
        let ring = ring(&[("a", 1)]);
        let sealed = ring.seal("place", &"a token".into()).unwrap();
        let bytes = STANDARD_NO_PAD.decode(&sealed.sealed).unwrap();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            let changed = Sealed {
                sealed: STANDARD_NO_PAD.encode(changed),
                ..sealed.clone()
            };
            assert_eq!(
                ring.open("place", &changed).unwrap_err(),
                SealError::Broken,
                "{at}"
            );
        }
    }

    #[test]
    fn the_first_key_seals_and_all_open() {
        let old = ring(&[("old", 1)])
            .seal("place", &"a token".into())
            .unwrap();
        let rotated = ring(&[("new", 2), ("old", 1)]);
        assert_eq!(
            rotated.open("place", &old).unwrap().expose_secret(),
            "a token"
        );
        assert_eq!(rotated.seal("place", &"x".into()).unwrap().key_id, "new");
        let without = ring(&[("new", 2)]);
        assert_eq!(
            without.open("place", &old).unwrap_err(),
            SealError::UnknownKey("old".to_owned())
        );
    }

    #[test]
    fn debug_shows_no_key() {
        assert_eq!(format!("{:?}", ring(&[("a", 65)])), r#"["a"]"#);
    }
}
