//! LeadGen Pro: the service behind the sales staff of a Hajj and Umrah travel organisation.
//!
//! The modules below stand in reading order, from the surface down; a module imports only from those below it.
//! `docs/architecture.md` tells the way of a request through them.

pub mod admin;
pub mod serve;

pub mod router;

mod emulator_events;
mod health;

pub mod erasure;
pub mod inbox;

pub mod departure;
pub mod sweep;

pub mod posts;

pub mod content;
pub mod leads;

pub mod channels;
pub mod users;

pub mod jobs;

pub mod extract;
pub mod layers;

pub mod error;
pub mod state;

pub mod policy;
pub mod tokens;

pub mod store;

pub mod providers;

pub mod clients;

pub mod clock;
pub mod config;
pub mod ids;
pub mod json_text;
pub mod pace;
pub mod seal;
pub mod telemetry;

#[cfg(test)]
mod typescript;
