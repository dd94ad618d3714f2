//! What a token can read of its own: the person, what they granted, their pages, their businesses and numbers.

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use axum::routing::{delete, get};
use axum::{Json, Router};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::graph::Graph;
use crate::graph::access::granted;
use crate::graph::assets::Login;
use crate::graph::call::Call;
use crate::graph::error::Refusal;
use crate::graph::fields::{paged, select};
use crate::graph::tokens::{Token, TokenKind};
use crate::graph::usage::UseCase;
use crate::graph::world::World;

type Answer = Result<Json<Value>, Refusal>;

pub(super) fn routes() -> Router<Graph> {
    Router::new()
        .route("/{person}/permissions", get(permissions).delete(revoke))
        .route("/{person}/permissions/{scope}", delete(revoke_one))
        .route("/{person}/accounts", get(accounts))
        .route("/{person}/businesses", get(businesses))
        .route("/{business}/owned_pages", get(owned_pages))
        .route("/{business}/client_pages", get(client_pages))
        .route(
            "/{business}/owned_whatsapp_business_accounts",
            get(whatsapp_accounts),
        )
        .route("/{account}/phone_numbers", get(phone_numbers))
}

/// `/{person}`, by `me` or by id.
pub(crate) fn person(world: &mut World, call: &Call, id: &str) -> Option<Result<Value, Refusal>> {
    let person = world.people.get(id)?;
    let full = json!({ "id": id, "name": person.name });
    Some(own(call, id).and_then(|_| select(call, "User", &full, &["id", "name"])))
}

/// `/me` of a business integration's system user.
pub(crate) fn system_user(
    world: &mut World,
    call: &Call,
    id: &str,
) -> Option<Result<Value, Refusal>> {
    let token = call.token.as_ref()?;
    if token.kind != TokenKind::SystemUser || token.owner != id {
        return None;
    }
    let reached = |assets: &BTreeSet<String>| {
        let targets = token.targets.as_ref();
        targets.is_none_or(|targets| !targets.is_disjoint(assets))
    };
    let business = world.businesses.values().find(|business| {
        reached(&business.owned_pages) || reached(&business.whatsapp_business_accounts)
    });
    let full = json!({
        "id": id,
        "name": "LeadGen Pro System User",
        "client_business_id": business.map(|business| &business.id),
    });
    Some(select(call, "SystemUser", &full, &["id", "name"]))
}

/// `/{business}`.
pub(crate) fn business(world: &mut World, call: &Call, id: &str) -> Option<Result<Value, Refusal>> {
    let name = world.businesses.get(id)?.name.clone();
    let full = json!({ "id": id, "name": name });
    Some(
        world
            .reaches_business(call, id)
            .and_then(|()| select(call, "Business", &full, &["id", "name"])),
    )
}

/// The token, if it is this person's own.
fn own<'call>(call: &'call Call, id: &str) -> Result<&'call Token, Refusal> {
    let token = call.token()?;
    let own = ["me", token.owner.as_str()].contains(&id);
    let kinds = [TokenKind::User, TokenKind::SystemUser];
    if own && kinds.contains(&token.kind) {
        Ok(token)
    } else {
        Err(call.no_object(id))
    }
}

async fn permissions(State(graph): State<Graph>, call: Call, Path(person): Path<String>) -> Answer {
    let token = own(&call, &person)?;
    let world = graph.world();
    let grant = world.logins.grants.get(&(token.login, token.owner.clone()));
    let declined = grant
        .map(|grant| grant.declined.clone())
        .unwrap_or_default();
    let each = |scopes: &BTreeSet<String>, status: &str| {
        let row = |scope: &String| json!({ "permission": scope, "status": status });
        scopes.iter().map(row).collect::<Vec<_>>()
    };
    let mut rows = each(&token.scopes, "granted");
    rows.extend(each(&declined, "declined"));
    Ok(Json(json!({ "data": rows })))
}

/// Removes the app.
async fn revoke(State(graph): State<Graph>, call: Call, Path(person): Path<String>) -> Answer {
    let token = own(&call, &person)?;
    graph.world().remove_app(token.login, &token.owner);
    Ok(Json(json!({ "success": true })))
}

async fn revoke_one(
    State(graph): State<Graph>,
    call: Call,
    Path((person, scope)): Path<(String, String)>,
) -> Answer {
    let token = own(&call, &person)?;
    let mut world = graph.world();
    world.withdraw_scope(token.login, &token.owner, &scope);
    Ok(Json(json!({ "success": true })))
}

async fn accounts(State(graph): State<Graph>, call: Call, Path(person): Path<String>) -> Answer {
    let token = own(&call, &person)?;
    granted(token, &["pages_show_list"])?;
    let mut world = graph.world();
    let hidden: BTreeSet<String> = world
        .businesses
        .values()
        .filter(|business| business.hides_pages)
        .flat_map(|business| business.owned_pages.iter().cloned())
        .collect();
    let ids: Vec<String> = world
        .pages
        .keys()
        .filter(|id| !hidden.contains(*id) && world.reaches_page(token, id))
        .cloned()
        .collect();
    list_pages(&mut world, &call, token, ids).map(Json)
}

async fn businesses(State(graph): State<Graph>, call: Call, Path(person): Path<String>) -> Answer {
    let token = own(&call, &person)?;
    granted(token, &["business_management"])?;
    let world = graph.world();
    let all = world.businesses.values();
    let rows = all
        .filter(|business| business.people.contains(&token.owner))
        .map(|business| {
            let full = json!({ "id": business.id, "name": business.name });
            let row = select(&call, "Business", &full, &["id", "name"])?;
            Ok((business.id.clone(), row))
        });
    paged(&call, &rows.collect::<Result<Vec<_>, Refusal>>()?).map(Json)
}

async fn owned_pages(State(graph): State<Graph>, call: Call, Path(id): Path<String>) -> Answer {
    business_pages(&graph, &call, &id, true)
}

async fn client_pages(State(graph): State<Graph>, call: Call, Path(id): Path<String>) -> Answer {
    business_pages(&graph, &call, &id, false)
}

fn business_pages(graph: &Graph, call: &Call, id: &str, owned: bool) -> Answer {
    let mut world = graph.world();
    world.reaches_business(call, id)?;
    let business = world.businesses.get(id).ok_or_else(|| call.no_object(id))?;
    let pages = if owned {
        &business.owned_pages
    } else {
        &business.client_pages
    };
    let token = call.token()?;
    let ids = pages.iter().filter(|id| world.reaches_page(token, id));
    let ids = ids.cloned().collect();
    list_pages(&mut world, call, token, ids).map(Json)
}

async fn whatsapp_accounts(
    State(graph): State<Graph>,
    call: Call,
    Path(id): Path<String>,
) -> Answer {
    let world = graph.world();
    world.reaches_business(&call, &id)?;
    granted(call.token()?, &["whatsapp_business_management"])?;
    let business = world
        .businesses
        .get(&id)
        .ok_or_else(|| call.no_object(&id))?;
    let accounts = business.whatsapp_business_accounts.iter();
    let rows = accounts
        .filter_map(|id| world.whatsapp.get(id))
        .map(|account| {
            let full = json!({ "id": account.id, "name": account.name });
            let row = select(&call, "WhatsAppBusinessAccount", &full, &["id", "name"])?;
            Ok((account.id.clone(), row))
        });
    paged(&call, &rows.collect::<Result<Vec<_>, Refusal>>()?).map(Json)
}

async fn phone_numbers(State(graph): State<Graph>, call: Call, Path(id): Path<String>) -> Answer {
    let mut world = graph.world();
    let account = world
        .whatsapp_account(&call, &id, &["whatsapp_business_management"])?
        .clone();
    world.count(&call, UseCase::Whatsapp, &id)?;
    let usual = [
        "id",
        "display_phone_number",
        "verified_name",
        "quality_rating",
    ];
    let rows = account.phone_numbers.iter().map(|number| {
        let full = json!({
            "id": number.phone_number_id,
            "display_phone_number": number.display_phone_number,
            "verified_name": number.verified_name,
            "quality_rating": "GREEN",
            "code_verification_status": if number.unregistered { "NOT_VERIFIED" } else { "VERIFIED" },
            "platform_type": "CLOUD_API",
        });
        let row = select(&call, "WhatsAppBusinessPhoneNumber", &full, &usual)?;
        Ok((number.phone_number_id.clone(), row))
    });
    paged(&call, &rows.collect::<Result<Vec<_>, Refusal>>()?).map(Json)
}

/// Pages as a person's or a business's edge shows them, each with a token of its own.
fn list_pages(
    world: &mut World,
    call: &Call,
    token: &Token,
    ids: Vec<String>,
) -> Result<Value, Refusal> {
    let usual = ["id", "name", "access_token", "tasks", "category"];
    let mut rows = Vec::new();
    for id in ids {
        let page_token = world.page_token_of(token, &id, call);
        let page = world.pages.get(&id).ok_or_else(|| call.no_object(&id))?;
        let account = page.instagram_account_id.as_ref();
        let account = account.and_then(|account| world.instagram.get(account));
        // Without this scope the page seems to have no Instagram account.
        let account = account.filter(|_| token.may("instagram_basic"));
        let full = json!({
            "id": id,
            "name": page.name,
            "access_token": page_token,
            "tasks": world.tasks(token, &id),
            "category": "Travel Agency",
            "instagram_business_account": account.map(|account| json!({
                "id": account.id, "username": account.username, "name": account.name,
            })),
        });
        rows.push((id, select(call, "Page", &full, &usual)?));
    }
    paged(call, &rows)
}

impl World {
    /// What the person behind a token may do on a page; a system user may everything.
    pub(crate) fn tasks(&self, token: &Token, page: &str) -> BTreeSet<String> {
        let person = token.person.as_ref().and_then(|id| self.people.get(id));
        let all = || crate::graph::ALL_TASKS.map(str::to_owned).into();
        match person {
            Some(person) => person.pages.get(page).cloned().unwrap_or_default(),
            None => all(),
        }
    }

    fn reaches_business(&self, call: &Call, id: &str) -> Result<(), Refusal> {
        let token = call.token()?;
        let business = self.businesses.get(id);
        let known = business.is_some_and(|business| {
            token.kind == TokenKind::SystemUser || business.people.contains(&token.owner)
        });
        if known && token.kind != TokenKind::Page {
            granted(token, &["business_management"])
        } else {
            Err(call.no_object(id))
        }
    }

    /// The page token that a person's token gives: the same one however often it is asked for, without end when the person's is
    /// long-lived.
    pub(crate) fn page_token_of(&mut self, token: &Token, page: &str, call: &Call) -> String {
        let expires_at = if token.is_long_lived() {
            None
        } else {
            token.expires_at
        };
        let key = (page.to_owned(), token.owner.clone());
        if let Some(value) = self.logins.page_tokens.get(&key)
            && let Some(known) = self.tokens.get(value)
            && known.trouble(call.at).is_none()
            && known.expires_at == expires_at
        {
            return value.clone();
        }
        let mut fresh = Token::new(TokenKind::Page, page);
        fresh.login = Login::Facebook;
        fresh.scopes.clone_from(&token.scopes);
        fresh.person.clone_from(&token.person);
        fresh.expires_at = expires_at;
        fresh.data_access_expires_at = token.data_access_expires_at;
        let value = self.issue(fresh, call.at);
        self.logins.page_tokens.insert(key, value.clone());
        value
    }
}

impl Token {
    /// Whether it came of an exchange and not of a code.
    pub(super) fn is_long_lived(&self) -> bool {
        let day = SignedDuration::from_hours(24);
        self.expires_at
            .is_none_or(|end| end.duration_since(self.issued_at) > day)
    }
}
