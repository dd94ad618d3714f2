//! The moves of the [`Journal`]: what is next, and what is made of what was heard.

use jiff::{SignedDuration, Timestamp};

use super::doubt::new_doubt;
use super::{
    CONTAINER_LIFE, Container, Flow, Heard, Journal, LONGEST_PAUSE, LOOK_AGAIN, Live,
    MOST_CONTAINERS, MOST_EARLY_PUBLISHES, PROCESSING_PATIENCE, Plan, Reason, Stage, Status, Step,
    Verdict, Wait,
};
use crate::posts::Failure;

impl Journal {
    /// Takes the journal over from whoever worked on it before: a publish call that they meant to make may have been made.
    #[must_use]
    pub fn resumed(mut self, now: Timestamp) -> Self {
        self.armed = false;
        if self.stage == Stage::Publishing && self.doubt.is_none() {
            self.doubt = Some(new_doubt(now));
        }
        self
    }

    /// What is to be done next.
    pub fn step(&self, plan: Plan) -> Step {
        match &self.stage {
            Stage::Scheduled => Step::Check,
            Stage::Preparing => self.preparation(plan),
            Stage::Publishing if self.armed => Step::Publish,
            Stage::Publishing => Step::Settle,
            Stage::Published(_) | Stage::Failed(_) | Stage::Unconfirmed(_) | Stage::Cancelled => {
                Step::Rest
            }
        }
    }

    fn preparation(&self, plan: Plan) -> Step {
        let Plan::Containers { parts } = plan else {
            return Step::Intend;
        };
        if let Some(container) = &self.container {
            return if container.ready {
                Step::Intend
            } else {
                Step::Read
            };
        }
        if self.parts.len() < parts {
            return Step::MakePart(self.parts.len());
        }
        match self.parts.iter().position(|part| !part.ready) {
            Some(part) => Step::ReadPart(part),
            None => Step::Make,
        }
    }

    /// Writes down that the publish call is about to be made; it may be made once this is committed.
    #[must_use]
    pub fn intend(mut self, now: Timestamp) -> Self {
        self.stage = Stage::Publishing;
        // A first intent dates what to look for among the account's posts, whichever call made it.
        if self.doubt.is_none() {
            self.intent_at = Some(now);
        }
        self.publishes += 1;
        self.armed = true;
        self
    }

    /// The journal of the post called off; `None` when it is past its schedule.
    pub fn cancelled(&self) -> Option<Self> {
        (self.stage == Stage::Scheduled).then(|| Self {
            stage: Stage::Cancelled,
            wait: None,
            ..self.clone()
        })
    }

    /// The journal with what a person found out about a post in doubt; `None` when nobody was asked.
    pub fn resolved(&self, live: Option<Live>) -> Option<Self> {
        let Stage::Unconfirmed(_) = self.stage else {
            return None;
        };
        let stage = live.map_or_else(|| Stage::Failed(Failure::not_published()), Stage::Published);
        Some(Self {
            stage,
            doubt: None,
            ..self.clone()
        })
    }

    /// Goes on with what came of the last [`Journal::step`].
    #[must_use]
    pub fn hear(self, plan: Plan, heard: Heard, now: Timestamp) -> (Self, Flow) {
        let step = self.step(plan);
        match heard {
            Heard::Checked(Ok(())) => self.checked(now),
            Heard::Made(Ok(id)) => self.made(step, id, now),
            Heard::Read(Ok(status)) => self.read(step, status, now),
            Heard::Published(Ok(id)) => self.live(Live {
                external_id: Some(id),
                ..Live::default()
            }),
            Heard::Published(Err(verdict)) => self.not_heard_published(verdict, now),
            Heard::Checked(Err(verdict))
            | Heard::Made(Err(verdict))
            | Heard::Read(Err(verdict)) => self.set_back(step, verdict, now),
            Heard::Settled {
                container,
                recent,
                locked_out,
            } => self.settled(plan, container, recent, locked_out, now),
        }
    }

    fn checked(mut self, now: Timestamp) -> (Self, Flow) {
        let old = |container: &Container| now.duration_since(container.made_at) > CONTAINER_LIFE;
        if self.parts.iter().chain(&self.container).any(old) {
            self.drop_containers();
        }
        self.stage = Stage::Preparing;
        (self, Flow::Go)
    }

    fn made(mut self, step: Step, id: String, now: Timestamp) -> (Self, Flow) {
        let container = Container {
            id,
            made_at: now,
            ready: false,
        };
        if let Step::MakePart(_) = step {
            self.parts.push(container);
        } else {
            self.container = Some(container);
            self.containers += 1;
        }
        self.progressed()
    }

    fn read(mut self, step: Step, status: Status, now: Timestamp) -> (Self, Flow) {
        let container = match step {
            Step::ReadPart(part) => self.parts.get_mut(part),
            _ => self.container.as_mut(),
        };
        let Some(container) = container else {
            return (self, Flow::Go);
        };
        let age = now.duration_since(container.made_at);
        match status {
            Status::Finished => {
                container.ready = true;
                self.progressed()
            }
            Status::InProgress if age > PROCESSING_PATIENCE => {
                self.set_back(step, Verdict::Renew, now)
            }
            Status::InProgress => {
                self.wait_for(Reason::Processing, now);
                self.setbacks += 1;
                let pause = doubling(SignedDuration::from_secs(5), self.setbacks);
                (self, Flow::Pause(pause.min(SignedDuration::from_secs(60))))
            }
            // Parts are published with their carousel; this one is not.
            Status::Published if matches!(step, Step::ReadPart(_)) => {
                self.set_back(step, Verdict::Renew, now)
            }
            // Nobody publishes it but us, so a call that was taken for refused was not.
            Status::Published => {
                let made_at = container.made_at;
                self.intent_at = self.intent_at.or(Some(made_at));
                self.stage = Stage::Publishing;
                self.doubt = Some(new_doubt(now));
                (self, Flow::Go)
            }
            Status::Expired => self.set_back(step, Verdict::Renew, now),
            Status::Spoilt(verdict) => self.set_back(step, verdict, now),
        }
    }

    fn progressed(mut self) -> (Self, Flow) {
        self.wait = None;
        self.setbacks = 0;
        (self, Flow::Go)
    }

    pub(super) fn live(mut self, live: Live) -> (Self, Flow) {
        self.armed = false;
        self.doubt = None;
        self.wait = None;
        self.stage = Stage::Published(live);
        (self, Flow::Over)
    }

    pub(super) fn failed(mut self, failure: Failure) -> (Self, Flow) {
        self.armed = false;
        self.doubt = None;
        self.wait = None;
        self.stage = Stage::Failed(failure);
        (self, Flow::Over)
    }

    /// A step before the publish call did not succeed: nothing is live, whatever happened.
    pub(super) fn set_back(mut self, step: Step, verdict: Verdict, now: Timestamp) -> (Self, Flow) {
        match verdict {
            Verdict::Fail(failure) => self.failed(failure),
            Verdict::Wait(why, after) => self.pause_before_all(why, after, now),
            Verdict::Later(after) => self.pause(Reason::Platform, after, now),
            // Containers are seen by nobody: one more that is never used does no harm.
            Verdict::Doubt => self.pause(Reason::Platform, None, now),
            Verdict::NotReady if self.publishes >= MOST_EARLY_PUBLISHES => self.renew(now),
            Verdict::NotReady => {
                if let Some(container) = &mut self.container {
                    container.ready = false;
                }
                self.pause(Reason::Processing, None, now)
            }
            Verdict::Renew => match step {
                Step::Check => self.pause(Reason::Platform, None, now),
                _ => self.renew(now),
            },
        }
    }

    /// Begins a new container. Never while there is a doubt.
    pub(super) fn renew(mut self, now: Timestamp) -> (Self, Flow) {
        if self.container.is_none() {
            // A part's container is used up; parts and whole are counted as one.
            self.containers += 1;
        }
        self.drop_containers();
        if self.containers >= MOST_CONTAINERS {
            return self.failed(Failure::unavailable());
        }
        self.stage = Stage::Preparing;
        self.pause(Reason::Platform, None, now)
    }

    fn drop_containers(&mut self) {
        self.parts.clear();
        self.container = None;
    }

    /// Waits where nothing was begun: it can still be called off, and is checked anew when it goes on.
    fn pause_before_all(
        mut self,
        why: Reason,
        after: Option<SignedDuration>,
        now: Timestamp,
    ) -> (Self, Flow) {
        self.stage = Stage::Scheduled;
        self.pause(why, after.or(Some(LOOK_AGAIN)), now)
    }

    fn pause(mut self, why: Reason, after: Option<SignedDuration>, now: Timestamp) -> (Self, Flow) {
        self.wait_for(why, now);
        self.setbacks = self.setbacks.saturating_add(1);
        let waited = self
            .wait
            .map_or(SignedDuration::ZERO, |wait| now.duration_since(wait.since));
        if waited >= why.patience() {
            return self.failed(why.end());
        }
        let pause = after.unwrap_or_else(|| doubling(SignedDuration::from_secs(10), self.setbacks));
        (self, Flow::Pause(pause))
    }

    pub(super) fn wait_for(&mut self, why: Reason, now: Timestamp) {
        if self.wait.is_none_or(|wait| wait.why != why) {
            self.wait = Some(Wait { why, since: now });
        }
    }
}

/// `first` doubled with each repetition after the first, up to [`LONGEST_PAUSE`].
pub(super) fn doubling(first: SignedDuration, times: u32) -> SignedDuration {
    let factor = 1_i32 << times.saturating_sub(1).min(10);
    first.saturating_mul(factor).min(LONGEST_PAUSE)
}
