//! What the answers of all AI providers have in common: what was used, and why it failed.
//!
//! *Invariant:* nothing here, and nothing that a provider's client returns as an error, carries the API key, the prompt or a
//! body: reasons are the providers' own machine codes.

mod answer;

use std::time::Duration;

pub(super) use answer::{failure_in, failure_of, unread_success};

/// What a call used, in the units that are billed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Tokens read.
    pub input_tokens: u64,
    /// Tokens written, thinking included.
    pub output_tokens: u64,
    /// Pictures made.
    pub images: u64,
    /// Seconds of film made.
    pub video_seconds: u64,
}

/// What is known of the bill of a call that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Billed {
    /// The provider did no work for it.
    Nothing,
    /// The provider said what it used.
    Known(Usage),
    /// The provider may have worked; it did not say how much.
    Unknown,
}

/// Why a provider did not deliver.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// It did not answer, answered too late, stopped in the middle, or has trouble of its own.
    #[error("the provider did not answer")]
    Transient {
        /// When it wants to be asked again, if it said so.
        retry_after: Option<Duration>,
        /// What is known of the bill.
        billed: Billed,
    },
    /// It asks for patience.
    #[error("the provider asks to slow down")]
    RateLimited {
        /// When it wants to be asked again, if it said so.
        retry_after: Option<Duration>,
    },
    /// It does not want to make this, by its content policy. Asking elsewhere would be shopping for a laxer one.
    #[error("the provider refused the content ({reason})")]
    Refused {
        /// Its machine code.
        reason: String,
        /// What is known of the bill.
        billed: Billed,
    },
    /// It does not understand the request, or does not know the model: our fault.
    #[error("the provider does not take the request ({code})")]
    Rejected {
        /// Its machine code.
        code: String,
    },
    /// It does not know the key, or its owner's account is empty: a person has to act.
    #[error("the provider does not accept the key, or its account is empty")]
    Unauthorized,
    /// It answered something else than was asked for, or stopped at a limit.
    #[error("the provider's answer is unusable")]
    Malformed {
        /// What is known of the bill.
        billed: Billed,
    },
}

impl ProviderError {
    /// What the failed call used: nothing, if the provider did no work; `None`, if that is not known, so that whoever keeps
    /// the budget counts the worst case.
    pub fn billed(&self) -> Option<Usage> {
        match self {
            Self::Transient { billed, .. }
            | Self::Refused { billed, .. }
            | Self::Malformed { billed } => match billed {
                Billed::Nothing => Some(Usage::default()),
                Billed::Known(usage) => Some(*usage),
                Billed::Unknown => None,
            },
            Self::RateLimited { .. } | Self::Rejected { .. } | Self::Unauthorized => {
                Some(Usage::default())
            }
        }
    }

    /// Whether another provider may be asked for the same. Only a refusal for content is final everywhere: a model that was
    /// retired, a key that was revoked or a parameter that is not known stops one provider, not the person who waits.
    pub fn may_fall_over(&self) -> bool {
        match self {
            Self::Refused { .. } => false,
            Self::Transient { .. }
            | Self::RateLimited { .. }
            | Self::Rejected { .. }
            | Self::Unauthorized
            | Self::Malformed { .. } => true,
        }
    }

    /// Whether the same provider may do better later.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Transient { .. } | Self::RateLimited { .. } | Self::Malformed { .. } => true,
            Self::Refused { .. } | Self::Rejected { .. } | Self::Unauthorized => false,
        }
    }

    /// When the provider wants to be asked again, if it said so.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Transient { retry_after, .. } | Self::RateLimited { retry_after } => *retry_after,
            Self::Refused { .. }
            | Self::Rejected { .. }
            | Self::Unauthorized
            | Self::Malformed { .. } => None,
        }
    }
}
