//! What requests cost in Firestore, as the line says that each of them leaves in the log.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

use super::eventually;

/// What a request cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Cost {
    /// Round trips.
    pub requests: u64,
    /// Documents read, as they are billed.
    pub reads: u64,
    /// Documents written.
    pub writes: u64,
}

/// Reads the log of the applications that run on the test's own thread, for as long as it lives.
pub(crate) struct Meter {
    heard: Heard,
    _listening: tracing::subscriber::DefaultGuard,
    _second: tracing::Dispatch,
}

#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<(String, Cost)>>>);

impl Meter {
    /// Begins to listen. A test with several worker threads would be heard in part: it has to be of one thread.
    pub(crate) fn start() -> Self {
        let heard = Heard::default();
        // With a single subscriber in the process, tracing asks the thread that meets an event first whether anybody
        // listens, and other tests' threads say no for all. With two it asks both.
        let second = tracing::Dispatch::new(tracing_subscriber::registry());
        let subscriber = tracing_subscriber::registry()
            .with(LevelFilter::INFO)
            .with(heard.clone());
        Self {
            heard,
            _listening: tracing::subscriber::set_default(subscriber),
            _second: second,
        }
    }

    /// Does something, and says what the one request cost that it made of a route.
    pub(crate) async fn cost<T>(&self, route: &str, act: impl Future<Output = T>) -> (Cost, T) {
        let before = self.of(route).len();
        let outcome = act.await;
        // The line is written when the last byte of the answer has left, and what it belongs to is let go.
        let cost = eventually("the request's line in the log", || async {
            self.of(route).get(before).copied()
        })
        .await;
        assert_eq!(self.of(route).len(), before + 1, "one request of {route}");
        (cost, outcome)
    }

    fn of(&self, route: &str) -> Vec<Cost> {
        let heard = self.heard.0.lock().unwrap();
        let of_route = heard.iter().filter(|(of, _)| of == route);
        of_route.map(|(_, cost)| *cost).collect()
    }
}

impl<S: tracing::Subscriber> Layer<S> for Heard {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let mut line = Line::default();
        event.record(&mut line);
        if let Some(route) = line.route.filter(|_| line.counted) {
            self.0.lock().unwrap().push((route, line.cost));
        }
    }
}

#[derive(Default)]
struct Line {
    route: Option<String>,
    counted: bool,
    cost: Cost,
}

impl Visit for Line {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "route" {
            self.route = Some(value.to_owned());
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        match field.name() {
            "firestore_requests" => {
                self.counted = true;
                self.cost.requests = value;
            }
            "firestore_reads" => self.cost.reads = value,
            "firestore_writes" => self.cost.writes = value,
            _ => {}
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}
