//! AI content.

mod provider;
