//! Who is told of what: an app's subscriptions by object, and each page's, Instagram account's and WhatsApp account's apps.
//!
//! A webhook needs all layers; what breaks one of them is silence, never an error.

mod app;

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
            get(app::read).post(app::subscribe).delete(app::unsubscribe),
        )
}

/// Fields of a WhatsApp account that something here tells of.
const WHATSAPP_FIELDS: [&str; 2] = ["messages", "smb_message_echoes"];

fn owned(fields: &[&str]) -> BTreeSet<String> {
    fields.iter().map(ToString::to_string).collect()
}

/// Has both faces of the app told of everything that is there.
pub(super) fn subscribe_everything(world: &mut World, callback_url: &str) {
    let objects: [(Login, &str, &[&str]); 4] = [
        (Login::Facebook, "page", &PAGE_FIELDS),
        (Login::Facebook, "instagram", &INSTAGRAM_FIELDS),
        (
            Login::Facebook,
            "whatsapp_business_account",
            &WHATSAPP_FIELDS,
        ),
        (Login::Instagram, "instagram", &INSTAGRAM_FIELDS),
    ];
    for (login, object, fields) in objects {
        let subscription = Subscription {
            callback_url: callback_url.to_owned(),
            fields: owned(fields),
            include_values: true,
        };
        world.subscribe_app(login, object, subscription);
    }
    let facebook = world.app(Login::Facebook).id.clone();
    let instagram = world.app(Login::Instagram).id.clone();
    for page in world.pages.values_mut() {
        let fields = owned(&PAGE_FIELDS);
        page.subscribed_apps.insert(facebook.clone(), fields);
    }
    // One that hangs on a page is told of through the page.
    let alone = world.instagram.values_mut();
    for account in alone.filter(|account| account.page_id.is_none()) {
        let fields = owned(&INSTAGRAM_FIELDS);
        account.subscribed_apps.insert(instagram.clone(), fields);
    }
    for account in world.whatsapp.values_mut() {
        account.subscribed_apps.insert(facebook.clone(), None);
    }
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
        let mut described = world.app_by_id(app).map(named).unwrap_or_default();
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
                    "whatsapp_business_api_data": world.app_by_id(app).map(named),
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
