//! Messages from customers and what they do to them, in each product's own shape.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::call::Host;
use super::super::customers::{Fate, Message};
use super::super::messages::{Product, whatsapp_sender};
use super::super::world::World;
use super::{Content, Place};

/// A customer's message on its way.
pub(super) struct Written {
    pub(super) asset: String,
    pub(super) customer: String,
    pub(super) content: Content,
    pub(super) reply_to: Option<String>,
    pub(super) referral: Option<Value>,
}

/// Somebody at some asset: the asset, then the customer.
type Who<'a> = (&'a str, &'a str);

impl World {
    /// A message to a page or an Instagram account.
    pub(super) fn write(&mut self, product: Product, written: Written, now: Timestamp) -> String {
        let mid = self.new_mid(product);
        let mut message = match &written.content {
            Content::Text { text } => json!({ "text": text }),
            Content::Media { file, .. } => {
                let host = match product {
                    Product::Messenger => Host::FacebookCdn,
                    Product::Instagram => Host::InstagramCdn,
                };
                let url = self.put_on_cdn(host, file, now);
                json!({ "attachments": [{ "type": file.kind, "payload": { "url": url } }] })
            }
            Content::Raw { block } => block.clone(),
        };
        self.keep_message(Message {
            id: mid.clone(),
            asset: written.asset.clone(),
            customer: written.customer.clone(),
            outgoing: false,
            by_app: false,
            at: now,
            content: message.clone(),
            fate: Fate::Sent,
        });
        message["mid"] = mid.as_str().into();
        if let Some(other) = written.reply_to {
            message["reply_to"] = json!({ "mid": other });
        }
        if let Some(referral) = written.referral {
            message["referral"] = referral;
        }
        let who = (written.asset.as_str(), written.customer.as_str());
        self.tell_item(product, "messages", who, json!({ "message": message }), now);
        mid
    }

    /// A message to a WhatsApp number.
    pub(super) fn write_whatsapp(&mut self, written: Written, now: Timestamp) -> String {
        let id = self.new_wamid();
        let number = &written.asset;
        let mut message = match &written.content {
            Content::Text { text } => json!({ "type": "text", "text": { "body": text } }),
            Content::Media { file, caption } => {
                let mut block = self.keep_whatsapp_file(number, file, now);
                if let Some(caption) = caption {
                    block["caption"] = caption.as_str().into();
                }
                let kind = if file.kind == "file" {
                    "document"
                } else {
                    &file.kind
                };
                json!({ "type": kind, kind: block })
            }
            Content::Raw { block } => block.clone(),
        };
        self.keep_message(Message {
            id: id.clone(),
            asset: number.clone(),
            customer: written.customer.clone(),
            outgoing: false,
            by_app: false,
            at: now,
            content: message.clone(),
            fate: Fate::Sent,
        });
        if let Some(other) = written.reply_to {
            let from = self.phone_number(number);
            let from = from.map(|(_, number)| number.display_phone_number.clone());
            message["context"] = json!({ "from": from, "id": other });
        }
        if let Some(referral) = written.referral {
            message["referral"] = referral;
        }
        self.tell_whatsapp_message((number, &written.customer), &id, message, now);
        id
    }

    fn tell_whatsapp_message(
        &mut self,
        (number, customer): Who<'_>,
        id: &str,
        mut message: Value,
        now: Timestamp,
    ) {
        let contact = self.whatsapp_contact(number, customer);
        whatsapp_sender(&mut message, &contact);
        message["id"] = id.into();
        message["timestamp"] = now.as_second().to_string().into();
        let value = json!({ "contacts": [contact], "messages": [message] });
        self.tell_number(number, "messages", value);
    }

    /// The business says something from the phone or from Meta's own tools.
    pub(super) fn answer_elsewhere(
        &mut self,
        place: &Place,
        asset: &str,
        customer: &str,
        text: &str,
        now: Timestamp,
    ) -> String {
        let (id, content) = match place {
            Place::Whatsapp => {
                let content = json!({ "type": "text", "text": { "body": text } });
                (self.new_wamid(), content)
            }
            Place::Conversations(product) => (self.new_mid(*product), json!({ "text": text })),
        };
        self.keep_message(Message {
            id: id.clone(),
            asset: asset.to_owned(),
            customer: customer.to_owned(),
            outgoing: true,
            by_app: false,
            at: now,
            content: content.clone(),
            fate: Fate::Sent,
        });
        match place {
            Place::Conversations(product) => {
                self.tell_echo(*product, asset, customer, &id, content, now);
            }
            Place::Whatsapp => {
                let from = self.phone_number(asset);
                let from = from.map(|(_, number)| number.display_phone_number.clone());
                let mut echo = content;
                echo["from"] = json!(from);
                echo["id"] = id.as_str().into();
                echo["timestamp"] = now.as_second().to_string().into();
                let scoped = customer.contains('.');
                echo[if scoped { "to_user_id" } else { "to" }] = customer.into();
                let value = json!({ "message_echoes": [echo] });
                self.tell_number(asset, "smb_message_echoes", value);
            }
        }
        id
    }

    /// The customer has seen everything.
    pub(super) fn read_by_customer(
        &mut self,
        place: &Place,
        asset: &str,
        customer: &str,
        now: Timestamp,
    ) {
        let mut seen = Vec::new();
        for message in &mut self.messages {
            let theirs = message.asset == asset && message.customer == customer;
            if theirs && message.outgoing && message.fate == Fate::Sent {
                message.fate = Fate::Read;
                seen.push(message.id.clone());
            }
        }
        let who = (asset, customer);
        match place {
            Place::Whatsapp => {
                for id in seen {
                    self.tell_status(&id, "read", None, now);
                }
            }
            Place::Conversations(Product::Messenger) => {
                let item = json!({ "read": { "watermark": now.as_millisecond() } });
                self.tell_item(Product::Messenger, "message_reads", who, item, now);
            }
            Place::Conversations(Product::Instagram) => {
                for id in seen {
                    let item = json!({ "read": { "mid": id } });
                    self.tell_item(Product::Instagram, "messaging_seen", who, item, now);
                }
            }
        }
    }

    pub(super) fn react(
        &mut self,
        place: &Place,
        who: Who<'_>,
        message: &str,
        emoji: Option<String>,
        now: Timestamp,
    ) {
        match place {
            Place::Whatsapp => {
                let id = self.new_wamid();
                let reaction = json!({
                    "type": "reaction",
                    "reaction": { "message_id": message, "emoji": emoji.unwrap_or_default() },
                });
                self.tell_whatsapp_message(who, &id, reaction, now);
            }
            Place::Conversations(product) => {
                let mut reaction = json!({ "mid": message, "action": "unreact" });
                if let Some(emoji) = emoji {
                    reaction = json!({ "mid": message, "action": "react", "reaction": "other", "emoji": emoji });
                }
                let item = json!({ "reaction": reaction });
                self.tell_item(*product, "message_reactions", who, item, now);
            }
        }
    }

    pub(super) fn edit(
        &mut self,
        place: &Place,
        who: Who<'_>,
        message: &str,
        text: &str,
        now: Timestamp,
    ) {
        match place {
            Place::Whatsapp => {
                let id = self.new_wamid();
                let edit = json!({ "type": "edit", "edit": {
                    "original_message_id": message,
                    "message": { "type": "text", "text": { "body": text } },
                } });
                self.tell_whatsapp_message(who, &id, edit, now);
            }
            Place::Conversations(Product::Messenger) => {
                let item =
                    json!({ "message_edit": { "mid": message, "text": text, "num_edit": 1 } });
                self.tell_item(Product::Messenger, "message_edits", who, item, now);
            }
            Place::Conversations(Product::Instagram) => {
                let item =
                    json!({ "message_edit": { "mid": message, "text": text, "num_edit": "1" } });
                self.tell_item(Product::Instagram, "message_edit", who, item, now);
            }
        }
    }

    pub(super) fn unsend(&mut self, place: &Place, who: Who<'_>, message: &str, now: Timestamp) {
        match place {
            Place::Whatsapp => {
                let id = self.new_wamid();
                let revoke = json!({
                    "type": "revoke", "revoke": { "original_message_id": message },
                });
                self.tell_whatsapp_message(who, &id, revoke, now);
            }
            Place::Conversations(product) => {
                let item = json!({ "message": { "mid": message, "is_deleted": true } });
                self.tell_item(*product, "messages", who, item, now);
            }
        }
    }
}
