//! AI content: what partners ask for and models make.
//!
//! This file is pure: an order, the request that carries it, and the steps that the request may take. `budget` and
//! `prices` are the arithmetic of money, `prompt` and `caption` the text before and after the model. `store`,
//! `allowances` and `ledger` translate to documents. `run` is the job, the same for all three ways in: `callables`,
//! `events` (documents that clients create) and `tasks`. `spending` is what people may ask and set about money, and
//! `budget_alert` what Cloud Billing may.

pub mod allowances;
pub mod budget;
pub mod budget_alert;
pub mod callables;
pub mod caption;
pub mod events;
mod failure;
pub mod ledger;
pub mod prices;
pub mod prompt;
pub mod run;
pub mod spending;
pub mod store;
pub mod tasks;

pub use self::failure::Failure;

use jiff::Timestamp;

use self::budget::Payer;
use crate::error::{Error, Text, text};
use crate::jobs::Lease;
use crate::policy::OwnedFacts;

/// Longest topic, in characters.
pub const TOPIC_CHARS: usize = 2_000;

/// Longest tone and longest language, in characters.
const TONE_CHARS: usize = 100;
const LANGUAGE_CHARS: usize = 35;

/// Paid calls that one request may take, whatever happens: repairs, fallbacks and repetitions together.
pub const MOST_ATTEMPTS: u32 = 8;

/// Where the content is to appear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say all")]
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
        if raw.aspect.is_some_and(|aspect| !is_ratio(aspect)) {
            let wrong = text(
                "Rasio gambar ditulis seperti 4:5.",
                "The aspect is written like 4:5.",
            );
            return Err(Error::field("options.aspect", wrong));
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

/// What came of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// The caption, within the platform's limits together with the hashtags.
    pub caption: String,
    /// Each without its `#`.
    pub hashtags: Vec<String>,
    /// For those who do not see the picture.
    pub alt_text: Option<String>,
    /// Where the picture is.
    pub image_url: Option<String>,
    /// Where the film is.
    pub video_url: Option<String>,
}

/// What a request has used so far, over all its attempts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the names say all")]
pub struct Used {
    /// The model called last.
    pub model: String,
    pub input_tokens: u64,
    pub output_tokens: u64,
    pub images: u64,
    pub video_seconds: u64,
    pub cost_micro_usd: i64,
}

/// Where a request stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Nobody has begun.
    Pending,
    /// Somebody works on it, or it waits for its next turn.
    Processing(Lease),
    /// Done.
    Completed(Content),
    /// Over, with a reason that a person can act on.
    Failed(Failure),
}

impl Stage {
    /// The word for it in documents.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Processing(_) => "PROCESSING",
            Self::Completed(_) => "COMPLETED",
            Self::Failed(_) => "FAILED",
        }
    }
}

/// A content request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentRequest {
    /// Its id.
    pub id: String,
    /// Who asked, and pays.
    pub payer: Payer,
    /// What for.
    pub order: Order,
    /// Paid calls made or under way.
    pub attempts: u32,
    /// What they used.
    pub used: Used,
    /// Where it stands.
    pub stage: Stage,
    /// When it was asked for.
    pub created_at: Timestamp,
}

/// Whether a worker may begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// Yes; when an attempt is named, its worker died and left its reservation open.
    Free {
        /// The attempt that was left.
        abandoned: Option<String>,
    },
    /// Somebody else works on it, or its turn has not come.
    Held,
    /// It is over.
    Over,
}

impl ContentRequest {
    /// A request that nobody has begun.
    pub fn new(id: String, payer: Payer, order: Order, now: Timestamp) -> Self {
        Self {
            id,
            payer,
            order,
            attempts: 0,
            used: Used::default(),
            stage: Stage::Pending,
            created_at: now,
        }
    }

    /// Whose it is.
    pub fn facts(&self) -> OwnedFacts {
        OwnedFacts::new(self.payer.uid.clone(), self.payer.branch.clone())
    }

    /// Whether both are the same person's same order.
    pub fn asks_the_same(&self, other: &Self) -> bool {
        self.order == other.order && self.payer.uid == other.payer.uid
    }

    /// Whether a worker may begin now.
    pub fn claim(&self, now: Timestamp) -> Claim {
        match &self.stage {
            Stage::Pending => Claim::Free { abandoned: None },
            Stage::Processing(lease) if lease.holds(now) => Claim::Held,
            Stage::Processing(lease) => Claim::Free {
                abandoned: lease.attempt().map(ToOwned::to_owned),
            },
            Stage::Completed(_) | Stage::Failed(_) => Claim::Over,
        }
    }

    /// Whether this attempt is the one at work.
    pub fn is_held_by(&self, attempt_id: &str) -> bool {
        matches!(&self.stage, Stage::Processing(lease) if lease.attempt() == Some(attempt_id))
    }
}

#[cfg(test)]
mod tests;
