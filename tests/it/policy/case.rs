//! One question, put to the policy here and to the emulator over the wire.

use std::collections::BTreeMap;

use leadgen_pro::policy::direct::{Enforcer, Fields, Operation, Request, Value};

use super::documents::{NOW, PLACES, named, placed};
use super::people::Person;

/// A direct request of a client.
#[derive(Clone)]
pub(super) struct Case {
    /// Who asks: a place in [`super::people::people`].
    pub(super) person: usize,
    /// The uid under which that person asks, if not its own.
    pub(super) uid: Option<String>,
    /// The document, or the collection of a list.
    pub(super) path: String,
    /// The document as stored.
    pub(super) stored: Option<Fields>,
    /// What is asked for.
    pub(super) ask: Ask,
}

/// What is asked for.
#[derive(Clone, Debug)]
pub(super) enum Ask {
    Get,
    List(Vec<Filter>),
    /// Puts this document in the place of whatever is stored.
    Set(Fields),
    Delete,
}

/// A condition of a query.
#[derive(Clone, Debug)]
pub(super) enum Filter {
    Equal(&'static str, Value),
    In(&'static str, Vec<Value>),
    AtLeast(&'static str, Value),
}

impl Filter {
    /// The one value that a document's field has when it satisfies the query.
    fn pins(&self) -> Option<(&'static str, &Value)> {
        match self {
            Self::Equal(field, value) => Some((field, value)),
            Self::In(field, values) => match &values[..] {
                [value] => Some((field, value)),
                _ => None,
            },
            Self::AtLeast(..) => None,
        }
    }
}

impl Case {
    /// What the policy says.
    pub(super) fn allowed(
        &self,
        enforcer: &Enforcer,
        people: &[Person],
        population: &BTreeMap<String, Fields>,
    ) -> bool {
        let pinned: Fields = match &self.ask {
            Ask::List(filters) => filters
                .iter()
                .filter_map(Filter::pins)
                .map(|(field, value)| (field.to_owned(), value.clone()))
                .collect(),
            Ask::Get | Ask::Set(_) | Ask::Delete => Fields::new(),
        };
        let Value::Timestamp(time) = NOW else {
            unreachable!("NOW is a moment")
        };
        let operation = match (&self.ask, &self.stored) {
            (Ask::Get, stored) => Operation::Get(stored.as_ref()),
            (Ask::List(_), _) => Operation::List(&pinned),
            (Ask::Set(after), None) => Operation::Create(after),
            (Ask::Set(after), Some(before)) => Operation::Update { before, after },
            (Ask::Delete, stored) => Operation::Delete(stored.as_ref()),
        };
        let request = Request {
            path: &self.path,
            operation,
            time,
            documents: &|path| population.get(path),
        };
        enforcer.allows(&people[self.person].actor(self.uid(people)), &request)
    }

    /// The uid of the one who asks.
    pub(super) fn uid<'a>(&'a self, people: &'a [Person]) -> &'a str {
        self.uid.as_deref().unwrap_or(people[self.person].uid)
    }

    /// The collection at the head of the path.
    pub(super) fn collection(&self) -> &str {
        self.path.split('/').next().unwrap_or_default()
    }

    /// The fields to be written that differ from a plain document's.
    pub(super) fn unusual_fields(&self) -> Vec<String> {
        let Ask::Set(after) = &self.ask else {
            return Vec::new();
        };
        let plain = placed(named(self.collection()), &PLACES[0]);
        let mut unusual: Vec<String> = plain
            .keys()
            .filter(|name| !after.contains_key(*name))
            .chain(
                after
                    .keys()
                    .filter(|name| after.get(*name) != plain.get(*name)),
            )
            .cloned()
            .collect();
        unusual.retain(|name| name != "createdAt" || after.get(name) != Some(&NOW));
        unusual
    }

    /// Whom the document to be written is given to.
    pub(super) fn assigned_to(&self) -> Option<&Value> {
        match &self.ask {
            Ask::Set(after) => after.get("assignedTo"),
            Ask::Get | Ask::List(_) | Ask::Delete => None,
        }
    }

    /// Everything about the case, for a failure's message.
    pub(super) fn describe(&self, people: &[Person]) -> String {
        format!(
            "{} {:?}\n    {} {:?}\n    stored: {:?}",
            self.uid(people),
            people[self.person].claims,
            self.path,
            self.ask,
            self.stored
        )
    }
}
