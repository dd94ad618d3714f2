//! What the log says of Meta's deliveries: how many units ended how, and nothing that is somebody's.

use super::process::{Service, settings};
use crate::support::documents;

#[tokio::test]
async fn no_text_phone_or_signature_of_a_delivery_is_logged() {
    let project = &format!("demo-t{}", uuid::Uuid::new_v4().simple());
    let mut all = settings(project);
    for (name, value) in [
        ("META_APP_SECRETS", "rahasia-aplikasi"),
        ("META_VERIFY_TOKEN", "rahasia-token"),
    ] {
        all.push((name.to_owned(), value.to_owned()));
    }
    let mut service = Service::start(&all).await;
    let number = "400300000000001";
    let channel = serde_json::json!({ "ownerId": "m1", "branchId": "c1", "state": "CONNECTED" });
    documents::put(project, &format!("channels/WHATSAPP_{number}"), channel).await;
    let message = |number: &str, sender: &str| {
        format!(
            r#"{{"object":"whatsapp_business_account","entry":[{{"id":"3","changes":[{{"field":"messages","value":{{"metadata":{{"phone_number_id":"{number}"}},"contacts":[{{"wa_id":"6287000000011","profile":{{"name":"Nama Rahasia"}}}}],"messages":[{{{sender}"id":"wamid.RAHASIA","timestamp":"1793588645","type":"text","text":{{"body":"pesan rahasia"}}}}]}}}}]}}]}}"#
        )
    };
    let from = r#""from":"6287000000011","#;
    let url = format!("http://{}/webhookHandler", service.address);
    let http = reqwest::Client::new();
    for (body, secret, expected) in [
        (message(number, from), "rahasia-aplikasi", 200),
        (message(number, from), "rahasia-aplikasi", 200),
        (message(number, ""), "rahasia-aplikasi", 200),
        (message("499", from), "rahasia-aplikasi", 200),
        ("pesan rahasia".to_owned(), "rahasia-aplikasi", 200),
        (message(number, from), "rahasia-lain", 401),
    ] {
        let signature = crate::inbox::signature(secret, body.as_bytes());
        let answer = http
            .post(&url)
            .header("x-hub-signature-256", &signature)
            .body(body)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), expected);
    }
    http.get(format!(
        "{url}?hub.mode=subscribe&hub.verify_token=rahasia-token&hub.challenge=rahasia"
    ))
    .send()
    .await
    .unwrap();
    service.signal("TERM").await;
    service.line_with("draining").await;
    let whole = service.lines.concat();
    assert!(
        whole.contains(r#""applied":1"#) && whole.contains(r#""parked":1"#),
        "{whole}"
    );
    for secret in ["ahasia", "RAHASIA", "87000000011", "sha256=", number] {
        assert!(
            !whole.contains(secret),
            "{secret:?} stands in the log: {whole}"
        );
    }
}
