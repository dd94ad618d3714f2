//! ID tokens: every rule, and the order in which they are asked.

use jiff::Timestamp;
use leadgen_pro::tokens::{IdToken, IdTokens, TokenError};
use serde_json::{Value, json};

use super::{NOW, PROJECT, World, id_claims, with, without};
use crate::support::key_server::Answer;
use crate::support::signing_key::{FIRST, SECOND, unsigned};

async fn published() -> (World, IdTokens) {
    let world = World::with(Answer::certificates(&[&FIRST])).await;
    let tokens = IdTokens::new(PROJECT, world.keys.clone(), world.clock.clone());
    (world, tokens)
}

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
async fn optional_claims_of_another_type_count_as_absent() {
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
    assert_eq!(
        (token.role, token.branch_id, token.sign_in_provider),
        (None, None, None)
    );
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

#[tokio::test]
async fn only_rs256_is_accepted_whatever_the_signature() {
    let (world, tokens) = published().await;
    for algorithm in [
        "none", "None", "HS256", "RS384", "PS256", "ES256", "rs256", "",
    ] {
        let header = json!({"alg": algorithm, "kid": FIRST.kid});
        let token = FIRST.token_with_header(&header, &id_claims());
        assert_eq!(
            tokens.verify(&token).await,
            Err(TokenError::WrongAlgorithm),
            "{algorithm}"
        );
    }
    assert_eq!(world.server.requests(), 0, "nothing was fetched for them");
}

#[tokio::test]
async fn a_signature_with_the_public_key_as_hmac_secret_is_refused() {
    let (_world, tokens) = published().await;
    let input = unsigned(
        &json!({"alg": "HS256", "kid": FIRST.kid}).to_string(),
        &id_claims().to_string(),
    );
    let key = jsonwebtoken::EncodingKey::from_secret(FIRST.certificate_pem().as_bytes());
    let signature =
        jsonwebtoken::crypto::sign(input.as_bytes(), &key, jsonwebtoken::Algorithm::HS256)
            .expect("HMAC signs");
    let outcome = tokens.verify(&format!("{input}.{signature}")).await;
    assert_eq!(outcome, Err(TokenError::WrongAlgorithm));
}

#[tokio::test]
async fn the_header_names_its_key_once_and_asks_for_no_extension() {
    let (world, tokens) = published().await;
    let claims = id_claims().to_string();
    for (header, expected) in [
        (r#"{"alg":"RS256"}"#, TokenError::MissingKeyId),
        (r#"{"alg":"RS256","kid":null}"#, TokenError::MissingKeyId),
        (r#"{"alg":"RS256","kid":5}"#, TokenError::Malformed),
        (r#"{"kid":"first"}"#, TokenError::Malformed),
        (
            r#"{"alg":"RS256","kid":"second","kid":"first"}"#,
            TokenError::Malformed,
        ),
        (
            r#"{"alg":"none","alg":"RS256","kid":"first"}"#,
            TokenError::Malformed,
        ),
        (
            r#"{"alg":"RS256","kid":"first","crit":["b64"],"b64":false}"#,
            TokenError::Malformed,
        ),
        (r#"["RS256","first"]"#, TokenError::Malformed),
    ] {
        let token = FIRST.sign(&unsigned(header, &claims));
        assert_eq!(tokens.verify(&token).await, Err(expected), "{header}");
    }
    assert_eq!(world.server.requests(), 0, "nothing was fetched for them");
}

#[tokio::test]
async fn a_signature_is_over_these_very_bytes_by_this_very_key() {
    let (_world, tokens) = published().await;
    let good = FIRST.token(&id_claims());
    let (input, signature) = good.rsplit_once('.').expect("a token has dots");
    let promoted = unsigned(
        &json!({"alg": "RS256", "kid": FIRST.kid}).to_string(),
        &with(id_claims(), "role", "PUSAT").to_string(),
    );
    let header = json!({"alg": "RS256", "kid": FIRST.kid});
    for forged in [
        format!("{promoted}.{signature}"),
        format!("{input}."),
        format!("{input}.{}", &signature[..signature.len() - 4]),
        format!("{input}.{signature}AAAA"),
        format!("{input}.{signature}="),
        format!("{input}.!"),
        SECOND.token_with_header(&header, &id_claims()),
    ] {
        assert_eq!(
            tokens.verify(&forged).await,
            Err(TokenError::BadSignature),
            "{forged}"
        );
    }
    assert!(tokens.verify(&good).await.is_ok());
}

#[tokio::test]
async fn a_key_nobody_published_is_unknown_however_it_is_called() {
    let (_world, tokens) = published().await;
    for kid in [
        "third",
        "",
        "FIRST",
        "../first",
        "first\0",
        "keys",
        "\u{202e}tsrif",
        "%66irst",
    ] {
        let token = FIRST.token_with_header(&json!({"alg": "RS256", "kid": kid}), &id_claims());
        assert_eq!(
            tokens.verify(&token).await,
            Err(TokenError::UnknownKey),
            "{kid:?}"
        );
    }
}

#[tokio::test]
async fn what_is_no_jwt_is_malformed() {
    let (world, tokens) = published().await;
    let good = FIRST.token(&id_claims());
    let parts: Vec<&str> = good.split('.').collect();
    for token in [
        String::new(),
        "..".to_owned(),
        parts[0].to_owned(),
        parts[..2].join("."),
        format!("{good}.{}", parts[2]),
        format!(" {good}"),
        format!("{}=.{}.{}", parts[0], parts[1], parts[2]),
        FIRST.sign(&unsigned(r#"{"alg":"RS256","kid":"first"}"#, "[]")),
        FIRST.sign(&unsigned(r#"{"alg":"RS256","kid":"first"}"#, "not json")),
    ] {
        assert_eq!(
            tokens.verify(&token).await,
            Err(TokenError::Malformed),
            "{token}"
        );
    }
    assert_eq!(world.server.requests(), 0, "nothing was fetched for them");
}

#[tokio::test]
async fn a_token_is_refused_by_its_length_before_anything_else() {
    let (_world, tokens) = published().await;
    let long = with(id_claims(), "name", "n".repeat(16 * 1024));
    assert_eq!(
        tokens.verify(&FIRST.token(&long)).await,
        Err(TokenError::TooLong)
    );
    assert_eq!(
        tokens.verify(&"x".repeat(10_000_000)).await,
        Err(TokenError::TooLong)
    );
    let just_short_enough = with(id_claims(), "name", "n".repeat(8 * 1024));
    assert!(
        tokens
            .verify(&FIRST.token(&just_short_enough))
            .await
            .is_ok()
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
