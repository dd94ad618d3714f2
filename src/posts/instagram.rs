//! Instagram's edges for posting: containers, the publish call, the quota, and what the account shows.
//!
//! # Source
//! <https://developers.facebook.com/docs/instagram-platform/content-publishing> and
//! <https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media>, read 2026-11.

use jiff::SignedDuration;
use serde_json::{Map, Value, json};

use super::journal::{Reason, Status, Verdict};
use super::recent::Seen;
use super::refusal::of_status_text;
use super::{Draft, Form, Kind, Medium};
use crate::clients::graph::{Access, Graph, GraphError};

/// Posts of the account that are looked through.
const LOOKED_THROUGH: usize = 50;

/// How long a full quota is waited for before it is read again.
const QUOTA_WAIT: SignedDuration = SignedDuration::from_mins(15);

/// An account and what it may be asked with.
pub(super) struct Account<'a> {
    pub(super) graph: &'a Graph,
    pub(super) access: &'a Access,
    pub(super) id: &'a str,
}

impl Account<'_> {
    /// Whether the account may post now: how many posts it has in a day differs and is read, not assumed.
    pub(super) async fn quota(&self) -> Result<Result<(), Verdict>, GraphError> {
        let path = format!("{}/content_publishing_limit", self.id);
        let fields = [("fields", "config{quota_total,quota_duration},quota_usage")];
        let answer = self.graph.get(self.access, &path, &fields).await?;
        let limit = &answer["data"][0];
        let used = limit["quota_usage"].as_i64();
        let total = limit["config"]["quota_total"].as_i64();
        Ok(match (used, total) {
            (Some(used), Some(total)) if used >= total => {
                Err(Verdict::Wait(Reason::Quota, Some(QUOTA_WAIT)))
            }
            // An answer without numbers limits nothing; the publish call itself is refused beyond the quota.
            _ => Ok(()),
        })
    }

    /// Makes the container of a carousel's part.
    pub(super) async fn make_part(&self, medium: &Medium) -> Result<String, GraphError> {
        let mut order = of_medium(medium, "VIDEO");
        order.insert("is_carousel_item".to_owned(), true.into());
        self.make(order).await
    }

    /// Makes the container that is to be published.
    pub(super) async fn make_whole(
        &self,
        draft: &Draft,
        parts: &[String],
    ) -> Result<String, GraphError> {
        let mut order = match (draft.kind, draft.media.first()) {
            (Kind::Carousel, _) => {
                let mut order = Map::new();
                order.insert("media_type".to_owned(), "CAROUSEL".into());
                order.insert("children".to_owned(), json!(parts));
                order
            }
            (_, Some(medium)) => of_medium(medium, "REELS"),
            (_, None) => Map::new(),
        };
        match draft.kind {
            Kind::Story => {
                order.insert("media_type".to_owned(), "STORIES".into());
                order.remove("alt_text");
            }
            _ if !draft.caption.is_empty() => {
                order.insert("caption".to_owned(), draft.caption.as_str().into());
            }
            _ => {}
        }
        // Every medium that can be posted was made by a model: see `source`.
        order.insert("is_ai_generated".to_owned(), true.into());
        self.make(order).await
    }

    async fn make(&self, order: Map<String, Value>) -> Result<String, GraphError> {
        let path = format!("{}/media", self.id);
        let answer = self.graph.post(self.access, &path, &order.into()).await?;
        id_of(&answer)
    }

    /// What a container says of itself.
    pub(super) async fn status(&self, container: &str) -> Result<Status, GraphError> {
        let fields = [("fields", "status_code,status")];
        let answer = self.graph.get(self.access, container, &fields).await?;
        match answer["status_code"].as_str().unwrap_or_default() {
            "FINISHED" => Ok(Status::Finished),
            "IN_PROGRESS" => Ok(Status::InProgress),
            "PUBLISHED" => Ok(Status::Published),
            "EXPIRED" => Ok(Status::Expired),
            "ERROR" => {
                let said = answer["status"].as_str().unwrap_or_default();
                Ok(Status::Spoilt(of_status_text(said)))
            }
            _ => Err(GraphError::Malformed),
        }
    }

    /// The publish call.
    pub(super) async fn publish(&self, container: &str) -> Result<String, GraphError> {
        let path = format!("{}/media_publish", self.id);
        let order = json!({ "creation_id": container });
        let answer = self.graph.post(self.access, &path, &order).await?;
        id_of(&answer)
    }

    /// The account's newest posts.
    pub(super) async fn recent(&self) -> Result<Vec<Seen>, GraphError> {
        let path = format!("{}/media", self.id);
        let limit = LOOKED_THROUGH.to_string();
        let query = [
            (
                "fields",
                "id,caption,timestamp,permalink,media_product_type",
            ),
            ("limit", limit.as_str()),
        ];
        let answer = self.graph.get(self.access, &path, &query).await?;
        Seen::all(&answer, ["caption", "permalink", "timestamp"]).ok_or(GraphError::Malformed)
    }

    /// Where people see a post.
    pub(super) async fn permalink(&self, post: &str) -> Result<Option<String>, GraphError> {
        let fields = [("fields", "permalink,timestamp,media_product_type")];
        let answer = self.graph.get(self.access, post, &fields).await?;
        Ok(answer["permalink"].as_str().map(ToOwned::to_owned))
    }
}

fn of_medium(medium: &Medium, film: &str) -> Map<String, Value> {
    let mut order = Map::new();
    match medium.form {
        Form::Image => {
            order.insert("image_url".to_owned(), medium.url.as_str().into());
            if let Some(alt_text) = &medium.alt_text {
                order.insert("alt_text".to_owned(), alt_text.as_str().into());
            }
        }
        Form::Video => {
            order.insert("media_type".to_owned(), film.into());
            order.insert("video_url".to_owned(), medium.url.as_str().into());
        }
    }
    order
}

/// The id of what was made: text, or a number in older answers.
pub(super) fn id_of(answer: &Value) -> Result<String, GraphError> {
    match &answer["id"] {
        Value::String(id) if !id.is_empty() => Ok(id.clone()),
        Value::Number(id) => Ok(id.to_string()),
        _ => Err(GraphError::Malformed),
    }
}
