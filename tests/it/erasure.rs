//! Erasing people: Meta's callbacks, and the command line's.

mod callbacks;
mod customers;
mod harness;
