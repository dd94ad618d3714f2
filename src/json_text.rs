//! JSON text as other people's programs write it, mended so far that a strict parser takes it.

/// Replaces escapes of lone surrogates by U+FFFD. `JSON.stringify` writes them when a person pasted half an emoji, and
/// platforms when they cut a text by its length; neither must be refused. `None` when there is none.
pub fn mend_surrogates(json: &str) -> Option<String> {
    let unit = |at: usize| {
        let escape = json.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(escape, 16).ok()
    };
    let bytes = json.as_bytes();
    if !bytes.contains(&b'\\') {
        return None;
    }
    let mut mended = String::new();
    let (mut from, mut at) = (0, 0);
    while at < bytes.len() {
        if bytes[at] != b'\\' {
            at += 1;
            continue;
        }
        match unit(at) {
            Some(0xD800..=0xDBFF) if matches!(unit(at + 6), Some(0xDC00..=0xDFFF)) => at += 12,
            Some(0xD800..=0xDFFF) => {
                mended.push_str(&json[from..at]);
                mended.push_str("\\ufffd");
                at += 6;
                from = at;
            }
            Some(_) => at += 6,
            // Any other escape is two bytes long, `\\` above all; what follows it is no escape.
            None => at += 2,
        }
    }
    if from == 0 {
        return None;
    }
    mended.push_str(json.get(from..)?);
    Some(mended)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn half_an_emoji_becomes_the_replacement_character() {
        for (sent, read) in [
            (r#""a\ud83d""#, "a\u{fffd}"),
            (r#""\udc00b""#, "\u{fffd}b"),
            (r#""\ud83d\ud83d\ude00""#, "\u{fffd}😀"),
            (r#""\\ud83d\ud83d""#, "\\ud83d\u{fffd}"),
        ] {
            let mended = mend_surrogates(sent).unwrap_or_default();
            assert_eq!(
                serde_json::from_str::<String>(&mended).ok().as_deref(),
                Some(read),
                "{sent}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in r"[\\ud8c0-9\u{e9}\u{1f600}]{0,40}") {
            let _ = mend_surrogates(&text);
        }

        #[test]
        fn what_is_well_formed_is_not_mended(text in ".*") {
            let json = serde_json::to_string(&text).unwrap_or_default();
            prop_assert_eq!(mend_surrogates(&json), None);
        }
    }
}
