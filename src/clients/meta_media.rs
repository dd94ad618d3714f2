//! Files of messages, fetched from Meta's own hosts and from nowhere else.
//!
//! Addresses come out of webhooks and of the Graph API's answers. *Invariant:* nothing is asked that is not one of Meta's media
//! hosts (with the emulators also the Graph simulator), no redirect leads elsewhere, a token goes only to the host that wants
//! one, and a body is cut off at its limit while it comes in.
//!
//! # Source
//! <https://developers.facebook.com/docs/whatsapp/cloud-api/reference/media>, read 2026-11: the address of a file is good for five
//! minutes and wants the same token as the Graph API.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Response, StatusCode, Url};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;

use super::body::{ReadError, read_bounded};
use super::http;

/// How long a download may take: 100 MB within the time of a task.
const TIMEOUT: Duration = Duration::from_secs(40);

/// Redirects followed, each to one of the same hosts.
const REDIRECTS: u8 = 3;

/// Downloads at once in one instance: each may hold a hundred megabytes in memory.
const AT_ONCE: usize = 2;

/// The host of files that want a token.
const WITH_TOKEN: &str = "lookaside.fbsbx.com";

/// Endings of the hosts of files that anybody may fetch who has the address.
const OPEN: [&str; 2] = [".fbcdn.net", ".cdninstagram.com"];

/// Why a file was not fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MediaError {
    /// The address is none of Meta's, or led elsewhere.
    #[error("the address is none of the platform's")]
    Foreign,
    /// It is not there any more.
    #[error("the platform has it no more")]
    Gone,
    /// The token does not open it.
    #[error("the platform refuses the token")]
    Unauthorized,
    /// It is larger than allowed.
    #[error("the file is too large")]
    TooLarge,
    /// No answer, or a fault of the platform's.
    #[error("the platform did not send it")]
    Unavailable,
}

/// A file as it came.
#[derive(Debug, Clone)]
pub struct File {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What the host says that it is.
    pub content_type: Option<String>,
}

/// Fetches files. A clone shares the connections and the limit of downloads at once.
#[derive(Debug, Clone)]
pub struct MetaMedia {
    http: reqwest::Client,
    /// Scheme, host and port of the Graph simulator.
    simulator: Option<(String, Option<u16>)>,
    at_once: Arc<Semaphore>,
}

impl MetaMedia {
    /// Fetches from Meta's hosts, and with the emulators from the simulator's too, which `simulator` is an address of.
    ///
    /// # Errors
    /// When the client's own settings do not fit each other.
    pub fn new(simulator: Option<&str>) -> Result<Self, reqwest::Error> {
        // This client follows no redirect, which the shared one does.
        let http = http::client().redirect(Policy::none()).build()?;
        let simulator = simulator
            .and_then(|url| Url::parse(url).ok())
            .and_then(|url| Some((url.host_str()?.to_owned(), url.port_or_known_default())));
        Ok(Self {
            http,
            simulator,
            at_once: Arc::new(Semaphore::new(AT_ONCE)),
        })
    }

    /// Whether an address is one that may be fetched.
    pub fn is_ours_to_fetch(&self, url: &str) -> bool {
        Url::parse(url).is_ok_and(|url| self.host(&url).is_some())
    }

    /// Fetches a file of at most `limit` bytes. One request, and one for each redirect.
    ///
    /// # Errors
    /// [`MediaError`].
    pub async fn fetch(
        &self,
        url: &str,
        token: Option<&SecretString>,
        limit: usize,
    ) -> Result<File, MediaError> {
        let Ok(_turn) = self.at_once.acquire().await else {
            return Err(MediaError::Unavailable);
        };
        let fetched = tokio::time::timeout(TIMEOUT, self.follow(url, token, limit)).await;
        fetched.unwrap_or(Err(MediaError::Unavailable))
    }

    async fn follow(
        &self,
        url: &str,
        token: Option<&SecretString>,
        limit: usize,
    ) -> Result<File, MediaError> {
        let mut url = Url::parse(url).map_err(|_| MediaError::Foreign)?;
        for _ in 0..=REDIRECTS {
            let host = self.host(&url).ok_or(MediaError::Foreign)?;
            let mut request = self.http.get(url.clone());
            if let (Host::WithToken, Some(token)) = (host, token) {
                request = request.bearer_auth(token.expose_secret());
            }
            let response = request.send().await.map_err(|_| MediaError::Unavailable)?;
            if !response.status().is_redirection() {
                return read(response, limit).await;
            }
            let to = response.headers().get(LOCATION);
            let to = to
                .and_then(|to| to.to_str().ok())
                .ok_or(MediaError::Foreign)?;
            url = url.join(to).map_err(|_| MediaError::Foreign)?;
        }
        Err(MediaError::Foreign)
    }

    fn host(&self, url: &Url) -> Option<Host> {
        let host = url.host_str()?;
        if let Some((simulator, port)) = &self.simulator
            && host == simulator
            && url.port_or_known_default() == *port
        {
            // The simulator serves every host under its name as the first folder.
            let named = url.path_segments()?.next()?;
            return Host::of(named);
        }
        let plain = url.scheme() == "https" && url.port().is_none() && url.username().is_empty();
        Host::of(host).filter(|_| plain)
    }
}

/// What kind of host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Host {
    WithToken,
    Open,
}

impl Host {
    fn of(name: &str) -> Option<Self> {
        if name == WITH_TOKEN {
            Some(Self::WithToken)
        } else {
            OPEN.iter()
                .any(|ending| name.ends_with(ending))
                .then_some(Self::Open)
        }
    }
}

async fn read(response: Response, limit: usize) -> Result<File, MediaError> {
    match response.status() {
        status if status.is_success() => {}
        StatusCode::UNAUTHORIZED => return Err(MediaError::Unauthorized),
        StatusCode::FORBIDDEN | StatusCode::NOT_FOUND | StatusCode::GONE => {
            return Err(MediaError::Gone);
        }
        _ => return Err(MediaError::Unavailable),
    }
    let content_type = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .map(|value| {
            value
                .split(';')
                .next()
                .unwrap_or_default()
                .trim()
                .to_owned()
        });
    let bytes = read_bounded(response, limit)
        .await
        .map_err(|error| match error {
            ReadError::TooLong => MediaError::TooLarge,
            ReadError::Broken => MediaError::Unavailable,
        })?;
    Ok(File {
        bytes,
        content_type,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_platforms_media_hosts_are_asked() {
        let real = MetaMedia::new(None).expect("a client");
        let simulated =
            MetaMedia::new(Some("http://127.0.0.1:9000/graph.facebook.com")).expect("a client");
        for (url, real_host, simulated_host) in [
            (
                "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1",
                true,
                true,
            ),
            ("https://scontent.xx.fbcdn.net/v/1", true, true),
            ("https://scontent.cdninstagram.com/v/1", true, true),
            ("http://scontent.xx.fbcdn.net/v/1", false, false),
            ("https://scontent.xx.fbcdn.net:8443/v/1", false, false),
            ("https://a@scontent.xx.fbcdn.net/v/1", false, false),
            ("https://fbcdn.net.example.com/v/1", false, false),
            ("https://evilfbcdn.net/v/1", false, false),
            ("https://lookaside.fbsbx.com.example/v/1", false, false),
            ("https://graph.facebook.com/v26.0/me", false, false),
            ("http://169.254.169.254/computeMetadata/v1/", false, false),
            ("http://127.0.0.1:9000/lookaside.fbsbx.com/x", false, true),
            (
                "http://127.0.0.1:9000/scontent.xx.fbcdn.net/v/1",
                false,
                true,
            ),
            ("http://127.0.0.1:9000/_control/journal", false, false),
            (
                "http://127.0.0.1:9001/scontent.xx.fbcdn.net/v/1",
                false,
                false,
            ),
            ("file:///etc/passwd", false, false),
            ("/relative", false, false),
        ] {
            assert_eq!(real.is_ours_to_fetch(url), real_host, "{url}");
            assert_eq!(simulated.is_ours_to_fetch(url), simulated_host, "{url}");
        }
    }
}
