//! AI content: what partners ask for and models make.

pub mod provider;
