//! The head of a JPEG: its frame header says the size.
//!
//! # Source
//! ITU-T T.81, annex B: markers and segments.

use super::Picture;

/// Reads the size; `None` when this is no JPEG, or its frame does not begin within these bytes.
pub(super) fn read(head: &[u8]) -> Option<Picture> {
    let mut rest = head.strip_prefix(&[0xFF, 0xD8])?;
    loop {
        let (&marker, behind) = match rest {
            [0xFF, behind @ ..] => behind.split_first()?,
            _ => return None,
        };
        match marker {
            // A fill byte before a marker.
            0xFF => {
                rest = rest.get(1..)?;
                continue;
            }
            // Markers without a segment.
            0x01 | 0xD0..=0xD7 => {
                rest = behind;
                continue;
            }
            _ => {}
        }
        let length = usize::from(u16::from_be_bytes([*behind.first()?, *behind.get(1)?]));
        let segment = behind.get(2..length)?;
        match marker {
            // Every frame header; C4, C8 and CC in between are tables.
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                let side = |at: usize| -> Option<u32> {
                    let digits = segment.get(at..at + 2)?;
                    Some(u32::from(u16::from_be_bytes(digits.try_into().ok()?)))
                };
                let (height, width) = (side(1)?, side(3)?);
                return (width > 0 && height > 0).then_some(Picture { width, height });
            }
            // The scan begins, or the picture ends, without a frame.
            0xDA | 0xD9 => return None,
            _ => rest = behind.get(length..)?,
        }
    }
}
