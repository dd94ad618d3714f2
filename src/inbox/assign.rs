//! `assignConversation`: a conversation into other hands, and its lead with it.

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::extract::Caller;
use crate::ids::{ConversationId, LeadId, Uid};
use crate::leads::assign::move_lead;
use crate::leads::assignee::{self, Target};
use crate::leads::store::Leads;
use crate::policy::{Action, authorize};
use crate::state::AppState;
use crate::store::Writes;

/// What `assignConversation` takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct AssignConversation {
    conversation_id: ConversationId,
    assigned_to: Uid,
}

/// Where the conversation lies now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct ConversationAssigned {
    conversation_id: String,
    assigned_to: String,
    branch_id: String,
    /// The lead that moved along.
    #[serde(skip_serializing_if = "Option::is_none")]
    lead_id: Option<String>,
}

/// `assignConversation`: gives a conversation to a partner or to the pool of a branch; a lead that it is linked to, and that
/// lead's other conversations, go along where the caller may move them.
///
/// Round trips: the recipient; the conversation; then one commit, or with a lead two reads and what
/// [`move_lead`] takes.
///
/// # Idempotency
/// A conversation that lies there already stays as it is.
///
/// # Errors
/// `NOT_FOUND` when the caller may not know of the conversation; `PERMISSION_DENIED` when it may see but not move it; those
/// about `assignedTo` as [`assignee::find`] says; `ABORTED` when others kept changing it.
pub async fn assign_conversation(
    state: AppState,
    caller: Caller,
    data: AssignConversation,
) -> Result<ConversationAssigned, Error> {
    let leads = Leads::of(&state);
    // A refusal about the recipient waits until it is known that the caller may see the conversation.
    let target = assignee::find(&state.store, &caller, &data.assigned_to).await;
    let now = state.clock.now();
    let id = &data.conversation_id;
    let lead_id = state
        .store
        .retrying(|| attempt(&leads, &caller, id, &target, now))
        .await?;
    let placement = target?.placement;
    Ok(ConversationAssigned {
        conversation_id: id.to_string(),
        assigned_to: placement.assigned_to().to_string(),
        branch_id: placement.branch_id().to_string(),
        lead_id: lead_id.map(Into::into),
    })
}

/// One attempt; says which lead moved along.
async fn attempt(
    leads: &Leads,
    caller: &Caller,
    id: &ConversationId,
    target: &Result<Target, Error>,
    now: jiff::Timestamp,
) -> Result<Option<LeadId>, Error> {
    let actor = caller.actor();
    let conversation = leads.conversation(id).await?.ok_or_else(Error::not_found)?;
    let before = conversation.value.facts();
    let _ = authorize(&actor, &Action::ReadConversation(&before))?;
    let found = target.as_ref().map_err(Clone::clone)?;
    let after = found.placement.facts();
    let action = Action::AssignConversation {
        before: &before,
        after: &after,
        assignee: found.assignee.as_ref(),
    };
    let permit = authorize(&actor, &action)?;
    let linked = conversation.value.lead_id();
    if let Some(lead_id) = linked.and_then(|id| LeadId::parse(id).ok()) {
        // The lead of another's, or one that is gone, stays where it is.
        if move_lead(leads, caller, &lead_id, target, now)
            .await?
            .is_ok()
        {
            return Ok(Some(lead_id));
        }
    }
    if before != after {
        let mut writes = Writes::new();
        leads.relocate_conversation(&mut writes, &permit, &conversation, &found.placement)?;
        leads.store().commit(writes).await?;
    }
    Ok(None)
}
