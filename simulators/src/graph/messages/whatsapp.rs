//! `POST /{phone_number_id}/messages`: accepted at once, and only the statuses that follow tell what became of it.
//!
//! # Source
//! <https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages> and
//! <https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes>, read 2026-11.

use serde_json::{Value, json};

use super::super::access::granted;
use super::super::assets::{PhoneNumber, Template};
use super::super::call::Call;
use super::super::customers::{Fate, Message, WINDOW};
use super::super::error::Refusal;
use super::super::usage::UseCase;
use super::super::world::World;
use super::text;

/// Characters of a text.
const TEXT: usize = 4096;
/// Characters of a caption.
const CAPTION: usize = 1024;
/// Places to fill in a template, at most.
const PLACES: usize = 100;
/// Types that can be sent here.
const TYPES: [&str; 11] = [
    "text",
    "template",
    "image",
    "video",
    "audio",
    "document",
    "sticker",
    "location",
    "contacts",
    "interactive",
    "reaction",
];

pub(super) fn send(world: &mut World, call: &Call, number: &str) -> Result<Value, Refusal> {
    let (account, number) = world.number(call, number, &["whatsapp_business_messaging"])?;
    let (account, number) = (account.id.clone(), number.clone());
    world.count(call, UseCase::Whatsapp, &account)?;
    if call.text("messaging_product").as_deref() != Some("whatsapp") {
        return Err(Refusal::parameter(
            "The parameter messaging_product is required.",
        ));
    }
    if number.unregistered {
        return Err(Refusal::new(133_010).saying("(#133010) Account not registered"));
    }
    if call.text("status").as_deref() == Some("read") {
        return read(world, call, &number);
    }
    // If both are there, `to` wins.
    let to = call.text("to");
    let recipient = call.text("recipient");
    let input = to.clone().or(recipient);
    let input = input.ok_or_else(|| Refusal::parameter("The parameter to is required."))?;
    let kind = call.text("type").unwrap_or_else(|| "text".to_owned());
    let content = content(world, call, &account, &kind)?;
    world
        .usage
        .count_whatsapp(&number.phone_number_id, &input, call.at)?;
    if digits(&input) == digits(&number.display_phone_number) {
        return Err(Refusal::new(131_021).saying("(#131021) Recipient cannot be sender"));
    }
    let id = world.new_wamid();
    let mut answer = json!({
        "messaging_product": "whatsapp",
        "contacts": [{ "input": input }],
        "messages": [{ "id": id }],
    });
    if kind == "template" {
        answer["messages"][0]["message_status"] = "accepted".into();
    }
    // A business-scoped id in `to` is taken and goes nowhere.
    let scoped = input.contains('.');
    if to.is_some() && scoped {
        return Ok(answer);
    }
    let customer = if scoped { input } else { digits(&input) };
    let key = (number.phone_number_id.clone(), customer.clone());
    let known = world.customers.get(&key);
    let contact = &mut answer["contacts"][0];
    if scoped {
        contact["user_id"] = customer.as_str().into();
    } else {
        contact["wa_id"] = customer.as_str().into();
        if let Some(user) = known.and_then(|known| known.user_id.as_ref()) {
            contact["user_id"] = user.as_str().into();
        }
    }
    let unreachable = known.is_some_and(|known| known.unreachable || known.gone);
    let since = world.since_action(&key.0, &customer, call.at);
    let open = since.is_some_and(|since| since < WINDOW);
    let failure = match (unreachable, open || kind == "template") {
        (true, _) => Some((131_026, "Message undeliverable")),
        (false, false) => Some((131_047, "Re-engagement message")),
        (false, true) => None,
    };
    let fate = match failure {
        Some(_) => Fate::Failed,
        None => Fate::Sent,
    };
    world.messages.push(Message {
        id: id.clone(),
        asset: key.0,
        customer,
        outgoing: true,
        by_app: true,
        at: call.at,
        content,
        fate,
    });
    let opaque = call.text("biz_opaque_callback_data");
    world
        .opaque
        .extend(opaque.map(|opaque| (id.clone(), opaque)));
    if failure.is_some() {
        world.tell_status(&id, "failed", failure, call.at);
    } else {
        world.tell_status(&id, "sent", None, call.at);
        world.tell_status(&id, "delivered", None, call.at);
    }
    Ok(answer)
}

/// The blue ticks.
fn read(world: &mut World, call: &Call, number: &PhoneNumber) -> Result<Value, Refusal> {
    let id = call.need("message_id")?;
    let messages = &mut world.messages;
    let theirs = |message: &&mut Message| {
        message.id == id && !message.outgoing && message.asset == number.phone_number_id
    };
    let message = messages.iter_mut().find(theirs);
    let message = message.ok_or_else(|| {
        Refusal::parameter("Invalid parameter").details("Message ID does not exist")
    })?;
    message.fate = Fate::Read;
    Ok(json!({ "success": true }))
}

/// The type and its block, if they are as they must be.
fn content(world: &World, call: &Call, account: &str, kind: &str) -> Result<Value, Refusal> {
    if !TYPES.contains(&kind) {
        return Err(Refusal::new(131_051).details(format!("Unsupported message type {kind}")));
    }
    let block = call.json(kind);
    let block = block.filter(Value::is_object);
    let block = match kind {
        "contacts" => call.json(kind),
        _ => block,
    };
    let block = block.ok_or_else(|| {
        missing(&format!(
            "Parameter '{kind}' is mandatory for type '{kind}'"
        ))
    })?;
    match kind {
        "text" => {
            let body = block["body"].as_str().unwrap_or_default();
            if body.is_empty() {
                return Err(missing("The parameter text['body'] is required."));
            }
            if body.chars().count() > TEXT {
                let why = format!("Param text['body'] must be at most {TEXT} characters long.");
                return Err(Refusal::parameter(why));
            }
        }
        "template" => template(world, call, account, &block)?,
        "image" | "video" | "audio" | "document" | "sticker" => {
            if !block["id"].is_string() && !block["link"].is_string() {
                return Err(missing(&format!("{kind} needs an id or a link")));
            }
            let caption = block["caption"].as_str().unwrap_or_default();
            if caption.chars().count() > CAPTION {
                let why = format!("Param caption must be at most {CAPTION} characters long.");
                return Err(Refusal::parameter(why));
            }
        }
        _ => {}
    }
    let mut content = json!({ "type": kind, kind: block });
    if let Some(context) = call.json("context") {
        content["context"] = context;
    }
    Ok(content)
}

fn missing(details: &str) -> Refusal {
    Refusal::new(131_008)
        .saying("(#131008) Required parameter is missing")
        .details(details)
}

/// A template has to be there, in force, and filled in to the last place.
fn template(world: &World, call: &Call, account: &str, block: &Value) -> Result<(), Refusal> {
    granted(call.token()?, &["whatsapp_business_messaging"])?;
    let name = block["name"].as_str().unwrap_or_default();
    let language = block["language"]["code"].as_str().unwrap_or_default();
    let templates = world.whatsapp.get(account).map(|it| it.templates.iter());
    let mut templates = templates.into_iter().flatten();
    let wanted = |it: &&Template| it.name == name && it.language == language;
    let template = templates.find(wanted).ok_or_else(|| {
        let details = format!("template name ({name}) does not exist in {language}");
        Refusal::new(132_001).status(404).details(details)
    })?;
    match template.status.as_str() {
        "" | "APPROVED" => {}
        "PAUSED" => return Err(Refusal::new(132_015).saying("(#132015) Template is Paused")),
        "DISABLED" => return Err(Refusal::new(132_016).saying("(#132016) Template is Disabled")),
        _ => return Err(Refusal::new(132_001).status(404)),
    }
    let components = block["components"].as_array();
    let body = components.and_then(|all| all.iter().find(|it| it["type"] == "body"));
    let given = body.and_then(|body| body["parameters"].as_array());
    let given = given.map_or(0, Vec::len);
    let places = (1..=PLACES)
        .take_while(|n| template.body.contains(&format!("{{{{{n}}}}}")))
        .count();
    if given != places {
        return Err(Refusal::new(132_000).details(format!(
            "body: number of localizable_params ({given}) does not match the expected number of params ({places})"
        )));
    }
    Ok(())
}

pub(in super::super) fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}

impl World {
    /// Tells what became of a message that the app sent.
    pub(in super::super) fn tell_status(
        &mut self,
        id: &str,
        status: &str,
        failure: Option<(i64, &str)>,
        at: jiff::Timestamp,
    ) {
        let mut messages = self.messages.iter();
        let Some(message) = messages.find(|message| message.id == id && message.outgoing) else {
            return;
        };
        let (number, customer) = (message.asset.clone(), message.customer.clone());
        let mut told = json!({
            "id": id, "status": status, "timestamp": at.as_second().to_string(),
        });
        let recipient = if customer.contains('.') {
            "recipient_user_id"
        } else {
            "recipient_id"
        };
        told[recipient] = customer.as_str().into();
        if let Some(opaque) = self.opaque.get(id) {
            told["biz_opaque_callback_data"] = opaque.as_str().into();
        }
        match failure {
            Some((code, title)) => {
                told["errors"] = json!([{
                    "code": code, "title": title, "message": title,
                    "error_data": { "details": title },
                    "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
                }]);
            }
            None => {
                told["pricing"] = json!({
                    "billable": false, "pricing_model": "PMP", "category": "service", "type": "free_customer_service",
                });
            }
        }
        let mut value = json!({ "statuses": [told] });
        if failure.is_none() {
            value["contacts"] = json!([self.whatsapp_contact(&number, &customer)]);
        }
        self.tell_number(&number, "messages", value);
    }

    /// Tells of a number: everything there says whose it is.
    pub(in super::super) fn tell_number(
        &mut self,
        number: &str,
        field: &'static str,
        mut value: Value,
    ) {
        let Some((account, number)) = self.phone_number(number) else {
            return;
        };
        value["messaging_product"] = "whatsapp".into();
        value["metadata"] = json!({
            "display_phone_number": number.display_phone_number,
            "phone_number_id": number.phone_number_id,
        });
        let account = account.id.clone();
        self.tell_whatsapp(&account, field, value);
    }

    /// The block `contacts` of a webhook.
    pub(in super::super) fn whatsapp_contact(&mut self, number: &str, customer: &str) -> Value {
        let customer = self.customer(number, customer);
        let mut contact = json!({ "profile": { "name": customer.name } });
        if let Some(username) = &customer.username {
            contact["profile"]["username"] = username.as_str().into();
        }
        let scoped = customer.id.contains('.');
        let user = if scoped {
            Some(&customer.id)
        } else {
            customer.user_id.as_ref()
        };
        if let Some(user) = user {
            contact["user_id"] = user.as_str().into();
        }
        if !scoped {
            contact["wa_id"] = customer.id.as_str().into();
        }
        contact
    }
}

/// An id as the fields of a webhook have it.
pub(in super::super) fn sender(block: &mut Value, contact: &Value) {
    if let Some(phone) = text(&contact["wa_id"]) {
        block["from"] = phone.into();
    }
    if let Some(user) = text(&contact["user_id"]) {
        block["from_user_id"] = user.into();
    }
}
