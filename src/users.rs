//! Who is in the hierarchy.

pub mod callables;
