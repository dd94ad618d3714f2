//! Facebook Login: from the code to the page, and all the ways to lose it.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;

use super::super::super::tests::error;
use super::*;

fn consent() -> Consent {
    Consent::facebook(PERSON).redirect_uri(BACK)
}

#[tokio::test]
async fn a_code_becomes_a_token_once_and_only_at_the_address_it_was_given_for() {
    let lab = lab().await;
    let code = lab.graph.log_in(consent());
    let code = code.strip_suffix("#_").expect("what browsers glue on");
    let (_, body) = lab.facebook_code(code, "https://app.example/masuk").await;
    assert_eq!(error(&body), (100, Some(36_008)));
    let (_, body) = lab.facebook_code(&format!("{code}#_"), BACK).await;
    assert_eq!(error(&body).0, 100);
    let (status, body) = lab.facebook_code(code, BACK).await;
    assert_eq!(
        status, 200,
        "the refused attempts have not used it up: {body}"
    );
    assert_eq!(body["expires_in"], 7200);
    let me = lab.read(&token_in(&body), "/me?fields=id,name").await;
    assert_eq!(me, json!({ "id": PERSON, "name": "Siti" }));
    let (_, body) = lab.facebook_code(code, BACK).await;
    assert_eq!(error(&body), (100, Some(36_009)));
}

#[tokio::test]
async fn a_code_waits_an_hour() {
    let lab = lab().await;
    let code = lab.graph.log_in(consent());
    lab.graph.clock().advance(SignedDuration::from_hours(1));
    let (_, body) = lab.facebook_code(code.trim_end_matches("#_"), BACK).await;
    assert_eq!(error(&body), (100, Some(36_007)));
}

#[tokio::test]
async fn the_apps_secret_is_needed_and_is_its_own_token() {
    let lab = lab().await;
    let ask = |id, secret| {
        let query = [
            ("client_id", id),
            ("client_secret", secret),
            ("grant_type", "client_credentials"),
        ];
        let lab = &lab;
        async move { lab.open(Host::Graph, "/oauth/access_token", &query).await }
    };
    let (_, body) = ask(FACEBOOK_APP_ID, "wrong").await;
    assert_eq!(error(&body).0, 1);
    let (_, body) = ask("1", FACEBOOK_APP_SECRET).await;
    assert_eq!(error(&body).0, 101);
    let (_, body) = ask(FACEBOOK_APP_ID, FACEBOOK_APP_SECRET).await;
    assert_eq!(
        token_in(&body),
        format!("{FACEBOOK_APP_ID}|{FACEBOOK_APP_SECRET}")
    );
}

#[tokio::test]
async fn a_page_token_outlives_the_long_lived_token_that_it_came_from() {
    let lab = lab().await;
    let token = lab.long_lived(consent()).await;
    let page = lab.page_token(&token).await;
    assert_eq!(
        page,
        lab.page_token(&token).await,
        "one for person and page"
    );
    lab.pass_days(59);
    lab.read(&token, "/me").await;
    lab.pass_days(1);
    let (status, body) = lab.ask(Login::Facebook, &token, "/me").await;
    assert_eq!((status, error(&body)), (401, (190, Some(463))));
    assert_eq!(error(&lab.exchange(&token).await.1), (190, Some(463)));
    lab.read(&page, &format!("/{PAGE}?fields=name")).await;
}

#[tokio::test]
async fn a_page_token_of_a_short_lived_token_ends_with_it() {
    let lab = lab().await;
    let short = lab.graph.short_lived_token(&consent());
    let page = lab.page_token(&short).await;
    lab.graph.clock().advance(SignedDuration::from_hours(2));
    let (_, body) = lab.ask(Login::Facebook, &page, &format!("/{PAGE}")).await;
    assert_eq!(error(&body), (190, Some(463)));
}

#[tokio::test]
async fn an_exchange_extends_or_keeps_the_end_and_may_not_tell_it() {
    let lab = lab().await;
    let token = lab.long_lived(consent()).await;
    lab.pass_days(50);
    let (_, body) = lab.exchange(&token).await;
    assert_eq!(body["expires_in"], 60 * 86_400);
    lab.graph.answer_logins(Habits {
        exchange_extends: false,
        tells_expiry: false,
        ..Habits::default()
    });
    let (_, body) = lab.exchange(&token).await;
    assert_eq!(body.get("expires_in"), None);
    let known = lab.graph.token(&token_in(&body)).expect("known");
    let old = lab.graph.token(&token).expect("known");
    assert_eq!(known.expires_at, old.expires_at);
}

#[tokio::test]
async fn tokens_die_of_what_people_do_each_with_its_number() {
    type Way = (&'static str, fn(&Graph));
    let lab = lab().await;
    let path = format!("/{PAGE}");
    let ways: [Way; 5] = [
        ("460", |graph| {
            graph.invalidate_person(PERSON, Invalidation::PasswordChanged);
        }),
        ("458", |graph| graph.remove_app(Login::Facebook, PERSON)),
        ("467", |graph| {
            graph.invalidate_person(PERSON, Invalidation::LoggedOut);
        }),
        ("459", |graph| {
            graph.invalidate_person(PERSON, Invalidation::Checkpoint);
        }),
        ("492", |graph| graph.take_role(PERSON, PAGE)),
    ];
    for (subcode, happens) in ways {
        lab.graph.give_role(PERSON, PAGE, &["MANAGE"]);
        let token = lab.long_lived(consent()).await;
        let page = lab.page_token(&token).await;
        lab.read(&page, &path).await;
        happens(&lab.graph);
        let (status, body) = lab.ask(Login::Facebook, &page, &path).await;
        let expected = (190, subcode.parse().ok());
        assert_eq!((status, error(&body)), (401, expected), "{subcode}");
        let person = lab.ask(Login::Facebook, &token, "/me").await.0;
        let role_alone = subcode == "492";
        assert_eq!(person == 200, role_alone, "{subcode}");
    }
}

#[tokio::test]
async fn a_checkpoint_can_be_passed() {
    let lab = lab().await;
    let token = lab.long_lived(consent()).await;
    lab.graph
        .invalidate_person(PERSON, Invalidation::Checkpoint);
    assert_eq!(lab.ask(Login::Facebook, &token, "/me").await.0, 401);
    lab.graph.restore_person(PERSON);
    lab.read(&token, "/me").await;
}

#[tokio::test]
async fn what_was_unticked_is_declined_and_hides_what_it_opens() {
    let lab = lab().await;
    let some = consent().declined(&["instagram_basic"]).targets(&[PAGE]);
    let token = lab.long_lived(some).await;
    let permissions = lab.read(&token, "/me/permissions").await;
    let rows = permissions["data"].as_array().expect("rows");
    assert!(rows.contains(&json!({ "permission": "instagram_basic", "status": "declined" })));
    assert!(rows.contains(&json!({ "permission": "pages_show_list", "status": "granted" })));
    let path = "/me/accounts?fields=name,instagram_business_account{id,username},tasks";
    let pages = lab.read(&token, path).await;
    assert_eq!(names(&pages, "id"), [PAGE]);
    assert_eq!(pages["data"][0].get("instagram_business_account"), None);
    assert_eq!(
        pages["data"][0]["tasks"],
        json!(["CREATE_CONTENT", "MANAGE"])
    );
    lab.graph
        .withdraw_scope(Login::Facebook, PERSON, "pages_show_list");
    let (_, body) = lab.ask(Login::Facebook, &token, path).await;
    assert_eq!(error(&body).0, 200);
}

#[tokio::test]
async fn pages_come_in_pages_and_those_of_a_business_may_hide() {
    let lab = lab().await;
    let token = lab.long_lived(consent()).await;
    let first = lab.read(&token, "/me/accounts?limit=1").await;
    assert_eq!(names(&first, "id"), [PAGE]);
    let after = first["paging"]["cursors"]["after"]
        .as_str()
        .expect("a cursor");
    let second = lab
        .read(&token, &format!("/me/accounts?limit=1&after={after}"))
        .await;
    assert_eq!(names(&second, "id"), [SECOND]);
    assert_eq!(second["paging"].get("next"), None);
    assert_eq!(
        names(&lab.read(&token, "/me/businesses").await, "name"),
        ["Amanah"]
    );
    assert_eq!(
        names(&lab.read(&token, "/500/owned_pages?fields=id").await, "id"),
        [SECOND]
    );
    let hiding = json!({ "businesses": [{ "id": "500", "people": [PERSON], "ownedPages": [SECOND], "hidesPages": true }] });
    lab.graph
        .seed(serde_json::from_value(hiding).expect("a seed"));
    assert_eq!(names(&lab.read(&token, "/me/accounts").await, "id"), [PAGE]);
}

#[tokio::test]
async fn numbers_are_found_by_way_of_the_business() {
    let lab = lab().await;
    let token = lab.long_lived(consent()).await;
    let accounts = lab
        .read(&token, "/500/owned_whatsapp_business_accounts")
        .await;
    assert_eq!(names(&accounts, "id"), ["300200000000001"]);
    let numbers = lab.read(&token, "/300200000000001/phone_numbers").await;
    assert_eq!(names(&numbers, "display_phone_number"), ["628700000001"]);
}

#[tokio::test]
async fn debug_tells_an_app_all_about_its_tokens_and_nobody_else() {
    let lab = lab().await;
    let token = lab.long_lived(consent().targets(&[PAGE])).await;
    let page = lab.page_token(&token).await;
    let app = format!("{FACEBOOK_APP_ID}|{FACEBOOK_APP_SECRET}");
    let debug = |input: String| {
        let (lab, app) = (&lab, &app);
        async move {
            lab.read(app, &format!("/debug_token?input_token={input}"))
                .await["data"]
                .clone()
        }
    };
    let about = debug(token.clone()).await;
    assert_eq!(
        (&about["type"], &about["is_valid"]),
        (&json!("USER"), &json!(true))
    );
    let now = lab.graph.now().as_second();
    assert_eq!(about["expires_at"], now + 60 * 86_400);
    assert_eq!(about["data_access_expires_at"], now + 90 * 86_400);
    let granular = about["granular_scopes"].as_array().expect("scopes");
    assert!(granular.contains(&json!({ "scope": "leads_retrieval", "target_ids": [PAGE] })));
    let about = debug(page.clone()).await;
    assert_eq!(
        (&about["expires_at"], &about["profile_id"]),
        (&json!(0), &json!(PAGE))
    );
    assert_eq!(about["user_id"], PERSON);
    lab.graph.take_role(PERSON, PAGE);
    let about = debug(page).await;
    assert_eq!(
        (&about["is_valid"], &about["error"]["subcode"]),
        (&json!(false), &json!(492))
    );
    assert_eq!(debug("EAAnone".to_owned()).await["is_valid"], false);
    let (_, body) = lab
        .ask(
            Login::Facebook,
            &token,
            &format!("/debug_token?input_token={token}"),
        )
        .await;
    assert_eq!(error(&body).0, 100);
}

#[tokio::test]
async fn a_signed_request_is_signed_over_its_encoded_payload() {
    let lab = lab().await;
    let signed = lab.graph.signed_request(Login::Facebook, PERSON);
    let (signature, payload) = signed.split_once('.').expect("two parts");
    let key = hmac::Key::new(hmac::HMAC_SHA256, FACEBOOK_APP_SECRET.as_bytes());
    let signature = URL_SAFE_NO_PAD.decode(signature).expect("base64");
    hmac::verify(&key, payload.as_bytes(), &signature).expect("a signature of the app's");
    let payload = URL_SAFE_NO_PAD.decode(payload).expect("base64");
    let payload: Value = serde_json::from_slice(&payload).expect("JSON");
    assert_eq!(payload["user_id"], PERSON);
    assert_eq!(payload["algorithm"], "HMAC-SHA256");
}
