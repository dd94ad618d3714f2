//! What Instagram sees when it opens a file: the rules of images and films, over bytes alone.

use std::io::Cursor;
use std::ops::RangeInclusive;

use image::{ImageFormat, ImageReader};
use serde::Serialize;

use super::problem::{
    IMAGE_FORMAT, IMAGE_RATIO, IMAGE_TOO_LARGE, PHOTO_UNREADABLE, Problem, THUMBNAIL_OUT_OF_RANGE,
    VIDEO_FORMAT,
};

/// # Source
/// Content publishing, image specifications: "File size: 8 MB maximum".
pub(super) const IMAGE_BYTES: usize = 8 * 1024 * 1024;
/// Wider is scaled down, narrower scaled up: neither is refused.
const IMAGE_WIDTHS: RangeInclusive<u32> = 320..=1440;

/// What a film may be for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FilmUse {
    /// A reel, or a film in a carousel.
    Feed,
    /// A story.
    Story,
    /// A page's post.
    Page,
}

impl FilmUse {
    /// # Source
    /// Content publishing, reel specifications and story video specifications.
    pub(super) fn most_bytes(self) -> usize {
        match self {
            Self::Feed => 300 * 1024 * 1024,
            Self::Story => 100 * 1024 * 1024,
            Self::Page => 1024 * 1024 * 1024,
        }
    }

    /// In milliseconds.
    ///
    /// # Source
    /// As above.
    fn durations(self) -> RangeInclusive<u64> {
        match self {
            Self::Feed => 3_000..=15 * 60_000,
            Self::Story => 3_000..=60_000,
            Self::Page => 1_000..=240 * 60_000,
        }
    }
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Asset {
    /// An image, at the width that it is shown with.
    Image {
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
    },
    /// A film.
    Film {
        /// Milliseconds.
        duration_ms: u64,
    },
}

/// Looks at an image. The feed has bounds for its shape; a story has none.
pub(super) fn image(bytes: &[u8], content_type: &str, for_feed: bool) -> Result<Asset, Problem> {
    if bytes.len() > IMAGE_BYTES {
        return Err(IMAGE_TOO_LARGE);
    }
    if !content_type.starts_with("image/jpeg") || !bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
        return Err(IMAGE_FORMAT);
    }
    let (width, height) = ImageReader::with_format(Cursor::new(bytes), ImageFormat::Jpeg)
        .into_dimensions()
        .map_err(|_| IMAGE_FORMAT)?;
    // 4:5 to 1.91:1, in whole numbers; the platform rounds to two places.
    let ratio = u64::from(width) * 1000 / u64::from(height.max(1));
    if for_feed && !(795..=1_915).contains(&ratio) {
        return Err(IMAGE_RATIO);
    }
    let shown = width.clamp(*IMAGE_WIDTHS.start(), *IMAGE_WIDTHS.end());
    let height = u64::from(height) * u64::from(shown) / u64::from(width.max(1));
    Ok(Asset::Image {
        width: shown,
        height: u32::try_from(height).unwrap_or(u32::MAX),
    })
}

/// # Source
/// Page photos: "images must be less than 10 MB".
pub(super) const PHOTO_BYTES: usize = 10 * 1024 * 1024;

/// Looks at a page's photo, which may be of many more kinds than Instagram's.
pub(super) fn photo(bytes: &[u8], content_type: &str) -> Result<(), Problem> {
    let kinds = [
        ImageFormat::Jpeg,
        ImageFormat::Png,
        ImageFormat::Gif,
        ImageFormat::Tiff,
        ImageFormat::Bmp,
        ImageFormat::WebP,
    ];
    let format = image::guess_format(bytes).ok();
    let known = format.is_some_and(|format| kinds.contains(&format));
    if known && content_type.starts_with("image/") {
        Ok(())
    } else {
        Err(PHOTO_UNREADABLE)
    }
}

/// Looks at a film: its boxes are in order, its header leads, its length fits, and nothing cuts it.
pub(super) fn film(
    bytes: &[u8],
    content_type: &str,
    intended: FilmUse,
    thumb_offset_ms: Option<u64>,
) -> Result<Asset, Problem> {
    let is_film =
        content_type.starts_with("video/mp4") || content_type.starts_with("video/quicktime");
    if !is_film || bytes.len() > intended.most_bytes() {
        return Err(VIDEO_FORMAT);
    }
    let top = boxes(bytes).ok_or(VIDEO_FORMAT)?;
    let place = |kind: &[u8; 4]| top.iter().position(|(of, _)| of == kind);
    let (Some(0), Some(header), Some(frames)) = (place(b"ftyp"), place(b"moov"), place(b"mdat"))
    else {
        return Err(VIDEO_FORMAT);
    };
    if frames < header {
        return Err(VIDEO_FORMAT);
    }
    let movie = boxes(top[header].1).ok_or(VIDEO_FORMAT)?;
    let duration_ms = movie
        .iter()
        .find(|(kind, _)| kind == b"mvhd")
        .and_then(|(_, content)| duration_ms(content))
        .ok_or(VIDEO_FORMAT)?;
    for (_, track) in movie.iter().filter(|(kind, _)| kind == b"trak") {
        let parts = boxes(track).ok_or(VIDEO_FORMAT)?;
        if parts.iter().any(|(kind, _)| kind == b"edts") {
            return Err(VIDEO_FORMAT);
        }
    }
    if !intended.durations().contains(&duration_ms) {
        return Err(VIDEO_FORMAT);
    }
    if thumb_offset_ms.is_some_and(|offset| offset >= duration_ms) {
        return Err(THUMBNAIL_OUT_OF_RANGE);
    }
    Ok(Asset::Film { duration_ms })
}

type Mp4Box<'a> = ([u8; 4], &'a [u8]);

/// The boxes side by side, or nothing when they do not fill the bytes exactly.
fn boxes(mut bytes: &[u8]) -> Option<Vec<Mp4Box<'_>>> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let short = u32::from_be_bytes(bytes.get(..4)?.try_into().ok()?);
        let kind: [u8; 4] = bytes.get(4..8)?.try_into().ok()?;
        let (head, size) = match short {
            // To the end of the file.
            0 => (8, bytes.len()),
            1 => {
                let long = u64::from_be_bytes(bytes.get(8..16)?.try_into().ok()?);
                (16, usize::try_from(long).ok()?)
            }
            short => (8, usize::try_from(short).ok()?),
        };
        found.push((kind, bytes.get(head..size)?));
        bytes = &bytes[size..];
    }
    Some(found)
}

/// Of a movie header box (ISO 14496-12, 8.2.2): version 0 counts in 32 bits, version 1 in 64.
fn duration_ms(content: &[u8]) -> Option<u64> {
    let number = |at: usize, width: usize| {
        let bytes = content.get(at..at + width)?;
        Some(
            bytes
                .iter()
                .fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte)),
        )
    };
    let (ticks_a_second, ticks) = match content.first()? {
        0 => (number(12, 4)?, number(16, 4)?),
        _ => (number(20, 4)?, number(24, 8)?),
    };
    ticks.checked_mul(1000)?.checked_div(ticks_a_second)
}

#[cfg(test)]
mod tests {
    use image::{ExtendedColorType, ImageEncoder as _};

    use super::*;

    fn jpeg(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        let pixels = vec![90; (width * height * 3) as usize];
        image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 40)
            .write_image(&pixels, width, height, ExtendedColorType::Rgb8)
            .unwrap();
        bytes.into_inner()
    }

    fn boxed(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
        let size = u32::try_from(content.len() + 8).unwrap();
        [&size.to_be_bytes(), kind.as_slice(), content].concat()
    }

    fn header(milliseconds: u32) -> Vec<u8> {
        let mut header = vec![0; 12];
        header.extend(1000_u32.to_be_bytes());
        header.extend(milliseconds.to_be_bytes());
        boxed(*b"mvhd", &header)
    }

    fn mp4(milliseconds: u32) -> Vec<u8> {
        [
            boxed(*b"ftyp", b"isom\0\0\x02\0"),
            boxed(*b"moov", &header(milliseconds)),
            boxed(*b"mdat", &[0; 64]),
        ]
        .concat()
    }

    #[test]
    fn a_jpeg_within_the_feeds_shapes_is_taken_and_scaled() {
        assert_eq!(
            image(&jpeg(2000, 2000), "image/jpeg", true),
            Ok(Asset::Image {
                width: 1440,
                height: 1440
            })
        );
        assert_eq!(
            image(&jpeg(160, 200), "image/jpeg; charset=binary", true),
            Ok(Asset::Image {
                width: 320,
                height: 400
            })
        );
    }

    #[test]
    fn the_edges_of_the_feeds_shapes_are_inside() {
        for (width, height) in [(800, 1000), (1910, 1000)] {
            image(&jpeg(width, height), "image/jpeg", true).unwrap();
        }
        for (width, height) in [(700, 1000), (2000, 1000)] {
            assert_eq!(
                image(&jpeg(width, height), "image/jpeg", true),
                Err(IMAGE_RATIO)
            );
            image(&jpeg(width, height), "image/jpeg", false).unwrap();
        }
    }

    #[test]
    fn only_a_jpeg_that_says_so_is_one() {
        let good = jpeg(400, 400);
        assert_eq!(image(&good, "image/png", true), Err(IMAGE_FORMAT));
        assert_eq!(
            image(b"\x89PNG\r\n\x1a\n", "image/jpeg", true),
            Err(IMAGE_FORMAT)
        );
        assert_eq!(image(&good[..3], "image/jpeg", true), Err(IMAGE_FORMAT));
        let mut heavy = good;
        heavy.resize(IMAGE_BYTES + 1, 0);
        assert_eq!(image(&heavy, "image/jpeg", true), Err(IMAGE_TOO_LARGE));
    }

    #[test]
    fn a_film_needs_its_header_in_front_and_a_fitting_length() {
        let take = |bytes: &[u8], intended| film(bytes, "video/mp4", intended, None);
        assert_eq!(
            take(&mp4(8_000), FilmUse::Feed),
            Ok(Asset::Film { duration_ms: 8_000 })
        );
        let late_header = [
            boxed(*b"ftyp", b"isom"),
            boxed(*b"mdat", &[0; 8]),
            boxed(*b"moov", &header(8_000)),
        ]
        .concat();
        let edited = [
            boxed(*b"ftyp", b"isom"),
            boxed(
                *b"moov",
                &[header(8_000), boxed(*b"trak", &boxed(*b"edts", &[]))].concat(),
            ),
            boxed(*b"mdat", &[0; 8]),
        ]
        .concat();
        let cut = &mp4(8_000)[..60];
        for bytes in [&late_header, &edited, cut, &mp4(2_999)[..], b"no film"] {
            assert_eq!(take(bytes, FilmUse::Feed), Err(VIDEO_FORMAT));
        }
        assert_eq!(take(&mp4(61_000), FilmUse::Story), Err(VIDEO_FORMAT));
        take(&mp4(61_000), FilmUse::Feed).unwrap();
    }

    #[test]
    fn a_cover_is_a_moment_of_the_film() {
        let at = |offset| film(&mp4(8_000), "video/mp4", FilmUse::Feed, Some(offset));
        at(7_999).unwrap();
        assert_eq!(at(8_000), Err(THUMBNAIL_OUT_OF_RANGE));
    }
}
