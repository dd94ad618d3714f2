//! Answering in the inbox: over real HTTP to the simulated platform, with its echoes and statuses coming back as webhooks.

mod comments;
mod faults;
pub(crate) mod office;
mod people;
mod reading;
mod sending;
mod windows;
