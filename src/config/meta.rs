//! The Meta app that speaks for the organisation, where the platform is, and the keys under which its tokens are kept.
//!
//! Everything here is optional: without secrets there is no webhook, without an app no account can be connected, without a
//! key no token is kept; whoever needs one says so by its name.

use std::time::Duration;

use base64::Engine as _;
use secrecy::{SecretSlice, SecretString};

use super::Reader;

/// # Source
/// <https://developers.facebook.com/docs/graph-api/changelog/versions>, read 2026-11: v26.0 came on 2026-07-29 and a version lives
/// for at least two years.
const GRAPH_VERSION: &str = "v26.0";
const GRAPH_URL: &str = "https://graph.facebook.com";
const INSTAGRAM_GRAPH_URL: &str = "https://graph.instagram.com";
const INSTAGRAM_API_URL: &str = "https://api.instagram.com";
const FACEBOOK_DIALOG_URL: &str = "https://www.facebook.com";
const INSTAGRAM_DIALOG_URL: &str = "https://www.instagram.com";

/// Where this service takes in what Meta delivers.
const WEBHOOK_PATH: &str = "/webhookHandler";

/// Meta waits for 5 s, the way to here and back included, and then counts the delivery as failed.
const DEFAULT_WEBHOOK_TIMEOUT_SECONDS: u64 = 4;

/// Length of a key that seals tokens, in bytes: AES-256.
const SEALING_KEY_BYTES: usize = 32;

/// What the service is to Meta, and Meta to it.
#[derive(Debug, Clone)]
pub struct Meta {
    /// The app, for Facebook Login, pages and WhatsApp.
    pub app: Option<MetaApp>,
    /// The app's Instagram product, for Instagram Login.
    pub instagram_app: Option<MetaApp>,
    /// Every secret that may sign a webhook: both of the app's, and others of `META_APP_SECRETS`, such as an old one during
    /// a rotation.
    pub app_secrets: Vec<SecretString>,
    /// What Meta shows when somebody sets the callback.
    pub verify_token: Option<SecretString>,
    /// Where the platform is.
    pub hosts: MetaHosts,
    /// Where the platform delivers: this service's `/webhookHandler` as the platform reaches it.
    pub callback_url: String,
    /// How long a delivery may take until it is answered.
    pub webhook_timeout: Duration,
    /// Where a person may come back to after giving consent, letter for letter.
    pub redirect_uris: Vec<String>,
    /// The keys that seal tokens, by key id. The first seals; all open.
    pub channel_keys: Vec<(String, SecretSlice<u8>)>,
}

/// An app's name and its secret.
#[derive(Debug, Clone)]
pub struct MetaApp {
    /// Its id, which is no secret.
    pub id: String,
    /// Its secret.
    pub secret: SecretString,
}

/// Where the platform is: its own hosts, or a simulator's. Without slashes at their ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetaHosts {
    /// The version of every versioned call, as `v26.0`.
    pub version: String,
    /// Pages, WhatsApp, and Instagram by Facebook Login.
    pub graph: String,
    /// Instagram by Instagram Login.
    pub instagram_graph: String,
    /// Where Instagram Login changes a code into a token.
    pub instagram_api: String,
    /// Where a person gives consent by Facebook Login.
    pub facebook_dialog: String,
    /// Where a person gives consent by Instagram Login.
    pub instagram_dialog: String,
}

impl Meta {
    /// The apps that there are.
    pub fn apps(&self) -> impl Iterator<Item = &MetaApp> {
        [&self.app, &self.instagram_app].into_iter().flatten()
    }
}

impl Reader<'_> {
    pub(super) fn meta(&mut self, service_url: &str) -> Meta {
        let app = self.meta_app("META_APP_ID", "META_APP_SECRET");
        let instagram_app = self.meta_app("INSTAGRAM_APP_ID", "INSTAGRAM_APP_SECRET");
        let own = [&app, &instagram_app];
        let app_secrets = own
            .into_iter()
            .flatten()
            .map(|app| app.secret.clone())
            .chain(
                self.list("META_APP_SECRETS")
                    .into_iter()
                    .map(SecretString::from),
            )
            .collect();
        Meta {
            app_secrets,
            app,
            instagram_app,
            verify_token: self
                .get("META_VERIFY_TOKEN")
                .map(|token| token.trim().into()),
            hosts: MetaHosts {
                version: self.graph_version(),
                graph: self.root("GRAPH_URL", GRAPH_URL),
                instagram_graph: self.root("INSTAGRAM_GRAPH_URL", INSTAGRAM_GRAPH_URL),
                instagram_api: self.root("INSTAGRAM_API_URL", INSTAGRAM_API_URL),
                facebook_dialog: self.root("FACEBOOK_DIALOG_URL", FACEBOOK_DIALOG_URL),
                instagram_dialog: self.root("INSTAGRAM_DIALOG_URL", INSTAGRAM_DIALOG_URL),
            },
            callback_url: self.url("META_CALLBACK_URL", &format!("{service_url}{WEBHOOK_PATH}")),
            webhook_timeout: Duration::from_secs(
                self.parsed("WEBHOOK_TIMEOUT_SECONDS", DEFAULT_WEBHOOK_TIMEOUT_SECONDS),
            ),
            redirect_uris: self.redirect_uris(),
            channel_keys: self.channel_keys(),
        }
    }

    fn meta_app(&mut self, id: &str, secret: &str) -> Option<MetaApp> {
        match (self.get(id), self.get(secret)) {
            (Some(id), Some(secret)) => Some(MetaApp {
                id: id.trim().to_owned(),
                secret: secret.trim().into(),
            }),
            (None, None) => None,
            (Some(_), None) => {
                self.faults.push(format!("{id} is set, {secret} is not"));
                None
            }
            (None, Some(_)) => {
                self.faults.push(format!("{secret} is set, {id} is not"));
                None
            }
        }
    }

    fn redirect_uris(&mut self) -> Vec<String> {
        let listed = self.list("META_REDIRECT_URIS");
        for uri in &listed {
            let url = reqwest::Url::parse(uri);
            let fits = url.is_ok_and(|url| {
                let local = matches!(url.host_str(), Some("localhost" | "127.0.0.1"));
                (url.scheme() == "https" || url.scheme() == "http" && local)
                    && url.fragment().is_none()
            });
            if !fits {
                self.faults.push(format!(
                    "META_REDIRECT_URIS: {uri:?} is no https address (http only for this machine), or has a fragment"
                ));
            }
        }
        listed
    }

    fn root(&mut self, name: &str, default: &str) -> String {
        self.url(name, default).trim_end_matches('/').to_owned()
    }

    fn graph_version(&mut self) -> String {
        let version = self
            .get("GRAPH_VERSION")
            .unwrap_or_else(|| GRAPH_VERSION.to_owned());
        let number = version.strip_prefix('v').and_then(|v| v.split_once('.'));
        let numeric = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !number.is_some_and(|(major, minor)| numeric(major) && numeric(minor)) {
            self.faults.push(format!(
                "GRAPH_VERSION: {version:?} is not of the form {GRAPH_VERSION}"
            ));
        }
        version
    }

    fn channel_keys(&mut self) -> Vec<(String, SecretSlice<u8>)> {
        let mut keys: Vec<(String, SecretSlice<u8>)> = Vec::new();
        for (number, item) in self.list("CHANNEL_KEYS").into_iter().enumerate() {
            // The value stays out of the message: it is, or was meant to be, a secret.
            let key = item.split_once(':').and_then(|(id, key)| {
                let bytes = base64::engine::general_purpose::STANDARD.decode(key).ok()?;
                let fits = !id.is_empty() && bytes.len() == SEALING_KEY_BYTES;
                fits.then(|| (id.to_owned(), bytes.into()))
            });
            match key {
                None => self.faults.push(format!(
                    "CHANNEL_KEYS: entry {} is not id:KEY, with the base64 form of {SEALING_KEY_BYTES} random bytes as its key (openssl rand -base64 {SEALING_KEY_BYTES})",
                    number + 1
                )),
                Some((id, _)) if keys.iter().any(|(known, _)| *known == id) => {
                    self.faults.push(format!("CHANNEL_KEYS: the key id {id:?} stands there twice"));
                }
                Some(key) => keys.push(key),
            }
        }
        keys
    }
}
