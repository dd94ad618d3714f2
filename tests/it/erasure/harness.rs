//! An application with a queue, a clock that stands still, and requests signed as Meta signs them.

use std::fmt::Write as _;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use leadgen_pro::clock::{Clock, ManualClock};
use serde_json::{Value, json};
use simulators::tasks::Dispatcher;

use crate::inbox::harness::{SECRET, connect_all, settings};
use crate::support::{App, documents, queues};

pub(super) struct Office {
    pub(super) app: App,
    pub(super) tasks: Dispatcher,
    pub(super) clock: ManualClock,
}

impl Office {
    /// With every account of the fixtures connected, shortly after their events.
    pub(super) async fn open() -> Self {
        let (clock, hands) = Clock::manual("2026-11-02T03:10:00Z".parse().unwrap());
        let (tasks, tasks_url) = queues::start(&["intake"], &clock).await;
        let mut all = settings().to_vec();
        all.push(("TASKS_BASE_URL", &tasks_url));
        let app = App::start_at(&clock, &all).await;
        connect_all(&app).await;
        Self {
            app,
            tasks,
            clock: hands,
        }
    }

    pub(super) fn pass(&self, hours: i64) {
        self.clock.advance(jiff::SignedDuration::from_hours(hours));
    }

    /// Lets the queue deliver until it is empty.
    pub(super) async fn work(&self) {
        while !self.tasks.deliver_due().await.is_empty() {}
    }

    pub(super) async fn sweep(&self) {
        let url = format!("{}/tasks/sweep", self.app.url);
        let answer = self.app.http.post(url).send().await.unwrap();
        assert_eq!(answer.status(), 204);
    }

    /// Posts a signed request to one of Meta's doors.
    pub(super) async fn ask(&self, door: &str, signed: &str) -> (u16, Value) {
        let answer = self
            .app
            .http
            .post(format!("{}/meta/{door}", self.app.url))
            .form(&[("signed_request", signed)])
            .send()
            .await
            .unwrap();
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or_default())
    }

    /// Reads a page as a browser of that language does.
    pub(super) async fn page(&self, url: &str, language: &str) -> (u16, String) {
        let answer = self
            .app
            .http
            .get(url)
            .header("accept-language", language)
            .send()
            .await
            .unwrap();
        let status = answer.status().as_u16();
        (status, answer.text().await.unwrap())
    }

    pub(super) async fn document(&self, path: &str) -> Option<Value> {
        documents::get(&self.app.project, path).await
    }

    /// Every document of the project but the requests themselves, as one text.
    pub(super) async fn everything_told(&self) -> String {
        let mut all = documents::everything(&self.app.project).await;
        all.retain(|(path, _)| !path.starts_with("deletion_requests/"));
        all.iter()
            .fold(String::new(), |mut text, (path, document)| {
                writeln!(text, "{path}: {document}").unwrap();
                text
            })
    }
}

/// A request as Meta signs it, in the name of a person.
pub(super) fn signed(user: &str) -> String {
    signed_with(
        SECRET,
        &json!({ "algorithm": "HMAC-SHA256", "issued_at": 1_793_588_645, "user_id": user }),
    )
}

pub(super) fn signed_with(secret: &str, payload: &Value) -> String {
    let payload = URL_SAFE_NO_PAD.encode(payload.to_string());
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = hmac::sign(&key, payload.as_bytes());
    format!("{}.{payload}", URL_SAFE_NO_PAD.encode(tag))
}
