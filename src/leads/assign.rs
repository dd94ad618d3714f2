//! `assignLead`: a lead into other hands, and its conversation with it.

use serde::{Deserialize, Serialize};

use super::assignee::{self, Target};
use super::request;
use super::store::{Leads, StoredLead, index_doc};
use crate::error::Error;
use crate::extract::Caller;
use crate::ids::LeadId;
use crate::policy::{Action, Permit, authorize};
use crate::state::AppState;
use crate::store::{StoreError, Writes};

/// What `assignLead` takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct AssignLead {
    lead_id: LeadId,
    assigned_to: String,
}

/// Where the lead lies now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LeadAssigned {
    lead_id: String,
    assigned_to: String,
    branch_id: String,
}

/// `assignLead`: gives a lead, and the conversations with its person, to a partner or to the pool of a branch.
///
/// PUSAT moves leads across branches, a branch among its own partners and back to its pool; of the conversations, those
/// move that the caller may move. Round trips: 5 at most (the recipient; lead and conversations side by side; the
/// phone's index entry; one commit), begun anew from the second when somebody changes the lead meanwhile.
///
/// # Idempotency
/// A lead that lies there already stays as it is.
///
/// # Errors
/// `NOT_FOUND` when the caller may not know of the lead; `PERMISSION_DENIED` when it may see but not move it; those about
/// `assignedTo` as [`assignee::find`] says; `ABORTED` when others kept changing the lead.
pub async fn assign_lead(
    state: AppState,
    caller: Caller,
    data: AssignLead,
) -> Result<LeadAssigned, Error> {
    let to = request::uid(assignee::FIELD, &data.assigned_to)?;
    let leads = Leads::of(&state);
    // A refusal about the recipient waits until it is known that the caller may see the lead.
    let target = assignee::find(&state.store, &caller, &to).await;
    let now = state.clock.now();
    let assigned = state
        .store
        .retrying(|| move_lead(&leads, &caller, &data.lead_id, &target, now))
        .await?;
    assigned.map(|target| LeadAssigned {
        lead_id: data.lead_id.to_string(),
        assigned_to: target.placement.assigned_to().to_string(),
        branch_id: target.placement.branch_id().to_string(),
    })
}

/// One attempt to move a lead and its conversations: four round trips. A refusal is a result; only what the store says can
/// make it begin anew.
///
/// # Errors
/// As [`crate::store::Store::commit`].
pub async fn move_lead<'t>(
    leads: &Leads,
    caller: &Caller,
    lead_id: &LeadId,
    target: &'t Result<Target, Error>,
    now: jiff::Timestamp,
) -> Result<Result<&'t Target, Error>, StoreError> {
    let (lead, conversations) =
        futures::try_join!(leads.get(lead_id.as_str()), leads.conversations(lead_id))?;
    let Some(lead) = lead else {
        return Ok(Err(Error::not_found()));
    };
    let (target, permit) = match allowed(caller, &lead.value, target) {
        Ok(allowed) => allowed,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let placement = &target.placement;
    let mut writes = Writes::new();
    if lead.value.facts() != placement.facts() {
        leads.relocate(&mut writes, &permit, &lead, placement, now)?;
    }
    for conversation in &conversations {
        let (before, after) = (conversation.value.facts(), placement.facts());
        let action = Action::AssignConversation {
            before: &before,
            after: &after,
            assignee: target.assignee.as_ref(),
        };
        // One that was given elsewhere, out of the caller's reach, stays there.
        if before != after
            && let Ok(permit) = authorize(&caller.actor(), &action)
        {
            leads.relocate_conversation(&mut writes, &permit, conversation, placement)?;
        }
    }
    if let Some(phone) = lead.value.phone() {
        let entry = leads.index_entry(phone).await?;
        let names = index_doc(&lead.id, placement, now);
        let (read, in_step) = match &entry {
            Some(entry) => (
                Some(entry.update_time),
                entry.value.lead_id != lead.id || entry.value.names_the_same(&names),
            ),
            None => (None, false),
        };
        if !in_step {
            leads.index(&mut writes, &permit, phone, &names, read)?;
        }
    }
    leads.store().commit(writes).await?;
    Ok(Ok(target))
}

fn allowed<'t>(
    caller: &Caller,
    lead: &StoredLead,
    target: &'t Result<Target, Error>,
) -> Result<(&'t Target, Permit), Error> {
    let actor = caller.actor();
    let before = lead.facts();
    let _ = authorize(&actor, &Action::ReadLead(&before))?;
    let target = target.as_ref().map_err(Clone::clone)?;
    let action = Action::UpdateLead {
        before: &before,
        after: &target.placement.facts(),
        assignee: target.assignee.as_ref(),
    };
    Ok((target, authorize(&actor, &action)?))
}
