//! `conversations/{digest of channel, account and contact}`.

use serde::{Deserialize, Serialize};

use super::parts::ReferralDoc;
use crate::ids::{BranchId, LeadId, Uid};
use crate::inbox::conversation::{Conversation, Last};
use crate::inbox::event::{Account, ChannelKind};
use crate::store::{Guard, StoreError, Timestamp, UpdateTime, Writes};

/// The collection of conversations.
pub const CONVERSATIONS: &str = "conversations";

/// # Shape
/// `conversations/{id}`. A conversation without `lastMessageAt` holds no message yet, only what was told about its
/// contact; lists ordered by that field leave it out. `leadWanted`: the contact has written, and `lead_intake/{same id}` says
/// so. `leadId` is written by whoever links a lead, never by a delivery.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "Conversation", optional_fields))]
pub(crate) struct ConversationDoc {
    #[cfg_attr(test, ts(as = "ChannelKind"))]
    channel: String,
    account_id: String,
    channel_id: String,
    contact_id: String,
    contact_name: Option<String>,
    contact_name_at: Option<Timestamp>,
    contact_phone: Option<String>,
    contact_user_id: Option<String>,
    assigned_to: Option<String>,
    branch_id: Option<String>,
    lead_id: Option<String>,
    #[cfg_attr(test, ts(optional, type = "ConversationState"))]
    state: Option<String>,
    last_message_at: Option<Timestamp>,
    last_message_id: Option<String>,
    last_message_text: Option<String>,
    last_message_kind: Option<String>,
    #[cfg_attr(test, ts(as = "Option<crate::inbox::event::Direction>"))]
    last_message_direction: Option<String>,
    unread_count: Option<i64>,
    reply_window_ends_at: Option<Timestamp>,
    delivered_up_to: Option<Timestamp>,
    read_up_to: Option<Timestamp>,
    referral: Option<ReferralDoc>,
    referral_at: Option<Timestamp>,
    lead_wanted: Option<bool>,
    created_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
}

/// What a delivery may change. Who holds the conversation, and which lead it is with, people decide.
const TOLD: &[&str] = &[
    "contactName",
    "contactNameAt",
    "contactPhone",
    "contactUserId",
    "state",
    "lastMessageAt",
    "lastMessageId",
    "lastMessageText",
    "lastMessageKind",
    "lastMessageDirection",
    "unreadCount",
    "replyWindowEndsAt",
    "deliveredUpTo",
    "readUpTo",
    "referral",
    "referralAt",
    "leadWanted",
    "updatedAt",
];

/// Writes a conversation: a new one whole, a known one in what deliveries tell, if it is still as it was read.
pub(super) fn write(
    name: &str,
    conversation: &Conversation,
    known: Option<UpdateTime>,
    now: jiff::Timestamp,
    writes: &mut Writes,
) -> Result<(), StoreError> {
    let path = format!("{CONVERSATIONS}/{name}");
    let doc = ConversationDoc::of(conversation, now);
    match known {
        Some(time) => writes.update(&path, &doc, TOLD, Guard::Unchanged(time))?,
        None => writes.create(&path, &doc)?,
    };
    Ok(())
}

impl ConversationDoc {
    fn of(conversation: &Conversation, now: jiff::Timestamp) -> Self {
        let Conversation {
            account,
            name,
            last,
            referral,
            ..
        } = conversation;
        let time = |at: Option<jiff::Timestamp>| at.map(Timestamp);
        Self {
            channel: account.kind.as_str().to_owned(),
            account_id: account.id.clone(),
            channel_id: conversation.channel_id.clone(),
            contact_id: conversation.contact.clone(),
            contact_name: name.as_ref().map(|(_, name)| name.clone()),
            contact_name_at: name.as_ref().map(|(at, _)| Timestamp(*at)),
            contact_phone: conversation.phone.clone(),
            contact_user_id: conversation.user_id.clone(),
            assigned_to: conversation.assigned_to.clone().map(Into::into),
            branch_id: conversation.branch.clone().map(Into::into),
            lead_id: conversation.lead.clone().map(Into::into),
            state: Some(
                if conversation.resolved {
                    "RESOLVED"
                } else {
                    "OPEN"
                }
                .to_owned(),
            ),
            last_message_at: last.as_ref().map(|last| Timestamp(last.sort_at)),
            last_message_id: last.as_ref().map(|last| last.name.clone()),
            last_message_text: last.as_ref().and_then(|last| last.text.clone()),
            last_message_kind: last.as_ref().map(|last| last.kind.clone()),
            last_message_direction: last
                .as_ref()
                .map(|last| if last.outgoing { "OUT" } else { "IN" }.to_owned()),
            unread_count: Some(conversation.unread),
            reply_window_ends_at: time(conversation.reply_until),
            delivered_up_to: time(conversation.delivered_up_to),
            read_up_to: time(conversation.read_up_to),
            referral: referral
                .as_ref()
                .map(|(_, referral)| ReferralDoc::of(referral)),
            referral_at: referral.as_ref().map(|(at, _)| Timestamp(*at)),
            lead_wanted: conversation.lead_wanted.then_some(true),
            created_at: Some(Timestamp(now)),
            updated_at: Some(Timestamp(now)),
        }
    }

    pub(super) fn read(self) -> Result<Conversation, StoreError> {
        let kind = ChannelKind::parse(&self.channel)
            .ok_or_else(|| StoreError::Corrupt("a conversation names no channel".into()))?;
        let moment = |time: Option<Timestamp>| time.map(|time| time.0);
        let last = match (self.last_message_at, self.last_message_id) {
            (Some(at), Some(name)) => Some(Last {
                sort_at: at.0,
                name,
                kind: self.last_message_kind.unwrap_or_default(),
                outgoing: self.last_message_direction.as_deref() == Some("OUT"),
                text: self.last_message_text,
            }),
            _ => None,
        };
        Ok(Conversation {
            account: Account {
                kind,
                id: self.account_id,
            },
            channel_id: self.channel_id,
            contact: self.contact_id,
            branch: self.branch_id.and_then(|id| BranchId::parse(id).ok()),
            assigned_to: self.assigned_to.and_then(|id| Uid::parse(id).ok()),
            name: self.contact_name_at.map(|at| at.0).zip(self.contact_name),
            phone: self.contact_phone,
            user_id: self.contact_user_id,
            lead: self.lead_id.and_then(|id| LeadId::parse(id).ok()),
            last,
            unread: self.unread_count.unwrap_or_default(),
            reply_until: moment(self.reply_window_ends_at),
            delivered_up_to: moment(self.delivered_up_to),
            read_up_to: moment(self.read_up_to),
            referral: moment(self.referral_at).zip(self.referral.map(ReferralDoc::read)),
            resolved: self.state.as_deref() == Some("RESOLVED"),
            lead_wanted: self.lead_wanted == Some(true),
        })
    }
}
