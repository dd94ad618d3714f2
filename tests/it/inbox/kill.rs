//! The service as a process of its own, killed (SIGKILL) again and again while deliveries come in; in between Firestore
//! goes away, and takes commits whose answers get lost. The sender repeats as Meta does. In the end the inbox is that of
//! a calm run, and the ledger holds each unit once.
//!
//! The short form is a test like any other; `make kill-run` is the long one.

mod plan;

use std::collections::VecDeque;
use std::fmt::Debug;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::sync::watch;

use self::plan::Plan;
use super::harness::{SECRET, Seen, connect_all_of, deliver, look_at, settings, signature, start};
use super::way::{DEAF, DOWN, UP, Way};
use crate::operations::process::{self, Service};
use crate::support::dice::Dice;
use crate::support::documents;

/// Deliveries under way at once.
const SENDERS: usize = 5;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_instance_killed_at_any_moment_loses_and_doubles_nothing() {
    run(400, 8).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes: make kill-run"]
async fn five_thousand_units_through_a_service_killed_again_and_again() {
    run(5_000, 60).await;
}

/// Delivers `units` to a service that is killed about `wanted` times.
async fn run(units: usize, wanted: usize) {
    let (seed, _) = uuid::Uuid::new_v4().as_u64_pair();
    // The same seed makes the same deliveries; when the service dies, no seed repeats.
    println!("seed {seed}");
    let mut dice = Dice::of(seed, 0);
    let second = jiff::Timestamp::now().as_second() - 100_000;
    let plan = Plan::new(&mut dice, units, second);

    let calm = start().await;
    for (body, _) in &plan.bodies {
        assert_eq!(deliver(&calm, body).await, 200);
    }
    let calm_inbox = look_at(&calm.project).await;

    let project = format!("demo-t{}", uuid::Uuid::new_v4().simple());
    connect_all_of(&project).await;
    let stream = Stream::begin(&plan, seed);
    let kills = live_and_die(&project, &stream, &mut dice, wanted).await;
    println!(
        "{units} units in {} deliveries; {kills} kills cut {} requests off; {} answers of 503",
        plan.bodies.len(),
        stream.cut.load(Ordering::SeqCst),
        stream.refused.load(Ordering::SeqCst),
    );
    assert!(kills >= wanted / 2, "only {kills} kills: this was no test");
    assert!(stream.cut.load(Ordering::SeqCst) > 0);
    assert!(stream.refused.load(Ordering::SeqCst) > 0);

    let inbox = look_at(&project).await;
    assert_complete(&plan, &inbox);
    same("messages", &inbox.messages, &calm_inbox.messages);
    same(
        "conversations",
        &inbox.conversations,
        &calm_inbox.conversations,
    );
    assert_eq!(inbox.leads, calm_inbox.leads);
    assert_eq!(inbox.statuses, calm_inbox.statuses);
    assert_ledger(&project, &plan).await;
}

/// What the plan says, held to what is there: neither run is right only because the other is wrong alike.
fn assert_complete(plan: &Plan, inbox: &Seen) {
    let there = |message: &serde_json::Value| message["id"].as_str().unwrap().to_owned();
    let messages: Vec<String> = inbox.messages.values().map(there).collect();
    let expected = plan.messages.difference(&plan.deleted).count();
    assert_eq!(messages.len(), expected, "each message once");
    assert!(messages.iter().all(|id| plan.messages.contains(id)));
    assert_eq!(inbox.leads, plan.leads);
    let unread = |conversation: &serde_json::Value| conversation["unreadCount"].as_i64().unwrap();
    let unread: i64 = inbox.conversations.values().map(unread).sum();
    assert_eq!(unread, plan.unread, "each message counted once");
}

/// Each delivery has its record, and all of its units are in it; `look` has held each record to its balance.
async fn assert_ledger(project: &str, plan: &Plan) {
    let records = documents::list(project, "webhook_deliveries").await;
    assert_eq!(records.len(), plan.bodies.len());
    for (body, units) in &plan.bodies {
        let id = leadgen_pro::seal::digest_hex(body);
        let (_, record) = records.iter().find(|(name, _)| *name == id).unwrap();
        assert_eq!(record["units"], *units);
        assert_eq!(
            (&record["ignored"], &record["parked"]),
            (&0.into(), &0.into())
        );
        assert_eq!(record["state"], "SETTLED");
    }
}

/// Two maps are the same; if they are not, says where they differ first, and not all that they hold.
#[track_caller]
fn same<K: Ord + Debug, V: PartialEq + Debug>(
    what: &str,
    one: &std::collections::BTreeMap<K, V>,
    other: &std::collections::BTreeMap<K, V>,
) {
    assert!(one.keys().eq(other.keys()), "{what}: others are there");
    for (key, value) in one {
        assert_eq!(value, &other[key], "{what}: {key:?}");
    }
}

/// Starts the service, lets it answer some deliveries, and kills it, until it has died so often or all are answered.
async fn live_and_die(project: &str, stream: &Stream, dice: &mut Dice, wanted: usize) -> usize {
    let way = Way::open().await;
    let mut kills = 0;
    loop {
        let mut service = Service::start(&environment(project, &way.address)).await;
        stream.address.send_replace(service.address.clone());
        // Read to the end, so that the process never waits for a reader of its log.
        let mut log = service.log;
        let log = tokio::spawn(async move {
            let mut text = String::new();
            log.read_to_string(&mut text).await.unwrap();
            text
        });
        let before = stream.answered.load(Ordering::SeqCst);
        let left = stream.left.load(Ordering::SeqCst);
        let life = match wanted.saturating_sub(kills) {
            0 => usize::MAX,
            lives => dice.below(2 * left / lives + 1),
        };
        let mut state = match kills {
            1 => DOWN,
            3 => DEAF,
            _ => UP,
        };
        way.be(state);
        let refused = stream.refused.load(Ordering::SeqCst);
        let finished = patiently("a life's end", || async {
            if state != UP && stream.refused.load(Ordering::SeqCst) > refused {
                return Some(false);
            }
            let left = stream.left.load(Ordering::SeqCst);
            let lived = stream.answered.load(Ordering::SeqCst) - before >= life;
            (left == 0 || state == UP && lived).then_some(left == 0)
        })
        .await;
        if state != UP {
            // The same instance has to recover before its end comes.
            state = UP;
            way.be(state);
            stream.answers(1).await;
        }
        if !finished {
            tokio::time::sleep(Duration::from_millis(dice.below(40) as u64)).await;
        }
        service.child.start_kill().unwrap();
        service.child.wait().await.unwrap();
        let log = log.await.unwrap();
        assert!(!log.contains("panick"), "{log}");
        if finished {
            return kills;
        }
        kills += 1;
    }
}

/// Asks again until the answer is there; on a machine that has other tests to run, a life takes its time.
async fn patiently<T, Fut: Future<Output = Option<T>>>(what: &str, ask: impl Fn() -> Fut) -> T {
    let answer = async {
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    let answer = tokio::time::timeout(Duration::from_mins(2), answer).await;
    answer.unwrap_or_else(|_| panic!("never happened: {what}"))
}

fn environment(project: &str, firestore: &str) -> Vec<(String, String)> {
    let mut all = process::settings(project);
    all.retain(|(name, _)| name != "FIRESTORE_EMULATOR_HOST");
    all.push(("FIRESTORE_EMULATOR_HOST".into(), firestore.into()));
    for (name, value) in settings() {
        all.push((name.into(), value.into()));
    }
    all
}

/// The platform's side: deliveries that are repeated until they are answered 200, and some of them also after that.
struct Stream {
    address: watch::Sender<String>,
    left: Arc<AtomicUsize>,
    answered: Arc<AtomicUsize>,
    refused: Arc<AtomicUsize>,
    cut: Arc<AtomicUsize>,
}

impl Stream {
    fn begin(plan: &Plan, seed: u64) -> Self {
        let stream = Self {
            address: watch::Sender::new(String::new()),
            left: Arc::new(AtomicUsize::new(plan.bodies.len())),
            answered: Arc::default(),
            refused: Arc::default(),
            cut: Arc::default(),
        };
        let queue: VecDeque<Vec<u8>> = plan.bodies.iter().map(|(body, _)| body.clone()).collect();
        let queue = Arc::new(Mutex::new(queue));
        for number in 1..=SENDERS {
            let sender = Sender {
                queue: Arc::clone(&queue),
                address: stream.address.subscribe(),
                left: Arc::clone(&stream.left),
                answered: Arc::clone(&stream.answered),
                refused: Arc::clone(&stream.refused),
                cut: Arc::clone(&stream.cut),
                dice: Dice::of(seed, number),
                http: reqwest::Client::new(),
            };
            tokio::spawn(sender.run());
        }
        stream
    }

    /// Waits for so many more answers of 200, or for the end.
    async fn answers(&self, more: usize) {
        let before = self.answered.load(Ordering::SeqCst);
        patiently("an answer", || async {
            let answered = self.answered.load(Ordering::SeqCst) >= before + more;
            (answered || self.left.load(Ordering::SeqCst) == 0).then_some(())
        })
        .await;
    }
}

struct Sender {
    queue: Arc<Mutex<VecDeque<Vec<u8>>>>,
    address: watch::Receiver<String>,
    left: Arc<AtomicUsize>,
    answered: Arc<AtomicUsize>,
    refused: Arc<AtomicUsize>,
    cut: Arc<AtomicUsize>,
    dice: Dice,
    http: reqwest::Client,
}

impl Sender {
    async fn run(mut self) {
        let mut pause = Duration::ZERO;
        while self.left.load(Ordering::SeqCst) > 0 {
            tokio::time::sleep(pause).await;
            let body = self.queue.lock().unwrap().pop_front();
            let Some(body) = body else {
                pause = Duration::from_millis(5);
                continue;
            };
            if self.is_taken(&body).await {
                pause = Duration::ZERO;
                self.answered.fetch_add(1, Ordering::SeqCst);
                // Told once more although it was answered, at some other time.
                if self.dice.percent(10) {
                    self.queue.lock().unwrap().push_back(body);
                } else {
                    self.left.fetch_sub(1, Ordering::SeqCst);
                }
            } else {
                // Each repetition waits longer than the one before, and the others go on meanwhile.
                pause = (pause * 2).clamp(Duration::from_millis(5), Duration::from_millis(80));
                let mut queue = self.queue.lock().unwrap();
                let at = self.dice.below(queue.len() + 1);
                queue.insert(at, body);
            }
        }
    }

    async fn is_taken(&self, body: &[u8]) -> bool {
        let address = self.address.borrow().clone();
        let answer = self
            .http
            .post(format!("http://{address}/webhookHandler"))
            .header("content-type", "application/json")
            .header("x-hub-signature-256", signature(SECRET, body))
            .body(body.to_vec())
            .send()
            .await;
        match answer.map(|answer| answer.status().as_u16()) {
            Ok(200) => true,
            Ok(status) => {
                assert_eq!(status, 503);
                self.refused.fetch_add(1, Ordering::SeqCst);
                false
            }
            Err(error) => {
                if !error.is_connect() && !error.is_builder() {
                    self.cut.fetch_add(1, Ordering::SeqCst);
                }
                false
            }
        }
    }
}
