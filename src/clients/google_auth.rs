//! How the service proves itself to Google: the application default credentials, or the emulators' administrator.

use std::sync::Arc;

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderValue};
use gcloud_sdk::GoogleAuthHeaders;
use gcloud_sdk::google_cloud_auth::credentials::Builder;
use tokio::sync::OnceCell;

/// # Source
/// <https://developers.google.com/identity/protocols/oauth2/scopes>, read 2026-11.
const SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";

/// Makes the headers of a call to Google. A clone shares the cached token.
#[derive(Clone, Debug)]
pub struct GoogleAuth(Kind);

#[derive(Clone)]
enum Kind {
    Emulator,
    Default(Arc<OnceCell<GoogleAuthHeaders>>),
}

impl std::fmt::Debug for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Emulator => "Emulator",
            Self::Default(_) => "Default",
        })
    }
}

impl GoogleAuth {
    /// The application default credentials: on Cloud Run, the runtime service account.
    pub fn application_default() -> Self {
        Self(Kind::Default(Arc::default()))
    }

    /// The emulators' administrator, for whom their rules do not count.
    pub fn emulator() -> Self {
        Self(Kind::Emulator)
    }

    /// The headers, from the cache but for the first time and shortly before a token expires.
    ///
    /// # Errors
    /// What the credentials say when no token is to be had.
    pub async fn headers(&self) -> Result<HeaderMap, String> {
        match &self.0 {
            Kind::Emulator => Ok(HeaderMap::from_iter([(
                AUTHORIZATION,
                HeaderValue::from_static("Bearer owner"),
            )])),
            Kind::Default(cell) => {
                let auth = cell
                    .get_or_try_init(|| async {
                        Builder::default()
                            .with_scopes([SCOPE])
                            .build()
                            .map(GoogleAuthHeaders::from)
                            .map_err(|error| error.to_string())
                    })
                    .await?;
                let headers = auth.headers().await.map_err(|error| error.to_string())?;
                Ok((*headers).clone())
            }
        }
    }
}
