//! The hierarchy: who may do what, decided in one place for the service and mirrored by `firestore.rules`.
//!
//! PUSAT sees everything, a CABANG what carries its branch, a MITRA what carries its own name. [`decide`] answers for
//! one actor and one action; [`authorize`] turns a yes into a [`Permit`], which every mutating store method asks for.
//! [`direct`] answers what a client may do to Firestore without the service; a test holds it equal to the rules.
//!
//! *Invariant:* pure and total. No clock, no store, no wire; of the crate it knows [`crate::ids`] and nothing else.
//! The facts of an action come from the actor's token and from stored documents, never from the request.

mod action;
mod actor;
mod decide;
pub mod direct;
mod permit;

pub use action::{
    Action, AssignedFacts, Assignee, BudgetFacts, ConversationFacts, LeadFacts, OwnedFacts,
    UserFacts,
};
pub use actor::{Actor, Role, Scope, UnknownRole};
pub use decide::{Decision, decide};
pub use permit::{Denied, Permit, authorize};
