//! Instagram's publishing edges, on both hosts.

use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::fetch;
use super::ledger::Media;
use super::order::Order;
use crate::graph::Graph;
use crate::graph::access::{INSTAGRAM_BASIC, Scope, granted};
use crate::graph::assets::Login;
use crate::graph::call::Call;
use crate::graph::error::Refusal;
use crate::graph::fields::{paged, select};
use crate::graph::usage::UseCase;
use crate::graph::world::World;

const PUBLISH: Scope = Scope {
    facebook: "instagram_content_publish",
    instagram: "instagram_business_content_publish",
};

type Answer = Result<Json<Value>, Refusal>;

pub(super) fn routes() -> Router<Graph> {
    Router::new()
        .route("/{account}/media", get(list).post(create))
        .route("/{account}/stories", get(stories))
        .route("/{account}/media_publish", post(publish))
        .route("/{account}/content_publishing_limit", get(limit))
        .route("/{media}/children", get(children))
}

impl World {
    /// The account that a call may publish to. Counts the call.
    fn publisher(&mut self, call: &Call, id: &str) -> Result<String, Refusal> {
        let account = self.instagram(call, id, INSTAGRAM_BASIC)?.clone();
        self.instagram(call, id, PUBLISH)?;
        let token = call.token()?;
        if let (Login::Facebook, Some(page)) = (token.login, &account.page_id) {
            let reading = ["pages_read_engagement", "pages_show_list"];
            granted(token, &reading[..1]).or_else(|_| granted(token, &reading[1..]))?;
            let tasks = self.tasks(token, page);
            if !["MANAGE", "CREATE_CONTENT"]
                .iter()
                .any(|task| tasks.contains(*task))
            {
                return Err(Refusal::new(10));
            }
        }
        self.count(call, UseCase::Instagram, &account.id)?;
        Ok(account.id)
    }

    /// The account that a call may read. Counts the call.
    fn reader(&mut self, call: &Call, id: &str) -> Result<String, Refusal> {
        let account = self.instagram(call, id, INSTAGRAM_BASIC)?.id.clone();
        self.count(call, UseCase::Instagram, &account)?;
        Ok(account)
    }
}

async fn create(State(graph): State<Graph>, call: Call, Path(id): Path<String>) -> Answer {
    let (account, order) = {
        let mut world = graph.world();
        let account = world.publisher(&call, &id)?;
        let order = Order::parse(&call.parameters)?;
        world.instagram_posts.may_create(&account, call.at)?;
        let children = &order.children;
        world
            .instagram_posts
            .check_children(&account, children, call.at)?;
        (account, order)
    };
    let outcome = fetch::look(&graph, &order).await?;
    let now = graph.now();
    let mut world = graph.world();
    let container = world.new_id("179");
    let posts = &mut world.instagram_posts;
    posts.create(&container, &account, order, outcome, now);
    Ok(Json(json!({ "id": container })))
}

async fn publish(State(graph): State<Graph>, call: Call, Path(id): Path<String>) -> Answer {
    let mut world = graph.world();
    let account = world.publisher(&call, &id)?;
    let container = call.need("creation_id")?;
    let media = world.publish(&account, &container, call.at)?;
    Ok(Json(json!({ "id": media })))
}

async fn limit(State(graph): State<Graph>, call: Call, Path(id): Path<String>) -> Answer {
    let mut world = graph.world();
    let account = world.publisher(&call, &id)?;
    let since = match call.text("since") {
        None => None,
        Some(text) => {
            let since = text
                .parse()
                .ok()
                .and_then(|second| Timestamp::from_second(second).ok());
            let oldest = call.at - SignedDuration::from_hours(24);
            Some(since.filter(|since| *since >= oldest).ok_or_else(|| {
                Refusal::parameter("Param since must be a timestamp within the last 24 hours")
            })?)
        }
    };
    let posts = &world.instagram_posts;
    let full = json!({
        "config": { "quota_total": posts.quota(&account), "quota_duration": 86_400 },
        "quota_usage": posts.quota_usage(&account, since, call.at),
    });
    let row = select(
        &call,
        "ContentPublishingLimitResponse",
        &full,
        &["quota_usage"],
    )?;
    Ok(Json(json!({ "data": [row] })))
}

/// `/{container}`.
pub(crate) fn container(
    world: &mut World,
    call: &Call,
    id: &str,
) -> Option<Result<Value, Refusal>> {
    let container = world.instagram_posts.container(id)?;
    let (account, status) = (container.account.clone(), container.status(call.at));
    let mut answer = || {
        // Whose container it is, is not told.
        world
            .reader(call, &account)
            .map_err(|refusal| match refusal.code {
                100 => call.no_object(id),
                _ => refusal,
            })?;
        let full = json!({
            "id": id, "status_code": status.code(), "status": status.words(),
        });
        select(call, "IGContainer", &full, &["id"])
    };
    Some(answer())
}

/// `/{media}`.
pub(crate) fn media(world: &mut World, call: &Call, id: &str) -> Option<Result<Value, Refusal>> {
    let account = world.instagram_posts.media(id)?.account.clone();
    let mut answer = || {
        world
            .reader(call, &account)
            .map_err(|refusal| match refusal.code {
                100 => call.no_object(id),
                _ => refusal,
            })?;
        let media = world.instagram_posts.media(id);
        let media = media.ok_or_else(|| call.no_object(id))?;
        select(call, "IGMedia", &shown(world, call, media), &["id"])
    };
    Some(answer())
}

async fn list(State(graph): State<Graph>, call: Call, Path(id): Path<String>) -> Answer {
    posts(&graph, &call, &id, false)
}

async fn stories(State(graph): State<Graph>, call: Call, Path(id): Path<String>) -> Answer {
    posts(&graph, &call, &id, true)
}

/// What people see of an account, the newest first. Stories have a list of their own.
fn posts(graph: &Graph, call: &Call, id: &str, stories: bool) -> Answer {
    let mut world = graph.world();
    let account = world.reader(call, id)?;
    let live = world.instagram_posts.live(&account, call.at);
    let live = live
        .into_iter()
        .filter(|media| media.order.kind.is_story() == stories);
    let rows = live.map(|media| {
        let row = select(call, "IGMedia", &shown(&world, call, media), &["id"])?;
        Ok((media.id.clone(), row))
    });
    paged(call, &rows.collect::<Result<Vec<_>, Refusal>>()?).map(Json)
}

async fn children(State(graph): State<Graph>, call: Call, Path(id): Path<String>) -> Answer {
    let mut world = graph.world();
    let album = world.instagram_posts.media(&id).cloned();
    let album = album.ok_or_else(|| call.no_object(&id))?;
    world.reader(&call, &album.account)?;
    let items = album.children.iter();
    let items = items.filter_map(|id| world.instagram_posts.media(id));
    let rows = items.map(|item| {
        let row = select(&call, "IGMedia", &shown(&world, &call, item), &["id"])?;
        Ok((item.id.clone(), row))
    });
    paged(&call, &rows.collect::<Result<Vec<_>, Refusal>>()?).map(Json)
}

/// Every field of a post; null where it has none.
fn shown(world: &World, call: &Call, media: &Media) -> Value {
    let account = world.instagram.get(&media.account);
    let own_id = match (call.token.as_ref().map(|token| token.login), account) {
        (Some(Login::Instagram), Some(account)) => &account.app_scoped_id,
        _ => &media.account,
    };
    let items = media.children.iter();
    let items = items.filter_map(|id| world.instagram_posts.media(id));
    let items: Vec<Value> = items.map(|item| shown(world, call, item)).collect();
    json!({
        "id": media.id,
        "caption": media.order.caption,
        "alt_text": media.order.alt_text,
        "media_type": media.order.kind.media_type(),
        "media_product_type": media.order.kind.product(),
        "media_url": format!("{}/scontent.cdninstagram.com/media/{}", call.base, media.id),
        "permalink": media.permalink(),
        "shortcode": media.shortcode(),
        "timestamp": media.published.strftime("%Y-%m-%dT%H:%M:%S+0000").to_string(),
        "username": account.map(|account| &account.username),
        "owner": { "id": own_id },
        "is_shared_to_feed": media.order.share_to_feed,
        "children": if items.is_empty() { Value::Null } else { json!({ "data": items }) },
        "like_count": 0,
        "comments_count": 0,
    })
}
