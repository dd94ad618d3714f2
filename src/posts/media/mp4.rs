//! The head of an MP4: its boxes, as far as they stand in the first bytes.
//!
//! # Source
//! ISO/IEC 14496-12: boxes, `mvhd`, `stsd`.

use super::Film;

/// Why a film is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// It is none, or not in this format.
    NoFilm,
    /// Its index stands behind its data.
    MoovLast,
}

/// How deep boxes that matter are nested: moov, trak, mdia, minf, stbl.
const DEPTH: u32 = 5;

/// Reads a film's head.
pub(super) fn read(head: &[u8]) -> Result<Film, Fault> {
    let mut boxes = Boxes(head).peekable();
    if boxes.peek().is_none_or(|first| first.kind != *b"ftyp") {
        return Err(Fault::NoFilm);
    }
    for found in boxes {
        match &found.kind {
            b"moov" => {
                let mut film = Film::default();
                look_into(found.content, DEPTH, &mut film);
                return Ok(film);
            }
            b"mdat" => return Err(Fault::MoovLast),
            _ => {}
        }
    }
    // Within the first bytes there is neither index nor data: nothing that plays begins so late.
    Err(Fault::NoFilm)
}

fn look_into(content: &[u8], depth: u32, film: &mut Film) {
    for found in Boxes(content) {
        match &found.kind {
            b"mvhd" => film.length_ms = length_ms(found.content),
            b"trak" | b"mdia" | b"minf" | b"stbl" if depth > 0 => {
                look_into(found.content, depth - 1, film);
            }
            b"stsd" => film.foreign_coding |= is_foreign(found.content),
            _ => {}
        }
    }
}

/// Version 0 counts in 32 bits, version 1 in 64.
fn length_ms(content: &[u8]) -> Option<u64> {
    let wide = *content.first()? == 1;
    let (scale_at, length_at, bytes) = if wide { (20, 24, 8) } else { (12, 16, 4) };
    let number = |at: usize, bytes: usize| -> Option<u64> {
        let digits = content.get(at..at + bytes)?;
        Some(
            digits
                .iter()
                .fold(0, |sum, byte| sum << 8 | u64::from(*byte)),
        )
    };
    let (scale, length) = (number(scale_at, 4)?, number(length_at, bytes)?);
    length.checked_mul(1_000)?.checked_div(scale)
}

/// Codings of picture and sound that no platform takes; tracks of text and time codes do not matter.
fn is_foreign(content: &[u8]) -> bool {
    let entries = content.get(8..).unwrap_or_default();
    Boxes(entries).any(|entry| {
        matches!(
            &entry.kind,
            b"vp08"
                | b"vp09"
                | b"av01"
                | b"mp4v"
                | b"apcn"
                | b"apch"
                | b"Opus"
                | b"fLaC"
                | b"ac-3"
                | b"ec-3"
        )
    })
}

struct Found<'a> {
    kind: [u8; 4],
    content: &'a [u8],
}

/// The boxes of some bytes, one behind the other; the last may be cut off.
struct Boxes<'a>(&'a [u8]);

impl<'a> Iterator for Boxes<'a> {
    type Item = Found<'a>;

    fn next(&mut self) -> Option<Found<'a>> {
        let bytes = self.0;
        let size = u32::from_be_bytes(bytes.get(..4)?.try_into().ok()?);
        let kind = bytes.get(4..8)?.try_into().ok()?;
        let (head, size) = match size {
            // To the end of the file.
            0 => (8, u64::MAX),
            1 => (16, u64::from_be_bytes(bytes.get(8..16)?.try_into().ok()?)),
            size => (8, u64::from(size)),
        };
        let end = usize::try_from(size).unwrap_or(usize::MAX).min(bytes.len());
        // A size that does not even hold the box's own head would go round for ever.
        let content = bytes.get(head..end)?;
        self.0 = &bytes[end..];
        Some(Found { kind, content })
    }
}
