//! Blocking-function tokens, with the payloads Firebase Auth and its emulator send.

use jiff::Timestamp;
use leadgen_pro::tokens::{
    BlockingEvent, BlockingToken, BlockingTokens, ProviderUser, TokenError, UserRecord,
};
use serde_json::{Map, Value, json};

use super::{NOW, PROJECT, World, id_claims, with, without};
use crate::support::key_server::Answer;
use crate::support::signing_key::FIRST;

const URL: &str = "https://api.example.id/auth/beforeCreate";

fn claims() -> Value {
    json!({
        "iss": format!("https://securetoken.google.com/{PROJECT}"),
        "aud": URL,
        "sub": "siti",
        "iat": NOW - 1,
        "exp": NOW + 599,
        "event_id": "0123456789abcdef",
        "event_type": "beforeCreate",
        "ip_address": "203.0.113.7",
        "user_agent": "Mozilla/5.0",
        "locale": "id",
        "sign_in_method": "google.com",
        "oauth_access_token": "never read",
        "user_record": {
            "uid": "siti",
            "email": "siti@example.id",
            "email_verified": true,
            "display_name": "Siti",
            "phone_number": "+6281234567890",
            "disabled": true,
            "custom_claims": {"role": "MITRA"},
            "metadata": {"creation_time": 1_787_385_000_000_i64, "last_sign_in_time": 1_787_385_599_123_i64},
            "provider_data": [{"uid": "1098", "provider_id": "google.com", "email": "siti@example.id"}],
        },
    })
}

async fn ask(claims: &Value, event: BlockingEvent) -> Result<BlockingToken, TokenError> {
    let world = World::with(Answer::certificates(&[&FIRST])).await;
    BlockingTokens::new(PROJECT, world.keys.clone(), world.clock.clone())
        .verify(
            &FIRST.token(claims),
            event,
            &["https://old.example.id/x".to_owned(), URL.to_owned()],
        )
        .await
}

async fn outcome(claims: &Value) -> Result<BlockingToken, TokenError> {
    ask(claims, BlockingEvent::BeforeCreate).await
}

fn at_ms(milliseconds: i64) -> Option<Timestamp> {
    Timestamp::from_millisecond(milliseconds).ok()
}

#[tokio::test]
async fn a_good_token_tells_about_the_user() {
    let mut custom_claims = Map::new();
    custom_claims.insert("role".to_owned(), json!("MITRA"));
    let expected = BlockingToken {
        uid: "siti".to_owned(),
        event: BlockingEvent::BeforeCreate,
        event_id: Some("0123456789abcdef".to_owned()),
        sign_in_method: Some("google.com".to_owned()),
        user: UserRecord {
            uid: "siti".to_owned(),
            email: Some("siti@example.id".to_owned()),
            email_verified: true,
            display_name: Some("Siti".to_owned()),
            phone_number: Some("+6281234567890".to_owned()),
            disabled: true,
            custom_claims,
            created_at: at_ms(1_787_385_000_000),
            last_sign_in_at: at_ms(1_787_385_599_123),
            providers: vec![ProviderUser {
                provider_id: "google.com".to_owned(),
                uid: Some("1098".to_owned()),
                email: Some("siti@example.id".to_owned()),
            }],
        },
    };
    assert_eq!(outcome(&claims()).await, Ok(expected));
}

#[tokio::test]
async fn times_may_be_strings_and_all_but_the_uid_may_be_missing() {
    let mut texts = claims();
    texts["user_record"]["metadata"] =
        json!({"creation_time": "1787385000000", "last_sign_in_time": null});
    let user = outcome(&texts).await.expect("the token is good").user;
    assert_eq!(
        (user.created_at, user.last_sign_in_at),
        (at_ms(1_787_385_000_000), None)
    );

    let bare = with(
        without(claims(), "sign_in_method"),
        "user_record",
        json!({"uid": "siti"}),
    );
    let token = outcome(&bare).await.expect("the token is good");
    assert_eq!(token.sign_in_method, None);
    assert_eq!(
        (
            token.user.email,
            token.user.email_verified,
            token.user.disabled
        ),
        (None, false, false)
    );
    assert_eq!(
        (token.user.custom_claims.len(), token.user.providers.len()),
        (0, 0)
    );
}

#[tokio::test]
async fn the_audience_is_a_registered_url_of_this_endpoint_whole() {
    for audience in [
        json!("https://api.example.id/auth/beforeSignIn"),
        json!("https://api.example.id/"),
        json!("https://attacker-1234.run.app/auth/beforeCreate"),
        json!(format!("{URL}?x")),
        json!([URL]),
        json!(PROJECT),
    ] {
        let outcome = outcome(&with(claims(), "aud", audience.clone())).await;
        assert_eq!(outcome, Err(TokenError::WrongAudience), "{audience}");
    }
}

#[tokio::test]
async fn the_event_is_the_endpoints() {
    let other = ask(&claims(), BlockingEvent::BeforeSignIn).await;
    assert_eq!(other, Err(TokenError::WrongEvent));
    let sign_in = with(claims(), "event_type", "beforeSignIn");
    assert!(ask(&sign_in, BlockingEvent::BeforeSignIn).await.is_ok());
    assert_eq!(outcome(&sign_in).await, Err(TokenError::WrongEvent));
    for event in [json!("beforeSendSms"), json!(["beforeCreate"]), json!(null)] {
        let outcome = outcome(&with(claims(), "event_type", event.clone())).await;
        assert_eq!(outcome, Err(TokenError::WrongEvent), "{event}");
    }
}

#[tokio::test]
async fn an_id_token_is_no_blocking_token() {
    assert_eq!(outcome(&id_claims()).await, Err(TokenError::WrongAudience));
}

#[tokio::test]
async fn the_record_is_the_subjects() {
    let mut swapped = claims();
    swapped["user_record"]["uid"] = json!("budi");
    assert_eq!(outcome(&swapped).await, Err(TokenError::BadSubject));
    assert_eq!(
        outcome(&without(claims(), "sub")).await,
        Err(TokenError::BadSubject)
    );
}

#[tokio::test]
async fn a_record_of_another_form_is_malformed() {
    assert_eq!(
        outcome(&without(claims(), "user_record")).await,
        Err(TokenError::Malformed)
    );
    for record in [
        json!("siti"),
        json!({"uid": 5}),
        json!({"uid": "siti", "disabled": "no"}),
        json!({"uid": "siti", "metadata": {"creation_time": "yesterday"}}),
        json!({"uid": "siti", "metadata": {"creation_time": i64::MAX}}),
    ] {
        let outcome = outcome(&with(claims(), "user_record", record.clone())).await;
        assert_eq!(outcome, Err(TokenError::Malformed), "{record}");
    }
}

#[tokio::test]
async fn issuer_and_times_as_for_every_token() {
    let foreign = with(claims(), "iss", "https://securetoken.google.com/demo-other");
    assert_eq!(outcome(&foreign).await, Err(TokenError::WrongIssuer));
    assert_eq!(
        outcome(&with(claims(), "exp", NOW)).await,
        Err(TokenError::Expired)
    );
    assert_eq!(
        outcome(&without(claims(), "exp")).await,
        Err(TokenError::BadClaim("exp"))
    );
}

#[tokio::test]
async fn a_record_may_be_far_longer_than_an_id_token() {
    let long = with(claims(), "raw_user_info", "x".repeat(64 * 1024));
    assert!(outcome(&long).await.is_ok());
    let longer = with(claims(), "raw_user_info", "x".repeat(128 * 1024));
    assert_eq!(outcome(&longer).await, Err(TokenError::TooLong));
}
