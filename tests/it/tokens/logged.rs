//! What the verifier logs: that the keys cannot be fetched, and never a token.

use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex};

use axum::http::StatusCode;
use leadgen_pro::tokens::{IdTokens, TokenError};
use serde_json::json;
use tracing::field::{Field, Visit};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

use super::{NOW, PROJECT, World, id_claims, with};
use crate::support::key_server::Answer;
use crate::support::signing_key::{FIRST, SECOND};

/// Everything that was logged at any level, in one text.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl<S: tracing::Subscriber> Layer<S> for Log {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let mut text = self.0.lock().expect("no test panics with the lock");
        text.push_str(event.metadata().level().as_str());
        event.record(&mut Line(&mut text));
    }
}

struct Line<'a>(&'a mut String);

impl Visit for Line<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {field}={value:?}").expect("a string takes any text");
    }
}

#[tokio::test]
async fn the_log_and_the_errors_hold_no_token() {
    let log = Log::default();
    // With a single subscriber in the process, tracing asks the thread that meets an event first
    // whether anybody listens, and other tests' threads say no for all. With two it asks both.
    let _second = tracing::Dispatch::new(tracing_subscriber::registry());
    let subscriber = tracing_subscriber::registry().with(log.clone());
    // The test runs on this thread alone, so this hears all of it: the HTTP client's traces too.
    let _listening = tracing::subscriber::set_default(subscriber);

    let world = World::with(Answer::status(StatusCode::BAD_GATEWAY)).await;
    let tokens = IdTokens::new(PROJECT, world.keys.clone(), world.clock.clone());
    let header = json!({"alg": "RS256", "kid": FIRST.kid});
    let sent = [
        FIRST.token(&id_claims()),
        FIRST.token(&with(id_claims(), "exp", NOW)),
        SECOND.token(&id_claims()),
        SECOND.token_with_header(&header, &id_claims()),
    ];
    let mut refused = Vec::new();
    for token in &sent {
        refused.extend(tokens.verify(token).await.err());
    }
    assert_eq!(refused, vec![TokenError::KeysUnavailable; sent.len()]);
    world.server.answer(Answer::certificates(&[&FIRST]));
    world.advance_secs(2);
    for token in &sent {
        refused.extend(tokens.verify(token).await.err());
    }
    assert_eq!(
        refused[sent.len()..],
        [
            TokenError::Expired,
            TokenError::UnknownKey,
            TokenError::BadSignature
        ]
    );

    let mut shown = log.0.lock().expect("no test panics with the lock").clone();
    assert!(
        shown.contains("WARN"),
        "a failed fetch is worth a warning:\n{shown}"
    );
    assert!(
        shown.contains("cannot fetch public keys") && shown.contains("502"),
        "{shown}"
    );
    for error in &refused {
        write!(shown, "{error} {error:?}").expect("a string takes any text");
    }
    for part in sent.iter().flat_map(|token| token.split('.')) {
        assert!(!shown.contains(part), "a part of a token is shown: {part}");
    }
    assert!(
        !shown.contains("siti"),
        "whose token it was is nobody's business here"
    );
}
