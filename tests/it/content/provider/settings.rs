//! Which providers are used, as the environment says it.

use leadgen_pro::config::ai::{Kind, ProviderChoice};
use leadgen_pro::content::prices::price_of;
use leadgen_pro::providers::Providers;
use simulators::ai::Server;

use super::settings;

const NO_OPENAI: (&str, &str) = ("OPENAI_API_KEY", "");
const NO_GEMINI: (&str, &str) = ("GEMINI_API_KEY", "");

#[tokio::test]
async fn whoever_has_a_key_is_used_and_the_order_can_be_said() {
    let sim = Server::start().await.unwrap();
    let (openai, gemini) = (ProviderChoice::OpenAi, ProviderChoice::Gemini);
    let order = |changes: &[(&str, &str)]| {
        let ai = settings(&sim, changes).unwrap().ai;
        let providers = Providers::new(&ai).unwrap();
        [Kind::Text, Kind::Image, Kind::Video].map(|kind| providers.order(kind))
    };
    assert_eq!(
        order(&[]),
        [vec![openai, gemini], vec![openai, gemini], vec![gemini]]
    );
    assert_eq!(
        order(&[NO_OPENAI]),
        [vec![gemini], vec![gemini], vec![gemini]]
    );
    assert_eq!(order(&[NO_GEMINI]), [vec![openai], vec![openai], vec![]]);
    let said = [
        ("AI_TEXT_PROVIDERS", "Gemini, openai,gemini"),
        ("AI_IMAGE_PROVIDERS", "gemini"),
    ];
    assert_eq!(
        order(&said),
        [vec![gemini, openai], vec![gemini], vec![gemini]]
    );
}

#[tokio::test]
async fn without_a_key_ai_is_off_and_says_so() {
    let sim = Server::start().await.unwrap();
    let off = settings(&sim, &[NO_OPENAI, NO_GEMINI]).unwrap().ai;
    assert!(off.order(Kind::Text).is_empty());
    assert_eq!(
        off.summary(),
        "AI is off: neither OPENAI_API_KEY nor GEMINI_API_KEY is set"
    );
    let on = settings(&sim, &[NO_GEMINI]).unwrap().ai;
    assert_eq!(
        on.summary(),
        "AI is on: text openai; images openai; video off"
    );
}

#[tokio::test]
async fn what_cannot_be_is_told_at_once() {
    let sim = Server::start().await.unwrap();
    let changes = [
        NO_GEMINI,
        ("AI_TEXT_PROVIDERS", "gemini"),
        ("AI_IMAGE_PROVIDERS", "claude"),
        ("AI_VIDEO_PROVIDERS", "openai"),
        ("OPENAI_BASE_URL", "http://api.openai.example/v1"),
    ];
    let faults = settings(&sim, &changes).unwrap_err().0;
    assert_eq!(
        faults,
        [
            "OPENAI_BASE_URL: \"http://api.openai.example/v1\" would carry the API key unencrypted: use https",
            "AI_TEXT_PROVIDERS names gemini, but GEMINI_API_KEY is not set",
            "AI_IMAGE_PROVIDERS: \"claude\" is neither openai nor gemini",
            "AI_VIDEO_PROVIDERS: openai has no video any more (its Videos API was shut down on 2026-09-24)",
        ]
    );
}

/// A default model without a price would never be called, and one with the price of another kind would be called for nothing.
#[tokio::test]
async fn every_default_model_has_a_price_of_its_kind() {
    let sim = Server::start().await.unwrap();
    let providers = Providers::new(&settings(&sim, &[]).unwrap().ai).unwrap();
    let mut priced = 0;
    for kind in [Kind::Text, Kind::Image, Kind::Video] {
        for choice in providers.order(kind) {
            let model = providers.model(kind, choice).unwrap();
            let price = price_of(model).unwrap_or_else(|| panic!("{model} has no price"));
            assert_eq!(price.output_nano_usd > 0, kind == Kind::Text, "{model}");
            assert_eq!(price.image_micro_usd > 0, kind == Kind::Image, "{model}");
            let films = price.video_second_micro_usd > 0;
            assert_eq!(films, kind == Kind::Video, "{model}");
            priced += 1;
        }
    }
    assert_eq!(priced, 5);
}
