//! What a request must prove before a handler sees it.

pub mod callable;
pub mod caller;
pub mod cloud_event;
pub mod envelope;
pub mod pushed;
pub mod request_id;
pub mod signed_body;
pub mod signed_request;

pub use self::callable::{Chunks, NoData, streaming, unary};
pub use self::caller::Caller;
