//! A document that somebody else may have written: read without trust in its form.
//!
//! Administrators edit documents in the console, and one odd field must not make a phone number or an import
//! unanswerable. So what decides is read from here, field by field; what is not of its type counts as absent.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Any value, of which texts, flags and maps can be asked for.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Loose {
    /// A text or a timestamp.
    Text(String),
    /// A flag.
    Flag(bool),
    /// A map, or a document.
    Map(BTreeMap<String, Loose>),
    /// Whatever else.
    #[default]
    Other,
}

impl Loose {
    /// The text of a field.
    pub fn text(&self, field: &str) -> Option<&str> {
        match self.field(field) {
            Some(Self::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The flag of a field.
    pub fn flag(&self, field: &str) -> Option<bool> {
        match self.field(field) {
            Some(Self::Flag(flag)) => Some(*flag),
            _ => None,
        }
    }

    /// The value of a field.
    pub fn field(&self, field: &str) -> Option<&Self> {
        match self {
            Self::Map(fields) => fields.get(field),
            _ => None,
        }
    }
}

impl<'de> Deserialize<'de> for Loose {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Loose;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_str<E>(self, text: &str) -> Result<Loose, E> {
        Ok(Loose::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Loose, E> {
        Ok(Loose::Text(text))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Loose, E> {
        Ok(Loose::Flag(flag))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Loose, E> {
        Ok(Loose::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Loose, E> {
        Ok(Loose::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Loose, E> {
        Ok(Loose::Other)
    }

    fn visit_bytes<E>(self, _: &[u8]) -> Result<Loose, E> {
        Ok(Loose::Other)
    }

    fn visit_unit<E>(self) -> Result<Loose, E> {
        Ok(Loose::Other)
    }

    fn visit_none<E>(self) -> Result<Loose, E> {
        Ok(Loose::Other)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Loose, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Loose, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Loose::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Loose, A::Error> {
        let mut fields = BTreeMap::new();
        while let Some((key, value)) = entries.next_entry()? {
            fields.insert(key, value);
        }
        Ok(Loose::Map(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use firestore::FirestoreDb;
    use gcloud_sdk::google::firestore::v1::value::ValueType;
    use gcloud_sdk::google::firestore::v1::{ArrayValue, Document, MapValue, Value};
    use gcloud_sdk::google::r#type::LatLng;
    use gcloud_sdk::prost_types::Timestamp;

    fn value(value_type: ValueType) -> Value {
        Value {
            value_type: Some(value_type),
        }
    }

    #[test]
    fn reads_every_type_that_a_document_can_hold() {
        let odd = [
            ValueType::NullValue(0),
            ValueType::IntegerValue(5),
            ValueType::DoubleValue(0.5),
            ValueType::BytesValue(vec![1, 2]),
            ValueType::GeoPointValue(LatLng::default()),
            ValueType::ArrayValue(ArrayValue {
                values: vec![value(ValueType::NullValue(0))],
            }),
        ];
        let mut fields: std::collections::HashMap<_, _> = odd
            .into_iter()
            .enumerate()
            .map(|(at, odd)| (format!("odd{at}"), value(odd)))
            .collect();
        fields.insert("unset".into(), Value { value_type: None });
        fields.insert(
            "at".into(),
            value(ValueType::TimestampValue(Timestamp::default())),
        );
        fields.insert("yes".into(), value(ValueType::BooleanValue(true)));
        let inner = std::collections::HashMap::from([(
            "by".to_owned(),
            value(ValueType::StringValue("m1".into())),
        )]);
        fields.insert(
            "lastChange".into(),
            value(ValueType::MapValue(MapValue { fields: inner })),
        );
        let document = Document {
            name: "projects/p/databases/(default)/documents/leads/l1".into(),
            fields,
            ..Document::default()
        };
        let loose: Loose = FirestoreDb::deserialize_doc_to(&document).expect("anything goes");
        assert_eq!(loose.text("at"), Some("1970-01-01T00:00:00Z"));
        assert_eq!(loose.flag("yes"), Some(true));
        assert_eq!(
            loose
                .field("lastChange")
                .and_then(|change| change.text("by")),
            Some("m1")
        );
        assert_eq!(loose.text("odd1"), None);
        assert_eq!(loose.text("none"), None);
    }
}
