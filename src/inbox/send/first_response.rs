//! A lead's first answer: noted once its message was sent, and by the sweep where that broke off.

use crate::error::Error;
use crate::inbox::outgoing::{Outgoing, State};
use crate::inbox::store::{self, Ending};
use crate::leads::store::Leads;
use crate::policy::{Action, Actor, authorize};
use crate::state::AppState;
use crate::store::Writes;

/// Notes the first answer to a lead, when this message is one. What cannot be noted now the sweep notes.
pub(super) async fn note(state: &AppState, ours: &Outgoing) {
    if let State::Sent { noted: false, .. } = ours.state
        && let Err(error) = settle(state, &ours.id).await
    {
        tracing::warn!(%error, "the first answer to a lead is left to the sweep");
    }
}

/// Notes when a lead was first answered, in the lead and in the message's own record. Three round trips.
///
/// # Idempotency
/// The earliest answer stays, whichever is noted first.
///
/// # Errors
/// `UNAVAILABLE`, `ABORTED`.
pub(super) async fn settle(state: &AppState, id: &str) -> Result<(), Error> {
    let leads = Leads::of(state);
    state
        .store
        .retrying(|| async {
            let known = store::outgoing(&state.store, &[id]).await?;
            let Some((mut ours, time)) = known.into_iter().next() else {
                return Ok(());
            };
            let State::Sent { noted, .. } = &mut ours.state else {
                return Ok(());
            };
            if std::mem::replace(noted, true) {
                return Ok(());
            }
            let now = state.clock.now();
            let mut writes = Writes::new();
            let lead = match &ours.lead {
                Some(lead) => leads.get(lead).await?,
                None => None,
            };
            if let Some(lead) = lead
                && lead
                    .value
                    .first_response_at()
                    .is_none_or(|first| ours.called < first)
            {
                let facts = lead.value.facts();
                let action = Action::UpdateLead {
                    before: &facts,
                    after: &facts,
                    assignee: None,
                };
                let permit = authorize(&Actor::Service, &action)?;
                leads.answered(&mut writes, &permit, &lead, ours.called, now)?;
            }
            let permit = authorize(&Actor::Service, &Action::ReceiveMessages)?;
            store::end(&ours, time, Ending::Noted, now, &mut writes, &permit)?;
            state.store.commit(writes).await?;
            Ok(())
        })
        .await
}
