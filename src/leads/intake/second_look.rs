//! After a lead was given to a partner: may they hold it still?
//!
//! A partner who is closed or moved between the look at the branch's partners and the commit would keep what nobody looks
//! for: their own leads had been handed over by then. Whoever is closed after this look has what stands here handed over.

use super::settle::changing;
use crate::error::Error;
use crate::ids::LeadId;
use crate::leads::store::{Leads, index_doc};
use crate::leads::{Placement, routing};
use crate::state::AppState;
use crate::store::Writes;

/// Looks whether whoever was given a lead may hold it, and takes it back into the branch's pool if not, with its
/// conversations. One round trip; four more in that case.
///
/// # Idempotency
/// Safe to repeat: what lies elsewhere by now stays there.
///
/// # Errors
/// `UNAVAILABLE`, `ABORTED`.
pub async fn look_again(state: &AppState, lead: &LeadId, given: &Placement) -> Result<(), Error> {
    let db = &state.store;
    if routing::may_hold(db, given).await? {
        return Ok(());
    }
    let pool = Placement::pool(given.branch_id().clone());
    db.retrying(|| take_back(state, lead, given, &pool)).await
}

async fn take_back(
    state: &AppState,
    id: &LeadId,
    given: &Placement,
    pool: &Placement,
) -> Result<(), Error> {
    let (leads, now) = (Leads::of(state), state.clock.now());
    let (lead, conversations) =
        futures::try_join!(leads.get(id.as_str()), leads.conversations(id))?;
    let Some(lead) = lead.filter(|lead| lead.value.facts() == given.facts()) else {
        return Ok(());
    };
    let mut writes = Writes::new();
    let permit = changing(&lead)?;
    leads.relocate(&mut writes, &permit, &lead, pool, now)?;
    for conversation in &conversations {
        if conversation.value.facts() == given.facts() {
            leads.relocate_conversation(&mut writes, &permit, conversation, pool)?;
        }
    }
    if let Some(phone) = lead.value.phone()
        && let Some(entry) = leads.index_entry(phone).await?
        && entry.value.lead_id == lead.id
    {
        let names = index_doc(&lead.id, pool, now);
        let read = Some(entry.update_time);
        leads.index(&mut writes, &permit, phone, &names, read)?;
    }
    state.store.commit(writes).await?;
    Ok(())
}
