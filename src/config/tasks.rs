//! Where tasks are queued, and whom they call.

use super::{PushAuth, Reader};

/// # Source
/// <https://cloud.google.com/tasks/docs/reference/rest>, read 2026-11.
const CLOUD_TASKS_URL: &str = "https://cloudtasks.googleapis.com";

/// Where `make run` puts the local dispatcher.
const DISPATCHER_URL: &str = "http://127.0.0.1:5012";

/// Jakarta.
const LOCATION: &str = "asia-southeast2";

/// Where tasks are queued, and whom they call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tasks {
    /// Base URL of Cloud Tasks, or of the local dispatcher.
    pub base_url: String,
    /// The queues' location.
    pub location: String,
    /// This service's own address, as tasks reach it, without a slash at its end.
    pub service_url: String,
    /// The service account in whose name tasks call, and the audience of their tokens; `None` without OIDC.
    pub oidc: Option<(String, String)>,
}

impl Reader<'_> {
    pub(super) fn tasks(&mut self, push: &PushAuth, emulated: bool, own_url: &str) -> Tasks {
        let (base_url, service_url, oidc) = match push {
            PushAuth::Oidc {
                audience,
                service_accounts,
            } => {
                let account = self.get("TASKS_SERVICE_ACCOUNT");
                let account = account.or_else(|| service_accounts.first().cloned());
                let oidc = account.map(|account| (account, audience.clone()));
                (CLOUD_TASKS_URL, audience.as_str(), oidc)
            }
            PushAuth::None => (DISPATCHER_URL, own_url, None),
        };
        let base_url = if emulated { DISPATCHER_URL } else { base_url };
        let service_url = if emulated { own_url } else { service_url };
        Tasks {
            base_url: self.url("TASKS_BASE_URL", base_url),
            location: self
                .get("TASKS_LOCATION")
                .unwrap_or_else(|| LOCATION.to_owned()),
            service_url: self
                .url("SERVICE_URL", service_url)
                .trim_end_matches('/')
                .to_owned(),
            oidc,
        }
    }
}
