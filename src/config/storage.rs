//! Where files are kept, and from where people read them.

use super::Reader;

/// # Source
/// <https://cloud.google.com/storage/docs/json_api> and <https://firebase.google.com/docs/storage/web/download-files>, read
/// 2026-11.
const STORAGE_URL: &str = "https://storage.googleapis.com";
const DOWNLOAD_URL: &str = "https://firebasestorage.googleapis.com";

/// Where files are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Storage {
    /// The bucket's name.
    pub bucket: String,
    /// Base URL of Cloud Storage, or of the emulator.
    pub base_url: String,
    /// Base URL of the links by which files are read.
    pub download_base_url: String,
}

impl Reader<'_> {
    pub(super) fn storage(&mut self, project_id: &str, emulator: Option<&str>) -> Storage {
        // The default bucket of a Firebase project.
        // Source: https://firebase.google.com/docs/storage/web/start, read 2026-11.
        let bucket = self.get("STORAGE_BUCKET").map_or_else(
            || format!("{project_id}.firebasestorage.app"),
            |name| name.trim().to_owned(),
        );
        // Source: https://cloud.google.com/storage/docs/buckets#naming, read 2026-11.
        let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
        if !(3..=222).contains(&bucket.len()) || !bucket.chars().all(letters) {
            self.faults.push(format!(
                "STORAGE_BUCKET: {bucket:?} is no bucket's name (no gs:// before it, no folder behind it)"
            ));
        }
        let emulator = emulator.map(|host| format!("http://{host}"));
        Storage {
            bucket,
            base_url: emulator.clone().unwrap_or_else(|| STORAGE_URL.to_owned()),
            download_base_url: emulator.unwrap_or_else(|| DOWNLOAD_URL.to_owned()),
        }
    }
}
