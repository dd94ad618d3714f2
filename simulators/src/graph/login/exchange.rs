//! Codes become tokens, short-lived tokens long-lived ones, and long-lived ones new ones.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{Code, CodeAnswer, short_life};
use crate::graph::Graph;
use crate::graph::assets::Login;
use crate::graph::call::Call;
use crate::graph::error::Refusal;
use crate::graph::tokens::{LONG_LIVED, Token, TokenKind};
use crate::graph::world::World;

/// How old an Instagram token must be before it is refreshed.
///
/// # Source
/// Instagram API with Instagram Login, refresh: "at least 24 hours old and not expired".
const REFRESH_AGE: SignedDuration = SignedDuration::from_hours(24);

/// `GET graph.facebook.com/oauth/access_token`: a code, a token to exchange, or the app's own credentials.
pub(super) async fn facebook_token(
    State(graph): State<Graph>,
    call: Call,
) -> Result<Json<Value>, Refusal> {
    facebook(&mut graph.world(), &call).map(Json)
}

fn facebook(world: &mut World, call: &Call) -> Result<Value, Refusal> {
    let app_id = call.need("client_id")?;
    let secret = call.need("client_secret")?;
    let app = world.app(Login::Facebook);
    if app.id != app_id {
        return Err(Refusal::new(101).saying(
            "Error validating application. Cannot get application info due to a system error.",
        ));
    }
    if app.secret != secret {
        return Err(wrong_secret());
    }
    match call.text("grant_type").as_deref() {
        Some("client_credentials") => {
            Ok(json!({ "access_token": format!("{app_id}|{secret}"), "token_type": "bearer" }))
        }
        Some("fb_exchange_token") => exchange(world, &call.need("fb_exchange_token")?, call.at),
        None | Some("authorization_code") => {
            let subject =
                redeem(world, Login::Facebook, call).map_err(|problem| match problem {
                    BadCode::Unknown => {
                        Refusal::new(100).saying("Invalid verification code format.")
                    }
                    BadCode::Over => Refusal::new(100)
                        .subcode(36_007)
                        .saying("This authorization code has expired."),
                    BadCode::OtherRedirect => Refusal::new(100).subcode(36_008).saying(format!(
                        "Error validating verification code. {OTHER_REDIRECT}"
                    )),
                    BadCode::Used => Refusal::new(100)
                        .subcode(36_009)
                        .saying("This authorization code has been used."),
                })?;
            let life = short_life(Login::Facebook);
            let token = world.issue_for(Login::Facebook, &subject, life, call.at);
            Ok(bearer(&token, Some(life)))
        }
        Some(other) => Err(Refusal::new(1)
            .status(400)
            .saying(format!("Invalid grant_type: {other}"))),
    }
}

const OTHER_REDIRECT: &str = "Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request";

fn wrong_secret() -> Refusal {
    Refusal::new(1)
        .status(400)
        .saying("Error validating client secret.")
}

fn bearer(token: &str, life: Option<SignedDuration>) -> Value {
    let mut answer = json!({ "access_token": token, "token_type": "bearer" });
    if let Some(life) = life {
        answer["expires_in"] = life.as_secs().into();
    }
    answer
}

/// Makes a long-lived user token of a living one.
fn exchange(world: &mut World, old: &str, now: Timestamp) -> Result<Value, Refusal> {
    let old = living(world, Login::Facebook, TokenKind::User, old, now)?;
    let left = old.expires_at.map(|end| end.duration_since(now));
    let is_long = old.is_long_lived();
    let life = match left {
        Some(left) if is_long && !world.logins.habits.exchange_extends => left,
        _ => LONG_LIVED,
    };
    let token = world.issue_for(Login::Facebook, &old.owner, life, now);
    Ok(bearer(
        &token,
        world.logins.habits.tells_expiry.then_some(life),
    ))
}

/// A token of this login and kind, unless it is dead.
fn living(
    world: &World,
    login: Login,
    kind: TokenKind,
    value: &str,
    now: Timestamp,
) -> Result<Token, Refusal> {
    let token = world.tokens.get(value);
    let token = token
        .filter(|token| token.login == login && token.kind == kind)
        .ok_or_else(|| Refusal::new(190))?;
    match token.trouble(now) {
        Some(trouble) => Err(Refusal::new(190).subcode(trouble.subcode())),
        None => Ok(token.clone()),
    }
}

enum BadCode {
    Unknown,
    Over,
    OtherRedirect,
    Used,
}

/// Uses a code up. Returns whose it was. A refused attempt does not use it up.
fn redeem(world: &mut World, login: Login, call: &Call) -> Result<String, BadCode> {
    let value = call.text("code").unwrap_or_default();
    let code: &mut Code = world
        .logins
        .codes
        .get_mut(&value)
        .filter(|code| code.consent.login == login)
        .ok_or(BadCode::Unknown)?;
    if code.used {
        return Err(BadCode::Used);
    }
    if code.is_over(call.at) {
        return Err(BadCode::Over);
    }
    if call.text("redirect_uri").unwrap_or_default() != code.consent.redirect_uri {
        return Err(BadCode::OtherRedirect);
    }
    code.used = true;
    Ok(code.consent.subject.clone())
}

/// `POST api.instagram.com/oauth/access_token`: an Instagram code becomes a token for an hour. This host has error bodies of its own.
pub(super) async fn instagram_code(State(graph): State<Graph>, call: Call) -> Response {
    let mut world = graph.world();
    let app = world.app(Login::Instagram);
    if call.text("client_id").as_deref() != Some(&app.id) {
        return refused("Invalid platform app");
    }
    if call.text("client_secret").as_deref() != Some(&app.secret) {
        return refused("Error validating client secret.");
    }
    if call.text("grant_type").as_deref() != Some("authorization_code") {
        return refused("Invalid grant_type");
    }
    let account = match redeem(&mut world, Login::Instagram, &call) {
        Ok(account) => account,
        Err(BadCode::Unknown | BadCode::Used) => {
            return refused("Matching code was not found or was already used");
        }
        Err(BadCode::Over) => return refused("This authorization code has expired"),
        Err(BadCode::OtherRedirect) => {
            return refused(&format!(
                "Error validating verification code. {OTHER_REDIRECT}"
            ));
        }
    };
    let life = short_life(Login::Instagram);
    let token = world.issue_for(Login::Instagram, &account, life, call.at);
    let scopes: Vec<String> = world
        .tokens
        .get(&token)
        .map(|token| token.scopes.iter().cloned().collect())
        .unwrap_or_default();
    // A number in JSON, unlike everywhere else.
    let user_id: Value = account.parse::<u64>().map_or(json!(account), Value::from);
    let flat = |permissions: Value| json!({ "access_token": token, "user_id": user_id, "permissions": permissions });
    let body = match world.logins.habits.code_answer {
        CodeAnswer::Wrapped => json!({ "data": [flat(scopes.join(",").into())] }),
        CodeAnswer::Flat => flat(scopes.join(",").into()),
        CodeAnswer::FlatWithList => flat(json!(scopes)),
    };
    Json(body).into_response()
}

fn refused(message: &str) -> Response {
    let body = json!({ "error_type": "OAuthException", "code": 400, "error_message": message });
    (StatusCode::BAD_REQUEST, Json(body)).into_response()
}

/// `GET graph.instagram.com/access_token`: a token for an hour becomes one for 60 days.
pub(super) async fn instagram_exchange(
    State(graph): State<Graph>,
    call: Call,
) -> Result<Json<Value>, Refusal> {
    let mut world = graph.world();
    grant_type(&call, "ig_exchange_token")?;
    if call.text("client_secret").as_deref() != Some(&world.app(Login::Instagram).secret) {
        return Err(wrong_secret());
    }
    let old = instagram_token(&world, &call)?;
    if old.is_long_lived() {
        return Err(
            Refusal::new(452).saying("Session key invalid: the token is long-lived already")
        );
    }
    Ok(Json(another(&mut world, &old, call.at)))
}

/// `GET graph.instagram.com/refresh_access_token`: 60 more days for a token between 24 hours and 60 days old.
pub(super) async fn instagram_refresh(
    State(graph): State<Graph>,
    call: Call,
) -> Result<Json<Value>, Refusal> {
    let mut world = graph.world();
    grant_type(&call, "ig_refresh_token")?;
    let old = instagram_token(&world, &call)?;
    if !old.is_long_lived() {
        return Err(
            Refusal::new(452).saying("Session key invalid: only long-lived tokens are refreshed")
        );
    }
    if call.at.duration_since(old.issued_at) < REFRESH_AGE {
        // No page shows the refusal; the rule is documented.
        return Err(Refusal::parameter(
            "The access token must be at least 24 hours old to be refreshed",
        ));
    }
    Ok(Json(another(&mut world, &old, call.at)))
}

fn grant_type(call: &Call, wanted: &str) -> Result<(), Refusal> {
    if call.need("grant_type")? == wanted {
        Ok(())
    } else {
        Err(Refusal::parameter(format_args!(
            "Param grant_type must be {wanted}"
        )))
    }
}

fn instagram_token(world: &World, call: &Call) -> Result<Token, Refusal> {
    let value = call.token_text().unwrap_or_default();
    let token = living(
        world,
        Login::Instagram,
        TokenKind::Instagram,
        &value,
        call.at,
    )?;
    if token.may("instagram_business_basic") {
        Ok(token)
    } else {
        Err(Refusal::new(10))
    }
}

/// A token for 60 days beside the old one, which lives out its own time.
fn another(world: &mut World, old: &Token, now: Timestamp) -> Value {
    let scopes: Vec<_> = old.scopes.iter().cloned().collect();
    let token = world.issue_for(Login::Instagram, &old.owner, LONG_LIVED, now);
    let mut answer = bearer(&token, Some(LONG_LIVED));
    answer["permissions"] = scopes.join(",").into();
    answer
}
