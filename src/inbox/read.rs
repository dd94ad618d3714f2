//! `markConversationRead`: somebody has looked, up to a message; and a conversation put away, or taken up again.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::conversation::Conversation;
use super::send::wire;
use super::store;
use crate::channels::secrets;
use crate::channels::store::channels;
use crate::channels::{Channel, ChannelState};
use crate::error::{Error, text};
use crate::extract::Caller;
use crate::ids::{ConversationId, MessageId};
use crate::policy::{Action, authorize};
use crate::state::AppState;
use crate::store::Writes;

/// Messages behind the one looked at that are counted, and that the last incoming one is looked for among. More unread
/// messages than this show as this many.
const MOST_COUNTED: u32 = 300;

/// How long the platform may take to be told. It is a courtesy, and somebody waits.
const TELLING: Duration = Duration::from_secs(3);

/// What `markConversationRead` takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct MarkConversationRead {
    conversation_id: ConversationId,
    /// The last message that was shown; without one, everything that has come until now.
    up_to: Option<MessageId>,
    /// OPEN, or RESOLVED: put away until the contact writes again.
    #[cfg_attr(test, ts(optional, type = "ConversationState"))]
    state: Option<String>,
}

/// The conversation as it stands then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ConversationRead {
    conversation_id: String,
    unread_count: i64,
    /// OPEN or RESOLVED.
    #[cfg_attr(test, ts(type = "ConversationState"))]
    state: &'static str,
}

/// `markConversationRead`: counts as unread only what came after a message, and tells the platform, if it wants to know,
/// that the rest was seen. With `state` the conversation is put away or taken up again; one with messages that nobody has
/// seen stays OPEN, and a new message of the contact opens it again by itself.
///
/// Round trips: one to read, one to count unless the message is the last, one commit; then channel and token side by side
/// and one call, when something was unread.
///
/// # Idempotency
/// By what it says. A message that comes meanwhile stays unread: the commit is held to what was counted.
///
/// # Errors
/// `NOT_FOUND` when the caller may not know of the conversation; `INVALID_ARGUMENT` with `upTo` or `state`; `ABORTED` when
/// messages kept coming. That the platform could not be told is no error.
pub async fn mark_conversation_read(
    state: AppState,
    caller: Caller,
    data: MarkConversationRead,
) -> Result<ConversationRead, Error> {
    let resolved = match data.state.as_deref() {
        None => None,
        Some("OPEN") => Some(false),
        Some("RESOLVED") => Some(true),
        Some(_) => {
            return Err(Error::field(
                "state",
                text("Pilih OPEN atau RESOLVED.", "Choose OPEN or RESOLVED."),
            ));
        }
    };
    let looked = state
        .store
        .retrying(|| attempt(&state, &caller, &data, resolved))
        .await?;
    let conversation = &looked.conversation;
    if looked.news {
        tell(&state, &data.conversation_id, &looked).await;
    }
    Ok(ConversationRead {
        conversation_id: data.conversation_id.to_string(),
        unread_count: conversation.unread,
        state: if conversation.resolved {
            "RESOLVED"
        } else {
            "OPEN"
        },
    })
}

/// A conversation that somebody has looked at.
struct Looked {
    conversation: Conversation,
    /// Something was unread that no longer is.
    news: bool,
    /// The platform's id of the message looked at, when the contact wrote it.
    seen: Option<String>,
}

async fn attempt(
    state: &AppState,
    caller: &Caller,
    data: &MarkConversationRead,
    resolved: Option<bool>,
) -> Result<Looked, Error> {
    let id = data.conversation_id.as_str();
    let shown = async {
        match &data.up_to {
            Some(message) => store::message(&state.store, id, message.as_str()).await,
            None => Ok(None),
        }
    };
    let ids = [id];
    let (mut found, shown) = futures::try_join!(store::conversations(&state.store, &ids), shown)?;
    let (mut conversation, time) = found.remove(id).ok_or_else(Error::not_found)?;
    let action = Action::MarkConversationRead(&conversation.facts());
    let permit = authorize(&caller.actor(), &action)?;
    let unread = match (&data.up_to, &shown) {
        (None, _) => 0,
        (Some(_), None) => {
            return Err(Error::field(
                "upTo",
                text(
                    "Pesan ini tidak ada di percakapan ini.",
                    "This message is not in this conversation.",
                ),
            ));
        }
        (Some(up_to), Some(_))
            if conversation
                .last
                .as_ref()
                .is_some_and(|last| last.name == up_to.as_str()) =>
        {
            0
        }
        (Some(up_to), Some(shown)) => {
            let from = shown.sort_at();
            let newer = store::after(&state.store, id, from, MOST_COUNTED).await?;
            let unseen = newer
                .iter()
                .filter(|(name, said)| {
                    said.is_incoming() && (said.sort_at(), name.as_str()) > (from, up_to.as_str())
                })
                .count();
            i64::try_from(unseen)
                .unwrap_or(i64::MAX)
                .min(conversation.unread)
        }
    };
    let news = unread < conversation.unread;
    let away = resolved.map_or(conversation.resolved, |away| away && unread == 0);
    let changes = news || away != conversation.resolved;
    conversation.unread = unread;
    conversation.resolved = away;
    if changes {
        let mut writes = Writes::new();
        let now = state.clock.now();
        store::look(id, &conversation, time, now, &mut writes, &permit)?;
        state.store.commit(writes).await?;
    }
    let seen = shown
        .filter(store::Said::is_incoming)
        .and_then(|shown| shown.platform_id().map(ToOwned::to_owned));
    Ok(Looked {
        conversation,
        news,
        seen,
    })
}

/// Tells the platform that its messages were seen. Whether it listens changes nothing here.
async fn tell(state: &AppState, id: &ConversationId, looked: &Looked) {
    if looked.conversation.account.kind.is_comment() {
        return;
    }
    match tokio::time::timeout(TELLING, told(state, id, looked)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::info!(%error, "the platform was not told what was seen"),
        Err(_) => tracing::info!("the platform took too long to be told what was seen"),
    }
}

async fn told(state: &AppState, id: &ConversationId, looked: &Looked) -> Result<(), Error> {
    let conversation = &looked.conversation;
    let channel_id = conversation.channel_id.as_str();
    let ids = [channel_id];
    let channel = async { channels(&state.store, &ids).await.map_err(Error::from) };
    let (channel, grant) = futures::try_join!(channel, secrets::grant(state, channel_id))?;
    let connected = |channel: &Channel| channel.state == ChannelState::Connected;
    let (Some(grant), true) = (grant, channel.first().is_some_and(connected)) else {
        return Ok(());
    };
    let seen = match &looked.seen {
        Some(seen) => Some(seen.clone()),
        None => last_incoming(state, id, conversation).await?,
    };
    let request = seen.and_then(|seen| wire::seen(conversation, &seen, grant.page_id.as_deref()));
    if let Some(request) = request {
        state
            .graph
            .post(&grant.access, &request.path, &request.body)
            .await
            .map_err(|error| Error::unavailable(error.to_string()))?;
    }
    Ok(())
}

/// The platform's id of the newest message of the contact.
async fn last_incoming(
    state: &AppState,
    id: &ConversationId,
    conversation: &Conversation,
) -> Result<Option<String>, Error> {
    let Some(last) = &conversation.last else {
        return Ok(None);
    };
    let newest = store::until(&state.store, id.as_str(), last.sort_at, MOST_COUNTED).await?;
    let mut incoming = newest.into_iter().filter(|(_, said)| said.is_incoming());
    Ok(incoming.find_map(|(_, said)| said.platform_id().map(ToOwned::to_owned)))
}
