//! Raw bodies as documents hold them: readable when they are short, packed when they are long, in parts when they are
//! longer than a document.

use std::io::{Read as _, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};

use crate::store::{StoreError, Timestamp};

/// Longest body kept as it is, for whoever looks at it in the console.
const READABLE_BYTES: usize = 100 << 10;

/// Longest packed body that stands in the record, and longest part.
///
/// # Source
/// A document has at most 1 MiB: <https://firebase.google.com/docs/firestore/quotas>, read 2026-11. The record needs room
/// for the units beside it.
const PART_BYTES: usize = 700 << 10;

/// Most bytes that unpacking makes, more than the webhook ever takes.
const UNPACKED_BYTES: u64 = 16 << 20;

const TEXT: &str = "text";
const PACKED: &str = "gzip+base64";

/// A body, packed.
pub(super) struct Packed {
    pub(super) encoding: &'static str,
    /// In the record, when it fits.
    pub(super) text: Option<String>,
    /// Beside the record, when it does not.
    pub(super) parts: Vec<String>,
}

/// `parts/{n}`.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct PartDoc {
    pub(super) text: String,
}

impl PartDoc {
    pub(super) fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
        }
    }
}

/// When a part goes, with its record.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ExpiryDoc {
    pub(super) expire_at: Option<Timestamp>,
}

pub(super) fn pack(body: &[u8]) -> Packed {
    if body.len() <= READABLE_BYTES
        && let Ok(text) = std::str::from_utf8(body)
    {
        return Packed {
            encoding: TEXT,
            text: Some(text.to_owned()),
            parts: Vec::new(),
        };
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let packed = encoder.write_all(body).and_then(|()| encoder.finish());
    // Writing to memory cannot fail.
    let text = STANDARD.encode(packed.unwrap_or_default());
    if text.len() <= PART_BYTES {
        return Packed {
            encoding: PACKED,
            text: Some(text),
            parts: Vec::new(),
        };
    }
    let parts = text
        .as_bytes()
        .chunks(PART_BYTES)
        .map(|part| String::from_utf8_lossy(part).into_owned())
        .collect();
    Packed {
        encoding: PACKED,
        text: None,
        parts,
    }
}

pub(super) fn unpack(encoding: &str, text: String) -> Result<Vec<u8>, StoreError> {
    if encoding == TEXT {
        return Ok(text.into_bytes());
    }
    let damaged = || StoreError::Corrupt("a delivery's body cannot be unpacked".into());
    let packed = STANDARD.decode(text).map_err(|_| damaged())?;
    let mut body = Vec::new();
    GzDecoder::new(packed.as_slice())
        .take(UNPACKED_BYTES)
        .read_to_end(&mut body)
        .map_err(|_| damaged())?;
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_packed_comes_out_again() {
        // Digests of numbers: nothing packs them.
        let noise: Vec<u8> = (0_u32..40_000)
            .flat_map(|n| crate::seal::digest_hex(&n.to_le_bytes()).into_bytes())
            .collect();
        for (body, encoding, parts) in [
            (b"{}".to_vec(), TEXT, 0),
            (vec![0xff, 0xfe], PACKED, 0),
            (vec![b'a'; 3 << 20], PACKED, 0),
            (noise, PACKED, 3),
        ] {
            let packed = pack(&body);
            assert_eq!((packed.encoding, packed.parts.len()), (encoding, parts));
            let text = packed.text.unwrap_or_else(|| packed.parts.concat());
            assert_eq!(unpack(packed.encoding, text), Ok(body));
        }
    }
}
