//! The sixteen canonical codes.

/// The canonical codes of the callable protocol, with the HTTP status that the Firebase SDKs expect.
///
/// # Source
/// `canonicalNames` and `httpStatus` in firebase-functions 7.4, `src/common/providers/https.ts`, read 2026-11.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are the protocol's own and say all")]
pub enum Code {
    Cancelled,
    Unknown,
    InvalidArgument,
    DeadlineExceeded,
    NotFound,
    AlreadyExists,
    PermissionDenied,
    Unauthenticated,
    ResourceExhausted,
    FailedPrecondition,
    Aborted,
    OutOfRange,
    Unimplemented,
    Internal,
    Unavailable,
    DataLoss,
}

impl Code {
    /// Every code, in the order of their gRPC numbers.
    pub const ALL: [Self; 16] = [
        Self::Cancelled,
        Self::Unknown,
        Self::InvalidArgument,
        Self::DeadlineExceeded,
        Self::NotFound,
        Self::AlreadyExists,
        Self::PermissionDenied,
        Self::ResourceExhausted,
        Self::FailedPrecondition,
        Self::Aborted,
        Self::OutOfRange,
        Self::Unimplemented,
        Self::Internal,
        Self::Unavailable,
        Self::DataLoss,
        Self::Unauthenticated,
    ];

    /// The name on the wire and the HTTP status that goes with it.
    pub fn wire(self) -> (&'static str, u16) {
        match self {
            Self::Cancelled => ("CANCELLED", 499),
            Self::Unknown => ("UNKNOWN", 500),
            Self::InvalidArgument => ("INVALID_ARGUMENT", 400),
            Self::DeadlineExceeded => ("DEADLINE_EXCEEDED", 504),
            Self::NotFound => ("NOT_FOUND", 404),
            Self::AlreadyExists => ("ALREADY_EXISTS", 409),
            Self::PermissionDenied => ("PERMISSION_DENIED", 403),
            Self::Unauthenticated => ("UNAUTHENTICATED", 401),
            Self::ResourceExhausted => ("RESOURCE_EXHAUSTED", 429),
            Self::FailedPrecondition => ("FAILED_PRECONDITION", 400),
            Self::Aborted => ("ABORTED", 409),
            Self::OutOfRange => ("OUT_OF_RANGE", 400),
            Self::Unimplemented => ("UNIMPLEMENTED", 501),
            Self::Internal => ("INTERNAL", 500),
            Self::Unavailable => ("UNAVAILABLE", 503),
            Self::DataLoss => ("DATA_LOSS", 500),
        }
    }

    /// Whether the same request may succeed later: what answers a push with this code has it repeated.
    pub fn may_pass(self) -> bool {
        match self {
            Self::Unavailable
            | Self::Aborted
            | Self::DeadlineExceeded
            | Self::ResourceExhausted
            | Self::Cancelled
            | Self::Unauthenticated => true,
            Self::Unknown
            | Self::InvalidArgument
            | Self::NotFound
            | Self::AlreadyExists
            | Self::PermissionDenied
            | Self::FailedPrecondition
            | Self::OutOfRange
            | Self::Unimplemented
            | Self::Internal
            | Self::DataLoss => false,
        }
    }
}
