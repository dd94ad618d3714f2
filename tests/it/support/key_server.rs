//! A key server on loopback: publishes what it is told to, in Google's forms, counts who asks, and
//! can fail, stall or make its callers wait.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, StatusCode, header};
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

use super::signing_key::SigningKey;

/// A running server; stops when dropped.
pub(crate) struct KeyServer {
    shared: Arc<Shared>,
    url: reqwest::Url,
    serving: JoinHandle<()>,
}

struct Shared {
    answer: Mutex<Answer>,
    requests: AtomicUsize,
    arrivals: Semaphore,
}

/// What the server says to every request from now on.
#[derive(Clone)]
pub(crate) struct Answer {
    status: StatusCode,
    headers: Vec<(header::HeaderName, String)>,
    body: Vec<u8>,
    /// A request waits here before it is answered.
    gate: Option<Arc<Semaphore>>,
}

/// Lets a held answer go.
pub(crate) struct Gate(Arc<Semaphore>);

impl KeyServer {
    pub(crate) async fn start(answer: Answer) -> Self {
        let shared = Arc::new(Shared {
            answer: Mutex::new(answer),
            requests: AtomicUsize::new(0),
            arrivals: Semaphore::new(0),
        });
        let app = Router::new()
            .fallback(respond)
            .with_state(Arc::clone(&shared));
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("loopback has a free port");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let serving = tokio::spawn(async move {
            axum::serve(listener, app)
                .await
                .expect("the key server serves");
        });
        let url = format!("http://{address}/keys")
            .parse()
            .expect("an address makes a URL");
        Self {
            shared,
            url,
            serving,
        }
    }

    pub(crate) fn url(&self) -> reqwest::Url {
        self.url.clone()
    }

    /// Answers with `answer` from now on.
    pub(crate) fn answer(&self, answer: Answer) {
        *self
            .shared
            .answer
            .lock()
            .expect("no test panics with the lock") = answer;
    }

    /// How many requests came in so far.
    pub(crate) fn requests(&self) -> usize {
        self.shared.requests.load(Ordering::SeqCst)
    }

    /// Waits until one more request has come in than was waited for before.
    pub(crate) async fn next_request(&self) {
        self.shared
            .arrivals
            .acquire()
            .await
            .expect("the semaphore stays open")
            .forget();
    }
}

impl Drop for KeyServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Answer {
    /// `{kid: PEM}`, good for an hour.
    pub(crate) fn certificates(keys: &[&SigningKey]) -> Self {
        let map: Map<String, Value> = keys
            .iter()
            .map(|key| (key.kid.clone(), key.certificate_pem().into()))
            .collect();
        Self::json(&map.into())
    }

    /// `{"keys": […]}`, good for an hour.
    pub(crate) fn jwks(keys: &[&SigningKey]) -> Self {
        Self::json(&json!({"keys": keys.iter().map(|key| key.jwk()).collect::<Vec<_>>()}))
    }

    /// This JSON, good for an hour.
    pub(crate) fn json(body: &Value) -> Self {
        Self::raw("application/json", body.to_string().into_bytes()).with(
            header::CACHE_CONTROL,
            "public, max-age=3600, must-revalidate, no-transform",
        )
    }

    /// These bytes, with nothing said about how long they are good for.
    pub(crate) fn raw(content_type: &str, body: Vec<u8>) -> Self {
        let headers = vec![(header::CONTENT_TYPE, content_type.to_owned())];
        Self {
            status: StatusCode::OK,
            headers,
            body,
            gate: None,
        }
    }

    /// A bare status.
    pub(crate) fn status(status: StatusCode) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
            gate: None,
        }
    }

    /// With this header, instead of one of its name.
    pub(crate) fn with(mut self, name: header::HeaderName, value: &str) -> Self {
        self.headers.retain(|(present, _)| *present != name);
        self.headers.push((name, value.to_owned()));
        self
    }

    /// Without this header.
    pub(crate) fn without(mut self, name: &header::HeaderName) -> Self {
        self.headers.retain(|(present, _)| present != name);
        self
    }

    /// The same, held back until the gate is opened.
    pub(crate) fn held(mut self) -> (Self, Gate) {
        let gate = Arc::new(Semaphore::new(0));
        self.gate = Some(Arc::clone(&gate));
        (self, Gate(gate))
    }
}

impl Gate {
    /// Answers one of those who wait, or who come first.
    pub(crate) fn let_one_through(&self) {
        self.0.add_permits(1);
    }
}

async fn respond(State(shared): State<Arc<Shared>>) -> Response<Body> {
    shared.requests.fetch_add(1, Ordering::SeqCst);
    shared.arrivals.add_permits(1);
    let answer = shared
        .answer
        .lock()
        .expect("no test panics with the lock")
        .clone();
    if let Some(gate) = &answer.gate {
        gate.acquire().await.expect("the gate stays").forget();
    }
    let mut response = Response::builder().status(answer.status);
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    response
        .body(Body::from(answer.body))
        .expect("the test's headers are valid")
}
