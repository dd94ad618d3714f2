//! Pictures and films.

use std::time::Duration;

use leadgen_pro::providers::{
    Aspect, ImagePrompt, ProviderChoice, ProviderError, Usage, VideoOperation, VideoPoll,
    VideoPrompt,
};
use simulators::ai::{Fault, GEMINI_KEY, Provider, Server, Target};

use super::{BOTH, Desk, bill};

fn picture(aspect: Aspect) -> ImagePrompt {
    ImagePrompt {
        prompt: "The Kaaba at dawn".to_owned(),
        aspect,
    }
}

fn film() -> VideoPrompt {
    VideoPrompt {
        prompt: "Pilgrims at dawn".to_owned(),
        aspect: Aspect::Story,
        seconds: 8,
    }
}

#[tokio::test]
async fn pictures_come_in_the_nearest_shape_and_with_their_bill() {
    for (choice, provider) in BOTH {
        for aspect in [
            Aspect::Square,
            Aspect::Portrait,
            Aspect::Story,
            Aspect::Landscape,
        ] {
            let desk = Desk::open().await;
            let drawn = desk
                .providers
                .image(&picture(aspect), choice)
                .await
                .unwrap();
            let mime = match provider {
                Provider::OpenAi => "image/jpeg",
                Provider::Gemini => "image/png",
            };
            assert_eq!(drawn.mime, mime);
            let call = desk.only_call();
            assert_eq!(drawn.usage, bill(&call));
            assert_eq!((drawn.usage.images, drawn.model), (1, call.model));
            if mime == "image/png" {
                let side =
                    |at: usize| u32::from_be_bytes(drawn.bytes[at..at + 4].try_into().unwrap());
                let (width, height) = (side(16), side(20));
                match aspect {
                    Aspect::Square => assert_eq!(width, height),
                    Aspect::Portrait | Aspect::Story => assert!(width < height),
                    Aspect::Landscape => assert!(width > height),
                }
            }
        }
    }
}

#[tokio::test]
async fn every_fault_of_a_picture_has_one_name_and_one_attempt() {
    // Fault; error at OpenAI, at Gemini; what is known of the bill; paid calls at each.
    let wait = Some(Duration::from_secs(9));
    let limited = |_: &str| ProviderError::RateLimited { retry_after: wait };
    let cases: Vec<(Fault, [&str; 2], [usize; 2])> = vec![
        (
            Fault::RateLimited {
                retry_after_seconds: Some(9),
            },
            ["rate", "rate"],
            [0, 0],
        ),
        (Fault::QuotaExhausted, ["unauthorized", "rate none"], [0, 0]),
        (
            Fault::ServerError { status: 500 },
            ["transient free", "transient free"],
            [0, 0],
        ),
        (Fault::Gateway, ["transient free", "transient free"], [0, 0]),
        (
            Fault::Refusal,
            ["refused moderation_blocked", "refused IMAGE_SAFETY"],
            [0, 1],
        ),
        (
            Fault::BlockedPrompt,
            ["refused moderation_blocked", "refused PROHIBITED_CONTENT"],
            [0, 1],
        ),
        (
            Fault::BrokenJson,
            ["malformed unknown", "malformed unknown"],
            [1, 1],
        ),
        (
            Fault::NoOutput,
            ["malformed known", "malformed known"],
            [1, 1],
        ),
        (
            Fault::WrongBytes,
            ["malformed known", "malformed known"],
            [1, 1],
        ),
        (
            Fault::Stall { tokens: 0 },
            ["transient unknown", "transient unknown"],
            [1, 1],
        ),
    ];
    for (fault, expected, paid) in cases {
        for (at, (choice, provider)) in BOTH.into_iter().enumerate() {
            let patience = match fault {
                Fault::Stall { .. } => Duration::from_millis(250),
                _ => Duration::from_secs(20),
            };
            let desk = Desk::patient_for(patience).await;
            desk.fail(provider, Target::Image, fault.clone());
            let Err(error) = desk.providers.image(&picture(Aspect::Square), choice).await else {
                panic!("{provider:?} drew despite {fault:?}");
            };
            let known = match error.billed() {
                None => "unknown",
                Some(usage) if usage == Usage::default() => "free",
                Some(_) => "known",
            };
            let seen = match &error {
                ProviderError::RateLimited { retry_after: None } => "rate none".to_owned(),
                ProviderError::RateLimited { .. } => {
                    assert_eq!(error, limited("rate"));
                    "rate".to_owned()
                }
                ProviderError::Unauthorized => "unauthorized".to_owned(),
                ProviderError::Transient { .. } => format!("transient {known}"),
                ProviderError::Refused { reason, .. } => format!("refused {reason}"),
                ProviderError::Malformed { .. } => format!("malformed {known}"),
                ProviderError::Rejected { code } => format!("rejected {code}"),
            };
            assert_eq!(seen, expected[at], "{provider:?} {fault:?}");
            desk.only_call();
            assert_eq!(
                desk.sim.paid_calls(provider),
                paid[at],
                "{provider:?} {fault:?}"
            );
        }
    }
}

async fn begun(desk: &Desk) -> VideoOperation {
    desk.providers
        .start_video(&film(), ProviderChoice::Gemini)
        .await
        .unwrap()
}

/// Asks until the film is no longer pending.
async fn developed(desk: &Desk, operation: &VideoOperation) -> Result<VideoPoll, ProviderError> {
    loop {
        match desk.providers.poll_video(operation).await? {
            VideoPoll::Pending { after } => assert!(after > Duration::ZERO),
            done @ VideoPoll::Done { .. } => return Ok(done),
        }
    }
}

#[tokio::test]
async fn a_film_is_begun_asked_for_and_fetched_and_billed_once() {
    let desk = Desk::open().await;
    let operation = begun(&desk).await;
    for _ in 0..2 {
        let poll = desk.providers.poll_video(&operation).await.unwrap();
        assert!(matches!(poll, VideoPoll::Pending { .. }));
    }
    // Any process that knows the name can go on, and fetch it again.
    for _ in 0..2 {
        let VideoPoll::Done { bytes, mime, usage } = developed(&desk, &operation).await.unwrap()
        else {
            panic!("it is ready");
        };
        assert_eq!((mime, usage.video_seconds), ("video/mp4", 8));
        assert_eq!(&bytes[4..8], b"ftyp");
    }
    let calls = desk.sim.calls();
    assert_eq!(desk.sim.paid_calls(Provider::Gemini), 1);
    assert_eq!((calls[0].target, calls[0].video_seconds), (Target::Film, 8));
    assert_eq!(operation.model, calls[0].model);
}

#[tokio::test]
async fn a_film_that_does_not_begin_says_whether_it_may_be_billed() {
    let cases = [
        (
            Fault::RateLimited {
                retry_after_seconds: Some(9),
            },
            "RateLimited",
            Some(Usage::default()),
            0,
        ),
        (
            Fault::ServerError { status: 503 },
            "Transient",
            Some(Usage::default()),
            0,
        ),
        (Fault::Gateway, "Transient", Some(Usage::default()), 0),
        (Fault::BlockedPrompt, "Refused", Some(Usage::default()), 0),
        (Fault::BrokenJson, "Malformed", None, 1),
        (Fault::Stall { tokens: 0 }, "Transient", None, 1),
    ];
    for (fault, expected, billed, paid) in cases {
        let desk = Desk::patient_for(Duration::from_millis(400)).await;
        desk.fail(Provider::Gemini, Target::Film, fault.clone());
        let asked = desk
            .providers
            .start_video(&film(), ProviderChoice::Gemini)
            .await;
        let error = asked.unwrap_err();
        assert!(
            format!("{error:?}").starts_with(expected),
            "{fault:?}: {error:?}"
        );
        assert_eq!(error.billed(), billed, "{fault:?}");
        desk.only_call();
        assert_eq!(desk.sim.paid_calls(Provider::Gemini), paid, "{fault:?}");
    }
}

#[tokio::test]
async fn trouble_while_asking_is_asked_again_and_a_verdict_is_not() {
    let finish = |reason: &str| Fault::Finish {
        reason: reason.to_owned(),
    };
    let cases = [
        (
            Target::FilmPoll,
            Fault::ServerError { status: 500 },
            "Transient",
        ),
        (
            Target::FilmPoll,
            Fault::RateLimited {
                retry_after_seconds: None,
            },
            "RateLimited",
        ),
        (Target::FilmPoll, Fault::Refusal, "Refused"),
        (Target::FilmPoll, Fault::NoOutput, "Refused"),
        (Target::FilmPoll, finish("cancelled"), "Malformed"),
        (Target::FilmPoll, Fault::Lost, "Malformed"),
        (Target::FilmPoll, Fault::BrokenJson, "Malformed"),
        (
            Target::Download,
            Fault::ServerError { status: 500 },
            "Transient",
        ),
        (Target::Download, Fault::Lost, "Malformed"),
        (Target::Download, Fault::WrongBytes, "Malformed"),
    ];
    for (target, fault, expected) in cases {
        let desk = Desk::open().await;
        let operation = begun(&desk).await;
        desk.fail(Provider::Gemini, target, fault.clone());
        let Err(error) = developed(&desk, &operation).await else {
            panic!("a film despite {fault:?}");
        };
        assert!(
            format!("{error:?}").starts_with(expected),
            "{fault:?}: {error:?}"
        );
        if matches!(expected, "Transient" | "RateLimited") {
            developed(&desk, &operation).await.unwrap();
        }
        assert_eq!(
            desk.sim.paid_calls(Provider::Gemini),
            1,
            "asking costs nothing"
        );
    }
}

#[tokio::test]
async fn a_state_that_nobody_has_heard_of_is_no_verdict() {
    let desk = Desk::open().await;
    let operation = begun(&desk).await;
    let reason = "developing".to_owned();
    desk.fail(Provider::Gemini, Target::FilmPoll, Fault::Finish { reason });
    let poll = desk.providers.poll_video(&operation).await.unwrap();
    assert!(matches!(poll, VideoPoll::Pending { .. }));
    developed(&desk, &operation).await.unwrap();
}

#[tokio::test]
async fn the_key_goes_to_no_address_but_the_providers() {
    let desk = Desk::open().await;
    let stranger = Server::start().await.unwrap();
    let operation = begun(&desk).await;
    let url = format!("{}/files/x:download?alt=media", stranger.gemini_url());
    desk.fail(
        Provider::Gemini,
        Target::FilmPoll,
        Fault::ForeignAddress { url },
    );
    let Err(error) = desk.providers.poll_video(&operation).await else {
        panic!("not the provider's film");
    };
    assert_eq!(error.billed().map(|usage| usage.video_seconds), Some(8));
    assert_eq!(stranger.calls().len(), 0);
}

#[tokio::test]
async fn a_key_that_was_taken_back_draws_and_films_nothing() {
    let desk = Desk::open().await;
    let operation = begun(&desk).await;
    desk.sim.revoke(GEMINI_KEY);
    let gemini = ProviderChoice::Gemini;
    let drawn = desk.providers.image(&picture(Aspect::Square), gemini).await;
    assert_eq!(drawn.err(), Some(ProviderError::Unauthorized));
    let filmed = desk.providers.start_video(&film(), gemini).await;
    assert_eq!(filmed, Err(ProviderError::Unauthorized));
    let asked = desk.providers.poll_video(&operation).await;
    assert_eq!(asked.err(), Some(ProviderError::Unauthorized));
    assert_eq!(desk.sim.paid_calls(Provider::Gemini), 1);
}

#[tokio::test]
async fn openai_has_no_films_and_is_not_asked() {
    let desk = Desk::open().await;
    let asked = desk
        .providers
        .start_video(&film(), ProviderChoice::OpenAi)
        .await;
    assert_eq!(asked, Err(ProviderError::Unauthorized));
    assert!(desk.sim.calls().is_empty());
}
