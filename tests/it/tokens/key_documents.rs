//! What a key server may say, and what of it counts as keys.

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use leadgen_pro::clients::google_keys::KeysError;
use serde_json::{Value, json};

use super::World;
use super::key_set::{A_MOMENT_SECS, down, first};
use crate::support::key_server::Answer;
use crate::support::signing_key::{FIRST, SECOND};

#[tokio::test]
async fn nothing_but_keys_is_taken_for_keys() {
    let megabyte = json!({"keys": [FIRST.jwk()], "padding": "x".repeat(1024 * 1024)});
    let rubbish = [
        down(),
        Answer::status(StatusCode::NOT_FOUND),
        Answer::status(StatusCode::NO_CONTENT),
        Answer::raw(
            "text/html",
            b"<html><body>Sign in to the hotel's network</body></html>".into(),
        ),
        Answer::raw("application/json", Vec::new()),
        Answer::raw("application/json", b"[]".into()),
        Answer::raw("application/json", vec![0xff; 1000]),
        Answer::json(&json!({})),
        Answer::json(&json!({"keys": []})),
        Answer::json(&json!({"keys": {}})),
        Answer::json(
            &json!({"first": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"}),
        ),
        Answer::json(&json!({"first": 5})),
        Answer::json(&megabyte),
    ];
    for (n, answer) in rubbish.into_iter().enumerate() {
        let world = World::with(answer.clone()).await;
        assert_eq!(
            world.finds("first").await,
            Err(KeysError::Unavailable),
            "rubbish {n}, cold"
        );

        world.server.answer(first());
        world.advance_secs(A_MOMENT_SECS);
        assert_eq!(world.finds("first").await, Ok(()));
        world.server.answer(answer);
        world.advance_secs(3600);
        assert_eq!(
            world.finds("first").await,
            Ok(()),
            "rubbish {n} leaves stale keys alone"
        );
    }
}

fn changed(mut jwk: Value, name: &str, value: Value) -> Value {
    jwk[name] = value;
    jwk
}

#[tokio::test]
async fn keys_for_other_purposes_are_passed_over() {
    let named = |kid: &str| changed(FIRST.jwk(), "kid", json!(kid));
    let nameless = {
        let mut jwk = FIRST.jwk();
        jwk.as_object_mut()
            .expect("a JWK is an object")
            .remove("kid");
        jwk
    };
    let world = World::with(Answer::json(&json!({"keys": [
        {"kty": "EC", "crv": "P-256", "kid": "ec", "x": "AAAA", "y": "AAAA"},
        {"kty": "oct", "kid": "oct", "k": "c2VjcmV0", "alg": "HS256"},
        {"kty": "AKP", "kid": "post-quantum", "pub": "AAAA"},
        {"kty": "RSA", "kid": "half", "n": "AAAA"},
        {"kty": "RSA", "kid": "garbled", "n": "?", "e": "?"},
        changed(named("encryption"), "use", json!("enc")),
        changed(named("rs512"), "alg", json!("RS512")),
        nameless,
        "not even an object",
        FIRST.jwk(),
    ]})))
    .await;
    assert_eq!(world.finds("first").await, Ok(()));
    for kid in [
        "ec",
        "oct",
        "post-quantum",
        "half",
        "garbled",
        "encryption",
        "rs512",
        "",
    ] {
        assert_eq!(world.finds(kid).await, Err(KeysError::UnknownKid), "{kid}");
    }
    assert_eq!(world.keys.all().await.map(|keys| keys.len()), Ok(1));
}

#[tokio::test]
async fn of_two_keys_with_one_id_the_first_counts() {
    let usurper = changed(SECOND.jwk(), "kid", json!("first"));
    let world = World::with(Answer::json(&json!({"keys": [FIRST.jwk(), usurper]}))).await;
    let found = world.keys.key("first").await.expect("there is one");
    let token = FIRST.token(&super::id_claims());
    let (input, signature) = token.rsplit_once('.').expect("a token has dots");
    let signature = URL_SAFE_NO_PAD.decode(signature).expect("base64url");
    assert!(found.signed(input.as_bytes(), &signature));
    assert!(!found.signed(b"something else", &signature));
}
