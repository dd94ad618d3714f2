//! From a code or a short-lived token to a long-lived one, and to what the person has agreed to.

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use super::failure::{Step, meta_error};
use crate::channels::features::{Granted, asked_for};
use crate::channels::record::TokenLife;
use crate::clients::graph::{Access, GraphError, Issued, Login};
use crate::error::{Code, Error, text};
use crate::state::AppState;

/// What a person has agreed to.
#[derive(Debug, Clone)]
pub(super) struct Consent {
    /// The person's own long-lived access.
    pub(super) user: Access,
    /// Its life.
    pub(super) life: TokenLife,
    /// The person's app-scoped id.
    pub(super) person: Option<String>,
    /// The permissions.
    pub(super) granted: Granted,
    /// By Instagram Login: the account itself, as the platform tells of it.
    pub(super) account: Option<Value>,
}

/// What the person came back with.
#[derive(Debug, Clone, Copy)]
pub(super) enum Proof<'a> {
    /// A code, and the address that it was sent to.
    Code {
        code: &'a SecretString,
        redirect_uri: &'a str,
    },
    /// A token of the JavaScript SDK.
    ShortLived(&'a SecretString),
}

/// Makes a long-lived token of what the person came back with, and asks what it is good for. Up to four calls.
pub(super) async fn of(state: &AppState, login: Login, proof: Proof<'_>) -> Result<Consent, Error> {
    let graph = &state.graph;
    let short = match proof {
        Proof::Code { code, redirect_uri } => {
            let code = without_tail(code);
            let issued = graph.token_for_code(login, &code, redirect_uri).await;
            issued.map_err(|error| meta_error(Step::Code, &error))?
        }
        Proof::ShortLived(token) => Issued {
            access: Access {
                login,
                token: token.clone(),
            },
            lives: None,
            permissions: None,
        },
    };
    let long = graph.long_lived(&short.access).await;
    let long = long.map_err(|error| meta_error(Step::Token, &error))?;
    let now = state.clock.now();
    let life = TokenLife {
        issued: Some(now),
        expires: long.lives.map(|lives| now + lives),
        data_access_ends: None,
    };
    let asked = match login {
        Login::Facebook => facebook(state, long.access, life).await,
        Login::Instagram => instagram(state, long.access, life, short.permissions).await,
    };
    let consent = asked.map_err(|error| meta_error(Step::Account, &error))?;
    consent.ok_or_else(foreign)
}

/// Instagram glues `#_` to its codes, and browsers hand it on.
fn without_tail(code: &SecretString) -> SecretString {
    let code = code.expose_secret();
    code.strip_suffix("#_").unwrap_or(code).into()
}

/// `None` for a token of another app: it is no consent to this one, however well it works.
async fn facebook(
    state: &AppState,
    user: Access,
    mut life: TokenLife,
) -> Result<Option<Consent>, GraphError> {
    let graph = &state.graph;
    let permissions = graph.get(&user, "me/permissions", &[]).await?;
    let given = permissions["data"].as_array().into_iter().flatten();
    let given = given
        .filter(|one| one["status"] == "granted")
        .filter_map(|one| one["permission"].as_str());
    let mut granted = Granted::of(given);
    let token = user.token.expose_secret();
    let asked = [("input_token", token)];
    let about = graph
        .get(&graph.app_access()?, "debug_token", &asked)
        .await?;
    let about = &about["data"];
    if id_text(&about["app_id"]).as_deref() != graph.app_id(Login::Facebook) {
        return Ok(None);
    }
    for narrowed in about["granular_scopes"].as_array().into_iter().flatten() {
        let targets = narrowed["target_ids"].as_array();
        if let (Some(scope), Some(targets)) = (narrowed["scope"].as_str(), targets) {
            granted.only_for(scope, targets.iter().filter_map(id_text));
        }
    }
    let moment = |value: &Value| {
        let seconds = value.as_i64().filter(|seconds| *seconds > 0)?;
        Timestamp::from_second(seconds).ok()
    };
    life.issued = moment(&about["issued_at"]).or(life.issued);
    life.expires = moment(&about["expires_at"]).or(life.expires);
    life.data_access_ends = moment(&about["data_access_expires_at"]);
    Ok(Some(Consent {
        user,
        life,
        person: id_text(&about["user_id"]),
        granted,
        account: None,
    }))
}

async fn instagram(
    state: &AppState,
    user: Access,
    life: TokenLife,
    permissions: Option<Vec<String>>,
) -> Result<Option<Consent>, GraphError> {
    let fields = [("fields", "user_id,id,username,name,account_type")];
    let account = state.graph.get(&user, "me", &fields).await?;
    Ok(Some(Consent {
        user,
        life,
        // `user_id` names the account in webhooks; `id` is the person's name for this app alone.
        person: id_text(&account["id"]),
        granted: match permissions {
            Some(permissions) => Granted::of(permissions),
            // The JavaScript way tells none; what is missing shows when it is used.
            None => Granted::of(asked_for(Login::Instagram).iter().copied()),
        },
        account: Some(account),
    }))
}

/// An id, which the platform writes as text or as a number.
pub(super) fn id_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn foreign() -> Error {
    Error::new(
        Code::InvalidArgument,
        "TOKEN_OF_ANOTHER_APP",
        text(
            "Token ini bukan milik aplikasi ini. Silakan mulai lagi dari tombol Hubungkan.",
            "This token does not belong to this app. Please start again from the Connect button.",
        ),
    )
    .at("shortLivedToken")
}
