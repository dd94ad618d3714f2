//! Who is told of what: an app's subscriptions by object, and each page's, Instagram account's and WhatsApp account's apps.
//!
//! A webhook needs all layers; what breaks one of them is silence, never an error.

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::Graph;
use super::access::INSTAGRAM_BASIC;
use super::assets::{App, Login, Subscription};
use super::call::{Call, Host};
use super::door::success;
use super::error::Refusal;
use super::tokens::TokenKind;
use super::usage::UseCase;
use super::world::World;

/// Fields of a page that can be subscribed to here.
const PAGE_FIELDS: [&str; 19] = [
    "feed",
    "leadgen",
    "leadgen_update",
    "live_videos",
    "mention",
    "message_deliveries",
    "message_echoes",
    "message_edits",
    "message_reactions",
    "message_reads",
    "messages",
    "messaging_handovers",
    "messaging_optins",
    "messaging_optouts",
    "messaging_postbacks",
    "messaging_referrals",
    "ratings",
    "standby",
    "videos",
];

/// Fields of an Instagram account, in the names of both logins.
const INSTAGRAM_FIELDS: [&str; 15] = [
    "comments",
    "live_comments",
    "mentions",
    "message_echoes",
    "message_edit",
    "message_reactions",
    "messages",
    "messaging_handover",
    "messaging_optins",
    "messaging_postbacks",
    "messaging_referral",
    "messaging_seen",
    "standby",
    "story_insights",
    "story_reactions",
];

const METADATA: [&str; 1] = ["pages_manage_metadata"];
const MANAGEMENT: [&str; 1] = ["whatsapp_business_management"];

pub(super) fn routes() -> Router<Graph> {
    Router::new()
        .route(
            "/{node}/subscribed_apps",
            get(read).post(subscribe).delete(unsubscribe),
        )
        .route(
            "/{node}/subscriptions",
            get(read_app).post(subscribe_app).delete(unsubscribe_app),
        )
}

/// What an app can be subscribed to, once the call may.
enum Subscribed {
    Page(String),
    Instagram(String),
    Whatsapp(String),
}

impl Subscribed {
    /// Which of the three an id is, if the call may change who is told of it.
    fn of(world: &mut World, call: &Call, id: &str) -> Result<Self, Refusal> {
        let token = call.token()?;
        let id = if id == "me" { &token.owner } else { id };
        if world.whatsapp.contains_key(id) {
            world.whatsapp_account(call, id, &MANAGEMENT)?;
            world.count(call, UseCase::Whatsapp, id)?;
            return Ok(Self::Whatsapp(id.to_owned()));
        }
        // Facebook Login has Instagram accounts told of through their page.
        if call.host == Host::InstagramGraph {
            let account = world.instagram(call, id, INSTAGRAM_BASIC)?.id.clone();
            world.count(call, UseCase::Instagram, &account)?;
            return Ok(Self::Instagram(account));
        }
        world.page(call, id, &METADATA)?;
        moderates(world, call, id)?;
        world.count(call, UseCase::Pages, id)?;
        Ok(Self::Page(id.to_owned()))
    }
}

/// Subscribing takes the task MODERATE or MANAGE of the person behind the token.
fn moderates(world: &World, call: &Call, page: &str) -> Result<(), Refusal> {
    let token = call.token()?;
    let person = token.person.as_ref().unwrap_or(&token.owner);
    let tasks = world.people.get(person).and_then(|it| it.pages.get(page));
    let may = tasks.is_none_or(|tasks| tasks.contains("MODERATE") || tasks.contains("MANAGE"));
    may.then_some(()).ok_or_else(|| {
        Refusal::new(200).saying("(#200) User does not have sufficient administrative permission for this action on this page")
    })
}

async fn read(
    State(graph): State<Graph>,
    call: Call,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let mut world = graph.world();
    let named =
        |app: &App| json!({ "id": app.id, "name": app.name, "link": "https://example.com/" });
    let with_fields = |world: &World, app: &String, fields: &BTreeSet<String>| {
        let mut described = world.apps.get(app).map(named).unwrap_or_default();
        described["subscribed_fields"] = json!(fields);
        described
    };
    let data: Vec<Value> = match Subscribed::of(&mut world, &call, &id)? {
        Subscribed::Page(id) => {
            let apps = world.pages.get(&id).map(|page| page.subscribed_apps.iter());
            let apps = apps.into_iter().flatten();
            apps.map(|(app, fields)| with_fields(&world, app, fields))
                .collect()
        }
        Subscribed::Instagram(id) => {
            let account = world.instagram.get(&id);
            let apps = account.map(|account| account.subscribed_apps.iter());
            let apps = apps.into_iter().flatten();
            apps.map(|(app, fields)| with_fields(&world, app, fields))
                .collect()
        }
        Subscribed::Whatsapp(id) => {
            let account = world.whatsapp.get(&id);
            let apps = account.map(|account| account.subscribed_apps.iter());
            let describe = |(app, url): (&String, &Option<String>)| {
                let mut described = json!({
                    "whatsapp_business_api_data": world.apps.get(app).map(named),
                });
                if let Some(url) = url {
                    described["override_callback_uri"] = url.as_str().into();
                }
                described
            };
            apps.into_iter().flatten().map(describe).collect()
        }
    };
    Ok(Json(json!({ "data": data })))
}

async fn subscribe(
    State(graph): State<Graph>,
    call: Call,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let subscribed = Subscribed::of(&mut graph.world(), &call, &id)?;
    let login = call.token()?.login;
    if let Subscribed::Whatsapp(_) = subscribed
        && let Some(url) = call.text("override_callback_uri")
    {
        graph
            .verify_callback(&url, &call.need("verify_token")?)
            .await?;
    }
    let mut world = graph.world();
    let app = world.app(login).id.clone();
    match subscribed {
        Subscribed::Page(id) => {
            let fields = fields(&call, "subscribed_fields", &PAGE_FIELDS)?;
            if let Some(page) = world.pages.get_mut(&id) {
                page.subscribed_apps.insert(app, fields);
            }
        }
        Subscribed::Instagram(id) => {
            let fields = fields(&call, "subscribed_fields", &INSTAGRAM_FIELDS)?;
            if let Some(account) = world.instagram.get_mut(&id) {
                account.subscribed_apps.insert(app, fields);
            }
        }
        Subscribed::Whatsapp(id) => {
            let url = call.text("override_callback_uri");
            if let Some(account) = world.whatsapp.get_mut(&id) {
                account.subscribed_apps.insert(app, url);
            }
        }
    }
    Ok(success())
}

async fn unsubscribe(
    State(graph): State<Graph>,
    call: Call,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let mut world = graph.world();
    let subscribed = Subscribed::of(&mut world, &call, &id)?;
    let app = world.app(call.token()?.login).id.clone();
    match subscribed {
        Subscribed::Page(id) => {
            let page = world.pages.get_mut(&id);
            page.map(|page| page.subscribed_apps.remove(&app));
        }
        Subscribed::Instagram(id) => {
            let account = world.instagram.get_mut(&id);
            account.map(|account| account.subscribed_apps.remove(&app));
        }
        Subscribed::Whatsapp(id) => {
            let account = world.whatsapp.get_mut(&id);
            account.map(|account| account.subscribed_apps.remove(&app));
        }
    }
    Ok(success())
}

/// The app that a call about its own subscriptions comes from.
fn own_app(call: &Call, id: &str) -> Result<Login, Refusal> {
    let token = call.token()?;
    if token.kind != TokenKind::App {
        return Err(
            Refusal::new(15).saying("(#15) This method must be called with an app access_token.")
        );
    }
    if token.owner != id {
        return Err(call.no_object(id));
    }
    Ok(token.login)
}

async fn read_app(
    State(graph): State<Graph>,
    call: Call,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let login = own_app(&call, &id)?;
    let world = graph.world();
    let describe = |(object, it): (&String, &Subscription)| {
        let fields = it.fields.iter();
        let fields = fields.map(|name| json!({ "name": name, "version": "v26.0" }));
        json!({
            "object": object,
            "callback_url": it.callback_url,
            "active": true,
            "fields": fields.collect::<Vec<_>>(),
        })
    };
    let data = world.app(login).subscriptions.iter().map(describe);
    Ok(Json(json!({ "data": data.collect::<Vec<_>>() })))
}

async fn subscribe_app(
    State(graph): State<Graph>,
    call: Call,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let login = own_app(&call, &id)?;
    let object = call.need("object")?;
    let known: Option<&[&str]> = match object.as_str() {
        "page" => Some(&PAGE_FIELDS),
        "instagram" => Some(&INSTAGRAM_FIELDS),
        // Its fields are many, and new ones come.
        "whatsapp_business_account" => None,
        _ => return Err(Refusal::parameter(format!("Invalid object {object}"))),
    };
    let fields = match known {
        Some(known) => fields(&call, "fields", known)?,
        None => list(&call.need("fields")?),
    };
    let callback_url = call.need("callback_url")?;
    graph
        .verify_callback(&callback_url, &call.need("verify_token")?)
        .await?;
    let subscription = Subscription {
        callback_url,
        fields,
        include_values: call.flag("include_values"),
    };
    graph.subscribe_app(login, &object, subscription);
    Ok(success())
}

async fn unsubscribe_app(
    State(graph): State<Graph>,
    call: Call,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let login = own_app(&call, &id)?;
    let mut world = graph.world();
    let subscriptions = &mut world.app_mut(login).subscriptions;
    match call.text("object") {
        Some(object) => drop(subscriptions.remove(&object)),
        None => subscriptions.clear(),
    }
    Ok(success())
}

fn list(text: &str) -> BTreeSet<String> {
    let names = text.split(',').map(str::trim);
    names
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

/// A list of fields, in text with commas or as JSON.
fn fields(call: &Call, name: &str, known: &[&str]) -> Result<BTreeSet<String>, Refusal> {
    let fields = match call.json(name) {
        Some(Value::Array(names)) => {
            let names = names.iter().filter_map(Value::as_str);
            names.map(str::to_owned).collect()
        }
        _ => list(&call.need(name)?),
    };
    for (number, field) in fields.iter().enumerate() {
        if !known.contains(&field.as_str()) {
            let known = known.join(", ");
            return Err(Refusal::parameter(format!(
                "Param {name}[{number}] must be one of {{{known}}} - got \"{field}\"."
            )));
        }
    }
    Ok(fields)
}

impl Graph {
    /// Asks a callback address for the challenge back, as before every subscription.
    ///
    /// # Source
    /// <https://developers.facebook.com/docs/graph-api/webhooks/getting-started>, read 2026-11.
    async fn verify_callback(&self, url: &str, verify_token: &str) -> Result<(), Refusal> {
        let refused = |why: String| {
            Refusal::new(2200).saying(format!(
                "(#2200) Callback verification failed with the following errors: {why}"
            ))
        };
        let challenge = self.world().next().to_string();
        let query = [
            ("hub.mode", "subscribe"),
            ("hub.verify_token", verify_token),
            ("hub.challenge", &challenge),
        ];
        let response = self.http().get(url).query(&query).send().await;
        let response = response.map_err(|_| refused("curl_errno = 7".to_owned()))?;
        let status = response.status();
        let text = response.text().await.unwrap_or_default();
        if status.is_success() && text == challenge {
            Ok(())
        } else {
            let status = status.as_u16();
            Err(refused(format!(
                "HTTP Status Code = {status}; challenge not echoed"
            )))
        }
    }
}
