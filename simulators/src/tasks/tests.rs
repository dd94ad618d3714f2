//! The contract of Cloud Tasks, held to by real HTTP.

use std::sync::atomic::{AtomicU16, Ordering};

use axum::extract::State as Shared;
use axum::http::{HeaderMap, StatusCode};
use base64::Engine as _;
use jiff::ToSpan as _;
use serde_json::{Value, json};

use super::*;

/// A worker that answers as it is told, and remembers what it was sent.
#[derive(Clone, Default)]
struct Worker {
    answer: Arc<AtomicU16>,
    seen: Arc<Mutex<Vec<(HeaderMap, String)>>>,
}

struct Lab {
    queues: Dispatcher,
    worker: Worker,
    now: Arc<Mutex<Timestamp>>,
    queues_url: String,
    worker_url: String,
    http: reqwest::Client,
}

async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let mut set = JoinSet::new();
    set.spawn(async move { axum::serve(listener, router).await });
    set.detach_all();
    url
}

impl Lab {
    #[expect(clippy::disallowed_methods, reason = "a client of the test's own")]
    async fn start() -> Self {
        let worker = Worker::default();
        worker.answer.store(204, Ordering::SeqCst);
        let routes = Router::new()
            .route(
                "/work",
                post(
                    |Shared(worker): Shared<Worker>, headers: HeaderMap, body: String| async move {
                        worker.seen.lock().expect("a lock").push((headers, body));
                        StatusCode::from_u16(worker.answer.load(Ordering::SeqCst))
                            .expect("a status")
                    },
                ),
            )
            .with_state(worker.clone());
        let now = Arc::new(Mutex::new("2026-11-23T00:00:00Z".parse().expect("a time")));
        let hands = Arc::clone(&now);
        let http = reqwest::Client::new();
        let rules = QueueRules {
            max_attempts: 4,
            ..QueueRules::default()
        };
        let queues = Dispatcher::new([("content".to_owned(), rules)], http.clone(), move || {
            *hands.lock().expect("a lock")
        });
        Self {
            queues_url: serve(queues.router()).await,
            worker_url: serve(routes).await,
            queues,
            worker,
            now,
            http,
        }
    }

    async fn create(&self, queue: &str, task: Value) -> (u16, Value) {
        let parent = format!("projects/p/locations/l/queues/{queue}");
        let mut new = json!({
            "httpRequest": {
                "url": format!("{}/work", self.worker_url),
                "headers": { "Content-Type": "application/json" },
                "body": base64::engine::general_purpose::STANDARD.encode(r#"{"id":"r1"}"#),
            }
        });
        for (key, value) in task.as_object().expect("an object") {
            new[key] = value.clone();
        }
        if let Some(name) = new["name"].as_str() {
            new["name"] = format!("{parent}/tasks/{name}").into();
        }
        let response = self
            .http
            .post(format!("{}/v2/{parent}/tasks", self.queues_url))
            .json(&json!({ "task": new }))
            .send()
            .await
            .expect("an answer");
        (
            response.status().as_u16(),
            response.json().await.expect("JSON"),
        )
    }

    fn pass(&self, span: jiff::Span) {
        let mut now = self.now.lock().expect("a lock");
        *now = now.checked_add(span).expect("a time");
    }

    fn statuses(deliveries: &[Delivery]) -> Vec<(Option<u16>, u32)> {
        deliveries
            .iter()
            .map(|made| (made.status, made.retry_count))
            .collect()
    }
}

#[tokio::test]
async fn a_task_carries_its_body_and_the_headers_that_tell_of_it() {
    let lab = Lab::start().await;
    assert_eq!(lab.create("content", json!({ "name": "t1" })).await.0, 200);
    assert_eq!(
        Lab::statuses(&lab.queues.deliver_due().await),
        [(Some(204), 0)]
    );
    let seen = lab.worker.seen.lock().expect("a lock").clone();
    let (headers, body) = &seen[0];
    assert_eq!(body, r#"{"id":"r1"}"#);
    assert_eq!(headers["content-type"], "application/json");
    assert_eq!(headers["x-cloudtasks-queuename"], "content");
    assert_eq!(headers["x-cloudtasks-taskname"], "t1");
    assert_eq!(headers["x-cloudtasks-taskretrycount"], "0");
    assert_eq!(headers["user-agent"], "Google-Cloud-Tasks");
    assert!(lab.queues.tasks().is_empty());
}

#[tokio::test]
async fn a_name_is_taken_once_and_for_an_hour_after() {
    let lab = Lab::start().await;
    let named = json!({ "name": "t1" });
    assert_eq!(lab.create("content", named.clone()).await.0, 200);
    let (status, body) = lab.create("content", named.clone()).await;
    assert_eq!(
        (status, &body["error"]["status"]),
        (409, &json!("ALREADY_EXISTS"))
    );
    lab.queues.deliver_due().await;
    lab.pass(59.minutes());
    assert_eq!(lab.create("content", named.clone()).await.0, 409);
    lab.pass(2.minutes());
    assert_eq!(lab.create("content", named).await.0, 200);
}

#[tokio::test]
async fn a_schedule_time_is_kept() {
    let lab = Lab::start().await;
    lab.create("content", json!({ "scheduleTime": "2026-11-23T00:10:00Z" }))
        .await;
    lab.pass(599.seconds());
    assert_eq!(lab.queues.deliver_due().await, []);
    lab.pass(1.second());
    assert_eq!(lab.queues.deliver_due().await.len(), 1);
    let far = json!({ "scheduleTime": "2027-01-23T00:10:00Z" });
    assert_eq!(lab.create("content", far).await.0, 400);
}

#[tokio::test]
async fn what_fails_comes_again_later_each_time_until_it_is_given_up() {
    let lab = Lab::start().await;
    lab.worker.answer.store(503, Ordering::SeqCst);
    lab.create("content", json!({})).await;
    let mut waits = Vec::new();
    for expected in 0..4 {
        let made = lab.queues.deliver_due().await;
        assert_eq!(Lab::statuses(&made), [(Some(503), expected)]);
        if let Some(task) = lab.queues.tasks().first() {
            let now = *lab.now.lock().expect("a lock");
            waits.push(task.due.duration_since(now).as_millis());
        }
        lab.pass(1.hour());
    }
    assert_eq!(waits, [100, 200, 400]);
    assert!(lab.queues.tasks().is_empty(), "given up after max_attempts");
}

#[tokio::test]
async fn a_worker_that_does_not_answer_in_time_is_called_again() {
    let lab = Lab::start().await;
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let task = Task {
        queue: "content".into(),
        name: "slow".into(),
        url: format!("http://{}/", silent.local_addr().expect("an address")),
        body: Vec::new(),
        due: *lab.now.lock().expect("a lock"),
        failures: 0,
        headers: Vec::new(),
        deadline: Duration::from_millis(50),
        responses: 0,
        previous: None,
        under_way: false,
    };
    lab.queues.lock().tasks.insert(task.key(), task);
    assert_eq!(Lab::statuses(&lab.queues.deliver_due().await), [(None, 0)]);
    assert_eq!(lab.queues.tasks()[0].failures, 1);
}

#[tokio::test]
async fn at_least_once_may_be_twice() {
    let lab = Lab::start().await;
    lab.queues.deliver_twice(true);
    lab.create("content", json!({})).await;
    assert_eq!(lab.queues.deliver_due().await.len(), 2);
    assert_eq!(lab.worker.seen.lock().expect("a lock").len(), 2);
}

#[tokio::test]
async fn what_cloud_tasks_refuses_is_refused() {
    let lab = Lab::start().await;
    for (queue, task, status) in [
        ("nowhere", json!({}), 404),
        ("content", json!({ "name": "a/b" }), 400),
        ("content", json!({ "dispatchDeadline": "5s" }), 400),
        ("content", json!({ "dispatchDeadline": "2h" }), 400),
        ("content", json!({ "wrong": 1 }), 400),
        (
            "content",
            json!({ "httpRequest": { "url": "nowhere" } }),
            400,
        ),
        (
            "content",
            json!({ "httpRequest": { "url": "http://a", "body": "?" } }),
            400,
        ),
        (
            "content",
            json!({ "httpRequest": { "url": "http://a", "body": "A".repeat(200 << 10) } }),
            400,
        ),
    ] {
        assert_eq!(
            lab.create(queue, task.clone()).await.0,
            status,
            "{queue} {task:.200}"
        );
    }
    lab.queues.refuse(Some(503));
    assert_eq!(lab.create("content", json!({})).await.0, 503);
    assert!(lab.queues.tasks().is_empty());
}

#[test]
fn waits_double_then_grow_evenly_then_stay() {
    let rules = QueueRules {
        min_backoff: SignedDuration::from_secs(10),
        max_backoff: SignedDuration::from_secs(300),
        max_doublings: 3,
        ..QueueRules::default()
    };
    let waits: Vec<i64> = (1..=9)
        .map(|failures| rules.backoff(failures).as_secs())
        .collect();
    assert_eq!(waits, [10, 20, 40, 80, 160, 240, 300, 300, 300]);
    assert_eq!(QueueRules::default().backoff(u32::MAX).as_secs(), 3_600);
}
