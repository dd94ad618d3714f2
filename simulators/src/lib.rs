//! Servers that behave like the third parties this product talks to, with state and rules of their own.
//!
//! What lives here: one module per platform, each a [`axum::Router`] that anyone can bind. What does not: anything the
//! service uses; it is never part of the production binary.

pub mod ai;
pub mod graph;
mod serving;
pub mod tasks;
