//! Unsigned tokens: only with the proof, and with every other rule in force.

use jiff::Timestamp;
use leadgen_pro::clock::{Clock, ManualClock};
use leadgen_pro::tokens::{
    BlockingEvent, BlockingTokens, EmulatorMode, EmulatorRefused, IdTokens, TokenError,
};
use serde_json::{Value, json};

use super::{NOW, PROJECT, World, id_claims, with, without};
use crate::support::key_server::Answer;
use crate::support::signing_key::{FIRST, unsigned};

fn clock() -> (Clock, ManualClock) {
    Clock::manual(Timestamp::from_second(NOW).expect("the tests' day is in the calendar"))
}

fn mode() -> EmulatorMode {
    EmulatorMode::new(PROJECT, None).expect("a demo project outside Cloud Run")
}

/// As the Auth emulator makes it.
fn emulated(claims: &Value) -> String {
    format!(
        "{}.",
        unsigned(r#"{"alg":"none","typ":"JWT"}"#, &claims.to_string())
    )
}

async fn outcome(token: &str) -> Result<String, TokenError> {
    let (clock, _) = clock();
    IdTokens::emulator(mode(), clock)
        .verify(token)
        .await
        .map(|token| token.uid.clone())
}

#[test]
fn the_proof_is_refused_on_cloud_run_and_for_real_projects() {
    let on_cloud_run = Some(EmulatorRefused::OnCloudRun);
    assert_eq!(
        EmulatorMode::new(PROJECT, Some("leadgen-pro")).err(),
        on_cloud_run
    );
    assert_eq!(EmulatorMode::new(PROJECT, Some("")).err(), on_cloud_run);
    assert_eq!(
        EmulatorMode::new("leadgen", Some("leadgen-pro")).err(),
        on_cloud_run
    );
    for project in ["leadgen", "", "demo", "my-demo-project", "Demo-leadgen"] {
        let refused = EmulatorMode::new(project, None).err();
        assert_eq!(refused, Some(EmulatorRefused::NotADemoProject), "{project}");
    }
    assert_eq!(mode().project_id(), PROJECT);
}

#[tokio::test]
async fn an_unsigned_token_is_good_and_asks_for_a_look_at_the_user() {
    assert_eq!(
        outcome(&emulated(&id_claims())).await,
        Ok("siti".to_owned())
    );
    assert!(IdTokens::emulator(mode(), clock().0).revocation_must_be_checked());
}

#[tokio::test]
async fn an_unsigned_token_is_refused_without_the_proof() {
    let world = World::with(Answer::certificates(&[&FIRST])).await;
    let tokens = IdTokens::new(PROJECT, world.keys.clone(), world.clock.clone());
    assert!(!tokens.revocation_must_be_checked());
    let claims = id_claims();
    assert_eq!(
        tokens.verify(&emulated(&claims)).await,
        Err(TokenError::MissingKeyId)
    );
    let named = format!(
        "{}.",
        unsigned(r#"{"alg":"none","kid":"first"}"#, &claims.to_string())
    );
    assert_eq!(tokens.verify(&named).await, Err(TokenError::WrongAlgorithm));
}

#[tokio::test]
async fn a_signed_token_is_refused_by_the_emulator() {
    let claims = id_claims();
    assert_eq!(
        outcome(&FIRST.token(&claims)).await,
        Err(TokenError::WrongAlgorithm)
    );
    let with_signature = format!("{}c2ln", emulated(&claims));
    assert_eq!(
        outcome(&with_signature).await,
        Err(TokenError::WrongAlgorithm)
    );
    let rs256 = format!(
        "{}.",
        unsigned(r#"{"alg":"RS256","kid":"first"}"#, &claims.to_string())
    );
    assert_eq!(outcome(&rs256).await, Err(TokenError::WrongAlgorithm));
}

#[tokio::test]
async fn every_other_rule_is_in_force() {
    for (claims, expected) in [
        (
            with(id_claims(), "aud", "demo-other"),
            TokenError::WrongAudience,
        ),
        (
            with(id_claims(), "aud", json!([PROJECT])),
            TokenError::WrongAudience,
        ),
        (
            with(id_claims(), "iss", "https://example.com"),
            TokenError::WrongIssuer,
        ),
        (with(id_claims(), "sub", ""), TokenError::BadSubject),
        (with(id_claims(), "nbf", NOW + 1), TokenError::NotYetValid),
        (with(id_claims(), "exp", NOW), TokenError::Expired),
        (without(id_claims(), "exp"), TokenError::BadClaim("exp")),
        (
            with(id_claims(), "iat", NOW + 11),
            TokenError::FromTheFuture,
        ),
        (
            with(id_claims(), "auth_time", NOW + 1),
            TokenError::FromTheFuture,
        ),
        (
            with(id_claims(), "x", "x".repeat(16 * 1024)),
            TokenError::TooLong,
        ),
    ] {
        assert_eq!(outcome(&emulated(&claims)).await, Err(expected));
    }
    assert_eq!(outcome("owner").await, Err(TokenError::Malformed));
}

#[tokio::test]
async fn an_unsigned_token_is_looked_at_anew_each_time() {
    let (clock, hands) = clock();
    let tokens = IdTokens::emulator(mode(), clock);
    let token = emulated(&id_claims());
    assert!(tokens.verify(&token).await.is_ok());
    hands.set(Timestamp::from_second(NOW + 3540).expect("still in the calendar"));
    assert_eq!(tokens.verify(&token).await, Err(TokenError::Expired));
}

/// The payload the Auth emulator 14.27 was seen to send on sign-up.
#[tokio::test]
async fn the_emulators_blocking_tokens_are_unsigned_too() {
    let url = "http://127.0.0.1:5001/auth/beforeCreate";
    let claims = json!({
        "iss": format!("https://securetoken.google.com/{PROJECT}"), "aud": url,
        "iat": NOW, "exp": NOW + 600, "event_id": "abcdefghijklmnop", "event_type": "beforeCreate",
        "user_agent": "NotYetSupportedInFirebaseAuthEmulator", "ip_address": "127.0.0.1", "locale": "en",
        "user_record": {
            "uid": "siti", "email": "a@x.id", "email_verified": false, "custom_claims": {}, "provider_data": [],
            "metadata": {"last_sign_in_time": "1787385599000", "creation_time": "1787385599000"},
        },
        "sub": "siti", "sign_in_method": "password",
    });
    let tokens = BlockingTokens::emulator(mode(), clock().0);
    let ours = [url.to_owned()];
    let event = BlockingEvent::BeforeCreate;
    let token = tokens
        .verify(&emulated(&claims), event, &ours)
        .await
        .expect("it is good");
    assert_eq!(token.user.email.as_deref(), Some("a@x.id"));
    assert_eq!(
        token.user.created_at,
        Timestamp::from_millisecond(1_787_385_599_000).ok()
    );

    let signed = tokens.verify(&FIRST.token(&claims), event, &ours).await;
    assert_eq!(signed, Err(TokenError::WrongAlgorithm));
    let elsewhere = tokens
        .verify(&emulated(&claims), event, &["http://other".to_owned()])
        .await;
    assert_eq!(elsewhere, Err(TokenError::WrongAudience));
}
