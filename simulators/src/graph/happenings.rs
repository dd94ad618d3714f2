//! What people do in the simulated world: fill in forms, write, react, comment; and what the business does elsewhere.
//!
//! Each leaves its trace in the world and tells whoever is subscribed. One type for tests and for `POST /_control/happen`.

mod written;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Graph;
use super::comments::Comment;
use super::customers::Message;
use super::leads::Lead;
use super::media::MediaFile;
use super::messages::Product;
use super::webhooks::Unit;
use super::world::World;

/// Something that happens. `asset` is a page, an Instagram account or a phone number id; `customer` the id that the person has
/// there.
///
/// # Shape
/// `{"it": "message", "asset": "400300000000001", "customer": "6287000000011", "content": {"is": "text", "text": "Halo"}}`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "it", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Happening {
    /// A person fills in a lead form. Gives the lead's id.
    Lead {
        /// What they leave.
        #[serde(flatten)]
        lead: Lead,
    },
    /// A customer writes. Gives the message's id.
    Message {
        /// Where to.
        asset: String,
        /// Who.
        customer: String,
        /// What.
        content: Content,
        /// The message that it answers.
        #[serde(default)]
        reply_to: Option<String>,
        /// The ad that brought them, in the product's own shape.
        #[serde(default)]
        referral: Option<Value>,
    },
    /// The business answers from somewhere else: the phone, Business Suite. Gives the message's id.
    Echo {
        /// From where.
        asset: String,
        /// To whom.
        customer: String,
        /// What.
        text: String,
    },
    /// A customer reacts to a message.
    Reaction {
        /// Where.
        asset: String,
        /// Who.
        customer: String,
        /// To which message.
        message: String,
        /// With what; none takes it back.
        #[serde(default)]
        emoji: Option<String>,
    },
    /// A customer changes what they wrote.
    Edit {
        /// Where.
        asset: String,
        /// Who.
        customer: String,
        /// Which message.
        message: String,
        /// What it says now.
        text: String,
    },
    /// A customer takes back what they wrote.
    Unsend {
        /// Where.
        asset: String,
        /// Who.
        customer: String,
        /// Which message.
        message: String,
    },
    /// A customer reads all that was sent to them.
    Read {
        /// Where.
        asset: String,
        /// Who.
        customer: String,
    },
    /// A customer presses a button of a page's or an account's menu. Gives the postback's id.
    Postback {
        /// Where.
        asset: String,
        /// Who.
        customer: String,
        /// What stands on it.
        title: String,
        /// What it means.
        payload: String,
    },
    /// Somebody comments. Gives the comment's id.
    Comment {
        /// Whose post.
        asset: String,
        /// Post or media.
        post: String,
        /// Who.
        from: String,
        /// Name, in Instagram the handle.
        name: String,
        /// What.
        text: String,
        /// The comment that it answers.
        #[serde(default)]
        parent: Option<String>,
    },
    /// Somebody deletes their comment.
    CommentRemoved {
        /// Which.
        comment: String,
    },
}

/// What a customer writes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Content {
    /// Words.
    Text {
        /// The words.
        text: String,
    },
    /// A file.
    Media {
        /// The file.
        file: MediaFile,
        /// Words under it, in WhatsApp alone.
        #[serde(default)]
        caption: Option<String>,
    },
    /// The message block in the product's own words, for everything else.
    Raw {
        /// WhatsApp: `{"type", …}`; otherwise `{"attachments"}`, `{"is_unsupported"}`, ….
        block: Value,
    },
}

impl Content {
    /// Words.
    pub fn text(text: &str) -> Self {
        Self::Text {
            text: text.to_owned(),
        }
    }

    /// A file.
    pub fn file(file: MediaFile) -> Self {
        Self::Media {
            file,
            caption: None,
        }
    }
}

/// Which product an asset belongs to.
enum Place {
    Conversations(Product),
    Whatsapp,
}

impl Graph {
    /// Makes something happen, and gives the id of what came to be: a lead, a message, a comment.
    ///
    /// # Panics
    /// When the asset is none of the world's: a mistake in the test.
    pub fn happen(&self, happening: Happening) -> String {
        let asset = format!("{happening:?}");
        let made = self.try_happen(happening);
        assert!(made.is_some(), "nothing there for it to happen to: {asset}");
        made.unwrap_or_default()
    }

    /// The same; none when the asset, the form or the comment is not there.
    pub fn try_happen(&self, happening: Happening) -> Option<String> {
        let now = self.now();
        let made = self.world().happen(happening, now);
        self.told().notify_waiters();
        made
    }

    /// A customer writes words. Gives the message's id.
    pub fn customer_writes(&self, asset: &str, customer: &str, text: &str) -> String {
        self.happen(Happening::Message {
            asset: asset.to_owned(),
            customer: customer.to_owned(),
            content: Content::text(text),
            reply_to: None,
            referral: None,
        })
    }

    /// A person fills in a form. Gives the lead's id.
    pub fn fills_in(&self, lead: Lead) -> String {
        self.happen(Happening::Lead { lead })
    }
}

impl World {
    fn place(&self, asset: &str) -> Option<Place> {
        if self.pages.contains_key(asset) {
            Some(Place::Conversations(Product::Messenger))
        } else if self.instagram.contains_key(asset) {
            Some(Place::Conversations(Product::Instagram))
        } else {
            self.phone_number(asset).map(|_| Place::Whatsapp)
        }
    }

    pub(super) fn happen(&mut self, happening: Happening, now: jiff::Timestamp) -> Option<String> {
        match happening {
            Happening::Lead { lead } => {
                self.forms.get(&lead.form_id)?;
                let lead = self.keep_lead(lead, now);
                self.tell_lead(&lead);
                Some(lead.id)
            }
            Happening::Comment {
                asset,
                post,
                from,
                name,
                text,
                parent,
            } => self.comment(Comment {
                id: String::new(),
                asset,
                post,
                parent,
                from,
                name,
                text,
                at: now,
                hidden: false,
                privately_replied: false,
            }),
            Happening::CommentRemoved { comment } => {
                self.remove_comment(&comment).then_some(comment)
            }
            Happening::Message {
                asset,
                customer,
                content,
                reply_to,
                referral,
            } => {
                let written = written::Written {
                    asset,
                    customer,
                    content,
                    reply_to,
                    referral,
                };
                self.message(written, now)
            }
            Happening::Echo {
                asset,
                customer,
                text,
            } => {
                let place = self.place(&asset)?;
                Some(self.answer_elsewhere(&place, &asset, &customer, &text, now))
            }
            Happening::Read { asset, customer } => {
                let place = self.place(&asset)?;
                self.read_by_customer(&place, &asset, &customer, now);
                Some(customer)
            }
            Happening::Reaction {
                asset,
                customer,
                message,
                emoji,
            } => {
                let place = self.place(&asset)?;
                self.acted(&asset, &customer, now);
                self.react(&place, (&asset, &customer), &message, emoji, now);
                Some(message)
            }
            Happening::Edit {
                asset,
                customer,
                message,
                text,
            } => {
                let place = self.place(&asset)?;
                self.edit(&place, (&asset, &customer), &message, &text, now);
                Some(message)
            }
            Happening::Unsend {
                asset,
                customer,
                message,
            } => {
                let place = self.place(&asset)?;
                self.unsend(&place, (&asset, &customer), &message, now);
                Some(message)
            }
            Happening::Postback {
                asset,
                customer,
                title,
                payload,
            } => self.press((&asset, &customer), &title, &payload, now),
        }
    }

    fn comment(&mut self, comment: Comment) -> Option<String> {
        self.place(&comment.asset)?;
        // It opens no window: it may be answered once, privately.
        let customer = self.customer(&comment.asset, &comment.from);
        customer.name.clone_from(&comment.name);
        Some(self.put_comment(comment))
    }

    fn message(&mut self, written: written::Written, now: jiff::Timestamp) -> Option<String> {
        let place = self.place(&written.asset)?;
        self.acted(&written.asset, &written.customer, now);
        Some(match place {
            Place::Whatsapp => self.write_whatsapp(written, now),
            Place::Conversations(product) => self.write(product, written, now),
        })
    }

    fn press(
        &mut self,
        who: (&str, &str),
        title: &str,
        payload: &str,
        now: jiff::Timestamp,
    ) -> Option<String> {
        let Place::Conversations(product) = self.place(who.0)? else {
            return None;
        };
        self.acted(who.0, who.1, now);
        let mid = self.new_mid(product);
        let item = json!({ "postback": { "mid": mid, "title": title, "payload": payload } });
        self.tell_item(product, "messaging_postbacks", who, item, now);
        Some(mid)
    }

    fn tell_lead(&mut self, lead: &Lead) {
        let Some(page) = self.forms.get(&lead.form_id).map(|it| it.page_id.clone()) else {
            return;
        };
        let created = lead.created_time.unwrap_or_default().as_second();
        let mut value = json!({
            "leadgen_id": lead.id, "page_id": page, "form_id": lead.form_id, "created_time": created,
        });
        if let Some(ad) = &lead.ad {
            value["ad_id"] = ad.id.as_str().into();
            value["adgroup_id"] = ad.id.as_str().into();
        }
        self.tell_page(&page, Unit::change("leadgen", value));
    }

    /// Tells of something in a conversation, from the customer.
    fn tell_item(
        &mut self,
        product: Product,
        field: &'static str,
        (asset, customer): (&str, &str),
        mut item: Value,
        at: jiff::Timestamp,
    ) {
        item["sender"] = json!({ "id": customer });
        item["recipient"] = json!({ "id": asset });
        item["timestamp"] = at.as_millisecond().into();
        let unit = Unit::messaging(field, item);
        match product {
            Product::Messenger => self.tell_page(asset, unit),
            Product::Instagram => self.tell_instagram(asset, &unit),
        }
    }

    fn keep_message(&mut self, message: Message) {
        self.messages.push(message);
    }
}
