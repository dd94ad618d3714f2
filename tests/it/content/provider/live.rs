//! The real providers, for whoever has a key and some cents: `make live-ai`.

use leadgen_pro::providers::{Aspect, ImagePrompt, Kind, ProviderChoice, Providers};
use simulators::ai::Server;

use super::{Desk, prompt, settings};

/// The settings that point at a real provider, if its key is there.
fn key_of(choice: ProviderChoice) -> Option<String> {
    let name = format!("LIVE_{}_API_KEY", choice.as_str().to_uppercase());
    std::env::var(name).ok().filter(|key| !key.is_empty())
}

#[tokio::test]
#[ignore = "costs money: make live-ai"]
async fn a_caption_and_a_picture_from_the_real_providers() {
    for choice in [ProviderChoice::OpenAi, ProviderChoice::Gemini] {
        let Some(key) = key_of(choice) else {
            let name = choice.as_str().to_uppercase();
            eprintln!("SKIPPED {choice}: {name}_API_KEY is not set");
            continue;
        };
        // An empty value unsets: what is left are the defaults, which are the real addresses and models.
        let sim = Server::start().await.unwrap();
        let (mut openai, mut gemini) = (String::new(), String::new());
        match choice {
            ProviderChoice::OpenAi => openai = key,
            ProviderChoice::Gemini => gemini = key,
        }
        let real = [
            ("OPENAI_API_KEY", openai.as_str()),
            ("GEMINI_API_KEY", gemini.as_str()),
            ("OPENAI_BASE_URL", ""),
            ("GEMINI_BASE_URL", ""),
        ];
        let providers = Providers::new(&settings(&sim, &real).unwrap().ai).unwrap();
        let desk = Desk { sim, providers };

        let asked = prompt("Umrah Ramadhan bersama keluarga. Answer in Indonesian.");
        let (deltas, result) = desk.write_about(&asked, choice).await.unwrap();
        assert_eq!(deltas.concat(), result.caption);
        assert!(deltas.len() > 1, "it came in pieces");
        assert!(result.usage.input_tokens > 0 && result.usage.output_tokens > 0);
        eprintln!(
            "{choice} {}: {:?}\n{}",
            result.model, result.usage, result.caption
        );

        let picture = ImagePrompt {
            prompt: "Pilgrims in white walking at dawn, watercolour".to_owned(),
            aspect: Aspect::Portrait,
        };
        let drawn = desk.providers.image(&picture, choice).await.unwrap();
        let model = desk.providers.model(Kind::Image, choice);
        assert_eq!(Some(drawn.model.as_str()), model);
        eprintln!(
            "{choice} {}: {} {} bytes, {:?}",
            drawn.model,
            drawn.mime,
            drawn.bytes.len(),
            drawn.usage
        );
        assert_eq!(desk.sim.calls().len(), 0, "the simulator was not asked");
    }
}
