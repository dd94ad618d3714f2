//! What people read, in the language that they read.

use std::borrow::Cow;

/// A text for people, in the two languages of the organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// Indonesian.
    pub id: Cow<'static, str>,
    /// English.
    pub en: Cow<'static, str>,
}

/// Builds a [`Text`] from its Indonesian and its English form.
pub fn text(id: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>) -> Text {
    Text {
        id: id.into(),
        en: en.into(),
    }
}

/// The language that a person reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Indonesian, the default: it is what the organisation's people speak.
    #[default]
    Indonesian,
    /// English.
    English,
}

impl Language {
    /// The language of a request: `lang=id` or `lang=en` in its query, else what `Accept-Language` says. The query is for callers
    /// that can set no header, as the Firebase SDK.
    pub fn of_request(query: Option<&str>, accept_language: Option<&str>) -> Self {
        let wanted = query
            .into_iter()
            .flat_map(|query| query.split('&'))
            .find_map(|pair| pair.strip_prefix("lang="));
        match (wanted, accept_language) {
            (Some("id"), _) => Self::Indonesian,
            (Some("en"), _) => Self::English,
            (_, Some(header)) => Self::from_accept_language(header),
            (_, None) => Self::default(),
        }
    }

    /// Reads `Accept-Language`: the first of the two languages that it names, else Indonesian.
    pub fn from_accept_language(header: &str) -> Self {
        for range in header.split(',') {
            let tag = range.split(';').next().unwrap_or_default().trim();
            let primary = tag.split('-').next().unwrap_or_default();
            if primary.eq_ignore_ascii_case("id") {
                return Self::Indonesian;
            }
            if primary.eq_ignore_ascii_case("en") {
                return Self::English;
            }
        }
        Self::Indonesian
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_comes_before_the_header() {
        use Language::{English, Indonesian};
        for (query, header, language) in [
            (None, None, Indonesian),
            (Some("lang=en"), None, English),
            (Some("lang=id"), Some("en"), Indonesian),
            (Some("a=b&lang=en&c"), Some("id"), English),
            (Some("lang=fr"), Some("en"), English),
            (Some("xlang=en"), None, Indonesian),
        ] {
            assert_eq!(Language::of_request(query, header), language, "{query:?}");
        }
    }

    #[test]
    fn the_first_known_language_wins() {
        use Language::{English, Indonesian};
        for (header, language) in [
            ("", Indonesian),
            ("en", English),
            ("en-GB,id;q=0.5", English),
            ("fr, id-ID;q=0.9, en;q=0.8", Indonesian),
            ("fr, EN-us", English),
            ("*", Indonesian),
        ] {
            assert_eq!(
                Language::from_accept_language(header),
                language,
                "{header:?}"
            );
        }
    }
}
