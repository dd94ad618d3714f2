//! What a test sees and does: the posts that people see, an account's trouble, the platform's pace.

use jiff::Timestamp;
use serde::Serialize;

use super::{Asset, Pace, Restriction};
use crate::graph::Graph;

/// A post that people see.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LivePost {
    /// Its id.
    pub id: String,
    /// The container that it was, on Instagram.
    pub container: Option<String>,
    /// `IMAGE`, `VIDEO`, `CAROUSEL_ALBUM`; of a page `STATUS`, `LINK`, `PHOTO`, `VIDEO`.
    pub media_type: String,
    /// `FEED`, `REELS`, `STORY`; of a page `PAGE`.
    pub product: String,
    /// Its words.
    pub text: Option<String>,
    /// The words for those who do not see the picture.
    pub alt_text: Option<String>,
    /// Its picture as it is shown, or its film; of a carousel or of words there is none.
    pub asset: Option<Asset>,
    /// How many pictures and films it shows.
    pub items: usize,
    /// Whether its author says that a machine made it.
    pub is_ai_generated: bool,
    /// Since when.
    pub published: Timestamp,
    /// Where.
    pub permalink: String,
}

impl Graph {
    /// The posts that people see of an Instagram account, stories of the last day included, or of a page; the newest first.
    pub fn live_posts(&self, owner: &str) -> Vec<LivePost> {
        let now = self.now();
        let world = self.world();
        let media = world.instagram_posts.live(owner, now);
        let on_instagram = media.into_iter().map(|media| LivePost {
            id: media.id.clone(),
            container: Some(media.container.clone()),
            media_type: media.order.kind.media_type().to_owned(),
            product: media.order.kind.product().to_owned(),
            text: media.order.caption.clone(),
            alt_text: media.order.alt_text.clone(),
            asset: media.asset,
            items: media.children.len().max(1),
            is_ai_generated: media.order.is_ai_generated,
            published: media.published,
            permalink: media.permalink(),
        });
        let posts = world.page_posts.live(owner, now);
        let on_page = posts.into_iter().map(|post| LivePost {
            id: post.id.clone(),
            container: None,
            media_type: post.kind().to_owned(),
            product: "PAGE".to_owned(),
            text: post.text.clone(),
            alt_text: post.alt_text.clone(),
            asset: None,
            items: post.photos.len().max(1),
            is_ai_generated: false,
            published: post.shown_from.unwrap_or(post.created),
            permalink: post.permalink(),
        });
        on_instagram.chain(on_page).collect()
    }

    /// The containers of an Instagram account in the order of their creation, each with its `status_code`.
    pub fn containers(&self, account: &str) -> Vec<(String, &'static str)> {
        let now = self.now();
        let world = self.world();
        let own = world.instagram_posts.containers(account);
        own.map(|(id, container)| (id.clone(), container.status(now).code()))
            .collect()
    }

    /// Keeps an account or a page from publishing, or lets it again.
    pub fn restrict(&self, owner: &str, restriction: Option<Restriction>) {
        self.world().instagram_posts.restrict(owner, restriction);
    }

    /// How many posts an account has in 24 hours.
    pub fn set_publishing_quota(&self, account: &str, posts: usize) {
        self.world().instagram_posts.set_quota(account, posts);
    }

    /// How long the platform looks at files from now on, in simulated time.
    pub fn set_pace(&self, pace: Pace) {
        self.world().instagram_posts.pace = pace;
    }

    /// The owner takes a post down in the app; false if there is none.
    pub fn delete_post(&self, id: &str) -> bool {
        let mut world = self.world();
        world.instagram_posts.delete_media(id) || world.page_posts.delete(id)
    }
}
