//! The providers' clients against servers that stream, stall, refuse and break like the real ones.
//!
//! Every test counts what the provider would bill: one question is one attempt, whatever comes back.

mod faults;
mod live;
mod media;
mod secrecy;
mod settings;
mod text;

use std::collections::HashMap;
use std::time::Duration;

use futures::TryStreamExt as _;
use leadgen_pro::config::{Config, ConfigError};
use leadgen_pro::providers::{
    ProviderChoice, ProviderError, Providers, TextEvent, TextPrompt, TextResult, Usage,
};
use simulators::ai::{Call, Fault, GEMINI_KEY, OPENAI_KEY, Provider, Server, Target};

/// Both providers, with the provider as the client and as the simulator name it.
const BOTH: [(ProviderChoice, Provider); 2] = [
    (ProviderChoice::OpenAi, Provider::OpenAi),
    (ProviderChoice::Gemini, Provider::Gemini),
];

/// Simulated providers and clients that know their keys.
struct Desk {
    sim: Server,
    providers: Providers,
}

impl Desk {
    async fn open() -> Self {
        Self::patient_for(Duration::from_secs(20)).await
    }

    /// With clients that wait so long for anything.
    async fn patient_for(limit: Duration) -> Self {
        let sim = Server::start().await.unwrap();
        let mut ai = settings(&sim, &[]).unwrap().ai;
        ai.timeouts.text_silence = limit;
        ai.timeouts.image = limit;
        ai.timeouts.video = limit;
        let providers = Providers::new(&ai).unwrap();
        Self { sim, providers }
    }

    fn fail(&self, provider: Provider, target: Target, fault: Fault) {
        self.sim.fail(provider, target, fault);
    }

    /// Asks for a text and reads it to its end: the deltas, and the result.
    async fn write(
        &self,
        choice: ProviderChoice,
    ) -> Result<(Vec<String>, TextResult), ProviderError> {
        self.write_about(&prompt("Umrah Ramadhan"), choice).await
    }

    async fn write_about(
        &self,
        prompt: &TextPrompt,
        choice: ProviderChoice,
    ) -> Result<(Vec<String>, TextResult), ProviderError> {
        let mut events = self.providers.text(prompt, choice).await?;
        let mut deltas = Vec::new();
        loop {
            match events.try_next().await? {
                Some(TextEvent::CaptionDelta(delta)) => deltas.push(delta),
                Some(TextEvent::Done(result)) => {
                    assert!(
                        events.try_next().await?.is_none(),
                        "nothing comes after the end"
                    );
                    return Ok((deltas, result));
                }
                None => panic!("the stream ended without a result"),
            }
        }
    }

    /// The only call that was made.
    #[track_caller]
    fn only_call(&self) -> Call {
        let calls = self.sim.calls();
        assert_eq!(calls.len(), 1, "one question is one attempt: {calls:?}");
        calls.into_iter().next().unwrap()
    }
}

fn prompt(user: &str) -> TextPrompt {
    TextPrompt {
        system: "You write captions for a travel agency (PPIU 77/2024).".to_owned(),
        user: user.to_owned(),
        max_output_tokens: 800,
    }
}

/// What is on the provider's bill for a call.
fn bill(call: &Call) -> Usage {
    Usage {
        input_tokens: call.input_tokens,
        output_tokens: call.output_tokens,
        images: call.images,
        video_seconds: call.video_seconds,
    }
}

/// The settings of a service that uses the simulator; `changes` win, and an empty value unsets.
fn settings(sim: &Server, changes: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let (openai, gemini) = (sim.openai_url(), sim.gemini_url());
    let mut all: HashMap<&str, &str> = HashMap::from([
        ("GOOGLE_CLOUD_PROJECT", "demo-providers"),
        ("FIRESTORE_EMULATOR_HOST", "127.0.0.1:1"),
        ("FIREBASE_AUTH_EMULATOR_HOST", "127.0.0.1:1"),
        ("FIREBASE_STORAGE_EMULATOR_HOST", "127.0.0.1:1"),
        (
            "PHONE_INDEX_KEY",
            "dGVzdC1rZXktdGVzdC1rZXktdGVzdC1rZXktdGVzdC1rZXk=",
        ),
        ("OPENAI_API_KEY", OPENAI_KEY),
        ("GEMINI_API_KEY", GEMINI_KEY),
        ("OPENAI_BASE_URL", &openai),
        ("GEMINI_BASE_URL", &gemini),
    ]);
    all.extend(changes.iter().copied());
    Config::from_lookup(|name| all.get(name).map(|value| (*value).to_owned()))
}
