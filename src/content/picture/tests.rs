//! Whatever comes in, what goes out is a JPEG that Instagram takes, or nothing.

use image::codecs::jpeg::JpegDecoder;
use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder as _, Rgb, Rgba, RgbaImage};
use proptest::prelude::*;

use super::*;

const ALL: [Aspect; 4] = [
    Aspect::Square,
    Aspect::Portrait,
    Aspect::Story,
    Aspect::Landscape,
];

fn png(picture: &RgbImage, profile: Option<Vec<u8>>) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = PngEncoder::new(&mut file);
    if let Some(profile) = profile {
        encoder.set_icc_profile(profile).expect("PNG has profiles");
    }
    let (width, height) = picture.dimensions();
    encoder
        .write_image(picture, width, height, ExtendedColorType::Rgb8)
        .expect("a PNG");
    file
}

fn plain(width: u32, height: u32) -> RgbImage {
    RgbImage::from_pixel(width, height, Rgb([200, 30, 90]))
}

fn read(file: &[u8]) -> RgbImage {
    assert_eq!(&file[..3], b"\xff\xd8\xff", "a JPEG");
    let decoder = JpegDecoder::new(Cursor::new(file)).expect("a JPEG");
    DynamicImage::from_decoder(decoder)
        .expect("readable")
        .to_rgb8()
}

#[test]
fn every_shape_comes_out_exact_and_in_width() {
    for (width, height) in [
        (1024, 1024),
        (864, 1184),
        (1344, 768),
        (4096, 1200),
        (2000, 999),
    ] {
        let source = png(&plain(width, height), None);
        for aspect in ALL {
            let out = read(&for_instagram(&source, aspect).expect("usable"));
            let (across, down) = aspect.ratio();
            assert_eq!(out.width() * down, out.height() * across, "{aspect:?}");
            assert!(WIDTHS.contains(&out.width()), "{aspect:?} {}", out.width());
            assert!(out.width() <= width && out.height() <= height);
        }
    }
}

#[test]
fn what_is_no_usable_picture_is_told_apart() {
    let whole = png(&plain(1024, 1024), None);
    let square = |bytes: &[u8]| for_instagram(bytes, Aspect::Square);
    assert_eq!(square(b""), Err(Unusable::Unreadable));
    assert_eq!(square(b"this is no picture"), Err(Unusable::Unreadable));
    let jpeg = square(&whole).expect("usable");
    for file in [&whole, &jpeg] {
        for kept in [file.len() / 2, file.len() - 80] {
            assert_eq!(square(&file[..kept]), Err(Unusable::Unreadable), "{kept}");
        }
    }
    assert_eq!(
        square(&png(&plain(319, 400), None)),
        Err(Unusable::TooSmall)
    );
    assert_eq!(
        for_instagram(&png(&plain(4096, 400), None), Aspect::Portrait),
        Ok(for_instagram(&png(&plain(320, 400), None), Aspect::Portrait).expect("usable"))
    );
    assert_eq!(
        square(&png(&plain(4097, 10), None)),
        Err(Unusable::TooLarge)
    );
    assert_eq!(
        square(&vec![0; MOST_SOURCE_BYTES + 1]),
        Err(Unusable::TooLarge)
    );
    // A few bytes that claim a picture of 60,000 by 60,000.
    let mut bomb = whole;
    bomb[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
    bomb[20..24].copy_from_slice(&60_000_u32.to_be_bytes());
    assert!(square(&bomb).is_err());
}

#[test]
fn what_is_transparent_lies_on_white() {
    let clear = RgbaImage::from_pixel(400, 400, Rgba([0, 0, 0, 0]));
    let mut file = Vec::new();
    PngEncoder::new(&mut file)
        .write_image(&clear, 400, 400, ExtendedColorType::Rgba8)
        .expect("a PNG");
    let out = read(&for_instagram(&file, Aspect::Square).expect("usable"));
    assert_eq!(out.get_pixel(200, 200), &Rgb([255, 255, 255]));
}

#[test]
fn colours_of_another_space_become_those_of_srgb() {
    let wide = ColorProfile::new_display_p3().encode().expect("a profile");
    let picture = plain(400, 400);
    let middle = |file: &[u8]| {
        let out = read(&for_instagram(file, Aspect::Square).expect("usable"));
        *out.get_pixel(200, 200)
    };
    let (as_srgb, as_p3) = (
        middle(&png(&picture, None)),
        middle(&png(&picture, Some(wide))),
    );
    // The same numbers mean a stronger red in Display P3.
    assert!(as_p3[0] > as_srgb[0] + 5, "{as_srgb:?} {as_p3:?}");
    assert!(as_p3[1] < as_srgb[1], "{as_srgb:?} {as_p3:?}");
    let own = ColorProfile::new_srgb().encode().expect("a profile");
    let same = middle(&png(&picture, Some(own)));
    for channel in 0..3 {
        assert!(
            same[channel].abs_diff(as_srgb[channel]) <= 2,
            "{same:?} {as_srgb:?}"
        );
    }
    let nonsense = middle(&png(&picture, Some(b"no profile".to_vec())));
    assert_eq!(nonsense, as_srgb);
}

#[test]
fn noise_is_made_light_enough() {
    let mut state = 1_u32;
    let noise = RgbImage::from_fn(1440, 2560, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [_, red, green, blue] = state.to_be_bytes();
        Rgb([red, green, blue])
    });
    let file = for_instagram(&png(&noise, None), Aspect::Story).expect("usable");
    assert!(file.len() <= MOST_BYTES, "{}", file.len());
    assert_eq!(read(&file).dimensions(), (1440, 2560));
}

proptest! {
    /// Whatever a provider sends, nothing panics, and what passes has the shape.
    #[test]
    fn any_bytes_are_survived(mut bytes in prop::collection::vec(any::<u8>(), 0..200), kind in 0..4_usize) {
        let heads: [&[u8]; 4] = [b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"RIFF\0\0\0\0WEBP"];
        let mut file = heads[kind].to_vec();
        file.append(&mut bytes);
        prop_assert!(for_instagram(&file, Aspect::Square).is_err());
    }

    #[test]
    fn any_size_is_cut_to_the_shape_or_refused(width in 1..5_000_u32, height in 1..5_000_u32, which in 0..4_usize) {
        let aspect = ALL[which];
        if let Ok((w, h)) = size_within(width, height, aspect) {
            let (across, down) = aspect.ratio();
            prop_assert_eq!(w * down, h * across);
            prop_assert!(w <= width && h <= height && w >= 320);
        }
    }
}
