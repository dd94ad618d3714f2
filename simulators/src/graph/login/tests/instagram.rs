//! Instagram Login: codes, 60 days, and 60 more.

use jiff::SignedDuration;

use super::super::super::tests::error;
use super::*;

impl Lab {
    async fn instagram_code(&self, code: &str) -> (u16, Value) {
        let url = format!("{}/oauth/access_token", self.graph.host(Host::InstagramApi));
        let form = [
            ("client_id", INSTAGRAM_APP_ID),
            ("client_secret", INSTAGRAM_APP_SECRET),
            ("grant_type", "authorization_code"),
            ("redirect_uri", BACK),
            ("code", code),
        ];
        let answer = self.http.post(url).form(&form).send().await;
        let answer = answer.expect("an answer");
        let status = answer.status().as_u16();
        (status, answer.json().await.expect("JSON"))
    }

    async fn for_60_days(&self, short: &str) -> (u16, Value) {
        let query = [
            ("grant_type", "ig_exchange_token"),
            ("client_secret", INSTAGRAM_APP_SECRET),
            ("access_token", short),
        ];
        self.open(Host::InstagramGraph, "/access_token", &query)
            .await
    }

    async fn refresh(&self, token: &str) -> (u16, Value) {
        let query = [("grant_type", "ig_refresh_token"), ("access_token", token)];
        self.open(Host::InstagramGraph, "/refresh_access_token", &query)
            .await
    }

    async fn instagram_long_lived(&self) -> String {
        let short = self.graph.short_lived_token(&Consent::instagram(ACCOUNT));
        let (status, body) = self.for_60_days(&short).await;
        assert_eq!((status, &body["expires_in"]), (200, &json!(60 * 86_400)));
        token_in(&body)
    }
}

#[tokio::test]
async fn a_code_is_answered_in_all_the_forms_that_were_seen() {
    let lab = lab().await;
    let consent = Consent::instagram(ACCOUNT).redirect_uri(BACK).scopes(&[
        "instagram_business_basic",
        "instagram_business_content_publish",
    ]);
    for form in [
        CodeAnswer::Wrapped,
        CodeAnswer::Flat,
        CodeAnswer::FlatWithList,
    ] {
        lab.graph.answer_logins(Habits {
            code_answer: form,
            ..Habits::default()
        });
        let code = lab.graph.log_in(consent.clone());
        let (status, body) = lab.instagram_code(code.trim_end_matches("#_")).await;
        assert_eq!(status, 200, "{body}");
        let answer = if form == CodeAnswer::Wrapped {
            &body["data"][0]
        } else {
            &body
        };
        assert_eq!(answer["user_id"].to_string(), ACCOUNT);
        let list = answer["permissions"].is_array();
        assert_eq!(list, form == CodeAnswer::FlatWithList);
        token_in(answer);
    }
}

#[tokio::test]
async fn a_code_with_what_the_browser_glued_on_or_used_twice_is_refused_in_this_hosts_own_way() {
    let lab = lab().await;
    let code = lab
        .graph
        .log_in(Consent::instagram(ACCOUNT).redirect_uri(BACK));
    let (status, body) = lab.instagram_code(&code).await;
    assert_eq!((status, &body["code"]), (400, &json!(400)));
    assert!(body["error_message"].is_string());
    let code = code.trim_end_matches("#_");
    assert_eq!(lab.instagram_code(code).await.0, 200);
    assert_eq!(lab.instagram_code(code).await.0, 400);
}

#[tokio::test]
async fn a_facebook_code_is_none_here() {
    let lab = lab().await;
    let code = lab
        .graph
        .log_in(Consent::facebook(PERSON).redirect_uri(BACK));
    assert_eq!(lab.instagram_code(code.trim_end_matches("#_")).await.0, 400);
}

#[tokio::test]
async fn an_account_has_an_id_for_webhooks_and_another_for_the_app() {
    let lab = lab().await;
    let token = lab.instagram_long_lived().await;
    let (status, me) = lab
        .ask(Login::Instagram, &token, "/me?fields=user_id,id,username")
        .await;
    assert_eq!((status, &me["user_id"]), (200, &json!(ACCOUNT)));
    assert_ne!(me["id"], ACCOUNT);
    let (_, body) = lab.ask(Login::Facebook, &token, "/me").await;
    assert_eq!(error(&body), (190, None), "not on the other host");
}

#[tokio::test]
async fn a_token_is_refreshed_between_a_day_and_60_days() {
    let lab = lab().await;
    let token = lab.instagram_long_lived().await;
    let (_, body) = lab.refresh(&token).await;
    assert_eq!(error(&body).0, 100, "too young");
    lab.pass_days(1);
    let (status, body) = lab.refresh(&token).await;
    assert_eq!(status, 200, "{body}");
    let second = token_in(&body);
    assert_ne!(second, token);
    lab.pass_days(59);
    let (_, body) = lab.ask(Login::Instagram, &token, "/me").await;
    assert_eq!(error(&body), (190, Some(463)));
    assert_eq!(lab.ask(Login::Instagram, &second, "/me").await.0, 200);
    assert_eq!(error(&lab.refresh(&token).await.1), (190, Some(463)));
    assert_eq!(lab.refresh(&second).await.0, 200);
}

#[tokio::test]
async fn a_year_of_refreshing_keeps_an_account() {
    let lab = lab().await;
    let mut token = lab.instagram_long_lived().await;
    for _ in 0..8 {
        lab.pass_days(50);
        let (status, body) = lab.refresh(&token).await;
        assert_eq!(status, 200, "{body}");
        token = token_in(&body);
    }
    assert_eq!(lab.ask(Login::Instagram, &token, "/me").await.0, 200);
}

#[tokio::test]
async fn what_is_short_lived_or_withdrawn_is_not_refreshed() {
    let lab = lab().await;
    let short = lab.graph.short_lived_token(&Consent::instagram(ACCOUNT));
    assert_ne!(lab.refresh(&short).await.0, 200);
    lab.graph.clock().advance(SignedDuration::from_hours(1));
    assert_eq!(error(&lab.for_60_days(&short).await.1), (190, Some(463)));
    let token = lab.instagram_long_lived().await;
    lab.pass_days(2);
    lab.graph
        .withdraw_scope(Login::Instagram, ACCOUNT, "instagram_business_basic");
    assert_eq!(error(&lab.refresh(&token).await.1).0, 10);
}

#[tokio::test]
async fn a_password_change_ends_an_account_that_only_a_login_mends() {
    let lab = lab().await;
    let token = lab.instagram_long_lived().await;
    lab.pass_days(2);
    lab.graph
        .invalidate_person(ACCOUNT, Invalidation::PasswordChanged);
    assert_eq!(error(&lab.refresh(&token).await.1), (190, Some(460)));
    let again = lab.instagram_long_lived().await;
    assert_eq!(lab.ask(Login::Instagram, &again, "/me").await.0, 200);
    assert_eq!(lab.ask(Login::Instagram, &token, "/me").await.0, 401);
}
