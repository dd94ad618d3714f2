//! Leads: taken in, moved, imported and counted, with their history and the phone index.

mod assign;
mod create;
mod gate;
mod history;
mod import;
mod index;
mod inputs;
mod interrupted;
mod round_trips;
mod stats;
mod world;
