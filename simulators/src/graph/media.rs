//! Media of messages: WhatsApp's behind a token and for minutes, those of pages and Instagram at an address that ends.

use aws_lc_rs::digest;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Graph;
use super::access::hmac_hex;
use super::call::{Call, Host};
use super::error::Refusal;
use super::fields::select;
use super::usage::UseCase;
use super::world::{FACEBOOK_APP_SECRET, World};

/// How long the address of a WhatsApp file is good.
///
/// # Source
/// <https://developers.facebook.com/docs/whatsapp/cloud-api/reference/media>, read 2026-11.
pub const WHATSAPP_ADDRESS: SignedDuration = SignedDuration::from_mins(5);
/// How long a file that a customer sent is kept.
pub const WHATSAPP_KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long an address at the networks' edge is good here. Meta promises nothing.
pub const CDN_ADDRESS: SignedDuration = SignedDuration::from_hours(1);

/// A file of a message.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MediaFile {
    /// `image`, `video`, `audio`, `file` (in WhatsApp `document`), `sticker`.
    pub kind: String,
    /// MIME type.
    pub mime_type: String,
    /// The bytes, in JSON as Base64.
    #[serde(with = "base64_bytes", default = "dot")]
    pub bytes: Bytes,
    /// Name of a document.
    #[serde(default)]
    pub filename: Option<String>,
}

impl MediaFile {
    /// A picture of one point, for where the bytes do not matter.
    pub fn dot() -> Self {
        Self {
            kind: "image".to_owned(),
            mime_type: "image/png".to_owned(),
            bytes: dot(),
            filename: None,
        }
    }

    pub(super) fn sha256(&self) -> Vec<u8> {
        let digest = digest::digest(&digest::SHA256, &self.bytes);
        digest.as_ref().to_vec()
    }
}

/// A PNG of one point.
fn dot() -> Bytes {
    const DOT: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    STANDARD.decode(DOT).unwrap_or_default().into()
}

mod base64_bytes {
    use axum::body::Bytes;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde::{Deserialize as _, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(bytes: &Bytes, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Bytes, D::Error> {
        let text = String::deserialize(from)?;
        let bytes = STANDARD.decode(text).map_err(de::Error::custom)?;
        Ok(bytes.into())
    }
}

/// A file that is kept.
#[derive(Clone, Debug)]
pub(super) struct KeptFile {
    /// The number that it came to; none for one at an open address.
    number: Option<String>,
    file: MediaFile,
    until: Timestamp,
    /// Taken away before its time.
    lost: bool,
}

pub(super) fn routes(host: Host) -> Router<Graph> {
    match host {
        Host::Lookaside => {
            Router::new().route("/whatsapp_business/attachments/", get(download_whatsapp))
        }
        Host::FacebookCdn | Host::InstagramCdn => Router::new().route("/v/{file}", get(download)),
        _ => Router::new(),
    }
}

impl World {
    /// Keeps a file that came to a number, and gives the block that stands in the webhook.
    pub(super) fn keep_whatsapp_file(
        &mut self,
        number: &str,
        file: &MediaFile,
        now: Timestamp,
    ) -> Value {
        let id = self.new_id("500");
        let mut block = json!({
            "mime_type": file.mime_type,
            "sha256": STANDARD.encode(file.sha256()),
            "id": id,
        });
        if let Some(name) = &file.filename {
            block["filename"] = name.as_str().into();
        }
        let kept = KeptFile {
            number: Some(number.to_owned()),
            file: file.clone(),
            until: now + WHATSAPP_KEPT,
            lost: false,
        };
        self.files.insert(id, kept);
        block
    }

    /// Puts a file where anyone can fetch it for a while, and gives the address.
    pub(super) fn put_on_cdn(&mut self, host: Host, file: &MediaFile, now: Timestamp) -> String {
        let id = self.new_id("501");
        let kept = KeptFile {
            number: None,
            file: file.clone(),
            until: now + CDN_ADDRESS,
            lost: false,
        };
        let until = kept.until.as_second();
        self.files.insert(id.clone(), kept);
        let seal = seal(&id, until);
        let url = &self.public_url;
        format!("{url}/{}/v/{id}?oh={seal}&oe={until:X}", host.name())
    }

    /// Takes a file away before its time; false if there is none.
    pub(super) fn lose_file(&mut self, id: &str) -> bool {
        let file = self.files.get_mut(id);
        file.is_some_and(|file| {
            file.lost = true;
            true
        })
    }
}

/// What makes an address this simulator's own.
fn seal(id: &str, until: i64) -> String {
    let mut seal = hmac_hex(FACEBOOK_APP_SECRET, format!("{id}:{until}").as_bytes());
    seal.truncate(24);
    seal
}

/// A WhatsApp file by id: where to fetch it.
pub(super) fn file(world: &mut World, call: &Call, id: &str) -> Option<Result<Value, Refusal>> {
    let kept = world.files.get(id)?.clone();
    let answer = |world: &mut World| {
        let number = kept.number.as_ref().ok_or_else(|| call.no_object(id))?;
        let found = world.number(call, number, &["whatsapp_business_messaging"]);
        let account = found.map_err(|_| call.no_object(id))?.0.id.clone();
        world.count(call, UseCase::Whatsapp, &account)?;
        if kept.until <= call.at || kept.lost {
            return Err(call.no_object(id));
        }
        let named = call.text("phone_number_id");
        if named.is_some_and(|named| named != *number) {
            return Err(call.no_object(id));
        }
        let until = (call.at + WHATSAPP_ADDRESS).as_second();
        let hex: String = kept.file.sha256().into_iter().map(hex).collect();
        let full = json!({
            "messaging_product": "whatsapp",
            "url": format!(
                "{}/lookaside.fbsbx.com/whatsapp_business/attachments/?mid={id}&ext={until}&hash={}",
                call.base, seal(id, until),
            ),
            "mime_type": kept.file.mime_type,
            "sha256": hex,
            "file_size": kept.file.bytes.len(),
            "id": id,
        });
        let usual = [
            "messaging_product",
            "url",
            "mime_type",
            "sha256",
            "file_size",
            "id",
        ];
        select(call, "WhatsAppBusinessMedia", &full, &usual)
    };
    Some(answer(world))
}

fn hex(byte: u8) -> String {
    format!("{byte:02x}")
}

async fn download_whatsapp(State(graph): State<Graph>, call: Call) -> Response {
    let world = graph.world();
    let id = call.text("mid").unwrap_or_default();
    let until = call.text("ext").and_then(|until| until.parse().ok());
    let token = call.token_text().and_then(|text| world.tokens.get(&text));
    if token.is_none_or(|token| token.trouble(call.at).is_some()) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let fresh = until.is_some_and(|until: i64| {
        call.text("hash") == Some(seal(&id, until)) && call.at.as_second() < until
    });
    bytes(&world, &id, fresh)
}

async fn download(State(graph): State<Graph>, call: Call, Path(id): Path<String>) -> Response {
    let world = graph.world();
    let until = call.text("oe");
    let until = until.and_then(|until| i64::from_str_radix(&until, 16).ok());
    let sealed = until.is_some_and(|until| call.text("oh") == Some(seal(&id, until)));
    if !sealed {
        return (StatusCode::FORBIDDEN, "Bad URL hash").into_response();
    }
    if until.is_none_or(|until| call.at.as_second() >= until) {
        return (StatusCode::FORBIDDEN, "URL signature expired").into_response();
    }
    bytes(&world, &id, true)
}

fn bytes(world: &World, id: &str, fresh: bool) -> Response {
    match world.files.get(id) {
        Some(kept) if fresh && !kept.lost => {
            let kind = [(CONTENT_TYPE, kept.file.mime_type.clone())];
            (kind, kept.file.bytes.clone()).into_response()
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}
