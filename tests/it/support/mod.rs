//! Servers and keys the tests stand on.

pub(crate) mod key_server;
pub(crate) mod signing_key;
