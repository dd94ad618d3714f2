//! What the small steps of every request cost: `cargo bench`.

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
