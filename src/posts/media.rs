//! The heads of pictures and films: what they are, before a platform is asked to fetch them.
//!
//! *Invariant:* pure, and total over any bytes. What cannot be read of a film is left to the platform; what is plainly
//! wrong is refused here, with words.
//!
//! # Source
//! Limits: <https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media>, read
//! 2026-11.

mod jpeg;
mod mp4;

use super::{Form, Kind, Outlet};
use crate::error::{Text, text};

/// How much of a file is read: the tables of a film of 15 minutes stand within it.
pub const HEAD_BYTES: u64 = 2 << 20;

const MB: u64 = 1_000_000;

/// What a picture's head says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Picture {
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// What a film's head says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Film {
    /// Its length in milliseconds, if it says.
    pub length_ms: Option<u64>,
    /// Whether it has a track in a coding that no platform takes.
    pub foreign_coding: bool,
}

/// A stored file, as far as it was read.
#[derive(Debug, Clone, Copy)]
pub struct File<'a> {
    /// What it is stored as.
    pub form: Form,
    /// Its first bytes, up to [`HEAD_BYTES`].
    pub head: &'a [u8],
    /// Its whole size.
    pub size_bytes: u64,
}

/// Whether a platform takes a file in a post of a kind.
///
/// # Errors
/// What is wrong with it.
pub fn check(outlet: Outlet, kind: Kind, file: File<'_>) -> Result<(), Text> {
    match file.form {
        Form::Image => picture(outlet, kind, file),
        Form::Video => film(outlet, kind, file),
    }
}

fn picture(outlet: Outlet, kind: Kind, file: File<'_>) -> Result<(), Text> {
    if file.size_bytes > 8 * MB {
        return Err(text(
            "Gambar paling besar 8 MB.",
            "A picture has at most 8 MB.",
        ));
    }
    let Some(Picture { width, height }) = jpeg::read(file.head) else {
        return Err(text(
            "Gambar harus berupa JPEG.",
            "A picture must be a JPEG.",
        ));
    };
    if outlet == Outlet::Page {
        return Ok(());
    }
    if width < 320 {
        return Err(text(
            "Lebar gambar paling sedikit 320 piksel.",
            "A picture is at least 320 pixels wide.",
        ));
    }
    // 4:5 to 1.91:1, with a pixel of rounding to either side. A story shows any shape.
    let (width, height) = (u64::from(width), u64::from(height));
    let fits = (width + 1) * 5 >= height * 4 && width * 100 <= (height + 1) * 191;
    if kind != Kind::Story && !fits {
        return Err(text(
            "Rasio gambar harus antara 4:5 dan 1,91:1.",
            "A picture's shape must be between 4:5 and 1.91:1.",
        ));
    }
    Ok(())
}

fn film(outlet: Outlet, kind: Kind, file: File<'_>) -> Result<(), Text> {
    let Film {
        length_ms,
        foreign_coding,
    } = mp4::read(file.head).map_err(|fault| match fault {
        mp4::Fault::NoFilm => text("Video harus berupa MP4.", "A film must be an MP4."),
        mp4::Fault::MoovLast => text(
            "Indeks video (moov) harus di awal berkas; simpan ulang dengan opsi fast start.",
            "The film's index (moov) must stand first; save it again with the fast-start option.",
        ),
    })?;
    if foreign_coding {
        return Err(text(
            "Video harus memakai H.264 atau HEVC, dengan suara AAC.",
            "A film must be coded in H.264 or HEVC, its sound in AAC.",
        ));
    }
    let (most_mb, longest_s) = match (outlet, kind) {
        (Outlet::Page, _) => (1_000, 4 * 3_600),
        (Outlet::Instagram, Kind::Story) => (100, 60),
        (Outlet::Instagram, _) => (300, 15 * 60),
    };
    if file.size_bytes > most_mb * MB {
        return Err(text(
            format!("Video paling besar {most_mb} MB."),
            format!("A film has at most {most_mb} MB."),
        ));
    }
    let fits = |ms: u64| outlet == Outlet::Page || (3_000..=longest_s * 1_000).contains(&ms);
    if length_ms.is_some_and(|ms| !fits(ms)) {
        return Err(text(
            format!("Panjang video 3 sampai {longest_s} detik."),
            format!("A film is 3 to {longest_s} seconds long."),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
