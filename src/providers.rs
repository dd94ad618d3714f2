//! One question to one provider: text, picture or film. One call is one attempt and one bill.
//!
//! Who is asked next when a provider fails is the caller's decision, because the caller has to reserve money for each attempt:
//! [`Providers::order`] names the candidates, [`ProviderError::may_fall_over`] says whether to go on.
//!
//! **Text goes through `async-openai` at both providers**, at Gemini through its OpenAI-compatible endpoint: one request, one
//! stream, one meaning of `finish_reason`, so that a fallback behaves like the primary. That endpoint's traps (errors in an array,
//! thinking tokens left out of the count) are handled in `clients::openai`. **Pictures and films of Gemini use its native
//! API**: only there can a picture's shape be asked for, only there is a refusal told from a failure, and only there are films.
//! OpenAI has had no films since its Videos API was closed on 2026-09-24.
//!
//! *Invariant:* prompts and answers are not `Debug`: they reach no log by accident.

mod aspect;
mod caption;
mod reply;

use std::fmt;
use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::BoxStream;
use reqwest::redirect::Policy;

use crate::clients::gemini::{Film, Filming, Gemini};
use crate::clients::http;
use crate::clients::openai::{Completion, Drawing, OpenAi};
use crate::config::ai::{AiSettings, ProviderSettings};

pub use self::aspect::Aspect;
pub use crate::clients::ai::{Billed, ProviderError, Usage};
pub use crate::config::ai::{Kind, ProviderChoice};

/// The providers that there are keys for. A clone shares the connections.
#[derive(Clone)]
pub struct Providers {
    settings: AiSettings,
    openai: Option<OpenAi>,
    gemini: Option<GeminiClients>,
}

#[derive(Clone)]
struct GeminiClients {
    text: OpenAi,
    native: Gemini,
}

/// What to write.
#[derive(Clone, PartialEq, Eq)]
pub struct TextPrompt {
    /// What the model has to obey. Nothing that a person typed belongs here.
    pub system: String,
    /// What the model works on.
    pub user: String,
    /// Where the model is stopped, thinking included.
    pub max_output_tokens: u32,
}

/// A text on its way. The last event, and only it, is [`TextEvent::Done`].
#[derive(Clone, PartialEq, Eq)]
pub enum TextEvent {
    /// The next part of the caption, as it was written.
    CaptionDelta(String),
    /// The whole.
    Done(TextResult),
}

/// A written answer.
#[derive(Clone, PartialEq, Eq)]
pub struct TextResult {
    /// The caption. The deltas before it add up to it.
    pub caption: String,
    /// The hashtags, as the model wrote them.
    pub hashtags: Vec<String>,
    /// What to tell somebody who does not see the picture.
    pub alt_text: Option<String>,
    /// What was used; the worst case if the provider did not say.
    pub usage: Usage,
    /// The model.
    pub model: String,
}

/// What to draw.
#[derive(Clone, PartialEq, Eq)]
pub struct ImagePrompt {
    /// In words.
    pub prompt: String,
    /// In shape.
    pub aspect: Aspect,
}

/// A drawn answer.
#[derive(Clone, PartialEq, Eq)]
pub struct ImageResult {
    /// The file.
    pub bytes: Vec<u8>,
    /// What kind of file it is, by its bytes: `image/jpeg`, `image/png` or `image/webp`.
    pub mime: &'static str,
    /// What was used.
    pub usage: Usage,
    /// The model.
    pub model: String,
}

/// What to film.
#[derive(Clone, PartialEq, Eq)]
pub struct VideoPrompt {
    /// In words.
    pub prompt: String,
    /// In shape; films are 16:9 or 9:16.
    pub aspect: Aspect,
    /// In length: 3 to 10.
    pub seconds: u64,
}

/// A film in the making: all that is needed to ask for it, also by another process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VideoOperation {
    /// The provider's name for it.
    pub name: String,
    /// Who makes it.
    pub provider: ProviderChoice,
    /// The model.
    pub model: String,
    /// How long it will be.
    pub seconds: u64,
}

/// Where a film stands.
#[derive(Clone, PartialEq, Eq)]
pub enum VideoPoll {
    /// It is being made.
    Pending {
        /// When to ask again.
        after: Duration,
    },
    /// Here it is.
    Done {
        /// The file.
        bytes: Vec<u8>,
        /// `video/mp4`.
        mime: &'static str,
        /// What was used.
        usage: Usage,
    },
}

impl Providers {
    /// The providers of the settings. Waits for nothing.
    ///
    /// # Errors
    /// When the client's own settings do not fit each other.
    pub fn new(settings: &AiSettings) -> Result<Self, reqwest::Error> {
        // A redirect would carry Google's key header along to wherever it points, and only a client can refuse it.
        let http = http::client().redirect(Policy::none()).build()?;
        Ok(Self {
            openai: settings
                .openai
                .as_ref()
                .map(|openai| OpenAi::new(http.clone(), &openai.base_url, openai.key.clone())),
            gemini: settings.gemini.as_ref().map(|gemini| GeminiClients {
                text: OpenAi::new(
                    http.clone(),
                    &format!("{}/openai", gemini.base_url),
                    gemini.key.clone(),
                ),
                native: Gemini::new(http.clone(), &gemini.base_url, gemini.key.clone()),
            }),
            settings: settings.clone(),
        })
    }

    /// Whom to ask for a kind, primary first. Empty: that kind is off.
    pub fn order(&self, kind: Kind) -> Vec<ProviderChoice> {
        self.settings.order(kind).to_vec()
    }

    /// The model that a provider would use for a kind, which is what prices go by. `None`: it cannot.
    pub fn model(&self, kind: Kind, choice: ProviderChoice) -> Option<&str> {
        let provider = self.settings.provider(choice)?;
        match kind {
            Kind::Text => Some(&provider.text_model),
            Kind::Image => Some(&provider.image_model),
            Kind::Video => provider.video_model.as_deref(),
        }
    }

    /// Writes: one paid attempt at one provider. Dropping the stream hangs up.
    ///
    /// # Errors
    /// [`ProviderError`], here or in the stream, which ends with it.
    pub async fn text(
        &self,
        prompt: &TextPrompt,
        choice: ProviderChoice,
    ) -> Result<BoxStream<'static, Result<TextEvent, ProviderError>>, ProviderError> {
        let settings = self.settings_of(choice)?;
        let client = match choice {
            ProviderChoice::OpenAi => self.openai.as_ref(),
            ProviderChoice::Gemini => self.gemini.as_ref().map(|gemini| &gemini.text),
        };
        let completion = Completion {
            model: &settings.text_model,
            system: &prompt.system,
            user: &prompt.user,
            max_output_tokens: prompt.max_output_tokens,
            reasoning_effort: settings.reasoning_effort.as_deref(),
            schema: reply::schema(),
            silence: self.settings.timeouts.text_silence,
        };
        let pieces = client.ok_or_else(no_key)?.complete(&completion).await?;
        Ok(reply::read(pieces, &settings.text_model, prompt).boxed())
    }

    /// Draws: one paid attempt at one provider.
    ///
    /// # Errors
    /// [`ProviderError`].
    pub async fn image(
        &self,
        prompt: &ImagePrompt,
        choice: ProviderChoice,
    ) -> Result<ImageResult, ProviderError> {
        let settings = self.settings_of(choice)?;
        let limit = self.settings.timeouts.image;
        let (bytes, usage) = match choice {
            ProviderChoice::OpenAi => {
                let drawing = Drawing {
                    model: &settings.image_model,
                    prompt: &prompt.prompt,
                    size: prompt.aspect.openai_size(),
                    limit,
                };
                self.openai
                    .as_ref()
                    .ok_or_else(no_key)?
                    .draw(&drawing)
                    .await?
            }
            ProviderChoice::Gemini => {
                let gemini = &self.gemini.as_ref().ok_or_else(no_key)?.native;
                let aspect = prompt.aspect.gemini_ratio();
                gemini
                    .draw(&settings.image_model, &prompt.prompt, aspect, limit)
                    .await?
            }
        };
        let mime = image_mime(&bytes).ok_or(ProviderError::Malformed {
            billed: Billed::Known(usage),
        })?;
        Ok(ImageResult {
            bytes,
            mime,
            usage,
            model: settings.image_model.clone(),
        })
    }

    /// Begins a film: one paid attempt at one provider.
    ///
    /// # Errors
    /// [`ProviderError`]. After [`ProviderError::Transient`] the film may be in the making all the same, and be billed.
    pub async fn start_video(
        &self,
        prompt: &VideoPrompt,
        choice: ProviderChoice,
    ) -> Result<VideoOperation, ProviderError> {
        let settings = self.settings_of(choice)?;
        let (Some(model), Some(gemini)) = (&settings.video_model, self.filmer(choice)) else {
            return Err(no_key());
        };
        let filming = Filming {
            model,
            prompt: &prompt.prompt,
            aspect_ratio: prompt.aspect.film_ratio(),
            seconds: prompt.seconds,
            limit: self.settings.timeouts.video,
        };
        Ok(VideoOperation {
            name: gemini.film(&filming).await?,
            provider: choice,
            model: model.clone(),
            seconds: prompt.seconds,
        })
    }

    /// Asks how far a film is, and fetches it when it is done. Costs nothing, and may be repeated.
    ///
    /// # Errors
    /// [`ProviderError::Transient`] and [`ProviderError::RateLimited`]: ask again. Everything else: there will be no film.
    pub async fn poll_video(&self, operation: &VideoOperation) -> Result<VideoPoll, ProviderError> {
        let gemini = self.filmer(operation.provider).ok_or_else(no_key)?;
        let limit = self.settings.timeouts.video;
        let film = gemini
            .developed(&operation.name, operation.seconds, limit)
            .await?;
        Ok(match film {
            Film::Pending { after } => VideoPoll::Pending { after },
            Film::Done { bytes, usage } => VideoPoll::Done {
                bytes,
                mime: "video/mp4",
                usage,
            },
        })
    }

    fn settings_of(&self, choice: ProviderChoice) -> Result<&ProviderSettings, ProviderError> {
        self.settings.provider(choice).ok_or_else(no_key)
    }

    fn filmer(&self, choice: ProviderChoice) -> Option<&Gemini> {
        match choice {
            ProviderChoice::OpenAi => None,
            ProviderChoice::Gemini => self.gemini.as_ref().map(|gemini| &gemini.native),
        }
    }
}

/// A provider that is not configured does not know us.
fn no_key() -> ProviderError {
    ProviderError::Unauthorized
}

fn image_mime(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some("image/png")
    } else if bytes.starts_with(b"\xff\xd8\xff") {
        Some("image/jpeg")
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        Some("image/webp")
    } else {
        None
    }
}

impl fmt::Debug for Providers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Providers")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
