//! Callables made for looking at the protocol: they answer with whatever a test asks of them. They stand in the real
//! layers, behind the real extractor.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use leadgen_pro::error::{Code, Error, text};
use leadgen_pro::extract::{Caller, Chunks, streaming, unary};
use leadgen_pro::layers;
use leadgen_pro::state::AppState;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::App;

/// An application with the lab's callables on a port of its own.
pub(super) struct Lab {
    pub(super) app: App,
    /// Where the lab's callables are.
    pub(super) url: String,
    /// How many `slow` calls were given up before their end.
    pub(super) abandoned: Arc<AtomicUsize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Shape {
    name: String,
    #[serde(default)]
    inner: Option<Inner>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Inner {
    count: u8,
    #[serde(default)]
    lead: Option<leadgen_pro::ids::LeadId>,
}

impl Lab {
    pub(super) async fn start(settings: &[(&str, &str)]) -> Self {
        let app = App::start_with(settings).await;
        let abandoned = Arc::new(AtomicUsize::new(0));
        let router = layers::around(routes(&abandoned).with_state(app.state.clone()), &app.state);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            app,
            url,
            abandoned,
        }
    }

    /// A request to one of the lab's callables, signed in.
    pub(super) fn post(&self, name: &str) -> reqwest::RequestBuilder {
        let person = self.app.stranger("m1", "MITRA", Some("c1"));
        self.app
            .http
            .post(format!("{}/{name}", self.url))
            .bearer_auth(person.token)
    }
}

fn routes(abandoned: &Arc<AtomicUsize>) -> Router<AppState> {
    let abandoned = Arc::clone(abandoned);
    Router::new()
        .route("/echo", unary(echo))
        .route("/shape", unary(shape))
        .route("/fail", streaming(fail))
        .route(
            "/panic",
            unary(async |_, _, _: Value| -> Result<Value, Error> { panic!("on purpose") }),
        )
        .route("/count", streaming(count))
        .route(
            "/slow",
            streaming(
                move |_: AppState, _: Caller, _: Value, chunks: Chunks<Value>| {
                    let guard = Abandoned(Arc::clone(&abandoned));
                    async move {
                        chunks.send(&json!("begun")).await;
                        tokio::time::sleep(Duration::from_mins(10)).await;
                        std::mem::forget(guard);
                        Ok(Value::Null)
                    }
                },
            ),
        )
        .fallback(|| async { Error::not_found() })
}

struct Abandoned(Arc<AtomicUsize>);

impl Drop for Abandoned {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

async fn echo(_: AppState, _: Caller, data: Value) -> Result<Value, Error> {
    Ok(data)
}

async fn shape(_: AppState, _: Caller, data: Shape) -> Result<Value, Error> {
    let inner = data
        .inner
        .map(|inner| json!({ "count": inner.count, "lead": inner.lead }));
    Ok(json!({ "name": data.name, "inner": inner }))
}

/// Fails with the code asked for, after a number of chunks.
async fn fail(_: AppState, _: Caller, data: Value, chunks: Chunks<Value>) -> Result<Value, Error> {
    for number in 0..data["chunks"].as_u64().unwrap_or_default() {
        chunks.send(&json!(number)).await;
    }
    assert_ne!(data["code"], "PANIC", "in the middle, on purpose");
    let code = Code::ALL
        .into_iter()
        .find(|code| data["code"] == code.wire().0)
        .unwrap();
    Err(Error::new(code, "TOO_FAST", text("Disengaja.", "On purpose.")).with("extra", 7))
}

/// Sends 0, 1, 2 … and answers with how many they were.
async fn count(_: AppState, _: Caller, to: u64, chunks: Chunks<Value>) -> Result<u64, Error> {
    for number in 0..to {
        chunks.send(&json!({ "number": number })).await;
    }
    Ok(to)
}
