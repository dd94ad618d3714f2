//! The JSON object that a model is asked for, and the way it comes back: piece by piece.

use futures::TryStreamExt as _;
use std::sync::LazyLock;

use futures::stream::{self, BoxStream, Stream};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::caption::CaptionReader;
use super::{Billed, ProviderError, TextEvent, TextPrompt, TextResult, Usage};
use crate::clients::openai::Piece;

/// Longest answer that is read, in bytes: many times Instagram's 2,200 characters. A model that loops ends here.
const LONGEST: usize = 64 * 1024;

/// The schema of the answer, as both providers' strict mode wants it: every property required, no others. `caption` stands
/// first because models write in this order, and a person waits for it; hence text, since a `Value` would sort.
const SCHEMA: &str = r#"{"type":"object","properties":{"caption":{"type":"string"},"hashtags":{"type":"array","items":{"type":"string"}},"altText":{"type":"string"}},"required":["caption","hashtags","altText"],"additionalProperties":false}"#;

/// The schema of the answer.
pub(super) fn schema() -> &'static RawValue {
    static PARSED: LazyLock<&'static RawValue> =
        LazyLock::new(|| serde_json::from_str(SCHEMA).expect("the schema is JSON"));
    &PARSED
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    caption: String,
    #[serde(default)]
    hashtags: Vec<String>,
    alt_text: Option<String>,
}

/// Turns the pieces of an answer into events: each piece of caption at once, the whole at the end.
pub(super) fn read(
    pieces: BoxStream<'static, Result<Piece, ProviderError>>,
    model: &str,
    prompt: &TextPrompt,
) -> impl Stream<Item = Result<TextEvent, ProviderError>> + Send + use<> {
    let reading = Reading {
        pieces,
        caption: CaptionReader::default(),
        text: String::new(),
        model: model.to_owned(),
        worst: worst_case(prompt),
        ended: false,
    };
    stream::try_unfold(reading, Reading::next)
}

/// No token is shorter than a byte, and no answer longer than its limit.
fn worst_case(prompt: &TextPrompt) -> Usage {
    let bytes = prompt.system.len() + prompt.user.len() + SCHEMA.len();
    Usage {
        input_tokens: bytes.try_into().unwrap_or(u64::MAX),
        output_tokens: prompt.max_output_tokens.into(),
        images: 0,
        video_seconds: 0,
    }
}

struct Reading {
    pieces: BoxStream<'static, Result<Piece, ProviderError>>,
    caption: CaptionReader,
    text: String,
    model: String,
    worst: Usage,
    ended: bool,
}

impl Reading {
    async fn next(mut self) -> Result<Option<(TextEvent, Self)>, ProviderError> {
        while !self.ended {
            // The end of the pieces without `End` does not happen; it would be a cut.
            let piece = self
                .pieces
                .try_next()
                .await?
                .ok_or(ProviderError::Transient {
                    retry_after: None,
                    billed: Billed::Unknown,
                })?;
            match piece {
                Piece::Text(text) => {
                    if self.text.len() + text.len() > LONGEST {
                        return Err(ProviderError::Malformed {
                            billed: Billed::Unknown,
                        });
                    }
                    self.text.push_str(&text);
                    let delta = self.caption.feed(&text);
                    if !delta.is_empty() {
                        return Ok(Some((TextEvent::CaptionDelta(delta), self)));
                    }
                }
                Piece::End { finish, usage } => {
                    self.ended = true;
                    let result = self.result(&finish, usage)?;
                    return Ok(Some((TextEvent::Done(result), self)));
                }
            }
        }
        Ok(None)
    }

    fn result(&self, finish: &str, usage: Option<Usage>) -> Result<TextResult, ProviderError> {
        let malformed = ProviderError::Malformed {
            billed: usage.map_or(Billed::Unknown, Billed::Known),
        };
        // Cut at the limit: even if it happens to parse, the sentence was not finished.
        if finish == "length" {
            return Err(malformed);
        }
        // Any other end, also one that nobody has heard of, is judged by what was written.
        let answer: Answer = serde_json::from_str(&self.text).map_err(|_| malformed.clone())?;
        if answer.caption.trim().is_empty() {
            return Err(malformed);
        }
        Ok(TextResult {
            caption: answer.caption,
            hashtags: answer.hashtags,
            alt_text: answer.alt_text.filter(|text| !text.trim().is_empty()),
            usage: usage.unwrap_or(self.worst),
            model: self.model.clone(),
        })
    }
}
