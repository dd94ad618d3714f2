//! Whatever is sent as a token, the answer is a refusal and never a panic.

use leadgen_pro::tokens::{
    AppCheckProject, AppCheckTokens, BlockingEvent, BlockingTokens, EmulatorMode, IdTokens,
    ServiceTokens,
};
use proptest::prelude::*;
use serde_json::Value;

use super::{PROJECT, World, id_claims};
use crate::support::key_server::Answer;
use crate::support::signing_key::{FIRST, unsigned};

/// All verifiers at once, on a runtime that outlives the cases.
struct Doors {
    world: World,
    id: IdTokens,
    emulated_id: IdTokens,
    app_check: AppCheckTokens,
    service: ServiceTokens,
    blocking: BlockingTokens,
    emulated_blocking: BlockingTokens,
}

impl Doors {
    async fn open() -> Self {
        let world = World::with(Answer::jwks(&[&FIRST])).await;
        let keys = || world.keys.clone();
        let clock = || world.clock.clone();
        let mode = || EmulatorMode::new(PROJECT, None).expect("a demo project");
        let project = AppCheckProject {
            id: PROJECT.to_owned(),
            number: None,
        };
        Self {
            id: IdTokens::new(PROJECT, keys(), clock()),
            emulated_id: IdTokens::emulator(mode(), clock()),
            app_check: AppCheckTokens::new(&project, None, keys(), clock()),
            service: ServiceTokens::new(keys(), clock()),
            blocking: BlockingTokens::new(PROJECT, keys(), clock()),
            emulated_blocking: BlockingTokens::emulator(mode(), clock()),
            world,
        }
    }

    /// Whether any door opens.
    async fn any_opens(&self, token: &str) -> bool {
        let ours = [PROJECT.to_owned()];
        let event = BlockingEvent::BeforeCreate;
        self.id.verify(token).await.is_ok()
            | self.emulated_id.verify(token).await.is_ok()
            | self.app_check.verify(token).await.is_ok()
            | self.service.verify(token, &ours, &ours).await.is_ok()
            | self.blocking.verify(token, event, &ours).await.is_ok()
            | self
                .emulated_blocking
                .verify(token, event, &ours)
                .await
                .is_ok()
    }
}

/// Any JSON, a few levels deep, with the names that matter among its keys.
fn any_json() -> impl Strategy<Value = Value> {
    let names = prop_oneof![
        Just("aud"),
        Just("iss"),
        Just("sub"),
        Just("exp"),
        Just("iat"),
        Just("nbf"),
        Just("alg"),
        Just("kid"),
        Just("crit"),
        Just("auth_time"),
        Just("user_record"),
        Just("event_type"),
        Just("x"),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        prop_oneof![Just("RS256"), Just("none"), Just("first"), Just(PROJECT)]
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(names.clone(), inner, 0..8).prop_map(|map| {
                map.into_iter()
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect()
            }),
        ]
    })
}

/// Runs `cases` tokens against every door.
fn no_door_opens(strategy: &impl Strategy<Value = String>, cases: u32) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime can be built");
    let doors = runtime.block_on(Doors::open());
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let outcome = runner.run(strategy, |token| {
        prop_assert!(!runtime.block_on(doors.any_opens(&token)));
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
    assert!(
        doors.world.server.requests() <= 2,
        "hostile tokens cost two fetches at most"
    );
}

#[test]
fn random_text_is_refused() {
    no_door_opens(&".{0,200}", 500);
}

#[test]
fn random_bytes_in_three_parts_are_refused() {
    let bytes = || prop::collection::vec(any::<u8>(), 0..80);
    let tokens = (bytes(), bytes(), bytes()).prop_map(|(header, claims, signature)| {
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        let first_two = unsigned(&text(header), &text(claims));
        format!("{first_two}.{}", text(signature))
    });
    no_door_opens(&tokens, 500);
}

#[test]
fn random_json_signed_or_not_is_refused() {
    let tokens = (any_json(), any_json(), any::<u8>()).prop_map(|(header, claims, form)| {
        let good_header = r#"{"alg":"RS256","kid":"first"}"#;
        match form % 4 {
            0 => format!("{}.", unsigned(&header.to_string(), &claims.to_string())),
            1 => FIRST.sign(&unsigned(&header.to_string(), &claims.to_string())),
            2 => FIRST.sign(&unsigned(good_header, &claims.to_string())),
            _ => format!("{}.", unsigned(r#"{"alg":"none"}"#, &claims.to_string())),
        }
    });
    no_door_opens(&tokens, 500);
}

#[test]
fn a_good_token_with_one_claim_replaced_never_panics_and_keeps_its_subject() {
    let names = id_claims()
        .as_object()
        .map(|claims| claims.keys().cloned().collect::<Vec<_>>());
    let names = names.expect("claims are an object");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime can be built");
    let doors = runtime.block_on(Doors::open());
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 200,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let outcome = runner.run(
        &(prop::sample::select(names), any_json()),
        |(name, value)| {
            let token = FIRST.token(&super::with(id_claims(), &name, value.clone()));
            if let Ok(token) = runtime.block_on(doors.id.verify(&token)) {
                let subject = if name == "sub" {
                    value.as_str()
                } else {
                    Some("siti")
                };
                prop_assert_eq!(Some(token.uid.as_str()), subject);
            }
            Ok(())
        },
    );
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}

#[test]
fn deep_nesting_is_refused() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime can be built");
    let doors = runtime.block_on(Doors::open());
    let deep = format!(r#"{{"aud":{}{}}}"#, "[".repeat(5_000), "]".repeat(5_000));
    let token = FIRST.sign(&unsigned(r#"{"alg":"RS256","kid":"first"}"#, &deep));
    assert!(!runtime.block_on(doors.any_opens(&token)));
}
