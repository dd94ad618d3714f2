//! Keys: everything is sealed anew while the service runs.

use leadgen_pro::channels::rotate::{Rotated, rotate};
use leadgen_pro::state::AppState;
use serde_json::json;
use simulators::graph::Consent;

use super::lab::*;
use crate::support::{app, documents};

/// The service as it stands after a deployment with other keys.
fn with_keys(lab: &Lab, keys: &str) -> AppState {
    let config = app::config(&lab.app.project, &lab.app.url, &[("CHANNEL_KEYS", keys)]);
    AppState::new(config, lab.app.state.clock.clone()).unwrap()
}

#[tokio::test]
async fn a_rotation_seals_everything_anew_and_the_service_goes_on() {
    let lab = Lab::open_with(&[("CHANNEL_KEYS", &format!("{KEY},{NEXT_KEY}"))]).await;
    let siti = lab.partner().await;
    lab.connect(&siti, Consent::facebook(SITI)).await;
    let token = lab.token(&page_channel()).await;
    let rotating = with_keys(&lab, &format!("{NEXT_KEY},{KEY}"));
    // While it runs, the service reads, and connects an account under the key that it has first.
    let data = lab.back(&siti, Consent::instagram(ALONE)).await;
    let (rotated, connected) = tokio::join!(
        rotate(&rotating),
        lab.app.call(&siti, "connectChannel", data),
    );
    connected.result();
    let rotated = rotated.unwrap();
    assert!(rotated.resealed >= 4, "{rotated:?}");
    assert_eq!(rotated.broken, []);
    let again = rotate(&rotating).await.unwrap();
    assert_eq!(again.resealed + again.current, 5, "{again:?}");
    assert_eq!(
        rotate(&rotating).await.unwrap(),
        Rotated {
            current: 5,
            ..Rotated::default()
        }
    );
    for (id, secret) in documents::list(&lab.app.project, "channel_secrets").await {
        assert_eq!(secret["keyId"], "k2", "{id}");
        if !secret["user"].is_null() {
            assert_eq!(secret["user"]["keyId"], "k2", "{id}");
        }
    }
    assert_eq!(lab.token(&page_channel()).await, token);
    // The old key can go.
    let after = with_keys(&lab, NEXT_KEY);
    let grant = leadgen_pro::channels::secrets::grant(&after, &page_channel()).await;
    assert!(grant.unwrap().is_some());
}

#[tokio::test]
async fn a_key_that_went_too_early_is_named_and_loses_nothing() {
    let lab = Lab::open().await;
    let siti = lab.partner().await;
    lab.connect(&siti, Consent::instagram(ALONE)).await;
    let secret = lab.secret(&alone_channel()).await;
    let without = with_keys(&lab, NEXT_KEY);
    let rotated = rotate(&without).await.unwrap();
    assert_eq!(rotated.broken.len(), 1);
    let (id, error) = &rotated.broken[0];
    assert_eq!(*id, alone_channel());
    assert_eq!(error.to_string(), r#"CHANNEL_KEYS holds no key "k1""#);
    assert_eq!(lab.secret(&alone_channel()).await, secret);
    let error = leadgen_pro::channels::secrets::grant(&without, &alone_channel()).await;
    assert!(error.unwrap_err().source_text().unwrap().contains("k1"));
    // A sealed token moved to another channel is as good as none.
    documents::put(
        &lab.app.project,
        "channel_secrets/INSTAGRAM_1",
        secret.unwrap(),
    )
    .await;
    let rotating = with_keys(&lab, &format!("{NEXT_KEY},{KEY}"));
    let rotated = rotate(&rotating).await.unwrap();
    assert_eq!((rotated.resealed, rotated.broken.len()), (1, 1));
    assert_eq!(
        rotated.broken[0].1.to_string(),
        "the sealed text does not open"
    );
}

#[tokio::test]
async fn no_client_reads_a_sealed_token_or_a_state() {
    let lab = Lab::open().await;
    let siti = lab.partner().await;
    let pusat = lab.app.staff("p1", "PUSAT", None).await;
    lab.begin(&siti, "FACEBOOK").await;
    lab.connect(&siti, Consent::instagram(ALONE)).await;
    let states = documents::list(&lab.app.project, "connect_states").await;
    let host = crate::support::setting("FIRESTORE_EMULATOR_HOST");
    for person in [&siti, &pusat] {
        for path in [
            format!("channel_secrets/{}", alone_channel()),
            format!("connect_states/{}", states[0].0),
        ] {
            let url = format!(
                "http://{host}/v1/projects/{}/databases/(default)/documents/{path}",
                lab.app.project
            );
            let request = lab.app.http.get(url).bearer_auth(&person.token);
            assert_eq!(request.send().await.unwrap().status(), 403, "{path}");
            let written = documents::put_as(
                &person.token,
                &lab.app.project,
                &path,
                json!({ "sealed": "x" }),
            )
            .await;
            assert_eq!(written, 403, "{path}");
        }
    }
}
