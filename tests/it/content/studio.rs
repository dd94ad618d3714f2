//! An application with simulated AI providers and a dispatcher of tasks, a clock that stands still, and its books.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use leadgen_pro::clock::{Clock, ManualClock};
use serde_json::{Value, json};
use simulators::ai::{GEMINI_KEY, OPENAI_KEY, Provider, Server};
use simulators::tasks::Dispatcher;

use crate::support::{App, Person, documents, queues};

/// The default text models, which the books name.
pub(super) const OPENAI_MODEL: &str = "gpt-6-luna";

pub(super) struct Studio {
    pub(super) app: App,
    pub(super) ai: Server,
    pub(super) tasks: Dispatcher,
    pub(super) clock: ManualClock,
}

/// What the books say of one day's or month's budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Money {
    pub(super) spent: i64,
    pub(super) reserved: i64,
}

impl Studio {
    /// With both providers, OpenAI first, and a dollar a day for everybody.
    pub(super) async fn open() -> Self {
        Self::open_with(&[]).await
    }

    pub(super) async fn open_with(settings: &[(&str, &str)]) -> Self {
        let studio = Self::open_bare(settings).await;
        studio.allow(1_000_000, 1_000_000, 1_000_000).await;
        studio
    }

    /// Without `settings/ai`.
    pub(super) async fn open_bare(settings: &[(&str, &str)]) -> Self {
        let (clock, hands) = Clock::manual("2026-11-23T03:00:00Z".parse().unwrap());
        let ai = Server::start().await.unwrap();
        let (tasks, tasks_url) = queues::start(&["content"], &clock).await;
        let (openai, gemini) = (ai.openai_url(), ai.gemini_url());
        let mut all = vec![
            ("TASKS_BASE_URL", tasks_url.as_str()),
            ("OPENAI_API_KEY", OPENAI_KEY),
            ("OPENAI_BASE_URL", &openai),
            ("GEMINI_API_KEY", GEMINI_KEY),
            ("GEMINI_BASE_URL", &gemini),
        ];
        all.extend(settings);
        let app = App::start_at(&clock, &all).await;
        Self {
            app,
            ai,
            tasks,
            clock: hands,
        }
    }

    /// Sets what a person, a branch and all together may spend in a day; thirty times that in a month.
    pub(super) async fn allow(&self, user: i64, branch: i64, organisation: i64) {
        let of = |day: i64| json!({ "dayMicroUsd": day, "monthMicroUsd": day * 30 });
        let settings = json!({
            "enabled": true,
            "allowances": { "user": of(user), "branch": of(branch), "organisation": of(organisation) },
        });
        documents::put(&self.app.project, "settings/ai", settings).await;
    }

    pub(super) async fn partner(&self) -> Person {
        self.app.staff("m1", "MITRA", Some("c1")).await
    }

    pub(super) async fn request(&self, id: &str) -> Value {
        documents::get(&self.app.project, &format!("content_requests/{id}"))
            .await
            .unwrap()
    }

    /// The only content request that there is.
    pub(super) async fn only_request(&self) -> (String, Value) {
        let mut all = documents::list(&self.app.project, "content_requests").await;
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }

    pub(super) fn calls(&self) -> usize {
        self.ai.calls().len()
    }

    pub(super) fn paid_calls(&self) -> usize {
        self.ai.paid_calls(Provider::OpenAi) + self.ai.paid_calls(Provider::Gemini)
    }

    pub(super) fn pass(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    pub(super) fn now(&self) -> Timestamp {
        self.app.state.clock.now()
    }

    pub(super) async fn push(&self, path: &str, body: &Value) -> u16 {
        let request = self
            .app
            .http
            .post(format!("{}{path}", self.app.url))
            .json(body);
        request.send().await.unwrap().status().as_u16()
    }

    /// The schedule's sweep, and whatever it put into the queue.
    pub(super) async fn sweep(&self) {
        assert_eq!(self.push("/tasks/sweep", &json!({})).await, 204);
        self.tasks.deliver_due().await;
    }

    /// The kinds of the ledger's entries, in alphabetical order.
    pub(super) async fn ledger(&self) -> Vec<String> {
        let entries = documents::list(&self.app.project, "ledger").await;
        let mut kinds: Vec<String> = entries
            .iter()
            .map(|(_, entry)| entry["kind"].as_str().unwrap().to_owned())
            .collect();
        kinds.sort_unstable();
        kinds
    }

    /// Adds the ledger up and holds every budget to it; returns what everybody spent and reserved in the month.
    pub(super) async fn audit(&self) -> Money {
        let project = &self.app.project;
        let mut sums: BTreeMap<String, Money> = BTreeMap::new();
        let mut open: BTreeMap<String, i64> = BTreeMap::new();
        for (_, entry) in documents::list(project, "ledger").await {
            let text = |field: &str| entry[field].as_str().map(ToOwned::to_owned);
            let mut scopes = vec![
                "organisation".to_owned(),
                format!("user-{}", text("userId").unwrap()),
            ];
            scopes.extend(text("branchId").map(|branch| format!("branch-{branch}")));
            let reserved = entry["reservedMicroUsd"].as_i64().unwrap();
            for scope in scopes {
                for period in [text("day").unwrap(), text("month").unwrap()] {
                    let sum = sums.entry(format!("{scope}_{period}")).or_default();
                    sum.spent += entry["spentMicroUsd"].as_i64().unwrap();
                    sum.reserved += reserved;
                }
            }
            *open.entry(text("attemptId").unwrap()).or_default() += reserved;
        }
        open.retain(|_, reserved| *reserved != 0);
        let reservations: BTreeMap<String, i64> = documents::list(project, "reservations")
            .await
            .into_iter()
            .map(|(id, doc)| (id, doc["amountMicroUsd"].as_i64().unwrap()))
            .collect();
        assert_eq!(
            open, reservations,
            "what the ledger holds open is what is reserved"
        );
        let budgets = documents::list(project, "budgets").await;
        let mut whole = Money::default();
        for (id, budget) in &budgets {
            let number = |field: &str| budget[field].as_i64().unwrap_or_default();
            let stands = Money {
                spent: number("spentMicroUsd"),
                reserved: number("reservedMicroUsd"),
            };
            assert_eq!(sums.remove(id).unwrap_or_default(), stands, "{id}");
            if id.starts_with("organisation_") && id.len() == "organisation_2026-11".len() {
                whole.spent += stands.spent;
                whole.reserved += stands.reserved;
            }
        }
        assert!(sums.is_empty(), "entries without a budget: {sums:?}");
        whole
    }

    /// Holds every budget to its allowance, where none was lowered since.
    pub(super) async fn within_caps(&self) {
        for (id, budget) in documents::list(&self.app.project, "budgets").await {
            let number = |field: &str| budget[field].as_i64().unwrap();
            let given = number("spentMicroUsd") + number("reservedMicroUsd");
            assert!(given <= number("allowanceMicroUsd"), "{id}: {budget}");
        }
    }

    /// Reads a stream of events as they come.
    pub(super) async fn stream(&self, person: &Person, data: Value) -> Stream {
        Stream::open(&self.app.http, &self.app.url, &person.token, data).await
    }
}

/// An answer of `generateContent`, read as it comes.
pub(crate) struct Stream {
    response: reqwest::Response,
    rest: String,
}

impl Stream {
    /// Asks for content at a service, and for the answer as a stream.
    pub(crate) async fn open(http: &reqwest::Client, url: &str, token: &str, data: Value) -> Self {
        let request = http
            .post(format!("{url}/generateContent"))
            .bearer_auth(token)
            .header("accept", "text/event-stream")
            .json(&json!({ "data": data }));
        Self {
            response: request.send().await.unwrap(),
            rest: String::new(),
        }
    }

    /// The next event; `None` at the end.
    pub(crate) async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some((event, rest)) = self.rest.split_once("\n\n") {
                let event = event
                    .strip_prefix("data: ")
                    .map(|json| serde_json::from_str(json).unwrap());
                let rest = rest.to_owned();
                self.rest = rest;
                if event.is_some() {
                    return event;
                }
                continue;
            }
            let wait = Duration::from_mins(1);
            let chunk = tokio::time::timeout(wait, self.response.chunk())
                .await
                .expect("an event in time");
            self.rest
                .push_str(std::str::from_utf8(&chunk.unwrap()?).unwrap());
        }
    }

    pub(crate) async fn rest(mut self) -> Vec<Value> {
        let mut events = Vec::new();
        while let Some(event) = self.next().await {
            events.push(event);
        }
        events
    }
}

/// An order, the same each time.
pub(crate) fn order() -> Value {
    json!({ "topic": "Umrah Ramadhan bersama keluarga", "platform": "INSTAGRAM" })
}

pub(super) fn order_as(request_id: &str) -> Value {
    let mut order = order();
    order["requestId"] = request_id.into();
    order
}
