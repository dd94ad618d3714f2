//! `requestId`: the name by which a person's frontend knows one order, so that the same button is the same order.

use super::Caller;
use crate::error::{Error, text};
use crate::ids::ParseError;
use crate::seal::digest_hex;

/// Longest id taken, in characters: enough for any UUID and any name of a form.
const REQUEST_ID_CHARS: usize = 128;

/// The document of a person's own name for an order: nobody else's name leads there. `kind` tells apart the orders of one
/// collection that may share a name.
///
/// # Errors
/// `INVALID_ARGUMENT` at `requestId` when it is empty or too long.
pub fn document_of(caller: &Caller, kind: Option<&str>, request_id: &str) -> Result<String, Error> {
    let wrong = |error: ParseError| {
        Error::field(
            "requestId",
            text(
                format!("requestId tidak sah: {error}."),
                format!("The requestId is not valid: {error}."),
            ),
        )
    };
    if request_id.is_empty() {
        return Err(wrong(ParseError::Empty));
    }
    if request_id.chars().count() > REQUEST_ID_CHARS {
        return Err(wrong(ParseError::TooLong));
    }
    let name = format!("{}\n{request_id}", caller.uid());
    let name = match kind {
        Some(kind) => format!("{kind}\n{name}"),
        None => name,
    };
    Ok(digest_hex(name.as_bytes())[..32].to_owned())
}
