//! Messenger and Instagram direct messages: one element of `messaging` or `standby`, or the value of a change.

use serde_json::Value;

use super::{Entry, reason, scalar};
use crate::inbox::event::{
    Arrival, Attachment, ChannelKind, Content, Delivery, Direction, Mark, MarkKind, Moment,
    Profile, Referral, TimeSource, Unit, Watermark, What,
};

/// Most attachments kept of one message; the platforms allow ten.
const MOST_ATTACHMENTS: usize = 32;

/// Most messages that one receipt is taken for.
const MOST_RECEIPTS: usize = 1_000;

/// Whether a change holds a direct message: it has a sender and a recipient, or its field can hold nothing else.
pub(super) fn is_messaging(field: &str, value: &Value) -> bool {
    let direct = value["sender"].is_object() && value["recipient"].is_object();
    direct
        || field.starts_with("message") && !field.starts_with("message_template")
        || field == "standby"
}

pub(super) fn unit(entry: &Entry, item: &Value) -> Unit {
    let told = Told {
        entry,
        kind: if entry.instagram {
            ChannelKind::Instagram
        } else {
            ChannelKind::Messenger
        },
        sender: scalar::id(&item["sender"]["id"]),
        recipient: scalar::id(&item["recipient"]["id"]),
        at: entry.moment(&item["timestamp"]),
    };
    if !item["message"].is_null() {
        told.message(&item["message"])
    } else if !item["postback"].is_null() {
        told.postback(&item["postback"])
    } else if !item["message_edit"].is_null() {
        told.edit(&item["message_edit"])
    } else if !item["reaction"].is_null() {
        told.reaction(&item["reaction"])
    } else if !item["read"].is_null() {
        told.receipt(&item["read"], Delivery::Read)
    } else if !item["delivery"].is_null() {
        told.receipt(&item["delivery"], Delivery::Delivered)
    } else if !item["referral"].is_null() {
        told.referred(&item["referral"])
    } else if item.as_object().is_some_and(|item| !item.is_empty()) {
        Unit::Ignored(reason::UNKNOWN_EVENT)
    } else if item.is_null() || item.is_object() {
        Unit::Ignored(reason::EMPTY)
    } else {
        Unit::Unplaceable(reason::UNREADABLE_ITEM)
    }
}

/// What every item says.
struct Told<'a> {
    entry: &'a Entry,
    kind: ChannelKind,
    sender: Option<String>,
    recipient: Option<String>,
    at: Option<Moment>,
}

/// Who sent a message: the contact, unless it says otherwise.
#[derive(Default)]
struct Sender {
    out: bool,
    app: Option<String>,
    outgoing: Option<String>,
}

impl Told<'_> {
    fn event(&self, what: What) -> Unit {
        self.entry.event(self.kind, what)
    }

    /// Sent by the account itself.
    fn is_ours(&self) -> bool {
        self.sender.is_some() && self.sender == self.entry.id
    }

    /// The sender, unless that is ourselves.
    fn customer(&self) -> Option<String> {
        self.sender.clone().filter(|_| !self.is_ours())
    }

    fn mark(&self, id: String, what: MarkKind) -> Mark {
        Mark {
            id,
            contact: self.customer(),
            at: self.at,
            outgoing: None,
            what,
        }
    }

    fn message(&self, message: &Value) -> Unit {
        let Some(id) = scalar::id(&message["mid"]) else {
            return Unit::Unplaceable(reason::NO_ID);
        };
        if message["is_deleted"] == true {
            return self.event(What::Marks(vec![self.mark(id, MarkKind::Deleted)]));
        }
        let out = message["is_echo"] == true || self.is_ours();
        let sender = Sender {
            out,
            app: scalar::id(&message["app_id"]).filter(|_| out),
            // What we gave the message to carry; Messenger gives it back, Instagram does not.
            outgoing: scalar::id(&message["metadata"]).filter(|_| out),
        };
        self.arrival(id, sender, content(message))
    }

    fn arrival(&self, id: String, sender: Sender, content: Content) -> Unit {
        let Sender { out, app, outgoing } = sender;
        let (direction, contact) = if out {
            (Direction::Out, &self.recipient)
        } else {
            (Direction::In, &self.sender)
        };
        let Some(contact) = contact.clone() else {
            return Unit::Unplaceable(reason::NO_SENDER);
        };
        self.event(What::Message(Box::new(Arrival {
            id,
            contact,
            profile: Profile::default(),
            direction,
            anonymous: false,
            app,
            outgoing,
            at: self.at,
            history: false,
            content,
        })))
    }

    /// Old postbacks have no id: the contact, the moment and the kind make one that is the same at each delivery.
    fn postback(&self, postback: &Value) -> Unit {
        let (Some(sender), true) = (&self.sender, postback.is_object()) else {
            return Unit::Unplaceable(reason::NO_SENDER);
        };
        let id = scalar::id(&postback["mid"]).unwrap_or_else(|| {
            // The time of the notification changes from one delivery to the next.
            let own = self.at.filter(|at| at.source == TimeSource::Event);
            let at = own.map_or(0, |moment| moment.at.as_millisecond());
            let channel = self.kind.as_str().to_ascii_lowercase();
            format!("syn:{channel}:{sender}:{at}:postback")
        });
        let content = Content {
            kind: "postback",
            text: scalar::text(&postback["title"]),
            payload: scalar::word(&postback["payload"]),
            referral: referral(&postback["referral"]),
            ..Content::default()
        };
        self.arrival(id, Sender::default(), content)
    }

    fn edit(&self, edit: &Value) -> Unit {
        let Some(id) = scalar::id(&edit["mid"]) else {
            return Unit::Unplaceable(reason::NO_ID);
        };
        let text = scalar::text(&edit["text"]);
        self.event(What::Marks(vec![self.mark(id, MarkKind::Edited { text })]))
    }

    fn reaction(&self, reaction: &Value) -> Unit {
        let Some(id) = scalar::id(&reaction["mid"]) else {
            return Unit::Unplaceable(reason::NO_ID);
        };
        let emoji = if reaction["action"] == "unreact" {
            None
        } else {
            scalar::word(&reaction["emoji"]).or_else(|| scalar::word(&reaction["reaction"]))
        };
        self.event(What::Marks(vec![
            self.mark(id, MarkKind::Reacted { emoji }),
        ]))
    }

    /// A receipt names messages, one or several, or everything before a moment.
    fn receipt(&self, receipt: &Value, reached: Delivery) -> Unit {
        let named = receipt["mids"].as_array().map_or(&[][..], Vec::as_slice);
        let marks: Vec<Mark> = std::iter::once(&receipt["mid"])
            .chain(named)
            .filter_map(scalar::id)
            .take(MOST_RECEIPTS)
            .map(|id| self.mark(id, MarkKind::Reached(reached)))
            .collect();
        if !marks.is_empty() {
            return self.event(What::Marks(marks));
        }
        let Some(up_to) = scalar::time(&receipt["watermark"]) else {
            return Unit::Unplaceable(reason::NO_ID);
        };
        let Some(contact) = self.customer() else {
            return Unit::Unplaceable(reason::NO_SENDER);
        };
        self.event(What::Watermark(Watermark {
            contact,
            read: reached == Delivery::Read,
            up_to,
        }))
    }

    /// An ad or a link led somebody into a conversation that is there already: kept as attribution.
    fn referred(&self, told: &Value) -> Unit {
        match (self.customer(), referral(told)) {
            (Some(contact), Some(referral)) => self.event(What::Referred {
                contact,
                at: self.at,
                referral,
            }),
            _ => Unit::Ignored(reason::UNKNOWN_EVENT),
        }
    }
}

fn content(message: &Value) -> Content {
    let attachments: Vec<&Value> = message["attachments"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|attachment| attachment.is_object())
        .collect();
    let text = scalar::text(&message["text"]);
    Content {
        kind: kind(message, attachments.first().copied(), text.is_some()),
        text,
        attachments: attachments
            .into_iter()
            .take(MOST_ATTACHMENTS)
            .map(attachment)
            .collect(),
        reply_to: scalar::id(&message["reply_to"]["mid"]),
        payload: scalar::word(&message["quick_reply"]["payload"]),
        referral: referral(&message["referral"]),
        post_id: scalar::id(&message["reply_to"]["story"]["id"]),
    }
}

/// The first that applies.
fn kind(message: &Value, first: Option<&Value>, has_text: bool) -> &'static str {
    if message["is_unsupported"] == true {
        return "unsupported";
    }
    if message["reply_to"]["story"].is_object() {
        return "story_reply";
    }
    if message["quick_reply"].is_object() {
        return "quick_reply";
    }
    let without_attachment = if has_text { "text" } else { "unknown" };
    let Some(first) = first else {
        return without_attachment;
    };
    match first["type"].as_str().unwrap_or_default() {
        "image" if !first["payload"]["sticker_id"].is_null() => "sticker",
        "image" => "image",
        "video" => "video",
        "audio" => "audio",
        "file" => "file",
        "sticker" | "like_heart" => "sticker",
        "location" => "location",
        "reel" | "ig_reel" => "reel",
        "share" | "ig_post" | "post" => "share",
        "story_mention" => "story_mention",
        "story" | "ig_story" => "story",
        "template" => "template",
        "fallback" if has_text => "text",
        "fallback" => "fallback",
        "ephemeral" => "unsupported",
        _ => "unknown",
    }
}

fn attachment(told: &Value) -> Attachment {
    let payload = &told["payload"];
    let coordinates = &payload["coordinates"];
    Attachment {
        kind: scalar::word(&told["type"]).unwrap_or_default(),
        // What is to be seen once is not kept, not even as a link.
        url: scalar::url(&payload["url"])
            .or_else(|| scalar::url(&told["url"]))
            .filter(|_| told["type"] != "ephemeral"),
        media_id: scalar::id(&payload["sticker_id"])
            .or_else(|| scalar::id(&payload["reel_video_id"]))
            .or_else(|| scalar::id(&payload["ig_post_media_id"])),
        title: scalar::word(&told["title"]).or_else(|| scalar::word(&payload["title"])),
        latitude: coordinates["lat"].as_f64(),
        longitude: coordinates["long"].as_f64(),
        ..Attachment::default()
    }
}

fn referral(told: &Value) -> Option<Referral> {
    told.as_object()?;
    Some(Referral {
        source: scalar::word(&told["source"]),
        reference: scalar::word(&told["ref"]),
        ad_id: scalar::id_or_zero(&told["ad_id"]),
        title: scalar::word(&told["ads_context_data"]["ad_title"]),
        url: scalar::url(&told["referer_uri"]),
        click_id: None,
    })
    .filter(|referral| *referral != Referral::default())
}
