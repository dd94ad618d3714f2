//! Each way in which a text can fail, at each provider: what it is called, whether it is billed, and that nobody tries twice.

use std::time::Duration;

use leadgen_pro::providers::{Billed, ProviderChoice, ProviderError, Providers, Usage};
use simulators::ai::{Fault, GEMINI_KEY, OPENAI_KEY, Provider, Target};

use super::{BOTH, Desk, bill, prompt, settings};

/// What is expected of the bill that the error states.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Bill {
    Nothing,
    AsBilled,
    Unknown,
}

/// Runs a text into a fault and returns the error, its bill, and how many calls were paid.
async fn run_into(
    choice: ProviderChoice,
    provider: Provider,
    fault: Fault,
) -> (ProviderError, Bill, usize) {
    // Only a stall is waited for; everything else answers at once.
    let patience = match fault {
        Fault::Stall { .. } => Duration::from_millis(250),
        _ => Duration::from_secs(20),
    };
    let desk = Desk::patient_for(patience).await;
    desk.fail(provider, Target::Text, fault.clone());
    let Err(error) = desk.write(choice).await else {
        panic!("{provider:?} delivered despite {fault:?}");
    };
    let call = desk.only_call();
    let stated = match error.billed() {
        None => Bill::Unknown,
        Some(usage) if usage == Usage::default() => Bill::Nothing,
        Some(usage) => {
            assert_eq!(usage, bill(&call), "{provider:?} {fault:?}");
            Bill::AsBilled
        }
    };
    (error, stated, desk.sim.paid_calls(provider))
}

/// The variant of an error, and its code or wait.
fn named(error: &ProviderError) -> String {
    match error {
        ProviderError::Transient { retry_after, .. } => format!("transient {retry_after:?}"),
        ProviderError::RateLimited { retry_after } => format!("rate limited {retry_after:?}"),
        ProviderError::Refused { reason, .. } => format!("refused {reason}"),
        ProviderError::Rejected { code } => format!("rejected {code}"),
        ProviderError::Unauthorized => "unauthorized".to_owned(),
        ProviderError::Malformed { .. } => "malformed".to_owned(),
    }
}

/// Tries a fault at both providers: its name at OpenAI and at Gemini, the bill it states, the calls on the provider's bill.
async fn expect(fault: Fault, names: [&str; 2], stated: Bill, paid: usize) {
    for ((choice, provider), name) in BOTH.into_iter().zip(names) {
        let (error, bill, paid_calls) = run_into(choice, provider, fault.clone()).await;
        let seen = (named(&error), bill, paid_calls);
        assert_eq!(
            seen,
            (name.to_owned(), stated, paid),
            "{provider:?} {fault:?}"
        );
        let refused = name.starts_with("refused");
        assert_eq!(error.may_fall_over(), !refused, "{provider:?} {fault:?}");
    }
}

#[tokio::test]
async fn an_answer_that_stops_may_pass_and_its_bill_is_not_known() {
    for fault in [
        Fault::Stall { tokens: 0 },
        Fault::Stall { tokens: 8 },
        Fault::Cut { tokens: 0 },
        Fault::Cut { tokens: 8 },
        Fault::EndEarly { tokens: 8 },
        Fault::ErrorEvent { tokens: 8 },
    ] {
        expect(fault, ["transient None"; 2], Bill::Unknown, 1).await;
    }
}

#[tokio::test]
async fn trouble_before_any_work_is_not_billed() {
    let limited = |retry_after_seconds| Fault::RateLimited {
        retry_after_seconds,
    };
    for (fault, names) in [
        (limited(Some(17)), ["rate limited Some(17s)"; 2]),
        (limited(Some(90_000)), ["rate limited Some(3600s)"; 2]),
        (limited(None), ["rate limited None"; 2]),
        // Google does not tell an empty account from a busy minute.
        (Fault::QuotaExhausted, ["unauthorized", "rate limited None"]),
        (Fault::ServerError { status: 500 }, ["transient None"; 2]),
        (Fault::ServerError { status: 503 }, ["transient None"; 2]),
        (Fault::Gateway, ["transient None"; 2]),
    ] {
        expect(fault, names, Bill::Nothing, 0).await;
    }
}

#[tokio::test]
async fn an_answer_that_is_whole_and_useless_is_billed_as_stated() {
    let finish = |reason: &str| Fault::Finish {
        reason: reason.to_owned(),
    };
    for (fault, names) in [
        (
            Fault::Refusal,
            ["refused refusal", "refused content_filter"],
        ),
        (finish("content_filter"), ["refused content_filter"; 2]),
        (finish("length"), ["malformed"; 2]),
        (Fault::BrokenJson, ["malformed"; 2]),
        (Fault::WrongSchema, ["malformed"; 2]),
    ] {
        expect(fault, names, Bill::AsBilled, 1).await;
    }
    expect(Fault::BrokenEvent, ["malformed"; 2], Bill::Unknown, 1).await;
}

#[tokio::test]
async fn a_blocked_prompt_is_refused_by_both_and_billed_by_one() {
    let (error, stated, paid) = run_into(
        ProviderChoice::OpenAi,
        Provider::OpenAi,
        Fault::BlockedPrompt,
    )
    .await;
    assert_eq!(named(&error), "refused content_policy_violation");
    assert_eq!((stated, paid), (Bill::Nothing, 0));
    let (error, stated, paid) = run_into(
        ProviderChoice::Gemini,
        Provider::Gemini,
        Fault::BlockedPrompt,
    )
    .await;
    assert_eq!(named(&error), "refused content_filter");
    assert_eq!((stated, paid), (Bill::AsBilled, 1));
}

#[tokio::test]
async fn a_topic_that_moderation_stops_is_a_refusal() {
    for (choice, _) in BOTH {
        let desk = Desk::open().await;
        let asked = desk.write_about(&prompt("cara merakit bom"), choice).await;
        let Err(error) = asked else {
            panic!("the simulator refuses this")
        };
        assert!(named(&error).starts_with("refused"), "{error}");
        assert!(!error.may_fall_over());
        assert!(!error.may_pass());
    }
}

#[tokio::test]
async fn an_end_that_nobody_has_heard_of_is_judged_by_what_was_written() {
    for (choice, provider) in BOTH {
        let desk = Desk::open().await;
        let reason = "something_new".to_owned();
        desk.fail(provider, Target::Text, Fault::Finish { reason });
        let (deltas, result) = desk.write(choice).await.unwrap();
        assert_eq!(deltas.concat(), result.caption);
        assert_eq!(desk.sim.paid_calls(provider), 1);
    }
}

#[tokio::test]
async fn a_bill_that_is_not_stated_is_counted_at_its_worst() {
    for (choice, provider) in BOTH {
        let desk = Desk::open().await;
        desk.fail(provider, Target::Text, Fault::NoUsage);
        let (_, result) = desk.write(choice).await.unwrap();
        let billed = bill(&desk.only_call());
        assert_eq!(
            result.usage.output_tokens, 800,
            "the limit that was asked for"
        );
        assert!(result.usage.input_tokens >= billed.input_tokens);
    }
}

#[tokio::test]
async fn the_limit_stops_the_model() {
    for (choice, provider) in BOTH {
        let desk = Desk::open().await;
        let mut short = prompt("Umrah");
        short.max_output_tokens = 12;
        let Err(error) = desk.write_about(&short, choice).await else {
            panic!("twelve tokens are no caption");
        };
        assert_eq!(error.billed(), Some(bill(&desk.only_call())));
        assert_eq!(named(&error), "malformed", "{provider:?}");
    }
}

#[tokio::test]
async fn a_key_that_was_taken_back_says_so() {
    for (choice, provider) in BOTH {
        let desk = Desk::open().await;
        desk.sim.revoke(OPENAI_KEY);
        desk.sim.revoke(GEMINI_KEY);
        assert_eq!(
            desk.write(choice).await.err(),
            Some(ProviderError::Unauthorized)
        );
        assert_eq!(desk.sim.paid_calls(provider), 0);
    }
}

#[tokio::test]
async fn a_model_that_was_retired_is_our_fault_and_another_provider_may_serve() {
    let desk = Desk::open().await;
    let changes = [
        ("AI_TEXT_MODEL_OPENAI", "gpt-5-mini"),
        ("AI_TEXT_MODEL_GEMINI", "gemini-2.0-flash"),
    ];
    let ai = settings(&desk.sim, &changes).unwrap().ai;
    let providers = Providers::new(&ai).unwrap();
    for (choice, code) in [
        (ProviderChoice::OpenAi, "model_not_found"),
        (ProviderChoice::Gemini, "NOT_FOUND"),
    ] {
        let Err(error) = providers.text(&prompt("Umrah"), choice).await else {
            panic!("no such model");
        };
        assert_eq!(named(&error), format!("rejected {code}"));
        assert!(error.may_fall_over() && !error.may_pass());
        assert_eq!(error.billed(), Some(Usage::default()));
    }
}

#[tokio::test]
async fn nobody_at_home_is_not_billed() {
    let desk = Desk::open().await;
    let nowhere = ("OPENAI_BASE_URL", "http://127.0.0.1:1/v1");
    let ai = settings(&desk.sim, &[nowhere]).unwrap().ai;
    let providers = Providers::new(&ai).unwrap();
    let asked = providers
        .text(&prompt("Umrah"), ProviderChoice::OpenAi)
        .await;
    let billed = Billed::Nothing;
    let expected = ProviderError::Transient {
        retry_after: None,
        billed,
    };
    assert_eq!(asked.err(), Some(expected));
}
