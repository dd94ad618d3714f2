//! Taking leads in: what a form or a first message announced becomes a lead, once.
//!
//! A webhook, or the reconciliation, leaves a row in `lead_intake` in the commit of what it tells; a task takes it from
//! there, and the sweep finds rows whose task was lost. A worker claims a row with a lease, reads what there is to read,
//! and settles lead, phone index, turn, history, conversation and row in one commit.
//!
//! Here and pure: the states of a row and what becomes of it when the platform does not give the lead; `form` (a
//! form's JSON → a person). On top: `store` (rows), `fetch` (the Graph API), `settle` (the commit), `second_look`, `form_lead` and
//! `stranger` (the two ways in), `tasks`, `reconcile` with its `runs`.

pub mod fetch;
pub mod form;
mod form_lead;
pub mod reconcile;
mod runs;
pub mod second_look;
mod settle;
pub mod store;
mod stranger;
pub mod tasks;

use jiff::{SignedDuration, Timestamp};

/// How long the platform keeps a lead readable.
///
/// # Source
/// Lead ads can be downloaded for 90 days: Meta's Business Help Center, read 2026-11.
pub const READABLE: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Attempts at a lead that the platform says it cannot find, or does not let us read, before it is parked: about three
/// hours in all. Right after the ping a lead may be unreadable for some seconds.
const MOST_UNREADABLE: u32 = 13;

/// The first wait; it doubles with each attempt.
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(5);

/// The longest wait.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(30);

/// How often a lead is tried whose channel has to be connected again. That costs no call of the platform.
const WAIT_FOR_CHANNEL: SignedDuration = SignedDuration::from_mins(15);

/// What a row asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// A form was filled in: fetch the lead.
    Form,
    /// Somebody wrote for the first time, or shared their phone: make the conversation's contact a lead.
    Conversation,
}

impl Way {
    /// The way as documents name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Form => "FORM",
            Self::Conversation => "CONVERSATION",
        }
    }

    /// Reads it; rows without a word are of forms.
    pub fn parse(word: &str) -> Self {
        match word {
            "CONVERSATION" => Self::Conversation,
            _ => Self::Form,
        }
    }
}

/// How a row ended that ended well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// A lead was made.
    Created,
    /// The person was a lead already, and has this inquiry in their history.
    Known,
    /// The testing tool's dummy: nobody's lead.
    Test,
    /// There was nothing left to do: the conversation is gone or has its lead.
    Idle,
}

impl Ending {
    /// The ending as documents name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "CREATED",
            Self::Known => "KNOWN",
            Self::Test => "TEST",
            Self::Idle => "IDLE",
        }
    }
}

/// Why a lead cannot be taken in now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obstacle {
    /// The platform, or something of our own, does not answer; the platform may have said when to come back.
    Away(Option<SignedDuration>),
    /// There is no such lead, or not for us: the platform says both with the same words.
    Unreadable,
    /// The channel has no token that serves.
    NeedsReconnect,
    /// The channel was disconnected, or is gone.
    Disconnected,
    /// The platform refuses for another reason, in its own words.
    Refused(String),
    /// There is no branch that could take it.
    NoBranch,
    /// Something of our own is broken.
    Broken(String),
}

/// What becomes of the row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// It is tried again after a while.
    Again(SignedDuration),
    /// A person has to look.
    Park,
}

impl Obstacle {
    /// A short name for documents.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Away(_) => "AWAY",
            Self::Unreadable => "LEAD_ACCESS",
            Self::NeedsReconnect => "NEEDS_RECONNECT",
            Self::Disconnected => "DISCONNECTED",
            Self::Refused(_) => "REFUSED",
            Self::NoBranch => "NO_BRANCH",
            Self::Broken(_) => "INTERNAL",
        }
    }

    /// What a person reads.
    pub fn message(&self) -> String {
        match self {
            Self::Away(_) => "The platform, or something that the service needs, did not answer. The service tries again by \
                itself."
                .to_owned(),
            Self::Unreadable => "The platform does not let this app read the lead, or there is no such lead. Most often \
                the business has customised who may read leads: in Meta Business Suite open Leads Access Manager and \
                give access to the person who connected this page and to this app under CRMs. Then run `leadgen-pro \
                admin replay`. The platform keeps a lead for 90 days."
                .to_owned(),
            Self::NeedsReconnect => "The page has to be connected again. The lead is fetched by itself once it is.".to_owned(),
            Self::Disconnected => "The page was disconnected. The lead is fetched by itself once it is connected again.".to_owned(),
            Self::Refused(words) => format!(
                "The platform refused: {words} Mend what it says, then run `leadgen-pro admin replay`."
            ),
            Self::NoBranch => "The lead came through a channel of head office, and there is no branch to take it. Make \
                one, or name some in settings/assignment; then run `leadgen-pro admin replay`."
                .to_owned(),
            Self::Broken(words) => format!(
                "The service could not take it in: {words}. See the log; then run `leadgen-pro admin replay`."
            ),
        }
    }

    /// What becomes of a row after that many attempts, so long after the lead was announced.
    pub fn next(&self, attempts: u32, age: SignedDuration) -> Next {
        let doubled = FIRST_WAIT
            .checked_mul(1 << attempts.saturating_sub(1).min(16))
            .unwrap_or(LONGEST_WAIT)
            .min(LONGEST_WAIT);
        match self {
            _ if age > READABLE => Next::Park,
            Self::Away(asked) => Next::Again(asked.unwrap_or_default().max(doubled)),
            Self::NeedsReconnect | Self::Disconnected => Next::Again(WAIT_FOR_CHANNEL),
            Self::Unreadable | Self::Refused(_) | Self::Broken(_) if attempts < MOST_UNREADABLE => {
                Next::Again(doubled)
            }
            Self::Unreadable | Self::Refused(_) | Self::Broken(_) | Self::NoBranch => Next::Park,
        }
    }
}

/// Whether an attempt may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Yes.
    Free,
    /// Somebody is at work, or should not be yet, until then.
    Held(Timestamp),
    /// The row is over.
    Over,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unreadable_lead_is_tried_for_some_hours_and_then_parked_with_the_remedy() {
        let mut waited = SignedDuration::ZERO;
        let mut attempts = 0;
        let obstacle = Obstacle::Unreadable;
        loop {
            attempts += 1;
            match obstacle.next(attempts, waited) {
                Next::Again(wait) => waited += wait,
                Next::Park => break,
            }
        }
        assert_eq!(attempts, MOST_UNREADABLE);
        assert_eq!(
            obstacle.next(1, SignedDuration::ZERO),
            Next::Again(FIRST_WAIT)
        );
        assert!(waited > SignedDuration::from_hours(2) && waited < SignedDuration::from_hours(4));
        assert!(obstacle.message().contains("Leads Access Manager"));
    }

    #[test]
    fn what_only_waits_is_never_given_up_while_the_platform_keeps_it() {
        for obstacle in [
            Obstacle::Away(None),
            Obstacle::NeedsReconnect,
            Obstacle::Disconnected,
        ] {
            let days = SignedDuration::from_hours(89 * 24);
            assert!(matches!(obstacle.next(u32::MAX, days), Next::Again(_)));
            assert_eq!(
                obstacle.next(1, SignedDuration::from_hours(91 * 24)),
                Next::Park
            );
        }
        let asked = SignedDuration::from_hours(1);
        assert_eq!(
            Obstacle::Away(Some(asked)).next(1, SignedDuration::ZERO),
            Next::Again(asked)
        );
    }
}
