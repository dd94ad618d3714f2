//! Other people's APIs. Each client knows its wire and nothing of this crate but the clock.

pub mod ai;
mod body;
pub mod cloud_storage;
pub mod cloud_tasks;
pub mod cloud_trace;
pub mod gemini;
pub mod google_auth;
pub mod google_keys;
pub mod graph;
pub(crate) mod http;
pub mod identity_toolkit;
pub mod meta_media;
pub mod openai;
