//! Other people's APIs. Each client knows its wire and nothing of this crate but the clock.

pub mod google_keys;
