//! Files of messages: which are fetched into Storage, and what an attachment says of it.
//!
//! Pure here; `store` (what is to be fetched), `fetch` (one turn of it), `tasks` (queue and sweep) beside. Only what stands on the
//! message itself is kept: of a story that mentions us the link alone, since it must vanish with the story, and of what is to be
//! seen once nothing.

pub mod fetch;
pub mod store;
pub mod tasks;

use jiff::SignedDuration;

use super::event::{Attachment, ChannelKind, Content};
use crate::seal::digest_hex;

/// Kinds of attachments that are files of the message itself.
const KEPT: [&str; 7] = [
    "image", "video", "audio", "voice", "document", "file", "sticker",
];

/// Largest files taken, in bytes, by kind.
///
/// # Source
/// <https://developers.facebook.com/docs/whatsapp/cloud-api/reference/media>, read 2026-11: images 5 MB, audio and video 16 MB,
/// documents 100 MB, stickers 500 KB; Messenger and Instagram take images up to 8 MB and files up to 25 MB.
pub fn most_bytes(kind: &str) -> usize {
    match kind {
        "image" | "sticker" => 10 << 20,
        "document" => 100 << 20,
        _ => 26 << 20,
    }
}

/// How long the platform has a file, or may be expected to: after that no attempt is made any more.
///
/// # Source
/// `WhatsApp`: ids from webhooks live for seven days (media reference, read 2026-11). Of the others' links Meta says only that they
/// expire.
pub fn kept_for(kind: ChannelKind) -> SignedDuration {
    match kind {
        ChannelKind::WhatsApp => SignedDuration::from_hours(7 * 24),
        ChannelKind::Instagram
        | ChannelKind::Messenger
        | ChannelKind::InstagramComment
        | ChannelKind::FacebookComment => SignedDuration::from_hours(24),
    }
}

/// Whether an attachment of such a message is fetched.
pub fn is_fetched(kind: ChannelKind, content: &Content, attachment: &Attachment) -> bool {
    if content.kind == "unsupported" || !KEPT.contains(&attachment.kind.as_str()) {
        return false;
    }
    match kind {
        ChannelKind::WhatsApp => attachment.media_id.is_some(),
        ChannelKind::Instagram | ChannelKind::Messenger => attachment.url.is_some(),
        // Comments come without their pictures.
        ChannelKind::InstagramComment | ChannelKind::FacebookComment => false,
    }
}

/// What tells one file from another: the platform's id of it, or its link without what is signed anew each time.
pub fn name_of(media_id: Option<&str>, url: Option<&str>) -> String {
    let link = || url.unwrap_or_default().split(['?', '#']).next();
    let identity = media_id.or_else(link).unwrap_or_default();
    digest_hex(identity.as_bytes())[..24].to_owned()
}

/// The pause before the next attempt.
pub fn pause(attempts: u32) -> SignedDuration {
    SignedDuration::from_secs(30 << attempts.min(7))
}

/// Whether a file has a digest that the platform states, in hexadecimal or in Base64.
pub fn has_digest(bytes: &[u8], stated: &str) -> bool {
    use base64::Engine as _;
    let stated = stated.trim();
    let hex = match base64::engine::general_purpose::STANDARD.decode(stated) {
        Ok(raw) if raw.len() == 32 => crate::seal::hex(&raw),
        _ => stated.to_ascii_lowercase(),
    };
    digest_hex(bytes) == hex
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_story_and_what_is_seen_once_are_not_kept() {
        let attachment = |kind: &str| Attachment {
            kind: kind.to_owned(),
            url: Some("https://scontent.xx.fbcdn.net/v/1".to_owned()),
            ..Attachment::default()
        };
        let content = |kind| Content {
            kind,
            ..Content::default()
        };
        for (kind, fetched) in [
            ("image", true),
            ("video", true),
            ("file", true),
            ("story_mention", false),
            ("story", false),
            ("share", false),
            ("reel", false),
            ("ephemeral", false),
            ("template", false),
        ] {
            let is = is_fetched(ChannelKind::Instagram, &content("x"), &attachment(kind));
            assert_eq!(is, fetched, "{kind}");
        }
        let unsupported = content("unsupported");
        assert!(!is_fetched(
            ChannelKind::Instagram,
            &unsupported,
            &attachment("image")
        ));
        assert!(!is_fetched(
            ChannelKind::WhatsApp,
            &content("image"),
            &attachment("image")
        ));
    }

    #[test]
    fn a_digest_is_known_in_both_dresses() {
        let hex = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert!(has_digest(b"abc", hex));
        assert!(has_digest(b"abc", &hex.to_uppercase()));
        assert!(has_digest(
            b"abc",
            "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="
        ));
        assert!(!has_digest(b"abd", hex));
        assert!(!has_digest(b"abc", ""));
    }

    #[test]
    fn the_same_file_under_a_link_signed_anew_is_the_same() {
        let name = |url| name_of(None, Some(url));
        assert_eq!(
            name("https://h/v/1?oh=a&oe=1"),
            name("https://h/v/1?oh=b&oe=2")
        );
        assert_ne!(name("https://h/v/1"), name("https://h/v/2"));
        assert_ne!(name_of(Some("1"), None), name_of(Some("2"), None));
    }
}
