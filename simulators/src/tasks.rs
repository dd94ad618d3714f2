//! Cloud Tasks: queues that call back, by the rules that a service may rely on and no better.
//!
//! Named tasks are taken once and their names stay taken for an hour; a schedule time is kept; whatever is not answered
//! with 2xx within the deadline comes again, later each time; delivery is at least once, and on demand really more than
//! once. Time comes from whoever starts it, so that a test moves it.
//!
//! # Source
//! <https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues>, read 2026-11.

mod wire;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::routing::{get, post};
use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;

/// How long the name of a task that is done stays taken.
const NAME_KEPT: SignedDuration = SignedDuration::from_hours(1);

/// The rules of a queue.
#[derive(Debug, Clone, Copy)]
pub struct QueueRules {
    /// Deliveries before a task is given up.
    pub max_attempts: u32,
    /// The first wait.
    pub min_backoff: SignedDuration,
    /// The longest wait.
    pub max_backoff: SignedDuration,
    /// How often the wait doubles before it grows by the same step.
    pub max_doublings: u32,
    /// Tasks under way at a time.
    pub max_concurrent: usize,
}

impl Default for QueueRules {
    /// What a queue has that was created without any setting.
    fn default() -> Self {
        Self {
            max_attempts: 100,
            min_backoff: SignedDuration::from_millis(100),
            max_backoff: SignedDuration::from_hours(1),
            max_doublings: 16,
            max_concurrent: 1_000,
        }
    }
}

impl QueueRules {
    /// The wait after a number of failed deliveries.
    pub fn backoff(&self, failures: u32) -> SignedDuration {
        let exponent = failures.saturating_sub(1);
        let doubled = |times: u32| {
            let factor = 1_i32.checked_shl(times.min(30)).unwrap_or(i32::MAX);
            self.min_backoff
                .checked_mul(factor)
                .unwrap_or(self.max_backoff)
        };
        let wait = if exponent <= self.max_doublings {
            doubled(exponent)
        } else {
            let steps = i32::try_from(exponent - self.max_doublings).unwrap_or(i32::MAX);
            let step = doubled(self.max_doublings);
            step.checked_mul(steps.saturating_add(1))
                .unwrap_or(self.max_backoff)
        };
        wait.min(self.max_backoff)
    }
}

/// A task in its queue.
#[derive(Debug, Clone)]
pub struct Task {
    /// Its queue's short name.
    pub queue: String,
    /// Its own short name.
    pub name: String,
    /// Whom it calls.
    pub url: String,
    /// With what.
    pub body: Vec<u8>,
    /// When it is due next.
    pub due: Timestamp,
    /// Deliveries that failed.
    pub failures: u32,
    headers: Vec<(String, String)>,
    deadline: Duration,
    responses: u32,
    previous: Option<u16>,
    under_way: bool,
}

/// A delivery and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The task's short name.
    pub name: String,
    /// The path that it called.
    pub path: String,
    /// The answer's status; `None` when none came in time.
    pub status: Option<u16>,
    /// `X-CloudTasks-TaskRetryCount` of the delivery.
    pub retry_count: u32,
}

#[derive(Default)]
struct State {
    tasks: BTreeMap<(String, String), Task>,
    taken_until: HashMap<(String, String), Timestamp>,
    twice: bool,
    refuse: Option<u16>,
}

/// The queues of a project. A clone is the same queues.
#[derive(Clone)]
pub struct Dispatcher {
    state: Arc<Mutex<State>>,
    queues: Arc<HashMap<String, QueueRules>>,
    now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    http: reqwest::Client,
    created: Arc<tokio::sync::Notify>,
}

impl Dispatcher {
    /// Queues with these names and rules, by this clock.
    pub fn new(
        queues: impl IntoIterator<Item = (String, QueueRules)>,
        http: reqwest::Client,
        now: impl Fn() -> Timestamp + Send + Sync + 'static,
    ) -> Self {
        Self {
            state: Arc::default(),
            queues: Arc::new(queues.into_iter().collect()),
            now: Arc::new(now),
            http,
            created: Arc::default(),
        }
    }

    /// The surface: creating, listing and deleting tasks as Cloud Tasks has it, and `/livez`.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/livez", get(|| async { "ok" }))
            .route(
                "/v2/projects/{project}/locations/{location}/queues/{queue}/tasks",
                post(wire::create).get(wire::list),
            )
            .with_state(self.clone())
    }

    /// From now on each delivery that succeeds is made a second time.
    pub fn deliver_twice(&self, twice: bool) {
        self.lock().twice = twice;
    }

    /// From now on tasks are refused with this status, or taken again.
    pub fn refuse(&self, status: Option<u16>) {
        self.lock().refuse = status;
    }

    /// What stands in the queues, by queue and name.
    pub fn tasks(&self) -> Vec<Task> {
        self.lock().tasks.values().cloned().collect()
    }

    /// Delivers, one after the other, what is due, and what becomes due by it, until nothing is.
    pub async fn deliver_due(&self) -> Vec<Delivery> {
        let mut made = Vec::new();
        while let Some(task) = self.take_due().into_iter().next() {
            made.extend(self.deliver(task).await);
        }
        made
    }

    /// Delivers at the same moment everything that is due now.
    pub async fn deliver_at_once(&self) -> Vec<Delivery> {
        let mut set = JoinSet::new();
        for task in self.take_all_due() {
            let this = self.clone();
            set.spawn(async move { this.deliver(task).await });
        }
        set.join_all().await.into_iter().flatten().collect()
    }

    /// Delivers what becomes due, for ever.
    pub async fn run(self) {
        let mut set = JoinSet::new();
        loop {
            for task in self.take_all_due() {
                let this = self.clone();
                set.spawn(async move { this.deliver(task).await });
            }
            let wait = self.until_next();
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.created.notified() => {}
                Some(_) = set.join_next() => {}
            }
        }
    }

    fn until_next(&self) -> Duration {
        let now = (self.now)();
        let state = self.lock();
        let next = state
            .tasks
            .values()
            .filter(|task| !task.under_way)
            .map(|task| task.due)
            .min();
        let wait = next.map_or(SignedDuration::from_secs(60), |due| due.duration_since(now));
        Duration::try_from(wait)
            .unwrap_or(Duration::ZERO)
            .min(Duration::from_mins(1))
    }

    fn take_due(&self) -> Option<Task> {
        let now = (self.now)();
        let mut state = self.lock();
        let due = state
            .tasks
            .values_mut()
            .filter(|task| !task.under_way && task.due <= now)
            .min_by_key(|task| task.due)?;
        due.under_way = true;
        Some(due.clone())
    }

    fn take_all_due(&self) -> Vec<Task> {
        let mut taken = Vec::new();
        while let Some(task) = self.take_due() {
            let busy = self
                .lock()
                .tasks
                .values()
                .filter(|other| other.under_way && other.queue == task.queue)
                .count();
            let room = self
                .queues
                .get(&task.queue)
                .is_none_or(|rules| busy <= rules.max_concurrent);
            if !room {
                self.put_back(&task);
                break;
            }
            taken.push(task);
        }
        taken
    }

    fn put_back(&self, task: &Task) {
        if let Some(task) = self.lock().tasks.get_mut(&task.key()) {
            task.under_way = false;
        }
    }

    async fn deliver(&self, task: Task) -> Vec<Delivery> {
        let first = self.call(&task).await;
        let mut made = vec![first.clone()];
        let done = first
            .status
            .is_some_and(|status| (200..300).contains(&status));
        if done && self.lock().twice {
            made.push(self.call(&task).await);
        }
        self.settle(&task, first.status, done);
        made
    }

    async fn call(&self, task: &Task) -> Delivery {
        let mut request = self
            .http
            .post(&task.url)
            .timeout(task.deadline)
            .header("user-agent", "Google-Cloud-Tasks")
            .header("x-cloudtasks-queuename", &task.queue)
            .header("x-cloudtasks-taskname", &task.name)
            .header("x-cloudtasks-taskretrycount", task.failures)
            .header("x-cloudtasks-taskexecutioncount", task.responses)
            .header("x-cloudtasks-tasketa", task.due.as_second())
            .body(task.body.clone());
        for (name, value) in &task.headers {
            request = request.header(name, value);
        }
        if let Some(previous) = task.previous {
            request = request.header("x-cloudtasks-taskpreviousresponse", previous);
        }
        let status = request
            .send()
            .await
            .ok()
            .map(|response| response.status().as_u16());
        let path = reqwest::Url::parse(&task.url)
            .map_or_else(|_| task.url.clone(), |url| url.path().to_owned());
        Delivery {
            name: task.name.clone(),
            path,
            status,
            retry_count: task.failures,
        }
    }

    fn settle(&self, task: &Task, status: Option<u16>, done: bool) {
        let now = (self.now)();
        let rules = self.queues.get(&task.queue).copied().unwrap_or_default();
        let mut state = self.lock();
        let failures = task.failures + 1;
        if done || failures >= rules.max_attempts {
            state.tasks.remove(&task.key());
            state.taken_until.insert(task.key(), now + NAME_KEPT);
        } else if let Some(task) = state.tasks.get_mut(&task.key()) {
            task.failures = failures;
            task.previous = status;
            // Answers of 5xx do not count as executions.
            task.responses += u32::from(status.is_some_and(|status| status < 500));
            task.due = now + rules.backoff(failures);
            task.under_way = false;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Task {
    fn key(&self) -> (String, String) {
        (self.queue.clone(), self.name.clone())
    }
}

#[cfg(test)]
mod tests;
