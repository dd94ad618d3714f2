//! ID tokens: every rule about their claims, and the order in which all rules are asked.

use jiff::Timestamp;
use leadgen_pro::tokens::{IdToken, IdTokens, TokenError};
use serde_json::{Value, json};

use super::{NOW, PROJECT, World, id_claims, published, with, without};
use crate::support::key_server::Answer;
use crate::support::signing_key::{FIRST, SECOND};

/// What a token of FIRST with these claims comes to.
async fn outcome(claims: &Value) -> Result<IdToken, TokenError> {
    let (_world, tokens) = published().await;
    tokens
        .verify(&FIRST.token(claims))
        .await
        .map(|token| (*token).clone())
}

async fn refusal(claims: &Value) -> TokenError {
    outcome(claims).await.expect_err("the token breaks a rule")
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).expect("the tests' times are in the calendar")
}

#[tokio::test]
async fn a_good_token_says_who_it_is() {
    let expected = IdToken {
        uid: "siti".to_owned(),
        email: Some("siti@example.id".to_owned()),
        email_verified: true,
        name: Some("Siti".to_owned()),
        auth_time: at(NOW - 600),
        issued_at: at(NOW - 60),
        expires_at: at(NOW + 3540),
        role: Some("MITRA".to_owned()),
        branch_id: Some("jakarta".to_owned()),
        sign_in_provider: Some("password".to_owned()),
    };
    assert_eq!(outcome(&id_claims()).await, Ok(expected));
}

#[tokio::test]
async fn a_jwks_serves_as_well_as_certificates() {
    let world = World::with(Answer::jwks(&[&SECOND, &FIRST])).await;
    let tokens = IdTokens::new(PROJECT, world.keys.clone(), world.clock.clone());
    for key in [&*FIRST, &*SECOND] {
        let token = tokens
            .verify(&key.token(&id_claims()))
            .await
            .expect("the token is good");
        assert_eq!(token.uid, "siti");
    }
    assert_eq!(world.server.requests(), 1);
}

#[tokio::test]
async fn claims_of_another_type_say_nothing_and_give_no_place() {
    let mut claims = id_claims();
    for name in [
        "email",
        "email_verified",
        "name",
        "role",
        "branchId",
        "firebase",
    ] {
        claims[name] = json!(["PUSAT"]);
    }
    let token = outcome(&claims).await.expect("the token is good");
    assert_eq!(
        (token.email, token.email_verified, token.name),
        (None, false, None)
    );
    assert_eq!(token.sign_in_provider, None);
    // Not as if they were absent: a CABANG without a branch is its own.
    let unreadable = Some(String::new());
    assert_eq!(
        (token.role, token.branch_id),
        (unreadable.clone(), unreadable)
    );
    claims["role"] = json!(null);
    claims["branchId"] = json!(null);
    let token = outcome(&claims).await.expect("the token is good");
    assert_eq!((token.role, token.branch_id), (None, None));
}

#[tokio::test]
async fn the_audience_is_this_project_and_a_string() {
    for audience in [
        json!("demo-other"),
        json!([PROJECT]),
        json!(""),
        json!(null),
        json!(5),
    ] {
        let claims = with(id_claims(), "aud", audience.clone());
        assert_eq!(
            refusal(&claims).await,
            TokenError::WrongAudience,
            "{audience}"
        );
    }
    assert_eq!(
        refusal(&without(id_claims(), "aud")).await,
        TokenError::WrongAudience
    );
}

#[tokio::test]
async fn the_issuer_is_this_projects_and_a_string() {
    let whole = format!("https://securetoken.google.com/{PROJECT}");
    for issuer in [
        json!("https://securetoken.google.com/demo-other"),
        json!(format!("{whole}/")),
        json!("https://securetoken.google.com/"),
        json!([whole]),
        json!(5),
    ] {
        let claims = with(id_claims(), "iss", issuer.clone());
        assert_eq!(refusal(&claims).await, TokenError::WrongIssuer, "{issuer}");
    }
    assert_eq!(
        refusal(&without(id_claims(), "iss")).await,
        TokenError::WrongIssuer
    );
}

#[tokio::test]
async fn the_subject_has_1_to_128_characters() {
    for subject in [
        json!(""),
        json!("u".repeat(129)),
        json!("é".repeat(129)),
        json!(7),
        json!(null),
    ] {
        let claims = with(id_claims(), "sub", subject.clone());
        assert_eq!(refusal(&claims).await, TokenError::BadSubject, "{subject}");
    }
    assert_eq!(
        refusal(&without(id_claims(), "sub")).await,
        TokenError::BadSubject
    );
    for subject in ["u".to_owned(), "u".repeat(128), "é".repeat(128)] {
        let claims = with(id_claims(), "sub", subject.clone());
        assert_eq!(outcome(&claims).await.map(|token| token.uid), Ok(subject));
    }
}

#[tokio::test]
async fn a_token_expires_in_the_second_of_its_exp_without_leeway() {
    assert_eq!(
        refusal(&with(id_claims(), "exp", NOW)).await,
        TokenError::Expired
    );
    assert_eq!(
        refusal(&with(id_claims(), "exp", NOW - 1)).await,
        TokenError::Expired
    );
    assert!(outcome(&with(id_claims(), "exp", NOW + 1)).await.is_ok());
    assert!(
        outcome(&with(id_claims(), "exp", json!(1_787_385_600.5)))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_token_without_a_usable_exp_is_refused() {
    assert_eq!(
        refusal(&without(id_claims(), "exp")).await,
        TokenError::BadClaim("exp")
    );
    for exp in [
        json!("1787389140"),
        json!(null),
        json!(u64::MAX),
        json!(1e300),
        json!([NOW + 1]),
    ] {
        let claims = with(id_claims(), "exp", exp.clone());
        assert_eq!(refusal(&claims).await, TokenError::BadClaim("exp"), "{exp}");
    }
}

#[tokio::test]
async fn nbf_is_honoured_without_leeway() {
    assert_eq!(
        refusal(&with(id_claims(), "nbf", NOW + 1)).await,
        TokenError::NotYetValid
    );
    assert_eq!(
        refusal(&with(id_claims(), "nbf", "soon")).await,
        TokenError::BadClaim("nbf")
    );
    assert!(outcome(&with(id_claims(), "nbf", NOW)).await.is_ok());
}

#[tokio::test]
async fn iat_is_required_and_at_most_ten_seconds_ahead() {
    assert_eq!(
        refusal(&with(id_claims(), "iat", NOW + 11)).await,
        TokenError::FromTheFuture
    );
    assert_eq!(
        refusal(&with(id_claims(), "iat", "now")).await,
        TokenError::BadClaim("iat")
    );
    assert_eq!(
        refusal(&without(id_claims(), "iat")).await,
        TokenError::BadClaim("iat")
    );
    assert!(outcome(&with(id_claims(), "iat", NOW + 10)).await.is_ok());
}

#[tokio::test]
async fn auth_time_is_required_and_past() {
    assert_eq!(
        refusal(&with(id_claims(), "auth_time", NOW + 1)).await,
        TokenError::FromTheFuture
    );
    let claims = with(id_claims(), "auth_time", "then");
    assert_eq!(refusal(&claims).await, TokenError::BadClaim("auth_time"));
    assert_eq!(
        refusal(&without(id_claims(), "auth_time")).await,
        TokenError::BadClaim("auth_time")
    );
    assert!(outcome(&with(id_claims(), "auth_time", NOW)).await.is_ok());
}

#[tokio::test]
async fn a_sign_in_of_this_moment_is_good_though_googles_clock_is_ahead() {
    let fresh = with(with(id_claims(), "iat", NOW + 3), "auth_time", NOW + 3);
    assert!(outcome(&fresh).await.is_ok());
    let later_than_its_token = with(with(id_claims(), "iat", NOW + 3), "auth_time", NOW + 4);
    assert_eq!(
        refusal(&later_than_its_token).await,
        TokenError::FromTheFuture
    );
}

/// Each token breaks its rule and all later ones; the first is what is reported.
#[tokio::test]
async fn the_rules_are_asked_in_firebase_admins_order() {
    let (world, tokens) = published().await;
    let stranger = json!({"alg": "RS256", "kid": "third"});
    let mut claims = id_claims();
    claims["auth_time"] = json!(NOW + 100);
    claims["iat"] = json!(NOW + 100);
    claims["exp"] = json!(NOW);
    claims["nbf"] = json!(NOW + 100);
    claims["sub"] = json!("");
    claims["iss"] = json!("https://example.com");
    claims["aud"] = json!("demo-other");

    let no_kid = SECOND.token_with_header(&json!({"alg": "none"}), &claims);
    assert_eq!(tokens.verify(&no_kid).await, Err(TokenError::MissingKeyId));
    let no_alg = SECOND.token_with_header(&json!({"alg": "none", "kid": "third"}), &claims);
    assert_eq!(
        tokens.verify(&no_alg).await,
        Err(TokenError::WrongAlgorithm)
    );
    let mut mend = |name: &str, broken: TokenError| {
        let token = SECOND.token_with_header(&stranger, &claims);
        claims[name] = id_claims()[name].clone();
        (token, broken)
    };
    let before_the_key = [
        mend("aud", TokenError::WrongAudience),
        mend("iss", TokenError::WrongIssuer),
        mend("sub", TokenError::BadSubject),
    ];
    for (token, broken) in before_the_key {
        assert_eq!(tokens.verify(&token).await, Err(broken));
    }
    assert_eq!(world.server.requests(), 0, "none of them was worth a key");

    let unknown = SECOND.token_with_header(&stranger, &claims);
    assert_eq!(tokens.verify(&unknown).await, Err(TokenError::UnknownKey));
    let header = json!({"alg": "RS256", "kid": FIRST.kid});
    let foreign = SECOND.token_with_header(&header, &claims);
    assert_eq!(tokens.verify(&foreign).await, Err(TokenError::BadSignature));
    for (name, broken) in [
        ("nbf", TokenError::NotYetValid),
        ("exp", TokenError::Expired),
        ("iat", TokenError::FromTheFuture),
        ("auth_time", TokenError::FromTheFuture),
    ] {
        assert_eq!(
            tokens.verify(&FIRST.token(&claims)).await,
            Err(broken),
            "{name}"
        );
        claims[name] = json!(NOW - 1);
        if name == "exp" {
            claims[name] = json!(NOW + 3540);
        }
    }
    assert!(tokens.verify(&FIRST.token(&claims)).await.is_ok());
}

#[tokio::test]
async fn without_keys_a_token_is_neither_good_nor_bad() {
    let world = World::with(Answer::status(axum::http::StatusCode::SERVICE_UNAVAILABLE)).await;
    let tokens = IdTokens::new(PROJECT, world.keys.clone(), world.clock.clone());
    let error = tokens
        .verify(&FIRST.token(&id_claims()))
        .await
        .expect_err("there are no keys");
    assert_eq!(error, TokenError::KeysUnavailable);
    assert!(error.is_unavailable());
    assert!(!TokenError::UnknownKey.is_unavailable());
}
