//! `POST /{id}/messages` of pages and Instagram accounts: windows, limits, private replies, and the echo that follows.
//!
//! WhatsApp's messages go to the same address and are `whatsapp`'s.

mod whatsapp;

use axum::extract::{Path, State};
use axum::routing::post;
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::Graph;
use super::access::INSTAGRAM_MESSAGES;
use super::call::Call;
use super::customers::{Fate, HUMAN_WINDOW, Message, WINDOW};
use super::error::Refusal;
use super::usage::UseCase;
use super::webhooks::Unit;
use super::world::World;

pub(super) use whatsapp::sender as whatsapp_sender;

/// Characters of a Messenger text.
const MESSENGER_TEXT: usize = 2000;
/// Bytes of an Instagram text.
const INSTAGRAM_TEXT: usize = 1000;
/// Messages that a page may send in a second.
const MESSENGER_SENDS: usize = 300;
/// Messages that an Instagram account may send in a second.
const INSTAGRAM_SENDS: usize = 100;

pub(super) fn routes() -> Router<Graph> {
    Router::new().route("/{node}/messages", post(send))
}

async fn send(
    State(graph): State<Graph>,
    call: Call,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let answer = {
        let mut world = graph.world();
        if world.phone_number(&id).is_some() {
            whatsapp::send(&mut world, &call, &id)
        } else {
            reply(&mut world, &call, &id)
        }
    };
    // What follows it is to be told.
    graph.told().notify_waiters();
    answer.map(Json)
}

/// Where a message goes out: a page's conversations, or an Instagram account's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Product {
    Messenger,
    Instagram,
}

impl Product {
    fn out_of_window(self) -> Refusal {
        Refusal::new(10).subcode(match self {
            Self::Messenger => 2_018_278,
            Self::Instagram => 2_534_022,
        })
    }

    pub(super) fn use_case(self) -> UseCase {
        match self {
            Self::Messenger => UseCase::Messenger,
            Self::Instagram => UseCase::Instagram,
        }
    }
}

fn reply(world: &mut World, call: &Call, id: &str) -> Result<Value, Refusal> {
    let (asset, product) = sender(world, call, id)?;
    world.count(call, product.use_case(), &asset)?;
    let recipient = call.json("recipient").unwrap_or_default();
    let commented = recipient["comment_id"].as_str();
    let customer = match (text(&recipient["id"]), commented) {
        (Some(id), _) => id,
        (None, Some(comment)) => world.private_reply_to(call, &asset, comment)?,
        (None, None) => {
            return Err(Refusal::parameter("The parameter recipient is required"));
        }
    };
    let key = (asset.clone(), customer.clone());
    let known = world.customers.get(&key);
    let known = known.ok_or_else(|| Refusal::new(100).subcode(2_018_001))?;
    if known.unreachable {
        return Err(Refusal::new(551).subcode(1_545_041));
    }
    if let Some(action) = call.text("sender_action") {
        let actions = ["mark_seen", "typing_on", "typing_off"];
        if !actions.contains(&action.as_str()) {
            return Err(Refusal::parameter("Param sender_action is invalid"));
        }
        if action == "mark_seen" {
            world.read_by_business(&asset, &customer);
        }
        return Ok(json!({ "recipient_id": customer }));
    }
    let content = content(call, product)?;
    if commented.is_none() {
        in_window(world, call, product, &key)?;
    }
    let limit = match product {
        Product::Messenger => MESSENGER_SENDS,
        Product::Instagram => INSTAGRAM_SENDS,
    };
    world.usage.count_send(&asset, limit, call.at)?;
    if let Some(comment) = commented {
        world.privately_replied(comment);
    }
    let mid = world.sent(product, &key, content, call);
    Ok(json!({ "recipient_id": customer, "message_id": mid }))
}

/// Which conversations a call may write to under an id. A page's token also writes to those of its Instagram account.
fn sender(world: &World, call: &Call, id: &str) -> Result<(String, Product), Refusal> {
    if world.instagram_account(id).is_some() || call.token()?.login == super::Login::Instagram {
        let account = world.instagram(call, id, INSTAGRAM_MESSAGES)?;
        return Ok((account.id.clone(), Product::Instagram));
    }
    let page = world.page(call, id, &[])?;
    let recipient = call.json("recipient").unwrap_or_default();
    if let Some(account) = &page.instagram_account_id {
        let customer = text(&recipient["id"]).unwrap_or_default();
        let comment = text(&recipient["comment_id"]).unwrap_or_default();
        let theirs = world.customers.contains_key(&(account.clone(), customer));
        let comment = world.comments.get(&comment);
        if theirs || comment.is_some_and(|comment| comment.asset == *account) {
            let account = world.instagram(call, account, INSTAGRAM_MESSAGES)?;
            return Ok((account.id.clone(), Product::Instagram));
        }
    }
    let page = world.page(call, id, &["pages_messaging"])?;
    Ok((page.id.clone(), Product::Messenger))
}

/// The window that the message type asks for has to be open.
fn in_window(
    world: &World,
    call: &Call,
    product: Product,
    (asset, customer): &(String, String),
) -> Result<(), Refusal> {
    let kind = call.text("messaging_type");
    let window = match (kind.as_deref(), call.text("tag").as_deref()) {
        (Some("RESPONSE" | "UPDATE") | None, None) => WINDOW,
        (Some("MESSAGE_TAG") | None, Some("HUMAN_AGENT")) => HUMAN_WINDOW,
        (Some("MESSAGE_TAG") | None, Some(tag)) => {
            return Err(Refusal::parameter(format!(
                "Param tag must be one of {{HUMAN_AGENT}} - got \"{tag}\"."
            )));
        }
        (Some(kind), _) => {
            return Err(Refusal::parameter(format!(
                "Param messaging_type must be one of {{RESPONSE, UPDATE, MESSAGE_TAG}} - got \"{kind}\"."
            )));
        }
    };
    let since = world.since_action(asset, customer, call.at);
    let open = since.is_some_and(|since| since < window);
    open.then_some(()).ok_or_else(|| product.out_of_window())
}

/// What is said: a text or attachments, never both.
fn content(call: &Call, product: Product) -> Result<Value, Refusal> {
    let message = call.json("message").unwrap_or_default();
    let attachments = match (&message["attachments"], &message["attachment"]) {
        (Value::Array(several), _) => several.clone(),
        (_, one @ Value::Object(_)) => vec![one.clone()],
        _ => Vec::new(),
    };
    let said = message["text"].as_str();
    match (said, attachments.is_empty()) {
        (Some(_), false) => Err(Refusal::parameter(
            "Message cannot have both text and attachment",
        )),
        (Some("") | None, true) => Err(Refusal::parameter(
            "Message cannot be empty, must provide valid attachment or text",
        )),
        (Some(said), true) => {
            let (length, limit) = match product {
                Product::Messenger => (said.chars().count(), MESSENGER_TEXT),
                Product::Instagram => (said.len(), INSTAGRAM_TEXT),
            };
            if length > limit {
                return Err(Refusal::parameter(format!(
                    "Length of param message[text] must be less than or equal to {limit}"
                )));
            }
            Ok(json!({ "text": said }))
        }
        (None, false) => {
            let addressed = |one: &Value| {
                one["payload"]["url"].is_string() || one["payload"]["attachment_id"].is_string()
            };
            if !attachments.iter().all(addressed) {
                return Err(Refusal::parameter(
                    "Attachment payload needs a url or an attachment_id",
                ));
            }
            let shown = attachments.iter();
            let shown = shown.map(
                |it| json!({ "type": it["type"], "payload": { "url": it["payload"]["url"] } }),
            );
            Ok(json!({ "attachments": shown.collect::<Vec<_>>() }))
        }
    }
}

/// An id, as text or as a number.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

impl World {
    /// A message id of a product's look.
    pub(super) fn new_mid(&mut self, product: Product) -> String {
        let number = self.next();
        let tail = URL_SAFE_NO_PAD.encode(format!("simulated:{number:012}"));
        match product {
            Product::Messenger => format!("m_{tail}"),
            Product::Instagram => format!("aWdfZAG1faXRlbToxOklHTWVzc2FnZAUlE{tail}"),
        }
    }

    /// A WhatsApp message id. Like Meta's it has all of Base64's letters, and so is no path and no document id.
    pub(super) fn new_wamid(&mut self) -> String {
        let mut bytes = vec![0x1C, 0x18, 0xFB, 0xFB, 0xEF, 0xFF];
        bytes.extend(self.next().to_be_bytes());
        format!("wamid.{}", STANDARD.encode(bytes))
    }

    /// Keeps what the app sent, and tells of it: the echo, and in Messenger the delivery.
    fn sent(
        &mut self,
        product: Product,
        (asset, customer): &(String, String),
        content: Value,
        call: &Call,
    ) -> String {
        let mid = self.new_mid(product);
        let reply_to = call.json("reply_to").unwrap_or_default();
        let app = self.app(super::Login::Facebook).id.parse::<u64>();
        let mut message = content.clone();
        message["app_id"] = app.unwrap_or_default().into();
        if reply_to["mid"].is_string() {
            message["reply_to"] = json!({ "mid": reply_to["mid"] });
        }
        self.messages.push(Message {
            id: mid.clone(),
            asset: asset.clone(),
            customer: customer.clone(),
            outgoing: true,
            by_app: true,
            at: call.at,
            content,
            fate: Fate::Sent,
        });
        self.tell_echo(product, asset, customer, &mid, message, call.at);
        if product == Product::Messenger {
            let item = json!({
                "sender": { "id": customer }, "recipient": { "id": asset },
                "timestamp": call.at.as_millisecond(),
                "delivery": { "mids": [mid], "watermark": call.at.as_millisecond() },
            });
            self.tell_page(asset, Unit::messaging("message_deliveries", item));
        }
        mid
    }

    /// Tells that the business said something.
    pub(super) fn tell_echo(
        &mut self,
        product: Product,
        asset: &str,
        customer: &str,
        mid: &str,
        mut message: Value,
        at: jiff::Timestamp,
    ) {
        message["mid"] = mid.into();
        message["is_echo"] = true.into();
        let item = json!({
            "sender": { "id": asset }, "recipient": { "id": customer },
            "timestamp": at.as_millisecond(), "message": message,
        });
        match product {
            Product::Messenger => self.tell_page(asset, Unit::messaging("message_echoes", item)),
            // Facebook Login has echoes among the messages, Instagram Login a field for them.
            Product::Instagram => {
                let unit = Unit::Messaging {
                    field: "messages",
                    instagram_field: "message_echoes",
                    item,
                };
                self.tell_instagram(asset, &unit);
            }
        }
    }

    /// The business has seen what a customer wrote.
    fn read_by_business(&mut self, asset: &str, customer: &str) {
        for message in &mut self.messages {
            if !message.outgoing && message.asset == asset && message.customer == customer {
                message.fate = Fate::Read;
            }
        }
    }
}
