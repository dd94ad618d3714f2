//! The shapes of pictures and films, and what each provider has nearest to them.

/// The shape of a picture or film. A provider makes the nearest that it has; cutting is the caller's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Aspect {
    /// 1:1.
    #[cfg_attr(test, ts(rename = "1:1"))]
    Square,
    /// 4:5, the tallest that Instagram's feed takes.
    #[cfg_attr(test, ts(rename = "4:5"))]
    Portrait,
    /// 9:16, a full phone.
    #[cfg_attr(test, ts(rename = "9:16"))]
    Story,
    /// 16:9.
    #[cfg_attr(test, ts(rename = "16:9"))]
    Landscape,
}

impl Aspect {
    /// Every shape.
    pub const ALL: [Self; 4] = [Self::Square, Self::Portrait, Self::Story, Self::Landscape];

    /// Width and height in their smallest numbers.
    pub fn ratio(self) -> (u32, u32) {
        match self {
            Self::Square => (1, 1),
            Self::Portrait => (4, 5),
            Self::Story => (9, 16),
            Self::Landscape => (16, 9),
        }
    }

    /// The word for it in orders, as `4:5`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Square => "1:1",
            Self::Portrait => "4:5",
            Self::Story => "9:16",
            Self::Landscape => "16:9",
        }
    }

    /// The shape of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|shape| shape.as_str() == word)
    }

    /// # Source
    /// <https://developers.openai.com/api/docs/guides/image-generation>, read 2026-11: three sizes that all models have.
    pub(super) fn openai_size(self) -> &'static str {
        match self {
            Self::Square => "1024x1024",
            Self::Portrait | Self::Story => "1024x1536",
            Self::Landscape => "1536x1024",
        }
    }

    /// # Source
    /// <https://ai.google.dev/gemini-api/docs/image-generation#aspect_ratios>, read 2026-11.
    pub(super) fn gemini_ratio(self) -> &'static str {
        match self {
            Self::Square => "1:1",
            Self::Portrait => "3:4",
            Self::Story => "9:16",
            Self::Landscape => "16:9",
        }
    }

    pub(super) fn film_ratio(self) -> &'static str {
        match self {
            Self::Square | Self::Portrait | Self::Story => "9:16",
            Self::Landscape => "16:9",
        }
    }
}
