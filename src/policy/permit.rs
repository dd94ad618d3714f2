//! A yes that can be handed on: the store writes for nobody who cannot show one.

use super::{Action, Actor, Decision, decide};

/// Proof that the policy allowed an action. Its fields are private, so [`authorize`] alone can make one.
#[derive(Debug)]
#[must_use = "a permit that no write asks for permits nothing"]
pub struct Permit {
    actor: Actor,
    action: &'static str,
}

impl Permit {
    /// Who was allowed: the one whom a history entry names.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The name of the action that was allowed.
    pub fn action(&self) -> &'static str {
        self.action
    }
}

/// A no, and how much of it the caller may know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// The caller may not know that the thing exists: `NOT_FOUND` on the wire.
    #[error("not found")]
    Hidden,
    /// The caller may know of it, but not do this: `PERMISSION_DENIED` on the wire.
    #[error("not allowed")]
    Forbidden,
}

/// Asks the policy, and gives the permit that the store will ask for.
///
/// # Errors
/// [`Denied`] as [`decide`] says.
pub fn authorize(actor: &Actor, action: &Action<'_>) -> Result<Permit, Denied> {
    match decide(actor, action) {
        Decision::Allow => Ok(Permit {
            actor: actor.clone(),
            action: action.name(),
        }),
        Decision::Forbid => Err(Denied::Forbidden),
        Decision::Hide => Err(Denied::Hidden),
    }
}
