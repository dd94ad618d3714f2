//! Instagram's publishing, held to by real HTTP: files are fetched, containers live, posts go out once.

mod doubt;
mod files;
mod pages;

use std::sync::atomic::Ordering;

use axum::http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::super::tests::{ACCOUNT, Lab, PAGE, error};
use super::super::*;
use files::Files;

/// The account that is linked to [`PAGE`].
const LINKED: &str = "17841499000000001";

/// An account, the token for it, and files to publish.
struct Studio {
    lab: Lab,
    files: Files,
    login: Login,
    token: String,
    account: &'static str,
}

impl Studio {
    async fn instagram() -> Self {
        let lab = Lab::start().await;
        let token = lab.graph.instagram_token(ACCOUNT);
        Self {
            lab,
            files: Files::start().await,
            login: Login::Instagram,
            token,
            account: ACCOUNT,
        }
    }

    async fn facebook() -> Self {
        let lab = Lab::start().await;
        let token = lab.graph.page_token(PAGE);
        Self {
            lab,
            files: Files::start().await,
            login: Login::Facebook,
            token,
            account: LINKED,
        }
    }

    async fn post(&self, edge: &str, body: Value) -> (u16, Value) {
        let path = format!("/{}/{edge}", self.account);
        let request = self
            .lab
            .request(Method::POST, self.login, &self.token, &path);
        let answer = request.json(&body).send().await.expect("an answer");
        let status = answer.status().as_u16();
        (status, answer.json().await.expect("JSON"))
    }

    async fn get(&self, path: &str) -> Value {
        let answer = self.lab.send(Method::GET, self.login, &self.token, path);
        let (status, body) = answer.await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    async fn create(&self, body: Value) -> String {
        let (status, body) = self.post("media", body).await;
        assert_eq!(status, 200, "{body}");
        id(&body)
    }

    async fn image(&self) -> String {
        let picture = self.files.at("square.jpg");
        self.create(
            json!({ "image_url": picture, "caption": "Umrah Ramadan", "is_ai_generated": true }),
        )
        .await
    }

    async fn publish(&self, container: &str) -> (u16, Value) {
        self.post("media_publish", json!({ "creation_id": container }))
            .await
    }

    async fn status(&self, container: &str) -> String {
        let path = format!("/{container}?fields=status_code,status");
        self.get(&path).await["status_code"]
            .as_str()
            .expect("a status")
            .to_owned()
    }

    fn wait(&self) {
        self.lab.graph.clock().advance(SignedDuration::from_mins(1));
    }

    fn live(&self) -> usize {
        self.lab.graph.live_posts(self.account).len()
    }
}

fn id(body: &Value) -> String {
    body["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn a_picture_goes_out_on_both_hosts() {
    for studio in [Studio::instagram().await, Studio::facebook().await] {
        let container = studio.image().await;
        assert_eq!(studio.files.fetched.load(Ordering::SeqCst), 1);
        assert_eq!(studio.status(&container).await, "IN_PROGRESS");
        let (status, body) = studio.publish(&container).await;
        assert_eq!((status, error(&body)), (400, (9007, Some(2_207_027))));
        assert_eq!(body["error"]["type"], "OAuthException");
        assert!(body["error"]["error_user_title"].is_string());
        studio.wait();
        assert_eq!(studio.status(&container).await, "FINISHED");
        let (status, body) = studio.publish(&container).await;
        assert_eq!(status, 200, "{body}");
        let media = id(&body);
        assert_eq!(studio.status(&container).await, "PUBLISHED");
        let path = format!("/{media}?fields=permalink,timestamp,media_product_type,caption");
        let post = studio.get(&path).await;
        assert_eq!(post["media_product_type"], "FEED");
        assert_eq!(post["caption"], "Umrah Ramadan");
        assert!(
            post["permalink"]
                .as_str()
                .is_some_and(|it| it.starts_with("https://www.instagram.com/p/"))
        );
        let recent = studio
            .get(&format!(
                "/{}/media?fields=caption,timestamp",
                studio.account
            ))
            .await;
        assert_eq!(recent["data"][0]["id"], media);
        let live = studio.lab.graph.live_posts(studio.account);
        assert_eq!(live.len(), 1);
        assert!(live[0].is_ai_generated);
        assert_eq!(live[0].container.as_ref(), Some(&container));
    }
}

#[tokio::test]
async fn a_container_is_not_published_twice_even_by_two_calls_at_once() {
    let studio = Studio::instagram().await;
    let container = studio.image().await;
    studio.wait();
    let (one, two) = tokio::join!(studio.publish(&container), studio.publish(&container));
    let mut statuses = [one.0, two.0];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400]);
    let (_, body) = studio.publish(&container).await;
    assert_eq!(error(&body), (24, Some(2_207_006)));
    assert_eq!(studio.live(), 1);
}

#[tokio::test]
async fn a_picture_that_cannot_be_had_or_used_leaves_no_container() {
    let studio = Studio::instagram().await;
    for (name, expected) in [
        ("gone.jpg", (9004, Some(2_207_052))),
        ("page.jpg", (36_001, Some(2_207_005))),
        ("tall.jpg", (36_003, Some(2_207_009))),
    ] {
        let picture = studio.files.at(name);
        let (status, body) = studio.post("media", json!({ "image_url": picture })).await;
        assert_eq!((status, error(&body)), (400, expected), "{name}");
    }
    let elsewhere = json!({ "image_url": "https://example.com/a.jpg" });
    let (_, body) = studio.post("media", elsewhere).await;
    assert_eq!(error(&body), (9004, Some(2_207_052)));
    assert!(studio.lab.graph.containers(ACCOUNT).is_empty());
}

#[tokio::test]
async fn a_story_may_be_tall() {
    let studio = Studio::instagram().await;
    let picture = studio.files.at("tall.jpg");
    let story = json!({ "media_type": "STORIES", "image_url": picture });
    let container = studio.create(story).await;
    studio.wait();
    let media = id(&studio.publish(&container).await.1);
    let recent = studio.get(&format!("/{ACCOUNT}/media")).await;
    assert_eq!(
        recent["data"],
        json!([]),
        "stories have a list of their own"
    );
    let stories = studio.get(&format!("/{ACCOUNT}/stories")).await;
    assert_eq!(stories["data"], json!([{ "id": media }]));
    assert_eq!(studio.live(), 1);
    studio
        .lab
        .graph
        .clock()
        .advance(SignedDuration::from_hours(24));
    assert_eq!(studio.live(), 0);
}

#[tokio::test]
async fn a_film_is_taken_and_fails_or_is_finished_later() {
    let studio = Studio::instagram().await;
    let reel = |name: &str| json!({ "media_type": "REELS", "video_url": studio.files.at(name), "share_to_feed": true });
    let good = studio.create(reel("film.mp4")).await;
    let bad = studio.create(reel("text.mp4")).await;
    let gone = studio.create(reel("gone.mp4")).await;
    for container in [&good, &bad, &gone] {
        assert_eq!(studio.status(container).await, "IN_PROGRESS");
    }
    studio.wait();
    assert_eq!(studio.status(&good).await, "FINISHED");
    let told = studio
        .get(&format!("/{bad}?fields=status_code,status"))
        .await;
    assert_eq!(told["status_code"], "ERROR");
    assert_eq!(
        told["status"],
        "Error: Media upload has failed with error code 2207026"
    );
    let told = studio.get(&format!("/{gone}?fields=status")).await;
    assert_eq!(
        told["status"],
        "Error: Media upload has failed with error code 2207077"
    );
    let (_, body) = studio.publish(&bad).await;
    assert_eq!(error(&body), (-1, Some(2_207_053)));
    let media = id(&studio.publish(&good).await.1);
    let post = studio
        .get(&format!(
            "/{media}?fields=media_type,media_product_type,permalink"
        ))
        .await;
    assert_eq!(
        (&post["media_type"], &post["media_product_type"]),
        (&json!("VIDEO"), &json!("REELS"))
    );
}

#[tokio::test]
async fn a_carousel_shows_its_items_in_order() {
    let studio = Studio::facebook().await;
    let picture = studio.files.at("square.jpg");
    let item = json!({ "image_url": picture, "is_carousel_item": true, "alt_text": "Ka'bah" });
    let mut items = Vec::new();
    for _ in 0..2 {
        items.push(studio.create(item.clone()).await);
    }
    let film = json!({ "media_type": "VIDEO", "video_url": studio.files.at("film.mp4"), "is_carousel_item": true });
    items.push(studio.create(film).await);
    let carousel = json!({ "media_type": "CAROUSEL", "children": items, "caption": "Tiga" });
    let carousel = studio.create(carousel).await;
    studio.wait();
    let media = id(&studio.publish(&carousel).await.1);
    let post = studio
        .get(&format!(
            "/{media}?fields=media_type,children{{media_type}}"
        ))
        .await;
    assert_eq!(post["media_type"], "CAROUSEL_ALBUM");
    assert_eq!(post["children"]["data"][2]["media_type"], "VIDEO");
    let children = studio
        .get(&format!("/{media}/children?fields=media_type"))
        .await;
    let kinds: Vec<&Value> = children["data"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| &row["media_type"])
        .collect();
    assert_eq!(kinds, ["IMAGE", "IMAGE", "VIDEO"]);
    assert_eq!(studio.live(), 1);
    let live = studio.lab.graph.live_posts(LINKED);
    assert_eq!(live[0].items, 3);
}

#[tokio::test]
async fn the_quota_is_told_and_held_to() {
    let studio = Studio::instagram().await;
    studio.lab.graph.set_publishing_quota(ACCOUNT, 1);
    let path = format!("/{ACCOUNT}/content_publishing_limit?fields=config,quota_usage");
    let container = studio.image().await;
    studio.wait();
    studio.publish(&container).await;
    let told = studio.get(&path).await;
    assert_eq!(
        told["data"][0],
        json!({ "config": { "quota_total": 1, "quota_duration": 86400 }, "quota_usage": 1 })
    );
    let container = studio.image().await;
    studio.wait();
    let (_, body) = studio.publish(&container).await;
    assert_eq!(error(&body), (9, Some(2_207_042)));
    studio
        .lab
        .graph
        .clock()
        .advance(SignedDuration::from_hours(23));
    let container = studio.image().await;
    studio.wait();
    assert_eq!(studio.publish(&container).await.0, 400);
    studio
        .lab
        .graph
        .clock()
        .advance(SignedDuration::from_hours(1));
    assert_eq!(studio.get(&path).await["data"][0]["quota_usage"], 0);
    assert_eq!(studio.publish(&container).await.0, 200);
}

#[tokio::test]
async fn scopes_and_tasks_are_wanted_for_publishing() {
    let mut studio = Studio::instagram().await;
    let reading = Token::new(TokenKind::Instagram, ACCOUNT).scopes(&["instagram_business_basic"]);
    studio.token = studio.lab.graph.issue(reading);
    let picture = studio.files.at("square.jpg");
    let order = json!({ "image_url": picture });
    assert_eq!(error(&studio.post("media", order.clone()).await.1).0, 10);
    let mut studio = Studio::facebook().await;
    let analyst = json!({ "people": [{ "id": "11", "pages": { PAGE: ["ANALYZE"] } }] });
    let analyst = serde_json::from_value(analyst).expect("a seed");
    studio.lab.graph.seed(analyst);
    let token = Token::new(TokenKind::Page, PAGE).granted_by("11");
    studio.token = studio.lab.graph.issue(token);
    assert_eq!(error(&studio.post("media", order).await.1).0, 10);
    assert_eq!(studio.files.fetched.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn another_accounts_containers_and_posts_are_not_there() {
    let studio = Studio::instagram().await;
    let container = studio.image().await;
    studio.wait();
    let media = id(&studio.publish(&container).await.1);
    let other = studio.lab.graph.page_token(PAGE);
    for id in [container, media] {
        let path = format!("/{id}");
        let answer = studio.lab.send(Method::GET, Login::Facebook, &other, &path);
        assert_eq!(error(&answer.await.1), (100, Some(33)));
    }
}
