//! The login dialogs for a browser: who logs in, what is ticked, and back to where the app said.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Redirect, Response};

use super::Consent;
use crate::graph::Graph;
use crate::graph::assets::Login;
use crate::graph::call::{Call, Host};
use crate::graph::tokens::{FACEBOOK_SCOPES, INSTAGRAM_SCOPES};
use crate::graph::world::World;

/// `GET www.facebook.com/v26.0/dialog/oauth` and `GET www.instagram.com/oauth/authorize`: the dialog, and with `answer` its answer.
///
/// # Shape
/// `client_id`, `redirect_uri`, `state`, `scope` as Meta's. The form sends them back with `answer` (`allow`, `deny`), `subject` and
/// `scope:…=on`, `target:…=on` for each box that is ticked.
pub(super) async fn dialog(State(graph): State<Graph>, call: Call) -> Response {
    let login = match call.host {
        Host::Instagram => Login::Instagram,
        _ => Login::Facebook,
    };
    let app = graph.app(login);
    let back = call.text("redirect_uri").unwrap_or_default();
    let Ok(address) = reqwest::Url::parse(&back) else {
        return wrong("Invalid redirect_uri");
    };
    if call.text("client_id").as_deref() != Some(&app.id) {
        return wrong("Invalid App ID");
    }
    if !app.redirect_uris.is_empty() && !app.redirect_uris.contains(&back) {
        return wrong("URL blocked: it is not among the app's valid OAuth redirect URIs");
    }
    match call.text("answer").as_deref() {
        None => Html(form(&graph.world(), &call, login)).into_response(),
        Some("allow") => {
            let Some(subject) = call.text("subject") else {
                return wrong("Nobody is logged in");
            };
            let consent = answer(&call, login, &subject, &back);
            let code = graph.log_in(consent);
            let code = code.trim_end_matches("#_");
            leave(address, &call, login, &[("code", code)])
        }
        Some(_) => {
            let denied = [("error", "access_denied"), ("error_reason", "user_denied")];
            leave(address, &call, login, &denied)
        }
    }
}

fn wrong(message: &str) -> Response {
    (StatusCode::BAD_REQUEST, message.to_owned()).into_response()
}

/// Back to the app, with what the browsers get glued on.
fn leave(mut address: reqwest::Url, call: &Call, login: Login, words: &[(&str, &str)]) -> Response {
    let state = call.text("state");
    address
        .query_pairs_mut()
        .extend_pairs(words)
        .extend_pairs(state.map(|state| ("state", state)));
    address.set_fragment(Some(match login {
        Login::Facebook => "_=_",
        Login::Instagram => "_",
    }));
    Redirect::to(address.as_str()).into_response()
}

fn answer(call: &Call, login: Login, subject: &str, back: &str) -> Consent {
    let ticked = |kind: &str| {
        let names = call.parameters.keys();
        names
            .filter_map(|name| name.strip_prefix(kind))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let scopes = ticked("scope:");
    let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
    let asked = asked_scopes(call, login);
    let declined = asked.iter().map(String::as_str);
    let declined: Vec<&str> = declined.filter(|scope| !scopes.contains(scope)).collect();
    let consent = match login {
        Login::Facebook => Consent::facebook(subject),
        Login::Instagram => Consent::instagram(subject),
    };
    let consent = consent
        .redirect_uri(back)
        .scopes(&scopes)
        .declined(&declined);
    let targets = ticked("target:");
    if targets.is_empty() {
        return consent;
    }
    let targets: Vec<&str> = targets.iter().map(String::as_str).collect();
    consent.targets(&targets)
}

/// What the app asks for; without `scope`, as with a configuration of Login for Business, everything.
fn asked_scopes(call: &Call, login: Login) -> Vec<String> {
    let all: &[&str] = match login {
        Login::Facebook => &FACEBOOK_SCOPES,
        Login::Instagram => &INSTAGRAM_SCOPES,
    };
    match call.text("scope") {
        None => all.iter().map(ToString::to_string).collect(),
        Some(scopes) => {
            let scopes = scopes.split([',', ' ']).map(str::to_owned);
            scopes
                .filter(|scope| all.contains(&scope.as_str()))
                .collect()
        }
    }
}

/// A form for each who could log in.
fn form(world: &World, call: &Call, login: Login) -> String {
    let hidden: Vec<String> = ["client_id", "redirect_uri", "state", "scope"]
        .iter()
        .filter_map(|name| Some((name, call.text(name)?)))
        .map(|(name, value)| {
            let value = escaped(&value);
            format!(r#"<input type="hidden" name="{name}" value="{value}">"#)
        })
        .collect();
    let hidden = hidden.concat();
    let scopes: String = asked_scopes(call, login)
        .iter()
        .map(|scope| ticked_box("scope", scope, scope))
        .collect();
    let who: Vec<String> = subjects(world, login)
        .into_iter()
        .map(|(id, name, targets)| {
            let targets: String = targets
                .iter()
                .map(|(id, name)| ticked_box("target", id, name))
                .collect();
            let (id, name) = (escaped(&id), escaped(&name));
            format!(
                r#"<form method="get"><h2>{name}</h2>{hidden}<input type="hidden" name="subject" value="{id}"><p>{targets}</p><p>{scopes}</p><button name="answer" value="allow">Lanjutkan</button> <button name="answer" value="deny">Batal</button></form>"#
            )
        })
        .collect();
    let who = who.concat();
    format!(
        r#"<!doctype html><html lang="id"><meta charset="utf-8"><title>Masuk (simulasi)</title><h1>Masuk (simulasi)</h1>{who}"#
    )
}

type Subject = (String, String, Vec<(String, String)>);

/// Who could log in, with the pages and accounts that they could tick.
fn subjects(world: &World, login: Login) -> Vec<Subject> {
    match login {
        Login::Instagram => {
            let accounts = world.instagram.values();
            accounts
                .map(|account| (account.id.clone(), account.username.clone(), Vec::new()))
                .collect()
        }
        Login::Facebook => {
            let people = world.people.values();
            people
                .map(|person| {
                    let pages = person.pages.keys().filter_map(|id| world.pages.get(id));
                    let pages = pages.map(|page| (page.id.clone(), page.name.clone()));
                    let accounts = &person.whatsapp_business_accounts;
                    let accounts = accounts.iter().filter_map(|id| world.whatsapp.get(id));
                    let accounts = accounts.map(|it| (it.id.clone(), it.name.clone()));
                    let targets = pages.chain(accounts).collect();
                    (person.id.clone(), person.name.clone(), targets)
                })
                .collect()
        }
    }
}

fn ticked_box(kind: &str, id: &str, name: &str) -> String {
    let (id, name) = (escaped(id), escaped(name));
    format!(r#"<label><input type="checkbox" name="{kind}:{id}" checked> {name}</label><br>"#)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
