//! What Meta's two callbacks do, and what people read about it.

use serde_json::{Value, json};

use super::harness::{Office, signed, signed_with};
use crate::inbox::harness::SECRET;
use crate::support::documents;

const PERSON: &str = "218471000000001";

/// An account that a person's login opened.
async fn grant(office: &Office, id: &str, person: &str, state: &str) {
    let project = &office.app.project;
    let channel = json!({
        "platform": "FACEBOOK", "externalId": id, "name": "Halaman Uji", "ownerId": "mitra-1", "branchId": "cabang-1",
        "state": state, "grantedBy": person,
    });
    documents::put(project, &format!("channels/FACEBOOK_{id}"), channel).await;
    let secret = json!({ "keyId": "k1", "sealed": "x", "login": "FACEBOOK" });
    documents::put(project, &format!("channel_secrets/FACEBOOK_{id}"), secret).await;
}

#[tokio::test]
async fn whoever_removes_the_app_has_no_grants_left_and_the_channels_say_why() {
    let office = Office::open().await;
    grant(&office, "901", PERSON, "CONNECTED").await;
    grant(&office, "902", PERSON, "DISCONNECTED").await;
    grant(&office, "903", "218471000000002", "CONNECTED").await;
    for _ in 0..2 {
        assert_eq!(office.ask("deauthorize", &signed(PERSON)).await.0, 200);
    }
    let channel = async |id: &str| {
        office
            .document(&format!("channels/FACEBOOK_{id}"))
            .await
            .unwrap()
    };
    let secret = async |id: &str| {
        office
            .document(&format!("channel_secrets/FACEBOOK_{id}"))
            .await
    };
    let revoked = channel("901").await;
    assert_eq!(revoked["state"], "NEEDS_RECONNECT");
    assert_eq!(revoked["reconnect"]["reason"], "APP_REMOVED");
    assert!(revoked["reconnect"]["message"]["id"].is_string());
    assert_eq!(revoked["name"], "Halaman Uji");
    assert_eq!(channel("902").await["state"], "DISCONNECTED");
    assert_eq!(channel("903").await["state"], "CONNECTED");
    assert!(secret("901").await.is_none() && secret("902").await.is_none());
    assert!(secret("903").await.is_some());
}

#[tokio::test]
async fn a_deletion_is_confirmed_once_done_by_the_task_and_told_on_its_page() {
    let office = Office::open().await;
    grant(&office, "901", PERSON, "CONNECTED").await;
    grant(&office, "903", "218471000000002", "CONNECTED").await;
    let (status, confirmed) = office.ask("dataDeletion", &signed(PERSON)).await;
    assert_eq!(status, 200);
    let code = confirmed["confirmation_code"].as_str().unwrap();
    assert!(code.len() >= 16 && code.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    let url = confirmed["url"].as_str().unwrap();
    assert!(
        url.starts_with(&office.app.url) && url.ends_with(code),
        "{url}"
    );
    assert_eq!(
        office.ask("dataDeletion", &signed(PERSON)).await.1,
        confirmed
    );
    let other = office
        .ask("dataDeletion", &signed("218471000000009"))
        .await
        .1;
    assert_ne!(other["confirmation_code"], confirmed["confirmation_code"]);

    let (_, before) = office.page(url, "id-ID").await;
    assert!(before.contains("sedang dikerjakan"), "{before}");
    office.work().await;
    for (language, words) in [
        ("id-ID,id;q=0.9", "Data Anda sudah dihapus."),
        ("en-GB", "Your data has been deleted."),
    ] {
        let (status, page) = office.page(url, language).await;
        assert_eq!(status, 200);
        assert!(page.contains(words) && page.contains(code), "{page}");
        assert!(
            !page.contains(PERSON) && !page.contains("Halaman"),
            "{page}"
        );
    }
    let (_, switched) = office.page(&format!("{url}?lang=en"), "id-ID").await;
    assert!(switched.contains("Your data has been deleted."));
    assert_eq!(office.document("channels/FACEBOOK_901").await, None);
    assert_eq!(office.document("channel_secrets/FACEBOOK_901").await, None);
    assert!(office.document("channels/FACEBOOK_903").await.is_some());

    // A day later it is looked at once more, and nobody knows any longer whom it was about.
    let request = format!("deletion_requests/{code}");
    assert_eq!(
        office.document(&request).await.unwrap()["subject"]["connected"],
        PERSON
    );
    office.pass(26);
    office.sweep().await;
    office.work().await;
    let closed = office.document(&request).await.unwrap();
    assert_eq!(closed["state"], "CLOSED");
    assert!(!closed.to_string().contains(PERSON), "{closed}");
    assert_eq!(office.page(url, "id").await.0, 200);

    // Connected again, and asked again: the same code, and all is done anew.
    grant(&office, "901", PERSON, "CONNECTED").await;
    assert_eq!(
        office.ask("dataDeletion", &signed(PERSON)).await.1,
        confirmed
    );
    office.work().await;
    assert_eq!(office.document("channels/FACEBOOK_901").await, None);
}

#[tokio::test]
async fn whoever_held_an_account_that_is_gone_is_told_which_platforms_are_left() {
    let office = Office::open().await;
    let siti = office.app.staff("siti", "MITRA", Some("cabang-1")).await;
    let project = &office.app.project;
    let (facebook, instagram) = ("connectedAccounts.facebook", "connectedAccounts.instagram");
    let all = json!({ "connectedAccounts": { "facebook": true, "instagram": true } });
    let named = [facebook, instagram];
    let status = documents::patch_as("owner", project, "users/siti", all, &named).await;
    assert_eq!(status, 200);
    for (platform, id, granted_by) in [
        ("FACEBOOK", "901", PERSON),
        ("INSTAGRAM", "902", PERSON),
        ("INSTAGRAM", "903", PERSON),
        ("FACEBOOK", "904", "218471000000002"),
    ] {
        let channel = json!({
            "platform": platform, "externalId": id, "name": "Akun Uji", "ownerId": siti.uid, "branchId": "cabang-1",
            "state": "CONNECTED", "grantedBy": granted_by,
        });
        documents::put(project, &format!("channels/{platform}_{id}"), channel).await;
    }
    assert_eq!(office.ask("dataDeletion", &signed(PERSON)).await.0, 200);
    office.work().await;
    assert_eq!(office.document("channels/INSTAGRAM_902").await, None);
    let user = office.document("users/siti").await.unwrap();
    assert_eq!(
        user["connectedAccounts"],
        json!({ "facebook": true, "instagram": false, "whatsapp": false })
    );
}

#[tokio::test]
async fn a_deletion_whose_task_was_lost_is_found_by_the_sweep() {
    let office = Office::open().await;
    grant(&office, "901", PERSON, "CONNECTED").await;
    office.tasks.refuse(Some(503));
    assert_eq!(office.ask("dataDeletion", &signed(PERSON)).await.0, 200);
    office.tasks.refuse(None);
    office.work().await;
    assert!(office.document("channels/FACEBOOK_901").await.is_some());
    office.pass(1);
    office.sweep().await;
    office.work().await;
    assert_eq!(office.document("channels/FACEBOOK_901").await, None);
}

#[tokio::test]
async fn what_meta_did_not_sign_changes_nothing() {
    let office = Office::open().await;
    grant(&office, "901", PERSON, "CONNECTED").await;
    let payload = |algorithm: &str| json!({ "algorithm": algorithm, "user_id": PERSON });
    let forged = signed_with("another-secret", &payload("HMAC-SHA256"));
    let unsigned = signed_with(SECRET, &payload("none"));
    for door in ["deauthorize", "dataDeletion"] {
        for request in [&forged, &unsigned] {
            assert_eq!(office.ask(door, request).await.0, 401, "{door}");
        }
        assert_eq!(office.ask(door, "no dot").await.0, 400);
        let bare = office
            .app
            .http
            .post(format!("{}/meta/{door}", office.app.url));
        assert_eq!(bare.body("{}").send().await.unwrap().status(), 400);
        let long = "x".repeat(20_000);
        assert_eq!(office.ask(door, &long).await.0, 413);
    }
    assert_eq!(
        office.document("channels/FACEBOOK_901").await.unwrap()["state"],
        "CONNECTED"
    );
    let requests: Vec<(String, Value)> =
        documents::list(&office.app.project, "deletion_requests").await;
    assert!(requests.is_empty(), "{requests:?}");
    for code in ["0123456789ABCDEF", "..%2Fusers", "x"] {
        let url = format!("{}/meta/dataDeletion/{code}", office.app.url);
        let (status, page) = office.page(&url, "id").await;
        assert_eq!(status, 404);
        assert!(page.contains("tidak dikenal"), "{page}");
    }
}
