//! A moment, in documents and in the answers of callables.

use firestore::FirestoreTimestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A moment: Firestore's own timestamp in a document, RFC 3339 in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
#[cfg_attr(test, derive(ts_rs::TS), ts(type = "Timestamp"))]
pub struct Timestamp(pub jiff::Timestamp);

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        FirestoreTimestamp(self.0).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        FirestoreTimestamp::deserialize(deserializer).map(|at| Self(at.0))
    }
}
