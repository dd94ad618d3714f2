//! Identifiers as types: parsed once at the edge, then trusted.
//!
//! An id that reached a handler can name a Firestore document: it is never empty, never holds a slash and never is a
//! name that Firestore keeps for itself. *Invariant:* nothing here knows what an id points to.

use std::fmt;

/// Longest id taken, in characters.
///
/// # Source
/// A Firebase uid has at most 128 characters: <https://firebase.google.com/docs/auth/admin/manage-users>, read 2026-11.
/// Every other id here is made by this service and shorter.
pub const MAX_ID_CHARS: usize = 128;

/// Why a text is no id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// The text is empty.
    #[error("must not be empty")]
    Empty,
    /// The text is longer than [`MAX_ID_CHARS`].
    #[error("must have at most {MAX_ID_CHARS} characters")]
    TooLong,
    /// The text holds a slash or a control character, or is a name reserved by Firestore (`.`, `..`, `__x__`).
    #[error("is not a valid identifier")]
    Forbidden,
}

fn check(text: &str) -> Result<(), ParseError> {
    if text.is_empty() {
        return Err(ParseError::Empty);
    }
    if text.chars().count() > MAX_ID_CHARS {
        return Err(ParseError::TooLong);
    }
    let reserved = matches!(text, "." | "..") || (text.starts_with("__") && text.ends_with("__"));
    if reserved || text.chars().any(|c| c == '/' || c.is_control()) {
        return Err(ParseError::Forbidden);
    }
    Ok(())
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[cfg_attr(test, derive(ts_rs::TS), ts(type = "string"))]
        pub struct $name(String);

        impl $name {
            /// Parses an id.
            ///
            /// # Errors
            /// [`ParseError`] when the text cannot name a Firestore document.
            pub fn parse(text: impl Into<String>) -> Result<Self, ParseError> {
                let text = text.into();
                check(&text)?;
                Ok(Self(text))
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                Self::parse(text).map_err(serde::de::Error::custom)
            }
        }
    };
}

id! {
    /// A Firebase user's uid.
    Uid
}
id! {
    /// A branch, named by the uid of its founding CABANG account.
    BranchId
}
id! {
    /// A lead: `leads/{id}`.
    LeadId
}

id! {
    /// A conversation: `conversations/{id}`.
    ConversationId
}
id! {
    /// A message: `conversations/{conversation}/messages/{id}`.
    MessageId
}

impl BranchId {
    /// The branch as the holder of leads that no partner holds: `assignedTo == branchId`.
    pub fn as_uid(&self) -> Uid {
        Uid(self.0.clone())
    }
}

impl LeadId {
    /// The id of a new lead.
    pub fn random() -> Self {
        Self(random_id())
    }
}

impl Uid {
    /// The branch that this CABANG account founded.
    pub fn as_branch(&self) -> BranchId {
        BranchId(self.0.clone())
    }
}

/// A new random document id: 122 random bits, so that writes spread over Firestore's key range.
pub fn random_id() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn refuses_what_cannot_name_a_document() {
        assert_eq!(Uid::parse(""), Err(ParseError::Empty));
        assert_eq!(Uid::parse("a".repeat(129)), Err(ParseError::TooLong));
        for text in ["a/b", ".", "..", "__x__", "a\nb"] {
            assert_eq!(Uid::parse(text), Err(ParseError::Forbidden), "{text:?}");
        }
        assert_eq!(
            Uid::parse("é".repeat(128)).map(|id| id.as_str().len()),
            Ok(256)
        );
    }

    proptest! {
        #[test]
        fn what_parses_comes_back_unchanged(text in ".*") {
            if let Ok(id) = LeadId::parse(text.clone()) {
                prop_assert_eq!(id.as_str(), text);
            }
        }
    }
}
