//! Events on their way from the emulators to the application under test.
//!
//! The Firestore emulator knows one address for all projects. This relay listens there and hands each event to the
//! application whose project it names; a test can have events dropped, and delivered again.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, Uri};
use serde_json::json;

use super::{documents, setting};

/// Trigger ids and the documents that they watch, as `dev/triggers.json` lists them for `make run`.
const TRIGGERS: &str = include_str!("../../../dev/triggers.json");

/// The trigger whose events tell that all earlier ones are through.
const BARRIER: &str = "barrier";

/// A pattern that no document's path fits.
pub(crate) const NOTHING: &str = "nothing/{id}";

/// An event as it came.
#[derive(Debug, Clone)]
pub(crate) struct Recorded {
    /// Path behind the host.
    pub path: String,
    headers: HeaderMap,
    body: Bytes,
}

#[derive(serde::Deserialize)]
struct Trigger {
    id: String,
    document: String,
}

#[derive(Default)]
struct Mailbox {
    dropping: bool,
    /// People who are being made: see [`Events::making`].
    making: HashSet<String>,
    recorded: Vec<Recorded>,
    barriers: Vec<String>,
}

/// The events of one project.
#[derive(Clone)]
pub(crate) struct Events {
    project: String,
    url: String,
    http: reqwest::Client,
    mailbox: Arc<Mutex<Mailbox>>,
}

static PROJECTS: LazyLock<Mutex<HashMap<String, Events>>> = LazyLock::new(Mutex::default);

impl Events {
    /// From now on events are lost on their way, or no more.
    pub(crate) fn lose(&self, lose: bool) {
        self.mailbox.lock().unwrap().dropping = lose;
    }

    /// From now on the event of this person's account is lost, or no more. Handled between the steps in which a test makes somebody,
    /// it would bring claims and document back to what they were a step before; afterwards it finds nothing to do.
    pub(crate) fn making(&self, uid: &str, making: bool) {
        let mut mailbox = self.mailbox.lock().unwrap();
        if making {
            mailbox.making.insert(uid.to_owned());
        } else {
            mailbox.making.remove(uid);
        }
    }

    /// Every event so far, also those lost.
    pub(crate) fn recorded(&self) -> Vec<Recorded> {
        self.mailbox.lock().unwrap().recorded.clone()
    }

    /// Delivers an event once more, and returns the status that it was answered with.
    pub(crate) async fn deliver(&self, event: &Recorded) -> u16 {
        let response = self
            .http
            .post(format!("{}{}", self.url, event.path))
            .headers(event.headers.clone())
            .body(event.body.clone())
            .send()
            .await
            .unwrap();
        response.status().as_u16()
    }

    /// Waits until everything written so far, and everything that its events caused, has been delivered.
    ///
    /// The emulator delivers one event at a time in the order of commits, so the event of a document written now comes
    /// after all others.
    pub(crate) async fn delivered(&self) {
        let mut known = usize::MAX;
        loop {
            let id = uuid::Uuid::new_v4().simple().to_string();
            documents::put(&self.project, &format!("{BARRIER}/{id}"), json!({})).await;
            super::eventually("the barrier's event", || async {
                let mailbox = self.mailbox.lock().unwrap();
                mailbox.barriers.contains(&id).then_some(())
            })
            .await;
            let now = self.mailbox.lock().unwrap().recorded.len();
            if now == known {
                return;
            }
            known = now;
        }
    }

    /// Has the emulator send a trigger's events about these documents alone from now on. [`NOTHING`] keeps
    /// thousands of events from keeping those of other tests waiting: the emulator delivers all projects' one after the other.
    pub(crate) async fn watch(&self, trigger: &str, documents: &str) {
        let url = format!(
            "http://{}/emulator/v1/projects/{}/eventarcTrigger?eventarcTriggerId={trigger}",
            setting("FIRESTORE_EMULATOR_HOST"),
            self.project
        );
        let watched = json!({
            "eventType": "google.cloud.firestore.document.v1.written",
            "database": "(default)",
            "namespace": "(default)",
            "document": { "value": documents, "matchType": "PATH_PATTERN" },
        });
        let response = self.http.post(url).json(&watched).send().await.unwrap();
        assert!(response.status().is_success(), "{response:?}");
    }

    pub(super) fn unregister(&self) {
        PROJECTS.lock().unwrap().remove(&self.project);
    }
}

/// Has the emulators' events about a project delivered to an application.
pub(super) async fn register(http: &reqwest::Client, project: &str, url: &str) -> Events {
    start_relay();
    let events = Events {
        project: project.to_owned(),
        url: url.to_owned(),
        http: http.clone(),
        mailbox: Arc::default(),
    };
    PROJECTS
        .lock()
        .unwrap()
        .insert(project.to_owned(), events.clone());
    let mut triggers: Vec<Trigger> = serde_json::from_str(TRIGGERS).unwrap();
    triggers.push(Trigger {
        id: BARRIER.to_owned(),
        document: format!("{BARRIER}/{{id}}"),
    });
    for Trigger { id, document } in triggers {
        events.watch(&id, &document).await;
    }
    events
}

/// The relay lives as long as the test process, on a runtime of its own: each test's runtime ends with the test.
fn start_relay() {
    static STARTED: LazyLock<()> = LazyLock::new(|| {
        let port = setting("LEADGEN_TEST_EVENTS_PORT");
        let listener = std::net::TcpListener::bind(format!("127.0.0.1:{port}")).unwrap();
        listener.set_nonblocking(true).unwrap();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                let relay = Router::new().route(
                    "/functions/projects/{project}/{*rest}",
                    axum::routing::post(relay),
                );
                axum::serve(listener, relay).await.unwrap();
            });
        });
    });
    LazyLock::force(&STARTED);
}

async fn relay(
    Path((project, rest)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let Some(events) = PROJECTS.lock().unwrap().get(&project).cloned() else {
        return StatusCode::OK;
    };
    if rest == format!("triggers/{BARRIER}") {
        let document = headers.get("ce-document").map(|id| id.to_str().unwrap());
        let id = document.and_then(|path| path.rsplit('/').next());
        let mut mailbox = events.mailbox.lock().unwrap();
        mailbox.barriers.extend(id.map(ToOwned::to_owned));
        return StatusCode::OK;
    }
    let mut forwarded = headers;
    for hop in ["host", "content-length", "connection", "accept-encoding"] {
        forwarded.remove(hop);
    }
    let event = Recorded {
        path: uri.path().to_owned(),
        headers: forwarded,
        body,
    };
    let dropping = {
        let mut mailbox = events.mailbox.lock().unwrap();
        let text = String::from_utf8_lossy(&event.body);
        let being_made = |uid: &String| text.contains(&format!("\"uid\":\"{uid}\""));
        let dropping = mailbox.dropping || mailbox.making.iter().any(being_made);
        mailbox.recorded.push(event.clone());
        dropping
    };
    if dropping {
        return StatusCode::OK;
    }
    // The client belongs to the test's runtime; here a fresh one serves, on the relay's.
    let response = reqwest::Client::new()
        .post(format!("{}{}", events.url, event.path))
        .headers(event.headers)
        .body(event.body)
        .send()
        .await;
    match response {
        Ok(response) => StatusCode::from_u16(response.status().as_u16()).unwrap(),
        // The test, and its application with it, has ended.
        Err(_) => StatusCode::OK,
    }
}
