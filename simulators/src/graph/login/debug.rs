//! `GET /debug_token`: what the app that issued a token can learn of it.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::graph::Graph;
use crate::graph::call::Call;
use crate::graph::error::Refusal;
use crate::graph::tokens::{Token, TokenKind};

/// Scopes that are about no page and no account.
const NOT_GRANULAR: [&str; 1] = ["public_profile"];

pub(super) async fn debug_token(
    State(graph): State<Graph>,
    call: Call,
) -> Result<Json<Value>, Refusal> {
    let asking = call.token()?;
    if asking.kind != TokenKind::App {
        return Err(Refusal::parameter(
            "You must provide an app access token, or a user access token that is an owner or developer of the app",
        ));
    }
    let world = graph.world();
    let input = call.need("input_token")?;
    let Some(token) = world.tokens.get(&input) else {
        let error = json!({ "code": 190, "message": "Invalid OAuth access token - Cannot parse access token" });
        return Ok(Json(
            json!({ "data": { "error": error, "is_valid": false, "scopes": [] } }),
        ));
    };
    if token.login != asking.login {
        return Err(Refusal::parameter(
            "The App_id in the input_token did not match the Viewing App",
        ));
    }
    let app = world.app(token.login);
    let seconds = |at: Option<jiff::Timestamp>| at.map_or(0, jiff::Timestamp::as_second);
    let mut data = json!({
        "app_id": app.id,
        "application": app.name,
        "type": match token.kind {
            TokenKind::Instagram => json!(TokenKind::User),
            kind => json!(kind),
        },
        "is_valid": true,
        "issued_at": token.issued_at.as_second(),
        "expires_at": seconds(token.expires_at),
        "data_access_expires_at": seconds(token.data_access_expires_at),
        "scopes": token.scopes,
        "granular_scopes": granular(token),
        "user_id": token.person.as_ref().unwrap_or(&token.owner),
    });
    if token.kind == TokenKind::Page {
        data["profile_id"] = token.owner.clone().into();
    }
    if let Err(refusal) = world.alive(token, call.at) {
        data["is_valid"] = false.into();
        let body = refusal.body();
        data["error"] = json!({
            "code": body["error"]["code"],
            "subcode": body["error"]["error_subcode"],
            "message": body["error"]["message"],
        });
    }
    Ok(Json(json!({ "data": data })))
}

/// For which pages and accounts each scope was given. A scope for all of them names none.
fn granular(token: &Token) -> Vec<Value> {
    let scopes = token.scopes.iter();
    let scopes = scopes.filter(|scope| !NOT_GRANULAR.contains(&scope.as_str()));
    scopes
        .map(|scope| match &token.targets {
            Some(targets) => json!({ "scope": scope, "target_ids": targets }),
            None => json!({ "scope": scope }),
        })
        .collect()
}
