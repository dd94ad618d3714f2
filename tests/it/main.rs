//! The service, tried whole: the same application as `main` starts, on a real port, against the real emulators.
//!
//! `make test` starts the emulators and says in the environment where they are. One binary, so that it links once.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on should stop, and it holds the machine's real clock, environment and network"
)]

mod architecture;
mod callables;
mod channels;
mod content;
mod erasure;
mod growth;
mod inbox;
mod intake;
mod leads;
mod operations;
mod policy;
mod posts;
mod support;
mod surface;
mod tokens;
mod users;
