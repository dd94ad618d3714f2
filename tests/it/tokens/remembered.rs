//! What a remembered token may and may not do: it saves the cryptography and nothing else.

use std::sync::Arc;

use axum::http::StatusCode;
use leadgen_pro::tokens::TokenError;

use super::{NOW, id_claims, published, with};
use crate::support::key_server::Answer;
use crate::support::signing_key::{FIRST, SECOND};

#[tokio::test]
async fn the_second_look_at_a_token_is_the_first_ones_result() {
    let (_world, tokens) = published().await;
    let text = FIRST.token(&id_claims());
    let first = tokens.verify(&text).await.expect("the token is good");
    let second = tokens.verify(&text).await.expect("the token is still good");
    assert!(Arc::ptr_eq(&first, &second), "it was remembered");

    let other = tokens
        .verify(&FIRST.token(&with(id_claims(), "sub", "budi")))
        .await;
    assert_eq!(other.map(|token| token.uid.clone()), Ok("budi".to_owned()));
}

#[tokio::test]
async fn a_memory_of_none_remembers_none() {
    let (_world, tokens) = published().await;
    let tokens = tokens.remembering(0);
    let text = FIRST.token(&id_claims());
    let first = tokens.verify(&text).await.expect("the token is good");
    let second = tokens.verify(&text).await.expect("the token is good");
    assert!(!Arc::ptr_eq(&first, &second), "it was verified anew");
}

#[tokio::test]
async fn a_remembered_token_expires_like_any_other() {
    let (world, tokens) = published().await;
    let text = FIRST.token(&with(id_claims(), "exp", NOW + 100));
    assert!(tokens.verify(&text).await.is_ok());
    world.advance_secs(99);
    assert!(tokens.verify(&text).await.is_ok());
    world.advance_secs(1);
    assert_eq!(tokens.verify(&text).await, Err(TokenError::Expired));
}

#[tokio::test]
async fn a_remembered_token_falls_with_its_key() {
    let (world, tokens) = published().await;
    let text = FIRST.token(&with(id_claims(), "exp", NOW + 100_000));
    assert!(tokens.verify(&text).await.is_ok());
    world.server.answer(Answer::certificates(&[&SECOND]));
    world.advance_secs(3600);
    assert_eq!(tokens.verify(&text).await, Err(TokenError::UnknownKey));
}

#[tokio::test]
async fn a_remembered_token_falls_when_its_key_id_changes_hands() {
    let (world, tokens) = published().await;
    let text = FIRST.token(&with(id_claims(), "exp", NOW + 100_000));
    assert!(tokens.verify(&text).await.is_ok());
    let usurper = serde_json::json!({ FIRST.kid.as_str(): SECOND.certificate_pem() });
    world.server.answer(Answer::json(&usurper));
    world.advance_secs(3600);
    assert_eq!(tokens.verify(&text).await, Err(TokenError::BadSignature));
}

#[tokio::test]
async fn a_remembered_token_outlives_a_renewal_of_the_same_key() {
    let (world, tokens) = published().await;
    let text = FIRST.token(&with(id_claims(), "exp", NOW + 100_000));
    let before = tokens.verify(&text).await.expect("the token is good");
    world
        .server
        .answer(Answer::certificates(&[&FIRST, &SECOND]));
    world.advance_secs(3600);
    let after = tokens.verify(&text).await.expect("the token is good");
    assert_eq!(world.server.requests(), 2);
    assert!(
        Arc::ptr_eq(&before, &after),
        "the key is the same, so the token is still remembered"
    );
}

#[tokio::test]
async fn a_remembered_token_does_not_outlive_the_last_usable_keys() {
    let (world, tokens) = published().await;
    let text = FIRST.token(&with(id_claims(), "exp", NOW + 100_000));
    assert!(tokens.verify(&text).await.is_ok());
    world
        .server
        .answer(Answer::status(StatusCode::INTERNAL_SERVER_ERROR));
    world.advance_secs(3600 + 6 * 3600 - 1);
    assert!(tokens.verify(&text).await.is_ok(), "stale keys serve");
    world.advance_secs(1);
    assert_eq!(tokens.verify(&text).await, Err(TokenError::KeysUnavailable));
}

#[tokio::test]
async fn a_refused_token_is_not_remembered_as_good_nor_as_bad() {
    let (world, tokens) = published().await;
    let early = FIRST.token(&with(id_claims(), "nbf", NOW + 5));
    assert_eq!(tokens.verify(&early).await, Err(TokenError::NotYetValid));
    world.advance_secs(5);
    assert!(tokens.verify(&early).await.is_ok());
}
