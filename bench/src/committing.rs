//! One commit of documents like those that the service writes, through the same crate.
//!
//! The documents are told in Firestore's own JSON, as the service left them, so that they need not be described twice.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::http::header::AUTHORIZATION;
use axum::http::{Extensions, HeaderMap, HeaderValue};
use firestore::{
    FirestoreDb, FirestoreDbOptions, FirestoreTimestamp, FirestoreTransaction,
    FirestoreTransactionData,
};
use gcloud_sdk::google::firestore::v1::precondition::ConditionType;
use gcloud_sdk::google::firestore::v1::write::Operation;
use gcloud_sdk::google::firestore::v1::{Precondition, Write};
use gcloud_sdk::google_cloud_auth::credentials::{
    CacheableResource, Credentials, CredentialsProvider, EntityTag,
};
use gcloud_sdk::google_cloud_auth::errors::CredentialsError;
use serde::{Deserialize, Serialize, Serializer};

/// A document to be written at each request.
#[derive(Deserialize)]
pub(crate) struct Template {
    /// `{new}` stands for an id of its own each time, `{turn}` for one of [`TURNS`] names, one after the other.
    path: String,
    /// Whether it must not be there yet.
    create: bool,
    fields: BTreeMap<String, Field>,
}

/// Names that `{turn}` goes through: enough that commits at the same time rarely meet.
const TURNS: usize = 256;

/// A value in Firestore's JSON.
#[derive(Deserialize)]
enum Field {
    #[serde(rename = "stringValue")]
    String(String),
    /// 64 bits do not fit a number of JavaScript, so it comes as text.
    #[serde(rename = "integerValue")]
    Integer(String),
    #[serde(rename = "doubleValue")]
    Double(f64),
    #[serde(rename = "booleanValue")]
    Boolean(bool),
    #[serde(rename = "timestampValue")]
    Timestamp(jiff::Timestamp),
    #[serde(rename = "nullValue")]
    Null(()),
    #[serde(rename = "mapValue")]
    Map(Map),
    #[serde(rename = "arrayValue")]
    Array(Array),
}

#[derive(Deserialize)]
struct Map {
    #[serde(default)]
    fields: BTreeMap<String, Field>,
}

#[derive(Deserialize)]
struct Array {
    #[serde(default)]
    values: Vec<Field>,
}

impl Serialize for Field {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::String(text) => text.serialize(serializer),
            Self::Integer(text) => text
                .parse::<i64>()
                .map_err(serde::ser::Error::custom)?
                .serialize(serializer),
            Self::Double(number) => number.serialize(serializer),
            Self::Boolean(flag) => flag.serialize(serializer),
            Self::Timestamp(time) => FirestoreTimestamp(*time).serialize(serializer),
            Self::Null(()) => serializer.serialize_none(),
            Self::Map(map) => map.fields.serialize(serializer),
            Self::Array(array) => array.values.serialize(serializer),
        }
    }
}

/// The Firestore emulator. A clone is the same connection.
#[derive(Clone)]
pub(crate) struct Database {
    db: FirestoreDb,
    turn: Arc<AtomicUsize>,
}

impl Database {
    pub(crate) async fn connect(project_id: &str, emulator: &str) -> Result<Self, String> {
        let options = FirestoreDbOptions::new(project_id.to_owned())
            .with_firebase_api_url(format!("http://{emulator}"));
        let db = FirestoreDb::with_options_auth(options, Credentials::from(Owner))
            .await
            .map_err(|error| error.to_string())?;
        Ok(Self {
            db,
            turn: Arc::default(),
        })
    }

    /// Writes each template once, all or none.
    pub(crate) async fn commit(&self, templates: &[Template]) -> Result<(), String> {
        let root = self.db.get_documents_path();
        let turn = self.turn.fetch_add(1, Ordering::Relaxed) % TURNS;
        let mut writes = Vec::with_capacity(templates.len());
        for template in templates {
            let path = template
                .path
                .replace("{new}", &uuid::Uuid::new_v4().simple().to_string())
                .replace("{turn}", &turn.to_string());
            let document =
                FirestoreDb::serialize_to_doc(format!("{root}/{path}"), &template.fields)
                    .map_err(|error| error.to_string())?;
            writes.push(Write {
                current_document: template.create.then_some(Precondition {
                    condition_type: Some(ConditionType::Exists(false)),
                }),
                operation: Some(Operation::Update(document)),
                ..Write::default()
            });
        }
        let data =
            FirestoreTransactionData::new(Vec::new(), root.clone(), tracing::Span::none(), writes);
        FirestoreTransaction::from_data(&self.db, data)
            .commit()
            .await
            .map(drop)
            .map_err(|error| error.to_string())
    }
}

/// The emulator's administrator, for whom its rules do not count.
#[derive(Debug)]
struct Owner;

impl CredentialsProvider for Owner {
    async fn headers(
        &self,
        _extensions: Extensions,
    ) -> Result<CacheableResource<HeaderMap>, CredentialsError> {
        let data =
            HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_static("Bearer owner"))]);
        Ok(CacheableResource::New {
            entity_tag: EntityTag::default(),
            data,
        })
    }

    async fn universe_domain(&self) -> Option<String> {
        None
    }
}
