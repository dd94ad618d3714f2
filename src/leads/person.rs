//! What a lead says of a person in words: name, email address, note.
//!
//! *Invariant:* the limits are those of `firestore.rules`, so that the service stores nothing that a client could not
//! store itself and then no longer change. None of these texts shows in `Debug`: they are somebody's.

use std::fmt;

/// Longest name, in characters.
pub const NAME_MAX_CHARS: usize = 200;

/// Longest email address, in characters.
///
/// # Source
/// RFC 3696, errata 1690: 64 before the @, 255 after it.
pub const EMAIL_MAX_CHARS: usize = 320;

/// Longest note, in characters.
pub const NOTE_MAX_CHARS: usize = 5_000;

/// Why a text is none of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing but blanks.
    #[error("must not be empty")]
    Empty,
    /// Longer than the limit.
    #[error("must have at most {0} characters")]
    TooLong(usize),
    /// Holds characters that no name has.
    #[error("must be one line of text")]
    NotOneLine,
    /// Not of the form name@host.domain.
    #[error("must be an email address")]
    NotAnEmail,
}

macro_rules! text {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash)]
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "(…)"))
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> String {
                text.0
            }
        }
    };
}

text! {
    /// A person's name: one line, 1 to 200 characters, no blanks around it.
    Name
}
text! {
    /// An email address as far as it can be told without writing to it.
    Email
}
text! {
    /// A remark: 1 to 5,000 characters, any lines.
    Note
}

impl Name {
    /// Parses a name; blanks around it are dropped.
    ///
    /// # Errors
    /// [`TextError`].
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let name = bounded(text, NAME_MAX_CHARS)?;
        if name.chars().any(char::is_control) {
            return Err(TextError::NotOneLine);
        }
        Ok(Self(name))
    }

    /// The name of somebody of whom nothing is known.
    pub fn unknown() -> Self {
        Self("Tanpa nama".to_owned())
    }
}

impl Email {
    /// Parses an email address; blanks around it are dropped.
    ///
    /// # Errors
    /// [`TextError`].
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let email = bounded(text, EMAIL_MAX_CHARS)?;
        let blank = |c: char| c.is_whitespace() || c.is_control();
        let fits = match email.split_once('@') {
            Some((name, host)) => {
                !name.is_empty()
                    && !host.contains('@')
                    && host
                        .split_once('.')
                        .is_some_and(|(host, domain)| !host.is_empty() && !domain.is_empty())
            }
            None => false,
        };
        if !fits || email.chars().any(blank) {
            return Err(TextError::NotAnEmail);
        }
        Ok(Self(email))
    }
}

impl Note {
    /// Parses a remark; blanks around it are dropped.
    ///
    /// # Errors
    /// [`TextError`].
    pub fn parse(text: &str) -> Result<Self, TextError> {
        bounded(text, NOTE_MAX_CHARS).map(Self)
    }
}

fn bounded(text: &str, most: usize) -> Result<String, TextError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(TextError::Empty);
    }
    if text.chars().count() > most {
        return Err(TextError::TooLong(most));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line_of_at_most_200_characters() {
        assert_eq!(
            Name::parse("  Siti Aminah ").map(String::from),
            Ok("Siti Aminah".into())
        );
        assert!(Name::parse(&"é".repeat(200)).is_ok());
        assert_eq!(
            Name::parse(&"é".repeat(201)),
            Err(TextError::TooLong(NAME_MAX_CHARS))
        );
        assert_eq!(Name::parse(" \u{a0} "), Err(TextError::Empty));
        assert_eq!(Name::parse("Siti\nBudi"), Err(TextError::NotOneLine));
    }

    #[test]
    fn an_email_has_a_name_a_host_and_a_domain() {
        for email in ["a@b.id", " siti.aminah+umrah@kantor.co.id "] {
            assert!(Email::parse(email).is_ok(), "{email:?}");
        }
        for email in [
            "siti",
            "@b.id",
            "a@",
            "a@b",
            "a@.id",
            "a@b.",
            "a b@c.id",
            "a@b@c.id",
            "a@b.i\u{a0}d",
        ] {
            assert_eq!(Email::parse(email), Err(TextError::NotAnEmail), "{email:?}");
        }
    }

    #[test]
    fn nobodys_words_show_in_debug() {
        let note = Note::parse("rahasia").expect("a note");
        assert_eq!(format!("{note:?}"), "Note(…)");
    }
}
