//! What somebody wants made, read from a form or a document. *Invariant:* pure.

use crate::error::{Error, Text, text};
use crate::providers::Aspect;

/// Longest topic, in characters.
pub const TOPIC_CHARS: usize = 2_000;

/// Longest tone and longest language, in characters.
const TONE_CHARS: usize = 100;
const LANGUAGE_CHARS: usize = 35;

/// Where the content is to appear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say all")]
#[cfg_attr(
    test,
    derive(ts_rs::TS),
    ts(rename = "ContentPlatform", rename_all = "SCREAMING_SNAKE_CASE")
)]
pub enum Platform {
    Instagram,
    Facebook,
    Whatsapp,
}

impl Platform {
    /// Every platform.
    pub const ALL: [Self; 3] = [Self::Instagram, Self::Facebook, Self::Whatsapp];

    /// The word for it in documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Instagram => "INSTAGRAM",
            Self::Facebook => "FACEBOOK",
            Self::Whatsapp => "WHATSAPP",
        }
    }

    /// The platform of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|platform| platform.as_str() == word)
    }
}

/// What is to be made beside the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[expect(missing_docs, reason = "the names say all")]
#[cfg_attr(
    test,
    derive(ts_rs::TS),
    ts(rename = "ContentMedia", rename_all = "SCREAMING_SNAKE_CASE")
)]
pub enum Media {
    #[default]
    None,
    Image,
    Video,
}

impl Media {
    /// The word for it in documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::Image => "IMAGE",
            Self::Video => "VIDEO",
        }
    }

    /// The kind of a word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::None, Self::Image, Self::Video]
            .into_iter()
            .find(|media| media.as_str() == word)
    }

    /// The shapes that it can have, its usual one first.
    ///
    /// # Source
    /// Instagram's feed shows pictures from 4:5 to 1.91:1 and stories 9:16:
    /// <https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media>, read 2026-11.
    /// Films are made in two shapes: see `clients::gemini`.
    pub fn aspects(self) -> &'static [Aspect] {
        match self {
            Self::None => &[],
            Self::Image => &[
                Aspect::Portrait,
                Aspect::Square,
                Aspect::Story,
                Aspect::Landscape,
            ],
            Self::Video => &[Aspect::Story, Aspect::Landscape],
        }
    }
}

/// What somebody wants written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// What about; whatever it says is data for the model, not an instruction.
    pub topic: String,
    /// For where.
    pub platform: Platform,
    /// In which manner, beside the organisation's own.
    pub tone: Option<String>,
    /// In which language; Indonesian without.
    pub language: Option<String>,
    /// With what.
    pub media: Media,
    /// In which shape, as `4:5`.
    pub aspect: Option<String>,
}

/// An order as it comes in, from a form or a document.
#[derive(Debug, Clone, Default)]
pub struct RawOrder<'a> {
    /// `topic`.
    pub topic: &'a str,
    /// `platform`.
    pub platform: &'a str,
    /// `options.tone`.
    pub tone: Option<&'a str>,
    /// `options.language`.
    pub language: Option<&'a str>,
    /// `options.media`.
    pub media: Option<&'a str>,
    /// `options.aspect`.
    pub aspect: Option<&'a str>,
}

impl Order {
    /// Reads an order.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` with the field.
    pub fn parse(raw: &RawOrder<'_>) -> Result<Self, Error> {
        let topic = raw.topic.trim();
        if topic.is_empty() || topic.chars().count() > TOPIC_CHARS {
            let wrong = text(
                format!("Topik wajib diisi, paling panjang {TOPIC_CHARS} karakter."),
                format!("The topic is required and has at most {TOPIC_CHARS} characters."),
            );
            return Err(Error::field("topic", wrong));
        }
        let platform = Platform::parse(raw.platform).ok_or_else(|| {
            let known = Platform::ALL.map(Platform::as_str).join(", ");
            Error::field("platform", one_of("Platform", "platform", &known))
        })?;
        let media = match raw.media {
            None => Media::None,
            Some(word) => Media::parse(word).ok_or_else(|| {
                Error::field(
                    "options.media",
                    one_of("Media", "media", "NONE, IMAGE, VIDEO"),
                )
            })?,
        };
        if let Some(aspect) = raw.aspect {
            let known = media.aspects();
            // Where nothing is drawn, the shape is looked at only as far as the rules do.
            let fits = match known {
                [] => is_ratio(aspect),
                known => Aspect::parse(aspect).is_some_and(|aspect| known.contains(&aspect)),
            };
            if !fits {
                return Err(Error::field("options.aspect", wrong_aspect(known)));
            }
        }
        Ok(Self {
            topic: topic.to_owned(),
            platform,
            tone: short("options.tone", raw.tone, TONE_CHARS)?,
            language: short("options.language", raw.language, LANGUAGE_CHARS)?,
            media,
            aspect: raw.aspect.map(ToOwned::to_owned),
        })
    }

    /// The shape of what is to be made beside the text.
    pub fn shape(&self) -> Aspect {
        let usual = self.media.aspects().first().copied();
        let asked = self.aspect.as_deref().and_then(Aspect::parse);
        asked.or(usual).unwrap_or(Aspect::Square)
    }
}

fn wrong_aspect(known: &[Aspect]) -> Text {
    if known.is_empty() {
        return text(
            "Rasio gambar ditulis seperti 4:5.",
            "The aspect is written like 4:5.",
        );
    }
    let words: Vec<&str> = known.iter().map(|aspect| aspect.as_str()).collect();
    one_of("Rasio", "aspect", &words.join(", "))
}

fn one_of(id: &str, en: &str, known: &str) -> Text {
    text(
        format!("{id} harus salah satu dari {known}."),
        format!("The {en} must be one of {known}."),
    )
}

fn short(field: &str, value: Option<&str>, most: usize) -> Result<Option<String>, Error> {
    let value = value.map(str::trim).filter(|value| !value.is_empty());
    if value.is_some_and(|value| value.chars().count() > most) {
        let wrong = text(
            format!("Paling panjang {most} karakter."),
            format!("At most {most} characters."),
        );
        return Err(Error::field(field, wrong));
    }
    Ok(value.map(ToOwned::to_owned))
}

fn is_ratio(aspect: &str) -> bool {
    let side = |text: &str| {
        (1..=2).contains(&text.len())
            && !text.starts_with('0')
            && text.bytes().all(|b| b.is_ascii_digit())
    };
    aspect
        .split_once(':')
        .is_some_and(|(width, height)| side(width) && side(height))
}
