//! Unsigned tokens, as the Auth emulator makes them.
//!
//! *Invariant:* this is the only module that accepts a token without a signature, and nobody
//! reaches it without an [`EmulatorMode`].

use super::TokenError;
use super::jwt::Jwt;

/// The proof that unsigned tokens may be accepted: a demo project, outside Cloud Run.
///
/// Whoever holds one accepts any name a caller gives himself, so the constructor is the only way
/// to it.
#[derive(Clone, Debug)]
pub struct EmulatorMode {
    project_id: String,
}

/// Why unsigned tokens are not accepted here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmulatorRefused {
    /// `K_SERVICE` is set: this is Cloud Run, and its callers are strangers.
    #[error("K_SERVICE is set: emulator tokens are never accepted on Cloud Run")]
    OnCloudRun,
    /// The project might be a real one.
    #[error("emulator tokens are accepted only for a project whose id starts with demo-")]
    NotADemoProject,
}

impl EmulatorMode {
    /// The proof, from the project's id and the value of `K_SERVICE`, which Cloud Run sets on every
    /// container (even an empty value counts).
    ///
    /// The `demo-` prefix is Firebase's own mark for projects that exist in the emulators only.
    ///
    /// # Errors
    ///
    /// [`EmulatorRefused`], each for its reason.
    pub fn new(project_id: &str, k_service: Option<&str>) -> Result<Self, EmulatorRefused> {
        if k_service.is_some() {
            return Err(EmulatorRefused::OnCloudRun);
        }
        if !project_id.starts_with("demo-") {
            return Err(EmulatorRefused::NotADemoProject);
        }
        Ok(Self {
            project_id: project_id.to_owned(),
        })
    }

    /// The demo project.
    pub fn project_id(&self) -> &str {
        &self.project_id
    }
}

/// Refuses what the emulator did not make: it sets `alg` to `none` and leaves the signature empty.
/// A token signed by anybody is refused, so that a real one never gets used here.
///
/// The proof is asked for and not looked at: to have it is enough.
pub(super) fn check_unsigned(_proof: &EmulatorMode, jwt: &Jwt<'_>) -> Result<(), TokenError> {
    if jwt.header.alg == "none" && jwt.signature.is_empty() {
        Ok(())
    } else {
        Err(TokenError::WrongAlgorithm)
    }
}
