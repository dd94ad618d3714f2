//! Both logins, held to by real HTTP over simulated days.

mod dialog;
mod facebook;
mod instagram;

use axum::http::Method;
use serde_json::{Value, json};

use super::super::tests::{ACCOUNT, Lab, PAGE};
use super::super::*;

const PERSON: &str = "7001";
const SECOND: &str = "200100000000002";
const BACK: &str = "https://app.example/masuk?from=meta";

/// A person with two pages, one of which has an Instagram account.
async fn lab() -> Lab {
    let lab = Lab::start().await;
    let seed = json!({
        "people": [{ "id": PERSON, "name": "Siti", "pages": {
            PAGE: ["MANAGE", "CREATE_CONTENT"], SECOND: ["ANALYZE"],
        }, "whatsappBusinessAccounts": ["300200000000001"] }],
        "businesses": [{ "id": "500", "name": "Amanah", "people": [PERSON], "ownedPages": [SECOND],
            "whatsappBusinessAccounts": ["300200000000001"] }],
    });
    lab.graph
        .seed(serde_json::from_value(seed).expect("a seed"));
    lab
}

impl Lab {
    /// A call with the app's secret instead of a token.
    async fn open(&self, host: Host, path: &str, query: &[(&str, &str)]) -> (u16, Value) {
        let url = format!("{}{path}", self.graph.host(host));
        let answer = self.http.get(url).query(query).send().await;
        let answer = answer.expect("an answer");
        let status = answer.status().as_u16();
        (status, answer.json().await.expect("JSON"))
    }

    async fn facebook_code(&self, code: &str, back: &str) -> (u16, Value) {
        let query = [
            ("client_id", FACEBOOK_APP_ID),
            ("client_secret", FACEBOOK_APP_SECRET),
            ("redirect_uri", back),
            ("code", code),
        ];
        self.open(Host::Graph, "/v26.0/oauth/access_token", &query)
            .await
    }

    async fn exchange(&self, token: &str) -> (u16, Value) {
        let query = [
            ("grant_type", "fb_exchange_token"),
            ("client_id", FACEBOOK_APP_ID),
            ("client_secret", FACEBOOK_APP_SECRET),
            ("fb_exchange_token", token),
        ];
        self.open(Host::Graph, "/oauth/access_token", &query).await
    }

    /// A person's token for 60 days.
    async fn long_lived(&self, consent: Consent) -> String {
        let short = self.graph.short_lived_token(&consent);
        let (status, body) = self.exchange(&short).await;
        assert_eq!(status, 200, "{body}");
        token_in(&body)
    }

    async fn ask(&self, login: Login, token: &str, path: &str) -> (u16, Value) {
        self.send(Method::GET, login, token, path).await
    }

    async fn read(&self, token: &str, path: &str) -> Value {
        let (status, body) = self.ask(Login::Facebook, token, path).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    async fn page_token(&self, token: &str) -> String {
        let path = format!("/{PAGE}?fields=access_token");
        token_in(&self.read(token, &path).await)
    }

    fn pass_days(&self, days: i64) {
        self.graph
            .clock()
            .advance(jiff::SignedDuration::from_hours(24 * days));
    }
}

fn token_in(body: &Value) -> String {
    body["access_token"]
        .as_str()
        .unwrap_or_else(|| panic!("a token in {body}"))
        .to_owned()
}

fn names(body: &Value, field: &str) -> Vec<String> {
    let rows = body["data"].as_array().expect("rows").iter();
    rows.map(|row| row[field].as_str().expect("a name").to_owned())
        .collect()
}
