//! One turn of fetching a message's files: address, download, Storage, and what the message says of it.
//!
//! The name of a file in Storage follows from the message and the file, so a turn that broke off behind the upload finds it there,
//! and a message that is told anew keeps what it has. Whoever finds, at the end, that the message was taken back or erased
//! meanwhile takes away what was just stored.

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde_json::{Map, Value, json};

use super::store::{self, FetchDoc};
use super::{has_digest, kept_for, most_bytes, name_of, pause};
use crate::channels::secrets;
use crate::clients::cloud_storage::StorageError;
use crate::clients::graph::{Class, GraphError};
use crate::clients::meta_media::MediaError;
use crate::error::Error;
use crate::ids::random_id;
use crate::inbox::erase::files;
use crate::inbox::event::ChannelKind;
use crate::policy::{Action, Actor, Permit, authorize};
use crate::state::AppState;
use crate::store::{Doc, StoreError};

/// How long after files were taken away they are taken away once more: whoever was storing one just then is done or dead.
const ONCE_MORE: SignedDuration = SignedDuration::from_mins(3);

/// Attempts after which an answer that may mean anything counts as no.
const DOUBTS: u32 = 3;

/// What came of a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Nothing is left to do.
    Done,
    /// It is tried again after so long.
    Again(SignedDuration),
}

/// What became of one file.
enum Outcome {
    Stored(Map<String, Value>),
    /// It will never be had: why, as the message says it.
    Lost(&'static str),
    Later,
}

/// Works on a message's files. At most ten round trips, and for each file one call to the platform for its address, a download and
/// an upload.
///
/// # Idempotency
/// Safe to repeat, and for two at once: the slower is refused and begins anew.
///
/// # Errors
/// `UNAVAILABLE`, `ABORTED`: it is to be tried again.
pub async fn turn(state: &AppState, name: &str) -> Result<Turn, Error> {
    let permit = authorize(&Actor::Service, &Action::ReceiveMessages)?;
    let Some(fetch) = store::get(&state.store, name).await? else {
        return Ok(Turn::Done);
    };
    let worker = Worker {
        state,
        permit,
        now: state.clock.now(),
    };
    if fetch.value.state == "ERASE" {
        return worker.take_away(&fetch).await;
    }
    match worker.fetch(&fetch).await {
        Err(Failed::Store(StoreError::Conflict | StoreError::NotFound)) => {
            worker.clean_up(&fetch).await?;
            Err(Error::unavailable("the message was told anew meanwhile"))
        }
        Err(Failed::Store(error)) => Err(error.into()),
        Err(Failed::Other(error)) => Err(error),
        Ok(turn) => Ok(turn),
    }
}

enum Failed {
    Store(StoreError),
    Other(Error),
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

struct Worker<'a> {
    state: &'a AppState,
    permit: Permit,
    now: Timestamp,
}

impl Worker<'_> {
    async fn fetch(&self, fetch: &Doc<FetchDoc>) -> Result<Turn, Failed> {
        let doc = &fetch.value;
        let told = store::attachments(&self.state.store, &doc.conversation_id, &fetch.id).await?;
        let (Some((mut attachments, time)), Some(kind)) = (told, doc.kind()) else {
            return Err(StoreError::NotFound.into());
        };
        let late = self.now.duration_since(doc.created_at.0) > kept_for(kind);
        let mut waiting = false;
        for attachment in &mut attachments {
            if attachment.get("state").and_then(Value::as_str) != Some("PENDING") {
                continue;
            }
            let outcome = self.file(fetch, kind, attachment).await?;
            match outcome {
                Outcome::Stored(facts) => attachment.extend(facts),
                Outcome::Lost(reason) => lose(attachment, reason),
                Outcome::Later if late => lose(attachment, "EXPIRED"),
                Outcome::Later => waiting = true,
            }
        }
        let wait = pause(doc.attempts);
        let next = waiting.then(|| self.now + wait);
        let told = Some((attachments, time));
        store::save(&self.state.store, fetch, told, next, &self.permit).await?;
        Ok(if waiting {
            Turn::Again(wait)
        } else {
            Turn::Done
        })
    }

    async fn file(
        &self,
        fetch: &Doc<FetchDoc>,
        kind: ChannelKind,
        attachment: &Map<String, Value>,
    ) -> Result<Outcome, Failed> {
        let text = |field: &str| attachment.get(field).and_then(Value::as_str);
        let id = text("mediaId").filter(|_| kind == ChannelKind::WhatsApp);
        let path = format!("{}{}", folder(fetch), name_of(id, text("url")));
        if let Some(known) = self.state.storage.find(&path).await.map_err(unstored)?
            && let Some(token) = known.download_tokens.first()
        {
            return Ok(Outcome::Stored(self.facts(
                &path,
                token,
                &known.content_type,
                known.size_bytes,
            )));
        }
        let source = match id {
            Some(id) => match self.address(fetch, id).await? {
                Ok(source) => source,
                Err(outcome) => return Ok(outcome),
            },
            None => Source {
                url: text("url").unwrap_or_default().to_owned(),
                token: None,
                mime_type: None,
                sha256: None,
            },
        };
        let limit = most_bytes(text("kind").unwrap_or_default());
        let media = &self.state.media;
        let file = match media.fetch(&source.url, source.token.as_ref(), limit).await {
            Ok(file) => file,
            Err(MediaError::Foreign) => return Ok(Outcome::Lost("FOREIGN_ADDRESS")),
            Err(MediaError::TooLarge) => return Ok(Outcome::Lost("TOO_LARGE")),
            // An address of WhatsApp's is made anew at the next attempt; the others' are good once.
            Err(MediaError::Gone) if id.is_none() => return Ok(Outcome::Lost("GONE")),
            Err(MediaError::Gone | MediaError::Unauthorized | MediaError::Unavailable) => {
                return Ok(Outcome::Later);
            }
        };
        let mut stated = source.sha256.as_deref().into_iter().chain(text("sha256"));
        let whole = stated.all(|stated| has_digest(&file.bytes, stated));
        if !whole {
            return Ok(self.doubt(fetch, "WRONG_DIGEST"));
        }
        let mime_type = source
            .mime_type
            .or_else(|| text("mimeType").map(ToOwned::to_owned))
            .or(file.content_type)
            .filter(|told| is_mime_type(told))
            .unwrap_or_else(|| "application/octet-stream".to_owned());
        let (token, size) = (random_id(), file.bytes.len() as u64);
        let put = self
            .state
            .storage
            .put(&path, &mime_type, file.bytes, &token);
        put.await.map_err(unstored)?;
        Ok(Outcome::Stored(self.facts(&path, &token, &mime_type, size)))
    }

    /// Where `WhatsApp` has a file, for five minutes.
    async fn address(
        &self,
        fetch: &Doc<FetchDoc>,
        id: &str,
    ) -> Result<Result<Source, Outcome>, Failed> {
        let grant = secrets::grant(self.state, &fetch.value.channel_id).await;
        let Some(grant) = grant.map_err(Failed::Other)? else {
            return Ok(Err(Outcome::Later));
        };
        let told = self.state.graph.get(&grant.access, id, &[]).await;
        Ok(match told {
            Ok(told) => {
                let text = |field: &str| told[field].as_str().map(ToOwned::to_owned);
                match text("url") {
                    Some(url) => Ok(Source {
                        url,
                        token: Some(grant.access.token),
                        mime_type: text("mime_type"),
                        sha256: text("sha256"),
                    }),
                    None => Err(self.doubt(fetch, "GONE")),
                }
            }
            Err(error) => Err(self.refused(fetch, &error)),
        })
    }

    fn refused(&self, fetch: &Doc<FetchDoc>, error: &GraphError) -> Outcome {
        match error.class() {
            Class::Retry { .. } | Class::Reconnect | Class::Permission | Class::Stop => {
                Outcome::Later
            }
            // "Does not exist, or is not permitted": the platform does not say which.
            Class::Fix | Class::Unknown => self.doubt(fetch, "GONE"),
        }
    }

    #[expect(clippy::unused_self, reason = "it reads as a step of the worker's")]
    fn doubt(&self, fetch: &Doc<FetchDoc>, reason: &'static str) -> Outcome {
        if fetch.value.attempts + 1 >= DOUBTS {
            Outcome::Lost(reason)
        } else {
            Outcome::Later
        }
    }

    fn facts(&self, path: &str, token: &str, mime_type: &str, size: u64) -> Map<String, Value> {
        let facts = json!({
            "state": "STORED",
            "url": self.state.storage.download_url(path, token),
            "storagePath": path,
            "mimeType": mime_type,
            "sizeBytes": size,
        });
        match facts {
            Value::Object(facts) => facts,
            _ => Map::new(),
        }
    }

    /// The message was taken back: its files go, and a while later once more.
    async fn take_away(&self, fetch: &Doc<FetchDoc>) -> Result<Turn, Error> {
        self.clean(fetch).await?;
        let again = (fetch.value.attempts == 0).then_some(ONCE_MORE);
        let next = again.map(|wait| self.now + wait);
        store::save(&self.state.store, fetch, None, next, &self.permit).await?;
        Ok(again.map_or(Turn::Done, Turn::Again))
    }

    /// Takes away what was stored for a message that is gone. One that was only told anew keeps its files.
    async fn clean_up(&self, fetch: &Doc<FetchDoc>) -> Result<(), Error> {
        let still = store::get(&self.state.store, &fetch.id).await?;
        let message =
            store::attachments(&self.state.store, &fetch.value.conversation_id, &fetch.id).await?;
        if message.is_some() && still.is_none_or(|doc| doc.value.state == "FETCH") {
            return Ok(());
        }
        self.clean(fetch).await?;
        if message.is_none() {
            // Nobody will ask for them again.
            let mut writes = crate::store::Writes::new();
            store::forget(&fetch.id, &mut writes, &self.permit);
            self.state.store.commit(writes).await?;
        }
        Ok(())
    }

    async fn clean(&self, fetch: &Doc<FetchDoc>) -> Result<(), Error> {
        let deleted = self.state.storage.delete_prefix(&folder(fetch)).await;
        deleted
            .map(drop)
            .map_err(|error| Error::unavailable(error.to_string()))
    }
}

/// Where a file is to be had.
struct Source {
    url: String,
    token: Option<SecretString>,
    mime_type: Option<String>,
    sha256: Option<String>,
}

/// The folder of a message's files.
fn folder(fetch: &Doc<FetchDoc>) -> String {
    format!("{}{}/", files(&fetch.value.conversation_id), fetch.id)
}

fn lose(attachment: &mut Map<String, Value>, reason: &'static str) {
    attachment.insert("state".to_owned(), "FAILED".into());
    attachment.insert("reason".to_owned(), reason.into());
}

fn unstored(error: StorageError) -> Failed {
    let (StorageError::Unavailable(why) | StorageError::Refused(why)) = error;
    Failed::Other(Error::unavailable(format!("Cloud Storage: {why}")))
}

/// It goes into a header of the upload: only what such a type is made of.
fn is_mime_type(text: &str) -> bool {
    text.len() <= 127
        && text.contains('/')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"/.+-_; =\"".contains(&byte))
}
