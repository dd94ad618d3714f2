//! A page's posts: now, scheduled, with photos and films, and taken down again.

use super::*;

impl Studio {
    /// A page instead of its Instagram account.
    async fn page() -> Self {
        let studio = Self::facebook().await;
        Self {
            account: PAGE,
            ..studio
        }
    }

    async fn posted(&self, edge: &str, body: Value) -> Value {
        let (status, body) = self.post(edge, body).await;
        assert_eq!(status, 200, "{edge}: {body}");
        body
    }

    async fn refused(&self, edge: &str, body: Value) -> (i64, Option<i64>) {
        let (status, body) = self.post(edge, body).await;
        assert_ne!(status, 200, "{edge}: {body}");
        error(&body)
    }

    async fn take_down(&self, id: &str) -> (u16, Value) {
        let path = format!("/{id}");
        let answer = self
            .lab
            .send(Method::DELETE, self.login, &self.token, &path);
        answer.await
    }
}

#[tokio::test]
async fn words_and_links_are_posted_and_taken_down() {
    let studio = Studio::page().await;
    let post = id(&studio
        .posted("feed", json!({ "message": "Manasik Ahad" }))
        .await);
    assert!(post.starts_with(&format!("{PAGE}_")));
    let link = json!({ "message": "Paket", "link": "https://amanah.example/paket" });
    studio.wait();
    studio.posted("feed", link).await;
    let path = format!("/{PAGE}/published_posts?fields=message,permalink_url,created_time");
    let posts = studio.get(&path).await;
    assert_eq!(posts["data"][0]["message"], "Paket");
    assert_eq!(posts["data"][1]["id"], post);
    assert_eq!(studio.live(), 2);
    assert_eq!(
        studio.take_down(&post).await,
        (200, json!({ "success": true }))
    );
    assert_eq!(
        error(&studio.take_down(&post).await.1),
        (100, Some(33)),
        "once"
    );
    assert_eq!(studio.live(), 1);
}

#[tokio::test]
async fn an_empty_post_a_bad_link_and_a_foreign_token_are_refused() {
    let mut studio = Studio::page().await;
    assert_eq!(studio.refused("feed", json!({})).await.0, 100);
    let link = json!({ "link": "amanah" });
    assert_eq!(studio.refused("feed", link).await, (100, Some(1_609_008)));
    studio.lab.graph.restrict(PAGE, Some(Restriction::Policy));
    let words = json!({ "message": "Umrah" });
    assert_eq!(studio.refused("feed", words.clone()).await.0, 368);
    studio.lab.graph.restrict(PAGE, None);
    let reading = Token::new(TokenKind::Page, PAGE).scopes(&["pages_read_engagement"]);
    studio.token = studio.lab.graph.issue(reading);
    assert_eq!(studio.refused("feed", words.clone()).await.0, 200);
    let person = Token::new(TokenKind::User, "10").granted_by("10");
    studio.token = studio.lab.graph.issue(person);
    assert_eq!(studio.refused("feed", words).await.0, 210);
    assert_eq!(studio.live(), 0);
}

#[tokio::test]
async fn a_scheduled_post_waits_for_its_time_unless_it_is_taken_back() {
    let studio = Studio::page().await;
    let now = studio.lab.graph.now().as_second();
    let at = |minutes: i64| json!({ "message": "Nanti", "published": false, "scheduled_publish_time": now + minutes * 60 });
    assert_eq!(studio.refused("feed", at(9)).await.0, 100);
    let first = id(&studio.posted("feed", at(15)).await);
    let second = id(&studio.posted("feed", at(30)).await);
    assert_eq!(studio.live(), 0);
    let path = format!("/{PAGE}/scheduled_posts?fields=scheduled_publish_time,is_published");
    let coming = studio.get(&path).await;
    assert_eq!(coming["data"][0]["id"], first);
    assert_eq!(coming["data"][0]["scheduled_publish_time"], now + 15 * 60);
    assert_eq!(coming["data"][1]["is_published"], false);
    studio.take_down(&second).await;
    let clock = studio.lab.graph.clock();
    clock.advance(SignedDuration::from_mins(60));
    let live = studio.lab.graph.live_posts(PAGE);
    assert_eq!(live.len(), 1);
    assert_eq!(live[0].id, first);
    assert_eq!(live[0].published.as_second(), now + 15 * 60);
    assert_eq!(studio.get(&path).await["data"], json!([]));
}

#[tokio::test]
async fn a_photo_is_posted_alone_or_waits_for_one_post_with_others() {
    let studio = Studio::page().await;
    let url = studio.files.at("square.jpg");
    let alone = studio
        .posted("photos", json!({ "url": url, "caption": "Ka'bah" }))
        .await;
    assert!(alone["post_id"].is_string());
    let path = format!("/{}?fields=page_story_id", id(&alone));
    assert_eq!(studio.get(&path).await["page_story_id"], alone["post_id"]);
    let waiting = json!({ "url": url, "published": false, "temporary": true });
    let mut media = Vec::new();
    for _ in 0..2 {
        let photo = studio.posted("photos", waiting.clone()).await;
        assert_eq!(photo.get("post_id"), None);
        media.push(json!({ "media_fbid": id(&photo) }));
    }
    assert_eq!(studio.live(), 1);
    let album = json!({ "message": "Dua", "attached_media": media });
    studio.posted("feed", album.clone()).await;
    assert_eq!(studio.lab.graph.live_posts(PAGE)[0].items, 2);
    assert_eq!(studio.refused("feed", album).await, (100, Some(1_366_051)));
    let photo = studio.posted("photos", waiting).await;
    studio
        .lab
        .graph
        .clock()
        .advance(SignedDuration::from_hours(24));
    let late = json!({ "attached_media": [{ "media_fbid": id(&photo) }] });
    assert_eq!(studio.refused("feed", late).await.0, 100);
    for name in ["gone.jpg", "page.jpg"] {
        let bad = json!({ "url": studio.files.at(name) });
        assert_eq!(studio.refused("photos", bad).await, (100, Some(1_366_046)));
    }
}

#[tokio::test]
async fn a_film_is_seen_once_it_is_ready() {
    let studio = Studio::page().await;
    let film = |name: &str| json!({ "file_url": studio.files.at(name), "description": "Thawaf" });
    let good = id(&studio.posted("videos", film("film.mp4")).await);
    let bad = id(&studio.posted("videos", film("text.mp4")).await);
    assert_eq!(studio.refused("videos", film("gone.mp4")).await.0, 389);
    let status = async |id: &str| {
        let told = studio.get(&format!("/{id}?fields=status,post_id")).await;
        let status = told["status"]["video_status"].as_str().map(str::to_owned);
        (status.expect("a status"), told["post_id"].is_string())
    };
    assert_eq!(status(&good).await, ("processing".to_owned(), false));
    assert_eq!(studio.live(), 0);
    studio.wait();
    assert_eq!(status(&good).await, ("ready".to_owned(), true));
    assert_eq!(status(&bad).await, ("error".to_owned(), false));
    let live = studio.lab.graph.live_posts(PAGE);
    assert_eq!(live.len(), 1);
    assert_eq!(live[0].media_type, "VIDEO");
    assert_eq!(live[0].text.as_deref(), Some("Thawaf"));
    studio.take_down(&good).await;
    assert_eq!(studio.live(), 0);
}

#[tokio::test]
async fn a_post_whose_answer_is_lost_is_found_among_the_published_ones() {
    let studio = Studio::page().await;
    let path = format!("/{PAGE}/feed");
    let plan = Plan::next(&Method::POST, &path, Fault::CutAfter);
    studio.lab.graph.fail(plan);
    let request = studio
        .lab
        .request(Method::POST, studio.login, &studio.token, &path);
    let lost = request.json(&json!({ "message": "Sekali" })).send().await;
    assert!(lost.is_err(), "the connection breaks");
    let posts = studio.get(&format!("/{PAGE}/published_posts")).await;
    assert_eq!(posts["data"][0]["message"], "Sekali");
    assert_eq!(studio.live(), 1);
}
