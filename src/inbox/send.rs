//! `sendMessage`: a message of ours, written down before the platform is asked, asked for once, and never doubled.
//!
//! A message is PENDING in the same commit that claims its one attempt. Then the platform is asked, once. Its answer joins
//! the message in the inbox the way its echo and its status do, whichever comes first (`inbox::merge`); so whoever dies on
//! the way leaves a message that the others complete. What nobody completes is shown as unclear by [`sweep`], and is not
//! repeated but by a person who has looked.
//!
//! What does not live here: which texts and windows the platforms allow (`inbox::reply`), and how many messages a person may
//! send.

mod attempt;
mod begin;
pub mod failure;
mod first_response;
pub mod sweep;
pub mod wire;

use serde::{Deserialize, Serialize};

use self::begin::{Order, Step};
use super::outgoing::{Outgoing, State};
use super::reply::{Draft, Said, Template};
use crate::error::{Error, Language, Text, text};
use crate::extract::{Caller, request_id};
use crate::ids::{ConversationId, MessageId};
use crate::seal::digest_hex;
use crate::state::AppState;

/// What `sendMessage` takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct SendMessage {
    conversation_id: ConversationId,
    /// The words; absent with a template.
    text: Option<String>,
    /// The same button: the same message.
    request_id: String,
    /// The message of the conversation that it answers.
    reply_to: Option<MessageId>,
    /// To a comment: for the commenter alone.
    private: Option<bool>,
    /// `HUMAN_AGENT`.
    #[cfg_attr(test, ts(optional, type = "'HUMAN_AGENT'"))]
    tag: Option<String>,
    template: Option<TemplateData>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "MessageTemplate"))]
struct TemplateData {
    name: String,
    language: String,
    #[serde(default)]
    #[cfg_attr(test, ts(optional = nullable))]
    parameters: Vec<String>,
}

/// What `sendMessage` answers: the message as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct MessageSent {
    message_id: String,
    conversation_id: String,
    /// SENT or further, or PENDING.
    #[cfg_attr(test, ts(type = "MessageStatus"))]
    status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    platform_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<MessageError>,
}

/// What a person should know of a message that is PENDING.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct MessageError {
    code: String,
    message: String,
}

/// `sendMessage`: sends a message in a conversation.
///
/// The answer says SENT when the platform has it. PENDING with `error.code` `UNCONFIRMED` means that nobody knows yet; the
/// message completes itself when its echo or its status comes.
///
/// Round trips: two to read (conversation, message of that request, message answered; then channel, token and lead), one
/// commit, the call, four as [`super::reception::told::tell`] says; two more for the first answer to a lead. A private reply
/// to a comment reads once more.
///
/// # Idempotency
/// By `requestId`, for each person: the same request under the same id is the same message. Sent or on its way, it is
/// returned as it stands; one that certainly did not go out is tried again; one of which nobody knows is not.
///
/// # Errors
/// `INVALID_ARGUMENT` with the field, `TEXT_TOO_LONG` with `limit`, `length` and `unit`; `NOT_FOUND` when the caller may not
/// know of the conversation; `FAILED_PRECONDITION` with `REPLY_WINDOW_CLOSED`, `replyWindowEndedAt` and `humanAgentUntil`,
/// `CHANNEL_NEEDS_RECONNECT`, `CHANNEL_DISCONNECTED`, `PRIVATE_REPLY_USED`; `ALREADY_EXISTS` with `REQUEST_ID_REUSED`. Once
/// there is a message, `details.messageId` names it, and the reason is one of [`failure`]'s.
pub async fn send_message(
    state: AppState,
    caller: Caller,
    data: SendMessage,
) -> Result<MessageSent, Error> {
    let order = order(&caller, &data)?;
    let step = state
        .store
        .retrying(|| begin::begin(&state, &caller, &order))
        .await?;
    let ready = match step {
        Step::Begun(ready) => ready,
        Step::Standing(ours, status) => return Ok(view(&ours, status, caller.language())),
    };
    let of_message = |error: Error| {
        error
            .with("messageId", order.id.as_str())
            .with("conversationId", order.conversation.as_str())
    };
    let ours = attempt::run(&state, &ready).await.map_err(of_message)?;
    first_response::note(&state, &ours).await;
    Ok(view(&ours, None, caller.language()))
}

/// The message as the caller sees it.
fn view(ours: &Outgoing, status: Option<String>, language: Language) -> MessageSent {
    let mut seen = MessageSent {
        message_id: ours.id.clone(),
        conversation_id: ours.conversation.clone(),
        status: "PENDING".to_owned(),
        platform_id: None,
        error: None,
    };
    match &ours.state {
        State::Sent { platform_id, .. } => {
            seen.status = status.unwrap_or_else(|| "SENT".to_owned());
            seen.platform_id = Some(platform_id.clone());
        }
        State::Unclear => {
            let Text { id, en } = failure::unclear();
            seen.error = Some(MessageError {
                code: failure::UNCLEAR.to_owned(),
                message: match language {
                    Language::Indonesian => id.into_owned(),
                    Language::English => en.into_owned(),
                },
            });
        }
        State::Calling { .. } | State::Failed { .. } => {}
    }
    seen
}

/// What is asked for, with the form of each field seen to.
fn order(caller: &Caller, data: &SendMessage) -> Result<Order, Error> {
    let said = match (&data.text, &data.template) {
        (Some(text), None) => Said::Text(text.trim().to_owned()),
        (None, Some(template)) => Said::Template(Template {
            name: template.name.clone(),
            language: template.language.clone(),
            parameters: template.parameters.clone(),
        }),
        _ => {
            return Err(Error::field(
                "text",
                text(
                    "Kirim teks atau templat, salah satu.",
                    "Send a text or a template, one of the two.",
                ),
            ));
        }
    };
    let human_agent = match data.tag.as_deref() {
        None => false,
        Some("HUMAN_AGENT") => true,
        Some(_) => {
            return Err(Error::field(
                "tag",
                text(
                    "Tanda yang dikenal hanya HUMAN_AGENT.",
                    "The only tag known is HUMAN_AGENT.",
                ),
            ));
        }
    };
    request_id::check(&data.request_id)?;
    let draft = Draft {
        said,
        human_agent,
        private: data.private.unwrap_or_default(),
    };
    let asked = format!("{}\n{draft:?}\n{:?}", data.conversation_id, data.reply_to);
    Ok(Order {
        id: digest_hex(format!("outbox\n{}\n{}", caller.uid(), data.request_id).as_bytes()),
        conversation: data.conversation_id.clone(),
        reply_to: data.reply_to.clone(),
        asked: digest_hex(asked.as_bytes()),
        draft,
    })
}
