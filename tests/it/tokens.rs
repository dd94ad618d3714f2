//! The token verifier against a real key server, with real RSA keys and a manual clock.
//!
//! Each rule has a case that is refused by that rule alone: the claims are good but for one.

mod app_check;
mod blocking;
mod emulator;
mod form;
mod hostile;
mod id_tokens;
mod key_documents;
mod key_set;
mod logged;
mod remembered;
mod service;

use jiff::{SignedDuration, Timestamp};
use leadgen_pro::clients::google_keys::KeySet;
use leadgen_pro::clock::{Clock, ManualClock};
use leadgen_pro::tokens::IdTokens;
use serde_json::{Value, json};

use crate::support::key_server::{Answer, KeyServer};
use crate::support::signing_key::FIRST;

const PROJECT: &str = "demo-leadgen";

/// When the tests begin: 2026-08-22T08:00:00Z.
const NOW: i64 = 1_787_385_600;

/// A key server, a clock, and the key set between them.
struct World {
    server: KeyServer,
    clock: Clock,
    hands: ManualClock,
    keys: KeySet,
}

impl World {
    async fn with(answer: Answer) -> Self {
        let server = KeyServer::start(answer).await;
        let start = Timestamp::from_second(NOW).expect("the tests' day is in the calendar");
        let (clock, hands) = Clock::manual(start);
        let keys = KeySet::new(reqwest::Client::new(), server.url(), clock.clone());
        Self {
            server,
            clock,
            hands,
            keys,
        }
    }

    fn advance_secs(&self, seconds: i64) {
        self.hands.advance(SignedDuration::from_secs(seconds));
    }
}

/// A verifier of ID tokens whose key server publishes FIRST.
async fn published() -> (World, IdTokens) {
    let world = World::with(Answer::certificates(&[&FIRST])).await;
    let tokens = IdTokens::new(PROJECT, world.keys.clone(), world.clock.clone());
    (world, tokens)
}

/// `claims` with `name` set to `value`.
fn with(mut claims: Value, name: &str, value: impl Into<Value>) -> Value {
    claims[name] = value.into();
    claims
}

/// `claims` without `name`.
fn without(mut claims: Value, name: &str) -> Value {
    let removed = claims
        .as_object_mut()
        .and_then(|claims| claims.remove(name));
    assert!(removed.is_some(), "{name} was there to be removed");
    claims
}

/// Claims of an ID token as Firebase Auth makes it.
fn id_claims() -> Value {
    json!({
        "iss": format!("https://securetoken.google.com/{PROJECT}"),
        "aud": PROJECT,
        "auth_time": NOW - 600,
        "user_id": "siti",
        "sub": "siti",
        "iat": NOW - 60,
        "exp": NOW + 3540,
        "email": "siti@example.id",
        "email_verified": true,
        "name": "Siti",
        "role": "MITRA",
        "branchId": "jakarta",
        "firebase": {"identities": {"email": ["siti@example.id"]}, "sign_in_provider": "password"},
    })
}
