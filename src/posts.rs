//! Posts: what goes out on Instagram and on Facebook pages, now or later, and exactly once.
//!
//! This file is pure: what may be posted where. `journal` is the state machine that keeps a post from going out twice,
//! `refusal` and `failure` say what the platform's errors mean, `media` reads the heads of pictures and films. `store`
//! translates to documents. `run` takes a post through its steps, with `check`, `instagram` and `page` as its hands;
//! `callables` is what people ask for, `tasks` what brings a post its turns.
//! *Invariant:* the platform is called for a post by `run` alone, under the post's lease.

pub mod callables;
mod check;
pub mod failure;
mod instagram;
pub mod journal;
pub mod media;
mod page;
mod recent;
pub mod refusal;
pub mod run;
mod source;
pub mod store;
pub mod tasks;

pub use self::failure::{Failure, Remedy};

use jiff::Timestamp;

use self::journal::{Journal, Plan};
use crate::content::Platform;
use crate::content::caption::{self, Demands, Fault};
use crate::error::{Error, text};
use crate::ids::{BranchId, Uid};
use crate::jobs::Lease;
use crate::policy::OwnedFacts;

/// Longest alternative text, in characters.
///
/// # Source
/// `alt_text` at <https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media>,
/// read 2026-11.
pub const ALT_TEXT_CHARS: usize = 1_000;

/// Items of a carousel.
///
/// # Source
/// <https://developers.facebook.com/docs/instagram-platform/content-publishing>, read 2026-11: up to 10; a single item is
/// none.
pub const CAROUSEL_ITEMS: std::ops::RangeInclusive<usize> = 2..=10;

/// Where a post goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outlet {
    /// An Instagram professional account.
    Instagram,
    /// A Facebook page.
    Page,
}

impl Outlet {
    fn platform(self) -> Platform {
        match self {
            Self::Instagram => Platform::Instagram,
            Self::Page => Platform::Facebook,
        }
    }

    /// The outlet of a channel, and the account's id there.
    pub fn of_channel(channel_id: &str) -> Option<(Self, &str)> {
        match channel_id.split_once('_')? {
            ("INSTAGRAM", account) => Some((Self::Instagram, account)),
            ("FACEBOOK", account) => Some((Self::Page, account)),
            _ => None,
        }
    }
}

/// What kind of post it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are the contract's own")]
#[cfg_attr(
    test,
    derive(ts_rs::TS),
    ts(rename = "PostKind", rename_all = "SCREAMING_SNAKE_CASE")
)]
pub enum Kind {
    Image,
    Carousel,
    /// A film: a reel on Instagram, a video on a page.
    Reel,
    Story,
    Text,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::Image,
        Self::Carousel,
        Self::Reel,
        Self::Story,
        Self::Text,
    ];

    /// The word for it in documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Image => "IMAGE",
            Self::Carousel => "CAROUSEL",
            Self::Reel => "REEL",
            Self::Story => "STORY",
            Self::Text => "TEXT",
        }
    }

    /// The kind of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// The kind that media ask for by themselves.
    pub fn of_media(media: &[Medium]) -> Self {
        match media {
            [] => Self::Text,
            [one] => match one.form {
                Form::Image => Self::Image,
                Form::Video => Self::Reel,
            },
            _ => Self::Carousel,
        }
    }
}

/// What a medium is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say all")]
#[cfg_attr(
    test,
    derive(ts_rs::TS),
    ts(rename = "MediumType", rename_all = "SCREAMING_SNAKE_CASE")
)]
pub enum Form {
    Image,
    Video,
}

impl Form {
    /// The word for it in documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Image => "IMAGE",
            Self::Video => "VIDEO",
        }
    }

    /// The form of a word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Image, Self::Video]
            .into_iter()
            .find(|form| form.as_str() == word)
    }
}

/// A picture or a film of a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Medium {
    /// The link by which the platform fetches it.
    pub url: String,
    /// What it is.
    pub form: Form,
    /// For those who do not see it.
    pub alt_text: Option<String>,
}

/// What is posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// As what.
    pub kind: Kind,
    /// The text, hashtags included; empty for none.
    pub caption: String,
    /// With what, in this order.
    pub media: Vec<Medium>,
}

impl Draft {
    /// Holds a draft to what the platform takes of it, as far as that can be said without opening its media.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` with the field.
    pub fn checked(self, outlet: Outlet) -> Result<Self, Error> {
        self.kind_fits(outlet)?;
        self.caption_fits(outlet)?;
        for (number, medium) in self.media.iter().enumerate() {
            let too_long = medium
                .alt_text
                .as_ref()
                .is_some_and(|alt_text| alt_text.chars().count() > ALT_TEXT_CHARS);
            if too_long {
                let field = if self.media.len() == 1 {
                    "altText".to_owned()
                } else {
                    format!("media[{number}].altText")
                };
                let wrong = text(
                    format!("Teks alternatif paling panjang {ALT_TEXT_CHARS} karakter."),
                    format!("An alternative text has at most {ALT_TEXT_CHARS} characters."),
                );
                return Err(Error::field(field, wrong));
            }
        }
        Ok(self)
    }

    fn kind_fits(&self, outlet: Outlet) -> Result<(), Error> {
        let forms: Vec<Form> = self.media.iter().map(|medium| medium.form).collect();
        let fits = match (outlet, self.kind) {
            (Outlet::Instagram, Kind::Text) | (Outlet::Page, Kind::Carousel | Kind::Story) => {
                let known = match outlet {
                    Outlet::Instagram => "IMAGE, CAROUSEL, REEL, STORY",
                    Outlet::Page => "TEXT, IMAGE, REEL",
                };
                let wrong = text(
                    format!("Jenis postingan harus salah satu dari {known}."),
                    format!("The kind must be one of {known}."),
                );
                return Err(Error::field("kind", wrong));
            }
            (_, Kind::Text) => forms.is_empty(),
            (_, Kind::Image) => forms == [Form::Image],
            (_, Kind::Reel) => forms == [Form::Video],
            (_, Kind::Story) => forms.len() == 1,
            (_, Kind::Carousel) => CAROUSEL_ITEMS.contains(&forms.len()),
        };
        if fits {
            return Ok(());
        }
        let (id, en) = match self.kind {
            Kind::Text => ("tanpa media", "no media"),
            Kind::Image => ("tepat satu gambar", "exactly one picture"),
            Kind::Reel => ("tepat satu video", "exactly one film"),
            Kind::Story => (
                "tepat satu gambar atau video",
                "exactly one picture or film",
            ),
            Kind::Carousel => ("2 sampai 10 gambar atau video", "2 to 10 pictures or films"),
        };
        let kind = self.kind.as_str();
        let wrong = text(
            format!("Postingan {kind} memerlukan {id}."),
            format!("A post of kind {kind} takes {en}."),
        );
        Err(Error::field("media", wrong))
    }

    fn caption_fits(&self, outlet: Outlet) -> Result<(), Error> {
        let wrong = |id: String, en: String| Err(Error::field("caption", text(id, en)));
        if self.kind == Kind::Story && !self.caption.is_empty() {
            return wrong(
                "Story tidak memuat teks.".to_owned(),
                "A story has no caption.".to_owned(),
            );
        }
        if self.kind == Kind::Text && self.caption.is_empty() {
            return wrong(
                "Postingan teks memerlukan teks.".to_owned(),
                "A text post needs a text.".to_owned(),
            );
        }
        let limits = outlet.platform().limits();
        let draft = caption::Draft::new(&self.caption, &[], None);
        for fault in draft.faults(limits, &Demands::default()) {
            match (outlet, fault) {
                (_, Fault::TooLong { limit, .. }) => {
                    return wrong(
                        format!("Teks paling panjang {limit} karakter."),
                        format!("A caption has at most {limit} characters."),
                    );
                }
                (Outlet::Instagram, Fault::TooManyHashtags(most)) => {
                    return wrong(
                        format!("Paling banyak {most} tagar."),
                        format!("At most {most} hashtags."),
                    );
                }
                (Outlet::Instagram, Fault::TooManyMentions(most)) => {
                    return wrong(
                        format!("Paling banyak {most} sebutan (@)."),
                        format!("At most {most} mentions (@)."),
                    );
                }
                (Outlet::Page, Fault::TooManyHashtags(_) | Fault::TooManyMentions(_))
                | (_, Fault::NoLicence(_) | Fault::Forbidden(_)) => {}
            }
        }
        Ok(())
    }
}

/// A post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// Its id.
    pub id: String,
    /// Who asked for it.
    pub owner: Uid,
    /// Their branch; PUSAT's own carry none.
    pub branch: Option<BranchId>,
    /// Where it goes.
    pub channel_id: String,
    /// The content request that it was made from.
    pub content_request_id: Option<String>,
    /// What is posted.
    pub draft: Draft,
    /// When it is to go out, unless at once.
    pub scheduled_at: Option<Timestamp>,
    /// What it has been through.
    pub journal: Journal,
    /// Who works on it, or when its next turn is; none when it is over.
    pub lease: Option<Lease>,
    /// Tells one order from another under the same `requestId`.
    pub order_digest: String,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it was known to be live.
    pub published_at: Option<Timestamp>,
}

impl Post {
    /// Whose it is.
    pub fn facts(&self) -> OwnedFacts {
        OwnedFacts::new(self.owner.clone(), self.branch.clone())
    }

    /// When it is to go out.
    pub fn due_at(&self) -> Timestamp {
        self.scheduled_at.unwrap_or(self.created_at)
    }

    /// Where it goes, and the account's id there.
    pub fn outlet(&self) -> Option<(Outlet, &str)> {
        Outlet::of_channel(&self.channel_id)
    }

    /// How its platform takes it.
    pub fn plan(&self) -> Plan {
        match (self.outlet(), self.draft.kind) {
            (Some((Outlet::Page, _)), _) => Plan::Direct,
            (_, Kind::Carousel) => Plan::Containers {
                parts: self.draft.media.len(),
            },
            _ => Plan::Containers { parts: 0 },
        }
    }
}

#[cfg(test)]
mod tests;
