//! A query: one collection, filters that an index serves, an order, and always a limit.

use firestore::select_builder::FirestoreSelectDocBuilder;
use firestore::{
    FirestoreDb, FirestoreQueryCursor, FirestoreQueryFilter, FirestoreQueryFilterCompare,
    FirestoreQueryFilterComposite, FirestoreQueryFilterCompositeOperator, FirestoreReference,
    FirestoreValue,
};
use gcloud_sdk::google::firestore::v1::value::ValueType;
use gcloud_sdk::google::firestore::v1::{ArrayValue, Value};

#[derive(Debug, Clone, Copy)]
enum Direction {
    Ascending,
    Descending,
}

/// What to find.
#[derive(Debug, Clone)]
pub struct Query {
    collection: String,
    filters: Vec<FirestoreQueryFilterCompare>,
    order: Vec<(String, Direction)>,
    after_id: Option<String>,
    limit: Option<u32>,
}

impl Query {
    /// At most `limit` documents of a collection, given by its path.
    pub fn first(limit: u32, collection: impl Into<String>) -> Self {
        Self {
            collection: collection.into(),
            filters: Vec::new(),
            order: Vec::new(),
            after_id: None,
            limit: Some(limit),
        }
    }

    /// All documents of a collection: only for counting.
    pub fn all(collection: impl Into<String>) -> Self {
        Self {
            limit: None,
            ..Self::first(0, collection)
        }
    }

    /// Keeps documents whose field equals the value.
    #[must_use]
    pub fn eq(mut self, field: &str, value: impl Into<FirestoreValue>) -> Self {
        self.filters.push(FirestoreQueryFilterCompare::Equal(
            field.into(),
            value.into(),
        ));
        self
    }

    /// Keeps documents whose field is a list that holds the value.
    #[must_use]
    pub fn containing(mut self, field: &str, value: impl Into<FirestoreValue>) -> Self {
        self.filters
            .push(FirestoreQueryFilterCompare::ArrayContains(
                field.into(),
                value.into(),
            ));
        self
    }

    /// Keeps documents whose field is one of the values, of which Firestore takes at most 30.
    #[must_use]
    pub fn is_in<T: Into<FirestoreValue>>(
        mut self,
        field: &str,
        values: impl IntoIterator<Item = T>,
    ) -> Self {
        let values = values.into_iter().map(|value| value.into().value).collect();
        let list = Value {
            value_type: Some(ValueType::ArrayValue(ArrayValue { values })),
        };
        self.filters.push(FirestoreQueryFilterCompare::In(
            field.into(),
            FirestoreValue::from(list),
        ));
        self
    }

    /// Keeps documents whose field is at least the value.
    #[must_use]
    pub fn at_least(mut self, field: &str, value: impl Into<FirestoreValue>) -> Self {
        self.filters
            .push(FirestoreQueryFilterCompare::GreaterThanOrEqual(
                field.into(),
                value.into(),
            ));
        self
    }

    /// Keeps documents whose field is less than the value.
    #[must_use]
    pub fn below(mut self, field: &str, value: impl Into<FirestoreValue>) -> Self {
        self.filters.push(FirestoreQueryFilterCompare::LessThan(
            field.into(),
            value.into(),
        ));
        self
    }

    /// Orders by a field, the smallest first.
    #[must_use]
    pub fn ascending(mut self, field: &str) -> Self {
        self.order.push((field.into(), Direction::Ascending));
        self
    }

    /// Orders by a field, the largest first.
    #[must_use]
    pub fn descending(mut self, field: &str) -> Self {
        self.order.push((field.into(), Direction::Descending));
        self
    }

    /// Goes on behind a document, in the order of ids: the next page of a walk through a collection.
    #[must_use]
    pub fn after_id(mut self, id: Option<&str>) -> Self {
        self.order = vec![("__name__".into(), Direction::Ascending)];
        self.after_id = id.map(ToOwned::to_owned);
        self
    }

    pub(super) fn select(self, db: &FirestoreDb) -> FirestoreSelectDocBuilder<'_, FirestoreDb> {
        let (parent, collection) = super::parent_of(db, &self.collection);
        let mut select = db.fluent().select().from(collection).parent(&parent);
        if let Some(limit) = self.limit {
            select = select.limit(limit);
        }
        if !self.filters.is_empty() {
            let filter = FirestoreQueryFilter::Composite(FirestoreQueryFilterComposite::new(
                self.filters
                    .into_iter()
                    .map(|filter| FirestoreQueryFilter::Compare(Some(filter)))
                    .collect(),
                FirestoreQueryFilterCompositeOperator::And,
            ));
            select = select.filter(|_| Some(filter.clone()));
        }
        if !self.order.is_empty() {
            select = select.order(|by| {
                by.fields(self.order.iter().map(|(field, direction)| match direction {
                    Direction::Ascending => by.field(field).asc(),
                    Direction::Descending => by.field(field).desc(),
                }))
            });
        }
        if let Some(id) = self.after_id {
            let reference = FirestoreReference(format!("{parent}/{collection}/{id}"));
            select = select.start_at(FirestoreQueryCursor::AfterValue(vec![reference.into()]));
        }
        select
    }
}
