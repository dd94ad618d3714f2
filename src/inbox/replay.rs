//! Parked units, tried again: by the admin command line, and for a channel once it is connected.

use super::ledger;
use super::ledger::Counts;
use super::reception::{Reception, TakeError};
use crate::state::AppState;

/// Records looked at at a time.
const PAGE: u32 = 100;

/// What was replayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Replayed {
    /// Deliveries that had something parked.
    pub deliveries: u32,
    /// Deliveries of those that have nothing parked any more.
    pub settled: u32,
    /// Units that still wait.
    pub parked: u32,
}

impl Replayed {
    fn add(&mut self, counts: Counts) {
        self.deliveries += 1;
        self.settled += u32::from(counts.parked == 0);
        self.parked += counts.parked;
    }
}

/// Replays what one delivery has parked; `None` when there is no such delivery, or nothing of it waits.
///
/// # Errors
/// As [`Reception::replay`].
pub async fn delivery(state: &AppState, id: &str) -> Result<Option<Counts>, TakeError> {
    Reception::new(state).replay(id).await
}

/// Replays everything that is parked, or with a channel what waits for that. Safe to repeat, and to break off.
///
/// # Errors
/// As [`Reception::replay`].
pub async fn all(state: &AppState, channel_id: Option<&str>) -> Result<Replayed, TakeError> {
    let reception = Reception::new(state);
    let mut replayed = Replayed::default();
    let mut after = None;
    loop {
        let ids = ledger::parked(&state.store, channel_id, after.as_deref(), PAGE).await?;
        for id in &ids {
            if let Some(counts) = reception.replay(id).await? {
                replayed.add(counts);
            }
        }
        match ids.into_iter().last() {
            Some(last) => after = Some(last),
            None => return Ok(replayed),
        }
    }
}
