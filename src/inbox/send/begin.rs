//! What has to hold before a message is sent, and the commit that writes it down.

use jiff::Timestamp;

use super::wire::{self, Request};
use crate::channels::secrets::{self, Grant};
use crate::channels::store::channels;
use crate::channels::{Channel, ChannelState};
use crate::clients::graph::Access;
use crate::error::{Code, Error, text};
use crate::extract::{Caller, request_id};
use crate::ids::{ConversationId, MessageId, random_id};
use crate::inbox::conversation::{Conversation, Last, snippet};
use crate::inbox::entry::{Marks, MessageKey, conversation_name};
use crate::inbox::event::{Account, ChannelKind};
use crate::inbox::outgoing::{Outgoing, State};
use crate::inbox::reply::{self, Draft, Target, Way};
use crate::inbox::store::{self, Begun};
use crate::jobs::lease_length;
use crate::leads::store::Leads;
use crate::policy::{Action, Permit, authorize};
use crate::state::AppState;
use crate::store::{UpdateTime, Writes};

/// What somebody asks for.
#[derive(Debug)]
pub(super) struct Order {
    /// The message's name, made of the caller and their `requestId`.
    pub(super) id: String,
    pub(super) conversation: ConversationId,
    pub(super) reply_to: Option<MessageId>,
    pub(super) draft: Draft,
    /// All of it, as a digest.
    pub(super) asked: String,
}

/// Where an order stands.
pub(super) enum Step {
    /// It is written down, and this is the one to ask the platform.
    Begun(Box<Ready>),
    /// It was taken before: the message, and its status if it was sent.
    Standing(Box<Outgoing>, Option<String>),
}

/// A message that is written down and claimed.
pub(super) struct Ready {
    pub(super) ours: Outgoing,
    pub(super) way: Way,
    pub(super) channel: Channel,
    pub(super) access: Access,
    pub(super) request: Request,
    /// Whom its echo would be told of.
    pub(super) contact: String,
    pub(super) draft: Draft,
    pub(super) permit: Permit,
}

/// What is read first.
struct Found {
    conversation: Conversation,
    time: UpdateTime,
    known: Option<(Outgoing, UpdateTime)>,
    target: Option<Target>,
}

/// One attempt to write an order down.
pub(super) async fn begin(state: &AppState, caller: &Caller, order: &Order) -> Result<Step, Error> {
    let (found, permit) = find(state, caller, order).await?;
    if let Some((known, _)) = &found.known {
        if known.asked != order.asked {
            return Err(request_id::reused("pesan", "message"));
        }
        match known.state {
            State::Failed { .. } => {}
            State::Calling { .. } | State::Unclear => {
                return Ok(Step::Standing(Box::new(known.clone()), None));
            }
            State::Sent { .. } => {
                let seen = store::message(&state.store, &known.conversation, &known.id).await?;
                let status = seen.and_then(|seen| seen.status().map(ToOwned::to_owned));
                return Ok(Step::Standing(Box::new(known.clone()), status));
            }
        }
    }
    // A microsecond is what Firestore keeps.
    let now = state.clock.now();
    let now = Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now);
    let target = found.target.as_ref();
    let way = reply::way(&found.conversation, &order.draft, target, now)?;
    let (channel, grant, lead) = way_out(state, &found.conversation).await?;
    let private = match (way, target) {
        (Way::PrivateReply, Some(target)) => {
            Some(private(state, order, &found.conversation.account, target).await?)
        }
        _ => None,
    };
    let (account, contact) = echo(way, &found.conversation, target);
    let text = order.draft.said.shown();
    let attempts = found.known.as_ref().map_or(0, |(known, _)| known.attempts);
    let ours = Outgoing {
        id: order.id.clone(),
        conversation: order.conversation.to_string(),
        echoes_in: conversation_name(&account, &contact),
        account,
        author: caller.uid().clone(),
        asked: order.asked.clone(),
        said: Outgoing::digest(&text),
        lead,
        state: State::Calling {
            until: now + lease_length(&state.config),
        },
        attempts: attempts + 1,
        attempt_id: random_id(),
        called: now,
    };
    let request = wire::request(
        way,
        &found.conversation,
        &order.draft.said,
        target,
        grant.page_id.as_deref(),
        &ours.id,
    );
    let mut conversation = found.conversation;
    conversation.note_last(Last {
        sort_at: now,
        name: ours.id.clone(),
        kind: order.draft.said.kind().to_owned(),
        outgoing: true,
        text: snippet(&Marks::default(), Some(&text)),
    });
    let mut writes = Writes::new();
    let begun = Begun {
        ours: &ours,
        known: found.known.as_ref().map(|(_, time)| *time),
        said: &order.draft.said,
        reply_to: target.map(|target| target.platform_id.as_str()),
        conversation: &conversation,
        conversation_time: found.time,
        private: private.as_ref().map(|(name, time)| (name.as_str(), *time)),
    };
    store::begin(&begun, now, &mut writes, &permit)?;
    state.store.commit(writes).await?;
    Ok(Step::Begun(Box::new(Ready {
        ours,
        way,
        channel,
        access: grant.access,
        request,
        contact,
        draft: order.draft.clone(),
        permit,
    })))
}

/// Reads what the order is about, and sees to it that the caller may.
async fn find(state: &AppState, caller: &Caller, order: &Order) -> Result<(Found, Permit), Error> {
    let id = order.conversation.as_str();
    let target = async {
        match &order.reply_to {
            Some(message) => store::message(&state.store, id, message.as_str()).await,
            None => Ok(None),
        }
    };
    let (ids, orders) = ([id], [order.id.as_str()]);
    let (mut conversations, known, target) = futures::try_join!(
        store::conversations(&state.store, &ids),
        store::outgoing(&state.store, &orders),
        target
    )?;
    let (conversation, time) = conversations.remove(id).ok_or_else(Error::not_found)?;
    let action = Action::SendMessage(&conversation.facts());
    let permit = authorize(&caller.actor(), &action)?;
    let target = target.and_then(|message| message.target());
    if order.reply_to.is_some() && target.is_none() {
        return Err(Error::field(
            "replyTo",
            text(
                "Pesan yang dibalas tidak ada di percakapan ini.",
                "The message to answer is not in this conversation.",
            ),
        ));
    }
    let found = Found {
        conversation,
        time,
        known: known.into_iter().next(),
        target,
    };
    Ok((found, permit))
}

/// The channel and its token; and the lead, if nobody has answered it yet.
async fn way_out(
    state: &AppState,
    conversation: &Conversation,
) -> Result<(Channel, Grant, Option<String>), Error> {
    let id = conversation.channel_id.as_str();
    let leads = Leads::of(state);
    let lead = async {
        match &conversation.lead {
            Some(lead) => leads.get(lead.as_str()).await.map_err(Error::from),
            None => Ok(None),
        }
    };
    let ids = [id];
    let channel = async { channels(&state.store, &ids).await.map_err(Error::from) };
    let (channel, grant, lead) = futures::try_join!(channel, secrets::grant(state, id), lead)?;
    let channel = channel.into_iter().next().ok_or_else(disconnected)?;
    match channel.state {
        ChannelState::Connected => {}
        ChannelState::NeedsReconnect => return Err(needs_reconnect()),
        ChannelState::Disconnected => return Err(disconnected()),
    }
    let grant = grant.ok_or_else(needs_reconnect)?;
    let unanswered = lead.filter(|lead| lead.value.first_response_at().is_none());
    Ok((channel, grant, unanswered.map(|lead| lead.id)))
}

/// The name under which a comment's private answer is kept, and the guard of one that came to nothing.
async fn private(
    state: &AppState,
    order: &Order,
    account: &Account,
    target: &Target,
) -> Result<(String, Option<UpdateTime>), Error> {
    let comment = MessageKey {
        account: account.clone(),
        id: target.platform_id.clone(),
    };
    let name = comment.name();
    let Some((answer, time)) = store::private_reply(&state.store, &name).await? else {
        return Ok((name, None));
    };
    let known = store::outgoing(&state.store, &[&answer]).await?;
    let failed = known
        .first()
        .is_some_and(|(known, _)| matches!(known.state, State::Failed { .. }));
    if answer == order.id || failed {
        return Ok((name, Some(time)));
    }
    Err(Error::new(
        Code::FailedPrecondition,
        "PRIVATE_REPLY_USED",
        text(
            "Komentar ini sudah dibalas secara pribadi; Meta hanya mengizinkan satu kali. Tunggu sampai kontak menulis.",
            "This comment was answered in private already; Meta allows it once. Wait until the contact writes.",
        ),
    )
    .at("replyTo"))
}

/// Under which account the platform will name the message, and of whom it will tell its echo. Our own comments are told as
/// the post's; a private answer is a direct message.
fn echo(way: Way, conversation: &Conversation, target: Option<&Target>) -> (Account, String) {
    let account = &conversation.account;
    match way {
        Way::Direct | Way::HumanAgent | Way::WhatsApp => {
            (account.clone(), conversation.contact.clone())
        }
        Way::Comment => {
            let contact = match target {
                Some(Target {
                    post_id: Some(post),
                    ..
                }) => post.clone(),
                Some(target) => target.platform_id.clone(),
                None => conversation.contact.clone(),
            };
            (account.clone(), contact)
        }
        Way::PrivateReply => {
            let kind = match account.kind {
                ChannelKind::InstagramComment => ChannelKind::Instagram,
                _ => ChannelKind::Messenger,
            };
            let account = Account {
                kind,
                id: account.id.clone(),
            };
            (account, conversation.contact.clone())
        }
    }
}

fn needs_reconnect() -> Error {
    Error::new(
        Code::FailedPrecondition,
        "CHANNEL_NEEDS_RECONNECT",
        text(
            "Sambungan akun ini ke Meta sudah tidak berlaku. Hubungkan ulang akunnya, lalu kirim lagi.",
            "This account's connection to Meta is no longer valid. Connect the account again, then send it again.",
        ),
    )
}

fn disconnected() -> Error {
    Error::new(
        Code::FailedPrecondition,
        "CHANNEL_DISCONNECTED",
        text(
            "Akun percakapan ini tidak terhubung.",
            "The account of this conversation is not connected.",
        ),
    )
}
