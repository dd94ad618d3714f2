//! A film as a provider made it, held to what an MP4 must be, its index put where players and Meta look for it.
//!
//! *Invariant:* pure, and total over any bytes. Frames are not looked at: Meta decodes them, and says so when it cannot.

/// Heaviest film that is stored: many times one of ten seconds, and what a story may weigh at most.
///
/// # Source
/// <https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media>, story video
/// specifications, read 2026-11.
const MOST_BYTES: usize = 100_000_000;

/// Why a film cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// It does not begin as an MP4, or its boxes do not fill it.
    #[error("it is no MP4")]
    NoMp4,
    /// It has no index (`moov`) or no frames (`mdat`).
    #[error("it has no index or no frames")]
    Incomplete,
    /// It is heavier than is stored.
    #[error("it is larger than a film may be")]
    TooLarge,
}

/// A box of an MP4.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Atom {
    kind: [u8; 4],
    /// Where it begins, where what is in it begins, and where it ends.
    start: usize,
    content: usize,
    end: usize,
}

/// Makes a film that plays before it is loaded whole, which Instagram demands: its index stands before its frames.
///
/// # Source
/// ISO/IEC 14496-12, 4.2 (boxes), 8.7.5 (chunk offsets). "moov atom at the front of the file": the reel specifications of
/// <https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media>, read 2026-11.
///
/// # Errors
/// [`Unusable`].
pub fn for_instagram(bytes: Vec<u8>) -> Result<Vec<u8>, Unusable> {
    if bytes.len() > MOST_BYTES {
        return Err(Unusable::TooLarge);
    }
    let atoms = atoms(&bytes, 0, bytes.len()).ok_or(Unusable::NoMp4)?;
    if atoms.first().is_none_or(|first| &first.kind != b"ftyp") {
        return Err(Unusable::NoMp4);
    }
    let find = |kind: &[u8; 4]| atoms.iter().find(|atom| &atom.kind == kind).copied();
    let (Some(index), Some(frames)) = (find(b"moov"), find(b"mdat")) else {
        return Err(Unusable::Incomplete);
    };
    if index.start < frames.start {
        return Ok(bytes);
    }
    // The index goes before the frames, and with that everything between them moves by its length.
    let mut moved = bytes[index.start..index.end].to_vec();
    let by = moved.len();
    let within = frames.start..index.start;
    shift(&mut moved, 0, by, &within, 0).ok_or(Unusable::NoMp4)?;
    let mut film = Vec::with_capacity(bytes.len());
    film.extend_from_slice(&bytes[..frames.start]);
    film.extend_from_slice(&moved);
    film.extend_from_slice(&bytes[frames.start..index.start]);
    film.extend_from_slice(&bytes[index.end..]);
    Ok(film)
}

/// Deepest that boxes hold boxes on the way to the offsets: moov, trak, mdia, minf, stbl.
const DEEPEST: usize = 5;

/// The boxes between two places; `None` when they do not fill the room exactly.
fn atoms(bytes: &[u8], from: usize, to: usize) -> Option<Vec<Atom>> {
    let mut found = Vec::new();
    let mut start = from;
    while start < to {
        let short = u32::from_be_bytes(bytes.get(start..start + 4)?.try_into().ok()?);
        let kind: [u8; 4] = bytes.get(start + 4..start + 8)?.try_into().ok()?;
        let (content, length) = match short {
            // To the end.
            0 => (start + 8, to - start),
            1 => {
                let long = u64::from_be_bytes(bytes.get(start + 8..start + 16)?.try_into().ok()?);
                (start + 16, usize::try_from(long).ok()?)
            }
            short => (start + 8, usize::try_from(short).ok()?),
        };
        let end = start.checked_add(length)?;
        if end > to || end < content {
            return None;
        }
        found.push(Atom {
            kind,
            start,
            content,
            end,
        });
        start = end;
    }
    Some(found)
}

/// Adds to the offsets of chunks that lie within what moves.
fn shift(
    index: &mut [u8],
    from: usize,
    by: usize,
    within: &std::ops::Range<usize>,
    depth: usize,
) -> Option<()> {
    let to = index.len();
    let mut open = vec![(from, to, depth)];
    while let Some((from, to, depth)) = open.pop() {
        for atom in atoms(index, from, to)? {
            match &atom.kind {
                b"moov" | b"trak" | b"mdia" | b"minf" | b"stbl" if depth < DEEPEST => {
                    open.push((atom.content, atom.end, depth + 1));
                }
                b"stco" => shift_table::<4>(index, &atom, by, within)?,
                b"co64" => shift_table::<8>(index, &atom, by, within)?,
                _ => {}
            }
        }
    }
    Some(())
}

/// A table of offsets of `WIDTH` bytes each, behind version, flags and their number.
fn shift_table<const WIDTH: usize>(
    index: &mut [u8],
    table: &Atom,
    by: usize,
    within: &std::ops::Range<usize>,
) -> Option<()> {
    let first = table.content + 8;
    let count = u32::from_be_bytes(index.get(table.content + 4..first)?.try_into().ok()?);
    let count = usize::try_from(count).ok()?;
    let last = first.checked_add(count.checked_mul(WIDTH)?)?;
    if last > table.end {
        return None;
    }
    for entry in index.get_mut(first..last)?.chunks_exact_mut(WIDTH) {
        let mut wide = [0; 8];
        wide[8 - WIDTH..].copy_from_slice(entry);
        let offset = usize::try_from(u64::from_be_bytes(wide)).ok()?;
        if within.contains(&offset) {
            let moved = u64::try_from(offset + by).ok()?.to_be_bytes();
            // An offset that does not fit four bytes any more: no film of this size has one.
            if moved[..8 - WIDTH].iter().any(|byte| *byte != 0) {
                return None;
            }
            entry.copy_from_slice(&moved[8 - WIDTH..]);
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn boxed(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len() + 8).expect("short");
        [&length.to_be_bytes()[..], &kind, content].concat()
    }

    /// An index with one chunk, at an offset.
    fn index(offset: u64, wide: bool) -> Vec<u8> {
        let mut table = vec![0, 0, 0, 0, 0, 0, 0, 1];
        let table = if wide {
            table.extend(offset.to_be_bytes());
            boxed(*b"co64", &table)
        } else {
            table.extend(u32::try_from(offset).expect("short").to_be_bytes());
            boxed(*b"stco", &table)
        };
        let stbl = boxed(*b"stbl", &table);
        let mdia = boxed(*b"mdia", &boxed(*b"minf", &stbl));
        boxed(
            *b"moov",
            &[boxed(*b"mvhd", &[0; 4]), boxed(*b"trak", &mdia)].concat(),
        )
    }

    /// The frame that the one chunk of a film points at.
    fn frame(film: &[u8]) -> &[u8] {
        let at = film
            .windows(4)
            .position(|kind| kind == b"stco" || kind == b"co64")
            .expect("a table");
        let offset = if &film[at..at + 4] == b"stco" {
            u32::from_be_bytes(film[at + 12..at + 16].try_into().expect("four")).into()
        } else {
            u64::from_be_bytes(film[at + 12..at + 20].try_into().expect("eight"))
        };
        let offset = usize::try_from(offset).expect("short");
        &film[offset..offset + 5]
    }

    #[test]
    fn an_index_at_the_end_moves_to_the_front_and_still_points_at_its_frames() {
        let head = boxed(*b"ftyp", b"isom");
        for wide in [false, true] {
            let offset = (head.len() + 8) as u64;
            let late = [
                head.clone(),
                boxed(*b"mdat", b"frame"),
                index(offset, wide),
                boxed(*b"free", b""),
            ]
            .concat();
            assert_eq!(frame(&late), b"frame");
            let film = for_instagram(late.clone()).expect("a film");
            assert_eq!(frame(&film), b"frame");
            assert_eq!(film.len(), late.len());
            let kinds: Vec<[u8; 4]> = atoms(&film, 0, film.len())
                .expect("boxes")
                .iter()
                .map(|atom| atom.kind)
                .collect();
            assert_eq!(kinds, [*b"ftyp", *b"moov", *b"mdat", *b"free"]);
            // Once in front it stays as it is.
            assert_eq!(for_instagram(film.clone()), Ok(film));
        }
    }

    #[test]
    fn what_is_no_film_is_told_apart() {
        let head = boxed(*b"ftyp", b"isom");
        let film = |parts: &[&[u8]]| for_instagram(parts.concat());
        assert_eq!(film(&[]), Err(Unusable::NoMp4));
        assert_eq!(film(&[b"this is no film"]), Err(Unusable::NoMp4));
        assert_eq!(film(&[&boxed(*b"mdat", b"x")]), Err(Unusable::NoMp4));
        assert_eq!(film(&[&head]), Err(Unusable::Incomplete));
        let frames = boxed(*b"mdat", b"frame");
        assert_eq!(film(&[&head, &frames]), Err(Unusable::Incomplete));
        assert_eq!(film(&[&head, &index(0, false)]), Err(Unusable::Incomplete));
        // Cut off in the middle.
        assert_eq!(
            film(&[&head, &index(0, false), &frames[..frames.len() - 1]]),
            Err(Unusable::NoMp4)
        );
        assert_eq!(
            for_instagram(vec![0; MOST_BYTES + 1]),
            Err(Unusable::TooLarge)
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(tail in prop::collection::vec(any::<u8>(), 0..200), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let head = boxed(*b"ftyp", b"isom");
            let mut film = [head.clone(), boxed(*b"mdat", b"frame"), index(20, true), tail].concat();
            let at = at.index(film.len());
            film[at] = byte;
            let length = film.len();
            if let Ok(made) = for_instagram(film) {
                prop_assert_eq!(made.len(), length);
            }
        }
    }
}
