//! What may be sent, and how: the limits of each platform's texts, and until when it lets us answer. Pure.
//!
//! *Invariant:* what the platform would refuse for its length or for its window is refused here, before anything is written
//! or sent, with the moment when the window ended.

mod refusal;

use jiff::{SignedDuration, Timestamp};

pub use self::refusal::Refusal;
use super::conversation::Conversation;
use super::event::ChannelKind;

/// How long after the contact's last action a person of ours may still answer by hand, with the tag `HUMAN_AGENT`; also how
/// long after a comment it may be answered in private.
///
/// # Source
/// <https://developers.facebook.com/docs/messenger-platform/send-messages/message-tags> and
/// <https://developers.facebook.com/docs/instagram-platform/private-replies>, read 2026-11: seven days both.
pub const SEVEN_DAYS: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Most parameters of a template's body.
const TEMPLATE_PARAMETERS: usize = 30;

/// Longest parameter of a template: the body has 1,024 characters in all.
const TEMPLATE_PARAMETER_CHARS: usize = 1_024;

/// Longest name of a template.
///
/// # Source
/// <https://developers.facebook.com/docs/whatsapp/business-management-api/message-templates>, read 2026-11.
const TEMPLATE_NAME_CHARS: usize = 512;

/// What somebody wants to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The words.
    pub said: Said,
    /// It was written by hand, and may go out later than other answers.
    pub human_agent: bool,
    /// To a comment: for the commenter alone.
    pub private: bool,
}

/// Words of one's own, or a template's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// A text.
    Text(String),
    /// A template that the platform has approved.
    Template(Template),
}

/// A WhatsApp template, filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Its name.
    pub name: String,
    /// Its language, as `id` or `en_US`.
    pub language: String,
    /// What its body's placeholders stand for, in their order.
    pub parameters: Vec<String>,
}

/// The message that is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The platform's id of it.
    pub platform_id: String,
    /// The contact wrote it.
    pub incoming: bool,
    /// When it was written.
    pub sent_at: Timestamp,
    /// Of a comment, the post that it stands below.
    pub post_id: Option<String>,
}

/// How a message goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Messenger or Instagram, within the window.
    Direct,
    /// The same behind it, with the tag `HUMAN_AGENT`.
    HumanAgent,
    /// `WhatsApp`.
    WhatsApp,
    /// Below the comment, for all to see.
    Comment,
    /// To the commenter alone.
    PrivateReply,
}

impl Said {
    /// The words as the inbox shows them.
    pub fn shown(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Template(template) if template.parameters.is_empty() => {
                format!("[{}]", template.name)
            }
            Self::Template(template) => {
                format!("[{}] {}", template.name, template.parameters.join(" · "))
            }
        }
    }

    /// The type, in the words of the platforms.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Template(_) => "template",
        }
    }
}

impl Template {
    /// Whether it can be one: names are of lower-case letters, digits and underscores.
    ///
    /// # Errors
    /// [`Refusal::Template`] with the part that is wrong.
    pub fn check(&self) -> Result<(), Refusal> {
        let name = !self.name.is_empty()
            && self.name.len() <= TEMPLATE_NAME_CHARS
            && self
                .name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        if !name {
            return Err(Refusal::Template("template.name"));
        }
        let language = (2..=10).contains(&self.language.len())
            && self
                .language
                .bytes()
                .all(|byte| byte.is_ascii_alphabetic() || byte == b'_');
        if !language {
            return Err(Refusal::Template("template.language"));
        }
        let parameters = self.parameters.len() <= TEMPLATE_PARAMETERS
            && self.parameters.iter().all(|text| {
                !text.trim().is_empty() && text.chars().count() <= TEMPLATE_PARAMETER_CHARS
            });
        if parameters {
            Ok(())
        } else {
            Err(Refusal::Template("template.parameters"))
        }
    }
}

/// Whether a draft may go out in a conversation now, and how.
///
/// # Errors
/// [`Refusal`], the first reason there is.
pub fn way(
    conversation: &Conversation,
    draft: &Draft,
    target: Option<&Target>,
    now: Timestamp,
) -> Result<Way, Refusal> {
    let kind = conversation.account.kind;
    let way = match kind {
        ChannelKind::WhatsApp => whatsapp(conversation, draft, now)?,
        ChannelKind::Messenger | ChannelKind::Instagram => direct(conversation, draft, now)?,
        ChannelKind::InstagramComment | ChannelKind::FacebookComment => {
            comment(draft, target, now)?
        }
    };
    if draft.private && !kind.is_comment() {
        return Err(Refusal::PrivateIsForComments);
    }
    match &draft.said {
        Said::Text(text) => fits(kind, way, text)?,
        Said::Template(template) => template.check()?,
    }
    Ok(way)
}

fn whatsapp(conversation: &Conversation, draft: &Draft, now: Timestamp) -> Result<Way, Refusal> {
    let ended = conversation.reply_until;
    match draft.said {
        Said::Template(_) => Ok(Way::WhatsApp),
        Said::Text(_) if ended.is_some_and(|ends| now < ends) => Ok(Way::WhatsApp),
        Said::Text(_) => Err(Refusal::WindowClosed {
            ended,
            human_agent_until: None,
            template: true,
        }),
    }
}

fn direct(conversation: &Conversation, draft: &Draft, now: Timestamp) -> Result<Way, Refusal> {
    if matches!(draft.said, Said::Template(_)) {
        return Err(Refusal::TemplatesAreForWhatsApp);
    }
    let ended = conversation.reply_until;
    if ended.is_some_and(|ends| now < ends) {
        // Within the window no tag is needed, and the platform wants none.
        return Ok(Way::Direct);
    }
    let window = SignedDuration::from_hours(conversation.account.kind.reply_window_hours());
    let human_agent_until = ended.and_then(|ends| ends.checked_add(SEVEN_DAYS - window).ok());
    let by_hand = human_agent_until.filter(|until| now < *until);
    if draft.human_agent && by_hand.is_some() {
        return Ok(Way::HumanAgent);
    }
    Err(Refusal::WindowClosed {
        ended,
        human_agent_until: by_hand,
        template: false,
    })
}

fn comment(draft: &Draft, target: Option<&Target>, now: Timestamp) -> Result<Way, Refusal> {
    if matches!(draft.said, Said::Template(_)) {
        return Err(Refusal::TemplatesAreForWhatsApp);
    }
    let target = target.ok_or(Refusal::WhichComment)?;
    if !draft.private {
        return Ok(Way::Comment);
    }
    if !target.incoming {
        return Err(Refusal::PrivateToOurselves);
    }
    let until = target.sent_at.checked_add(SEVEN_DAYS).ok();
    if until.is_some_and(|until| now < until) {
        Ok(Way::PrivateReply)
    } else {
        Err(Refusal::WindowClosed {
            ended: until,
            human_agent_until: None,
            template: false,
        })
    }
}

/// Holds a text to its platform's limit.
///
/// # Source
/// <https://developers.facebook.com/docs/messenger-platform/reference/send-api> 2,000 characters,
/// <https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/messaging-api> 1,000 bytes of
/// UTF-8, <https://developers.facebook.com/docs/whatsapp/cloud-api/messages/text-messages> 4,096 characters, read 2026-11.
/// Comments: what the apps take, 2,200 characters on Instagram and 8,000 on Facebook.
fn fits(kind: ChannelKind, way: Way, text: &str) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        return Err(Refusal::Empty);
    }
    let (most, bytes) = match (kind, way) {
        (ChannelKind::Instagram, _) | (ChannelKind::InstagramComment, Way::PrivateReply) => {
            (1_000, true)
        }
        (ChannelKind::Messenger, _) | (ChannelKind::FacebookComment, Way::PrivateReply) => {
            (2_000, false)
        }
        (ChannelKind::WhatsApp, _) => (4_096, false),
        (ChannelKind::InstagramComment, _) => (2_200, false),
        (ChannelKind::FacebookComment, _) => (8_000, false),
    };
    let long = if bytes {
        text.len()
    } else {
        text.chars().count()
    };
    if long > most {
        return Err(Refusal::TooLong { most, long, bytes });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
