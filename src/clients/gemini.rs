//! The Gemini API's own wire, for what its OpenAI-compatible endpoint lacks: the shape of a picture, the reason of a refusal,
//! and films.
//!
//! Films are made by the Interactions API, in the background: Veo's `predictLongRunning` models were shut down at the Gemini
//! API on 2026-10-22, with `gemini-omni-1.1-flash` as the replacement, which that API alone serves.
//!
//! # Source
//! <https://ai.google.dev/api/generate-content>, <https://ai.google.dev/gemini-api/docs/omni>,
//! <https://ai.google.dev/gemini-api/docs/interactions> and <https://ai.google.dev/gemini-api/docs/deprecations>, read 2026-11.

use std::time::Duration;

use base64::Engine as _;
use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{RequestBuilder, Response, Url};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use super::ai::{Billed, ProviderError, Usage, failure_of, unread_success};
use super::body::read_bounded;

/// Longest answer that is read: a picture of some megabytes as base64, or a film of some seconds.
const ANSWER_BYTES: usize = 96 * 1024 * 1024;

/// When to ask again for a film that is not ready: it takes minutes, and every question is a request.
const POLL_AFTER: Duration = Duration::from_secs(10);

const KEY_HEADER: HeaderName = HeaderName::from_static("x-goog-api-key");

/// The Gemini API and our key to it. A clone shares the connections.
#[derive(Clone)]
pub struct Gemini {
    http: reqwest::Client,
    base_url: String,
    key: SecretString,
}

/// A film to be made.
pub struct Filming<'a> {
    /// The model.
    pub model: &'a str,
    /// What to film.
    pub prompt: &'a str,
    /// `16:9` or `9:16`.
    pub aspect_ratio: &'a str,
    /// Its length.
    pub seconds: u64,
    /// Longest wait for the answer that it was begun.
    pub limit: Duration,
}

/// Where a film stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Film {
    /// It is being made.
    Pending {
        /// When to ask again.
        after: Duration,
    },
    /// Here it is.
    Done {
        /// MP4.
        bytes: Vec<u8>,
        /// What was used.
        usage: Usage,
    },
}

impl Gemini {
    /// The API at `base_url`, which has no slash at its end.
    pub fn new(http: reqwest::Client, base_url: &str, key: SecretString) -> Self {
        Self {
            http,
            base_url: base_url.to_owned(),
            key,
        }
    }

    /// Draws a picture. One attempt, one bill.
    ///
    /// # Errors
    /// [`ProviderError`].
    pub async fn draw(
        &self,
        model: &str,
        prompt: &str,
        aspect_ratio: &str,
        limit: Duration,
    ) -> Result<(Vec<u8>, Usage), ProviderError> {
        let request = self
            .http
            .post(format!("{}/models/{model}:generateContent", self.base_url))
            .json(&json!({
                "contents": [{ "role": "user", "parts": [{ "text": prompt }] }],
                "generationConfig": {
                    "responseModalities": ["IMAGE"],
                    "imageConfig": { "aspectRatio": aspect_ratio },
                },
            }));
        let answer = self.json(request, limit).await?;
        let counts = &answer["usageMetadata"];
        let count = |field: &str| counts[field].as_u64().unwrap_or_default();
        let used = Usage {
            input_tokens: count("promptTokenCount"),
            output_tokens: count("candidatesTokenCount") + count("thoughtsTokenCount"),
            images: 0,
            video_seconds: 0,
        };
        let billed = match counts {
            Value::Object(_) => Billed::Known(used),
            _ => Billed::Unknown,
        };
        let candidate = &answer["candidates"][0];
        let refused = answer["promptFeedback"]["blockReason"]
            .as_str()
            .or_else(|| candidate["finishReason"].as_str().filter(|r| is_refusal(r)));
        if let Some(reason) = refused {
            return Err(ProviderError::Refused {
                reason: reason.to_owned(),
                billed,
            });
        }
        let parts = candidate["content"]["parts"].as_array();
        let bytes = parts
            .into_iter()
            .flatten()
            // Sketches that the model made while thinking are parts too.
            .filter(|part| part["thought"] != true)
            .find_map(|part| part["inlineData"]["data"].as_str())
            .and_then(decode)
            .ok_or(ProviderError::Malformed { billed })?;
        Ok((bytes, Usage { images: 1, ..used }))
    }

    /// Begins a film and returns the name to ask for it by. One attempt, one bill.
    ///
    /// # Errors
    /// [`ProviderError`]. After [`ProviderError::Transient`] the film may be in the making all the same.
    pub async fn film(&self, filming: &Filming<'_>) -> Result<String, ProviderError> {
        let request = self
            .http
            .post(format!("{}/interactions", self.base_url))
            .json(&json!({
                "model": filming.model,
                "input": filming.prompt,
                "background": true,
                "response_format": {
                    "type": "video",
                    "delivery": "uri",
                    "aspect_ratio": filming.aspect_ratio,
                    "resolution": "720p",
                    "duration": format!("{}s", filming.seconds),
                },
            }));
        let answer = self.json(request, filming.limit).await?;
        match answer["id"].as_str() {
            Some(id) if is_name(id) => Ok(id.to_owned()),
            _ => Err(ProviderError::Malformed {
                billed: Billed::Unknown,
            }),
        }
    }

    /// Asks for a film of `seconds`. Costs nothing.
    ///
    /// # Errors
    /// [`ProviderError::Transient`] and [`ProviderError::RateLimited`]: ask again. Everything else: there will be no film.
    pub async fn developed(
        &self,
        name: &str,
        seconds: u64,
        limit: Duration,
    ) -> Result<Film, ProviderError> {
        if !is_name(name) {
            return Err(ProviderError::Rejected {
                code: "interaction_name".to_owned(),
            });
        }
        let request = self
            .http
            .get(format!("{}/interactions/{name}", self.base_url));
        let answer = match self.json(request, limit).await {
            // It was begun, and is lost: whether it was billed is not known. Google says 400 where others say 404.
            Err(ProviderError::Rejected { .. }) => {
                return Err(ProviderError::Malformed {
                    billed: Billed::Unknown,
                });
            }
            answered => answered?,
        };
        let usage = film_usage(&answer["usage"], seconds);
        match answer["status"].as_str().unwrap_or_default() {
            "completed" => {}
            "failed" => return Err(film_failure(&answer)),
            "cancelled" | "incomplete" | "budget_exceeded" | "requires_action" => {
                return Err(ProviderError::Malformed {
                    billed: Billed::Unknown,
                });
            }
            // Also what is not known: the one who asks has a deadline.
            _ => return Ok(Film::Pending { after: POLL_AFTER }),
        }
        let steps = answer["steps"].as_array().into_iter().flatten();
        let output = steps
            .filter(|step| step["type"] == "model_output")
            .flat_map(|step| step["content"].as_array().into_iter().flatten())
            .find(|content| content["type"] == "video");
        let bytes = match output {
            Some(video) => self.film_bytes(video, usage, limit).await?,
            None if usage.video_seconds > 0 => {
                return Err(ProviderError::Malformed {
                    billed: Billed::Known(usage),
                });
            }
            // A refusal for content is "completed", with words where the film should be.
            None => {
                return Err(ProviderError::Refused {
                    reason: "no_video".to_owned(),
                    billed: Billed::Known(usage),
                });
            }
        };
        if bytes.get(4..8) != Some(b"ftyp") {
            return Err(ProviderError::Malformed {
                billed: Billed::Known(film_made(usage, seconds)),
            });
        }
        Ok(Film::Done {
            bytes,
            usage: film_made(usage, seconds),
        })
    }

    async fn film_bytes(
        &self,
        video: &Value,
        usage: Usage,
        limit: Duration,
    ) -> Result<Vec<u8>, ProviderError> {
        let lost = ProviderError::Malformed {
            billed: Billed::Known(usage),
        };
        if let Some(bytes) = video["data"].as_str().and_then(decode) {
            return Ok(bytes);
        }
        let Some(url) = video["uri"].as_str().and_then(|uri| self.own_url(uri)) else {
            return Err(lost);
        };
        match self.send(self.http.get(url), limit).await {
            Ok(response) => read(response).await,
            // Films are kept for two days.
            Err(ProviderError::Rejected { .. }) => Err(lost),
            Err(other) => Err(other),
        }
    }

    /// The address of a film, if it is the provider's own: the key goes nowhere else.
    fn own_url(&self, uri: &str) -> Option<Url> {
        let base = Url::parse(&self.base_url).ok()?;
        let mut url = Url::parse(uri).ok()?;
        if url.origin() != base.origin() {
            return None;
        }
        if !url.query_pairs().any(|(name, _)| name == "alt") {
            url.query_pairs_mut().append_pair("alt", "media");
        }
        Some(url)
    }

    async fn json(&self, request: RequestBuilder, limit: Duration) -> Result<Value, ProviderError> {
        let body = read(self.send(request, limit).await?).await?;
        serde_json::from_slice(&body).map_err(|_| ProviderError::Malformed {
            billed: Billed::Unknown,
        })
    }

    async fn send(
        &self,
        request: RequestBuilder,
        limit: Duration,
    ) -> Result<Response, ProviderError> {
        let mut key = HeaderValue::from_str(self.key.expose_secret())
            .map_err(|_| ProviderError::Unauthorized)?;
        key.set_sensitive(true);
        let response = request
            .header(KEY_HEADER, key)
            .timeout(limit)
            .send()
            .await
            .map_err(|error| ProviderError::Transient {
                retry_after: None,
                billed: if error.is_connect() {
                    Billed::Nothing
                } else {
                    Billed::Unknown
                },
            })?;
        if response.status().is_success() {
            return Ok(response);
        }
        Err(failure_of(response).await)
    }
}

impl std::fmt::Debug for Gemini {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gemini")
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}

async fn read(response: Response) -> Result<Vec<u8>, ProviderError> {
    read_bounded(response, ANSWER_BYTES)
        .await
        .map_err(unread_success)
}

fn decode(text: &str) -> Option<Vec<u8>> {
    base64::engine::general_purpose::STANDARD.decode(text).ok()
}

/// Reasons of a candidate that are a verdict on the content.
fn is_refusal(reason: &str) -> bool {
    matches!(
        reason,
        "SAFETY"
            | "RECITATION"
            | "BLOCKLIST"
            | "PROHIBITED_CONTENT"
            | "SPII"
            | "IMAGE_SAFETY"
            | "IMAGE_PROHIBITED_CONTENT"
            | "IMAGE_RECITATION"
            | "IMAGE_OTHER"
    )
}

/// Whether a text can be the name of an interaction: it becomes part of a path.
fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 512
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '='))
}

/// What an interaction used. Seconds are those asked for, once video tokens say that a film was made.
fn film_usage(counts: &Value, seconds: u64) -> Usage {
    let of_video = counts["output_tokens_by_modality"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|entry| {
            entry["modality"]
                .as_str()
                .is_some_and(|modality| modality.eq_ignore_ascii_case("video"))
        })
        .any(|entry| entry["tokens"].as_u64() > Some(0));
    Usage {
        input_tokens: counts["total_input_tokens"].as_u64().unwrap_or_default(),
        output_tokens: counts["total_output_tokens"].as_u64().unwrap_or_default(),
        images: 0,
        video_seconds: if of_video { seconds } else { 0 },
    }
}

fn film_made(usage: Usage, seconds: u64) -> Usage {
    Usage {
        video_seconds: seconds,
        ..usage
    }
}

fn film_failure(answer: &Value) -> ProviderError {
    let error = &answer["error"];
    let reason = [&error["status"], &error["code"], &answer["finish_reason"]]
        .into_iter()
        .filter_map(Value::as_str)
        .find(|reason| is_refusal(&reason.to_ascii_uppercase()));
    match reason {
        Some(reason) => ProviderError::Refused {
            reason: reason.to_owned(),
            billed: Billed::Unknown,
        },
        None => ProviderError::Malformed {
            billed: Billed::Unknown,
        },
    }
}
