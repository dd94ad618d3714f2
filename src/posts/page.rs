//! A Facebook page's edges for posting: one call, and what the page shows.
//!
//! # Source
//! <https://developers.facebook.com/docs/pages-api/posts> and
//! <https://developers.facebook.com/docs/graph-api/reference/page/photos>, read 2026-11. Scheduling is ours, not the
//! platform's: so posts can be called off, and wait for a reconnection.

use serde_json::json;

use super::instagram::id_of;
use super::recent::Seen;
use super::{Draft, Form};
use crate::clients::graph::{Access, Graph, GraphError};

/// Posts of the page that are looked through.
const LOOKED_THROUGH: &str = "50";

/// A page and what it may be asked with.
pub(super) struct Page<'a> {
    pub(super) graph: &'a Graph,
    pub(super) access: &'a Access,
    pub(super) id: &'a str,
}

impl Page<'_> {
    /// The publish call.
    pub(super) async fn publish(&self, draft: &Draft) -> Result<String, GraphError> {
        let (edge, order) = match draft.media.first() {
            None => ("feed", json!({ "message": draft.caption })),
            Some(medium) => match medium.form {
                Form::Image => {
                    let mut order = json!({ "url": medium.url, "caption": draft.caption });
                    if let Some(alt_text) = &medium.alt_text {
                        order["alt_text_custom"] = alt_text.as_str().into();
                    }
                    ("photos", order)
                }
                Form::Video => (
                    "videos",
                    json!({ "file_url": medium.url, "description": draft.caption }),
                ),
            },
        };
        let path = format!("{}/{edge}", self.id);
        let answer = self.graph.post(self.access, &path, &order).await?;
        match answer["post_id"].as_str() {
            // A photo's own id is not the post's.
            Some(post) if !post.is_empty() => Ok(post.to_owned()),
            _ => id_of(&answer),
        }
    }

    /// The page's newest posts. What is scheduled on the platform's side is never ours, so it is not looked at.
    pub(super) async fn recent(&self) -> Result<Vec<Seen>, GraphError> {
        let path = format!("{}/published_posts", self.id);
        let query = [
            ("fields", "id,message,created_time,permalink_url"),
            ("limit", LOOKED_THROUGH),
        ];
        let answer = self.graph.get(self.access, &path, &query).await?;
        Seen::all(&answer, ["message", "permalink_url", "created_time"])
            .ok_or(GraphError::Malformed)
    }

    /// Where people see a post.
    pub(super) async fn permalink(&self, post: &str) -> Result<Option<String>, GraphError> {
        let fields = [("fields", "permalink_url")];
        let answer = self.graph.get(self.access, post, &fields).await?;
        Ok(answer["permalink_url"].as_str().map(ToOwned::to_owned))
    }
}
