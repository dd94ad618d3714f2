//! Who is told of what.

use axum::extract::Query;
use axum::http::StatusCode;

use super::*;

/// A callback that knows one verify token.
async fn callback() -> String {
    let verify = async |Query(query): Query<std::collections::BTreeMap<String, String>>| {
        if query["hub.verify_token"] == "known" && query["hub.mode"] == "subscribe" {
            Ok(query["hub.challenge"].clone())
        } else {
            Err(StatusCode::FORBIDDEN)
        }
    };
    let router = Router::new().route("/hook", get(verify));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
    let mut set = tokio::task::JoinSet::new();
    set.spawn(async move { axum::serve(listener, router).await });
    set.detach_all();
    url
}

#[tokio::test]
async fn a_page_keeps_the_fields_of_each_app_and_replaces_them() {
    let lab = Lab::start().await;
    let token = lab.graph.page_token(PAGE);
    let path = format!("/{PAGE}/subscribed_apps");
    for fields in ["messages,leadgen,message_echoes", "leadgen,messages"] {
        let body = json!({ "subscribed_fields": fields });
        let (status, body) = lab.post(Login::Facebook, &token, &path, &body).await;
        assert_eq!((status, body), (200, json!({ "success": true })));
    }
    let (_, apps) = lab.get(&token, &path).await;
    assert_eq!(apps["data"][0]["id"], FACEBOOK_APP_ID);
    assert_eq!(
        apps["data"][0]["subscribed_fields"],
        json!(["leadgen", "messages"])
    );
    let wrong = json!({ "subscribed_fields": ["colour"] });
    assert_eq!(
        error(&lab.post(Login::Facebook, &token, &path, &wrong).await.1),
        (100, None)
    );
    lab.send(Method::DELETE, Login::Facebook, &token, &path)
        .await;
    assert_eq!(lab.get(&token, &path).await.1["data"], json!([]));
    assert!(lab.graph.revoke_scope(&token, "pages_manage_metadata"));
    assert_eq!(error(&lab.get(&token, &path).await.1), (200, None));
}

#[tokio::test]
async fn instagram_and_whatsapp_accounts_have_subscribers_of_their_own() {
    let lab = Lab::start().await;
    let instagram = lab.graph.instagram_token(ACCOUNT);
    let body = json!({ "subscribed_fields": "messages,comments" });
    let path = "/me/subscribed_apps";
    assert_eq!(
        lab.post(Login::Instagram, &instagram, path, &body).await.0,
        200
    );
    let (_, apps) = lab
        .send(Method::GET, Login::Instagram, &instagram, path)
        .await;
    assert_eq!(apps["data"][0]["id"], INSTAGRAM_APP_ID);

    let business = lab.graph.system_user_token(&["300200000000001"]);
    let path = "/300200000000001/subscribed_apps";
    assert_eq!(
        lab.post(Login::Facebook, &business, path, &json!({}))
            .await
            .0,
        200
    );
    let (_, apps) = lab.get(&business, path).await;
    assert_eq!(
        apps["data"][0]["whatsapp_business_api_data"]["id"],
        FACEBOOK_APP_ID
    );
}

#[tokio::test]
async fn the_demonstrations_channels_are_there_with_their_tokens() {
    let lab = Lab::start().await;
    lab.graph.seed_demo("http://127.0.0.1:1/webhookHandler");
    let url = format!("{}/_control/demo", lab.graph.url());
    let demo = lab.http.get(url).send().await.expect("an answer");
    let demo: Value = demo.json().await.expect("JSON");
    let channels = demo["channels"].as_array().expect("channels");
    assert_eq!(channels.len(), DEMO_CHANNELS.len());
    for channel in channels {
        let text = |name: &str| channel[name].as_str().unwrap_or_default();
        let login = if channel["login"] == "INSTAGRAM" {
            Login::Instagram
        } else {
            Login::Facebook
        };
        let path = format!("/{}?fields=id", text("externalId"));
        let (status, body) = lab.send(Method::GET, login, text("token"), &path).await;
        assert_eq!(status, 200, "{channel}: {body}");
    }
}

#[tokio::test]
async fn an_app_subscribes_with_a_callback_that_knows_the_verify_token() {
    let lab = Lab::start().await;
    let token = format!("{FACEBOOK_APP_ID}|{FACEBOOK_APP_SECRET}");
    let path = format!("/{FACEBOOK_APP_ID}/subscriptions");
    let url = callback().await;
    let body = |verify: &str| {
        json!({
            "object": "page", "callback_url": url, "fields": "leadgen,messages",
            "verify_token": verify, "include_values": "true",
        })
    };
    let (status, refused) = lab
        .post(Login::Facebook, &token, &path, &body("unknown"))
        .await;
    assert_eq!((status, error(&refused)), (400, (2200, None)));
    assert_eq!(lab.get(&token, &path).await.1["data"], json!([]));
    assert_eq!(
        lab.post(Login::Facebook, &token, &path, &body("known"))
            .await
            .0,
        200
    );
    let (_, subscriptions) = lab.get(&token, &path).await;
    assert_eq!(subscriptions["data"][0]["callback_url"], url);
    assert_eq!(subscriptions["data"][0]["fields"][1]["name"], "messages");
    let page = lab.graph.page_token(PAGE);
    assert_eq!(error(&lab.get(&page, &path).await.1), (15, None));
}
