//! The service as a process: settings, health, log, outages, drain.

mod configuration;
mod drain;
mod files;
mod guards;
mod health;
mod log;
pub(crate) mod process;
mod traces;
mod webhook;
