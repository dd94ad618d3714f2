//! AI content.

mod budgets;
mod faults;
mod generate;
mod provider;
mod queue;
mod spending;
mod studio;
