//! Bodies as Meta sends them, made for a test.

use serde_json::{Value, json};

/// When the fixtures' events happened, in seconds.
pub(crate) const THEN: i64 = 1_793_588_645;

pub(crate) const NUMBER: &str = "400300000000001";
pub(crate) const PAGE: &str = "200100000000001";

/// A WhatsApp change with one list.
pub(crate) fn whatsapp(number: &str, list: &str, items: Value) -> Vec<u8> {
    let field = match list {
        "message_echoes" => "smb_message_echoes",
        "history" => "history",
        _ => "messages",
    };
    let mut value = json!({
        "messaging_product": "whatsapp",
        "metadata": { "display_phone_number": "628700000001", "phone_number_id": number },
    });
    value[list] = items;
    let body = json!({
        "object": "whatsapp_business_account",
        "entry": [{ "id": "300200000000001", "changes": [{ "field": field, "value": value }] }],
    });
    body.to_string().into_bytes()
}

/// A WhatsApp text.
pub(crate) fn text(from: &str, id: &str, second: i64, body: &str) -> Value {
    json!({ "from": from, "id": id, "timestamp": second.to_string(), "type": "text", "text": { "body": body } })
}

/// A WhatsApp text that we wrote on the phone.
pub(crate) fn echo(to: &str, id: &str, second: i64, body: &str) -> Value {
    json!({ "from": "628700000001", "to": to, "id": id, "timestamp": second.to_string(), "type": "text", "text": { "body": body } })
}

/// A WhatsApp status.
pub(crate) fn status(id: &str, word: &str, second: i64) -> Value {
    json!({ "id": id, "status": word, "timestamp": second.to_string(), "recipient_id": "6287000000011" })
}

/// Messenger items of a page.
pub(crate) fn messenger(items: &Value) -> Vec<u8> {
    let body = json!({
        "object": "page",
        "entry": [{ "id": PAGE, "time": THEN * 1_000, "messaging": items }],
    });
    body.to_string().into_bytes()
}

/// A Messenger item: from the contact, or with `echo` from the page.
pub(crate) fn messenger_text(contact: &str, mid: &str, ms: i64, text: &str, echo: bool) -> Value {
    let (sender, recipient) = if echo {
        (PAGE, contact)
    } else {
        (contact, PAGE)
    };
    json!({
        "sender": { "id": sender }, "recipient": { "id": recipient }, "timestamp": ms,
        "message": { "mid": mid, "text": text, "is_echo": echo },
    })
}

/// A receipt of a Messenger contact.
pub(crate) fn messenger_receipt(contact: &str, kind: &str, receipt: Value) -> Value {
    let mut item = json!({ "sender": { "id": contact }, "recipient": { "id": PAGE }, "timestamp": THEN * 1_000 });
    item[kind] = receipt;
    item
}
