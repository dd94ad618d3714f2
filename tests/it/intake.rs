//! Leads that come in: forms through signed webhooks and the Graph simulator, first messages, and the reconciliation.

mod faults;
mod forms;
mod office;
mod reconcile;
mod strangers;
mod turns;
