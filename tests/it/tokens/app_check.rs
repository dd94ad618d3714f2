//! App Check tokens: what differs from ID tokens.

use std::collections::BTreeSet;

use leadgen_pro::tokens::{AppCheckProject, AppCheckToken, AppCheckTokens, TokenError};
use serde_json::{Value, json};

use super::{NOW, PROJECT, World, with, without};
use crate::support::key_server::Answer;
use crate::support::signing_key::{FIRST, SECOND};

const NUMBER: &str = "1234567890";
const APP: &str = "1:1234567890:web:0123456789abcdef";

fn claims() -> Value {
    json!({
        "iss": format!("https://firebaseappcheck.googleapis.com/{NUMBER}"),
        "aud": [format!("projects/{NUMBER}"), format!("projects/{PROJECT}")],
        "sub": APP,
        "iat": NOW - 60,
        "exp": NOW + 3540,
    })
}

struct Setting {
    number: Option<&'static str>,
    allowed: Option<&'static [&'static str]>,
}

const LAX: Setting = Setting {
    number: None,
    allowed: None,
};
const STRICT: Setting = Setting {
    number: Some(NUMBER),
    allowed: Some(&[APP]),
};

impl Setting {
    async fn verify(&self, token: &str) -> Result<AppCheckToken, TokenError> {
        let world = World::with(Answer::jwks(&[&SECOND, &FIRST])).await;
        let project = AppCheckProject {
            id: PROJECT.to_owned(),
            number: self.number.map(str::to_owned),
        };
        let allowed = self.allowed.map(|apps| {
            apps.iter()
                .map(|app| (*app).to_owned())
                .collect::<BTreeSet<String>>()
        });
        AppCheckTokens::new(&project, allowed, world.keys.clone(), world.clock.clone())
            .verify(token)
            .await
    }

    async fn outcome(&self, claims: &Value) -> Result<AppCheckToken, TokenError> {
        self.verify(&FIRST.token(claims)).await
    }
}

fn ours() -> AppCheckToken {
    AppCheckToken {
        app_id: APP.to_owned(),
    }
}

#[tokio::test]
async fn a_good_token_names_its_app() {
    assert_eq!(STRICT.outcome(&claims()).await, Ok(ours()));
    assert_eq!(LAX.outcome(&claims()).await, Ok(ours()));
}

#[tokio::test]
async fn the_audience_is_an_array_that_holds_the_project() {
    let by_id = with(claims(), "aud", json!([format!("projects/{PROJECT}")]));
    let by_number = with(claims(), "aud", json!([7, format!("projects/{NUMBER}")]));
    assert_eq!(STRICT.outcome(&by_id).await, Ok(ours()));
    assert_eq!(STRICT.outcome(&by_number).await, Ok(ours()));
    assert_eq!(
        LAX.outcome(&by_number).await,
        Err(TokenError::WrongAudience)
    );
    for audience in [
        json!(format!("projects/{PROJECT}")),
        json!([PROJECT]),
        json!(["projects/demo-other"]),
        json!([]),
        json!([[format!("projects/{PROJECT}")]]),
    ] {
        let outcome = STRICT
            .outcome(&with(claims(), "aud", audience.clone()))
            .await;
        assert_eq!(outcome, Err(TokenError::WrongAudience), "{audience}");
    }
    assert_eq!(
        STRICT.outcome(&without(claims(), "aud")).await,
        Err(TokenError::WrongAudience)
    );
}

#[tokio::test]
async fn the_issuer_is_compared_whole_where_the_number_is_known() {
    let neighbour = with(
        claims(),
        "iss",
        "https://firebaseappcheck.googleapis.com/12345678901",
    );
    assert_eq!(
        STRICT.outcome(&neighbour).await,
        Err(TokenError::WrongIssuer)
    );
    assert_eq!(LAX.outcome(&neighbour).await, Ok(ours()));
    for issuer in [
        "https://firebaseappcheck.googleapis.com.example.com/1",
        "https://example.com/",
    ] {
        let foreign = with(claims(), "iss", issuer);
        assert_eq!(
            LAX.outcome(&foreign).await,
            Err(TokenError::WrongIssuer),
            "{issuer}"
        );
    }
    assert_eq!(
        LAX.outcome(&without(claims(), "iss")).await,
        Err(TokenError::WrongIssuer)
    );
}

#[tokio::test]
async fn only_listed_apps_count_where_there_is_a_list() {
    let other = with(claims(), "sub", "1:1234567890:web:another");
    assert_eq!(STRICT.outcome(&other).await, Err(TokenError::WrongApp));
    assert!(LAX.outcome(&other).await.is_ok());
    assert_eq!(
        LAX.outcome(&with(claims(), "sub", "")).await,
        Err(TokenError::BadSubject)
    );
}

#[tokio::test]
async fn a_token_that_names_no_key_is_tried_with_each() {
    let header = json!({"alg": "RS256"});
    let by_first = FIRST.token_with_header(&header, &claims());
    let by_second = SECOND.token_with_header(&header, &claims());
    assert_eq!(STRICT.verify(&by_first).await, Ok(ours()));
    assert_eq!(STRICT.verify(&by_second).await, Ok(ours()));
    let (input, _) = by_first.rsplit_once('.').expect("a token has dots");
    let (_, signature) = by_second.rsplit_once('.').expect("a token has dots");
    let forged = format!("{input}.{}{}", &signature[2..], &signature[..2]);
    assert_eq!(STRICT.verify(&forged).await, Err(TokenError::BadSignature));
}

#[tokio::test]
async fn a_token_that_names_a_key_is_tried_with_that_one_alone() {
    let misnamed = FIRST.token_with_header(&json!({"alg": "RS256", "kid": SECOND.kid}), &claims());
    assert_eq!(
        STRICT.verify(&misnamed).await,
        Err(TokenError::BadSignature)
    );
    let unknown = FIRST.token_with_header(&json!({"alg": "RS256", "kid": "third"}), &claims());
    assert_eq!(STRICT.verify(&unknown).await, Err(TokenError::UnknownKey));
}

#[tokio::test]
async fn times_and_algorithm_as_for_every_token() {
    let none = FIRST.token_with_header(&json!({"alg": "none"}), &claims());
    assert_eq!(STRICT.verify(&none).await, Err(TokenError::WrongAlgorithm));
    let expired = with(claims(), "exp", NOW);
    assert_eq!(STRICT.outcome(&expired).await, Err(TokenError::Expired));
    let endless = without(claims(), "exp");
    assert_eq!(
        STRICT.outcome(&endless).await,
        Err(TokenError::BadClaim("exp"))
    );
    let early = with(claims(), "iat", NOW + 11);
    assert_eq!(STRICT.outcome(&early).await, Err(TokenError::FromTheFuture));
    let long = with(claims(), "x", "x".repeat(16 * 1024));
    assert_eq!(STRICT.outcome(&long).await, Err(TokenError::TooLong));
}
