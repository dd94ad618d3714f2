//! The twin of `firestore.rules` and `storage.rules`: what a client may do without the service.
//!
//! [`Enforcer::allows`] looks at the shape of what is written and then asks the same [`decide`] as the service. Its
//! answer is compared with the emulator's, case by case. It is a statement, not a gate: nothing on the way of a request
//! asks it, and the service itself is never bound by rules.

mod collections;
mod shape;
mod value;

pub use shape::{CONTENT_REQUEST, Field, Form, LEAD, PROFILE};
pub use value::{Fields, Value};

use super::{Action, Actor, Decision, OwnedFacts, decide};
use crate::ids::{BranchId, Uid};

/// What a client asks of Firestore.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The document, or for a list the collection, below the database: `leads/7`, `leads/7/history`.
    pub path: &'a str,
    /// What is to be done there.
    pub operation: Operation<'a>,
    /// The moment of the request, in microseconds since 1970: `request.time` in rules.
    pub time: i64,
    /// Other documents as stored, by path: what rules read with `get()`.
    pub documents: &'a dyn Fn(&str) -> Option<&'a Fields>,
}

/// What is to be done.
#[derive(Debug, Clone, Copy)]
pub enum Operation<'a> {
    /// Read a document that may be there.
    Get(Option<&'a Fields>),
    /// Query a collection. The fields are those the query pins to one value by an equality filter.
    List(&'a Fields),
    /// Write a document that is not there.
    Create(&'a Fields),
    /// Write a document that is.
    Update {
        /// As stored.
        before: &'a Fields,
        /// As it is to be, server times filled in.
        after: &'a Fields,
    },
    /// Remove a document that may be there.
    Delete(Option<&'a Fields>),
}

/// How the service decides.
pub type Decide = dyn Fn(&Actor, &Action<'_>) -> Decision + Send + Sync;

/// The tables that answer for the rules. [`Enforcer::standing`] is the one that holds; a test builds others to prove
/// that it would notice.
pub struct Enforcer {
    /// Who may: [`decide`].
    pub decide: Box<Decide>,
    /// How a lead looks: [`LEAD`].
    pub lead: Vec<Field>,
    /// How an ordered content request looks: [`CONTENT_REQUEST`].
    pub content_request: Vec<Field>,
    /// What of a user changes: [`PROFILE`].
    pub profile: Vec<Field>,
}

impl Enforcer {
    /// The policy as it stands.
    pub fn standing() -> Self {
        Self {
            decide: Box::new(decide),
            lead: LEAD.to_vec(),
            content_request: CONTENT_REQUEST.to_vec(),
            profile: PROFILE.to_vec(),
        }
    }

    /// Whether rules let `actor` do this to Firestore.
    pub fn allows(&self, actor: &Actor, request: &Request<'_>) -> bool {
        let path: Vec<&str> = request.path.split('/').collect();
        match request.operation {
            Operation::Get(stored) => self.reads(actor, request, &path, stored),
            Operation::List(pinned) => self.reads(actor, request, &path, Some(pinned)),
            Operation::Create(after) => self.creates(actor, request, &path, after),
            Operation::Update { before, after } => {
                self.updates(actor, request, &path, before, after)
            }
            Operation::Delete(stored) => self.deletes(actor, &path, stored),
        }
    }

    /// Whether rules let `actor` read the file at `path` in Cloud Storage: a file of generated content lies in the
    /// hierarchy as its request does, `media/{branchId}/{userId}/{requestId}/…`.
    pub fn allows_file(&self, actor: &Actor, path: &str) -> bool {
        let segments: Vec<&str> = path.split('/').collect();
        match segments[..] {
            ["media", branch, user, _request, ..] => self.says_yes(
                actor,
                &Action::ReadContentRequest(&OwnedFacts::stored(
                    Uid::parse(user).ok(),
                    BranchId::parse(branch).ok(),
                )),
            ),
            _ => false,
        }
    }

    fn says_yes(&self, actor: &Actor, action: &Action<'_>) -> bool {
        (self.decide)(actor, action) == Decision::Allow
    }
}
