//! What every handler has at hand.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use crate::clients::cloud_storage::CloudStorage;
use crate::clients::cloud_tasks::{CloudTasks, Target};
use crate::clients::cloud_trace;
use crate::clients::google_auth::GoogleAuth;
use crate::clients::google_keys::KeySet;
use crate::clients::graph::Graph;
use crate::clients::http;
use crate::clients::identity_toolkit::IdentityToolkit;
use crate::clients::meta_media::MetaMedia;
use crate::clock::Clock;
use crate::config::{Config, IdTokenAuth};
use crate::pace::Paces;
use crate::providers::Providers;
use crate::seal::KeyedDigest;
use crate::seal::keyring::{Keyring, SealError};
use crate::store::{Connection, Store};
use crate::telemetry::traces::Traces;
use crate::tokens::{
    AppCheckProject, AppCheckTokens, BlockingTokens, EmulatorMode, EmulatorRefused, IdTokens,
    ServiceTokens,
};

/// Tokens that an instance remembers as verified, about 1 KiB each: more than the people that one instance serves in an
/// hour, the life of a token.
const REMEMBERED_TOKENS: u64 = 10_000;

/// Pictures and films that are taken apart at a time on one instance.
const TRANSCODINGS_AT_ONCE: usize = 2;

/// How long a worker of a task may take beyond the service's own time limit before Cloud Tasks takes it for dead.
const DISPATCH_MARGIN: Duration = Duration::from_secs(15);

/// Why the application cannot be put together.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Unsigned tokens would be taken where they must not be.
    #[error(transparent)]
    Emulator(#[from] EmulatorRefused),
    /// The HTTP client's own settings do not fit each other.
    #[error("the HTTP client cannot be made: {0}")]
    Http(#[from] reqwest::Error),
    /// A key of the settings is none.
    #[error("CHANNEL_KEYS: {0}")]
    Key(#[from] SealError),
    /// A URL of the settings is none.
    #[error("{0}")]
    Url(String),
}

/// The application. A clone is the same application and costs one count: each layer and each handler takes one a request.
#[derive(Clone)]
pub struct AppState(Arc<Parts>);

impl Deref for AppState {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// What the application is made of.
pub struct Parts {
    /// The settings.
    pub config: Arc<Config>,
    /// The time.
    pub clock: Clock,
    /// Firestore.
    pub store: Store,
    /// Firebase Authentication's accounts.
    pub identity: IdentityToolkit,
    /// The queues.
    pub tasks: CloudTasks,
    /// Files.
    pub storage: CloudStorage,
    /// The AI providers.
    pub providers: Providers,
    /// Meta's Graph API.
    pub graph: Graph,
    /// Opens and seals the tokens of channels.
    pub channel_keys: Keyring,
    /// Files of messages, at Meta.
    pub media: MetaMedia,
    /// Reservations of money stand in line here: within one instance they would only refuse each other's commits.
    pub reserving: Arc<tokio::sync::Semaphore>,
    /// Pictures and films are taken apart here, few at a time: each holds tens of megabytes and a processor.
    pub transcoding: Arc<tokio::sync::Semaphore>,
    /// Leads stand in line here to be given away in turn: within one instance they would only refuse each other's commits.
    pub assigning: Arc<tokio::sync::Semaphore>,
    /// Verifies people's ID tokens.
    pub id_tokens: IdTokens,
    /// Verifies App Check tokens.
    pub app_check_tokens: AppCheckTokens,
    /// Verifies Google's own OIDC tokens.
    pub service_tokens: ServiceTokens,
    /// Verifies the tokens that blocking functions get.
    pub blocking_tokens: BlockingTokens,
    /// The keys of ID tokens, for readiness; where tokens are unsigned there are none.
    pub id_token_keys: Option<KeySet>,
    /// How often each person has ordered what is costly.
    pub paces: Paces,
    /// Names phones in `phone_index`.
    pub phone_digest: KeyedDigest,
    http: reqwest::Client,
    auth: GoogleAuth,
}

impl AppState {
    /// Puts the application together. Nothing here waits for the network: keys, Firestore and Google's tokens are
    /// fetched when they are first needed.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn new(config: Config, clock: Clock) -> Result<Self, StartError> {
        let http = http::client().build()?;
        let keys = |url: &str| -> Result<KeySet, StartError> {
            let url = url
                .parse()
                .map_err(|error| StartError::Url(format!("{url}: {error}")))?;
            Ok(KeySet::new(http.clone(), url, clock.clone()))
        };
        let project = &config.project_id;
        let (id_tokens, blocking_tokens, id_token_keys) = if config.id_tokens
            == IdTokenAuth::Unsigned
        {
            let mode = EmulatorMode::new(project, config.k_service.as_deref())?;
            (
                IdTokens::emulator(mode.clone(), clock.clone()),
                BlockingTokens::emulator(mode, clock.clone()),
                None,
            )
        } else {
            let keys = keys(&config.keys.firebase)?;
            (
                IdTokens::new(project, keys.clone(), clock.clone()).remembering(REMEMBERED_TOKENS),
                BlockingTokens::new(project, keys.clone(), clock.clone()),
                Some(keys),
            )
        };
        let app_check_project = AppCheckProject {
            id: project.clone(),
            number: config.app_check.project_number.clone(),
        };
        let auth = match &config.emulators {
            Some(_) => GoogleAuth::emulator(),
            None => GoogleAuth::application_default(),
        };
        let firestore_emulator = config.emulators.as_ref().map(|e| e.firestore.as_str());
        Ok(Self(Arc::new(Parts {
            store: Store::new(Connection::new(
                project,
                firestore_emulator,
                config.firestore_timeout,
            )),
            identity: IdentityToolkit::new(
                http.clone(),
                &config.identity_toolkit_url,
                project,
                auth.clone(),
            ),
            storage: CloudStorage::new(
                http.clone(),
                &config.storage.base_url,
                &config.storage.download_base_url,
                &config.storage.bucket,
                auth.clone(),
            ),
            tasks: CloudTasks::new(
                http.clone(),
                &config.tasks.base_url,
                auth.clone(),
                target(&config),
            ),
            providers: Providers::new(&config.ai)?,
            media: MetaMedia::new(
                config
                    .emulators
                    .is_some()
                    .then_some(config.meta.hosts.graph.as_str()),
            )?,
            graph: Graph::new(http.clone(), &config.meta),
            channel_keys: Keyring::new(&config.meta.channel_keys)?,
            reserving: Arc::new(tokio::sync::Semaphore::new(1)),
            transcoding: Arc::new(tokio::sync::Semaphore::new(TRANSCODINGS_AT_ONCE)),
            assigning: Arc::new(tokio::sync::Semaphore::new(1)),
            app_check_tokens: AppCheckTokens::new(
                &app_check_project,
                None,
                keys(&config.keys.app_check)?,
                clock.clone(),
            ),
            service_tokens: ServiceTokens::new(keys(&config.keys.google)?, clock.clone()),
            phone_digest: KeyedDigest::new(&config.phone_index_key),
            id_tokens,
            blocking_tokens,
            id_token_keys,
            paces: Paces::new(&clock),
            config: Arc::new(config),
            clock,
            http,
            auth,
        })))
    }

    /// What collects and sends traces, when the settings ask for it. To be called inside the runtime, once.
    ///
    /// # Errors
    /// [`StartError::Url`].
    pub fn traces(&self) -> Result<Option<Traces>, StartError> {
        let Some(settings) = &self.config.traces else {
            return Ok(None);
        };
        let project = &self.config.project_id;
        let auth = self.auth.clone();
        cloud_trace::exporter(self.http.clone(), &settings.url, auth, project)
            .map(|exporter| Some(Traces::new(exporter, settings.ratio, project)))
            .map_err(|error| StartError::Url(format!("TRACES_URL: {error}")))
    }
}

fn target(config: &Config) -> Target {
    Target {
        location: format!(
            "projects/{}/locations/{}",
            config.project_id, config.tasks.location
        ),
        service_url: config.tasks.service_url.clone(),
        oidc: config.tasks.oidc.clone(),
        // Cloud Tasks takes from 15 s to 30 min.
        dispatch_deadline: (config.callable_timeout + DISPATCH_MARGIN)
            .clamp(Duration::from_secs(15), Duration::from_mins(30)),
    }
}
