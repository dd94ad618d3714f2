//! The library behind the `leadgen-pro` binary; the tests start the same application as `main`.

pub mod clients;
pub mod clock;
pub mod tokens;
