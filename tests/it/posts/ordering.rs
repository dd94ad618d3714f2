//! What may be ordered: media, texts, times and accounts; the same order twice; calling off; answering for a post.

use serde_json::{Value, json};
use simulators::graph::{Fault, Plan};

use super::files::{film, jpeg};
use super::press::{ACCOUNT, FACEBOOK, INSTAGRAM, PAGE, Press, time};
use crate::support::documents;

#[tokio::test]
async fn a_picture_goes_out_once_with_its_words() {
    let press = Press::open().await;
    let partner = press.partner().await;
    let url = press.picture().await;
    let order = json!({
        "channelId": INSTAGRAM, "media": [url], "caption": "Umrah Ramadhan", "altText": "Ka'bah",
        "kind": "IMAGE", "requestId": "r1",
    });
    let id = press.order(&partner, "postToInstagram", order).await;
    let doc = press.until_over(&id, 1).await;
    assert_eq!(doc["state"], "PUBLISHED", "{doc}");
    let live = press.graph.live_posts(ACCOUNT);
    assert_eq!(live.len(), 1);
    assert_eq!(live[0].text.as_deref(), Some("Umrah Ramadhan"));
    assert_eq!(live[0].alt_text.as_deref(), Some("Ka'bah"));
    assert!(live[0].is_ai_generated);
    assert_eq!(doc["externalId"], live[0].id);
    assert_eq!(doc["permalink"], live[0].permalink);
    assert_eq!(doc["attempts"], 1);
    assert_eq!(doc["userId"], "m1");
    assert_eq!(doc["branchId"], "c1");
    assert!(doc.get("lease").is_none() && doc.get("waitingFor").is_none());
    assert!(time(&doc, "publishedAt") >= time(&doc, "createdAt"));
    assert!(press.tasks.tasks().is_empty());
}

#[tokio::test]
async fn every_kind_goes_out_in_its_own_way() {
    let press = Press::open().await;
    let partner = press.partner().await;
    let (picture, film) = (press.picture().await, press.film().await);
    let orders = [
        (
            json!({ "media": [film.clone()], "caption": "Reel", "requestId": "1" }),
            "REELS",
            1,
        ),
        (
            json!({ "media": [picture.clone()], "kind": "STORY", "requestId": "2" }),
            "STORY",
            1,
        ),
        (
            json!({ "media": [film.clone()], "kind": "STORY", "requestId": "3" }),
            "STORY",
            1,
        ),
        (
            json!({ "media": [{ "url": picture, "altText": "Satu" }, film, picture], "caption": "Album", "requestId": "4" }),
            "FEED",
            3,
        ),
    ];
    for (order, product, items) in orders {
        let before = press.graph.live_posts(ACCOUNT).len();
        let id = press.order(&partner, "postToInstagram", order).await;
        let doc = press.until_over(&id, 1).await;
        assert_eq!(doc["state"], "PUBLISHED", "{doc}");
        let live = press.graph.live_posts(ACCOUNT);
        assert_eq!(live.len(), before + 1);
        let post = live
            .iter()
            .find(|post| doc["externalId"] == post.id)
            .unwrap();
        assert_eq!((post.product.as_str(), post.items), (product, items));
        assert!(post.is_ai_generated, "{post:?}");
    }
}

#[tokio::test]
async fn a_page_takes_texts_pictures_and_films() {
    let press = Press::open().await;
    let partner = press.partner().await;
    let orders = [
        json!({ "caption": "Kabar", "requestId": "1" }),
        json!({ "media": [press.picture().await], "altText": "Ka'bah", "caption": "Foto", "requestId": "2" }),
        json!({ "media": [press.film().await], "caption": "Film", "requestId": "3" }),
    ];
    for (order, kind) in orders.into_iter().zip(["TEXT", "IMAGE", "REEL"]) {
        let caption = order["caption"].as_str().unwrap().to_owned();
        let id = press.order(&partner, "postToFacebook", order).await;
        let doc = press.until_over(&id, 1).await;
        assert_eq!(
            (&doc["state"], &doc["kind"]),
            (&json!("PUBLISHED"), &json!(kind)),
            "{doc}"
        );
        assert_eq!(press.live_on_page(&caption), 1);
        assert!(
            doc["externalId"].is_string() && doc["permalink"].is_string(),
            "{doc}"
        );
    }
    let posts = press.graph.live_posts(PAGE);
    let picture = posts
        .iter()
        .find(|post| post.text.as_deref() == Some("Foto"));
    assert_eq!(picture.unwrap().alt_text.as_deref(), Some("Ka'bah"));
    let wrong = json!({ "media": [press.picture().await], "kind": "STORY", "requestId": "4" });
    let answer = press.app.call(&partner, "postToFacebook", wrong).await;
    assert_eq!(answer.refusal().2, "kind");
}

#[tokio::test]
async fn a_finished_content_request_is_posted_with_its_picture_and_text() {
    let press = Press::open().await;
    let partner = press.partner().await;
    let request = json!({
        "userId": "m1", "branchId": "c1", "topic": "Umrah", "platform": "INSTAGRAM", "status": "COMPLETED",
        "attempts": 1, "createdAt": { "$time": press.now().to_string() },
        "generatedContent": {
            "caption": "Umrah bersama", "hashtags": ["umrah", "haji"], "altText": "Jamaah", "imageUrl": press.picture().await,
        },
    });
    let project = &press.app.project;
    documents::put(project, "content_requests/done", request.clone()).await;
    let mut other = request.clone();
    other["userId"] = "m2".into();
    documents::put(project, "content_requests/theirs", other).await;
    let mut pending = request;
    pending["status"] = "PENDING".into();
    documents::put(project, "content_requests/pending", pending).await;

    let order = |of: &str| json!({ "contentRequestId": of, "requestId": of });
    let id = press
        .order(&partner, "postToInstagram", order("done"))
        .await;
    let doc = press.until_over(&id, 1).await;
    assert_eq!(
        (&doc["state"], &doc["kind"]),
        (&json!("PUBLISHED"), &json!("IMAGE"))
    );
    assert_eq!(doc["contentRequestId"], "done");
    let live = press.graph.live_posts(ACCOUNT);
    assert_eq!(
        live[0].text.as_deref(),
        Some("Umrah bersama\n\n#umrah #haji")
    );
    assert_eq!(live[0].alt_text.as_deref(), Some("Jamaah"));

    for (of, code) in [
        ("theirs", "NOT_FOUND"),
        ("nowhere", "NOT_FOUND"),
        ("pending", "FAILED_PRECONDITION"),
    ] {
        let answer = press.app.call(&partner, "postToInstagram", order(of)).await;
        let (found, _, field) = answer.refusal();
        assert_eq!(
            (found.as_str(), field.as_str()),
            (code, "contentRequestId"),
            "{of}"
        );
    }
    assert_eq!(documents::list(project, "posts").await.len(), 1);
}

#[tokio::test]
async fn what_cannot_go_out_is_refused_with_its_field_and_nothing_is_written_or_called() {
    let press = Press::open().await;
    let partner = press.partner().await;
    let picture = press.picture().await;
    let tall = press.store("tall.jpg", "image/jpeg", jpeg(600, 1200)).await;
    let png = press.store("a.png", "image/png", b"\x89PNG".to_vec()).await;
    let no_jpeg = press
        .store("b.jpg", "image/jpeg", b"no picture".to_vec())
        .await;
    let short = press.store("s.mp4", "video/mp4", film(2)).await;
    let theirs = press
        .store_at("media/c1/m2/r2/image.jpg", "image/jpeg", jpeg(600, 600))
        .await;
    let elsewhere = press
        .store_at("other/c1/m1/r1/image.jpg", "image/jpeg", jpeg(600, 600))
        .await;
    let wrong_token = picture.replace("token=2b7f", "token=ffff");
    let one = |media: &str| json!({ "media": [media], "caption": "Umrah", "requestId": "r" });
    let with = |key: &str, value: Value| {
        let mut order = one(&picture);
        order[key] = value;
        order
    };
    let refused = [
        (one(&tall), "media[0]"),
        (one(&png), "media[0]"),
        (one(&no_jpeg), "media[0]"),
        (one(&short), "media[0]"),
        (one(&theirs), "media[0]"),
        (one(&elsewhere), "media[0]"),
        (one(&wrong_token), "media[0]"),
        (
            one("http://169.254.169.254/computeMetadata/v1/"),
            "media[0]",
        ),
        (
            one(
                "https://firebasestorage.googleapis.com/v0/b/x/o/media%2Fc1%2Fm1%2Fr1%2Fa.jpg?alt=media&token=t",
            ),
            "media[0]",
        ),
        (with("media", json!([])), "kind"),
        (with("media", json!(vec![picture.clone(); 11])), "media"),
        (with("kind", json!("REEL")), "media"),
        (with("kind", json!("TEXT")), "kind"),
        (with("kind", json!("POSTER")), "kind"),
        (with("kind", json!("CAROUSEL")), "media"),
        (with("caption", json!("a".repeat(2_201))), "caption"),
        (with("caption", json!("#a ".repeat(31))), "caption"),
        (with("caption", json!("@a ".repeat(21))), "caption"),
        (with("altText", json!("a".repeat(1_001))), "altText"),
        (with("requestId", json!("")), "requestId"),
        (with("requestId", json!("r".repeat(129))), "requestId"),
        (
            with("scheduledAt", json!("2026-11-23T02:59:00Z")),
            "scheduledAt",
        ),
        (
            with("scheduledAt", json!("2028-01-01T00:00:00Z")),
            "scheduledAt",
        ),
        (with("scheduledAt", json!("besok")), "scheduledAt"),
        (with("contentRequestId", json!("done")), "media"),
        (with("surprise", json!(1)), "surprise"),
        (with("channelId", json!(FACEBOOK)), "channelId"),
        (with("channelId", json!("INSTAGRAM_1")), "channelId"),
        (with("channelId", json!("../x")), "channelId"),
    ];
    for (order, field) in refused {
        let answer = press
            .app
            .call(&partner, "postToInstagram", order.clone())
            .await;
        let (code, _, found) = answer.refusal();
        assert!(
            matches!(code.as_str(), "INVALID_ARGUMENT" | "NOT_FOUND"),
            "{order}: {}",
            answer.body
        );
        assert_eq!(found, field, "{order}");
        // The brake on posting is not what is tried here.
        press.pass_seconds(60);
    }
    assert!(
        documents::list(&press.app.project, "posts")
            .await
            .is_empty()
    );
    assert!(press.graph.calls().is_empty() && press.tasks.tasks().is_empty());
}

#[tokio::test]
async fn an_account_outside_the_scope_is_not_there_and_one_within_may_be_used_by_a_superior() {
    let press = Press::open().await;
    let url = press.picture().await;
    let order =
        json!({ "channelId": INSTAGRAM, "media": [url], "caption": "Umrah", "requestId": "r" });
    let neighbours = [
        press.app.staff("m2", "MITRA", Some("c1")).await,
        press.app.staff("c2", "CABANG", Some("c2")).await,
    ];
    for neighbour in &neighbours {
        let answer = press
            .app
            .call(neighbour, "postToInstagram", order.clone())
            .await;
        assert_eq!(answer.code(), "NOT_FOUND");
    }
    let branch = press.app.staff("c1", "CABANG", Some("c1")).await;
    let id = press.order(&branch, "postToInstagram", order.clone()).await;
    let doc = press.until_over(&id, 1).await;
    assert_eq!(
        (&doc["state"], &doc["userId"]),
        (&json!("PUBLISHED"), &json!("c1"))
    );
    // Whoever has no account of their own has to name one.
    let mut unnamed = order;
    unnamed.as_object_mut().unwrap().remove("channelId");
    unnamed["requestId"] = "other".into();
    let answer = press.app.call(&branch, "postToInstagram", unnamed).await;
    assert_eq!(answer.refusal().2, "channelId");
}

#[tokio::test]
async fn the_same_request_id_is_the_same_post_however_often_and_at_once() {
    let press = Press::open().await;
    let partner = press.partner().await;
    let order = json!({ "media": [press.picture().await], "caption": "Sekali", "requestId": "r1" });
    let calls = (0..8).map(|_| press.app.call(&partner, "postToInstagram", order.clone()));
    let answers = futures::future::join_all(calls).await;
    let ids: std::collections::BTreeSet<String> = answers
        .into_iter()
        .map(|answer| answer.result()["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), 1);
    let id = ids.first().unwrap().clone();
    press.tasks.deliver_twice(true);
    let nudge = json!({ "id": id });
    let turns = (0..6).map(|_| press.push("/tasks/publishing", &nudge));
    assert_eq!(futures::future::join_all(turns).await, [204; 6]);
    let doc = press.until_over(&id, 1).await;
    assert_eq!(doc["state"], "PUBLISHED");
    // Once more, long after, when the file is gone: the post as it stands.
    press
        .app
        .state
        .storage
        .delete("media/c1/m1/r1/image.jpg")
        .await
        .unwrap();
    let again = press
        .app
        .call(&partner, "postToInstagram", order.clone())
        .await
        .result();
    assert_eq!(
        (again["id"].as_str(), again["state"].as_str()),
        (Some(id.as_str()), Some("PUBLISHED"))
    );
    assert_eq!(press.live("Sekali"), 1);
    let mut other = order;
    other["caption"] = "Lain".into();
    let answer = press.app.call(&partner, "postToInstagram", other).await;
    assert_eq!(answer.refusal().1, "REQUEST_ID_REUSED");
    // Another person's name for it leads elsewhere.
    let mate = press.app.staff("c1", "CABANG", Some("c1")).await;
    let theirs = json!({ "channelId": INSTAGRAM, "media": [press.picture().await], "caption": "Dua", "requestId": "r1" });
    let theirs = press.order(&mate, "postToInstagram", theirs).await;
    assert_ne!(theirs, id);
}

#[tokio::test]
async fn only_who_is_asked_may_say_that_a_post_is_live() {
    let press = Press::open().await;
    let partner = press.partner().await;
    let order = json!({ "media": [press.picture().await], "caption": "Ragu", "requestId": "r1" });
    let id = press.order(&partner, "postToInstagram", order).await;
    let resolve = |live: bool| json!({ "postId": id, "live": live });
    let early = press.app.call(&partner, "resolvePost", resolve(true)).await;
    assert_eq!(early.refusal().1, "NOT_UNCONFIRMED");

    // The call is lost, and neither the container nor the account answers for a long time.
    press.graph.fail(Plan::next(
        &"POST".parse().unwrap(),
        "/*/media_publish",
        Fault::CutAfter,
    ));
    press.graph.fail(
        Plan::next(
            &"GET".parse().unwrap(),
            "/*/media",
            Fault::Gateway { status: 502 },
        )
        .forever(),
    );
    press.graph.fail(
        Plan::next(
            &"GET".parse().unwrap(),
            "/*",
            Fault::Gateway { status: 502 },
        )
        .nth(2)
        .forever(),
    );
    let doc = press.until_over(&id, 3).await;
    assert_eq!(
        (&doc["state"], &doc["error"]["code"]),
        (&json!("UNCONFIRMED"), &json!("UNCONFIRMED"))
    );
    assert_eq!(doc["error"]["remedy"], "LOOK");
    assert!(
        doc["error"]["message"]
            .as_str()
            .unwrap()
            .contains("Periksa akunnya")
    );
    assert!(
        doc["error"]["messageEn"]
            .as_str()
            .unwrap()
            .contains("Look at the account")
    );
    assert!(
        press
            .now()
            .duration_since(time(&doc, "createdAt"))
            .as_mins()
            >= 30
    );

    let stranger = press.app.staff("m2", "MITRA", Some("c1")).await;
    assert_eq!(
        press
            .app
            .call(&stranger, "resolvePost", resolve(true))
            .await
            .code(),
        "NOT_FOUND"
    );
    let mut elsewhere = resolve(true);
    elsewhere["permalink"] = "https://instagram.com.evil.example/p/1".into();
    assert_eq!(
        press
            .app
            .call(&partner, "resolvePost", elsewhere)
            .await
            .refusal()
            .2,
        "permalink"
    );
    let mut answer = resolve(true);
    answer["permalink"] = "https://www.instagram.com/p/abc/".into();
    for _ in 0..2 {
        let post = press
            .app
            .call(&partner, "resolvePost", answer.clone())
            .await
            .result();
        assert_eq!(post["state"], "PUBLISHED");
    }
    let contrary = press
        .app
        .call(&partner, "resolvePost", resolve(false))
        .await;
    assert_eq!(contrary.refusal().1, "NOT_UNCONFIRMED");
    let doc = press.post_doc(&id).await;
    assert_eq!(
        (&doc["resolvedBy"], &doc["permalink"]),
        (&json!("m1"), &answer["permalink"])
    );
    assert_eq!(press.live("Ragu"), 1);
}
