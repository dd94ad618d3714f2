//! The text of a turn: written as it streams, checked, repaired once.

use futures::StreamExt as _;

use super::round::{Move, Round};
use super::steps::{Ask, Attempt, Ended, Next, Stop};
use super::{Audience, Chunk, Worker};
use crate::content::caption::{Draft, Fault};
use crate::content::prompt::{self, Brand};
use crate::content::{Content, Failure, Stage};
use crate::providers::{Billed, ProviderChoice, ProviderError, TextEvent, TextPrompt, TextResult};

impl Worker<'_> {
    /// Has the text written, or repaired.
    pub(super) async fn write(
        &self,
        attempt: &Attempt,
        (prompt, brand): (&TextPrompt, &Brand),
        audience: &Audience<'_>,
        round: &mut Round,
    ) -> Result<Move, Stop> {
        let stage = if round.repairing {
            "REPAIRING"
        } else {
            "WRITING"
        };
        audience.tell(Chunk::Stage(stage)).await;
        let result = match self.call(prompt, attempt.choice, audience).await {
            Ok(result) => result,
            Err(error) => {
                // For a person who waits for a text there is no later.
                let patient = matches!(audience, Audience::Queue);
                return Ok(self.failed(attempt, round, &error, patient));
            }
        };
        let ended = Ended::from(attempt.spent(Some(result.usage)));
        let draft = Draft::new(
            &result.caption,
            &result.hashtags,
            result.alt_text.as_deref(),
        );
        Ok(match judge(attempt, brand, draft, round.repairing) {
            Judgement::Repair(next) => {
                round.repairing = true;
                Move::Next(ended, next)
            }
            Judgement::Forbidden => Move::Over(ended, Stage::Failed(Failure::forbidden_claim())),
            Judgement::Good(content) => match self.after_text(&attempt.request, &content) {
                None => Move::Over(ended, Stage::Completed(content)),
                Some(Ok(next)) => Move::Next(ended.leaving(content), next),
                Some(Err(failure)) => Move::Over(ended.leaving(content), Stage::Failed(failure)),
            },
        })
    }

    /// One paid call; the caption goes out as it comes in.
    async fn call(
        &self,
        prompt: &TextPrompt,
        choice: ProviderChoice,
        audience: &Audience<'_>,
    ) -> Result<TextResult, ProviderError> {
        let mut events = self.providers.text(prompt, choice).await?;
        while let Some(event) = events.next().await {
            match event? {
                TextEvent::CaptionDelta(piece) => audience.tell(Chunk::Caption(piece)).await,
                TextEvent::Done(result) => return Ok(result),
            }
        }
        Err(ProviderError::Transient {
            retry_after: None,
            billed: Billed::Unknown,
        })
    }
}

enum Judgement {
    Good(Content),
    Repair(Next),
    Forbidden,
}

fn judge(attempt: &Attempt, brand: &Brand, draft: Draft, repaired: bool) -> Judgement {
    let limits = attempt.request.order.platform.limits();
    let demands = &brand.demands;
    let faults = draft.faults(limits, demands);
    if faults.is_empty() {
        return Judgement::Good(content(draft));
    }
    if !repaired {
        let prompt = prompt::repair(&attempt.request.order, brand, &draft, &faults);
        return Judgement::Repair(Next {
            choice: attempt.choice,
            ask: Ask::Text(prompt, brand.clone()),
        });
    }
    let cut = draft.cut(limits, demands);
    let left = cut.faults(limits, demands);
    if left
        .iter()
        .any(|fault| matches!(fault, Fault::Forbidden(_)))
    {
        return Judgement::Forbidden;
    }
    Judgement::Good(content(cut))
}

fn content(draft: Draft) -> Content {
    let alt_text = draft
        .alt_text
        .map(|text| text.chars().take(prompt::ALT_TEXT_CHARS).collect());
    Content {
        caption: draft.caption,
        hashtags: draft.hashtags,
        alt_text,
        image_url: None,
        video_url: None,
    }
}
