//! Phone numbers: whatever people type, as one E.164 text.
//!
//! The plan of each country's numbers comes from `phonenumber`, which carries Google's libphonenumber data. This module
//! only decides which number a text means before it asks whether there can be such a number: the crate's own reading
//! of national forms takes `62812…` for a national number and guesses at letters.

use std::fmt;

/// Longest text looked at, in characters: a number with every separator that people put into one, and room.
const MAX_CHARS: usize = 60;

/// The calling code of Indonesia, where numbers without one are taken to be.
const INDONESIA: &str = "62";

/// What stands before the number in the exports of Meta's lead forms, in links, and in spreadsheets that must not take
/// it for a number.
const MARKS: [&str; 4] = ["p:", "tel:", "'", "\u{2019}"];

/// A phone number in E.164 form: `+`, country, number, at most 15 digits.
///
/// *Invariant:* matches `^\+[1-9][0-9]{6,14}$` and is possible in the numbering plan of its country. `Debug` does not
/// show it: no phone stands in a log.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Phone(String);

/// Why a text is no phone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// No digit in it.
    #[error("must not be empty")]
    Empty,
    /// Something in it is neither a digit nor a separator, or it is far too long.
    #[error("must be one phone number")]
    NotANumber,
    /// It begins neither with 0 nor with 8 nor with a country, so nobody knows whose number it is.
    #[error("must begin with 0, with 62, or with + and the country code")]
    NoCountry,
    /// No number of its country looks like this: mostly a digit is missing or too many.
    #[error("is not a number of its country: a digit is missing or too many")]
    Impossible,
}

impl Phone {
    /// Reads a number as it is typed in Indonesia: `0812…`, `62812…`, `+62 812-…`, `(0812) 3456 7890`, `812…`, with any
    /// blanks, dots, dashes and brackets, in any digits; other countries with `+` or `00`.
    ///
    /// # Errors
    /// [`PhoneError`].
    pub fn parse(text: &str) -> Result<Self, PhoneError> {
        let digits = Typed::read(text)?;
        let number = digits.international().ok_or(PhoneError::NoCountry)?;
        possible(&number).map(Self).ok_or(PhoneError::Impossible)
    }

    /// The number in E.164 form.
    pub fn as_e164(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phone(…)")
    }
}

/// What a text holds once all that only serves the eye is gone.
struct Typed {
    plus: bool,
    digits: String,
}

impl Typed {
    fn read(text: &str) -> Result<Self, PhoneError> {
        if text.chars().count() > MAX_CHARS {
            return Err(PhoneError::NotANumber);
        }
        let mut typed = Self {
            plus: false,
            digits: String::new(),
        };
        for c in unmarked(text).chars() {
            match digit(c) {
                Some(digit) => typed.digits.push(digit),
                None if matches!(c, '+' | '＋') && !typed.plus && typed.digits.is_empty() => {
                    typed.plus = true;
                }
                None if separates(c) => {}
                None => return Err(PhoneError::NotANumber),
            }
        }
        if typed.digits.is_empty() {
            return Err(PhoneError::Empty);
        }
        Ok(typed)
    }

    /// The number with its country, or nothing when none is meant.
    fn international(self) -> Option<String> {
        let Self { plus, digits } = self;
        let (abroad, digits) = match digits.strip_prefix("00") {
            Some(rest) if !rest.starts_with('0') => (true, rest.to_owned()),
            // A plus before a zero names no country: the zero says that the number is national.
            _ => (plus && !digits.starts_with('0'), digits),
        };
        if let Some(national) = digits.strip_prefix(INDONESIA) {
            // "+62 (0)812…": the zero is not dialled behind the country.
            return Some(format!("+{INDONESIA}{}", national.trim_start_matches('0')));
        }
        if abroad {
            return Some(format!("+{digits}"));
        }
        // A mobile number without its zero, as spreadsheets leave it, is still known by its 8.
        let national = digits.trim_start_matches('0');
        (digits.starts_with('0') || digits.starts_with('8'))
            .then(|| format!("+{INDONESIA}{national}"))
    }
}

fn unmarked(text: &str) -> &str {
    let text = text.trim();
    MARKS
        .iter()
        .find_map(|mark| {
            let start = text.get(..mark.len())?;
            start
                .eq_ignore_ascii_case(mark)
                .then(|| &text[mark.len()..])
        })
        .unwrap_or(text)
}

/// The digit that a character shows: Latin, full-width, and the two Arabic kinds that pilgrims' phones have.
fn digit(c: char) -> Option<char> {
    let zero = match c {
        '0'..='9' => '0',
        '\u{ff10}'..='\u{ff19}' => '\u{ff10}',
        '\u{660}'..='\u{669}' => '\u{660}',
        '\u{6f0}'..='\u{6f9}' => '\u{6f0}',
        _ => return None,
    };
    char::from_digit(u32::from(c) - u32::from(zero), 10)
}

/// Blanks, dots, dashes, brackets, and the invisible marks that come along when a number is copied.
fn separates(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '-' | '.' | '(' | ')' | '\u{ad}' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2024}' | '\u{fe63}'
            | '\u{ff0d}' | '\u{ff0e}' | '\u{ff08}' | '\u{ff09}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
        )
}

/// The number in E.164 form, if there can be such a number.
fn possible(number: &str) -> Option<String> {
    let settled = e164(number)?;
    // Some plans have forms that settle in two steps; only the settled one, which gives itself, is unique.
    (settled == number || e164(&settled)? == settled).then_some(settled)
}

fn e164(number: &str) -> Option<String> {
    let shaped = |text: &str| {
        text.strip_prefix('+').is_some_and(|digits| {
            (7..=15).contains(&digits.len())
                && !digits.starts_with('0')
                && digits.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    if !shaped(number) {
        return None;
    }
    let parsed = phonenumber::parse(None, number).ok()?;
    // The crate's own formatting looks for the country's way of writing first, a dozen patterns, and then leaves it unused.
    let text = format!("+{}{}", parsed.code().value(), parsed.national());
    (parsed.is_valid() && shaped(&text)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parsed(text: &str) -> Result<String, PhoneError> {
        Phone::parse(text).map(|phone| phone.0)
    }

    #[test]
    fn reads_the_forms_that_people_type() {
        for text in [
            "081234567890",
            "0812-3456-7890",
            "0812 3456 7890",
            "0812.3456.7890",
            "(0812) 3456 7890",
            "6281234567890",
            "+6281234567890",
            "+62 812-3456-7890",
            "+62 (0)812 3456 7890",
            "62 0812 3456 7890",
            "(+62) 812 3456 7890",
            "006281234567890",
            "+0812 3456 7890",
            "81234567890",
            "812-3456-7890",
            "\u{a0}0812\u{a0}3456\u{a0}7890\u{a0}",
            "\u{202a}+62 812\u{2011}3456\u{2011}7890\u{202c}",
            "０８１２３４５６７８９０",
            "٠٨١٢٣٤٥٦٧٨٩٠",
            "'081234567890",
            "p:+6281234567890",
            "tel:+62-812-3456-7890",
        ] {
            assert_eq!(parsed(text), Ok("+6281234567890".into()), "{text:?}");
        }
    }

    #[test]
    fn reads_landlines_and_other_countries() {
        for (text, e164) in [
            ("(021) 555 1234", "+62215551234"),
            ("+62 21 5551234", "+62215551234"),
            ("+966 50 123 4567", "+966501234567"),
            ("00966501234567", "+966501234567"),
            ("+966 (0)50 123 4567", "+966501234567"),
            ("+60 12-345 6789", "+60123456789"),
            ("+1 202 555 0143", "+12025550143"),
            ("+65 9123 4567", "+6591234567"),
        ] {
            assert_eq!(parsed(text), Ok(e164.into()), "{text:?}");
        }
    }

    #[test]
    fn refuses_what_is_no_number() {
        for (text, error) in [
            ("", PhoneError::Empty),
            (" - ", PhoneError::Empty),
            ("+", PhoneError::Empty),
            ("0812 tanya Budi", PhoneError::NotANumber),
            ("0812345678/0813456789", PhoneError::NotANumber),
            ("6.28123E+12", PhoneError::NotANumber),
            ("0812+3456", PhoneError::NotANumber),
            ("++6281234567890", PhoneError::NotANumber),
            ("21 5551234", PhoneError::NoCountry),
            ("12345678", PhoneError::NoCountry),
            ("0812345", PhoneError::Impossible),
            ("08123456789012", PhoneError::Impossible),
            ("+999 123 456 789", PhoneError::Impossible),
            ("0000000000", PhoneError::Impossible),
            ("+62", PhoneError::Impossible),
        ] {
            assert_eq!(parsed(text), Err(error), "{text:?}");
        }
        assert_eq!(
            parsed(&"0812 3456 7890 ".repeat(5)),
            Err(PhoneError::NotANumber)
        );
    }

    #[test]
    fn no_phone_shows_in_debug() {
        let phone = Phone::parse("081234567890").expect("a phone");
        assert_eq!(format!("{phone:?}"), "Phone(…)");
    }

    /// An Indonesian mobile number behind its 62.
    fn mobile() -> impl Strategy<Value = String> {
        "8[1-35-9][0-9]{7,10}"
    }

    /// What people put between two digits.
    fn separator() -> impl Strategy<Value = &'static str> {
        prop::sample::select(vec![
            "", "", "", " ", "-", ".", "\u{a0}", "\u{2011}", "\u{200b}", "  ", " - ",
        ])
    }

    fn prefix() -> impl Strategy<Value = &'static str> {
        prop::sample::select(vec![
            "0", "62", "+62", "", "+62 (0)", "0062", "(0)", "p:+62", "'0", "tel:+62-", "＋62", "+0",
        ])
    }

    proptest! {
        #[test]
        fn any_rendering_of_a_number_gives_the_same_text(
            national in mobile(),
            prefix in prefix(),
            separators in prop::collection::vec(separator(), 13),
            wide in any::<bool>(),
        ) {
            let mut text = prefix.to_owned();
            for (digit, separator) in national.chars().zip(separators) {
                let shown = match digit.to_digit(10).and_then(|digit| char::from_u32(0xff10 + digit)) {
                    Some(full_width) if wide => full_width,
                    _ => digit,
                };
                text.push(shown);
                text.push_str(separator);
            }
            prop_assert_eq!(parsed(&text), Ok(format!("+62{national}")), "{:?}", text);
        }

        #[test]
        fn never_panics_and_what_it_gives_is_settled(text in "[+]?[0-9 ()./-]{0,20}|.*") {
            if let Ok(phone) = Phone::parse(&text) {
                prop_assert_eq!(Phone::parse(phone.as_e164()), Ok(phone.clone()));
                let digits = phone.as_e164().strip_prefix('+').unwrap_or_default();
                prop_assert!((7..=15).contains(&digits.len()));
                prop_assert!(!digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit()));
            }
        }

        #[test]
        fn numbers_of_any_country_are_settled(number in "[+][1-9][0-9]{6,14}") {
            if let Ok(phone) = Phone::parse(&number) {
                prop_assert_eq!(Phone::parse(phone.as_e164()), Ok(phone));
            }
        }
    }
}
