//! A picture as a provider made it, turned into one that Instagram takes: JPEG, sRGB, the exact shape, no heavier than allowed.
//!
//! *Invariant:* pure, and bounded: what a provider sends is not trusted. It takes up to a second of a processor and some tens
//! of megabytes, so it belongs on a thread of its own.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder as _, ImageReader, Limits, RgbImage};
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

use crate::providers::Aspect;

/// Heaviest JPEG that Instagram takes: 8 MB.
///
/// # Source
/// <https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media>, image
/// specifications, read 2026-11.
pub const MOST_BYTES: usize = 8_000_000;

/// Narrowest and widest that Instagram shows without scaling by itself, in pixels.
///
/// # Source
/// As [`MOST_BYTES`].
const WIDTHS: std::ops::RangeInclusive<u32> = 320..=1440;

/// Heaviest file that is decoded.
const MOST_SOURCE_BYTES: usize = 40 * 1024 * 1024;

/// Longest side that is decoded; providers draw up to 4,096.
const LONGEST_SIDE: u32 = 4_096;

/// Most memory that decoding may take: a picture of the longest sides in four channels, twice.
const MOST_MEMORY_BYTES: u64 = 160 * 1024 * 1024;

/// What is tried, the best first, until it is light enough. A picture of the widest size weighs under 3 MB at the first.
const QUALITIES: [u8; 4] = [88, 78, 65, 50];

/// Why a picture cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// It cannot be decoded.
    #[error("it is no picture that can be read")]
    Unreadable,
    /// It has more bytes, pixels or memory than is decoded.
    #[error("it is larger than a picture may be")]
    TooLarge,
    /// Cut to its shape it is smaller than Instagram takes.
    #[error("it is smaller than Instagram takes")]
    TooSmall,
    /// Even at the lowest quality it is too heavy.
    #[error("it cannot be made light enough")]
    TooHeavy,
}

/// Makes a JPEG for Instagram of whatever a provider drew: turned upright, its colours converted to sRGB, transparency on
/// white, cut around its middle to exactly the shape, scaled down where it is wider than shown.
///
/// # Errors
/// [`Unusable`].
pub fn for_instagram(bytes: &[u8], aspect: Aspect) -> Result<Vec<u8>, Unusable> {
    let upright = decode(bytes)?;
    let (width, height) = size_within(upright.width(), upright.height(), aspect)?;
    let (left, top) = (
        (upright.width() - width) / 2,
        (upright.height() - height) / 2,
    );
    let mut cut = upright.crop_imm(left, top, width, height);
    if width > *WIDTHS.end() {
        let (width, height) =
            size_within(*WIDTHS.end(), scaled(height, *WIDTHS.end(), width), aspect)?;
        cut = cut.resize_exact(width, height, FilterType::CatmullRom);
    }
    encode(&cut.into_rgb8())
}

fn decode(bytes: &[u8]) -> Result<DynamicImage, Unusable> {
    if bytes.len() > MOST_SOURCE_BYTES {
        return Err(Unusable::TooLarge);
    }
    let reader = || {
        ImageReader::new(Cursor::new(bytes))
            .with_guessed_format()
            .map_err(|_| Unusable::Unreadable)
    };
    // From the header alone, before any memory is taken for pixels.
    let (width, height) = reader()?
        .into_dimensions()
        .map_err(|_| Unusable::Unreadable)?;
    if width > LONGEST_SIDE || height > LONGEST_SIDE {
        return Err(Unusable::TooLarge);
    }
    // The decoder fills up what is missing with grey.
    if bytes.starts_with(b"\xff\xd8") && !has_jpeg_end(bytes) {
        return Err(Unusable::Unreadable);
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MOST_MEMORY_BYTES);
    let mut reader = reader()?;
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(unreadable)?;
    let profile = decoder.icc_profile().ok().flatten();
    let orientation = decoder.orientation().ok();
    let picture = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
    let mut upright = DynamicImage::ImageRgb8(in_srgb(on_white(&picture), profile.as_deref()));
    if let Some(orientation) = orientation {
        upright.apply_orientation(orientation);
    }
    Ok(upright)
}

/// Whether a JPEG has its end marker; some writers pad behind it.
fn has_jpeg_end(bytes: &[u8]) -> bool {
    let tail = &bytes[bytes.len().saturating_sub(64)..];
    tail.windows(2).any(|pair| pair == b"\xff\xd9")
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature that map_err asks for"
)]
fn unreadable(error: image::ImageError) -> Unusable {
    match error {
        image::ImageError::Limits(_) => Unusable::TooLarge,
        image::ImageError::Decoding(_)
        | image::ImageError::Encoding(_)
        | image::ImageError::Parameter(_)
        | image::ImageError::Unsupported(_)
        | image::ImageError::IoError(_) => Unusable::Unreadable,
    }
}

/// JPEG knows no transparency.
fn on_white(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let transparent = picture.to_rgba8();
    let mut solid = RgbImage::new(transparent.width(), transparent.height());
    for (to, from) in solid.pixels_mut().zip(transparent.pixels()) {
        let alpha = u32::from(from[3]);
        for channel in 0..3 {
            let mixed = (u32::from(from[channel]) * alpha + 255 * (255 - alpha)) / 255;
            to[channel] = u8::try_from(mixed).unwrap_or(u8::MAX);
        }
    }
    solid
}

/// A picture without a profile is in sRGB by convention; so is one whose profile cannot be used.
fn in_srgb(picture: RgbImage, profile: Option<&[u8]>) -> RgbImage {
    let converted = profile.and_then(|bytes| {
        let source = ColorProfile::new_from_slice(bytes).ok()?;
        if source.color_space != DataColorSpace::Rgb {
            return None;
        }
        let srgb = ColorProfile::new_srgb();
        let options = TransformOptions::default();
        let transform = source
            .create_transform_8bit(Layout::Rgb, &srgb, Layout::Rgb, options)
            .ok()?;
        let mut converted = RgbImage::new(picture.width(), picture.height());
        transform.transform(picture.as_raw(), &mut converted).ok()?;
        Some(converted)
    });
    converted.unwrap_or(picture)
}

/// The largest size of exactly this shape: a pixel too many, and Instagram refuses a 4:5 for being taller.
fn size_within(width: u32, height: u32, aspect: Aspect) -> Result<(u32, u32), Unusable> {
    let (across, down) = aspect.ratio();
    let units = (width / across).min(height / down);
    let size = (units * across, units * down);
    if size.0 < *WIDTHS.start() {
        return Err(Unusable::TooSmall);
    }
    Ok(size)
}

fn scaled(length: u32, to: u32, from: u32) -> u32 {
    u32::try_from(u64::from(length) * u64::from(to) / u64::from(from.max(1))).unwrap_or(u32::MAX)
}

fn encode(picture: &RgbImage) -> Result<Vec<u8>, Unusable> {
    for quality in QUALITIES {
        let mut file = Vec::new();
        JpegEncoder::new_with_quality(&mut file, quality)
            .encode_image(picture)
            .map_err(unreadable)?;
        if file.len() <= MOST_BYTES {
            return Ok(file);
        }
    }
    Err(Unusable::TooHeavy)
}

#[cfg(test)]
mod tests;
