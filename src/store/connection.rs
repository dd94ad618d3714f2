//! The connection to Firestore, made at its first use.

use std::sync::Arc;
use std::time::Duration;

use firestore::{FirestoreDb, FirestoreDbOptions};
use gcloud_sdk::google_cloud_auth::credentials::{
    CacheableResource, Credentials, CredentialsProvider, EntityTag,
};
use gcloud_sdk::google_cloud_auth::errors::CredentialsError;
use tokio::sync::OnceCell;

use super::StoreError;

/// How long the first connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(4);

/// Retries of reads, each after a random wait of up to 1 s and then 2 s inside the crate. Commits are never retried.
const READ_RETRIES: usize = 1;

/// One HTTP/2 connection, shared by its clones, that comes up when it is first needed and again after each failure.
#[derive(Clone)]
pub struct Connection {
    options: FirestoreDbOptions,
    emulated: bool,
    request_timeout: Duration,
    db: Arc<OnceCell<FirestoreDb>>,
}

impl Connection {
    /// The project's database, at the emulator when its `HOST:PORT` is given, else at Google with the application
    /// default credentials. A request is given up after `request_timeout`, which Firestore is told as `grpc-timeout`.
    pub fn new(project_id: &str, emulator: Option<&str>, request_timeout: Duration) -> Self {
        let mut options = FirestoreDbOptions::new(project_id.to_owned())
            .with_request_timeout(request_timeout)
            .with_max_retries(READ_RETRIES);
        if let Some(address) = emulator {
            options = options.with_firebase_api_url(format!("http://{address}"));
        }
        Self {
            options,
            emulated: emulator.is_some(),
            request_timeout,
            db: Arc::default(),
        }
    }

    /// How long one call may take: connection, request, and the retry of a read with the wait before it.
    pub(super) fn call_limit(&self) -> Duration {
        self.request_timeout * 5 / 2
    }

    pub(super) async fn db(&self) -> Result<&FirestoreDb, StoreError> {
        self.db
            .get_or_try_init(|| async {
                // Boxed: it is large, runs once, and would else be part of every handler's future.
                let connect = Box::pin(async {
                    if self.emulated {
                        let owner = Credentials::from(EmulatorOwner);
                        FirestoreDb::with_options_auth(self.options.clone(), owner).await
                    } else {
                        FirestoreDb::with_options(self.options.clone()).await
                    }
                });
                match tokio::time::timeout(CONNECT_TIMEOUT, connect).await {
                    Ok(connected) => connected.map_err(StoreError::from),
                    Err(_) => Err(StoreError::Unavailable("no connection in time".into())),
                }
            })
            .await
    }
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection")
            .field("project", &self.options.google_project_id)
            .field("emulated", &self.emulated)
            .finish_non_exhaustive()
    }
}

/// The emulator's administrator, for whom its rules do not count, as they do not for a service account in production.
#[derive(Debug)]
struct EmulatorOwner;

impl CredentialsProvider for EmulatorOwner {
    async fn headers(
        &self,
        _extensions: axum::http::Extensions,
    ) -> Result<CacheableResource<axum::http::HeaderMap>, CredentialsError> {
        let mut data = axum::http::HeaderMap::new();
        data.insert(
            axum::http::header::AUTHORIZATION,
            axum::http::HeaderValue::from_static("Bearer owner"),
        );
        Ok(CacheableResource::New {
            entity_tag: EntityTag::default(),
            data,
        })
    }

    async fn universe_domain(&self) -> Option<String> {
        None
    }
}
