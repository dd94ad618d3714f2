//! What a token must be before its claims are asked: its form, its header, its signature.

use leadgen_pro::tokens::TokenError;
use serde_json::json;

use super::{id_claims, published, with};
use crate::support::signing_key::{FIRST, SECOND, unsigned};

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
