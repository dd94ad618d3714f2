//! CloudEvents about documents, from Eventarc and from the Firestore emulator.
//!
//! Delivery is at least once and in no order. An event is a nudge with two pictures in it: what changed is found by
//! comparing them, never from the update mask, which the emulator leaves empty.

use std::collections::HashMap;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use base64::Engine as _;
use firestore::FirestoreDb;
use gcloud_sdk::google::firestore::v1::{Document, DocumentMask, Value};
use prost::Message as _;
use serde::de::DeserializeOwned;

use super::pushed::Pushed;
use crate::error::Error;
use crate::state::AppState;

/// Largest event taken, in bytes.
///
/// # Source
/// A Firestore document has at most 1 MiB, and an event carries two: <https://firebase.google.com/docs/firestore/quotas>.
const EVENT_LIMIT_BYTES: usize = 4 << 20;

/// A write to a document.
#[derive(Debug)]
pub struct DocumentEvent {
    /// Names the event: the digest of its source and id. The same for each delivery.
    pub key: String,
    /// The document's id.
    pub id: String,
    time: Option<jiff::Timestamp>,
    before: Option<Document>,
    after: Option<Document>,
}

/// `google.events.cloud.firestore.v1.DocumentEventData`, whose documents are wire-compatible with those of the API.
#[derive(Clone, PartialEq, prost::Message)]
struct DocumentEventData {
    #[prost(message, optional, tag = "1")]
    value: Option<Document>,
    #[prost(message, optional, tag = "2")]
    old_value: Option<Document>,
    #[prost(message, optional, tag = "3")]
    update_mask: Option<DocumentMask>,
}

impl DocumentEvent {
    /// The document before the write; `None` when there was none.
    ///
    /// # Errors
    /// `INTERNAL` when it is not of the form asked for.
    pub fn before<T: DeserializeOwned>(&self) -> Result<Option<T>, Error> {
        Self::decode(self.before.as_ref())
    }

    /// The document after the write; `None` when there is none.
    ///
    /// # Errors
    /// As [`DocumentEvent::before`].
    pub fn after<T: DeserializeOwned>(&self) -> Result<Option<T>, Error> {
        Self::decode(self.after.as_ref())
    }

    /// The fields of the document before the write, as Firestore holds them.
    pub fn before_fields(&self) -> Option<&HashMap<String, Value>> {
        self.before.as_ref().map(|document| &document.fields)
    }

    /// The fields of the document after the write, as Firestore holds them.
    pub fn after_fields(&self) -> Option<&HashMap<String, Value>> {
        self.after.as_ref().map(|document| &document.fields)
    }

    /// When the write happened: to the microsecond where the document after it says so, else to the second.
    pub fn occurred_at(&self) -> Option<jiff::Timestamp> {
        let written = self
            .after
            .as_ref()
            .and_then(|document| document.update_time);
        written
            .and_then(|at| jiff::Timestamp::new(at.seconds, at.nanos).ok())
            .or(self.time)
    }

    /// Whether nothing changed: the emulator also tells of writes that changed nothing.
    pub fn is_idle(&self) -> bool {
        match (&self.before, &self.after) {
            (None, None) => true,
            (Some(before), Some(after)) => before.fields == after.fields,
            _ => false,
        }
    }

    fn decode<T: DeserializeOwned>(document: Option<&Document>) -> Result<Option<T>, Error> {
        document
            .map(FirestoreDb::deserialize_doc_to)
            .transpose()
            .map_err(|error| Error::internal(format!("the event's document: {error}")))
    }
}

impl FromRequest<AppState> for DocumentEvent {
    type Rejection = Error;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Error> {
        let (mut parts, body) = request.into_parts();
        <Pushed as axum::extract::FromRequestParts<AppState>>::from_request_parts(
            &mut parts, state,
        )
        .await?;
        let body = axum::body::to_bytes(body, EVENT_LIMIT_BYTES)
            .await
            .map_err(|_| Error::too_large(EVENT_LIMIT_BYTES))?;
        read(&parts.headers, &body, state.config.emulators.is_some())
    }
}

fn read(headers: &HeaderMap, body: &Bytes, emulated: bool) -> Result<DocumentEvent, Error> {
    let header = |name: &str| {
        headers
            .get(name)
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
            .ok_or_else(|| Error::bad_request(format!("the event has no {name}")))
    };
    let path = header("ce-document")?;
    let id = path.rsplit('/').next().unwrap_or_default();
    let key = crate::seal::digest_hex(
        format!("{}\n{}", header("ce-source")?, header("ce-id")?).as_bytes(),
    );
    let data = if is_json(headers) {
        json::read(body)?
    } else {
        protobuf(body, emulated)?
    };
    Ok(DocumentEvent {
        key,
        id: percent_decoded(id),
        time: header("ce-time").ok().and_then(|time| time.parse().ok()),
        before: non_empty(data.old_value),
        after: non_empty(data.value),
    })
}

fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(axum::http::header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("application/json"))
}

/// An absent document is sent as none or as one without a name.
fn non_empty(document: Option<Document>) -> Option<Document> {
    document.filter(|document| !document.name.is_empty())
}

/// The emulator writes the message in base64 under the type of the raw form.
fn protobuf(body: &Bytes, emulated: bool) -> Result<DocumentEventData, Error> {
    if emulated
        && let Ok(raw) = base64::engine::general_purpose::STANDARD.decode(body)
        && let Ok(data) = DocumentEventData::decode(raw.as_slice())
    {
        return Ok(data);
    }
    DocumentEventData::decode(body.clone())
        .map_err(|error| Error::bad_request(format!("the event is no DocumentEventData: {error}")))
}

/// The CloudEvents binding percent-encodes headers; the emulator sends them raw.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let raw = text.as_bytes();
    let mut at = 0;
    while at < raw.len() {
        let escaped = (raw[at] == b'%')
            .then(|| text.get(at + 1..at + 3))
            .flatten()
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(escaped.unwrap_or(raw[at]));
        at += if escaped.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

mod json {
    //! The JSON form of an event, for triggers made with `--event-data-content-type=application/json`.

    use gcloud_sdk::google::firestore::v1::value::ValueType;
    use gcloud_sdk::google::firestore::v1::{ArrayValue, Document, MapValue, Value};
    use gcloud_sdk::google::r#type::LatLng;
    use serde_json::Value as Json;

    use super::DocumentEventData;
    use crate::error::Error;

    pub(super) fn read(body: &[u8]) -> Result<DocumentEventData, Error> {
        let json: Json = serde_json::from_slice(body)
            .map_err(|error| Error::bad_request(format!("the event is no JSON: {error}")))?;
        Ok(DocumentEventData {
            value: document(&json["value"]),
            old_value: document(&json["oldValue"]),
            update_mask: None,
        })
    }

    fn document(json: &Json) -> Option<Document> {
        Some(Document {
            name: json.get("name")?.as_str()?.to_owned(),
            fields: fields(&json["fields"]),
            ..Document::default()
        })
    }

    fn fields(json: &Json) -> std::collections::HashMap<String, Value> {
        json.as_object()
            .into_iter()
            .flatten()
            .map(|(key, value)| (key.clone(), value_of(value)))
            .collect()
    }

    fn value_of(json: &Json) -> Value {
        let known = json.as_object().and_then(|object| object.iter().next());
        let value_type = known.and_then(|(kind, value)| value_type(kind, value));
        Value { value_type }
    }

    fn value_type(kind: &str, value: &Json) -> Option<ValueType> {
        let text = || value.as_str().map(ToOwned::to_owned);
        Some(match kind {
            "nullValue" => ValueType::NullValue(0),
            "booleanValue" => ValueType::BooleanValue(value.as_bool()?),
            "integerValue" => ValueType::IntegerValue(match value {
                Json::String(text) => text.parse().ok()?,
                other => other.as_i64()?,
            }),
            "doubleValue" => ValueType::DoubleValue(value.as_f64()?),
            "stringValue" => ValueType::StringValue(text()?),
            "referenceValue" => ValueType::ReferenceValue(text()?),
            "timestampValue" => {
                let at: jiff::Timestamp = value.as_str()?.parse().ok()?;
                ValueType::TimestampValue(gcloud_sdk::prost_types::Timestamp {
                    seconds: at.as_second(),
                    nanos: at.subsec_nanosecond(),
                })
            }
            "geoPointValue" => ValueType::GeoPointValue(LatLng {
                latitude: value["latitude"].as_f64().unwrap_or_default(),
                longitude: value["longitude"].as_f64().unwrap_or_default(),
            }),
            "mapValue" => ValueType::MapValue(MapValue {
                fields: fields(&value["fields"]),
            }),
            "arrayValue" => ValueType::ArrayValue(ArrayValue {
                values: value["values"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(value_of)
                    .collect(),
            }),
            _ => return None,
        })
    }
}
