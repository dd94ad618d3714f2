//! What one commit writes.

use firestore::{FirestoreDb, FirestoreTransaction, FirestoreTransactionData};
use gcloud_sdk::google::firestore::v1::document_transform::FieldTransform;
use gcloud_sdk::google::firestore::v1::document_transform::field_transform::TransformType;
use gcloud_sdk::google::firestore::v1::precondition::ConditionType;
use gcloud_sdk::google::firestore::v1::value::ValueType;
use gcloud_sdk::google::firestore::v1::write::Operation;
use gcloud_sdk::google::firestore::v1::{Document, DocumentMask, Precondition, Value, Write};
use serde::Serialize;

use super::StoreError;

/// The moment of a document's last write, to the microsecond.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UpdateTime(Option<gcloud_sdk::prost_types::Timestamp>);

impl UpdateTime {
    pub(super) fn of(document: &Document) -> Self {
        Self(document.update_time)
    }

    pub(super) fn at(time: jiff::Timestamp) -> Self {
        Self(Some(gcloud_sdk::prost_types::Timestamp {
            seconds: time.as_second(),
            nanos: time.subsec_nanosecond(),
        }))
    }
}

/// What must hold for a write, and with it for the whole commit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Guard {
    /// Nothing: an absent document is created.
    None,
    /// The document exists.
    Exists,
    /// The document is as it was read.
    Unchanged(UpdateTime),
}

impl Guard {
    fn precondition(self) -> Option<Precondition> {
        let condition = match self {
            Self::None => return None,
            Self::Exists => ConditionType::Exists(true),
            Self::Unchanged(UpdateTime(Some(time))) => ConditionType::UpdateTime(time),
            // A document that was read has an update time; one that has none was not there.
            Self::Unchanged(UpdateTime(None)) => ConditionType::Exists(false),
        };
        Some(Precondition {
            condition_type: Some(condition),
        })
    }
}

/// A list of writes that are committed together.
///
/// # Source
/// A commit may be at most 10 MiB; the former limit of 500 writes is gone:
/// <https://firebase.google.com/docs/firestore/quotas>, read 2026-11.
#[derive(Debug, Default)]
pub struct Writes(Vec<Write>);

impl Writes {
    /// No writes yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many documents are written.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing is written.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Creates a document; the commit fails with [`StoreError::AlreadyExists`] when there is one.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when the value cannot be stored.
    pub fn create<T: Serialize>(&mut self, path: &str, value: &T) -> Result<&mut Self, StoreError> {
        let precondition = Precondition {
            condition_type: Some(ConditionType::Exists(false)),
        };
        self.push(path, value, None, Some(precondition))
    }

    /// Puts a document in the place of whatever stands there.
    ///
    /// # Errors
    /// As [`Writes::create`].
    pub fn put<T: Serialize>(
        &mut self,
        path: &str,
        value: &T,
        guard: Guard,
    ) -> Result<&mut Self, StoreError> {
        self.push(path, value, None, guard.precondition())
    }

    /// Writes the named fields and leaves the others; a named field that the value does not hold is removed.
    ///
    /// # Errors
    /// As [`Writes::create`].
    pub fn update<T: Serialize>(
        &mut self,
        path: &str,
        value: &T,
        fields: &[&str],
        guard: Guard,
    ) -> Result<&mut Self, StoreError> {
        let mask = DocumentMask {
            field_paths: fields.iter().map(|&field| field.to_owned()).collect(),
        };
        self.push(path, value, Some(mask), guard.precondition())
    }

    /// Deletes a document.
    pub fn delete(&mut self, path: &str, guard: Guard) -> &mut Self {
        self.0.push(Write {
            current_document: guard.precondition(),
            operation: Some(Operation::Delete(path.to_owned())),
            ..Write::default()
        });
        self
    }

    /// Adds to numbers of the document written last; an absent field counts as 0.
    pub fn incrementing(&mut self, fields: &[(&str, i64)]) -> &mut Self {
        if let Some(write) = self.0.last_mut() {
            write
                .update_transforms
                .extend(fields.iter().map(|&(field, by)| FieldTransform {
                    field_path: field.to_owned(),
                    transform_type: Some(TransformType::Increment(Value {
                        value_type: Some(ValueType::IntegerValue(by)),
                    })),
                }));
        }
        self
    }

    fn push<T: Serialize>(
        &mut self,
        path: &str,
        value: &T,
        mask: Option<DocumentMask>,
        precondition: Option<Precondition>,
    ) -> Result<&mut Self, StoreError> {
        let document = FirestoreDb::serialize_to_doc(path, value)?;
        self.0.push(Write {
            update_mask: mask,
            current_document: precondition,
            operation: Some(Operation::Update(document)),
            ..Write::default()
        });
        Ok(self)
    }

    /// A commit with an empty transaction id: atomic, and without the round trip that begins a transaction.
    pub(super) fn into_transaction(mut self, db: &FirestoreDb) -> FirestoreTransaction<'_> {
        let root = db.get_documents_path();
        for write in &mut self.0 {
            match &mut write.operation {
                Some(Operation::Update(document)) => {
                    document.name = [root, "/", &document.name].concat();
                }
                Some(Operation::Delete(name)) => *name = [root, "/", name].concat(),
                _ => {}
            }
        }
        let data =
            FirestoreTransactionData::new(Vec::new(), root.clone(), tracing::Span::none(), self.0);
        FirestoreTransaction::from_data(db, data)
    }
}
