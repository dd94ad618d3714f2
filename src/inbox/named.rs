//! Events with the names of the documents that they are about.
//!
//! A name is a digest. Each is worked out here, once, when a delivery comes in, and carried from there to whatever asks for it: whose turn
//! it is, what is loaded, what is written, what the delivery's record lists.

use super::entry::{conversation_name, message_name};
use super::event::{
    Account, Arrival, InboundEvent, LeadPing, Mark, Moment, Referral, Watermark, What,
};
use crate::channels::channel_id;

/// An event, and the names of what it is about.
#[derive(Debug)]
pub struct Named<'a> {
    /// The account.
    pub account: &'a Account,
    /// `channels/{id}`; `None` when the account cannot name one.
    pub channel_id: Option<String>,
    /// What it is.
    pub told: Told<'a>,
}

/// What was told. `name` is that of a message, in `message_keys` as in its conversation; `home` that of a conversation.
#[derive(Debug)]
pub enum Told<'a> {
    /// A message or a comment.
    Message {
        /// The message.
        arrival: &'a Arrival,
        /// Its name.
        name: String,
        /// Where it belongs.
        home: String,
    },
    /// Marks on messages.
    Marks(Vec<NamedMark<'a>>),
    /// A receipt for all that we sent up to a moment.
    Watermark {
        /// The receipt.
        watermark: &'a Watermark,
        /// Whose it is.
        home: String,
    },
    /// The contact came back through an ad or a link, without a word.
    Referred {
        /// Who.
        contact: &'a str,
        /// Their conversation.
        home: String,
        /// When.
        at: Option<Moment>,
        /// From where.
        referral: &'a Referral,
    },
    /// Somebody filled in a lead form.
    Lead(&'a LeadPing),
}

/// A mark, and the names of what it is about.
#[derive(Debug)]
pub struct NamedMark<'a> {
    /// The mark.
    pub mark: &'a Mark,
    /// The message.
    pub name: String,
    /// Who caused it, when it was the contact, and their conversation.
    pub by: Option<(&'a str, String)>,
}

impl InboundEvent {
    /// Works out the names of what the event is about.
    pub fn named(&self) -> Named<'_> {
        let Self { account, what } = self;
        let home = |contact: &str| conversation_name(account, contact);
        let told = match what {
            What::Message(arrival) => Told::Message {
                name: message_name(account, &arrival.id),
                home: home(&arrival.contact),
                arrival,
            },
            What::Marks(marks) => Told::Marks(
                marks
                    .iter()
                    .map(|mark| NamedMark {
                        name: message_name(account, &mark.id),
                        by: mark
                            .contact
                            .as_deref()
                            .map(|contact| (contact, home(contact))),
                        mark,
                    })
                    .collect(),
            ),
            What::Watermark(watermark) => Told::Watermark {
                home: home(&watermark.contact),
                watermark,
            },
            What::Referred {
                contact,
                at,
                referral,
            } => Told::Referred {
                home: home(contact),
                contact,
                at: *at,
                referral,
            },
            What::Lead(ping) => Told::Lead(ping),
        };
        Named {
            account,
            channel_id: channel_id(account.kind.platform(), &account.id),
            told,
        }
    }
}
