//! Comments under posts of pages and media of Instagram accounts: public answers, hiding, deleting, and one private reply each.

use axum::extract::{Path, State};
use axum::routing::post;
use axum::{Json, Router};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::Graph;
use super::access::Scope;
use super::call::Call;
use super::customers::HUMAN_WINDOW;
use super::error::Refusal;
use super::fields::select;
use super::messages::Product;
use super::webhooks::Unit;
use super::world::World;

const INSTAGRAM_COMMENTS: Scope = Scope {
    facebook: "instagram_manage_comments",
    instagram: "instagram_business_manage_comments",
};

/// A comment.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Comment {
    /// Id.
    pub id: String,
    /// The page or the Instagram account under whose post it stands.
    pub asset: String,
    /// The post or the media.
    pub post: String,
    /// The comment that it answers.
    pub parent: Option<String>,
    /// Who wrote it: a person's id, or the asset's own.
    pub from: String,
    /// Their name, in Instagram their handle.
    pub name: String,
    /// Text.
    pub text: String,
    /// When.
    pub at: Timestamp,
    /// Hidden by the business.
    pub hidden: bool,
    /// Whether it has had its private reply.
    pub privately_replied: bool,
}

pub(super) fn routes() -> Router<Graph> {
    Router::new()
        .route("/{node}/replies", post(answer))
        .route("/{node}/comments", post(answer))
}

impl World {
    /// Puts a comment there and tells of it.
    pub(super) fn put_comment(&mut self, mut comment: Comment) -> String {
        let instagram = self.instagram.contains_key(&comment.asset);
        comment.id = if instagram {
            self.new_id("179")
        } else {
            let post = comment.post.rsplit('_').next().unwrap_or_default();
            format!("{post}_{}", self.new_id("88"))
        };
        let id = comment.id.clone();
        if instagram {
            let mut value = json!({
                "id": id, "text": comment.text,
                "from": { "id": comment.from, "username": comment.name },
                "media": { "id": comment.post, "media_product_type": "FEED" },
            });
            if let Some(parent) = &comment.parent {
                value["parent_id"] = parent.as_str().into();
            }
            self.tell_instagram(&comment.asset, &Unit::change("comments", value));
        } else {
            self.tell_page(&comment.asset, Unit::change("feed", told(&comment, "add")));
        }
        self.comments.insert(id.clone(), comment);
        id
    }

    /// Takes a comment away; its page is told, an Instagram account is not.
    pub(super) fn remove_comment(&mut self, id: &str) -> bool {
        let Some(comment) = self.comments.remove(id) else {
            return false;
        };
        if self.pages.contains_key(&comment.asset) {
            let unit = Unit::change("feed", told(&comment, "remove"));
            self.tell_page(&comment.asset, unit);
        }
        true
    }

    /// Who gets the private reply to a comment, if it may still have one.
    pub(super) fn private_reply_to(
        &mut self,
        call: &Call,
        asset: &str,
        id: &str,
    ) -> Result<String, Refusal> {
        let comment = self.comments.get(id);
        let comment = comment.filter(|comment| comment.asset == asset);
        let comment = comment.cloned().ok_or_else(|| call.no_object(id))?;
        if comment.privately_replied {
            return Err(Refusal::new(10_900).saying("(#10900) Activity already replied to"));
        }
        if call.at.duration_since(comment.at) >= HUMAN_WINDOW || comment.from == asset {
            return Err(
                Refusal::new(10_903).saying("(#10903) This user cant reply to this activity")
            );
        }
        self.customer(asset, &comment.from);
        Ok(comment.from)
    }

    pub(super) fn privately_replied(&mut self, id: &str) {
        if let Some(comment) = self.comments.get_mut(id) {
            comment.privately_replied = true;
        }
    }

    /// A comment that the call may manage.
    fn manageable(&mut self, call: &Call, id: &str) -> Result<(Comment, Product), Refusal> {
        let comment = self.comments.get(id).cloned();
        let comment = comment.ok_or_else(|| call.no_object(id))?;
        let product = if self.instagram.contains_key(&comment.asset) {
            let reached = self.instagram(call, &comment.asset, INSTAGRAM_COMMENTS);
            reached.map_err(|refusal| by_id(call, id, refusal))?;
            self.count(call, super::UseCase::Instagram, &comment.asset)?;
            Product::Instagram
        } else {
            let reached = self.page(call, &comment.asset, &["pages_manage_engagement"]);
            reached.map_err(|refusal| by_id(call, id, refusal))?;
            self.count(call, super::UseCase::Pages, &comment.asset)?;
            Product::Messenger
        };
        Ok((comment, product))
    }
}

/// What is out of reach is so by the id that was asked for.
fn by_id(call: &Call, id: &str, refusal: Refusal) -> Refusal {
    match refusal.subcode {
        Some(33) => call.no_object(id),
        _ => refusal,
    }
}

fn told(comment: &Comment, verb: &str) -> Value {
    let mut value = json!({
        "item": "comment", "verb": verb, "comment_id": comment.id, "post_id": comment.post,
        "parent_id": comment.parent.as_ref().unwrap_or(&comment.post),
        "from": { "id": comment.from, "name": comment.name },
        "created_time": comment.at.as_second(),
    });
    if verb != "remove" {
        value["message"] = comment.text.as_str().into();
    }
    value
}

/// A public answer: `/{comment}/replies` in Instagram, `/{comment}/comments` on a page.
async fn answer(
    State(graph): State<Graph>,
    call: Call,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let made = {
        let mut world = graph.world();
        let (parent, product) = world.manageable(&call, &id)?;
        let edge = match product {
            Product::Instagram => "/replies",
            Product::Messenger => "/comments",
        };
        if !call.path.ends_with(edge) {
            return Err(call.no_object(&id));
        }
        let text = call.need("message")?;
        let name = match product {
            Product::Instagram => world.instagram.get(&parent.asset).map(|it| &it.username),
            Product::Messenger => world.pages.get(&parent.asset).map(|it| &it.name),
        };
        let name = name.cloned().unwrap_or_default();
        world.put_comment(Comment {
            id: String::new(),
            // Threads are two levels deep.
            parent: Some(parent.parent.unwrap_or(parent.id)),
            from: parent.asset.clone(),
            asset: parent.asset,
            post: parent.post,
            name,
            text,
            at: call.at,
            hidden: false,
            privately_replied: false,
        })
    };
    graph.told().notify_waiters();
    Ok(Json(json!({ "id": made })))
}

/// A comment by id.
pub(super) fn read(world: &mut World, call: &Call, id: &str) -> Option<Result<Value, Refusal>> {
    world.comments.get(id)?;
    let answer = |world: &mut World| {
        let (comment, product) = world.manageable(call, id)?;
        let time = comment.at.strftime("%Y-%m-%dT%H:%M:%S+0000").to_string();
        match product {
            Product::Instagram => {
                let full = json!({
                    "id": id, "text": comment.text, "timestamp": time, "username": comment.name,
                    "from": { "id": comment.from, "username": comment.name },
                    "parent_id": comment.parent, "hidden": comment.hidden, "media": { "id": comment.post },
                    "like_count": 0,
                });
                select(call, "IGComment", &full, &["id", "text", "timestamp"])
            }
            Product::Messenger => {
                let full = json!({
                    "id": id, "message": comment.text, "created_time": time,
                    "from": { "id": comment.from, "name": comment.name },
                    "parent": comment.parent.map(|parent| json!({ "id": parent })),
                    "is_hidden": comment.hidden, "permalink_url": null,
                });
                select(
                    call,
                    "Comment",
                    &full,
                    &["id", "message", "created_time", "from"],
                )
            }
        }
    };
    Some(answer(world))
}

/// `?hide=true` in Instagram, `is_hidden` on a page.
pub(super) fn change(world: &mut World, call: &Call, id: &str) -> Option<Result<Value, Refusal>> {
    world.comments.get(id)?;
    let answer = |world: &mut World| {
        world.manageable(call, id)?;
        let named = ["hide", "is_hidden"];
        let named = named.into_iter().find(|name| call.text(name).is_some());
        let named = named.ok_or_else(|| Refusal::parameter("The parameter hide is required"))?;
        if let Some(comment) = world.comments.get_mut(id) {
            comment.hidden = call.flag(named);
        }
        Ok(json!({ "success": true }))
    };
    Some(answer(world))
}

/// Deletes a comment.
pub(super) fn delete(world: &mut World, call: &Call, id: &str) -> Option<Result<Value, Refusal>> {
    world.comments.get(id)?;
    Some(world.manageable(call, id).map(|_| {
        world.remove_comment(id);
        json!({ "success": true })
    }))
}
