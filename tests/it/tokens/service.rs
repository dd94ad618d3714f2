//! Google's OIDC tokens of service accounts.

use leadgen_pro::tokens::{ServiceToken, ServiceTokens, TokenError};
use serde_json::{Value, json};

use super::{NOW, World, with, without};
use crate::support::key_server::Answer;
use crate::support::signing_key::FIRST;

const AUDIENCE: &str = "https://api.example.id/tasks/generate";
const ACCOUNT: &str = "tasks@demo-leadgen.iam.gserviceaccount.com";

fn claims() -> Value {
    json!({
        "iss": "https://accounts.google.com",
        "aud": AUDIENCE,
        "azp": "104857600000000000000",
        "sub": "104857600000000000000",
        "email": ACCOUNT,
        "email_verified": true,
        "iat": NOW - 60,
        "exp": NOW + 3540,
    })
}

async fn verify(
    claims: &Value,
    audiences: &[&str],
    accounts: &[&str],
) -> Result<ServiceToken, TokenError> {
    let world = World::with(Answer::jwks(&[&FIRST])).await;
    let owned = |texts: &[&str]| {
        texts
            .iter()
            .map(|text| (*text).to_owned())
            .collect::<Vec<_>>()
    };
    ServiceTokens::new(world.keys.clone(), world.clock.clone())
        .verify(&FIRST.token(claims), &owned(audiences), &owned(accounts))
        .await
}

async fn outcome(claims: &Value) -> Result<ServiceToken, TokenError> {
    verify(claims, &[AUDIENCE], &[ACCOUNT]).await
}

fn ours() -> ServiceToken {
    ServiceToken {
        email: ACCOUNT.to_owned(),
        subject: "104857600000000000000".to_owned(),
    }
}

#[tokio::test]
async fn a_good_token_names_the_account() {
    assert_eq!(outcome(&claims()).await, Ok(ours()));
    let audiences = ["https://old.example.id", AUDIENCE];
    let several = verify(&claims(), &audiences, &["a@b.c", ACCOUNT]).await;
    assert_eq!(several, Ok(ours()));
    assert_eq!(
        outcome(&with(claims(), "iss", "accounts.google.com")).await,
        Ok(ours())
    );
}

#[tokio::test]
async fn the_audience_is_one_of_the_expected_whole() {
    let prefix = "https://api.example.id";
    for audience in [
        json!(prefix),
        json!(format!("{AUDIENCE}/")),
        json!([AUDIENCE]),
        json!(null),
    ] {
        let outcome = outcome(&with(claims(), "aud", audience.clone())).await;
        assert_eq!(outcome, Err(TokenError::WrongAudience), "{audience}");
    }
    let nobody = verify(&claims(), &[], &[ACCOUNT]).await;
    assert_eq!(nobody, Err(TokenError::WrongAudience));
}

#[tokio::test]
async fn the_account_is_one_of_the_expected_and_verified() {
    for email in [
        json!("attacker@other.iam.gserviceaccount.com"),
        json!(ACCOUNT.to_uppercase()),
        json!([ACCOUNT]),
        json!(null),
    ] {
        let outcome = outcome(&with(claims(), "email", email.clone())).await;
        assert_eq!(outcome, Err(TokenError::WrongAccount), "{email}");
    }
    for verified in [json!(false), json!("true"), json!(1), json!(null)] {
        let outcome = outcome(&with(claims(), "email_verified", verified.clone())).await;
        assert_eq!(outcome, Err(TokenError::WrongAccount), "{verified}");
    }
    let missing = without(claims(), "email_verified");
    assert_eq!(outcome(&missing).await, Err(TokenError::WrongAccount));
    let nobody = verify(&claims(), &[AUDIENCE], &[]).await;
    assert_eq!(nobody, Err(TokenError::WrongAccount));
}

#[tokio::test]
async fn the_issuer_is_google() {
    for issuer in [
        "https://accounts.google.com/",
        "http://accounts.google.com",
        "google.com",
    ] {
        let outcome = outcome(&with(claims(), "iss", issuer)).await;
        assert_eq!(outcome, Err(TokenError::WrongIssuer), "{issuer}");
    }
}

#[tokio::test]
async fn an_id_token_of_the_same_keys_is_no_service_token() {
    assert_eq!(
        outcome(&super::id_claims()).await,
        Err(TokenError::WrongAudience)
    );
}

#[tokio::test]
async fn times_and_key_as_for_every_token() {
    assert_eq!(
        outcome(&with(claims(), "exp", NOW)).await,
        Err(TokenError::Expired)
    );
    assert_eq!(
        outcome(&without(claims(), "exp")).await,
        Err(TokenError::BadClaim("exp"))
    );
    let world = World::with(Answer::jwks(&[&FIRST])).await;
    let nameless = FIRST.token_with_header(&json!({"alg": "RS256"}), &claims());
    let outcome = ServiceTokens::new(world.keys.clone(), world.clock.clone())
        .verify(&nameless, &[AUDIENCE.to_owned()], &[ACCOUNT.to_owned()])
        .await;
    assert_eq!(outcome, Err(TokenError::MissingKeyId));
}
