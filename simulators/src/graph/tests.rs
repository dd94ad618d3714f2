//! The core's contract, held to by real HTTP: tokens, proof, rights, limits, faults, the journal.

use axum::http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::access::hmac_hex;
use super::*;

mod leads;
mod media;
mod messages;
mod subscriptions;
mod webhooks;

const FORM: &str = "510000000000001";
pub(super) const PAGE: &str = "200100000000001";
pub(super) const ACCOUNT: &str = "17841499000000002";

pub(super) struct Lab {
    pub(super) graph: Server,
    pub(super) http: reqwest::Client,
}

impl Lab {
    #[expect(clippy::disallowed_methods, reason = "a client of the test's own")]
    pub(super) async fn start() -> Self {
        let start = "2026-11-23T03:00:00Z".parse().expect("a time");
        let graph = Server::start(Clock::manual(start)).await.expect("a port");
        graph.seed(seed());
        Self {
            graph,
            http: reqwest::Client::new(),
        }
    }

    pub(super) async fn send(
        &self,
        method: Method,
        login: Login,
        token: &str,
        path: &str,
    ) -> (u16, Value) {
        let response = self.request(method, login, token, path).send().await;
        let response = response.expect("an answer");
        let status = response.status().as_u16();
        (status, response.json().await.expect("JSON"))
    }

    pub(super) fn request(
        &self,
        method: Method,
        login: Login,
        token: &str,
        path: &str,
    ) -> reqwest::RequestBuilder {
        let host = match login {
            Login::Facebook => Host::Graph,
            Login::Instagram => Host::InstagramGraph,
        };
        let proof = hmac_hex(&self.graph.app(login).secret, token.as_bytes());
        let url = format!("{}/v26.0{path}", self.graph.host(host));
        self.http
            .request(method, url)
            .query(&[("appsecret_proof", proof.as_str())])
            .bearer_auth(token)
    }

    async fn get(&self, token: &str, path: &str) -> (u16, Value) {
        self.send(Method::GET, Login::Facebook, token, path).await
    }

    /// A call with a JSON body.
    async fn post(&self, login: Login, token: &str, path: &str, body: &Value) -> (u16, Value) {
        let request = self.request(Method::POST, login, token, path).json(body);
        let response = request.send().await.expect("an answer");
        let status = response.status().as_u16();
        (status, response.json().await.expect("JSON"))
    }

    async fn page(&self, token: &str) -> (u16, Value) {
        let path = format!("/{PAGE}?fields=name");
        self.send(Method::GET, Login::Facebook, token, &path).await
    }
}

pub(super) fn seed() -> Seed {
    serde_json::from_value(json!({
        "pages": [{ "id": PAGE, "name": "Amanah Wisata", "instagramAccountId": "17841499000000001" }, { "id": "200100000000002" }],
        "instagramAccounts": [{ "id": ACCOUNT, "username": "amanah.wisata" }],
        "whatsappBusinessAccounts": [{ "id": "300200000000001", "phoneNumbers": [
            { "phoneNumberId": "400300000000001", "displayPhoneNumber": "628700000001" },
        ] }],
        "leadForms": [{ "id": FORM, "pageId": PAGE, "name": "Umrah Ramadan", "questions": [
            { "key": "full_name", "label": "Nama lengkap", "type": "FULL_NAME" },
            { "key": "kapan_berangkat?", "label": "Kapan berangkat?" },
        ] }],
        "people": [{ "id": "10", "name": "Ahmad", "pages": { PAGE: ["MANAGE"] } }],
    }))
    .expect("a seed")
}

pub(super) fn error(body: &Value) -> (i64, Option<i64>) {
    let error = &body["error"];
    (
        error["code"].as_i64().expect("a code"),
        error["error_subcode"].as_i64(),
    )
}

#[tokio::test]
async fn a_proved_token_reads_its_own_page_and_no_other() {
    let lab = Lab::start().await;
    let token = lab.graph.page_token(PAGE);
    let (status, body) = lab.page(&token).await;
    assert_eq!(
        (status, body),
        (200, json!({ "id": PAGE, "name": "Amanah Wisata" }))
    );
    let other = lab
        .send(Method::GET, Login::Facebook, &token, "/200100000000002")
        .await;
    assert_eq!((other.0, error(&other.1)), (400, (100, Some(33))));
    assert_eq!(other.1["error"]["type"], "GraphMethodException");
}

#[tokio::test]
async fn each_login_has_its_own_host_and_its_own_secret() {
    let lab = Lab::start().await;
    let token = lab.graph.instagram_token(ACCOUNT);
    let path = "/me?fields=user_id,username";
    let (status, body) = lab.send(Method::GET, Login::Instagram, &token, path).await;
    assert_eq!((status, &body["user_id"]), (200, &json!(ACCOUNT)));
    assert_ne!(body["id"], body["user_id"]);
    let (status, body) = lab.send(Method::GET, Login::Facebook, &token, path).await;
    assert_eq!((status, error(&body)), (401, (190, None)));
}

#[tokio::test]
async fn calls_without_proof_or_with_a_wrong_one_are_refused() {
    let lab = Lab::start().await;
    let token = lab.graph.page_token(PAGE);
    let url = format!("{}/{PAGE}", lab.graph.host(Host::Graph));
    for query in [vec![], vec![("appsecret_proof", "00")]] {
        let response = lab
            .http
            .get(&url)
            .query(&query)
            .bearer_auth(&token)
            .send()
            .await;
        let body: Value = response.expect("an answer").json().await.expect("JSON");
        assert_eq!(error(&body), (100, None));
        let message = body["error"]["message"].as_str().expect("a message");
        assert!(message.contains("appsecret_proof"), "{message}");
    }
    assert_eq!(lab.graph.effects(&Method::GET, "/*"), 0);
}

#[tokio::test]
async fn a_token_dies_of_time_of_its_person_and_of_being_invalidated() {
    let lab = Lab::start().await;
    let mut short = Token::new(TokenKind::Page, PAGE);
    short.expires_at = Some(lab.graph.now() + SignedDuration::from_hours(1));
    let short = lab.graph.issue(short);
    let persons = lab
        .graph
        .issue(Token::new(TokenKind::Page, PAGE).granted_by("10"));
    assert_eq!(lab.page(&short).await.0, 200);
    assert_eq!(lab.page(&persons).await.0, 200);
    lab.graph.clock().advance(SignedDuration::from_hours(1));
    let mut jobless = seed();
    jobless.people[0].pages.clear();
    lab.graph.seed(jobless);
    let (status, body) = lab.page(&short).await;
    assert_eq!((status, error(&body)), (401, (190, Some(463))));
    assert_eq!(error(&lab.page(&persons).await.1), (190, Some(492)));
    let changed = lab.graph.page_token(PAGE);
    assert!(
        lab.graph
            .invalidate(&changed, Invalidation::PasswordChanged)
    );
    assert_eq!(error(&lab.page(&changed).await.1), (190, Some(460)));
}

#[tokio::test]
async fn limits_are_told_before_they_bind_and_end_with_the_window() {
    let lab = Lab::start().await;
    let token = lab.graph.page_token(PAGE);
    lab.graph.limit(UseCase::Pages, PAGE, 2);
    let path = format!("/{PAGE}");
    let request = || {
        lab.request(Method::GET, Login::Facebook, &token, &path)
            .send()
    };
    let first = request().await.expect("an answer");
    let usage = |response: &reqwest::Response| -> Value {
        let header = &response.headers()["x-business-use-case-usage"];
        serde_json::from_slice(header.as_bytes()).expect("JSON")
    };
    assert_eq!(usage(&first)[PAGE][0]["call_count"], 50);
    assert!(first.headers().contains_key("x-app-usage"));
    request().await.expect("an answer");
    let third = request().await.expect("an answer");
    assert_eq!(
        usage(&third)[PAGE][0]["estimated_time_to_regain_access"],
        24 * 60
    );
    let body = third.json().await.expect("JSON");
    assert_eq!(error(&body), (80_001, None));
    lab.graph.clock().advance(SignedDuration::from_hours(24));
    assert_eq!(request().await.expect("an answer").status(), 200);
}

#[tokio::test]
async fn faults_meet_the_call_they_are_meant_for_and_effects_are_counted() {
    let lab = Lab::start().await;
    let token = lab.graph.page_token(PAGE);
    let plan = |fault| Plan::next(&Method::GET, "/*", fault);
    let effects = || lab.graph.effects(&Method::GET, "/*");

    lab.graph.fail(
        plan(Fault::Refuse {
            refusal: Refusal::new(2),
        })
        .nth(2),
    );
    assert_eq!(lab.page(&token).await.0, 200);
    let (status, body) = lab.page(&token).await;
    assert_eq!((status, error(&body), effects()), (503, (2, None), 1));
    assert_eq!(body["error"]["is_transient"], true);

    for (fault, after) in [(Fault::CutBefore, 1), (Fault::CutAfter, 2)] {
        lab.graph.fail(plan(fault));
        let path = format!("/{PAGE}");
        let broken = lab
            .request(Method::GET, Login::Facebook, &token, &path)
            .send()
            .await;
        let broken = broken.expect_err("the connection breaks");
        assert!(
            !broken.is_timeout() && broken.status().is_none(),
            "{broken:?}"
        );
        assert_eq!(effects(), after);
    }

    lab.graph.fail(plan(Fault::Twice));
    assert_eq!(lab.page(&token).await.0, 200);
    assert_eq!(effects(), 4);

    lab.graph.fail(plan(Fault::OkWithError {
        refusal: Refusal::new(-1).subcode(2_207_001),
    }));
    let (status, body) = lab.page(&token).await;
    assert_eq!((status, error(&body)), (200, (-1, Some(2_207_001))));

    lab.graph.fail(plan(Fault::RefuseAfter {
        refusal: Refusal::new(1),
    }));
    assert_eq!(lab.page(&token).await.0, 500);
    lab.graph
        .fail(plan(Fault::Gateway { status: 502 }).times(2));
    for _ in 0..2 {
        let path = format!("/{PAGE}");
        let response = lab
            .request(Method::GET, Login::Facebook, &token, &path)
            .send()
            .await;
        assert_eq!(response.expect("an answer").status(), 502);
    }
    assert_eq!((effects(), lab.graph.planned_faults()), (5, 0));
}

#[tokio::test]
async fn a_late_answer_waits_for_the_clock_and_its_effect_does_not() {
    let lab = Lab::start().await;
    let token = lab.graph.page_token(PAGE);
    lab.graph
        .fail(Plan::next(&Method::GET, "/*", Fault::Late { ms: 30_000 }));
    let advance = async {
        let call = lab.graph.call(|call| call.effects == 1).await;
        assert_eq!(call.status, 0, "it has not been answered yet");
        lab.graph.clock().advance(SignedDuration::from_secs(30));
    };
    let (answer, ()) = tokio::join!(lab.page(&token), advance);
    assert_eq!(answer.0, 200);
    assert_eq!(lab.graph.calls()[0].status, 200);
}

#[tokio::test]
async fn the_journal_keeps_no_secret_parameter_and_the_control_surface_does_the_same_as_the_handle()
{
    let lab = Lab::start().await;
    let url = lab.graph.url();
    let post = async |path: &str, body: Value| -> Value {
        let response = lab
            .http
            .post(format!("{url}/_control{path}"))
            .json(&body)
            .send()
            .await;
        response.expect("an answer").json().await.expect("JSON")
    };
    post("/seed", json!({ "pages": [{ "id": "7", "name": "Baru" }] })).await;
    let issued = post(
        "/tokens",
        json!({ "kind": "PAGE", "owner": "7", "scopes": [] }),
    )
    .await;
    let token = issued["token"].as_str().expect("a token");
    let fault = json!({ "is": "refuse", "refusal": { "code": 4 } });
    post(
        "/faults",
        json!({ "method": "GET", "path": "/7", "fault": fault }),
    )
    .await;
    let (status, body) = lab.send(Method::GET, Login::Facebook, token, "/7").await;
    assert_eq!((status, error(&body)), (403, (4, None)));
    let (status, _) = lab.send(Method::GET, Login::Facebook, token, "/7").await;
    assert_eq!(status, 200);
    let calls = lab.http.get(format!("{url}/_control/calls")).send().await;
    let calls: Value = calls.expect("an answer").json().await.expect("JSON");
    assert_eq!(calls[1]["effects"], 1);
    assert_eq!(calls[1]["path"], "/7");
    assert_eq!(calls[1]["version"], "v26.0");
    assert_eq!(calls[1]["parameters"], json!({}));
}

#[tokio::test]
async fn an_unknown_path_gets_metas_error_shape() {
    let lab = Lab::start().await;
    for path in ["/v26.0/nowhere/at/all", "/graph.facebook.com"] {
        let response = lab
            .http
            .get(format!("{}{path}", lab.graph.url()))
            .send()
            .await;
        let response = response.expect("an answer");
        assert_eq!(response.status(), 400, "{path}");
        let body: Value = response.json().await.expect("JSON");
        assert_eq!(error(&body), (2500, None));
        assert_eq!(body["error"]["type"], "OAuthException");
    }
}
