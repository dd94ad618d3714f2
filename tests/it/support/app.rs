//! The application, started as `main` starts it, with a project of its own.

use std::collections::HashMap;

use leadgen_pro::clock::Clock;
use leadgen_pro::config::Config;
use leadgen_pro::router;
use leadgen_pro::state::AppState;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::events::{self, Events};
use super::{Person, setting};

/// A running application. When it is dropped, the server ends.
pub(crate) struct App {
    /// The project, which nobody else has.
    pub project: String,
    /// `http://127.0.0.1:PORT`.
    pub url: String,
    /// The application's own state, to look behind the wire.
    pub state: AppState,
    /// What the emulators deliver to it.
    pub events: Events,
    /// A plain HTTP client.
    pub http: reqwest::Client,
    server: JoinHandle<()>,
}

/// What a call answered.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Value,
}

impl Answer {
    /// The result of a call that succeeded.
    #[track_caller]
    pub(crate) fn result(self) -> Value {
        assert_eq!(self.status, 200, "{}", self.body);
        self.body["result"].clone()
    }

    /// The canonical code of a refusal, its reason and its field.
    pub(crate) fn refusal(&self) -> (String, String, String) {
        let error = &self.body["error"];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (
            text(&error["status"]),
            text(&error["details"]["reason"]),
            text(&error["details"]["field"]),
        )
    }

    /// The canonical code of a refusal.
    pub(crate) fn code(&self) -> String {
        self.refusal().0
    }
}

impl App {
    /// Starts an application with the settings of `make run`.
    pub(crate) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// Starts an application with other settings.
    pub(crate) async fn start_with(settings: &[(&str, &str)]) -> Self {
        Self::start_at(&Clock::system(), settings).await
    }

    /// Starts an application that lives by a clock of the test's.
    pub(crate) async fn start_at(clock: &Clock, settings: &[(&str, &str)]) -> Self {
        let project = format!("demo-t{}", uuid::Uuid::new_v4().simple());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let config = config(&project, &url, settings);
        let state = AppState::new(config, clock.clone()).unwrap();
        let router = router::build(&state);
        let server = tokio::spawn(async move {
            axum::serve(listener, router).await.unwrap();
        });
        let http = reqwest::Client::new();
        let events = events::register(&http, &project, &url).await;
        let app = Self {
            project,
            url,
            state,
            events,
            http,
            server,
        };
        app.register_blocking_functions().await;
        app
    }

    /// Calls a callable in somebody's name.
    pub(crate) async fn call(&self, person: &Person, name: &str, data: Value) -> Answer {
        self.call_with(Some(&person.token), name, json!({ "data": data }))
            .await
    }

    /// Posts a body to a callable, with an ID token or without.
    pub(crate) async fn call_with(&self, token: Option<&str>, name: &str, body: Value) -> Answer {
        let mut request = self.http.post(format!("{}/{name}", self.url)).json(&body);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.unwrap();
        Answer {
            status: response.status().as_u16(),
            body: response.json().await.unwrap(),
        }
    }

    async fn register_blocking_functions(&self) {
        let uri = |name: &str| json!({ "functionUri": format!("{}/auth/{name}", self.url) });
        let response = self
            .http
            .patch(format!(
                "http://{}/identitytoolkit.googleapis.com/v2/projects/{}/config?updateMask=blockingFunctions",
                setting("FIREBASE_AUTH_EMULATOR_HOST"),
                self.project
            ))
            .bearer_auth("owner")
            .json(&json!({ "blockingFunctions": { "triggers": { "beforeCreate": uri("beforeCreate"), "beforeSignIn": uri("beforeSignIn") } } }))
            .send()
            .await
            .unwrap();
        assert!(response.status().is_success(), "{response:?}");
    }
}

impl Drop for App {
    fn drop(&mut self) {
        self.server.abort();
        self.events.unregister();
    }
}

/// The settings of a test's application; `settings` win.
pub(crate) fn config(project: &str, url: &str, settings: &[(&str, &str)]) -> Config {
    let mut all: HashMap<String, String> = [
        ("GOOGLE_CLOUD_PROJECT", project.to_owned()),
        (
            "FIRESTORE_EMULATOR_HOST",
            setting("FIRESTORE_EMULATOR_HOST"),
        ),
        (
            "FIREBASE_AUTH_EMULATOR_HOST",
            setting("FIREBASE_AUTH_EMULATOR_HOST"),
        ),
        (
            "FIREBASE_STORAGE_EMULATOR_HOST",
            setting("FIREBASE_STORAGE_EMULATOR_HOST"),
        ),
        ("SERVICE_URL", url.to_owned()),
        (
            "BLOCKING_FUNCTION_URLS",
            format!("{url}/auth/beforeCreate,{url}/auth/beforeSignIn"),
        ),
        (
            "PHONE_INDEX_KEY",
            "dGVzdC1rZXktdGVzdC1rZXktdGVzdC1rZXktdGVzdC1rZXk=".to_owned(),
        ),
        // Nobody listens there. By default tasks would go to a `make run` beside the tests, which would deliver them.
        ("TASKS_BASE_URL", "http://127.0.0.1:1".to_owned()),
        // A busy machine is no reason to refuse a delivery.
        ("WEBHOOK_TIMEOUT_SECONDS", "60".to_owned()),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    for (name, value) in settings {
        all.insert((*name).to_owned(), (*value).to_owned());
    }
    Config::from_lookup(|name| all.get(name).cloned()).unwrap()
}
