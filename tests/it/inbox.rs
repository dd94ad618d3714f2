//! Meta's webhooks and what they leave in the inbox, over real HTTP and the real emulator.

mod batch;
pub(crate) mod bodies;
mod concurrency;
mod cost;
mod crashes;
mod fixtures;
pub(crate) mod harness;
mod kill;
mod media;
mod model;
mod outages;
mod replay;
pub(crate) mod replies;
mod shuffled;
mod signatures;
mod units;
pub(crate) mod way;

pub(crate) use harness::signature;
