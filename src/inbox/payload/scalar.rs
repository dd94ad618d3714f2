//! Single values as Meta writes them: ids and times come as text or as numbers, and anything may be missing or `null`.

use jiff::Timestamp;
use serde_json::Value;

/// Longest id taken, in bytes. None of Meta's comes near it.
const LONGEST_ID: usize = 1_024;

/// Longest text kept, in bytes: eight times what WhatsApp lets anybody write, and far below what a document holds.
const LONGEST_TEXT: usize = 32 << 10;

/// Longest name, title or word kept, in bytes.
const LONGEST_WORD: usize = 1_024;

/// Longest URL kept, in bytes; a longer one is of no use cut off.
const LONGEST_URL: usize = 8 << 10;

/// Below this a time is in seconds, from here on in milliseconds.
const FIRST_MILLISECONDS: i64 = 100_000_000_000;

/// An id: text, or a whole number kept to the last digit. A number beyond 64 bits has lost digits already and is none.
pub(super) fn id(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) if number.is_i64() || number.is_u64() => number.to_string(),
        _ => return None,
    };
    (!text.is_empty() && text.len() <= LONGEST_ID).then_some(text)
}

/// The id of something that Meta also writes as 0 when there is none.
pub(super) fn id_or_zero(value: &Value) -> Option<String> {
    id(value).filter(|id| id != "0")
}

/// A text, unless it is empty; one that is too long is cut.
pub(super) fn text(value: &Value) -> Option<String> {
    cut(value.as_str()?, LONGEST_TEXT)
}

/// A name, a title, one word.
pub(super) fn word(value: &Value) -> Option<String> {
    cut(value.as_str()?.trim(), LONGEST_WORD)
}

/// An address.
pub(super) fn url(value: &Value) -> Option<String> {
    value
        .as_str()
        .filter(|url| !url.is_empty() && url.len() <= LONGEST_URL)
        .map(ToOwned::to_owned)
}

fn cut(text: &str, bytes: usize) -> Option<String> {
    let end = text.floor_char_boundary(bytes);
    (!text.is_empty()).then(|| text[..end].to_owned())
}

/// A moment: seconds or milliseconds, number or text. Zero, negative and unreadable ones are none.
pub(super) fn time(value: &Value) -> Option<Timestamp> {
    let number = match value {
        Value::String(text) => whole(text.trim())?,
        Value::Number(number) => number.as_i64().or_else(|| whole(&number.to_string()))?,
        _ => return None,
    };
    if number <= 0 {
        None
    } else if number < FIRST_MILLISECONDS {
        Timestamp::from_second(number).ok()
    } else {
        Timestamp::from_millisecond(number).ok()
    }
}

/// The whole part of a decimal number.
fn whole(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    fraction
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| whole.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn ids_keep_every_digit() {
        for (value, read) in [
            (json!("a/b+c="), Some("a/b+c=")),
            (
                json!(910_000_000_000_000_123_u64),
                Some("910000000000000123"),
            ),
            (json!(u64::MAX), Some("18446744073709551615")),
            (json!(1e20), None),
            (json!(1.5), None),
            (json!(" "), None),
            (json!(null), None),
            (json!({"id": 1}), None),
        ] {
            assert_eq!(id(&value).as_deref(), read, "{value}");
        }
        assert_eq!(id(&json!("x".repeat(1_025))), None);
    }

    #[test]
    fn times_are_seconds_or_milliseconds_in_any_dress() {
        for (value, ms) in [
            (json!(1_793_588_645), Some(1_793_588_645_000)),
            (json!("1793588645"), Some(1_793_588_645_000)),
            (json!(1_793_588_645_321_i64), Some(1_793_588_645_321)),
            (json!("1793588645321"), Some(1_793_588_645_321)),
            (json!(1_793_588_645.7), Some(1_793_588_645_000)),
            (json!(1000), Some(1_000_000)),
            (json!(0), None),
            (json!(-5), None),
            (json!("kemarin"), None),
            (json!(u64::MAX), None),
            (json!(i64::MAX), None),
            (json!([]), None),
        ] {
            assert_eq!(time(&value).map(Timestamp::as_millisecond), ms, "{value}");
        }
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        let long = "é".repeat(20_000);
        let kept = text(&json!(long)).unwrap_or_default();
        assert_eq!(kept.len(), LONGEST_TEXT);
        let odd = format!("a{long}");
        assert_eq!(
            text(&json!(odd)).unwrap_or_default().len(),
            LONGEST_TEXT - 1
        );
    }
}
