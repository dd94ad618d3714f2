//! What a post has been through, and what it may do next: the state machine that makes it go out once.
//!
//! Pure. The one step that cannot be taken back, the publish call, is written down before it is taken ([`Journal::intend`])
//! and is never repeated on a guess: whatever leaves its outcome open makes a [`Doubt`], and only what the platform then
//! says of the container and of the account's recent posts ends it. While there is a doubt no container is made.
//! *Invariant:* [`Step::Publish`] comes only from a journal that was armed in this very turn. What is loaded from the
//! database never is: a worker that died between the commit and the call leaves a doubt.
//!
//! # Source
//! The Graph API knows no idempotency key; containers last 24 h and say whether they were published:
//! <https://developers.facebook.com/docs/instagram-platform/content-publishing>, read 2026-11.

use jiff::{SignedDuration, Timestamp};

use super::Failure;

/// Containers that one post may use up.
const MOST_CONTAINERS: u32 = 3;

/// How old a container may be when it is still used: an hour less than it lives.
const CONTAINER_LIFE: SignedDuration = SignedDuration::from_hours(23);

/// How far apart the two readings must be that say that a publish call has not happened.
pub const BETWEEN_READINGS: SignedDuration = SignedDuration::from_secs(30);

/// How long platform and account may leave a doubt open before a person is asked.
pub const PATIENCE_IN_DOUBT: SignedDuration = SignedDuration::from_mins(30);

/// The longest pause between two readings.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_mins(5);

/// Pause between two looks at a lost connection, a full quota or a stopped account.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_mins(5);

/// How long a container may be processed before another is tried.
const PROCESSING_PATIENCE: SignedDuration = SignedDuration::from_mins(30);

/// Publish calls that may be refused as too early before another container is made.
const MOST_EARLY_PUBLISHES: u32 = 10;

/// Readings that may look for the number of a post that is live for certain.
const READINGS_FOR_ID: u32 = 3;

/// How the platform takes a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Plan {
    /// Instagram: a container, for a carousel of so many parts, and then the publish call.
    Containers {
        /// Parts that are made first; none for a single medium.
        parts: usize,
    },
    /// A page: one call, and out it is.
    Direct,
}

/// What a post waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(
    test,
    derive(ts_rs::TS),
    ts(rename = "PostWait", rename_all = "SCREAMING_SNAKE_CASE")
)]
pub enum Reason {
    /// Somebody must connect the account again.
    Reconnect,
    /// The platform takes no more posts of this account for now.
    Quota,
    /// The platform stopped the account for a while.
    #[cfg_attr(test, ts(rename = "ACCOUNT_STOPPED"))]
    Stopped,
    /// The platform does not answer, or asked to come back later.
    Platform,
    /// The platform is preparing the media.
    Processing,
    /// It is being found out whether the post is live.
    Confirmation,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 6] = [
        Self::Reconnect,
        Self::Quota,
        Self::Stopped,
        Self::Platform,
        Self::Processing,
        Self::Confirmation,
    ];

    /// The word for it in documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reconnect => "RECONNECT",
            Self::Quota => "QUOTA",
            Self::Stopped => "ACCOUNT_STOPPED",
            Self::Platform => "PLATFORM",
            Self::Processing => "PROCESSING",
            Self::Confirmation => "CONFIRMATION",
        }
    }

    /// The reason of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == word)
    }

    /// How long a post waits for it; then it fails.
    fn patience(self) -> SignedDuration {
        match self {
            Self::Reconnect => SignedDuration::from_hours(7 * 24),
            Self::Quota | Self::Stopped => SignedDuration::from_hours(48),
            Self::Platform | Self::Processing | Self::Confirmation => {
                SignedDuration::from_hours(24)
            }
        }
    }

    fn end(self) -> Failure {
        match self {
            Self::Reconnect => Failure::not_reconnected(),
            Self::Quota => Failure::quota(),
            Self::Stopped => Failure::stopped(),
            Self::Platform | Self::Processing | Self::Confirmation => Failure::unavailable(),
        }
    }
}

/// A wait, and since when there is this reason for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// What for.
    pub why: Reason,
    /// Since when, however often it was looked at meanwhile.
    pub since: Timestamp,
}

/// A container at the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Container {
    /// Its id.
    pub id: String,
    /// When we heard of it.
    pub made_at: Timestamp,
    /// Whether the platform said that it is finished.
    pub ready: bool,
}

/// A publish call whose outcome nobody knows yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doubt {
    /// Since when.
    pub since: Timestamp,
    /// When a reading first said that the container waits to be published, since the last call.
    pub finished_at: Option<Timestamp>,
    /// Readings since the last call.
    pub readings: u32,
    /// Since when neither the container nor the account's posts say anything, although we may ask.
    pub silent_since: Option<Timestamp>,
}

/// What is known of a post that is live.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Live {
    /// The platform's id of it; `None` when it is live for certain and could not be told from others.
    pub external_id: Option<String>,
    /// Where people see it.
    pub permalink: Option<String>,
    /// Whether it was found by caption and time, not told by the publish call.
    pub probable: bool,
}

/// Where a post stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Its time has not come, or it waits before anything that could be seen.
    Scheduled,
    /// Its media are being taken to the platform.
    Preparing,
    /// The publish call is about to be made, or was, and its outcome is open.
    Publishing,
    /// It is live.
    Published(Live),
    /// It is not live and will not be; why.
    Failed(Failure),
    /// Neither the container nor the account says whether it is live: a person must look.
    Unconfirmed(Failure),
    /// Called off before anything could be seen.
    Cancelled,
}

impl Stage {
    /// The word for it in documents.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Scheduled => "SCHEDULED",
            Self::Preparing => "PREPARING",
            Self::Publishing => "PUBLISHING",
            Self::Published(_) => "PUBLISHED",
            Self::Failed(_) => "FAILED",
            Self::Unconfirmed(_) => "UNCONFIRMED",
            Self::Cancelled => "CANCELLED",
        }
    }

    /// Whether the service has nothing more to do.
    pub fn is_over(&self) -> bool {
        match self {
            Self::Scheduled | Self::Preparing | Self::Publishing => false,
            Self::Published(_) | Self::Failed(_) | Self::Unconfirmed(_) | Self::Cancelled => true,
        }
    }
}

/// What is to be done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Look whether the post may go out: its owner, its account, the quota, the media.
    Check,
    /// Make the container of a carousel's part.
    MakePart(usize),
    /// Read the container of a carousel's part.
    ReadPart(usize),
    /// Make the container.
    Make,
    /// Read the container.
    Read,
    /// Write down that the publish call is about to be made.
    Intend,
    /// Make the publish call: the intent has just been committed.
    Publish,
    /// Find out what became of a publish call.
    Settle,
    /// Nothing: it is over.
    Rest,
}

/// What a container says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// It is being processed.
    InProgress,
    /// It waits to be published.
    Finished,
    /// It will never be published; whether another could be.
    Spoilt(Verdict),
    /// It was not published within its 24 h.
    Expired,
    /// It was published.
    Published,
}

/// What a refusal or a failure means for the step that met it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It did not happen, and may later.
    Later(Option<SignedDuration>),
    /// It may have happened.
    Doubt,
    /// It did not happen, and will not before this is over.
    Wait(Reason, Option<SignedDuration>),
    /// The container is not finished yet.
    NotReady,
    /// This container is of no use; another may be.
    Renew,
    /// Nothing will help.
    Fail(Failure),
}

/// What the account's recent posts show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recent {
    /// One that has our text and was made since we meant to publish.
    Shows(Live),
    /// They were read, and it is not among them.
    Silent,
    /// They could not be read, or would not tell ours from others.
    Unread,
}

/// What came of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// Of [`Step::Check`].
    Checked(Result<(), Verdict>),
    /// Of [`Step::MakePart`] and [`Step::Make`]: the container's id.
    Made(Result<String, Verdict>),
    /// Of [`Step::ReadPart`] and [`Step::Read`].
    Read(Result<Status, Verdict>),
    /// Of [`Step::Publish`]: the platform's id of the post.
    Published(Result<String, Verdict>),
    /// Of [`Step::Settle`].
    Settled {
        /// What the container says; `None` when it says nothing, or there is none.
        container: Option<Status>,
        /// What the account shows.
        recent: Recent,
        /// Nobody may ask any more before the account is connected again.
        locked_out: bool,
    },
}

/// How it goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// At once.
    Go,
    /// After a while.
    Pause(SignedDuration),
    /// It is over.
    Over,
}

/// The steps taken so far, and the one intended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journal {
    /// Where the post stands.
    pub stage: Stage,
    /// A carousel's parts, in their order.
    pub parts: Vec<Container>,
    /// The container to be published.
    pub container: Option<Container>,
    /// Containers begun so far, those of parts not counted.
    pub containers: u32,
    /// When the last publish call was about to be made.
    pub intent_at: Option<Timestamp>,
    /// Publish calls that were about to be made.
    pub publishes: u32,
    /// The open question, if there is one.
    pub doubt: Option<Doubt>,
    /// What it waits for, if it does.
    pub wait: Option<Wait>,
    /// Setbacks in a row.
    pub setbacks: u32,
    /// The intent was committed in this turn, and the call is to follow. Never stored.
    pub armed: bool,
}

impl Default for Journal {
    fn default() -> Self {
        Self {
            stage: Stage::Scheduled,
            parts: Vec::new(),
            container: None,
            containers: 0,
            intent_at: None,
            publishes: 0,
            doubt: None,
            wait: None,
            setbacks: 0,
            armed: false,
        }
    }
}

mod doubt;
mod moves;

#[cfg(test)]
mod tests;
