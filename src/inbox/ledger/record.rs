//! The documents of a delivery.

use serde::{Deserialize, Serialize};

use super::Settled;
use crate::inbox::merge::Outcome;
use crate::store::Timestamp;

/// # Shape
/// `body` is the raw text when it is short, else `gzip+base64` by `encoding`; what does not fit stands in `parts/{n}`.
/// `settled` lists runs of units that ended alike, by their ordinal in the body; further runs stand in `settled/{n}`.
/// `expireAt` is absent while something is parked. `conversations` says whose words the body holds, by the first digits of
/// their ids, so that they can be erased; beyond the most that are listed, `manyConversations`. With `erasedAt` the body is gone.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RecordDoc {
    pub(super) state: String,
    pub(super) received_at: Timestamp,
    pub(super) last_received_at: Timestamp,
    pub(super) repeated: i64,
    pub(super) bytes: i64,
    pub(super) encoding: String,
    pub(super) body: Option<String>,
    pub(super) parts: i64,
    pub(super) secret: i64,
    #[serde(flatten)]
    pub(super) outcome: OutcomeDoc,
}

/// How the units ended.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OutcomeDoc {
    pub(super) units: i64,
    pub(super) applied: i64,
    pub(super) duplicate: i64,
    pub(super) ignored: i64,
    pub(super) parked: i64,
    pub(super) settled: Vec<RunDoc>,
    pub(super) settled_beside: i64,
    pub(super) waiting_for: Vec<String>,
    pub(super) expire_at: Option<Timestamp>,
    #[serde(default)]
    pub(super) conversations: Vec<String>,
    pub(super) many_conversations: Option<bool>,
    pub(super) erased_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RunDoc {
    pub(super) from: i64,
    pub(super) to: i64,
    pub(super) outcome: String,
    pub(super) reason: Option<String>,
    pub(super) channel_id: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RunsDoc {
    pub(super) runs: Vec<RunDoc>,
    pub(super) expire_at: Option<Timestamp>,
}

/// What says that a delivery came again.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AgainDoc {
    pub(super) last_received_at: Timestamp,
}

#[derive(Debug, Deserialize)]
pub(super) struct StateDoc {
    pub(super) state: String,
}

/// What a replay rewrites.
pub(super) const REPLAYED: &[&str] = &[
    "state",
    "units",
    "applied",
    "duplicate",
    "ignored",
    "parked",
    "settled",
    "settledBeside",
    "waitingFor",
    "expireAt",
    "conversations",
    "manyConversations",
];

/// Units that ended alike, one behind the other, are one run.
pub(super) fn runs(settled: &[Settled]) -> Vec<RunDoc> {
    let mut ordinal = 0;
    settled
        .chunk_by(|one, next| one == next)
        .map(|alike| {
            let from = ordinal;
            ordinal += number(alike.len());
            RunDoc {
                from,
                to: ordinal - 1,
                outcome: word(alike[0].outcome).to_owned(),
                reason: alike[0].reason.map(ToOwned::to_owned),
                channel_id: alike[0].waits_for.clone(),
            }
        })
        .collect()
}

const fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Applied => "APPLIED",
        Outcome::Duplicate => "DUPLICATE",
        Outcome::Ignored => "IGNORED",
        Outcome::Parked => "PARKED",
    }
}

pub(super) fn outcome(word: &str) -> Outcome {
    match word {
        "APPLIED" => Outcome::Applied,
        "DUPLICATE" => Outcome::Duplicate,
        "IGNORED" => Outcome::Ignored,
        _ => Outcome::Parked,
    }
}

/// A number as documents hold it. None here comes near the limit.
pub(super) fn number(of: usize) -> i64 {
    i64::try_from(of).unwrap_or(i64::MAX)
}
