//! `/{id}`: one address for everything that has an id. Each area names here what it knows by id.

use axum::extract::{Path, State};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::Graph;
use super::access::INSTAGRAM_BASIC;
use super::call::Call;
use super::error::Refusal;
use super::fields::select;
use super::tokens::TokenKind;
use super::usage::UseCase;
use super::world::World;
use super::{comments, customers, leads, login, media, publishing};

/// Answers for an id that an area knows; `None` when the id is not its.
type Known = fn(&mut World, &Call, &str) -> Option<Result<Value, Refusal>>;

/// What can be read by id.
const READERS: &[Known] = &[
    page,
    instagram_account,
    number,
    whatsapp_account,
    leads::form,
    leads::lead,
    media::file,
    comments::read,
    customers::profile,
    login::person,
    login::system_user,
    login::business,
    publishing::container,
    publishing::media,
    publishing::thing,
];
/// What can be changed by id.
const WRITERS: &[Known] = &[comments::change];
/// What can be deleted by id.
const DELETERS: &[Known] = &[leads::delete_lead, comments::delete, publishing::take_down];

pub(super) fn routes() -> Router<Graph> {
    Router::new().route("/{node}", get(read).post(write).delete(delete))
}

async fn read(
    State(graph): State<Graph>,
    call: Call,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    ask(READERS, &graph, &call, &id)
}

async fn write(
    State(graph): State<Graph>,
    call: Call,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    ask(WRITERS, &graph, &call, &id)
}

async fn delete(
    State(graph): State<Graph>,
    call: Call,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    ask(DELETERS, &graph, &call, &id)
}

fn ask(who: &[Known], graph: &Graph, call: &Call, id: &str) -> Result<Json<Value>, Refusal> {
    let mut world = graph.world();
    let id = match (id, &call.token) {
        ("me", Some(token)) => token.owner.as_str(),
        _ => id,
    };
    let answer = who.iter().find_map(|known| known(&mut world, call, id));
    answer.unwrap_or_else(|| Err(call.no_object(id))).map(Json)
}

fn page(world: &mut World, call: &Call, id: &str) -> Option<Result<Value, Refusal>> {
    let page = world.pages.get(id)?.clone();
    let answer = |world: &mut World| {
        world.page(call, id, &[])?;
        world.count(call, UseCase::Pages, id)?;
        let token = call.token()?;
        let page_token = match token.kind {
            TokenKind::User | TokenKind::SystemUser => Some(world.page_token_of(token, id, call)),
            _ => None,
        };
        let tasks = world.tasks(token, id);
        let account = page.instagram_account_id.as_ref();
        let account = account.and_then(|account| world.instagram.get(account));
        let full = json!({
            "id": page.id,
            "name": page.name,
            "access_token": page_token,
            "tasks": tasks,
            "instagram_business_account": account.map(|account| json!({
                "id": account.id, "username": account.username, "name": account.name,
            })),
            "picture": { "data": { "url": format!("{}/scontent.xx.fbcdn.net/pages/{id}.jpg", call.base) } },
        });
        select(call, "Page", &full, &["id", "name"])
    };
    Some(answer(world))
}

fn instagram_account(world: &mut World, call: &Call, id: &str) -> Option<Result<Value, Refusal>> {
    let account = world.instagram_account(id)?.clone();
    let answer = |world: &mut World| {
        world.instagram(call, id, INSTAGRAM_BASIC)?;
        world.count(call, UseCase::Instagram, &account.id)?;
        let picture = format!(
            "{}/scontent.cdninstagram.com/accounts/{}.jpg",
            call.base, account.id
        );
        // Instagram Login tells its own id apart from the one in webhooks; Facebook Login knows only that one.
        let by_instagram = call.host == super::call::Host::InstagramGraph;
        let own = if by_instagram {
            &account.app_scoped_id
        } else {
            &account.id
        };
        let full = json!({
            "id": own,
            "user_id": by_instagram.then_some(&account.id),
            "username": account.username,
            "name": account.name,
            "account_type": "BUSINESS",
            "profile_picture_url": picture,
        });
        select(call, "IGUser", &full, &["id"])
    };
    Some(answer(world))
}

fn number(world: &mut World, call: &Call, id: &str) -> Option<Result<Value, Refusal>> {
    let (account, number) = world.phone_number(id)?;
    let (account, number) = (account.id.clone(), number.clone());
    let answer = |world: &mut World| {
        world.number(call, id, &["whatsapp_business_management"])?;
        world.count(call, UseCase::Whatsapp, &account)?;
        let full = json!({
            "id": id,
            "display_phone_number": number.display_phone_number,
            "verified_name": number.verified_name,
            "quality_rating": "GREEN",
            "code_verification_status": if number.unregistered { "NOT_VERIFIED" } else { "VERIFIED" },
            "platform_type": "CLOUD_API",
        });
        let usual = [
            "id",
            "display_phone_number",
            "verified_name",
            "quality_rating",
        ];
        select(call, "WhatsAppBusinessPhoneNumber", &full, &usual)
    };
    Some(answer(world))
}

fn whatsapp_account(world: &mut World, call: &Call, id: &str) -> Option<Result<Value, Refusal>> {
    let account = world.whatsapp.get(id)?.clone();
    let answer = |world: &mut World| {
        world.whatsapp_account(call, id, &["whatsapp_business_management"])?;
        world.count(call, UseCase::Whatsapp, id)?;
        let full = json!({ "id": id, "name": account.name, "timezone_id": "66" });
        select(call, "WhatsAppBusinessAccount", &full, &["id", "name"])
    };
    Some(answer(world))
}
