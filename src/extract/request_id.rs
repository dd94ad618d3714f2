//! `requestId`: the name by which a person's frontend knows one order, so that the same button is the same order.

use super::Caller;
use crate::error::{Code, Error, text};
use crate::seal::digest_hex;

/// Longest id taken, in characters: enough for any UUID and any name of a form.
const REQUEST_ID_CHARS: usize = 128;

/// Where a refusal points.
const FIELD: &str = "requestId";

/// Holds an id to its length.
///
/// # Errors
/// `INVALID_ARGUMENT` at `requestId` when it is empty or too long.
pub fn check(request_id: &str) -> Result<(), Error> {
    if (1..=REQUEST_ID_CHARS).contains(&request_id.chars().count()) {
        return Ok(());
    }
    Err(Error::field(
        FIELD,
        text(
            format!("requestId harus 1 sampai {REQUEST_ID_CHARS} karakter."),
            format!("The requestId must have 1 to {REQUEST_ID_CHARS} characters."),
        ),
    ))
}

/// The refusal of an id that was used for another order: for another `permintaan`, another `request`.
pub fn reused(order_id: &str, order_en: &str) -> Error {
    Error::new(
        Code::AlreadyExists,
        "REQUEST_ID_REUSED",
        text(
            format!("requestId ini sudah dipakai untuk {order_id} lain."),
            format!("This requestId was used for another {order_en}."),
        ),
    )
    .at(FIELD)
}

/// The document of a person's own name for an order: nobody else's name leads there. `kind` tells apart the orders of one
/// collection that may share a name.
///
/// # Errors
/// As [`check`].
pub fn document_of(caller: &Caller, kind: Option<&str>, request_id: &str) -> Result<String, Error> {
    check(request_id)?;
    let name = format!("{}\n{request_id}", caller.uid());
    let name = match kind {
        Some(kind) => format!("{kind}\n{name}"),
        None => name,
    };
    Ok(digest_hex(name.as_bytes())[..32].to_owned())
}
