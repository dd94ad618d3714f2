//! `linkConversationToLead`: that a conversation is with the person of a lead, or no longer.

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::extract::Caller;
use crate::ids::{ConversationId, LeadId, Uid};
use crate::leads::Placement;
use crate::leads::assignee;
use crate::leads::store::{Leads, StoredLead};
use crate::policy::{Action, Decision, authorize, decide};
use crate::state::AppState;
use crate::store::{Doc, Writes};

/// What `linkConversationToLead` takes: without a lead, or with null, the link is cut.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "LinkConversationToLead"))]
pub struct LinkConversation {
    conversation_id: ConversationId,
    #[cfg_attr(test, ts(optional = nullable))]
    lead_id: Option<LeadId>,
}

/// How the conversation is linked now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ConversationLinked {
    conversation_id: String,
    lead_id: Option<String>,
}

/// `linkConversationToLead`: links a conversation to a lead, both of them in the caller's scope, or cuts its link. A lead's
/// conversation lies where the lead lies: one that lies elsewhere moves there, if the caller may move it. The
/// lead that it leaves and the one that it gets tell of it in their history.
///
/// Round trips: the conversation; its leads side by side; the lead's holder when the conversation has to move; one commit.
///
/// # Idempotency
/// What is linked so already stays as it is.
///
/// # Errors
/// `NOT_FOUND` when the caller may not know of the conversation or of the lead; `ABORTED` when others kept changing them.
pub async fn link_conversation_to_lead(
    state: AppState,
    caller: Caller,
    data: LinkConversation,
) -> Result<ConversationLinked, Error> {
    let leads = Leads::of(&state);
    state
        .store
        .retrying(|| attempt(&state, &leads, &caller, &data))
        .await?;
    Ok(ConversationLinked {
        conversation_id: data.conversation_id.to_string(),
        lead_id: data.lead_id.map(Into::into),
    })
}

async fn attempt(
    state: &AppState,
    leads: &Leads,
    caller: &Caller,
    data: &LinkConversation,
) -> Result<(), Error> {
    let actor = caller.actor();
    let id = &data.conversation_id;
    let conversation = leads.conversation(id).await?.ok_or_else(Error::not_found)?;
    let place = conversation.value.facts();
    let _ = authorize(&actor, &Action::ReadConversation(&place))?;
    let old = conversation.value.lead_id().map(ToOwned::to_owned);
    let new = data.lead_id.as_ref().map(LeadId::as_str);
    let ids: Vec<&str> = old.as_deref().into_iter().chain(new).collect();
    let mut found = leads.get_many(&ids).await?;
    let lead = match new {
        Some(new) => Some(found.remove(new).ok_or_else(Error::not_found)?),
        None => None,
    };
    // A link can be cut by whoever holds the conversation, also when its lead is gone.
    let with = lead
        .as_ref()
        .map_or_else(|| place.clone(), |lead| lead.value.facts());
    let action = Action::LinkConversation {
        conversation: &place,
        lead: &with,
    };
    let permit = authorize(&actor, &action)?;
    if old.as_deref() == new {
        return Ok(());
    }
    let now = state.clock.now();
    let placement = match &lead {
        Some(lead) if with != place => moved(state, caller, &conversation, lead).await,
        _ => None,
    };
    let mut writes = Writes::new();
    let lead_id = data.lead_id.as_ref();
    leads.link_conversation(
        &mut writes,
        &permit,
        &conversation,
        lead_id,
        placement.as_ref(),
    )?;
    if let Some(lead) = &lead {
        leads.note_link(&mut writes, &permit, lead, id, true, now)?;
    }
    // A lead out of the caller's reach is not touched.
    if let Some(left) = old.and_then(|old| found.remove(&old))
        && decide(&actor, &Action::ReadLead(&left.value.facts())) == Decision::Allow
    {
        leads.note_link(&mut writes, &permit, &left, id, false, now)?;
    }
    leads.store().commit(writes).await?;
    Ok(())
}

/// Where a conversation moves to lie with its lead, if the caller may move it there.
async fn moved(
    state: &AppState,
    caller: &Caller,
    conversation: &Doc<StoredLead>,
    lead: &Doc<StoredLead>,
) -> Option<Placement> {
    let (_, holder) = lead.value.place();
    let holder = Uid::parse(holder?).ok()?;
    let target = assignee::find(&state.store, caller, &holder).await.ok()?;
    // The lead says where it lies; its holder may have gone elsewhere since.
    let after = target.placement.facts();
    let action = Action::AssignConversation {
        before: &conversation.value.facts(),
        after: &after,
        assignee: target.assignee.as_ref(),
    };
    let may = after == lead.value.facts() && authorize(&caller.actor(), &action).is_ok();
    may.then_some(target.placement)
}
