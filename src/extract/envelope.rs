//! The envelope of a callable request, `{"data": …}`, by the rules of firebase-functions.
//!
//! Pure but for reading the body. Whatever is wrong here answers HTTP 400 `INVALID_ARGUMENT` "Bad Request", before any
//! token is looked at, and never with a page that a browser cannot read.
//!
//! # Source
//! firebase-functions 7.4 `src/common/providers/https.ts` (`isValidRequest`, `decode`) and functions-framework 5.0
//! (body parser), read and run 2026-11.

use std::io::Read as _;

use axum::body::Body;
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::{HeaderMap, Method};
use flate2::read::{MultiGzDecoder, ZlibDecoder};
use http_body_util::BodyExt as _;
use serde_json::Value;

use crate::error::{Error, text};
use crate::json_text::mend_surrogates;

/// Largest body taken, in bytes, as sent and as decompressed.
pub const BODY_LIMIT_BYTES: usize = 10 << 20;

/// How much of a body beyond the limit is read and thrown away, so that the caller, who reads the answer only when it
/// has sent all, gets to read the refusal.
///
/// # Source
/// Cloud Run takes at most 32 MiB over HTTP/1: <https://cloud.google.com/run/quotas>, read 2026-11.
const DRAIN_LIMIT_BYTES: usize = 32 << 20;

/// Reads the request down to the value of `data`.
///
/// # Errors
/// `INVALID_ARGUMENT`, see the module.
pub async fn open(method: &Method, headers: &HeaderMap, body: Body) -> Result<Value, Error> {
    if method != Method::POST {
        return Err(Error::bad_request("the method is not POST"));
    }
    if !is_json(headers) {
        return Err(Error::bad_request(
            "the content type is not application/json",
        ));
    }
    let raw = read(body).await?;
    let bytes = decompress(headers, raw)?;
    let envelope = parse(&bytes)?;
    let Value::Object(mut envelope) = envelope else {
        return Err(Error::bad_request("the body is no object"));
    };
    let data = envelope
        .remove("data")
        .ok_or_else(|| Error::bad_request("the body has no data"))?;
    if !envelope.is_empty() {
        return Err(Error::bad_request("the body has keys beside data"));
    }
    unwrap_integers(data)
}

/// Lower-cased, cut at the first `;` and trimmed it must be `application/json`; parameters do not count.
fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|media| media.trim().eq_ignore_ascii_case("application/json"))
}

async fn read(mut body: Body) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let mut seen = 0;
    while let Some(frame) = body.frame().await {
        let frame =
            frame.map_err(|error| Error::bad_request(format!("the body broke off: {error}")))?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        seen += data.len();
        if seen > DRAIN_LIMIT_BYTES {
            break;
        }
        if seen <= BODY_LIMIT_BYTES {
            bytes.extend_from_slice(&data);
        } else {
            bytes = Vec::new();
        }
    }
    if seen > BODY_LIMIT_BYTES {
        return Err(Error::too_large(BODY_LIMIT_BYTES));
    }
    Ok(bytes)
}

fn decompress(headers: &HeaderMap, raw: Vec<u8>) -> Result<Vec<u8>, Error> {
    let encoding = headers
        .get(CONTENT_ENCODING)
        .map_or("identity", |value| value.to_str().unwrap_or("unreadable"));
    match encoding.trim().to_ascii_lowercase().as_str() {
        "identity" | "" => Ok(raw),
        "gzip" | "x-gzip" => inflate(MultiGzDecoder::new(raw.as_slice())),
        "deflate" => inflate(ZlibDecoder::new(raw.as_slice())),
        _ => Err(Error::bad_request("the content encoding is not known")),
    }
}

/// Stops at the limit, so that a small body cannot grow to fill the memory.
fn inflate(decoder: impl std::io::Read) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    decoder
        .take(BODY_LIMIT_BYTES as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Error::bad_request(format!("the compressed body is damaged: {error}")))?;
    if bytes.len() > BODY_LIMIT_BYTES {
        return Err(Error::too_large(BODY_LIMIT_BYTES));
    }
    Ok(bytes)
}

/// Invalid UTF-8 becomes U+FFFD, as JavaScript's decoder makes it.
fn parse(bytes: &[u8]) -> Result<Value, Error> {
    let text = String::from_utf8_lossy(bytes);
    // The error of serde_json tells a place, never the content.
    serde_json::from_str(&text)
        .or_else(|error| match mend_surrogates(&text) {
            Some(mended) => serde_json::from_str(&mended),
            None => Err(error),
        })
        .map_err(|error| Error::bad_request(format!("the body is no JSON: {error}")))
}

/// Turns the SDKs' 64-bit wrappers, `{"@type": "type.googleapis.com/google.protobuf.Int64Value", "value": "5"}`, into
/// numbers. Any other `@type` is refused: firebase-functions fails on it too, though with INTERNAL.
fn unwrap_integers(mut value: Value) -> Result<Value, Error> {
    unwrap_in(&mut value)?;
    Ok(value)
}

/// In place: most bodies hold no wrapper, and are left as they are.
fn unwrap_in(value: &mut Value) -> Result<(), Error> {
    match value {
        Value::Object(map) if map.get("@type").is_some_and(is_truthy) => {
            *value = unwrapped(map)?;
            Ok(())
        }
        Value::Object(map) => map.values_mut().try_for_each(unwrap_in),
        Value::Array(items) => items.iter_mut().try_for_each(unwrap_in),
        _ => Ok(()),
    }
}

fn unwrapped(map: &serde_json::Map<String, Value>) -> Result<Value, Error> {
    let known = map
        .get("@type")
        .and_then(Value::as_str)
        .is_some_and(|name| {
            matches!(
                name.strip_prefix("type.googleapis.com/google.protobuf."),
                Some("Int64Value" | "UInt64Value")
            )
        });
    let number = match map.get("value") {
        Some(Value::Number(number)) => Some(number.clone()),
        Some(Value::String(text)) => text
            .parse::<i64>()
            .ok()
            .map(serde_json::Number::from)
            .or_else(|| text.parse::<u64>().ok().map(serde_json::Number::from))
            .or_else(|| {
                text.parse::<f64>()
                    .ok()
                    .and_then(serde_json::Number::from_f64)
            }),
        _ => None,
    };
    match number {
        Some(number) if known => Ok(Value::Number(number)),
        _ => Err(Error::field(
            "@type",
            text(
                "Jenis data \"@type\" tidak dikenal atau nilainya bukan angka.",
                "The \"@type\" is not known, or its value is no number.",
            ),
        )),
    }
}

fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn half_an_emoji_becomes_the_replacement_character() {
        for (sent, read) in [
            (r#""a\ud83d""#, "a\u{fffd}"),
            (r#""\udc00b""#, "\u{fffd}b"),
            (r#""\ud83d\ud83d\ude00""#, "\u{fffd}😀"),
            (r#""\\ud83d\ud83d""#, "\\ud83d\u{fffd}"),
        ] {
            assert_eq!(parse(sent.as_bytes()).ok(), Some(json!(read)), "{sent}");
        }
    }

    #[test]
    fn wrapped_integers_become_numbers_at_any_depth() {
        let wrap = |kind: &str, value: Value| json!({"@type": format!("type.googleapis.com/google.protobuf.{kind}"), "value": value});
        let sent = json!({"a": [wrap("Int64Value", json!("-9007199254740993"))], "b": wrap("UInt64Value", json!("18446744073709551615")), "c": {"@type": "", "value": 1}});
        let read = json!({"a": [-9_007_199_254_740_993_i64], "b": 18_446_744_073_709_551_615_u64, "c": {"@type": "", "value": 1}});
        assert_eq!(unwrap_integers(sent).ok(), Some(read));
        for bad in [
            wrap("Int64Value", json!("x")),
            wrap("StringValue", json!("1")),
            json!({"@type": 1}),
        ] {
            assert!(unwrap_integers(bad.clone()).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes);
        }
    }
}
