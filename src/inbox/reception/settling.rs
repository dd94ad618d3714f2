//! How the units end that the inbox was shown.

use super::super::ledger::Settled;
use super::super::merge::Outcome;

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
