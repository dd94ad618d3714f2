//! The digest of what a message says, which its key holds.
//!
//! *Invariant:* the form that it is made of is stored, so to say, in each key of each database, and must not change: a field that
//! [`Content`] gets one day has no place in it.

use std::fmt::Write as _;

use crate::inbox::event::Content;
use crate::seal::digest_hex;

/// Room for the words of the form itself and a short text.
const USUAL_BYTES: usize = 320;

/// The first 16 digits of the content's digest.
pub(super) fn digest(content: &Content) -> String {
    digest_hex(form(content).as_bytes())[..16].to_owned()
}

/// The content as Rust's `Debug` writes it, which the first digests were made of; appended field by field, since nearly all of it is
/// absent and the formatter takes several times as long.
fn form(content: &Content) -> String {
    let mut form = String::with_capacity(USUAL_BYTES);
    form.push_str("Content { kind: ");
    quoted(content.kind, &mut form);
    form.push_str(", text: ");
    optional(content.text.as_ref(), &mut form);
    form.push_str(", attachments: ");
    if content.attachments.is_empty() {
        form.push_str("[]");
    } else {
        let _ = write!(form, "{:?}", content.attachments);
    }
    form.push_str(", reply_to: ");
    optional(content.reply_to.as_ref(), &mut form);
    form.push_str(", payload: ");
    optional(content.payload.as_ref(), &mut form);
    form.push_str(", referral: ");
    match &content.referral {
        None => form.push_str("None"),
        referral => {
            let _ = write!(form, "{referral:?}");
        }
    }
    form.push_str(", post_id: ");
    optional(content.post_id.as_ref(), &mut form);
    form.push_str(" }");
    form
}

fn optional(text: Option<&String>, form: &mut String) {
    match text {
        None => form.push_str("None"),
        Some(text) => {
            form.push_str("Some(");
            quoted(text, form);
            form.push(')');
        }
    }
}

fn quoted(text: &str, form: &mut String) {
    let plain = |byte: &u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\');
    if text.as_bytes().iter().all(plain) {
        form.push('"');
        form.push_str(text);
        form.push('"');
    } else {
        let _ = write!(form, "{text:?}");
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::inbox::event::{Attachment, Referral};

    #[test]
    fn digests_stay_what_they_were_in_databases() {
        let plain = Content {
            kind: "text",
            text: Some("Masih ada kursi?".to_owned()),
            ..Content::default()
        };
        assert_eq!(digest(&plain), "e3c2c97478b35af3");
        let full = Content {
            kind: "image",
            text: Some("\"Assalamu'alaikum\" \\ 🤲\n".to_owned()),
            attachments: vec![Attachment {
                kind: "image".to_owned(),
                media_id: Some("1".to_owned()),
                phones: vec!["0812".to_owned()],
                latitude: Some(-6.25),
                ..Attachment::default()
            }],
            reply_to: Some("wamid.A".to_owned()),
            payload: Some("{}".to_owned()),
            referral: Some(Referral {
                ad_id: Some("7".to_owned()),
                ..Referral::default()
            }),
            post_id: Some("5_6".to_owned()),
        };
        assert_eq!(digest(&full), "80f33ac9738190a2");
    }

    proptest! {
        #[test]
        fn the_form_is_that_of_debug(
            text in proptest::option::of(any::<String>()),
            payload in proptest::option::of(r"[ -~]{0,40}"),
            files in 0_usize..3,
            referred: bool,
        ) {
            let attachment = Attachment { title: text.clone(), longitude: Some(106.8), ..Attachment::default() };
            let content = Content {
                kind: "text",
                attachments: vec![attachment; files],
                referral: referred.then(|| Referral { url: payload.clone(), ..Referral::default() }),
                reply_to: text.clone(),
                text,
                payload,
                post_id: None,
            };
            prop_assert_eq!(form(&content), format!("{content:?}"));
        }
    }
}
