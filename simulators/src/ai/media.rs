//! Pictures and films as bytes: real enough to be decoded, small enough to be made in a test.

use std::collections::HashMap;
use std::io::Cursor;
use std::sync::{LazyLock, Mutex, PoisonError};

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder as _, Rgb, RgbImage};

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Format {
    Png,
    Jpeg,
}

type Key = (u32, u32, Format, u8);

/// Made once each: encoding megapixels is the slowest thing that a test can do.
static MADE: LazyLock<Mutex<HashMap<Key, Vec<u8>>>> = LazyLock::new(Mutex::default);

/// A picture of this size. Another prompt makes another colour.
pub(super) async fn picture(width: u32, height: u32, format: Format, prompt: &str) -> Vec<u8> {
    let hue = prompt.bytes().fold(0_u8, u8::wrapping_add) % 8;
    let key = (width, height, format, hue);
    let made = tokio::task::spawn_blocking(move || {
        let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
        made.entry(key).or_insert_with(|| draw(key)).clone()
    });
    made.await.unwrap_or_default()
}

fn draw((width, height, format, hue): Key) -> Vec<u8> {
    // From a deep green at the top to gold at the bottom, each prompt with a blue of its own.
    let between = |from: u32, to: u32, y: u32| {
        let mixed = (from * (height - y) + to * y) / height.max(1);
        u8::try_from(mixed).unwrap_or(u8::MAX)
    };
    let picture = RgbImage::from_fn(width, height, |x, y| {
        let arch = x.abs_diff(width / 2) * 40 / width.max(1);
        let light = 20 - arch.min(20);
        Rgb([
            between(11 + light, 221, y),
            between(93 + light, 166, y),
            between(60 + light + u32::from(hue) * 6, 43, y),
        ])
    });
    let mut bytes = Cursor::new(Vec::new());
    let color = ExtendedColorType::Rgb8;
    let written = match format {
        Format::Png => {
            PngEncoder::new_with_quality(&mut bytes, CompressionType::Fast, FilterType::Sub)
                .write_image(&picture, width, height, color)
        }
        Format::Jpeg => JpegEncoder::new_with_quality(&mut bytes, 80)
            .write_image(&picture, width, height, color),
    };
    // Nothing can fail that writes into memory; if it did, the client's own checks would say so.
    written.map(|()| bytes.into_inner()).unwrap_or_default()
}

/// Where a film's index stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Index {
    First,
    Last,
}

/// An MP4 of this length: its boxes are in order and name the duration; there are no frames in it.
pub(crate) fn film(seconds: u64, index: Index) -> Vec<u8> {
    let duration = u32::try_from(seconds * 1000).unwrap_or(u32::MAX);
    let mut header = Vec::new();
    header.extend([0; 12]); // version, flags, creation and modification time
    header.extend(1000_u32.to_be_bytes()); // ticks a second
    header.extend(duration.to_be_bytes());
    header.extend(0x0001_0000_u32.to_be_bytes()); // rate
    header.extend(0x0100_u16.to_be_bytes()); // volume
    header.extend([0; 10]);
    for unit in [0x0001_0000_u32, 0, 0, 0, 0x0001_0000, 0, 0, 0, 0x4000_0000] {
        header.extend(unit.to_be_bytes());
    }
    header.extend([0; 24]);
    header.extend(2_u32.to_be_bytes()); // next track
    let mut film = boxed(*b"ftyp", b"isom\0\0\x02\0isomiso2avc1mp41");
    let moov = boxed(*b"moov", &boxed(*b"mvhd", &header));
    let mdat = boxed(*b"mdat", &[0; 2048]);
    match index {
        Index::First => film.extend([moov, mdat].concat()),
        Index::Last => film.extend([mdat, moov].concat()),
    }
    film
}

fn boxed(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
    let size = u32::try_from(content.len() + 8).unwrap_or(u32::MAX);
    let mut whole = size.to_be_bytes().to_vec();
    whole.extend(kind);
    whole.extend(content);
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn pictures_are_of_the_size_and_kind_asked_for() {
        for format in [Format::Png, Format::Jpeg] {
            let bytes = picture(48, 64, format, "Ka'bah").await;
            let read = image::load_from_memory(&bytes).unwrap();
            assert_eq!((read.width(), read.height()), (48, 64));
        }
    }

    #[test]
    fn the_boxes_of_a_film_fill_it_exactly() {
        let film = film(8, Index::First);
        let mut at = 0;
        let mut kinds = Vec::new();
        while at < film.len() {
            let size = u32::from_be_bytes(film[at..at + 4].try_into().unwrap());
            kinds.push(String::from_utf8_lossy(&film[at + 4..at + 8]).into_owned());
            at += size as usize;
        }
        assert_eq!(at, film.len());
        assert_eq!(kinds, ["ftyp", "moov", "mdat"]);
    }
}
