//! Media: where they are, for whom, and how long.

use super::webhooks::told;
use super::*;

const NUMBER: &str = "400300000000001";

#[tokio::test]
async fn a_whatsapp_file_is_fetched_with_the_token_within_five_minutes() {
    let (lab, subscriber) = told().await;
    let file = MediaFile::dot();
    lab.graph.happen(Happening::Message {
        asset: NUMBER.to_owned(),
        customer: "6287000000011".to_owned(),
        content: Content::file(file.clone()),
        reply_to: None,
        referral: None,
    });
    lab.graph.deliver_due().await;
    let body = subscriber.bodies().remove(0);
    let image = &body["entry"][0]["changes"][0]["value"]["messages"][0]["image"];
    let id = image["id"].as_str().expect("an id");
    let token = lab.graph.system_user_token(&["300200000000001"]);
    let address = async || -> String {
        let (status, body) = lab.get(&token, &format!("/{id}")).await;
        assert_eq!(
            (status, &body["file_size"]),
            (200, &json!(file.bytes.len()))
        );
        body["url"].as_str().expect("an address").to_owned()
    };
    let fetch = async |url: &str, token: Option<&str>| {
        let mut request = lab.http.get(url);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        request.send().await.expect("an answer")
    };
    let url = address().await;
    assert_eq!(fetch(&url, None).await.status(), 401);
    let fetched = fetch(&url, Some(&token)).await;
    assert_eq!(fetched.headers()["content-type"], "image/png");
    assert_eq!(fetched.bytes().await.expect("bytes"), file.bytes);
    lab.graph.clock().advance(SignedDuration::from_mins(5));
    assert_eq!(fetch(&url, Some(&token)).await.status(), 404);
    assert_eq!(fetch(&address().await, Some(&token)).await.status(), 200);
    assert!(lab.graph.lose_file(id));
    assert_eq!(
        error(&lab.get(&token, &format!("/{id}")).await.1),
        (100, Some(33))
    );
}

#[tokio::test]
async fn a_file_of_a_conversation_is_open_for_an_hour() {
    let (lab, subscriber) = told().await;
    for asset in [PAGE, ACCOUNT] {
        lab.graph.happen(Happening::Message {
            asset: asset.to_owned(),
            customer: "8200000000000012".to_owned(),
            content: Content::file(MediaFile::dot()),
            reply_to: None,
            referral: None,
        });
    }
    lab.graph.deliver_due().await;
    let bodies = subscriber.bodies();
    let url = |body: &Value| {
        let url = &body["entry"][0]["messaging"][0]["message"]["attachments"][0]["payload"]["url"];
        url.as_str().expect("an address").to_owned()
    };
    let urls: Vec<String> = bodies.iter().map(url).collect();
    assert!(
        urls[0].contains("/scontent.xx.fbcdn.net/")
            && urls[1].contains("/scontent.cdninstagram.com/")
    );
    let status = async |url: &str| lab.http.get(url).send().await.expect("an answer").status();
    for url in &urls {
        assert_eq!(status(url).await, 200);
    }
    assert_eq!(status(&urls[0].replace("oe=", "oe=1")).await, 403);
    lab.graph.clock().advance(CDN_ADDRESS);
    assert_eq!(status(&urls[0]).await, 403);
}
