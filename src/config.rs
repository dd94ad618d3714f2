//! What the service is told by its environment, read once and checked whole.
//!
//! Every fault is reported at once, so that a first deployment takes one correction and not ten. The file is long because
//! each setting has its words, and each fault its own.
//! *Invariant:* this is the only module that reads the process environment, and only through [`Config::from_env`].

pub mod ai;
mod keys;
mod meta;
mod push;
mod storage;
mod tasks;
mod traces;

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use base64::Engine as _;
use secrecy::SecretSlice;

use self::ai::AiSettings;
pub use self::keys::{IdTokenAuth, KeyUrls};
pub use self::meta::{Meta, MetaApp, MetaHosts};
pub use self::push::PushAuth;
pub use self::storage::Storage;
pub use self::tasks::Tasks;
pub use self::traces::Traces;

/// Everything the service is told.
#[derive(Debug, Clone)]
pub struct Config {
    /// The Google Cloud and Firebase project.
    pub project_id: String,
    /// Where to listen.
    pub listen: SocketAddr,
    /// Set when the service talks to the Firebase emulators instead of Google.
    pub emulators: Option<Emulators>,
    /// How the tokens that Firebase Auth issues prove themselves.
    pub id_tokens: IdTokenAuth,
    /// Where Google's public keys are.
    pub keys: KeyUrls,
    /// What App Check demands of callers.
    pub app_check: AppCheck,
    /// How Google's pushes (Eventarc, Tasks, Scheduler, Pub/Sub) prove themselves.
    pub push: PushAuth,
    /// Where tasks are queued, and whom they call.
    pub tasks: Tasks,
    /// Where files are kept.
    pub storage: Storage,
    /// The exact URLs under which the blocking functions are registered; their tokens name one of them.
    pub blocking_function_urls: Vec<String>,
    /// Who may call from a browser.
    pub cors: CorsOrigins,
    /// Key of the digest that names a phone in `phone_index`.
    pub phone_index_key: SecretSlice<u8>,
    /// What the service is to Meta, and Meta to it.
    pub meta: Meta,
    /// How long a callable may take.
    pub callable_timeout: Duration,
    /// How long one request to Firestore may take.
    pub firestore_timeout: Duration,
    /// Base URL of Google's Identity Toolkit.
    pub identity_toolkit_url: String,
    /// The AI providers.
    pub ai: AiSettings,
    /// How the log is written.
    pub log_format: LogFormat,
    /// Where traces go, if anywhere.
    pub traces: Option<Traces>,
    /// The name of the Cloud Run service that this is, if it is one.
    pub k_service: Option<String>,
    /// What is logged, in the words of `tracing_subscriber::EnvFilter`.
    pub log_filter: Option<String>,
}

/// Addresses of the Firebase emulators.
#[derive(Debug, Clone)]
pub struct Emulators {
    /// `HOST:PORT` of the Firestore emulator.
    pub firestore: String,
    /// `HOST:PORT` of the Auth emulator.
    pub auth: String,
    /// `HOST:PORT` of the Storage emulator.
    pub storage: String,
}

/// What App Check demands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppCheck {
    /// Whether tokens are looked at, and whether a wrong one refuses the call.
    pub mode: AppCheckMode,
    /// The project's number, which real tokens carry in `iss` and `aud`.
    pub project_number: Option<String>,
}

/// How strict App Check is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppCheckMode {
    /// Tokens are not looked at.
    Off,
    /// A missing or wrong token is logged.
    Monitor,
    /// A missing or wrong token is refused.
    Enforce,
}

/// Who may call from a browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CorsOrigins {
    /// Any origin, as Cloud Functions do: the ID token is the proof, not the page.
    Any,
    /// These origins.
    Only(Vec<String>),
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line, with Cloud Logging's fields.
    Json,
    /// For people at a terminal.
    Text,
}

/// Everything that is wrong with the environment.
#[derive(Debug, PartialEq, Eq)]
pub struct ConfigError(pub Vec<String>);

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the environment does not fit:")?;
        for fault in &self.0 {
            writeln!(f, "  - {fault}")?;
        }
        write!(f, "See .env.example for every setting and its meaning.")
    }
}

impl std::error::Error for ConfigError {}

const IDENTITY_TOOLKIT_URL: &str = "https://identitytoolkit.googleapis.com";

/// Longest that a callable may take. The JS SDK gives up after 70 s, and a server that goes on after that works for
/// nobody.
const DEFAULT_CALLABLE_TIMEOUT_SECONDS: u64 = 60;

/// Far beyond what a request of ours takes in good health: the slowest count very many leads.
const DEFAULT_FIRESTORE_TIMEOUT_SECONDS: u64 = 4;

/// Shortest key taken for keyed digests, in bytes: the length of the digest itself.
const DIGEST_KEY_BYTES: usize = 32;

impl Config {
    /// Reads the process environment.
    ///
    /// # Errors
    /// [`ConfigError`] with every fault found.
    pub fn from_env() -> Result<Self, ConfigError> {
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place that reads the environment"
        )]
        Self::from_lookup(|name| std::env::var(name).ok())
    }

    /// Reads the settings through a function, which is how tests state theirs.
    ///
    /// # Errors
    /// [`ConfigError`] with every fault found.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut read = Reader {
            lookup: &lookup,
            faults: Vec::new(),
        };
        let project_id = read.required("GOOGLE_CLOUD_PROJECT");
        let emulators = read.emulators(&project_id);
        let emulated = emulators.is_some();
        // Cloud Run routes to any interface and names the port itself; a developer's machine keeps to itself, at the port
        // where `connectFunctionsEmulator` looks.
        let (host, port) = if read.on_cloud_run() {
            (IpAddr::from([0, 0, 0, 0]), 8080)
        } else {
            (IpAddr::from([127, 0, 0, 1]), 5001)
        };
        let listen = SocketAddr::new(read.parsed("HOST", host), read.parsed("PORT", port));
        let identity_toolkit_url = match &emulators {
            Some(emulators) => format!("http://{}/identitytoolkit.googleapis.com", emulators.auth),
            None => IDENTITY_TOOLKIT_URL.to_owned(),
        };
        let push = read.push(emulated);
        let tasks = read.tasks(&push, emulated, &format!("http://{listen}"));
        let storage_emulator = emulators.as_ref().map(|e| e.storage.as_str());
        let storage = read.storage(&project_id, storage_emulator);
        let meta = read.meta(&tasks.service_url);
        let config = Self {
            project_id,
            listen,
            id_tokens: read.id_tokens(emulated),
            keys: read.key_urls(),
            app_check: read.app_check(),
            push,
            tasks,
            storage,
            blocking_function_urls: read.list("BLOCKING_FUNCTION_URLS"),
            cors: match read.list("CORS_ORIGINS") {
                origins if origins.is_empty() || origins == ["*"] => CorsOrigins::Any,
                origins => CorsOrigins::Only(origins),
            },
            phone_index_key: read.key("PHONE_INDEX_KEY"),
            meta,
            callable_timeout: Duration::from_secs(
                read.parsed("CALLABLE_TIMEOUT_SECONDS", DEFAULT_CALLABLE_TIMEOUT_SECONDS),
            ),
            firestore_timeout: Duration::from_secs(read.parsed(
                "FIRESTORE_TIMEOUT_SECONDS",
                DEFAULT_FIRESTORE_TIMEOUT_SECONDS,
            )),
            identity_toolkit_url,
            ai: read.ai(),
            log_format: read.choice(
                "LOG_FORMAT",
                "json",
                &[("json", LogFormat::Json), ("text", LogFormat::Text)],
            ),
            traces: read.traces(),
            k_service: lookup("K_SERVICE"),
            log_filter: read.get("RUST_LOG"),
            emulators,
        };
        if read.faults.is_empty() {
            Ok(config)
        } else {
            Err(ConfigError(read.faults))
        }
    }
}

struct Reader<'a> {
    lookup: &'a dyn Fn(&str) -> Option<String>,
    faults: Vec<String>,
}

impl Reader<'_> {
    /// An empty value counts as none: that is how shells and consoles say "not set".
    fn get(&self, name: &str) -> Option<String> {
        (self.lookup)(name).filter(|value| !value.trim().is_empty())
    }

    fn on_cloud_run(&self) -> bool {
        (self.lookup)("K_SERVICE").is_some()
    }

    fn required(&mut self, name: &str) -> String {
        self.get(name).unwrap_or_else(|| {
            self.faults.push(format!("{name} is not set"));
            String::new()
        })
    }

    fn parsed<T: std::str::FromStr<Err: fmt::Display>>(&mut self, name: &str, default: T) -> T {
        let Some(text) = self.get(name) else {
            return default;
        };
        text.trim().parse().unwrap_or_else(|error| {
            self.faults.push(format!("{name}: {text:?}: {error}"));
            default
        })
    }

    fn url(&mut self, name: &str, default: &str) -> String {
        let text = self.get(name).unwrap_or_else(|| default.to_owned());
        if let Err(error) = reqwest::Url::parse(&text) {
            self.faults.push(format!("{name}: {text:?}: {error}"));
        }
        text
    }

    fn list(&self, name: &str) -> Vec<String> {
        self.get(name)
            .unwrap_or_default()
            .split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty())
            .map(ToOwned::to_owned)
            .collect()
    }

    fn choice<T: Copy>(&mut self, name: &str, default: &str, choices: &[(&str, T)]) -> T {
        let text = self.get(name).unwrap_or_else(|| default.to_owned());
        let found = choices
            .iter()
            .find(|(word, _)| word.eq_ignore_ascii_case(&text));
        if found.is_none() {
            let words: Vec<_> = choices.iter().map(|(word, _)| *word).collect();
            self.faults
                .push(format!("{name}: {text:?} is none of {}", words.join(", ")));
        }
        found.map_or(choices[0].1, |(_, choice)| *choice)
    }

    fn key(&mut self, name: &str) -> SecretSlice<u8> {
        let bytes = self
            .get(name)
            .and_then(|text| {
                base64::engine::general_purpose::STANDARD
                    .decode(text.trim())
                    .ok()
            })
            .filter(|bytes| bytes.len() >= DIGEST_KEY_BYTES);
        if bytes.is_none() {
            // The value itself stays out of the message: it is, or was meant to be, a secret.
            self.faults.push(format!(
                "{name} must be the base64 form of at least {DIGEST_KEY_BYTES} random bytes (openssl rand -base64 {DIGEST_KEY_BYTES})"
            ));
        }
        bytes.unwrap_or_default().into()
    }

    fn emulators(&mut self, project_id: &str) -> Option<Emulators> {
        let settings = [
            "FIRESTORE_EMULATOR_HOST",
            "FIREBASE_AUTH_EMULATOR_HOST",
            "FIREBASE_STORAGE_EMULATOR_HOST",
        ];
        let set: Vec<_> = settings
            .into_iter()
            .filter(|name| self.get(name).is_some())
            .collect();
        if set.is_empty() {
            return None;
        }
        if self.on_cloud_run() {
            self.faults.push(format!(
                "{} must not be set on Cloud Run (K_SERVICE is set): with it, tokens would be taken unsigned",
                set.join(", ")
            ));
        }
        if !project_id.starts_with("demo-") {
            self.faults.push(format!(
                "{} goes only with a project whose id begins with demo-, not with {project_id:?}",
                set.join(", ")
            ));
        }
        Some(Emulators {
            firestore: self.required("FIRESTORE_EMULATOR_HOST"),
            auth: self.required("FIREBASE_AUTH_EMULATOR_HOST"),
            storage: self.required("FIREBASE_STORAGE_EMULATOR_HOST"),
        })
    }

    fn app_check(&mut self) -> AppCheck {
        let mode = self.choice(
            "APP_CHECK",
            "off",
            &[
                ("off", AppCheckMode::Off),
                ("monitor", AppCheckMode::Monitor),
                ("enforce", AppCheckMode::Enforce),
            ],
        );
        let project_number = self.get("GOOGLE_CLOUD_PROJECT_NUMBER");
        if mode != AppCheckMode::Off && project_number.is_none() {
            self.faults.push(
                "GOOGLE_CLOUD_PROJECT_NUMBER is not set: App Check tokens are issued in its name"
                    .into(),
            );
        }
        AppCheck {
            mode,
            project_number,
        }
    }
}
