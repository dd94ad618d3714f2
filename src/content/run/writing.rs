//! The calls of a turn: write, check, repair once, fall over, and what to do when nobody delivers.

use futures::StreamExt as _;
use jiff::SignedDuration;

use super::steps::{Attempt, Next, Step, Stop};
use super::{Audience, Chunk, Outcome, Worker};
use crate::content::caption::{Draft, Fault};
use crate::content::prompt;
use crate::content::{Content, Failure, Stage};
use crate::providers::{Kind, ProviderChoice, ProviderError, TextEvent, TextResult};

/// The first wait when no provider says how long to wait; it doubles with each attempt.
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(10);

/// The longest wait, also when a provider asks for more.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(15);

impl Worker<'_> {
    /// Makes the paid calls of a turn, one by one.
    pub(super) async fn write(
        &self,
        mut attempt: Attempt,
        audience: &Audience<'_>,
    ) -> Result<Outcome, Stop> {
        let mut asked = vec![attempt.choice];
        let mut repairing = false;
        // Whether waiting can help: one provider that may do better later is enough.
        let mut may_pass = false;
        let mut longest_wait = SignedDuration::ZERO;
        loop {
            let stage = if repairing { "REPAIRING" } else { "WRITING" };
            audience.tell(Chunk::Stage(stage)).await;
            let (spent, next) = match self.call(&attempt, audience).await {
                Ok(result) => {
                    let spent = attempt.spent(Some(result.usage));
                    let draft = Draft::new(
                        &result.caption,
                        &result.hashtags,
                        result.alt_text.as_deref(),
                    );
                    match Self::judge(&attempt, draft, repairing) {
                        Judgement::Repair(next) => {
                            repairing = true;
                            (spent, next)
                        }
                        Judgement::Over(stage) => {
                            let over = self.end(&attempt, spent, stage).await?;
                            return Ok(Outcome::Over(Box::new(over)));
                        }
                    }
                }
                Err(error) => {
                    let spent = attempt.spent(error.billed());
                    report(&error, attempt.choice);
                    if !error.may_fall_over() {
                        let refused = Stage::Failed(Failure::refused());
                        let over = self.end(&attempt, spent, refused).await?;
                        return Ok(Outcome::Over(Box::new(over)));
                    }
                    may_pass |= error.may_pass();
                    if let Some(asks) = error.retry_after() {
                        let asks = SignedDuration::try_from(asks).unwrap_or(LONGEST_WAIT);
                        longest_wait = longest_wait.max(asks);
                    }
                    match self.another(&asked) {
                        Some(choice) => {
                            asked.push(choice);
                            let prompt = attempt.prompt.clone();
                            (spent, Next { choice, prompt })
                        }
                        None if may_pass && matches!(audience, Audience::Queue) => {
                            let after = wait(longest_wait, attempt.request.attempts);
                            self.wait(&attempt, spent, after).await?;
                            return Ok(Outcome::Later(after));
                        }
                        None => {
                            let failure = if may_pass {
                                Failure::unavailable()
                            } else {
                                Failure::not_set_up()
                            };
                            let over = self.end(&attempt, spent, Stage::Failed(failure)).await?;
                            return Ok(Outcome::Over(Box::new(over)));
                        }
                    }
                }
            };
            attempt = match self.go_on(&attempt, spent, &next).await? {
                Step::Attempt(attempt) => *attempt,
                Step::Over(over) => return Ok(Outcome::Over(over)),
            };
        }
    }

    /// One paid call; the caption goes out as it comes in.
    async fn call(
        &self,
        attempt: &Attempt,
        audience: &Audience<'_>,
    ) -> Result<TextResult, ProviderError> {
        let mut events = self.providers.text(&attempt.prompt, attempt.choice).await?;
        while let Some(event) = events.next().await {
            match event? {
                TextEvent::CaptionDelta(piece) => audience.tell(Chunk::Caption(piece)).await,
                TextEvent::Done(result) => return Ok(result),
            }
        }
        Err(ProviderError::Transient {
            retry_after: None,
            billed: crate::providers::Billed::Unknown,
        })
    }

    fn judge(attempt: &Attempt, draft: Draft, repaired: bool) -> Judgement {
        let limits = attempt.request.order.platform.limits();
        let demands = &attempt.brand.demands;
        let faults = draft.faults(limits, demands);
        if faults.is_empty() {
            return Judgement::Over(Stage::Completed(content(draft)));
        }
        if !repaired {
            let prompt = prompt::repair(&attempt.request.order, &attempt.brand, &draft, &faults);
            let choice = attempt.choice;
            return Judgement::Repair(Next { choice, prompt });
        }
        let cut = draft.cut(limits, demands);
        let left = cut.faults(limits, demands);
        if left
            .iter()
            .any(|fault| matches!(fault, Fault::Forbidden(_)))
        {
            return Judgement::Over(Stage::Failed(Failure::forbidden_claim()));
        }
        Judgement::Over(Stage::Completed(content(cut)))
    }

    fn another(&self, asked: &[ProviderChoice]) -> Option<ProviderChoice> {
        self.providers
            .order(Kind::Text)
            .into_iter()
            .find(|choice| !asked.contains(choice))
    }
}

enum Judgement {
    Repair(Next),
    Over(Stage),
}

fn content(draft: Draft) -> Content {
    Content {
        caption: draft.caption,
        hashtags: draft.hashtags,
        alt_text: draft.alt_text,
        image_url: None,
        video_url: None,
    }
}

fn wait(asked_for: SignedDuration, attempts: u32) -> SignedDuration {
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
fn report(error: &ProviderError, provider: ProviderChoice) {
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
