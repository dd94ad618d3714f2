//! What a WhatsApp message says, by its type.

use serde_json::Value;

use super::super::scalar;
use crate::inbox::event::{Attachment, Content, MEDIA_PLACEHOLDER, Referral};

/// Most shared contacts kept of one message.
const MOST_CONTACTS: usize = 32;

/// Media types; their blocks are alike.
const MEDIA: [&str; 6] = ["image", "video", "document", "audio", "voice", "sticker"];

pub(super) fn read(message: &Value) -> Content {
    let (kind, text) = kind_and_text(message);
    let block = &message[kind];
    Content {
        kind,
        text,
        attachments: attachments(kind, message),
        reply_to: scalar::id(&message["context"]["id"]),
        payload: payload(kind, message).or_else(|| scalar::word(&block["payload"])),
        referral: referral(&message["referral"]),
        post_id: None,
    }
}

/// The type is the wire's own word; of an interactive message, the word inside. A typed message without its block, and a
/// type from the future, are unknown.
pub(super) fn kind_and_text(message: &Value) -> (&'static str, Option<String>) {
    let wire = message["type"].as_str().unwrap_or_default();
    let block = &message[wire];
    let has_block = block.is_object();
    if let Some(kind) = MEDIA.into_iter().find(|kind| *kind == wire && has_block) {
        return (kind, scalar::text(&block["caption"]));
    }
    match wire {
        "text" if has_block => ("text", scalar::text(&block["body"])),
        "location" if has_block => ("location", None),
        "contacts" if block.is_array() => ("contacts", None),
        "button" if has_block => ("button", scalar::text(&block["text"])),
        "order" if has_block => ("order", scalar::text(&block["text"])),
        "system" if has_block => ("system", scalar::text(&block["body"])),
        "interactive" if has_block => interactive(block),
        // These say all by their type.
        "unsupported" => ("unsupported", None),
        "request_welcome" => ("request_welcome", None),
        MEDIA_PLACEHOLDER => (MEDIA_PLACEHOLDER, None),
        _ => ("unknown", None),
    }
}

fn interactive(block: &Value) -> (&'static str, Option<String>) {
    let inner = block["type"].as_str().unwrap_or_default();
    let answer = &block[inner];
    if !answer.is_object() {
        return ("unknown", None);
    }
    match inner {
        "button_reply" => ("button_reply", scalar::text(&answer["title"])),
        "list_reply" => ("list_reply", scalar::text(&answer["title"])),
        "nfm_reply" => ("nfm_reply", scalar::text(&answer["body"])),
        "call_permission_reply" => ("call_permission_reply", None),
        _ => ("unknown", None),
    }
}

/// What the choice stands for; a flow's whole answer, which is JSON as text.
fn payload(kind: &str, message: &Value) -> Option<String> {
    let answer = &message["interactive"][kind];
    match kind {
        "button_reply" | "list_reply" => scalar::word(&answer["id"]),
        "nfm_reply" => scalar::text(&answer["response_json"]),
        "call_permission_reply" => scalar::word(&answer["response"]),
        _ => None,
    }
}

fn attachments(kind: &'static str, message: &Value) -> Vec<Attachment> {
    let block = &message[kind];
    if MEDIA.contains(&kind) {
        return vec![Attachment {
            kind: kind.to_owned(),
            url: scalar::url(&block["url"]),
            media_id: scalar::id(&block["id"]),
            mime_type: scalar::word(&block["mime_type"]),
            sha256: scalar::word(&block["sha256"]),
            file_name: scalar::word(&block["filename"]),
            ..Attachment::default()
        }];
    }
    match kind {
        "location" => vec![Attachment {
            kind: kind.to_owned(),
            title: scalar::word(&block["name"]).or_else(|| scalar::word(&block["address"])),
            url: scalar::url(&block["url"]),
            latitude: degrees(&block["latitude"]),
            longitude: degrees(&block["longitude"]),
            ..Attachment::default()
        }],
        "contacts" => block
            .as_array()
            .into_iter()
            .flatten()
            .take(MOST_CONTACTS)
            .map(|contact| Attachment {
                kind: "contact".to_owned(),
                title: scalar::word(&contact["name"]["formatted_name"]),
                phones: contact["phones"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(|phone| scalar::word(&phone["phone"]))
                    .take(MOST_CONTACTS)
                    .collect(),
                ..Attachment::default()
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn degrees(value: &Value) -> Option<f64> {
    value
        .as_f64()
        .or_else(|| value.as_str()?.trim().parse().ok())
        .filter(|degrees| degrees.is_finite())
}

fn referral(told: &Value) -> Option<Referral> {
    told.as_object()?;
    Some(Referral {
        source: scalar::word(&told["source_type"]),
        reference: None,
        ad_id: scalar::id_or_zero(&told["source_id"]),
        title: scalar::word(&told["headline"]),
        url: scalar::url(&told["source_url"]),
        click_id: scalar::word(&told["ctwa_clid"]),
    })
    .filter(|referral| *referral != Referral::default())
}
