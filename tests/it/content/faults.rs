//! Each way in which a provider fails: where the request ends, what is paid, and what the books say.

use simulators::ai::{Fault, Provider, Target};

use super::studio::{Studio, order};

/// What must come of a fault at the first provider, the second being well.
struct Expected {
    /// The document's status and error code.
    status: &'static str,
    code: &'static str,
    /// Calls made, which is attempts recorded.
    calls: usize,
    /// The ledger's closings.
    closings: &'static [&'static str],
}

const FALLS_OVER_UNBILLED: Expected = Expected {
    status: "COMPLETED",
    code: "",
    calls: 2,
    closings: &["RELEASED", "SETTLED"],
};

const FALLS_OVER_UNMETERED: Expected = Expected {
    status: "COMPLETED",
    code: "",
    calls: 2,
    closings: &["SETTLED", "UNMETERED"],
};

const FALLS_OVER_BILLED: Expected = Expected {
    status: "COMPLETED",
    code: "",
    calls: 2,
    closings: &["SETTLED", "SETTLED"],
};

const WELL: Expected = Expected {
    status: "COMPLETED",
    code: "",
    calls: 1,
    closings: &["SETTLED"],
};

const REFUSED_BILLED: Expected = Expected {
    status: "FAILED",
    code: "CONTENT_REFUSED",
    calls: 1,
    closings: &["SETTLED"],
};

const REFUSED_UNBILLED: Expected = Expected {
    status: "FAILED",
    code: "CONTENT_REFUSED",
    calls: 1,
    closings: &["RELEASED"],
};

async fn check(fault: Fault, expected: &Expected) {
    let studio = Studio::open().await;
    let partner = studio.partner().await;
    let name = format!("{fault:?}");
    studio.ai.fail(Provider::OpenAi, Target::Text, fault);
    let answer = studio.app.call(&partner, "generateContent", order()).await;
    let (_, doc) = studio.only_request().await;
    assert_eq!(doc["status"], expected.status, "{name}: {doc}");
    assert_eq!(
        doc["error"]["code"].as_str().unwrap_or_default(),
        expected.code,
        "{name}"
    );
    assert_eq!(answer.refusal().1, expected.code, "{name}");
    assert_eq!(studio.calls(), expected.calls, "{name}");
    assert_eq!(
        doc["attempts"].as_u64(),
        u64::try_from(expected.calls).ok(),
        "{name}"
    );
    let mut ledger = studio.ledger().await;
    ledger.retain(|kind| kind != "RESERVED");
    assert_eq!(ledger, expected.closings, "{name}");
    let books = studio.audit().await;
    assert_eq!(books.reserved, 0, "{name}");
    assert_eq!(
        doc["usage"]["costMicroUsd"].as_i64(),
        Some(books.spent),
        "{name}"
    );
    assert!(doc.get("lease").is_none(), "{name}");
    assert_eq!(studio.ai.planned_faults(), 0, "{name}: the fault was met");
}

#[tokio::test]
async fn odd_chunks_do_not_matter() {
    check(
        Fault::Chunks {
            sizes: vec![1, 7, 2, 64, 3],
        },
        &WELL,
    )
    .await;
}

#[tokio::test]
async fn a_provider_that_asks_for_patience_is_left_for_the_other() {
    check(
        Fault::RateLimited {
            retry_after_seconds: Some(30),
        },
        &FALLS_OVER_UNBILLED,
    )
    .await;
}

#[tokio::test]
async fn a_provider_whose_account_is_empty_is_left_for_the_other() {
    check(Fault::QuotaExhausted, &FALLS_OVER_UNBILLED).await;
}

#[tokio::test]
async fn an_error_of_the_providers_falls_over() {
    check(Fault::ServerError { status: 500 }, &FALLS_OVER_UNBILLED).await;
}

#[tokio::test]
async fn a_refusal_for_content_does_not_go_shopping() {
    check(Fault::Refusal, &REFUSED_BILLED).await;
}

#[tokio::test]
async fn a_blocked_prompt_does_not_go_shopping_and_costs_nothing() {
    check(Fault::BlockedPrompt, &REFUSED_UNBILLED).await;
}

#[tokio::test]
async fn a_cut_stream_counts_at_its_worst_and_falls_over() {
    check(Fault::Cut { tokens: 12 }, &FALLS_OVER_UNMETERED).await;
}

#[tokio::test]
async fn an_early_end_counts_at_its_worst_and_falls_over() {
    check(Fault::EndEarly { tokens: 12 }, &FALLS_OVER_UNMETERED).await;
}

#[tokio::test]
async fn broken_json_was_paid_and_falls_over() {
    check(Fault::BrokenJson, &FALLS_OVER_BILLED).await;
}

#[tokio::test]
async fn another_schema_was_paid_and_falls_over() {
    check(Fault::WrongSchema, &FALLS_OVER_BILLED).await;
}

#[tokio::test]
async fn an_answer_without_a_count_counts_at_its_worst() {
    check(Fault::NoUsage, &WELL).await;
}

#[tokio::test]
async fn when_nobody_delivers_the_person_is_told_and_nothing_stays_reserved() {
    let studio = Studio::open().await;
    let partner = studio.partner().await;
    for provider in [Provider::OpenAi, Provider::Gemini] {
        studio
            .ai
            .fail(provider, Target::Text, Fault::ServerError { status: 503 });
    }
    let answer = studio.app.call(&partner, "generateContent", order()).await;
    assert_eq!(
        answer.refusal(),
        ("UNAVAILABLE".into(), "AI_UNAVAILABLE".into(), String::new())
    );
    let (id, doc) = studio.only_request().await;
    assert_eq!(answer.body["error"]["details"]["contentRequestId"], id);
    assert_eq!(
        (doc["status"].as_str(), doc["attempts"].as_u64()),
        (Some("FAILED"), Some(2))
    );
    assert!(
        doc["error"]["message"]
            .as_str()
            .unwrap()
            .contains("Coba lagi")
    );
    assert_eq!(
        studio.ledger().await,
        ["RELEASED", "RELEASED", "RESERVED", "RESERVED"]
    );
    assert_eq!(studio.audit().await.spent, 0);
    assert_eq!(studio.paid_calls(), 0);
}

#[tokio::test]
async fn keys_that_no_provider_takes_are_a_matter_for_pusat() {
    let studio = Studio::open().await;
    let partner = studio.partner().await;
    studio.ai.revoke(simulators::ai::OPENAI_KEY);
    studio.ai.revoke(simulators::ai::GEMINI_KEY);
    let answer = studio.app.call(&partner, "generateContent", order()).await;
    assert_eq!(answer.refusal().1, "AI_NOT_SET_UP");
    assert_eq!(studio.audit().await.spent, 0);
}

#[tokio::test]
async fn a_model_without_a_price_is_not_called() {
    let settings = [
        ("AI_TEXT_MODEL_OPENAI", "gpt-99"),
        ("AI_TEXT_PROVIDERS", "openai"),
    ];
    let studio = Studio::open_with(&settings).await;
    let partner = studio.partner().await;
    let answer = studio.app.call(&partner, "generateContent", order()).await;
    assert_eq!(answer.refusal().1, "AI_NOT_SET_UP");
    assert_eq!(studio.calls(), 0);
}
