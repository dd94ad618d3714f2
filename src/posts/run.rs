//! One turn of a post: claimed, taken through as many steps as may be taken now, each written down, and left.
//!
//! Every step ends in a guarded commit, and the publish call is made only when the commit of its intent has succeeded. So a
//! second worker finds the lease; whoever calls the post off makes the next commit fail; and a worker that dies leaves to
//! its successor what `journal` needs to know. A queue's repetition is a new turn, never the same calls once more.

mod acts;

use std::time::Duration;

use jiff::SignedDuration;

use super::check::Situation;
use super::journal::{Flow, Live, Plan, Stage, Step};
use super::refusal::SPAM_REST;
use super::{Failure, Post, store};
use crate::channels;
use crate::error::Error;
use crate::jobs::{Lease, TaskError, lease_length};
use crate::policy::{Action, Actor, Permit, authorize};
use crate::state::AppState;
use crate::store::{StoreError, UpdateTime, Writes};

/// How much earlier than its time a waiting post may be taken up: queues and services do not share a clock.
const EARLIER: SignedDuration = SignedDuration::from_secs(1);

/// The pause after a turn that has used up its time.
const NEXT_TURN: SignedDuration = SignedDuration::from_secs(1);

/// How a turn ended.
#[derive(Debug)]
pub enum Outcome {
    /// The post is over, or somebody else has it, or its time has not come, or there is none.
    Done,
    /// It goes on later.
    Later(SignedDuration),
}

impl Outcome {
    /// The answer of the turn's task.
    pub fn for_task(&self) -> Result<(), TaskError> {
        match self {
            Self::Done => Ok(()),
            Self::Later(after) => Err(TaskError::Retry {
                after: Some(*after),
                cause: Error::unavailable("a post waits for its next turn"),
            }),
        }
    }
}

/// Why a turn stopped before its end.
#[derive(Debug, thiserror::Error)]
enum Stop {
    #[error(transparent)]
    Store(StoreError),
    #[error("somebody else has changed the post")]
    Lost,
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict | StoreError::NotFound => Self::Lost,
            StoreError::AlreadyExists | StoreError::Unavailable(_) | StoreError::Corrupt(_) => {
                Self::Store(error)
            }
        }
    }
}

/// A post under way, and who holds it.
pub(super) struct Turn<'a> {
    pub(super) state: &'a AppState,
    pub(super) post: Post,
    pub(super) situation: Situation,
    permit: Permit,
    read: UpdateTime,
    plan: Plan,
    /// The account has to rest: to be written with the next commit.
    rests: Option<Failure>,
    /// The platform refused the account's token.
    token_refused: bool,
}

/// Takes a turn of a post. Ten round trips, and the platform's time, when a picture goes out without a pause: post, four
/// reads of its situation, the claim, and a commit after each of check, container, reading, intent and publish.
///
/// # Idempotency
/// By the lease: any number of turns at a time take one step each.
///
/// # Errors
/// `UNAVAILABLE` when Firestore does not answer: the post is then taken up once its lease is over.
pub async fn turn(state: &AppState, id: &str) -> Result<Outcome, Error> {
    let Some(mut turn) = claim(state, id).await? else {
        return Ok(Outcome::Done);
    };
    match turn.go_on().await {
        Ok(outcome) => Ok(outcome),
        // Called off, or taken over: whoever has it writes what becomes of it.
        Err(Stop::Lost) => Ok(Outcome::Done),
        Err(Stop::Store(error)) => Err(error.into()),
    }
}

async fn claim<'a>(state: &'a AppState, id: &str) -> Result<Option<Turn<'a>>, Error> {
    let permit = authorize(&Actor::Service, &Action::PublishPost)?;
    let now = state.clock.now();
    let Some(stored) = store::get(&state.store, id).await? else {
        return Ok(None);
    };
    let mut post = match stored.post {
        Ok(post) => post,
        Err(error) => {
            tracing::error!(cause = error.source_text(), "a document is no post");
            let mut writes = Writes::new();
            store::refuse(&permit, &mut writes, id, stored.update_time, now)?;
            return lost_or(state.store.commit(writes).await).map(|()| None);
        }
    };
    let held = post.lease.as_ref().is_some_and(|lease| {
        let margin = match lease.attempt() {
            Some(_) => SignedDuration::ZERO,
            None => EARLIER,
        };
        lease.holds(now + margin)
    });
    if post.journal.stage.is_over() || held {
        return Ok(None);
    }
    let situation = Situation::read(state, &post).await?;
    post.lease = Some(Lease::new(now, lease_length(&state.config)));
    post.journal = post.journal.resumed(now);
    let mut turn = Turn {
        state,
        plan: post.plan(),
        post,
        situation,
        permit,
        read: stored.update_time,
        rests: None,
        token_refused: false,
    };
    match turn.save().await {
        Ok(()) => Ok(Some(turn)),
        Err(Stop::Lost) => Ok(None),
        Err(Stop::Store(error)) => Err(error.into()),
    }
}

fn lost_or(outcome: Result<(), StoreError>) -> Result<(), Error> {
    match outcome {
        Err(StoreError::Conflict | StoreError::NotFound) | Ok(()) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

impl Turn<'_> {
    async fn go_on(&mut self) -> Result<Outcome, Stop> {
        let began = tokio::time::Instant::now();
        // What is begun within a third of a request's time ends within the rest of it.
        let time: Duration = self.state.config.callable_timeout / 3;
        loop {
            let step = self.post.journal.step(self.plan);
            let flow = match step {
                Step::Rest => return Ok(Outcome::Done),
                Step::Intend => {
                    self.post.journal = self.post.journal.clone().intend(self.now());
                    Flow::Go
                }
                _ => {
                    let heard = self.act(step).await?;
                    let (journal, flow) =
                        self.post.journal.clone().hear(self.plan, heard, self.now());
                    self.post.journal = journal;
                    flow
                }
            };
            // An intent is carried out in this turn or never: only what comes before it waits for the next.
            let flow = match flow {
                Flow::Go if began.elapsed() > time && !self.post.journal.armed => {
                    Flow::Pause(NEXT_TURN)
                }
                flow => flow,
            };
            match flow {
                Flow::Go => self.save().await?,
                Flow::Pause(pause) => {
                    self.post.lease = Some(Lease::waiting(self.now() + pause));
                    self.save().await?;
                    self.prove_token().await;
                    return Ok(Outcome::Later(pause));
                }
                Flow::Over => {
                    self.post.lease = None;
                    if let Stage::Published(_) = self.post.journal.stage {
                        self.post.published_at = Some(self.now());
                    }
                    self.save().await?;
                    self.report();
                    self.find_permalink().await?;
                    return Ok(Outcome::Done);
                }
            }
        }
    }

    /// Has a token that was refused looked at by the next run of the refresh, so that its person is asked to reconnect soon
    /// and not at the next daily look. One refusal alone marks nothing.
    async fn prove_token(&self) {
        if !self.token_refused {
            return;
        }
        channels::refresh::hurry(self.state, &self.post.channel_id).await;
    }

    pub(super) fn now(&self) -> jiff::Timestamp {
        self.state.clock.now()
    }

    /// Writes down where the post stands, provided that nobody else has since it was read.
    async fn save(&mut self) -> Result<(), Stop> {
        let now = self.now();
        let mut writes = Writes::new();
        store::advance(&self.permit, &mut writes, &self.post, self.read, now)?;
        if let Some(failure) = self.rests.take() {
            let until = now + SPAM_REST;
            store::stop(
                &self.permit,
                &mut writes,
                &self.post.channel_id,
                until,
                &failure,
            )?;
        }
        let times = self.state.store.commit_timed(writes).await?;
        match times.first() {
            Some(Some(time)) => self.read = *time,
            // A commit that says nothing of its time cannot be built upon.
            _ => return Err(Stop::Lost),
        }
        Ok(())
    }

    fn report(&self) {
        let id = self.post.id.as_str();
        let attempts = self.post.journal.publishes;
        match &self.post.journal.stage {
            Stage::Unconfirmed(_) => {
                tracing::error!(
                    alarm = "POST_UNCONFIRMED",
                    post = id,
                    attempts,
                    "nobody knows whether a post is live: a person must look"
                );
            }
            Stage::Failed(failure) => {
                let code = failure.code.as_str();
                tracing::warn!(
                    alarm = "POST_FAILED",
                    post = id,
                    attempts,
                    code,
                    "a post failed"
                );
            }
            stage => tracing::info!(post = id, attempts, state = stage.word(), "a post is over"),
        }
    }

    /// Adds where people see the post. That it cannot be found out changes nothing.
    async fn find_permalink(&mut self) -> Result<(), Stop> {
        let Stage::Published(live) = self.post.journal.stage.clone() else {
            return Ok(());
        };
        let (Some(post), None) = (&live.external_id, &live.permalink) else {
            return Ok(());
        };
        let found = self.permalink(post).await;
        if let Some(permalink) = found {
            self.post.journal.stage = Stage::Published(Live {
                permalink: Some(permalink),
                ..live
            });
            self.save().await?;
        }
        Ok(())
    }
}
