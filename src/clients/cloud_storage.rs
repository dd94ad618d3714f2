//! Cloud Storage, by its JSON interface: files of one bucket, each readable by whoever holds its Firebase download link.
//!
//! One HTTP attempt a call: whoever calls knows whether to come again. Every call may be repeated: names are the caller's
//! choice, and a second upload of a name replaces the first.
//!
//! # Source
//! <https://cloud.google.com/storage/docs/json_api/v1/objects> and
//! <https://firebase.google.com/docs/storage/web/download-files>, read 2026-11; the same paths at the Storage emulator. Firebase
//! serves a file to anybody whose `token` is among the comma-separated ones of its metadata `firebaseStorageDownloadTokens`.

mod links;

use std::time::Duration;

use axum::body::Bytes;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE};
use reqwest::{RequestBuilder, Response, StatusCode, Url};
use serde::Deserialize;
use serde_json::{Value, json};

use self::links::escaped;
use super::google_auth::GoogleAuth;

/// How long a call without a file in it may take.
const TIMEOUT: Duration = Duration::from_secs(8);

/// How long an upload may take: some tens of megabytes, within Google's network.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(30);

/// Files that one page of a listing asks for: as many as there can be.
///
/// # Source
/// <https://cloud.google.com/storage/docs/json_api/v1/objects/list>, `maxResults`, read 2026-11.
const PAGE: u32 = 1_000;

/// Deletions under way at once: enough to empty a page in seconds, few enough for the shared connections.
const DELETIONS_AT_ONCE: usize = 8;

/// A name that no file has.
const PROBE: &str = "probe";

/// Why a file was not stored, found or deleted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StorageError {
    /// Cloud Storage did not answer, or asked to come back later. The call may have happened all the same.
    #[error("Cloud Storage is not available: {0}")]
    Unavailable(String),
    /// The call is not allowed or not understood: a fault of ours, or of the bucket's set-up.
    #[error("Cloud Storage refused the call: {0}")]
    Refused(String),
}

/// What is known of a file without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its media type.
    pub content_type: String,
    /// Its size in bytes.
    pub size_bytes: u64,
    /// The download tokens that open it; an administrator may add and revoke some in the Firebase console.
    pub download_tokens: Vec<String>,
}

/// The files of one bucket. A clone shares the connections.
#[derive(Clone)]
pub struct CloudStorage {
    http: reqwest::Client,
    /// Google's or the emulator's address, without a slash at its end.
    base_url: String,
    download_base_url: String,
    bucket: String,
    auth: GoogleAuth,
}

impl CloudStorage {
    /// The files of `bucket` behind `base_url`, which people read behind `download_base_url`.
    pub fn new(
        http: reqwest::Client,
        base_url: &str,
        download_base_url: &str,
        bucket: &str,
        auth: GoogleAuth,
    ) -> Self {
        Self {
            http,
            base_url: base_url.trim_end_matches('/').to_owned(),
            download_base_url: download_base_url.trim_end_matches('/').to_owned(),
            bucket: bucket.to_owned(),
            auth,
        }
    }

    /// Stores a file, in place of the one that bears its name, if any. `path` has no slash at its beginning. One request.
    ///
    /// # Errors
    /// [`StorageError`]; after [`StorageError::Unavailable`] the file may be there.
    pub async fn put(
        &self,
        path: &str,
        content_type: &str,
        bytes: impl Into<Bytes>,
        download_token: &str,
    ) -> Result<(), StorageError> {
        let bytes = bytes.into();
        let metadata = json!({
            "name": path,
            "contentType": content_type,
            "metadata": { "firebaseStorageDownloadTokens": download_token },
        });
        // Random, so that no file can hold it.
        let boundary = uuid::Uuid::new_v4().simple().to_string();
        let head = format!(
            "--{boundary}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{metadata}\r\n\
             --{boundary}\r\nContent-Type: {content_type}\r\n\r\n"
        );
        let tail = format!("\r\n--{boundary}--");
        let length = head.len() + bytes.len() + tail.len();
        // Piece by piece: a film is not copied only to put two lines around it.
        let pieces = [Bytes::from(head), bytes, Bytes::from(tail)].map(Ok::<_, std::io::Error>);
        let request = self
            .http
            .post(format!(
                "{}/upload/storage/v1/b/{}/o",
                self.base_url, self.bucket
            ))
            .query(&[("uploadType", "multipart"), ("fields", "name")])
            .header(
                CONTENT_TYPE,
                format!("multipart/related; boundary={boundary}"),
            )
            .header(CONTENT_LENGTH, length)
            .body(reqwest::Body::wrap_stream(stream::iter(pieces)));
        let response = self.send(request, UPLOAD_TIMEOUT).await?;
        fault(response).await.map_or(Ok(()), Err)
    }

    /// What is known of a file; `None` when there is none of this name. One request, for nothing but the metadata.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn find(&self, path: &str) -> Result<Option<Stored>, StorageError> {
        let request = self
            .http
            .get(self.object(path)?)
            .query(&[("fields", "contentType,size,metadata")]);
        let response = self.send(request, TIMEOUT).await?;
        if response.status() == StatusCode::NOT_FOUND {
            return missing(response).await.map(|()| None);
        }
        let object: Object = answer(response).await?;
        Ok(Some(object.into()))
    }

    /// Whether files can be kept, as far as that can be known without keeping one. One request.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn answers(&self) -> Result<(), StorageError> {
        self.find(PROBE).await.map(drop)
    }

    /// Deletes a file. That there is none is as good. One request.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn delete(&self, path: &str) -> Result<(), StorageError> {
        let request = self.http.delete(self.object(path)?);
        let response = self.send(request, TIMEOUT).await?;
        if response.status() == StatusCode::NOT_FOUND {
            return missing(response).await;
        }
        fault(response).await.map_or(Ok(()), Err)
    }

    /// Deletes the files below a folder, given with the slash at its end, and returns how many were there. One request a
    /// thousand files and one for each. What fails in the middle is done by the next call.
    ///
    /// # Errors
    /// [`StorageError`]; a `prefix` that is no folder is refused here, since it would also match its neighbours' names.
    pub async fn delete_prefix(&self, prefix: &str) -> Result<u64, StorageError> {
        if prefix.len() < 2 || !prefix.ends_with('/') {
            return Err(StorageError::Refused("the prefix is no folder".to_owned()));
        }
        let mut deleted = 0;
        let mut page = None;
        loop {
            let listed = self.list(prefix, page.as_deref()).await?;
            deleted += listed.items.len() as u64;
            stream::iter(listed.items)
                .map(|object| async move { self.delete(&object.name).await })
                .buffer_unordered(DELETIONS_AT_ONCE)
                .try_collect::<()>()
                .await?;
            page = listed.next_page_token.filter(|token| !token.is_empty());
            if page.is_none() {
                return Ok(deleted);
            }
        }
    }

    async fn list(&self, prefix: &str, page: Option<&str>) -> Result<Listing, StorageError> {
        let request = self
            .http
            .get(format!("{}/storage/v1/b/{}/o", self.base_url, self.bucket))
            .query(&[
                ("prefix", prefix),
                ("fields", "items(name),nextPageToken"),
                ("maxResults", &PAGE.to_string()),
            ])
            .query(&page.map(|token| [("pageToken", token)]));
        answer(self.send(request, TIMEOUT).await?).await
    }

    fn object(&self, path: &str) -> Result<Url, StorageError> {
        let base = format!("{}/storage/v1/b/{}/o", self.base_url, self.bucket);
        let url = format!("{base}/{}", escaped(path));
        // `..` and `.` are folders to whoever reads a URL, never names; Cloud Storage takes no such names either.
        let forbidden = matches!(path, "" | "." | "..");
        Url::parse(&url)
            .ok()
            .filter(|_| !forbidden)
            .ok_or_else(|| StorageError::Refused("this is no name of a file".to_owned()))
    }

    async fn send(
        &self,
        request: RequestBuilder,
        limit: Duration,
    ) -> Result<Response, StorageError> {
        let headers = self
            .auth
            .headers()
            .await
            .map_err(StorageError::Unavailable)?;
        request
            .headers(headers)
            .timeout(limit)
            .send()
            .await
            .map_err(|error| unanswered(&error))
    }
}

impl std::fmt::Debug for CloudStorage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CloudStorage")
            .field("base_url", &self.base_url)
            .field("bucket", &self.bucket)
            .finish_non_exhaustive()
    }
}

/// Without the URL, which holds whose file it is.
fn unanswered(error: &reqwest::Error) -> StorageError {
    let said = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the answer was cut off"
    };
    StorageError::Unavailable(said.to_owned())
}

async fn answer<T: serde::de::DeserializeOwned>(response: Response) -> Result<T, StorageError> {
    if response.status().is_success() {
        return response.json().await.map_err(|error| unanswered(&error));
    }
    Err(fault(response)
        .await
        .unwrap_or_else(|| StorageError::Refused("no reason".to_owned())))
}

/// What a missing file answers; a missing bucket answers the same and is a fault of the set-up.
async fn missing(response: Response) -> Result<(), StorageError> {
    let body: Value = response.json().await.unwrap_or_default();
    let said = body["error"]["message"].as_str().unwrap_or_default();
    if said.contains("bucket does not exist") {
        return Err(StorageError::Refused("there is no such bucket".to_owned()));
    }
    Ok(())
}

async fn fault(response: Response) -> Option<StorageError> {
    let status = response.status();
    if status.is_success() {
        return None;
    }
    let body: Value = response.json().await.unwrap_or_default();
    // A word such as `forbidden`; the message beside it names the file.
    let reason = body["error"]["errors"][0]["reason"]
        .as_str()
        .unwrap_or_default();
    let said = format!("{status} {reason}").trim_end().to_owned();
    // 408 and 429 ask for another attempt, as the whole of 5xx does.
    // Source: https://cloud.google.com/storage/docs/retry-strategy, read 2026-11.
    let passing = status.is_server_error() || matches!(status.as_u16(), 408 | 429);
    Some(if passing {
        StorageError::Unavailable(said)
    } else {
        StorageError::Refused(said)
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listing {
    #[serde(default)]
    items: Vec<Name>,
    next_page_token: Option<String>,
}

#[derive(Deserialize)]
struct Name {
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Object {
    #[serde(default)]
    content_type: String,
    /// A number as text, as Google writes those of 64 bits.
    #[serde(default)]
    size: String,
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Default, Deserialize)]
struct Metadata {
    #[serde(default, rename = "firebaseStorageDownloadTokens")]
    tokens: String,
}

impl From<Object> for Stored {
    fn from(object: Object) -> Self {
        Self {
            content_type: object.content_type,
            size_bytes: object.size.parse().unwrap_or_default(),
            download_tokens: object
                .metadata
                .tokens
                .split(',')
                .filter(|token| !token.is_empty())
                .map(ToOwned::to_owned)
                .collect(),
        }
    }
}
