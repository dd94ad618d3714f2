//! From the button to the token: the state, the address, the code, and what the person did not agree to.

use axum::http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};
use simulators::graph::{CodeAnswer, Consent, Fault, Habits, Plan, Refusal};

use super::lab::*;
use crate::support::documents;

#[tokio::test]
async fn the_dialog_carries_app_address_state_and_scopes() {
    let lab = Lab::open().await;
    let siti = lab.partner().await;
    for (provider, host, id) in [
        (
            "FACEBOOK",
            "/www.facebook.com/v26.0/dialog/oauth",
            simulators::graph::FACEBOOK_APP_ID,
        ),
        (
            "INSTAGRAM",
            "/www.instagram.com/oauth/authorize",
            simulators::graph::INSTAGRAM_APP_ID,
        ),
    ] {
        let begun = lab.begin(&siti, provider).await;
        let url: reqwest::Url = begun["authorizationUrl"].as_str().unwrap().parse().unwrap();
        assert_eq!(url.path(), host);
        let asked: std::collections::HashMap<_, _> = url.query_pairs().into_owned().collect();
        assert_eq!(asked["client_id"], id);
        assert_eq!(asked["redirect_uri"], BACK);
        assert_eq!(asked["response_type"], "code");
        assert_eq!(begun["state"], asked["state"].as_str());
        assert!(asked["state"].len() >= 40);
        let scope = if provider == "FACEBOOK" {
            "leads_retrieval"
        } else {
            "instagram_business_basic"
        };
        assert!(asked["scope"].split(',').any(|one| one == scope));
    }
    let states = documents::list(&lab.app.project, "connect_states").await;
    assert_eq!(states.len(), 2);
}

#[tokio::test]
async fn an_address_that_is_not_on_the_list_is_refused_before_anything_happens() {
    let lab = Lab::open().await;
    let siti = lab.partner().await;
    for address in [
        "https://evil.example/terhubung",
        "https://app.example/terhubung/",
        "https://app.example/terhubung?next=x",
        "https://app.example.evil.example/terhubung",
        "",
    ] {
        let ask = json!({ "provider": "FACEBOOK", "redirectUri": address });
        let refused = lab.app.call(&siti, "beginConnect", ask).await;
        assert_eq!(
            refused.refusal(),
            (
                "INVALID_ARGUMENT".into(),
                "INVALID_FIELD".into(),
                "redirectUri".into()
            )
        );
        let connect =
            json!({ "provider": "FACEBOOK", "code": "c", "state": "s", "redirectUri": address });
        let refused = lab.app.call(&siti, "connectChannel", connect).await;
        assert_eq!(refused.refusal().2, "redirectUri");
    }
    assert!(
        documents::list(&lab.app.project, "connect_states")
            .await
            .is_empty()
    );
    assert_eq!(lab.calls(), Vec::<String>::new());
}

#[tokio::test]
async fn a_state_is_good_once_for_its_person_and_its_purpose() {
    let lab = Lab::open().await;
    let siti = lab.partner().await;
    let neighbour = lab.neighbour().await;
    let invalid = |refused: crate::support::app::Answer| {
        assert_eq!(
            refused.refusal(),
            (
                "INVALID_ARGUMENT".into(),
                "STATE_INVALID".into(),
                "state".into()
            )
        );
    };
    let good = lab.back(&siti, Consent::facebook(SITI)).await;
    let calls = lab.calls().len();
    // Somebody who was made to follow a prepared link does not finish it: the code belongs to another's dialog.
    invalid(
        lab.app
            .call(&neighbour, "connectChannel", good.clone())
            .await,
    );
    let mut other = good.clone();
    other["provider"] = "INSTAGRAM".into();
    invalid(lab.app.call(&siti, "connectChannel", other).await);
    for made_up in ["", "x", &"x".repeat(300)] {
        let mut other = good.clone();
        other["state"] = made_up.into();
        invalid(lab.app.call(&siti, "connectChannel", other).await);
    }
    assert_eq!(lab.calls().len(), calls, "none of these reached Meta");
    assert_eq!(
        lab.app
            .call(&siti, "connectChannel", good.clone())
            .await
            .status,
        200
    );
    invalid(lab.app.call(&siti, "connectChannel", good).await);
    let late = lab.back(&siti, Consent::facebook(SITI)).await;
    lab.pass(SignedDuration::from_mins(10));
    invalid(lab.app.call(&siti, "connectChannel", late).await);
}

#[tokio::test]
async fn of_two_calls_with_one_state_one_goes_on() {
    let lab = Lab::open().await;
    let siti = lab.partner().await;
    let data = lab.back(&siti, Consent::facebook(SITI)).await;
    let (one, other) = tokio::join!(
        lab.app.call(&siti, "connectChannel", data.clone()),
        lab.app.call(&siti, "connectChannel", data),
    );
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400]);
}

#[tokio::test]
async fn the_fields_are_checked_and_named() {
    let lab = Lab::open().await;
    let siti = lab.partner().await;
    for (data, field) in [
        (json!({ "provider": "TIKTOK", "code": "c" }), "provider"),
        (json!({ "provider": "FACEBOOK" }), "code"),
        (
            json!({ "provider": "FACEBOOK", "code": "c", "state": "s" }),
            "redirectUri",
        ),
        (
            json!({ "provider": "FACEBOOK", "code": "c", "redirectUri": BACK }),
            "state",
        ),
        (
            json!({ "provider": "FACEBOOK", "code": "c", "shortLivedToken": "t" }),
            "shortLivedToken",
        ),
        (
            json!({ "provider": "FACEBOOK", "code": "a b", "state": "s", "redirectUri": BACK }),
            "code",
        ),
        (
            json!({ "provider": "FACEBOOK", "shortLivedToken": "" }),
            "shortLivedToken",
        ),
        (
            json!({ "provider": "FACEBOOK", "shortLivedToken": "x".repeat(5_000) }),
            "shortLivedToken",
        ),
        (
            json!({ "provider": "FACEBOOK", "shortLivedToken": "t", "ownerId": "m2" }),
            "ownerId",
        ),
    ] {
        let refused = lab.app.call(&siti, "connectChannel", data.clone()).await;
        assert_eq!(
            (refused.refusal().0.as_str(), refused.refusal().2.as_str()),
            ("INVALID_ARGUMENT", field),
            "{data}"
        );
    }
    assert_eq!(lab.calls(), Vec::<String>::new());
}

#[tokio::test]
async fn somebody_without_a_place_cannot_begin() {
    let lab = Lab::open().await;
    let nobody = lab.app.staff("m9", "MITRA", None).await;
    let ask = json!({ "provider": "FACEBOOK", "redirectUri": BACK });
    assert_eq!(
        lab.app.call(&nobody, "beginConnect", ask).await.code(),
        "PERMISSION_DENIED"
    );
    let token = lab.meta.short_lived_token(&Consent::facebook(SITI));
    let data = json!({ "provider": "FACEBOOK", "shortLivedToken": token });
    assert_eq!(
        lab.app.call(&nobody, "connectChannel", data).await.code(),
        "PERMISSION_DENIED"
    );
    assert_eq!(lab.calls(), Vec::<String>::new());
    assert!(
        documents::list(&lab.app.project, "channels")
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn instagram_answers_in_three_forms_and_all_are_understood() {
    let lab = Lab::open().await;
    let siti = lab.partner().await;
    for answer in [
        CodeAnswer::Wrapped,
        CodeAnswer::Flat,
        CodeAnswer::FlatWithList,
    ] {
        lab.meta.answer_logins(Habits {
            code_answer: answer,
            ..Habits::default()
        });
        let consent = Consent::instagram(ALONE).declined(&["instagram_business_manage_comments"]);
        let connected = lab.connect(&siti, consent).await;
        let one = &connected[alone_channel()];
        assert_eq!(
            one["features"],
            json!({ "posting": true, "messages": true, "comments": false }),
            "{one}"
        );
        assert_eq!(
            one["missing"][0]["scopes"],
            json!(["instagram_business_manage_comments"])
        );
        let channel = lab.channel(&alone_channel()).await;
        assert_ne!(
            channel["grantedBy"], ALONE,
            "Meta's callbacks name the app-scoped id"
        );
        assert!(channel["grantedBy"].is_string());
    }
}

#[tokio::test]
async fn a_short_lived_token_will_do() {
    let lab = Lab::open().await;
    let siti = lab.partner().await;
    let token = lab
        .meta
        .short_lived_token(&Consent::facebook(SITI).targets(&[PAGE]));
    let data = json!({ "provider": "FACEBOOK", "shortLivedToken": token });
    let result = lab.app.call(&siti, "connectChannel", data).await.result();
    let connected = by_channel(&result);
    assert_eq!(
        connected.as_object().unwrap().len(),
        2,
        "only the page that was ticked, and what is behind it"
    );
    assert_ne!(lab.token(&page_channel()).await, token);
    // It outlives the short one.
    lab.pass(SignedDuration::from_hours(3));
    lab.next_day().await;
    assert_eq!(lab.channel(&page_channel()).await["state"], "CONNECTED");
}

#[tokio::test]
async fn what_was_not_agreed_to_is_named_and_the_rest_works() {
    let lab = Lab::open().await;
    let siti = lab.partner().await;
    let consent = Consent::facebook(SITI).declined(&["leads_retrieval", "pages_manage_posts"]);
    let connected = lab.connect(&siti, consent).await;
    let page = &connected[page_channel()];
    assert_eq!(page["outcome"], "CONNECTED");
    assert_eq!(
        page["features"],
        json!({ "posting": false, "messages": true, "comments": true, "leads": false })
    );
    let missing: Vec<&str> = page["missing"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["feature"].as_str().unwrap())
        .collect();
    assert_eq!(missing, ["POSTING", "LEADS"]);
    let words = &page["missing"][1]["message"];
    assert!(
        words["en"].as_str().unwrap().contains("reading form leads"),
        "{words}"
    );
    assert!(words["id"].as_str().unwrap().contains("centang"), "{words}");
    let channel = lab.channel(&page_channel()).await;
    assert!(
        !channel["subscribedFields"]
            .as_array()
            .unwrap()
            .contains(&json!("leadgen"))
    );
    assert_eq!(channel["missing"], page["missing"]);
    assert!(
        !lab.calls()
            .iter()
            .any(|call| call.contains("leadgen_forms"))
    );
}

#[tokio::test]
async fn a_page_that_guards_its_leads_says_so_in_words() {
    let lab = Lab::open().await;
    let siti = lab.partner().await;
    let seed = json!({ "pages": [{ "id": PAGE, "name": "Amanah Jakarta", "instagramAccountId": BEHIND_PAGE, "leadsAccessManaged": true }] });
    lab.meta.seed(serde_json::from_value(seed).unwrap());
    let connected = lab.connect(&siti, Consent::facebook(SITI)).await;
    let page = &connected[page_channel()];
    assert_eq!(
        (&page["outcome"], &page["leadAccess"]),
        (&json!("CONNECTED"), &json!("REFUSED"))
    );
    assert_eq!(page["features"]["leads"], false);
    assert_eq!(page["features"]["posting"], true);
    for language in ["id", "en"] {
        let words = page["missing"][0]["message"][language].as_str().unwrap();
        assert!(words.contains("Leads Access Manager"), "{words}");
    }
}

#[tokio::test]
async fn a_consent_that_opens_nothing_says_what_to_do() {
    let lab = Lab::open().await;
    let siti = lab.partner().await;
    let data = lab
        .back(&siti, Consent::facebook(SITI).targets(&["1"]))
        .await;
    let refused = lab.app.call(&siti, "connectChannel", data).await;
    assert_eq!(refused.refusal().1, "NO_ACCOUNTS");
    assert!(
        refused.body["error"]["details"]["message"]
            .as_str()
            .unwrap()
            .contains("centang Halaman")
    );
}

#[tokio::test]
async fn a_code_that_meta_does_not_know_is_the_persons_to_fetch_anew() {
    let lab = Lab::open().await;
    let siti = lab.partner().await;
    for provider in ["FACEBOOK", "INSTAGRAM"] {
        let begun = lab.begin(&siti, provider).await;
        let data = json!({ "provider": provider, "code": "AQB-made-up", "redirectUri": BACK, "state": begun["state"] });
        let refused = lab.app.call(&siti, "connectChannel", data).await;
        assert_eq!(
            refused.refusal(),
            (
                "INVALID_ARGUMENT".into(),
                "CONSENT_REFUSED".into(),
                "code".into()
            ),
            "{provider}"
        );
    }
}

#[tokio::test]
async fn a_fault_of_metas_is_told_as_one_and_leaves_nothing_behind() {
    let lab = Lab::open().await;
    let siti = lab.partner().await;
    for (path, fault) in [
        ("/oauth/access_token", Fault::Gateway { status: 503 }),
        ("/oauth/access_token", Fault::CutAfter),
        (
            "/me/permissions",
            Fault::Refuse {
                refusal: Refusal::new(2),
            },
        ),
        ("/debug_token", Fault::CutBefore),
        (
            "/me/accounts",
            Fault::Refuse {
                refusal: Refusal::new(4),
            },
        ),
    ] {
        lab.meta.fail(Plan::next(&Method::GET, path, fault));
        let data = lab.back(&siti, Consent::facebook(SITI)).await;
        let refused = lab.app.call(&siti, "connectChannel", data).await;
        assert_eq!(
            refused.refusal().0,
            "UNAVAILABLE",
            "{path}: {}",
            refused.body
        );
        assert_eq!(refused.refusal().1, "META_UNAVAILABLE");
        assert!(
            documents::list(&lab.app.project, "channels")
                .await
                .is_empty()
        );
        assert!(
            documents::list(&lab.app.project, "channel_secrets")
                .await
                .is_empty()
        );
        assert_eq!(
            lab.connected_accounts("m1").await["facebook"],
            Value::Bool(false)
        );
    }
    assert_eq!(lab.meta.planned_faults(), 0);
}

#[tokio::test]
async fn without_an_app_or_a_key_nobody_is_sent_to_meta() {
    for missing in ["META_APP_ID", "CHANNEL_KEYS"] {
        let also = if missing == "META_APP_ID" {
            "META_APP_SECRET"
        } else {
            missing
        };
        let lab = Lab::open_with(&[(missing, ""), (also, "")]).await;
        let siti = lab.partner().await;
        let ask = json!({ "provider": "FACEBOOK", "redirectUri": BACK });
        let refused = lab.app.call(&siti, "beginConnect", ask).await;
        assert_eq!(refused.refusal().1, "META_NOT_SET_UP", "{missing}");
    }
}
