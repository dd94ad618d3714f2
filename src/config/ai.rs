//! Which AI providers are used for what, and how they are reached.
//!
//! Everything here is optional: without a key AI is off, and says so. What a model costs is not here; that is the price
//! table's, beside the budgets.

use std::fmt;
use std::time::Duration;

use reqwest::Url;
use secrecy::SecretString;

use super::Reader;

/// A company that sells models.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProviderChoice {
    /// OpenAI.
    OpenAi,
    /// Google's Gemini API.
    Gemini,
}

impl ProviderChoice {
    /// The word for it in settings, documents and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::Gemini => "gemini",
        }
    }

    /// The provider of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::OpenAi, Self::Gemini]
            .into_iter()
            .find(|choice| choice.as_str().eq_ignore_ascii_case(word))
    }
}

impl fmt::Display for ProviderChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a model makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Caption, hashtags, alternative text.
    Text,
    /// A picture.
    Image,
    /// A short film.
    Video,
}

/// Default models: the cheapest generally available one that fits a caption, a picture and a short film.
///
/// # Source
/// <https://developers.openai.com/api/docs/models>, <https://developers.openai.com/api/docs/deprecations>,
/// <https://ai.google.dev/gemini-api/docs/models> and <https://ai.google.dev/gemini-api/docs/deprecations>, read 2026-11.
const OPENAI_TEXT_MODEL: &str = "gpt-6-luna";
const OPENAI_IMAGE_MODEL: &str = "gpt-image-2.6-flare";
const GEMINI_TEXT_MODEL: &str = "gemini-3.5-flash-lite";
const GEMINI_IMAGE_MODEL: &str = "gemini-nano-banana-2.1";
const GEMINI_VIDEO_MODEL: &str = "gemini-omni-1.1-flash";

const OPENAI_BASE_URL: &str = "https://api.openai.com/v1";
const GEMINI_BASE_URL: &str = "https://generativelanguage.googleapis.com/v1beta";

/// The AI providers as configured.
#[derive(Debug, Clone)]
pub struct AiSettings {
    /// Who writes, primary first. Empty: text is off.
    pub text: Vec<ProviderChoice>,
    /// Who draws, primary first. Empty: images are off.
    pub image: Vec<ProviderChoice>,
    /// Who films, primary first. Empty: video is off.
    pub video: Vec<ProviderChoice>,
    /// OpenAI, if there is a key.
    pub openai: Option<ProviderSettings>,
    /// The Gemini API, if there is a key.
    pub gemini: Option<ProviderSettings>,
    /// How long to wait for whom.
    pub timeouts: AiTimeouts,
}

/// One provider: where it is, who we are to it, and its models.
#[derive(Debug, Clone)]
pub struct ProviderSettings {
    /// The API's root, without a slash at its end.
    pub base_url: String,
    /// The API key.
    pub key: SecretString,
    /// Writes.
    pub text_model: String,
    /// Draws.
    pub image_model: String,
    /// Films; `None` where the provider has no such model.
    pub video_model: Option<String>,
    /// How long a model may think before it writes, in the provider's words; `None` is not sent at all.
    pub reasoning_effort: Option<String>,
}

/// Time limits of calls to providers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AiTimeouts {
    /// Longest silence in a streamed answer, its start included.
    pub text_silence: Duration,
    /// Longest wait for a picture.
    pub image: Duration,
    /// Longest wait for any one answer about a film, its download included.
    pub video: Duration,
}

impl Default for AiTimeouts {
    fn default() -> Self {
        Self {
            text_silence: Duration::from_secs(25),
            image: Duration::from_mins(2),
            video: Duration::from_mins(1),
        }
    }
}

impl AiSettings {
    /// The providers of a kind, primary first. Empty: that kind is off.
    pub fn order(&self, kind: Kind) -> &[ProviderChoice] {
        match kind {
            Kind::Text => &self.text,
            Kind::Image => &self.image,
            Kind::Video => &self.video,
        }
    }

    /// A provider's settings, if there is a key for it.
    pub fn provider(&self, choice: ProviderChoice) -> Option<&ProviderSettings> {
        match choice {
            ProviderChoice::OpenAi => self.openai.as_ref(),
            ProviderChoice::Gemini => self.gemini.as_ref(),
        }
    }

    /// What to tell whoever starts the service.
    pub fn summary(&self) -> String {
        if self.openai.is_none() && self.gemini.is_none() {
            return "AI is off: neither OPENAI_API_KEY nor GEMINI_API_KEY is set".to_owned();
        }
        let words = |order: &[ProviderChoice]| match order {
            [] => "off".to_owned(),
            order => order
                .iter()
                .map(|choice| choice.as_str())
                .collect::<Vec<_>>()
                .join(", then "),
        };
        format!(
            "AI is on: text {}; images {}; video {}",
            words(&self.text),
            words(&self.image),
            words(&self.video)
        )
    }
}

impl Reader<'_> {
    pub(super) fn ai(&mut self) -> AiSettings {
        let openai = self.secret("OPENAI_API_KEY").map(|key| ProviderSettings {
            base_url: self.provider_url("OPENAI_BASE_URL", OPENAI_BASE_URL),
            key,
            text_model: self.or("AI_TEXT_MODEL_OPENAI", OPENAI_TEXT_MODEL),
            image_model: self.or("AI_IMAGE_MODEL_OPENAI", OPENAI_IMAGE_MODEL),
            // OpenAI closed its Videos API on 2026-09-24, without a successor.
            // https://developers.openai.com/api/docs/models/sora-2, read 2026-11.
            video_model: None,
            reasoning_effort: self.reasoning_effort("AI_REASONING_EFFORT_OPENAI"),
        });
        let gemini = self.secret("GEMINI_API_KEY").map(|key| ProviderSettings {
            base_url: self.provider_url("GEMINI_BASE_URL", GEMINI_BASE_URL),
            key,
            text_model: self.or("AI_TEXT_MODEL_GEMINI", GEMINI_TEXT_MODEL),
            image_model: self.or("AI_IMAGE_MODEL_GEMINI", GEMINI_IMAGE_MODEL),
            video_model: Some(self.or("AI_VIDEO_MODEL_GEMINI", GEMINI_VIDEO_MODEL)),
            reasoning_effort: self.reasoning_effort("AI_REASONING_EFFORT_GEMINI"),
        });
        let mut settings = AiSettings {
            text: Vec::new(),
            image: Vec::new(),
            video: Vec::new(),
            openai,
            gemini,
            timeouts: AiTimeouts::default(),
        };
        settings.text = self.provider_order("AI_TEXT_PROVIDERS", Kind::Text, &settings);
        settings.image = self.provider_order("AI_IMAGE_PROVIDERS", Kind::Image, &settings);
        settings.video = self.provider_order("AI_VIDEO_PROVIDERS", Kind::Video, &settings);
        settings
    }

    /// The providers that a setting names, or else all that have a key.
    fn provider_order(
        &mut self,
        name: &str,
        kind: Kind,
        settings: &AiSettings,
    ) -> Vec<ProviderChoice> {
        let able = |choice: ProviderChoice| {
            settings
                .provider(choice)
                .is_some_and(|provider| kind != Kind::Video || provider.video_model.is_some())
        };
        let words = self.list(name);
        if words.is_empty() {
            return [ProviderChoice::OpenAi, ProviderChoice::Gemini]
                .into_iter()
                .filter(|choice| able(*choice))
                .collect();
        }
        let mut order = Vec::new();
        for word in words {
            match ProviderChoice::from_word(&word) {
                None => self
                    .faults
                    .push(format!("{name}: {word:?} is neither openai nor gemini")),
                Some(ProviderChoice::OpenAi) if kind == Kind::Video => self.faults.push(format!(
                    "{name}: openai has no video any more (its Videos API was shut down on 2026-09-24)"
                )),
                Some(choice) if settings.provider(choice).is_none() => self.faults.push(format!(
                    "{name} names {choice}, but {}_API_KEY is not set",
                    choice.as_str().to_uppercase()
                )),
                Some(choice) if order.contains(&choice) => {}
                Some(choice) => order.push(choice),
            }
        }
        order
    }

    fn secret(&self, name: &str) -> Option<SecretString> {
        // Trimmed: a key pasted into Secret Manager likes to bring its line break, which no header may carry.
        self.get(name)
            .map(|text| SecretString::from(text.trim().to_owned()))
    }

    fn or(&self, name: &str, default: &str) -> String {
        self.get(name)
            .map_or_else(|| default.to_owned(), |text| text.trim().to_owned())
    }

    /// `low` unless set: a caption needs little thought, and thinking is billed. `default` leaves it to the provider, which
    /// models that do not reason insist on.
    fn reasoning_effort(&self, name: &str) -> Option<String> {
        Some(self.or(name, "low")).filter(|word| word != "default")
    }

    /// A base URL that may be sent a key: encrypted, or on this machine.
    fn provider_url(&mut self, name: &str, default: &str) -> String {
        let text = self.url(name, default);
        if let Ok(url) = Url::parse(&text) {
            let here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
            if url.scheme() != "https" && !here {
                self.faults.push(format!(
                    "{name}: {text:?} would carry the API key unencrypted: use https"
                ));
            }
        }
        text.trim().trim_end_matches('/').to_owned()
    }
}
