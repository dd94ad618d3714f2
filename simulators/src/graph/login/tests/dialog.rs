//! The dialogs as a browser meets them.

use super::*;

impl Lab {
    /// Where a dialog sends the browser, or what it shows.
    #[expect(
        clippy::disallowed_methods,
        reason = "a browser of the test's own, which shows where it is sent"
    )]
    async fn browse(
        &self,
        host: Host,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<reqwest::Url, String> {
        let browser = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        let browser = browser.build().expect("a client");
        let url = format!("{}{path}", self.graph.host(host));
        let answer = browser.get(url).query(query).send().await;
        let answer = answer.expect("an answer");
        match answer.headers().get("location") {
            Some(to) => {
                let to = to.to_str().expect("ASCII");
                Ok(reqwest::Url::parse(to).expect("an address"))
            }
            None => Err(answer.text().await.expect("text")),
        }
    }
}

fn parameter(url: &reqwest::Url, name: &str) -> Option<String> {
    let mut pairs = url.query_pairs();
    pairs
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

const DIALOG: &str = "/v26.0/dialog/oauth";

#[tokio::test]
async fn a_person_unticks_a_box_and_comes_back_with_a_code() {
    let lab = lab().await;
    let asked = [
        ("client_id", FACEBOOK_APP_ID),
        ("redirect_uri", BACK),
        ("state", "s1&<>"),
        ("scope", "pages_show_list,instagram_basic"),
    ];
    let shown = lab
        .browse(Host::Facebook, DIALOG, &asked)
        .await
        .unwrap_err();
    assert!(shown.contains("Siti") && shown.contains("scope:instagram_basic"));
    assert!(shown.contains("s1&amp;&lt;&gt;"), "{shown}");
    let mut answered = asked.to_vec();
    let target = format!("target:{PAGE}");
    answered.extend([
        ("answer", "allow"),
        ("subject", PERSON),
        ("scope:pages_show_list", "on"),
        (target.as_str(), "on"),
    ]);
    let to = lab
        .browse(Host::Facebook, DIALOG, &answered)
        .await
        .expect("a redirect");
    assert!(to.as_str().starts_with(BACK), "{to}");
    assert_eq!(to.fragment(), Some("_=_"));
    assert_eq!(parameter(&to, "state").as_deref(), Some("s1&<>"));
    let code = parameter(&to, "code").expect("a code");
    let (status, body) = lab.facebook_code(&code, BACK).await;
    assert_eq!(status, 200, "{body}");
    let token = lab.graph.token(&token_in(&body)).expect("known");
    assert!(token.may("pages_show_list") && !token.may("instagram_basic"));
    assert_eq!(token.targets, Some([PAGE.to_owned()].into()));
}

#[tokio::test]
async fn one_can_refuse_and_foreign_addresses_are_blocked() {
    let lab = lab().await;
    let denied = [
        ("client_id", INSTAGRAM_APP_ID),
        ("redirect_uri", BACK),
        ("state", "s2"),
        ("answer", "deny"),
    ];
    let ask = |path: &'static str, query: [(&'static str, &'static str); 4]| {
        let lab = &lab;
        async move { lab.browse(Host::Instagram, path, &query).await }
    };
    let to = ask("/oauth/authorize", denied).await.expect("a redirect");
    assert_eq!(parameter(&to, "error").as_deref(), Some("access_denied"));
    assert_eq!(parameter(&to, "code"), None);
    lab.graph.change_app(Login::Instagram, |app| {
        app.redirect_uris = vec!["https://app.example/lain".to_owned()];
    });
    let blocked = ask("/oauth/authorize", denied).await.unwrap_err();
    assert!(blocked.starts_with("URL blocked"), "{blocked}");
}
