//! The callable protocol, by raw HTTP and through the official SDK.

mod lab;
mod protocol;
mod sdk;
mod streams;
