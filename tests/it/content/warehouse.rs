//! Cloud Storage with a door that a test can watch and shut: in front of the real emulator.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::{IntoResponse as _, Response};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::support::setting;

/// What the door does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Door {
    /// Lets everything through.
    Open,
    /// Answers everything 503.
    Shut,
    /// Lets everything through but uploads, which it answers 503.
    TakesNothing,
    /// Answers uploads with this status.
    Refuses(u16),
    /// Lets an upload through and never tells that it is done.
    Silent,
}

#[derive(Clone)]
pub(super) struct Warehouse {
    /// `HOST:PORT`.
    pub(super) host: String,
    inside: Arc<Inside>,
}

struct Inside {
    door: watch::Sender<Door>,
    /// Uploads that the emulator has taken.
    kept: watch::Sender<usize>,
    tried: AtomicUsize,
    http: reqwest::Client,
}

impl Warehouse {
    pub(super) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let inside = Arc::new(Inside {
            door: watch::Sender::new(Door::Open),
            kept: watch::Sender::new(0),
            tried: AtomicUsize::new(0),
            http: reqwest::Client::new(),
        });
        let host = listener.local_addr().unwrap().to_string();
        let router = Router::new()
            .fallback(pass)
            .layer(axum::extract::DefaultBodyLimit::disable())
            .with_state(Arc::clone(&inside));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { host, inside }
    }

    pub(super) fn set(&self, door: Door) {
        self.inside.door.send_replace(door);
    }

    /// Uploads that were kept.
    pub(super) fn kept(&self) -> usize {
        *self.inside.kept.borrow()
    }

    /// Uploads that were tried.
    pub(super) fn tried(&self) -> usize {
        self.inside.tried.load(Ordering::SeqCst)
    }

    /// Waits until so many uploads were kept.
    pub(super) async fn keeps(&self, uploads: usize) {
        let mut kept = self.inside.kept.subscribe();
        kept.wait_for(|kept| *kept >= uploads).await.unwrap();
    }
}

async fn pass(
    State(inside): State<Arc<Inside>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let upload = uri.path().starts_with("/upload/");
    if upload {
        inside.tried.fetch_add(1, Ordering::SeqCst);
    }
    let door = *inside.door.borrow();
    let refused = match door {
        Door::Shut => Some(503),
        Door::TakesNothing if upload => Some(503),
        Door::Refuses(status) if upload => Some(status),
        Door::Open | Door::TakesNothing | Door::Refuses(_) | Door::Silent => None,
    };
    if let Some(status) = refused {
        let status = axum::http::StatusCode::from_u16(status).unwrap();
        return status.into_response();
    }
    let emulator = setting("FIREBASE_STORAGE_EMULATOR_HOST");
    let mut forwarded = inside
        .http
        .request(method, format!("http://{emulator}{uri}"));
    for name in ["authorization", "content-type"] {
        if let Some(value) = headers.get(name) {
            forwarded = forwarded.header(name, value);
        }
    }
    let answer = forwarded.body(body).send().await.unwrap();
    let mut response = Response::builder().status(answer.status());
    if let Some(kind) = answer.headers().get("content-type") {
        response = response.header("content-type", kind);
    }
    let bytes = answer.bytes().await.unwrap();
    if upload {
        inside.kept.send_modify(|kept| *kept += 1);
        if door == Door::Silent {
            std::future::pending::<()>().await;
        }
    }
    response.body(Body::from(bytes)).unwrap()
}
