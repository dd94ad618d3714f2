//! Counts what a request costs in Firestore: round trips, documents read, documents written.
//!
//! The counter belongs to the task that [`counting`] wraps, which `layers` does for each request; its sum stands in the
//! request's log line, and tests hold paths to the number that their doc comments state.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// What one request cost.
#[derive(Debug, Default)]
pub struct Ops {
    requests: AtomicU32,
    reads: AtomicU32,
    writes: AtomicU32,
}

impl Ops {
    /// Round trips.
    pub fn requests(&self) -> u32 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Documents asked for, as they are billed: an empty answer counts as one, and a count as one for each 1,000.
    pub fn reads(&self) -> u32 {
        self.reads.load(Ordering::Relaxed)
    }

    /// Documents written, in commits that may have been refused.
    pub fn writes(&self) -> u32 {
        self.writes.load(Ordering::Relaxed)
    }
}

tokio::task_local! {
    static CURRENT: Arc<Ops>;
}

/// Runs a future with its Firestore calls counted in `ops`.
pub fn counting<F: Future>(ops: Arc<Ops>, future: F) -> impl Future<Output = F::Output> {
    CURRENT.scope(ops, future)
}

fn add(counter: impl Fn(&Ops) -> &AtomicU32, number: usize) {
    // Outside a request, as in the admin commands, nobody counts.
    let _ = CURRENT.try_with(|ops| {
        counter(ops).fetch_add(u32::try_from(number).unwrap_or(u32::MAX), Ordering::Relaxed)
    });
}

pub(super) fn read(documents: usize) {
    add(|ops| &ops.requests, 1);
    add(|ops| &ops.reads, documents);
}

pub(super) fn also_read(documents: usize) {
    add(|ops| &ops.reads, documents);
}

pub(super) fn wrote(documents: usize) {
    add(|ops| &ops.requests, 1);
    add(|ops| &ops.writes, documents);
}
