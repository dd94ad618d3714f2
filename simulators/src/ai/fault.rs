//! What can be made to go wrong, for the next call of a kind at a provider.

use serde::{Deserialize, Serialize};

/// Whose API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// OpenAI.
    OpenAi,
    /// The Gemini API.
    Gemini,
}

/// Which kind of call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Target {
    /// A chat completion.
    Text,
    /// A picture.
    Image,
    /// The start of a film.
    Film,
    /// The question how far a film is.
    FilmPoll,
    /// The download of a film.
    Download,
}

/// What goes wrong. Tokens are those of the text; times are on the simulator's clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Fault {
    /// Text: the bytes of the stream come in pieces of these sizes, over and over.
    Chunks {
        /// Sizes in bytes.
        sizes: Vec<usize>,
    },
    /// Text: silent for a while after some tokens.
    Pause {
        /// Tokens before it.
        tokens: usize,
        /// For how long.
        ms: u64,
    },
    /// Silent for ever: text after some tokens, everything else from the start.
    Stall {
        /// Tokens before it.
        tokens: usize,
    },
    /// Text: so long over each token.
    Slow {
        /// How long.
        ms: u64,
    },
    /// Text: the answer begins at once, its first token comes later.
    SlowStart {
        /// How much later.
        ms: u64,
    },
    /// Text and image: not a byte until later. It is generated and billed in full, whoever still listens.
    Late {
        /// How much later.
        ms: u64,
    },
    /// 429.
    RateLimited {
        /// When to come back, in the provider's own way of saying it.
        retry_after_seconds: Option<u64>,
    },
    /// 429 because nobody pays.
    QuotaExhausted,
    /// An error of the provider's.
    ServerError {
        /// 500, 503, …
        status: u16,
    },
    /// 502 with a page of HTML, by something in front of the provider.
    Gateway,
    /// Refused for content, after work was done.
    Refusal,
    /// Refused for content, before any.
    BlockedPrompt,
    /// Text: the connection breaks after some tokens.
    Cut {
        /// Tokens before it.
        tokens: usize,
    },
    /// Text: the stream ends after some tokens as if all were said.
    EndEarly {
        /// Tokens before it.
        tokens: usize,
    },
    /// Text: the model's JSON is none. Elsewhere: the body is none.
    BrokenJson,
    /// Text: an event of the stream is no JSON.
    BrokenEvent,
    /// Text: JSON, but not what the schema wants.
    WrongSchema,
    /// Text: ends for this reason. Film: has this status.
    Finish {
        /// In the provider's words.
        reason: String,
    },
    /// Text: nothing is said about tokens.
    NoUsage,
    /// Text: an error object in the stream, after some tokens.
    ErrorEvent {
        /// Tokens before it.
        tokens: usize,
    },
    /// Image and download: other bytes than promised.
    WrongBytes,
    /// Image: another size than asked for.
    OtherSize {
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
    },
    /// Image and download: the second half is missing.
    HalfFile,
    /// Download: the film's index stands behind its frames.
    IndexLast,
    /// Image and film: done, and nothing there.
    NoOutput,
    /// Film: its address is somebody else's.
    ForeignAddress {
        /// Whose.
        url: String,
    },
    /// Film: nobody knows it. Download: it is gone.
    Lost,
}
