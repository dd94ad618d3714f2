//! Firestore's values, as far as rules tell them apart.

use std::collections::BTreeMap;

/// The fields of a document or of a map in it.
pub type Fields = BTreeMap<String, Value>;

/// A field's value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// No value.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A floating-point number.
    Double(f64),
    /// A text.
    Text(String),
    /// A moment, in microseconds since 1970: finer ones Firestore does not keep.
    Timestamp(i64),
    /// Bytes.
    Bytes(Vec<u8>),
    /// The path of a document, below the database.
    Reference(String),
    /// A latitude and a longitude, in degrees.
    GeoPoint(f64, f64),
    /// Values in order.
    List(Vec<Value>),
    /// Named values.
    Map(Fields),
}

impl Value {
    /// The text, if this is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Null
            | Self::Bool(_)
            | Self::Integer(_)
            | Self::Double(_)
            | Self::Timestamp(_)
            | Self::Bytes(_)
            | Self::Reference(_)
            | Self::GeoPoint(..)
            | Self::List(_)
            | Self::Map(_) => None,
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// The text of a field, if it is there and is one.
pub(super) fn text<'a>(fields: &'a Fields, name: &str) -> Option<&'a str> {
    fields.get(name).and_then(Value::as_text)
}

/// The names of the fields that a write adds, changes or takes away.
pub(super) fn changed<'a>(before: &'a Fields, after: &'a Fields) -> impl Iterator<Item = &'a str> {
    let touched = after
        .iter()
        .filter(|(name, value)| before.get(*name) != Some(value));
    let removed = before.iter().filter(|(name, _)| !after.contains_key(*name));
    touched.chain(removed).map(|(name, _)| name.as_str())
}
