//! What the small steps of every request cost: `cargo bench`.
#![expect(
    clippy::disallowed_methods,
    reason = "a bench stands outside the service: it makes its own client, server and tokens of this hour"
)]

#[expect(dead_code, reason = "the benches need a part of what the tests do")]
#[path = "../tests/it/support"]
mod support {
    pub(crate) mod key_server;
    pub(crate) mod signing_key;
}

fn main() {
    divan::main();
}

/// Verification of an ID token, its claims parsed.
mod token {
    use divan::Bencher;
    use divan::counter::ItemsCount;
    use jiff::Timestamp;
    use leadgen_pro::clients::google_keys::KeySet;
    use leadgen_pro::clock::Clock;
    use leadgen_pro::tokens::IdTokens;
    use serde_json::json;
    use tokio::runtime::{Builder, Runtime};

    use super::support::key_server::{Answer, KeyServer};
    use super::support::signing_key::FIRST;

    const PROJECT: &str = "demo-leadgen";

    fn runtime() -> Runtime {
        Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime")
    }

    fn id_token() -> String {
        let now = Timestamp::now().as_second();
        FIRST.token(&json!({
            "iss": format!("https://securetoken.google.com/{PROJECT}"), "aud": PROJECT,
            "auth_time": now - 600, "user_id": "siti", "sub": "siti", "iat": now - 60, "exp": now + 3540,
            "email": "siti@example.id", "email_verified": true, "name": "Siti", "role": "MITRA",
            "branchId": "jakarta",
            "firebase": {"identities": {"email": ["siti@example.id"]}, "sign_in_provider": "password"},
        }))
    }

    fn tokens(http: &reqwest::Client, server: &KeyServer) -> IdTokens {
        let keys = KeySet::new(http.clone(), server.url(), Clock::system());
        IdTokens::new(PROJECT, keys, Clock::system())
    }

    /// The first token after a start: the keys are fetched from loopback and parsed.
    #[divan::bench]
    fn cold_key_cache(bencher: Bencher<'_, '_>) {
        let runtime = runtime();
        let server = runtime.block_on(KeyServer::start(Answer::certificates(&[&FIRST])));
        let (http, token) = (reqwest::Client::new(), id_token());
        bencher
            .counter(ItemsCount::new(1_u32))
            .with_inputs(|| tokens(&http, &server))
            .bench_values(|tokens| {
                runtime
                    .block_on(tokens.verify(&token))
                    .expect("the token is good")
            });
    }

    /// A token nobody has seen yet, with keys at hand.
    #[divan::bench]
    fn warm(bencher: Bencher<'_, '_>) {
        measure(bencher, |tokens| tokens.remembering(0));
    }

    /// The second request with a token.
    #[divan::bench]
    fn remembered(bencher: Bencher<'_, '_>) {
        measure(bencher, |tokens| tokens);
    }

    fn measure(bencher: Bencher<'_, '_>, configure: fn(IdTokens) -> IdTokens) {
        let runtime = runtime();
        let server = runtime.block_on(KeyServer::start(Answer::certificates(&[&FIRST])));
        let tokens = configure(tokens(&reqwest::Client::new(), &server));
        let token = id_token();
        runtime
            .block_on(tokens.verify(&token))
            .expect("the token is good");
        bencher.counter(ItemsCount::new(1_u32)).bench(|| {
            runtime
                .block_on(tokens.verify(&token))
                .expect("the token is good")
        });
    }
}

/// A callable's body, from bytes to the value of `data`.
mod callable {
    use axum::body::Body;
    use axum::http::header::CONTENT_TYPE;
    use axum::http::{HeaderMap, HeaderValue, Method};
    use divan::Bencher;
    use divan::counter::BytesCount;
    use leadgen_pro::extract::envelope;
    use serde_json::json;
    use tokio::runtime::Builder;

    fn decode(bencher: Bencher<'_, '_>, body: &str) {
        let runtime = Builder::new_current_thread().build().expect("a runtime");
        let headers =
            HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
        bencher.counter(BytesCount::of_str(body)).bench(|| {
            let body = Body::from(body.to_owned());
            runtime.block_on(envelope::open(&Method::POST, &headers, body))
        });
    }

    /// A lead as a partner types it.
    #[divan::bench]
    fn small(bencher: Bencher<'_, '_>) {
        let lead = json!({ "name": "Siti Aminah", "phone": "0812-3456-7890", "source": "MANUAL" });
        decode(bencher, &json!({ "data": lead }).to_string());
    }

    /// 64 KiB of rows.
    #[divan::bench]
    fn large(bencher: Bencher<'_, '_>) {
        let row =
            json!({ "name": "Siti Aminah", "phone": "0812-3456-7890", "note": "a".repeat(64) });
        let rows = vec![row; 512];
        decode(bencher, &json!({ "data": { "rows": rows } }).to_string());
    }
}

/// A decision of the hierarchy.
mod policy {
    use divan::black_box;
    use leadgen_pro::ids::{BranchId, Uid};
    use leadgen_pro::policy::{Action, Actor, LeadFacts, Scope, authorize};

    fn facts(branch: &str, holder: &str) -> LeadFacts {
        LeadFacts::new(
            BranchId::parse(branch).expect("an id"),
            Uid::parse(holder).expect("an id"),
        )
    }

    fn partner() -> Actor {
        Actor::User {
            uid: Uid::parse("m1").expect("an id"),
            scope: Scope::Mitra(BranchId::parse("c1").expect("an id")),
        }
    }

    #[divan::bench]
    fn own_lead(bencher: divan::Bencher<'_, '_>) {
        let (actor, lead) = (partner(), facts("c1", "m1"));
        bencher.bench(|| authorize(black_box(&actor), &Action::ReadLead(black_box(&lead))));
    }

    #[divan::bench]
    fn neighbours_lead(bencher: divan::Bencher<'_, '_>) {
        let (actor, lead) = (partner(), facts("c1", "m2"));
        bencher.bench(|| authorize(black_box(&actor), &Action::ReadLead(black_box(&lead))));
    }
}

/// A delivery of Meta's: its signature, and its parsing into units.
mod delivery {
    use aws_lc_rs::hmac;
    use axum::body::Body;
    use axum::extract::{FromRequest as _, Request};
    use divan::Bencher;
    use divan::counter::{BytesCount, ItemsCount};
    use leadgen_pro::clock::Clock;
    use leadgen_pro::config::Config;
    use leadgen_pro::extract::signed_body::SignedBody;
    use leadgen_pro::inbox::payload::units;
    use leadgen_pro::state::AppState;
    use serde_json::json;
    use tokio::runtime::Builder;

    const SECRET: &str = "bench-app-secret";

    /// WhatsApp texts of one contact.
    fn body(texts: usize) -> String {
        let text = |n: usize| json!({ "from": "6287000000011", "id": format!("wamid.{n}"), "timestamp": "1793588645", "type": "text", "text": { "body": "Assalamualaikum, apakah masih ada kursi umrah untuk bulan Desember?" } });
        let value = json!({
            "messaging_product": "whatsapp",
            "metadata": { "display_phone_number": "628700000001", "phone_number_id": "400300000000001" },
            "contacts": [{ "wa_id": "6287000000011", "profile": { "name": "Siti Aminah" } }],
            "messages": (0..texts).map(text).collect::<Vec<_>>(),
        });
        json!({ "object": "whatsapp_business_account", "entry": [{ "id": "300200000000001", "changes": [{ "field": "messages", "value": value }] }] }).to_string()
    }

    fn state() -> AppState {
        let settings = |name: &str| {
            let value = match name {
                "GOOGLE_CLOUD_PROJECT" => "bench",
                "PHONE_INDEX_KEY" => "YmVuY2gtYmVuY2gtYmVuY2gtYmVuY2gtYmVuY2gtYmU=",
                "PUSH_AUDIENCE" => "https://service.example",
                "PUSH_SERVICE_ACCOUNTS" => "invoker@bench.iam.gserviceaccount.com",
                "META_APP_SECRETS" => SECRET,
                _ => return None,
            };
            Some(value.to_owned())
        };
        let config = Config::from_lookup(settings).expect("the settings fit");
        AppState::new(config, Clock::system()).expect("an application")
    }

    /// From the bytes as they come to a body that Meta is proved to have sent.
    #[divan::bench(args = [1, 20])]
    fn signature(bencher: Bencher<'_, '_>, texts: usize) {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let _inside = runtime.enter();
        let (state, body) = (state(), body(texts));
        let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
        let digits = hmac::sign(&key, body.as_bytes())
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>();
        bencher
            .counter(BytesCount::of_str(&body))
            .with_inputs(|| {
                Request::post("/webhookHandler")
                    .header("x-hub-signature-256", format!("sha256={digits}"))
                    .body(Body::from(body.clone()))
                    .expect("a request")
            })
            .bench_values(|request| {
                runtime
                    .block_on(SignedBody::from_request(request, &state))
                    .expect("the signature is right")
            });
    }

    /// From the proved bytes to units.
    #[divan::bench(args = [1, 20])]
    fn payload(bencher: Bencher<'_, '_>, texts: usize) {
        let body = body(texts);
        assert_eq!(units(body.as_bytes()).len(), texts, "each text is a unit");
        bencher
            .counter(ItemsCount::new(texts))
            .bench(|| units(divan::black_box(body.as_bytes())));
    }
}
