//! The integration tests, in one binary: linking once is what makes the suite quick.

mod support;
mod tokens;
