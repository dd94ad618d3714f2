//! AI content: what partners ask for and models make.
//!
//! This file is pure: the request that carries an `order`, and the steps that it may take. `budget` and
//! `prices` are the arithmetic of money, `prompt` and `caption` the text before and after the model, `picture` and `film`
//! what becomes of the files. `store`,
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
pub mod film;
pub mod ledger;
mod order;
pub mod picture;
pub mod prices;
pub mod prompt;
pub mod run;
pub mod spending;
pub mod store;
pub mod tasks;

pub use self::failure::Failure;
pub use self::order::{Media, Order, Platform, RawOrder, TOPIC_CHARS};

use jiff::Timestamp;

use self::budget::Payer;
use crate::jobs::Lease;
use crate::policy::OwnedFacts;
use crate::providers::VideoOperation;

/// Paid calls that one request may take, whatever happens: repairs, fallbacks and repetitions together.
pub const MOST_ATTEMPTS: u32 = 8;

/// Stands in place of a branch in the names of files.
const NO_BRANCH: &str = "__pusat__";

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

/// A film that a provider has begun, and with that billed: it is asked for until it is there or its time is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Film {
    /// The attempt that pays it.
    pub attempt_id: String,
    /// What to ask for, and whom.
    pub operation: VideoOperation,
    /// When nobody waits for it any longer.
    pub deadline: Timestamp,
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
    /// The text, once it is final, while a picture or film is still to come; it is kept when none comes.
    pub written: Option<Content>,
    /// The film in the making.
    pub film: Option<Film>,
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
            written: None,
            film: None,
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

    /// Where in the bucket an attempt of it keeps what it made. Each attempt has a name of its own, so that a late worker
    /// replaces nobody's file, and whoever takes over finds what was paid.
    ///
    /// # Shape
    /// `media/{branchId}/{userId}/{requestId}/{attemptId}.{jpg|mp4}`; PUSAT's people, who are of no branch, have
    /// `__pusat__` there, which can be no branch's id.
    pub fn file(&self, attempt_id: &str) -> String {
        let branch = self.payer.branch.as_ref().map(ToString::to_string);
        let branch = branch.as_deref().unwrap_or(NO_BRANCH);
        let ending = match self.order.media {
            Media::Video => "mp4",
            Media::None | Media::Image => "jpg",
        };
        let (user, id) = (&self.payer.uid, &self.id);
        format!("media/{branch}/{user}/{id}/{attempt_id}.{ending}")
    }

    /// Whether this attempt is the one at work.
    pub fn is_held_by(&self, attempt_id: &str) -> bool {
        matches!(&self.stage, Stage::Processing(lease) if lease.attempt() == Some(attempt_id))
    }
}

#[cfg(test)]
mod tests;
