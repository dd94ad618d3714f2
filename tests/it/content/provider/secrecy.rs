//! No key, prompt or body in a log or a `Debug`, whatever goes wrong and however much is logged.

use std::fmt::Write as _;

use leadgen_pro::providers::{Aspect, ImagePrompt, ProviderChoice, Providers};
use leadgen_pro::telemetry;
use simulators::ai::{Fault, GEMINI_KEY, OPENAI_KEY, Reply, Target};

use super::{BOTH, Desk, prompt, settings};
use crate::support::lines::Lines;

const TOPIC: &str = "topik-rahasia-jamaah";
const CAPTION: &str = "takarir-rahasia-jamaah";

#[tokio::test]
async fn nothing_secret_is_logged_even_when_everything_is() {
    let lines = Lines::default();
    let wanted = "trace, async_openai=trace,async_openai::error=trace,async_openai::client=trace";
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(telemetry::filter(Some(wanted)))
        .with_writer(lines.clone())
        .finish();
    // For this thread, on which this test's tasks run too.
    let guard = tracing::subscriber::set_default(subscriber);
    tracing::trace!("the log is on");
    let mut errors = String::new();
    for (choice, provider) in BOTH {
        let desk = Desk::open().await;
        for fault in [
            Fault::BrokenEvent,
            Fault::BrokenJson,
            Fault::WrongSchema,
            Fault::ServerError { status: 500 },
            Fault::Gateway,
            Fault::Refusal,
            Fault::Cut { tokens: 20 },
        ] {
            desk.sim.reply(Reply {
                caption: CAPTION.to_owned(),
                hashtags: Vec::new(),
                alt_text: CAPTION.to_owned(),
            });
            desk.fail(provider, Target::Text, fault);
            let error = desk.write_about(&prompt(TOPIC), choice).await.err();
            writeln!(errors, "{error:?} {}", error.as_ref().unwrap()).unwrap();
        }
        for fault in [Fault::BrokenJson, Fault::WrongBytes, Fault::Refusal] {
            desk.fail(provider, Target::Image, fault);
            let picture = ImagePrompt {
                prompt: TOPIC.to_owned(),
                aspect: Aspect::Square,
            };
            let error = desk.providers.image(&picture, choice).await.err();
            writeln!(errors, "{error:?} {}", error.as_ref().unwrap()).unwrap();
        }
        writeln!(errors, "{:?}", desk.providers).unwrap();
    }
    drop(guard);
    let log = lines.text();
    assert!(log.contains("the log is on"));
    for secret in [TOPIC, CAPTION, OPENAI_KEY, GEMINI_KEY] {
        assert!(!log.contains(secret), "{secret} is in the log:\n{log}");
        assert!(
            !errors.contains(secret),
            "{secret} is in an error:\n{errors}"
        );
    }
}

#[tokio::test]
async fn settings_and_clients_keep_the_keys_to_themselves() {
    let desk = Desk::open().await;
    let config = settings(&desk.sim, &[]).unwrap();
    let providers = Providers::new(&config.ai).unwrap();
    let shown = format!("{config:?} {providers:?} {:?}", ProviderChoice::OpenAi);
    assert!(shown.contains("gpt-6-luna"));
    for key in [OPENAI_KEY, GEMINI_KEY] {
        assert!(!shown.contains(key));
    }
}
