//! Reading the body of an answer up to a limit: no client of this crate trusts the length of what it is sent.

use futures::StreamExt as _;
use reqwest::Response;
use reqwest::header::CONTENT_TYPE;

/// Why a body was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReadError {
    /// The connection broke or was too slow.
    Broken,
    /// It is longer than it can be.
    TooLong,
}

/// Reads a body up to a limit.
pub(super) async fn read_bounded(response: Response, limit: usize) -> Result<Vec<u8>, ReadError> {
    let mut body = Vec::new();
    let mut chunks = response.bytes_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| ReadError::Broken)?;
        if body.len() + chunk.len() > limit {
            return Err(ReadError::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Whether a body comes event by event, and is to be read so.
pub(super) fn is_event_stream(response: &Response) -> bool {
    response
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"))
}
