//! The film of a request: begun in one turn, written down before anything else, asked for in others until it is there.

use jiff::SignedDuration;

use super::claim::Shooting;
use super::round::{Move, Round, STORAGE_WAIT, report};
use super::steps::{Attempt, Ended, FILM_PATIENCE, Spent, Stop};
use super::{Audience, Chunk, Outcome, Worker};
use crate::clients::cloud_storage::StorageError;
use crate::content::{Content, Failure, Film, Stage, film};
use crate::providers::{ProviderError, Usage, VideoPoll, VideoPrompt};

/// When a film is asked for first.
const FIRST_QUESTION: SignedDuration = SignedDuration::from_secs(20);

/// When it is asked for again after a question that was not answered.
const NEXT_QUESTION: SignedDuration = SignedDuration::from_secs(30);

impl Worker<'_> {
    /// Has a film begun. One that may have been begun is never begun again by itself: it costs as much as hundreds of texts.
    pub(super) async fn begin_film(
        &self,
        attempt: &Attempt,
        prompt: &VideoPrompt,
        audience: &Audience<'_>,
        round: &mut Round,
    ) -> Move {
        audience.tell(Chunk::Stage("FILMING")).await;
        let begun = self.in_time(self.providers.start_video(prompt, attempt.choice));
        match begun.await {
            Ok(operation) => {
                let film = Film {
                    attempt_id: attempt.id().to_owned(),
                    operation,
                    deadline: self.now() + FILM_PATIENCE,
                };
                Move::Filming(film, FIRST_QUESTION)
            }
            Err(error) if error.billed().is_none() => {
                report(&error, attempt.choice);
                let failure = Failure::film_interrupted();
                Move::Over(attempt.spent(None).into(), Stage::Failed(failure))
            }
            Err(error) => self.failed(attempt, round, &error, true),
        }
    }

    /// Asks for a film that was begun.
    pub(super) async fn ask_for_film(
        &self,
        shooting: &Shooting,
        audience: &Audience<'_>,
    ) -> Result<Outcome, Stop> {
        let Shooting {
            attempt,
            film,
            resumed,
            ..
        } = shooting;
        let made = Usage {
            video_seconds: film.operation.seconds,
            ..Usage::default()
        };
        let (ended, stage) = if *resumed && let Some(url) = self.kept(&attempt.file()).await? {
            shooting.completed(made, url)
        } else if self.now() >= film.deadline {
            let late = Stage::Failed(Failure::film_late());
            (attempt.spent(None).into(), late)
        } else {
            audience.tell(Chunk::Stage("FILMING")).await;
            match self.question(shooting, audience).await {
                Answer::Over(ended, stage) => (*ended, stage),
                Answer::Later(after) => {
                    let waiting = self.hold(attempt, film, after).await?;
                    return Ok(Outcome::Later(after, Box::new(waiting)));
                }
            }
        };
        let over = self.end(attempt, &ended, stage).await?;
        Ok(Outcome::Over(Box::new(over)))
    }

    async fn question(&self, shooting: &Shooting, audience: &Audience<'_>) -> Answer {
        let Shooting { attempt, film, .. } = shooting;
        let asked = self.in_time(self.providers.poll_video(&film.operation));
        let (bytes, usage) = match asked.await {
            Ok(VideoPoll::Done { bytes, usage, .. }) => (bytes, usage),
            Ok(VideoPoll::Pending { after }) => {
                return Answer::Later(SignedDuration::try_from(after).unwrap_or(NEXT_QUESTION));
            }
            Err(error) => return unanswered(attempt, &error),
        };
        let made = self
            .on_a_thread(move || film::for_instagram(bytes))
            .await
            .unwrap_or(Err(film::Unusable::NoMp4));
        let file = match made {
            Ok(file) => file,
            Err(unusable) => {
                tracing::warn!(provider = %attempt.choice, %unusable, "a film cannot be used");
                let failure = Stage::Failed(Failure::unavailable());
                return Answer::over(attempt.spent(Some(usage)), failure);
            }
        };
        audience.tell(Chunk::Stage("STORING")).await;
        match self.keep(&attempt.file(), "video/mp4", file).await {
            Ok(url) => {
                let (ended, stage) = shooting.completed(usage, url);
                Answer::Over(Box::new(ended), stage)
            }
            // The provider keeps it for two days; fetching it again costs nothing.
            Err(StorageError::Unavailable(_)) => Answer::Later(STORAGE_WAIT),
            Err(StorageError::Refused(_)) => {
                let failure = Stage::Failed(Failure::not_set_up());
                Answer::over(attempt.spent(Some(usage)), failure)
            }
        }
    }
}

impl Shooting {
    fn completed(&self, usage: Usage, url: String) -> (Ended, Stage) {
        let content = Content {
            video_url: Some(url),
            ..self.written.clone()
        };
        (
            self.attempt.spent(Some(usage)).into(),
            Stage::Completed(content),
        )
    }
}

enum Answer {
    Over(Box<Ended>, Stage),
    Later(SignedDuration),
}

impl Answer {
    fn over(spent: Spent, stage: Stage) -> Self {
        Self::Over(Box::new(spent.into()), stage)
    }
}

/// A question that was not answered is asked again; a film that will never be is over. Only its provider can say so: a key
/// that is not taken today says nothing of a film that was begun, and billed, yesterday.
fn unanswered(attempt: &Attempt, error: &ProviderError) -> Answer {
    report(error, attempt.choice);
    let failure = match error {
        ProviderError::Refused { .. } => Failure::refused(),
        ProviderError::Malformed { .. } => Failure::unavailable(),
        ProviderError::Transient { .. }
        | ProviderError::RateLimited { .. }
        | ProviderError::Rejected { .. }
        | ProviderError::Unauthorized => {
            let asks = error.retry_after().map(SignedDuration::try_from);
            return Answer::Later(asks.and_then(Result::ok).unwrap_or(NEXT_QUESTION));
        }
    };
    Answer::over(attempt.spent(error.billed()), Stage::Failed(failure))
}
