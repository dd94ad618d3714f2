//! Lists of objects, cut in one pass over their text: the values of each are found, and not looked into.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::{Fields, fields, is_null};

/// An element of a list that should be an object.
pub(super) enum Cut<'a> {
    Object(Fields<'a>),
    Null,
    Other,
}

/// The elements of a list; `None` when it is none.
pub(super) fn objects(list: &RawValue) -> Option<Vec<Cut<'_>>> {
    serde_json::from_str(list.get()).ok().or_else(|| {
        // An element that cannot be read, as a number beyond all bounds: the others can.
        let items: Vec<&RawValue> = serde_json::from_str(list.get()).ok()?;
        Some(items.into_iter().map(Cut::of).collect())
    })
}

impl<'a> Cut<'a> {
    fn of(raw: &'a RawValue) -> Self {
        match fields(raw) {
            Some(fields) => Self::Object(fields),
            None if is_null(raw) => Self::Null,
            None => Self::Other,
        }
    }
}

impl<'de> Deserialize<'de> for Cut<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Cutting)
    }
}

struct Cutting;

impl<'de> Visitor<'de> for Cutting {
    type Value = Cut<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        Fields::deserialize(MapAccessDeserializer::new(map)).map(Cut::Object)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Cut::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Cut::Other)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Cut::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Cut::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Cut::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Cut::Other)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(Cut::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(list: &str) -> Option<String> {
        let list: &RawValue = serde_json::from_str(list).expect("JSON");
        let cuts = objects(list)?;
        Some(
            cuts.iter()
                .map(|cut| match cut {
                    Cut::Object(fields) => {
                        char::from_digit(u32::try_from(fields.len()).unwrap_or(9), 10)
                            .unwrap_or('+')
                    }
                    Cut::Null => '-',
                    Cut::Other => '?',
                })
                .collect(),
        )
    }

    #[test]
    fn each_element_is_cut_whatever_stands_beside_it() {
        let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
        for (list, expected) in [
            ("[]".to_owned(), Some("")),
            (
                r#"[{"a": {"b": 1e999}, "c": []}, null, {}]"#.to_owned(),
                Some("2-0"),
            ),
            (
                r#"[true, 1, -1, 1.5, "x", [1], {"a": 1}]"#.to_owned(),
                Some("??????1"),
            ),
            (r#"[1e999, {"a": 1}, null]"#.to_owned(), Some("?1-")),
            (format!(r#"[{deep}, {{"a": {deep}}}]"#), Some("?1")),
            ("null".to_owned(), None),
            ("{}".to_owned(), None),
            ("1e999".to_owned(), None),
        ] {
            assert_eq!(kinds(&list).as_deref(), expected, "{list}");
        }
    }
}
