//! ID tokens that were verified already, so that the next request with the same one costs a hash
//! instead of an RSA operation.
//!
//! *Invariant:* an entry is never believed for itself. On every hit the caller asks whether the key
//! is still published and the token still unexpired; whatever is in doubt is verified again. So a
//! memory changes what a verification costs, and never what comes out.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest;
use moka::sync::Cache;

use super::id_token::IdToken;
use super::verifier::SignedBy;

/// How many tokens are remembered unless the configuration says otherwise. At about a kilobyte each
/// that is ten megabytes, and more people than one instance serves within a token's hour.
pub(super) const CAPACITY: u64 = 10_000;

/// When an entry's memory is freed if nobody asks for it again: ID tokens live for an hour. Frees
/// memory only; what expires a token is its `exp`.
const LIFETIME: Duration = Duration::from_hours(1);

/// Verified tokens by the SHA-256 of their text. The text itself is not kept, so that a dump of the
/// memory holds no token.
#[derive(Clone)]
pub(super) struct Remembered(Cache<Fingerprint, Entry>);

/// The SHA-256 of a token.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Fingerprint([u8; 32]);

/// A token and the key that vouched for it.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) token: Arc<IdToken>,
    pub(super) signed_by: Arc<SignedBy>,
}

impl Fingerprint {
    pub(super) fn of(token: &str) -> Self {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest::digest(&digest::SHA256, token.as_bytes()).as_ref());
        Self(bytes)
    }
}

impl Remembered {
    pub(super) fn with_capacity(tokens: u64) -> Self {
        Self(
            Cache::builder()
                .max_capacity(tokens)
                .time_to_live(LIFETIME)
                .build(),
        )
    }

    pub(super) fn get(&self, fingerprint: &Fingerprint) -> Option<Entry> {
        self.0.get(fingerprint)
    }

    pub(super) fn put(&self, fingerprint: Fingerprint, entry: Entry) {
        self.0.insert(fingerprint, entry);
    }

    pub(super) fn forget(&self, fingerprint: &Fingerprint) {
        self.0.invalidate(fingerprint);
    }
}
