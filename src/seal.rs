//! Digests: names made from what must not be readable in them; and [`keyring`], which seals what only this service may read.

pub mod keyring;

use aws_lc_rs::{constant_time, digest, hmac};
use secrecy::{ExposeSecret as _, SecretSlice, SecretString};

/// The SHA-256 of bytes, in lower-case hexadecimal: for names of things that are no secret.
pub fn digest_hex(bytes: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

/// Makes keyed digests: for names of things that could be guessed, as phone numbers can.
#[derive(Clone)]
pub struct KeyedDigest(hmac::Key);

impl KeyedDigest {
    /// A digest under a key.
    pub fn new(key: &SecretSlice<u8>) -> Self {
        Self::under(key.expose_secret())
    }

    /// A digest under a key that is a text, as the secrets of Meta's apps are.
    pub fn of_text(key: &SecretString) -> Self {
        Self::under(key.expose_secret().as_bytes())
    }

    fn under(key: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// The HMAC-SHA256 of a text, in lower-case hexadecimal.
    pub fn hex(&self, text: &str) -> String {
        hex(hmac::sign(&self.0, text.as_bytes()).as_ref())
    }
}

impl std::fmt::Debug for KeyedDigest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyedDigest(…)")
    }
}

/// Whether two texts are the same, in a time that does not tell where they differ.
pub fn equal_in_constant_time(one: &[u8], other: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(one, other).is_ok()
}

/// Bytes in lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
