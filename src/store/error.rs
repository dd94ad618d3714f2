//! What can go wrong with the database, in the five words that a caller can act on.

use firestore::errors::FirestoreError;

/// Why a read or a commit failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// An update met no document.
    #[error("the document does not exist")]
    NotFound,
    /// A create met a document.
    #[error("the document exists already")]
    AlreadyExists,
    /// A guard did not hold: somebody else wrote in between.
    #[error("the document was changed by somebody else")]
    Conflict,
    /// Firestore did not answer, or not in time. The outcome of a commit is unknown.
    #[error("Firestore is not available: {0}")]
    Unavailable(String),
    /// A document or a request is not of the form that it must have.
    #[error("{0}")]
    Corrupt(String),
}

impl From<FirestoreError> for StoreError {
    fn from(error: FirestoreError) -> Self {
        match error {
            FirestoreError::DataNotFoundError(_) => Self::NotFound,
            FirestoreError::DataConflictError(_) => Self::AlreadyExists,
            FirestoreError::DatabaseError(error) => match error.public.code.as_str() {
                "AlreadyExists" => Self::AlreadyExists,
                "NotFound" => Self::NotFound,
                "Aborted" | "FailedPrecondition" => Self::Conflict,
                "InvalidArgument" | "PermissionDenied" | "Unauthenticated" | "OutOfRange"
                | "Unimplemented" => {
                    Self::Corrupt(format!("{}: {}", error.public.code, error.details))
                }
                // Unavailable, DeadlineExceeded, ResourceExhausted, Cancelled, Internal, Unknown, CONNECTION_…
                code => Self::Unavailable(code.to_owned()),
            },
            FirestoreError::SystemError(error) => Self::Unavailable(error.to_string()),
            FirestoreError::NetworkError(error) => Self::Unavailable(error.to_string()),
            FirestoreError::InvalidParametersError(error) => Self::Corrupt(error.to_string()),
            FirestoreError::SerializeError(error) | FirestoreError::DeserializeError(error) => {
                Self::Corrupt(error.to_string())
            }
            FirestoreError::ErrorInTransaction(error) => Self::Unavailable(error.to_string()),
            FirestoreError::CacheError(error) => Self::Corrupt(error.to_string()),
        }
    }
}
