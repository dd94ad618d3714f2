//! What the platforms tell, in the inbox's own words: one vocabulary for all of them.

use std::cmp::Ordering;

use jiff::Timestamp;

use crate::channels::Platform;

/// Through what a conversation runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename_all = "SCREAMING_SNAKE_CASE"))]
pub enum ChannelKind {
    /// WhatsApp.
    #[cfg_attr(test, ts(rename = "WHATSAPP"))]
    WhatsApp,
    /// Instagram direct messages.
    Instagram,
    /// Messenger.
    Messenger,
    /// Comments below Instagram media.
    InstagramComment,
    /// Comments below a page's posts.
    FacebookComment,
}

impl ChannelKind {
    /// The kind as documents name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WhatsApp => "WHATSAPP",
            Self::Instagram => "INSTAGRAM",
            Self::Messenger => "MESSENGER",
            Self::InstagramComment => "INSTAGRAM_COMMENT",
            Self::FacebookComment => "FACEBOOK_COMMENT",
        }
    }

    /// Reads the kind as documents name it.
    pub fn parse(text: &str) -> Option<Self> {
        [
            Self::WhatsApp,
            Self::Instagram,
            Self::Messenger,
            Self::InstagramComment,
            Self::FacebookComment,
        ]
        .into_iter()
        .find(|kind| kind.as_str() == text)
    }

    /// Where the account lives that such a conversation belongs to.
    pub const fn platform(self) -> Platform {
        match self {
            Self::WhatsApp => Platform::WhatsApp,
            Self::Instagram | Self::InstagramComment => Platform::Instagram,
            Self::Messenger | Self::FacebookComment => Platform::Facebook,
        }
    }

    /// Whether it is what people write below posts, for all to see.
    pub const fn is_comment(self) -> bool {
        match self {
            Self::InstagramComment | Self::FacebookComment => true,
            Self::WhatsApp | Self::Instagram | Self::Messenger => false,
        }
    }

    /// How long after the contact's last action the platform lets us answer, in hours.
    ///
    /// # Source
    /// Messenger Platform "standard messaging window", WhatsApp "customer service window": 24 h; a private reply to a
    /// comment: 7 days. Meta's documentation, read 2026-11.
    pub const fn reply_window_hours(self) -> i64 {
        match self {
            Self::WhatsApp | Self::Instagram | Self::Messenger => 24,
            Self::InstagramComment | Self::FacebookComment => 7 * 24,
        }
    }

    /// Whether somebody who writes there for the first time becomes a lead. Whoever comments has not turned to us yet.
    pub const fn makes_leads(self) -> bool {
        match self {
            Self::WhatsApp | Self::Instagram | Self::Messenger => true,
            Self::InstagramComment | Self::FacebookComment => false,
        }
    }

    /// Whether a reaction of the contact opens the reply window. Meta says so of Messenger and Instagram; of WhatsApp it
    /// says only messages and calls.
    pub const fn reactions_open_window(self) -> bool {
        match self {
            Self::Instagram | Self::Messenger => true,
            Self::WhatsApp | Self::InstagramComment | Self::FacebookComment => false,
        }
    }
}

/// An account of ours, on one kind of channel.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Account {
    /// Through what.
    pub kind: ChannelKind,
    /// Page id, Instagram account id or WhatsApp's `phone_number_id`.
    pub id: String,
}

/// Who wrote to whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename_all = "SCREAMING_SNAKE_CASE"))]
pub enum Direction {
    /// The contact to us.
    In,
    /// We to the contact, from wherever.
    Out,
}

impl Direction {
    /// The direction as documents name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::In => "IN",
            Self::Out => "OUT",
        }
    }
}

/// How surely a moment is the one when the thing happened, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TimeSource {
    /// The event says so itself.
    Event,
    /// When the platform sent the notification: later at each repetition.
    Delivery,
    /// When we received it.
    Receipt,
}

/// A moment, and how surely it is the right one. The smaller of two is the better one: the surer; then the more precise,
/// since some subscriptions cut milliseconds off; then the earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Moment {
    /// When.
    pub at: Timestamp,
    /// Says who.
    pub source: TimeSource,
}

impl Ord for Moment {
    fn cmp(&self, other: &Self) -> Ordering {
        let rank = |moment: &Self| {
            let whole_second = moment.at.subsec_nanosecond() == 0;
            (moment.source, whole_second, moment.at)
        };
        rank(self).cmp(&rank(other))
    }
}

impl PartialOrd for Moment {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Something that the platforms told about one of our accounts.
#[derive(Debug, Clone, PartialEq)]
pub struct InboundEvent {
    /// The account.
    pub account: Account,
    /// What it is.
    pub what: What,
}

/// What was told.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// A message or a comment.
    Message(Box<Arrival>),
    /// Marks on messages, one or, in a receipt, several.
    Marks(Vec<Mark>),
    /// A receipt for all that we sent up to a moment.
    Watermark(Watermark),
    /// The contact came back through an ad or a link, without a word.
    Referred {
        /// Who.
        contact: String,
        /// When.
        at: Option<Moment>,
        /// From where.
        referral: Referral,
    },
    /// Somebody filled in a lead form.
    Lead(LeadPing),
}

/// A message as it arrived.
#[derive(Debug, Clone, PartialEq)]
pub struct Arrival {
    /// The platform's id.
    pub id: String,
    /// Whom the conversation is with: the platform's id of the person, or of the post for our own comments.
    pub contact: String,
    /// What else is known of the person.
    pub profile: Profile,
    /// Who wrote.
    pub direction: Direction,
    /// The author is not known: the platform withholds it.
    pub anonymous: bool,
    /// The app that sent it, when the platform says so and, once the reception has seen to it, when it is one of ours.
    pub app: Option<String>,
    /// The message of our own that this is, by the name that we gave it.
    pub outgoing: Option<String>,
    /// When it was written; `None` when the platform does not say.
    pub at: Option<Moment>,
    /// Told as part of an imported history, not as it happened: nobody has to be alerted to it.
    pub history: bool,
    /// What it says.
    pub content: Content,
}

/// What a platform tells of a person in passing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Profile {
    /// The name shown.
    pub name: Option<String>,
    /// The phone in E.164 form.
    pub phone: Option<String>,
    /// WhatsApp's business-scoped id, which stands in for a phone that is withheld.
    pub user_id: Option<String>,
}

/// The kind of a placeholder whose real media comes later.
pub const MEDIA_PLACEHOLDER: &str = "media_placeholder";

/// What a message says.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Content {
    /// The type, in the words of the platforms: `text`, `image`, `story_reply`, …
    pub kind: &'static str,
    /// Its text.
    pub text: Option<String>,
    /// What hangs on it.
    pub attachments: Vec<Attachment>,
    /// The platform's id of the message that it answers.
    pub reply_to: Option<String>,
    /// What a button or a menu entry stands for.
    pub payload: Option<String>,
    /// The ad or link that it came through.
    pub referral: Option<Referral>,
    /// The post or media that it is about.
    pub post_id: Option<String>,
}

/// Something that hangs on a message.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Attachment {
    /// The platform's own word for it.
    pub kind: String,
    /// Where the platform keeps it; most such links expire.
    pub url: Option<String>,
    /// The platform's id of the media.
    pub media_id: Option<String>,
    /// Its MIME type.
    pub mime_type: Option<String>,
    /// The digest that the platform states.
    pub sha256: Option<String>,
    /// The name that the sender gave it.
    pub file_name: Option<String>,
    /// A title, or a name.
    pub title: Option<String>,
    /// Phones of a shared contact, as they were written.
    pub phones: Vec<String>,
    /// Degrees.
    pub latitude: Option<f64>,
    /// Degrees.
    pub longitude: Option<f64>,
}

/// Where somebody came from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Referral {
    /// `ADS`, `SHORTLINK`, `ad`, `post`, …
    pub source: Option<String>,
    /// The reference that the link carried.
    pub reference: Option<String>,
    /// The ad.
    pub ad_id: Option<String>,
    /// The title of the ad.
    pub title: Option<String>,
    /// Where it leads.
    pub url: Option<String>,
    /// The click, which conversions are reported with.
    pub click_id: Option<String>,
}

/// Something that is told about a message later, or before it.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// The message.
    pub id: String,
    /// Who caused it, when it was the contact.
    pub contact: Option<String>,
    /// When.
    pub at: Option<Moment>,
    /// The message of our own that it is about, by the name that we gave it.
    pub outgoing: Option<String>,
    /// What.
    pub what: MarkKind,
}

/// The kinds of marks.
#[derive(Debug, Clone, PartialEq)]
pub enum MarkKind {
    /// How far it got.
    Reached(Delivery),
    /// It did not get there.
    Failed(Failure),
    /// It was rewritten.
    Edited {
        /// How it reads now.
        text: Option<String>,
    },
    /// It was taken back.
    Deleted,
    /// Somebody reacted, or with no emoji took that back.
    Reacted {
        /// The emoji, or the platform's word for one.
        emoji: Option<String>,
    },
}

/// How far a message got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Delivery {
    /// The platform took it.
    Sent,
    /// It is on the contact's device.
    Delivered,
    /// It was shown.
    Read,
    /// A voice message was listened to.
    Played,
}

/// Why a message did not get there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Failure {
    /// The platform's code.
    pub code: Option<String>,
    /// The platform's words.
    pub title: Option<String>,
}

/// A receipt for everything up to a moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Watermark {
    /// Whose receipt.
    pub contact: String,
    /// Delivered or read.
    pub read: bool,
    /// Everything that we sent until then.
    pub up_to: Timestamp,
}

/// Somebody filled in a lead form. All ids as text: they are larger than a float holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadPing {
    /// The lead.
    pub leadgen_id: String,
    /// The form.
    pub form_id: Option<String>,
    /// The ad; an organic lead has none.
    pub ad_id: Option<String>,
    /// The ad group.
    pub adgroup_id: Option<String>,
    /// When the form was sent.
    pub created_at: Option<Timestamp>,
}

/// One unit of a delivery: what it turned out to be.
#[derive(Debug, Clone, PartialEq)]
pub enum Unit {
    /// Something for the inbox.
    Event(Box<InboundEvent>),
    /// Understood or tolerated, and nothing to be done about.
    Ignored(&'static str),
    /// Cannot be placed: kept for a person, who reads why.
    Unplaceable(&'static str),
}
