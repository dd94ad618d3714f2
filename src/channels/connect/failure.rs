//! What a person reads when Meta does not go along with a connection.

use crate::clients::graph::{Class, GraphError};
use crate::error::{Code, Error, text};

/// How far a connection had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Changing the code.
    Code,
    /// Making the token long-lived.
    Token,
    /// Asking what it opens.
    Account,
}

/// The error of a step that Meta did not go along with.
pub(super) fn meta_error(step: Step, error: &GraphError) -> Error {
    let told = match (error, error.class()) {
        (GraphError::NoApp(_), _) => not_set_up(),
        (_, Class::Retry { after }) => {
            let unavailable = Error::new(
                Code::Unavailable,
                "META_UNAVAILABLE",
                text(
                    "Meta sedang tidak dapat dihubungi. Silakan mulai lagi beberapa saat lagi.",
                    "Meta cannot be reached right now. Please start again in a moment.",
                ),
            );
            match after.and_then(|after| u32::try_from(after.as_secs()).ok()) {
                Some(seconds) => unavailable.retry_after(seconds),
                None => unavailable,
            }
        }
        (_, Class::Permission | Class::Stop) => Error::new(
            Code::FailedPrecondition,
            "META_REFUSED",
            text(
                "Meta menolak permintaan ini. Periksa akun Meta Anda, lalu coba lagi.",
                "Meta refused this request. Check your Meta account, then try again.",
            ),
        ),
        (_, Class::Reconnect | Class::Fix | Class::Unknown) => {
            let field = match step {
                Step::Code => "code",
                Step::Token | Step::Account => "shortLivedToken",
            };
            Error::new(
                Code::InvalidArgument,
                "CONSENT_REFUSED",
                text(
                    "Izin dari Meta sudah tidak berlaku atau sudah dipakai. Silakan mulai lagi dari tombol Hubungkan.",
                    "The consent from Meta has ended or was used already. Please start again from the Connect button.",
                ),
            )
            .at(field)
        }
    };
    told.because(format!("{step:?}: {error}"))
}

/// Nobody has set the app up.
pub(super) fn not_set_up() -> Error {
    Error::new(
        Code::FailedPrecondition,
        "META_NOT_SET_UP",
        text(
            "Penyambungan akun belum disiapkan. Hubungi PUSAT.",
            "Connecting accounts has not been set up. Tell head office.",
        ),
    )
}
