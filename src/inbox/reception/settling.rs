//! How units end: in the inbox, or waiting for something.

use std::collections::BTreeSet;

use super::super::ledger::{Counts, Settled};
use super::super::merge::Outcome;
use crate::policy::Denied;
use crate::store::StoreError;

/// Why a delivery was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum TakeError {
    /// The database did not take it; the platform delivers again.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The policy does not let the service take in messages.
    #[error(transparent)]
    Denied(#[from] Denied),
}

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It is in the inbox now.
    Now(Counts),
    /// It was before.
    Before,
}

/// Whether a commit brought anything, or the whole delivery was there already.
pub(super) enum Commit {
    Done(Done),
    KnownDelivery,
}

/// How the events of a commit ended, the conversations that they turned out to be about, and the rows of `lead_intake` that
/// it wrote.
pub(super) struct Done {
    pub(super) outcomes: Vec<Outcome>,
    pub(super) about: BTreeSet<String>,
    pub(super) media: Vec<String>,
    pub(super) announced: Vec<String>,
}

/// Why a unit waits, beside what the payload itself says.
pub(super) const UNKNOWN_CHANNEL: &str =
    "This account is not connected. It is taken in once somebody connects it, or by a replay.";
pub(super) const DISCONNECTED: &str = "This account was disconnected. It is taken in once somebody connects it again, or by a replay.";
pub(super) const REFUSED: &str = "The database refused it, or what is stored about it cannot be read; see the log. A replay tries \
    again.";

/// Why an event ends as ignored that was taken note of.
const ATTRIBUTION: &str = "No message: the ad or link is noted on the conversation.";

/// Notes how the units of a chunk ended.
pub(super) fn note(all: &mut [Settled], chunk: &[usize], outcomes: &[Outcome]) {
    for (at, outcome) in chunk.iter().zip(outcomes) {
        all[*at] = settled(*outcome);
    }
}

/// How an event ended that the inbox was shown.
pub(super) fn settled(outcome: Outcome) -> Settled {
    match outcome {
        Outcome::Ignored => Settled::because(outcome, ATTRIBUTION),
        Outcome::Applied | Outcome::Duplicate | Outcome::Parked => Settled::plainly(outcome),
    }
}

/// Whether repeating cannot help: the database understood, and refused.
pub(super) fn is_poison(error: &StoreError) -> bool {
    match error {
        StoreError::Corrupt(_) | StoreError::NotFound => true,
        StoreError::AlreadyExists | StoreError::Conflict | StoreError::Unavailable(_) => false,
    }
}
