//! What was left on the way: messages whose attempt died, and first answers that were not noted.
//!
//! *Rule:* an attempt that has not ended when its time is over may have been sent or not, and no one can tell by looking.
//! It is shown as unclear, stays PENDING, and is never repeated by the service. Its echo or status may still complete it.

use super::{attempt, failure, first_response};
use crate::error::Error;
use crate::inbox::store::{self, Ending};
use crate::policy::{Action, Actor, authorize};
use crate::state::AppState;

/// Messages that one sweep looks after, of each kind.
const SWEEP_LIMIT: u32 = 200;

/// Marks attempts that must have ended as unclear, and notes first answers. Two queries, and two or three round trips for
/// each find.
///
/// # Idempotency
/// Each find is written under a guard; two sweeps at once change nothing twice.
///
/// # Errors
/// `UNAVAILABLE`; what was found by then is written.
pub async fn run(state: &AppState) -> Result<(), Error> {
    let permit = authorize(&Actor::Service, &Action::ReceiveMessages)?;
    let now = state.clock.now();
    let overdue = store::overdue(&state.store, now, SWEEP_LIMIT).await?;
    let text = failure::unclear();
    for (ours, _) in &overdue {
        let ending = Ending::Unclear(failure::UNCLEAR, &text);
        attempt::end(state, &ours.id, &ours.attempt_id, ending, &permit).await?;
    }
    let owing = store::owing(&state.store, SWEEP_LIMIT).await?;
    for (ours, _) in &owing {
        first_response::settle(state, &ours.id).await?;
    }
    if !overdue.is_empty() || !owing.is_empty() {
        tracing::info!(
            unclear = overdue.len(),
            first_answers = owing.len(),
            "messages swept"
        );
    }
    Ok(())
}
