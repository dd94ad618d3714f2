//! A turn, call by call: what follows a call, who is asked next, and what to do when nobody delivers.

use std::time::Duration;

use jiff::SignedDuration;

use super::steps::{Ask, Attempt, Ended, Next, Step, Stop};
use super::{Audience, Outcome, Worker};
use crate::clients::cloud_storage::StorageError;
use crate::content::{Content, ContentRequest, Failure, Film, Media, Stage, prompt};
use crate::providers::{Billed, Kind, ProviderChoice, ProviderError};

/// The first wait when no provider says how long to wait; it doubles with each attempt.
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(10);

/// The longest wait, also when a provider asks for more.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(15);

/// The wait of a request whose next call gets a turn of its own, because this one has no time left for it.
const HAND_OVER: SignedDuration = SignedDuration::from_secs(1);

/// The wait while files cannot be kept.
pub(super) const STORAGE_WAIT: SignedDuration = SignedDuration::from_mins(1);

/// Time that a turn must have left to begin with a picture or film. Providers draw for 10 to 40 seconds; one that takes
/// longer than is left is given up, and counts as paid.
const ENOUGH_TIME: Duration = Duration::from_secs(30);

/// What follows a paid call.
pub(super) enum Move {
    /// Another call.
    Next(Ended, Next),
    /// The end.
    Over(Ended, Stage),
    /// Another turn, later.
    Wait(Ended, SignedDuration),
    /// The call goes on at the provider, who is to be asked for the film later.
    Filming(Film, SignedDuration),
}

/// The calls of one kind in a turn.
pub(super) struct Round {
    kind: Kind,
    asked: Vec<ProviderChoice>,
    /// Whether waiting can help: one provider that may do better later is enough.
    may_pass: bool,
    longest_wait: SignedDuration,
    pub(super) repairing: bool,
}

impl Round {
    fn new(kind: Kind, choice: ProviderChoice) -> Self {
        Self {
            kind,
            asked: vec![choice],
            may_pass: false,
            longest_wait: SignedDuration::ZERO,
            repairing: false,
        }
    }
}

impl Worker<'_> {
    /// Makes the paid calls of a turn, one by one.
    pub(super) async fn work(
        &self,
        mut attempt: Attempt,
        audience: &Audience<'_>,
    ) -> Result<Outcome, Stop> {
        let mut round = Round::new(attempt.ask.kind(), attempt.choice);
        loop {
            let moved = match &attempt.ask {
                Ask::Text(prompt, brand) => {
                    self.write(&attempt, (prompt, brand), audience, &mut round)
                        .await?
                }
                Ask::Picture(prompt, written) => {
                    self.draw(&attempt, (prompt, written), audience, &mut round)
                        .await?
                }
                Ask::Film(prompt) => {
                    self.begin_film(&attempt, prompt, audience, &mut round)
                        .await
                }
            };
            let (ended, next) = match self.there_is_room_for(moved, round.kind).await {
                Move::Next(ended, next) => (ended, next),
                Move::Over(ended, stage) => {
                    let over = self.end(&attempt, &ended, stage).await?;
                    return Ok(Outcome::Over(Box::new(over)));
                }
                Move::Wait(ended, after) => {
                    let waiting = self.wait(&attempt, &ended, after).await?;
                    return Ok(Outcome::Later(after, Box::new(waiting)));
                }
                Move::Filming(film, after) => {
                    let waiting = self.hold(&attempt, &film, after).await?;
                    return Ok(Outcome::Later(after, Box::new(waiting)));
                }
            };
            if next.ask.kind() != round.kind {
                round = Round::new(next.ask.kind(), next.choice);
            }
            attempt = match self.go_on(&attempt, &ended, &next).await? {
                Step::Attempt(attempt) => *attempt,
                Step::Over(over) => return Ok(Outcome::Over(over)),
            };
        }
    }

    /// Whether a picture or film can be begun in this turn: when there is time for it and a place to keep it. Else it gets a
    /// turn of its own.
    async fn there_is_room_for(&self, moved: Move, kind: Kind) -> Move {
        let (ended, next) = match moved {
            Move::Next(ended, next) if next.ask.kind() != Kind::Text => (ended, next),
            other => return other,
        };
        if self.time_left() < ENOUGH_TIME {
            return Move::Wait(ended, HAND_OVER);
        }
        if kind == Kind::Text
            && let Err(error) = self.state.storage.answers().await
        {
            tracing::warn!(%error, "nothing is drawn that could not be kept");
            return match error {
                StorageError::Unavailable(_) => Move::Wait(ended, STORAGE_WAIT),
                StorageError::Refused(_) => Move::Over(ended, Stage::Failed(Failure::not_set_up())),
            };
        }
        Move::Next(ended, next)
    }

    /// What comes after the text, if anything: a picture or film, from the primary provider; in a later turn from the one
    /// after whom was asked last, so that a provider who takes all of a turn's time does not take the next one's as well.
    pub(super) fn after_text(
        &self,
        request: &ContentRequest,
        written: &Content,
    ) -> Option<Result<Next, Failure>> {
        let order = &request.order;
        let (kind, ask) = match order.media {
            Media::None => return None,
            Media::Image => {
                let prompt = prompt::picture(order, written);
                (Kind::Image, Ask::Picture(prompt, written.clone()))
            }
            Media::Video => {
                let prompt = prompt::film(order, written);
                (Kind::Video, Ask::Film(prompt))
            }
        };
        let order = self.providers.order(kind);
        let asked_last = |choice: &ProviderChoice| {
            self.providers.model(kind, *choice) == Some(&request.used.model)
        };
        let first = order.iter().position(asked_last).map_or(0, |last| last + 1);
        let choice = order.iter().cycle().nth(first).copied();
        Some(
            choice
                .map(|choice| Next { choice, ask })
                .ok_or_else(Failure::not_set_up),
        )
    }

    /// What follows a call that did not deliver. `patient`: whether what may work out later is tried later.
    pub(super) fn failed(
        &self,
        attempt: &Attempt,
        round: &mut Round,
        error: &ProviderError,
        patient: bool,
    ) -> Move {
        let ended = Ended::from(attempt.spent(error.billed()));
        report(error, attempt.choice);
        if !error.may_fall_over() {
            return Move::Over(ended, Stage::Failed(Failure::refused()));
        }
        round.may_pass |= error.may_pass();
        if let Some(asks) = error.retry_after() {
            let asks = SignedDuration::try_from(asks).unwrap_or(LONGEST_WAIT);
            round.longest_wait = round.longest_wait.max(asks);
        }
        let mut others = self.providers.order(round.kind).into_iter();
        if let Some(choice) = others.find(|choice| !round.asked.contains(choice)) {
            round.asked.push(choice);
            let ask = attempt.ask.clone();
            return Move::Next(ended, Next { choice, ask });
        }
        if round.may_pass && patient {
            let after = wait(round.longest_wait, attempt.request.attempts);
            return Move::Wait(ended, after);
        }
        let failure = if round.may_pass {
            Failure::unavailable()
        } else {
            Failure::not_set_up()
        };
        Move::Over(ended, Stage::Failed(failure))
    }

    /// Waits for a provider as long as this turn may last; one that is still at it then has to be taken as paid.
    pub(super) async fn in_time<T>(
        &self,
        call: impl Future<Output = Result<T, ProviderError>>,
    ) -> Result<T, ProviderError> {
        match tokio::time::timeout(self.time_left(), call).await {
            Ok(answered) => answered,
            Err(_) => Err(ProviderError::Transient {
                retry_after: None,
                billed: Billed::Unknown,
            }),
        }
    }
}

pub(super) fn wait(asked_for: SignedDuration, attempts: u32) -> SignedDuration {
    if asked_for.is_positive() {
        return asked_for.min(LONGEST_WAIT);
    }
    let factor = 1_i32
        .checked_shl(attempts.saturating_sub(1).min(16))
        .unwrap_or(i32::MAX);
    FIRST_WAIT
        .checked_mul(factor)
        .unwrap_or(LONGEST_WAIT)
        .min(LONGEST_WAIT)
}

/// The provider's error names its own machine codes and nothing of the prompt.
pub(super) fn report(error: &ProviderError, provider: ProviderChoice) {
    match error {
        ProviderError::Rejected { .. } | ProviderError::Unauthorized => {
            tracing::error!(%provider, %error, "an AI provider does not take our calls");
        }
        ProviderError::Transient { .. }
        | ProviderError::RateLimited { .. }
        | ProviderError::Refused { .. }
        | ProviderError::Malformed { .. } => {
            tracing::warn!(%provider, %error, "an AI provider did not deliver");
        }
    }
}
