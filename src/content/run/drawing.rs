//! The picture of a turn: drawn, made into what Instagram takes, kept; and keeping files, which films share.

use std::time::Duration;

use super::round::{Move, Round, STORAGE_WAIT};
use super::steps::{Attempt, Ended, Stop};
use super::{Audience, Chunk, Worker};
use crate::clients::cloud_storage::StorageError;
use crate::content::{Content, Failure, Stage, picture};
use crate::providers::{Billed, ImagePrompt, ImageResult, ProviderError, Usage};

/// The waits between attempts to keep a file: what is paid and in hand is not given up at the first word.
const KEEP_WAITS: [Duration; 2] = [Duration::from_millis(300), Duration::from_millis(1_500)];

impl Worker<'_> {
    /// Has the picture drawn and keeps it. Its link stands in the request only once the file is there.
    pub(super) async fn draw(
        &self,
        attempt: &Attempt,
        (prompt, written): (&ImagePrompt, &Content),
        audience: &Audience<'_>,
        round: &mut Round,
    ) -> Result<Move, Stop> {
        audience.tell(Chunk::Stage("DRAWING")).await;
        let drawn = self.in_time(self.providers.image(prompt, attempt.choice));
        let made = match drawn.await {
            Ok(drawn) => self.develop(attempt, prompt, drawn).await,
            Err(error) => Err(error),
        };
        let (file, usage) = match made {
            Ok(made) => made,
            // Also for a person: the text is there to be read, and the picture may follow.
            Err(error) => return Ok(self.failed(attempt, round, &error, true)),
        };
        audience.tell(Chunk::Stage("STORING")).await;
        let ended = Ended::from(attempt.spent(Some(usage)));
        Ok(match self.keep(&attempt.file(), "image/jpeg", file).await {
            Ok(url) => {
                let image_url = Some(url);
                let content = Content {
                    image_url,
                    ..written.clone()
                };
                Move::Over(ended, Stage::Completed(content))
            }
            Err(StorageError::Unavailable(_)) => Move::Wait(ended, STORAGE_WAIT),
            Err(StorageError::Refused(_)) => {
                Move::Over(ended, Stage::Failed(Failure::not_set_up()))
            }
        })
    }

    /// A picture that cannot be used was paid all the same.
    async fn develop(
        &self,
        attempt: &Attempt,
        prompt: &ImagePrompt,
        drawn: ImageResult,
    ) -> Result<(Vec<u8>, Usage), ProviderError> {
        let (usage, bytes, aspect) = (drawn.usage, drawn.bytes, prompt.aspect);
        let made = self
            .on_a_thread(move || picture::for_instagram(&bytes, aspect))
            .await;
        match made {
            Some(Ok(file)) => Ok((file, usage)),
            Some(Err(unusable)) => {
                tracing::warn!(provider = %attempt.choice, %unusable, "a picture cannot be used");
                Err(ProviderError::Malformed {
                    billed: Billed::Known(usage),
                })
            }
            None => Err(ProviderError::Malformed {
                billed: Billed::Known(usage),
            }),
        }
    }

    /// Lets a thread of its own compute, few at a time: each holds a decoded picture. `None` when it panicked.
    pub(super) async fn on_a_thread<T: Send + 'static>(
        &self,
        compute: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let _turn = self.state.transcoding.acquire().await;
        tokio::task::spawn_blocking(compute).await.ok()
    }

    /// Keeps a file and returns the link by which anybody who has it reads the file. One request to Cloud Storage, up to
    /// three when it does not answer.
    pub(super) async fn keep(
        &self,
        path: &str,
        content_type: &str,
        file: Vec<u8>,
    ) -> Result<String, StorageError> {
        let storage = &self.state.storage;
        let file = axum::body::Bytes::from(file);
        // A capability: whoever has it sees the file. It is not derived from anything that others know.
        let token = uuid::Uuid::new_v4().to_string();
        let mut waits = KEEP_WAITS.into_iter();
        loop {
            let kept = storage.put(path, content_type, file.clone(), &token).await;
            match (kept, waits.next()) {
                (Ok(()), _) => return Ok(storage.download_url(path, &token)),
                (Err(StorageError::Unavailable(_)), Some(wait)) => tokio::time::sleep(wait).await,
                (Err(error), _) => {
                    tracing::error!(%error, "a file that was paid could not be kept");
                    return Err(error);
                }
            }
        }
    }

    /// The link of a file that a worker kept before it died; `None` when it did not come that far.
    pub(super) async fn kept(&self, path: &str) -> Result<Option<String>, StorageError> {
        let found = self.state.storage.find(path).await?;
        let token = found.and_then(|found| found.download_tokens.into_iter().next());
        Ok(token.map(|token| self.state.storage.download_url(path, &token)))
    }
}
