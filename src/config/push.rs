//! How Google's pushes prove themselves.

use super::Reader;

/// How Google's pushes prove themselves.
#[derive(Debug, Clone)]
pub enum PushAuth {
    /// By an OIDC token with this audience, of one of these service accounts.
    Oidc {
        /// The `aud` that every push carries.
        audience: String,
        /// The `email`s that may push.
        service_accounts: Vec<String>,
    },
    /// Not at all: only with the emulators, which send no token.
    None,
}

impl Reader<'_> {
    pub(super) fn push(&mut self, emulated: bool) -> PushAuth {
        let default = if emulated { "none" } else { "oidc" };
        let oidc = self.choice("PUSH_AUTH", default, &[("oidc", true), ("none", false)]);
        if oidc {
            let service_accounts = self.list("PUSH_SERVICE_ACCOUNTS");
            if service_accounts.is_empty() {
                self.faults
                    .push("PUSH_SERVICE_ACCOUNTS is not set: nobody could push".into());
            }
            return PushAuth::Oidc {
                audience: self.required("PUSH_AUDIENCE"),
                service_accounts,
            };
        }
        if !emulated {
            self.faults
                .push("PUSH_AUTH=none goes only with the emulators".into());
        }
        PushAuth::None
    }
}
