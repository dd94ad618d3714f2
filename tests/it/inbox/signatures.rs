//! Who may deliver, and how the callback is verified.

use serde_json::Value;

use super::harness::{
    SECRET, deliver, deliver_signed, fixture, folder, settings, signature, start,
};
use crate::support::{App, documents};

fn signatures() -> Value {
    let text = std::fs::read(folder().join("_signatures.json")).unwrap();
    serde_json::from_slice(&text).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_signatures_of_the_fixtures_pass_in_both_forms() {
    let app = start().await;
    let signatures = signatures();
    for form in ["files", "overEscapedForm"] {
        for (file, signature) in signatures[form].as_object().unwrap() {
            let body = fixture(file.strip_suffix(".json").unwrap());
            let status = deliver_signed(&app, &body, signature.as_str()).await;
            assert_eq!(status, 200, "{form}: {file}");
        }
    }
}

#[tokio::test]
async fn nothing_is_stored_of_a_body_that_is_not_signed() {
    let app = start().await;
    let body = fixture("wa_reaction_add");
    let right = signature(SECRET, &body);
    let text = String::from_utf8(body.clone()).unwrap();
    let upper_escapes = text.replace('🤲', "\\uD83E\\uDD32");
    let slashes = text.replace("wamid.", "wamid\\u002e");
    for wrong in [
        None,
        Some(String::new()),
        Some(signature("not-the-secret", &body)),
        Some(right.replace("sha256=", "sha1=")),
        Some(right.replace("sha256=", "")),
        Some(right[..70].to_owned()),
        Some(format!("{right}0")),
        Some(signature(SECRET, b"")),
        // The one other form that passes is lower-case escapes of what is not ASCII, and nothing besides.
        Some(signature(SECRET, upper_escapes.as_bytes())),
        Some(signature(SECRET, slashes.as_bytes())),
        Some(signature(
            SECRET,
            text.trim_end().replace(' ', "").as_bytes(),
        )),
    ] {
        assert_eq!(
            deliver_signed(&app, &body, wrong.as_deref()).await,
            401,
            "{wrong:?}"
        );
    }
    let mut longer = body.clone();
    longer.push(b'\n');
    assert_eq!(deliver_signed(&app, &longer, Some(&right)).await, 401);
    for collection in ["webhook_deliveries", "message_keys", "conversations"] {
        assert_eq!(
            documents::list(&app.project, collection).await,
            [],
            "{collection}"
        );
    }
    // Each of the secrets signs.
    let older = signature("an-older-secret", &body);
    assert_eq!(deliver_signed(&app, &body, Some(&older)).await, 200);
    let records = documents::list(&app.project, "webhook_deliveries").await;
    assert_eq!(records[0].1["secret"], 0);
    assert_eq!(deliver(&app, &longer).await, 200);
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused_and_one_below_it_is_kept_whole() {
    let app = start().await;
    let body = vec![b'x'; (4 << 20) + 1];
    assert_eq!(deliver(&app, &body).await, 413);
    // Digests, which nothing packs.
    let noise: Vec<u8> = (0_u32..60_000)
        .flat_map(|n| signature(SECRET, &n.to_le_bytes()).into_bytes())
        .take(4 << 20)
        .collect();
    assert_eq!(noise.len(), 4 << 20);
    assert_eq!(deliver(&app, &noise).await, 200);
    let records = documents::list(&app.project, "webhook_deliveries").await;
    let (id, record) = &records[0];
    assert_eq!(record["parked"], 1);
    assert!(record["parts"].as_i64().unwrap() > 2);
    assert_eq!(record["body"], Value::Null);
    let waiting = leadgen_pro::inbox::ledger::waiting(&app.state.store, id).await;
    assert!(waiting.unwrap().unwrap().body == noise);
}

#[tokio::test]
async fn the_callback_is_verified_with_the_token_and_nothing_else() {
    let app = App::start_with(&settings()).await;
    let ask = async |mode: &str, token: &str, challenge: &str| {
        let response = app
            .http
            .get(format!("{}/webhookHandler", app.url))
            .query(&[
                ("hub.mode", mode),
                ("hub.verify_token", token),
                ("hub.challenge", challenge),
            ])
            .send()
            .await
            .unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    };
    let (status, body) = ask("subscribe", "a-verify-token", "1158201444").await;
    assert_eq!((status, body.as_str()), (200, "1158201444"));
    for (mode, token) in [
        ("subscribe", "another-token!"),
        ("subscribe", ""),
        ("subscribe", "a-verify-token "),
        ("unsubscribe", "a-verify-token"),
        ("", "a-verify-token"),
    ] {
        let (status, body) = ask(mode, token, "1158201444").await;
        assert_eq!(status, 403, "{mode} {token}");
        assert!(!body.contains("1158201444"));
    }
    let bare = app.http.get(format!("{}/webhookHandler", app.url));
    assert_eq!(bare.send().await.unwrap().status(), 403);
}

#[tokio::test]
async fn without_settings_there_is_no_webhook() {
    let app = App::start().await;
    let body = fixture("wa_text_basic");
    assert_eq!(deliver(&app, &body).await, 503);
    let unset = app.http.get(format!("{}/webhookHandler", app.url)).query(&[
        ("hub.mode", "subscribe"),
        ("hub.verify_token", ""),
        ("hub.challenge", "1"),
    ]);
    assert_eq!(unset.send().await.unwrap().status(), 404);
}
