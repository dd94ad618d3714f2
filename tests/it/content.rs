//! AI content.

mod budgets;
mod faults;
mod films;
mod generate;
mod pictures;
mod provider;
mod queue;
mod spending;
pub(crate) mod studio;
mod warehouse;
