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

/// Bytes in lower-case hexadecimal. By a table: a delivery of twenty messages makes some hundreds of names, and formatting each
/// byte took more time than the digest.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
    ];
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        text.push(DIGITS[usize::from(byte >> 4)]);
        text.push(DIGITS[usize::from(byte & 15)]);
    }
    text
}
