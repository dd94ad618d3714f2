//! OpenAI's wire: chat completions as a stream, and images. Gemini's OpenAI-compatible endpoint speaks the same chat.
//!
//! Built on `async-openai`, with three of its habits turned off:
//!
//! - **It retries by itself** (429, 5xx and broken connections, three times, as long as `Retry-After` says): up to four paid
//!   calls where one was reserved. Requests here go through an HTTP service of our own, which makes one attempt.
//! - **It knows one shape of error.** Google's compatible endpoint answers errors inside an array, which would come out as
//!   a decoding failure without status or `Retry-After`. The HTTP service reads refusals itself, before the library does.
//! - **Its types are strict.** A `finish_reason` that was invented yesterday fails the whole answer. Answers are read as
//!   plain JSON (`byot`), and what is not known is passed over.
//!
//! It also logs bodies that it cannot decode; `telemetry` silences that target for good.

use std::time::Duration;

use async_openai::Client;
use async_openai::config::Config;
use async_openai::error::OpenAIError;
use async_openai::middleware::HttpRequestFactory;
use async_openai::types::stream::StreamResponse;
use base64::Engine as _;
use futures::stream::{self, BoxStream};
use futures::{StreamExt as _, TryStreamExt as _};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::ai::{Billed, ProviderError, Usage, failure_in, failure_of, unread_success};
use super::body::{is_event_stream, read_bounded};

/// Longest answer that is read whole: a picture of some megabytes as base64.
const ANSWER_BYTES: usize = 64 * 1024 * 1024;

/// One API root and our key to it. A clone shares the connections.
#[derive(Clone)]
pub struct OpenAi {
    client: Client<Endpoint>,
}

/// A chat that is to end in one JSON object.
pub struct Completion<'a> {
    /// The model.
    pub model: &'a str,
    /// What the model has to obey.
    pub system: &'a str,
    /// What the model works on.
    pub user: &'a str,
    /// Where the model is stopped, thinking included.
    pub max_output_tokens: u32,
    /// How long it may think, if that is to be said.
    pub reasoning_effort: Option<&'a str>,
    /// The JSON schema of the answer, as text: models write members in the order in which a schema names them.
    pub schema: &'a RawValue,
    /// Longest silence of the provider.
    pub silence: Duration,
}

/// A piece of a streamed answer. The last one, and only it, is [`Piece::End`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// The next part of the text.
    Text(String),
    /// The model is done.
    End {
        /// Why, in the provider's words.
        finish: String,
        /// What was used, if the provider said so.
        usage: Option<Usage>,
    },
}

/// A picture to be drawn.
pub struct Drawing<'a> {
    /// The model.
    pub model: &'a str,
    /// What to draw.
    pub prompt: &'a str,
    /// `WIDTHxHEIGHT`, one of the model's own.
    pub size: &'a str,
    /// Longest wait.
    pub limit: Duration,
}

impl OpenAi {
    /// The API at `base_url`, which has no slash at its end.
    pub fn new(http: reqwest::Client, base_url: &str, key: SecretString) -> Self {
        let endpoint = Endpoint {
            base_url: base_url.to_owned(),
            key,
        };
        let attempt = http.clone();
        let once = tower::service_fn(move |request| exchange(attempt.clone(), request));
        Self {
            client: Client::build(http, endpoint).with_http_service(once),
        }
    }

    /// Starts a chat completion. One attempt, one bill.
    ///
    /// # Errors
    /// [`ProviderError`], here and in the stream.
    pub async fn complete(
        &self,
        completion: &Completion<'_>,
    ) -> Result<BoxStream<'static, Result<Piece, ProviderError>>, ProviderError> {
        let request = Chat {
            model: completion.model,
            stream: true,
            stream_options: json!({ "include_usage": true }),
            max_completion_tokens: completion.max_output_tokens,
            reasoning_effort: completion.reasoning_effort,
            messages: [
                Message {
                    role: "system",
                    content: completion.system,
                },
                Message {
                    role: "user",
                    content: completion.user,
                },
            ],
            response_format: ResponseFormat {
                kind: "json_schema",
                json_schema: JsonSchema {
                    name: "answer",
                    strict: true,
                    schema: completion.schema,
                },
            },
        };
        let chat = self.client.chat();
        let start = chat.create_stream_byot::<_, Value>(request);
        let events = match timeout(completion.silence, start).await {
            Ok(started) => started.map_err(|error| failure(&error))?,
            Err(_) => return Err(unanswered()),
        };
        let reading = Reading {
            events,
            silence: completion.silence,
            usage: None,
            finish: None,
            refused: false,
            ended: false,
        };
        Ok(stream::try_unfold(reading, Reading::next).boxed())
    }

    /// Draws a picture. One attempt, one bill.
    ///
    /// # Errors
    /// [`ProviderError`].
    pub async fn draw(&self, drawing: &Drawing<'_>) -> Result<(Vec<u8>, Usage), ProviderError> {
        let request = json!({
            "model": drawing.model,
            "prompt": drawing.prompt,
            "size": drawing.size,
            "quality": "medium",
            "output_format": "jpeg",
            "n": 1,
        });
        let images = self.client.images();
        let call = images.generate_byot::<_, Value>(request);
        let answer = match timeout(drawing.limit, call).await {
            Ok(answered) => answered.map_err(|error| failure(&error))?,
            Err(_) => return Err(unanswered()),
        };
        let counts = &answer["usage"];
        let usage = Usage {
            input_tokens: counts["input_tokens"].as_u64().unwrap_or_default(),
            output_tokens: counts["output_tokens"].as_u64().unwrap_or_default(),
            images: 1,
            video_seconds: 0,
        };
        let bytes = answer["data"][0]["b64_json"]
            .as_str()
            .and_then(|text| base64::engine::general_purpose::STANDARD.decode(text).ok())
            .ok_or(ProviderError::Malformed {
                billed: Billed::Known(usage),
            })?;
        Ok((bytes, usage))
    }
}

impl std::fmt::Debug for OpenAi {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenAi").finish_non_exhaustive()
    }
}

/// A request. Written out, because a `serde_json::Value` would sort the schema's members.
#[derive(Serialize)]
struct Chat<'a> {
    model: &'a str,
    stream: bool,
    stream_options: Value,
    max_completion_tokens: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_effort: Option<&'a str>,
    messages: [Message<'a>; 2],
    response_format: ResponseFormat<'a>,
}

#[derive(Serialize)]
struct Message<'a> {
    role: &'static str,
    content: &'a str,
}

#[derive(Serialize)]
struct ResponseFormat<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    json_schema: JsonSchema<'a>,
}

#[derive(Serialize)]
struct JsonSchema<'a> {
    name: &'static str,
    strict: bool,
    schema: &'a RawValue,
}

/// The library's own configuration reads the environment; this one does not.
#[derive(Clone)]
struct Endpoint {
    base_url: String,
    key: SecretString,
}

impl Config for Endpoint {
    fn headers(&self) -> HeaderMap {
        // A key that no header can carry is refused by the provider as a missing one.
        HeaderValue::try_from(format!("Bearer {}", self.key.expose_secret()))
            .map(|mut value| {
                value.set_sensitive(true);
                HeaderMap::from_iter([(AUTHORIZATION, value)])
            })
            .unwrap_or_default()
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }

    fn query(&self) -> Vec<(&str, &str)> {
        Vec::new()
    }

    fn api_base(&self) -> &str {
        &self.base_url
    }

    fn api_key(&self) -> &SecretString {
        &self.key
    }
}

/// One attempt. A refusal becomes a [`ProviderError`] here, while its status and headers are at hand.
async fn exchange(
    http: reqwest::Client,
    request: HttpRequestFactory,
) -> Result<reqwest::Response, OpenAIError> {
    let request = request.build().await?;
    let response = http.execute(request).await?;
    if !response.status().is_success() {
        return Err(OpenAIError::Boxed(Box::new(failure_of(response).await)));
    }
    if is_event_stream(&response) {
        return Ok(response);
    }
    // The library reads whatever comes, however long.
    match read_bounded(response, ANSWER_BYTES).await {
        Ok(body) => Ok(axum::http::Response::new(body).into()),
        Err(error) => Err(OpenAIError::Boxed(Box::new(unread_success(error)))),
    }
}

fn failure(error: &OpenAIError) -> ProviderError {
    match error {
        OpenAIError::Boxed(inner) => match inner.downcast_ref::<ProviderError>() {
            Some(known) => known.clone(),
            None => unanswered(),
        },
        OpenAIError::Reqwest(error) if error.is_connect() => ProviderError::Transient {
            retry_after: None,
            billed: Billed::Nothing,
        },
        OpenAIError::JSONDeserialize(..) => ProviderError::Malformed {
            billed: Billed::Unknown,
        },
        OpenAIError::InvalidArgument(_) => ProviderError::Rejected {
            code: "invalid_argument".to_owned(),
        },
        OpenAIError::Reqwest(_)
        | OpenAIError::ApiError(_)
        | OpenAIError::StreamError(_)
        | OpenAIError::FileSaveError(_)
        | OpenAIError::FileReadError(_) => unanswered(),
    }
}

/// It may have worked on the request, and nobody will know.
fn unanswered() -> ProviderError {
    ProviderError::Transient {
        retry_after: None,
        billed: Billed::Unknown,
    }
}

/// A stream of chunks being read.
struct Reading {
    events: StreamResponse<Value>,
    silence: Duration,
    usage: Option<Usage>,
    finish: Option<String>,
    refused: bool,
    ended: bool,
}

impl Reading {
    async fn next(mut self) -> Result<Option<(Piece, Self)>, ProviderError> {
        if self.ended {
            return Ok(None);
        }
        loop {
            let event = match timeout(self.silence, self.events.try_next()).await {
                Ok(event) => event.map_err(|error| failure(&error)),
                // The text is whole; only the count of tokens is missing.
                Err(_) if self.finish.is_some() => Ok(None),
                Err(_) => Err(unanswered()),
            };
            let Some(chunk) = event? else {
                let end = self.end()?;
                self.ended = true;
                return Ok(Some((end, self)));
            };
            if let Some(error) = failure_in(&chunk, Billed::Unknown) {
                return Err(error);
            }
            if let Some(text) = self.take_in(&chunk) {
                return Ok(Some((Piece::Text(text), self)));
            }
        }
    }

    /// Notes what a chunk says and returns its text.
    fn take_in(&mut self, chunk: &Value) -> Option<String> {
        self.usage = usage(&chunk["usage"]).or(self.usage);
        let choice = &chunk["choices"][0];
        if let Some(finish) = choice["finish_reason"].as_str() {
            self.finish = Some(finish.to_owned());
        }
        let text = |field: &str| {
            choice["delta"][field]
                .as_str()
                .filter(|text| !text.is_empty())
        };
        self.refused |= text("refusal").is_some();
        text("content").map(ToOwned::to_owned)
    }

    fn end(&self) -> Result<Piece, ProviderError> {
        // No word of an end: the stream was cut, however politely.
        let finish = self.finish.clone().ok_or_else(unanswered)?;
        // Google adds its own reason behind a colon.
        let filtered = finish.split(':').next() == Some("content_filter");
        if self.refused || filtered {
            let reason = if filtered {
                "content_filter"
            } else {
                "refusal"
            };
            return Err(ProviderError::Refused {
                reason: reason.to_owned(),
                billed: self.usage.map_or(Billed::Unknown, Billed::Known),
            });
        }
        Ok(Piece::End {
            finish,
            usage: self.usage,
        })
    }
}

/// The counts of a chat. Google's endpoint leaves thinking out of `completion_tokens`, and bills it all the same: then the
/// total tells.
fn usage(counts: &Value) -> Option<Usage> {
    let input = counts["prompt_tokens"].as_u64()?;
    let output = counts["completion_tokens"].as_u64().unwrap_or_default();
    let total = counts["total_tokens"].as_u64().unwrap_or_default();
    Some(Usage {
        input_tokens: input,
        output_tokens: output.max(total.saturating_sub(input)),
        images: 0,
        video_seconds: 0,
    })
}
