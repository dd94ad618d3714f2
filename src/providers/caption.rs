//! Reads the caption out of a JSON object while the object is still being written.
//!
//! Not a JSON parser: it follows strings, escapes and depth, finds the member `caption` of the outermost object, and gives out its
//! text as far as it is certain. Whether the whole is JSON at all is decided at the end, by `serde_json`.

use std::mem;

/// Follows one object. Text may be fed in pieces cut anywhere between two characters.
#[derive(Debug, Default)]
pub(super) struct CaptionReader {
    depth: usize,
    place: Place,
    string: Option<Text>,
    /// The last string at depth 1 that may be a member's name.
    name: String,
    done: bool,
}

/// What the next string of the outermost object is.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Place {
    #[default]
    Name,
    Value,
}

/// A string being read.
#[derive(Debug)]
struct Text {
    use_as: Use,
    escape: Escape,
    /// The first half of a character that JSON writes in two.
    high_surrogate: Option<u16>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    Name,
    Caption,
    Nothing,
}

/// Inside an escape, and how far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Escape {
    No,
    Begun,
    Unicode { digits: u8, value: u16 },
}

impl CaptionReader {
    /// Takes the next piece of the object and returns the caption text that it completes.
    pub(super) fn feed(&mut self, piece: &str) -> String {
        let mut out = String::new();
        for c in piece.chars() {
            self.step(c, &mut out);
        }
        out
    }

    fn step(&mut self, c: char, out: &mut String) {
        let Some(mut text) = self.string.take() else {
            self.between(c);
            return;
        };
        match text.use_as {
            Use::Name => {
                let mut name = mem::take(&mut self.name);
                let open = text.step(c, &mut name);
                self.name = name;
                self.string = open.then_some(text);
            }
            Use::Caption => {
                let open = text.step(c, out);
                self.done |= !open;
                self.string = open.then_some(text);
            }
            Use::Nothing => {
                let open = text.step(c, &mut String::new());
                self.string = open.then_some(text);
            }
        }
    }

    /// A character outside of strings.
    fn between(&mut self, c: char) {
        match c {
            '{' | '[' => self.depth += 1,
            '}' | ']' => self.depth = self.depth.saturating_sub(1),
            ':' if self.depth == 1 => self.place = Place::Value,
            ',' if self.depth == 1 => self.place = Place::Name,
            '"' => {
                let use_as = match self.place {
                    Place::Name if self.depth == 1 => {
                        self.name.clear();
                        Use::Name
                    }
                    Place::Value if self.depth == 1 && self.name == "caption" && !self.done => {
                        Use::Caption
                    }
                    Place::Name | Place::Value => Use::Nothing,
                };
                self.string = Some(Text {
                    use_as,
                    escape: Escape::No,
                    high_surrogate: None,
                });
            }
            _ => {}
        }
    }
}

impl Text {
    /// Takes a character of the string; what it stands for goes to `out`. Returns whether the string goes on.
    fn step(&mut self, c: char, out: &mut String) -> bool {
        match self.escape {
            Escape::No => match c {
                '"' => {
                    self.flush(out);
                    return false;
                }
                '\\' => self.escape = Escape::Begun,
                c => self.plain(c, out),
            },
            Escape::Begun => {
                self.escape = Escape::No;
                match c {
                    'u' => {
                        self.escape = Escape::Unicode {
                            digits: 0,
                            value: 0,
                        };
                    }
                    'n' => self.plain('\n', out),
                    't' => self.plain('\t', out),
                    'r' => self.plain('\r', out),
                    'b' => self.plain('\u{8}', out),
                    'f' => self.plain('\u{c}', out),
                    c => self.plain(c, out),
                }
            }
            Escape::Unicode { digits, value } => {
                let digit = c.to_digit(16).and_then(|digit| u16::try_from(digit).ok());
                let value = value << 4 | digit.unwrap_or_default();
                if digits < 3 {
                    self.escape = Escape::Unicode {
                        digits: digits + 1,
                        value,
                    };
                } else {
                    self.escape = Escape::No;
                    self.unit(value, out);
                }
            }
        }
        true
    }

    fn plain(&mut self, c: char, out: &mut String) {
        self.flush(out);
        out.push(c);
    }

    /// A UTF-16 unit: a character, or half of one.
    fn unit(&mut self, unit: u16, out: &mut String) {
        if (0xD800..0xDC00).contains(&unit) {
            self.flush(out);
            self.high_surrogate = Some(unit);
            return;
        }
        let units = [self.high_surrogate.take(), Some(unit)];
        out.extend(
            char::decode_utf16(units.into_iter().flatten())
                .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)),
        );
    }

    /// Half a character whose other half did not come.
    fn flush(&mut self, out: &mut String) {
        if self.high_surrogate.take().is_some() {
            out.push(char::REPLACEMENT_CHARACTER);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn read(text: &str, cuts: &[usize]) -> String {
        let chars: Vec<char> = text.chars().collect();
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (chars.len() + 1)).collect();
        cuts.extend([0, chars.len()]);
        cuts.sort_unstable();
        let mut reader = CaptionReader::default();
        cuts.windows(2)
            .map(|pair| reader.feed(&chars[pair[0]..pair[1]].iter().collect::<String>()))
            .collect()
    }

    /// JSON with every character of its strings as `\uXXXX`.
    fn escaped(text: &str) -> String {
        let units = text.encode_utf16().fold(String::new(), |mut units, unit| {
            let _ = write!(units, "\\u{unit:04x}");
            units
        });
        format!("{{\"hashtags\":[],\"caption\":\"{units}\"}}")
    }

    proptest! {
        #[test]
        fn any_caption_comes_out_whole_however_it_is_cut(
            caption in any::<String>(),
            other in any::<String>(),
            cuts in prop::collection::vec(any::<usize>(), 0..12),
        ) {
            let before = json!({ "caption": caption, "hashtags": [other], "altText": other }).to_string();
            prop_assert_eq!(read(&before, &cuts), caption.clone());
            let after = json!({ "altText": other, "nested": { "caption": other }, "caption": caption }).to_string();
            prop_assert_eq!(read(&after, &cuts), caption.clone());
            prop_assert_eq!(read(&escaped(&caption), &cuts), caption);
        }

        #[test]
        fn nothing_makes_it_panic(text in any::<String>(), cuts in prop::collection::vec(any::<usize>(), 0..4)) {
            read(&text, &cuts);
        }
    }

    #[test]
    fn text_leaves_with_the_piece_that_completes_it() {
        let mut reader = CaptionReader::default();
        let pieces = [
            "{\"cap",
            "tion\": \"Lab",
            "baik",
            "\\",
            "n\\ud83d",
            "\\ude4f",
            "\", \"x\": \"no\"}",
        ];
        let out: Vec<String> = pieces.iter().map(|piece| reader.feed(piece)).collect();
        assert_eq!(out, ["", "Lab", "baik", "", "\n", "🙏", ""]);
    }

    #[test]
    fn another_members_string_is_not_the_caption() {
        for text in [
            r#"{"altText":"caption","hashtags":["caption"]}"#,
            r#"["caption","x"]"#,
            r#"{"a":{"caption":"inner"}}"#,
            r#"{"caption":["x"]}"#,
            r#"{"caption":{"caption":"x"}}"#,
        ] {
            assert_eq!(read(text, &[]), "", "{text}");
        }
    }

    #[test]
    fn half_a_character_becomes_the_replacement() {
        assert_eq!(
            read(r#"{"caption":"a\ud83db\ude4f"}"#, &[]),
            "a\u{fffd}b\u{fffd}"
        );
    }
}
