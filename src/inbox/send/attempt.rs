//! The one attempt: the platform is asked, and what it says is written down.

use std::time::Duration;

use super::begin::Ready;
use super::failure::{self, Outcome};
use super::wire;
use crate::channels::refresh;
use crate::clients::graph::Class;
use crate::error::Error;
use crate::inbox::event::{
    Arrival, Content, Direction, InboundEvent, Moment, Profile, TimeSource, What,
};
use crate::inbox::outgoing::{Outgoing, State};
use crate::inbox::reception::told::tell;
use crate::inbox::store::{self, Ending};
use crate::policy::Permit;
use crate::state::AppState;
use crate::store::{StoreError, Writes};

/// How often what the platform said is tried to be written down while Firestore does not answer. Repeating it is safe;
/// giving it up leaves the message to its echo, its status, or the sweep.
const WRITE_ATTEMPTS: u32 = 3;

/// Asks the platform, once, and says how the message stands then.
///
/// # Errors
/// The failure, when the message certainly did not go out.
pub(super) async fn run(state: &AppState, ready: &Ready) -> Result<Outgoing, Error> {
    let Ready { ours, request, .. } = ready;
    let answer = state
        .graph
        .post(&ready.access, &request.path, &request.body)
        .await;
    let outcome = match &answer {
        Ok(answer) => match wire::platform_id(ready.way, answer) {
            Some(id) => return Ok(sent(state, ready, &id).await),
            None => Outcome::Unclear,
        },
        Err(error) => {
            tracing::warn!(channel = ready.channel.id, %error, "a message was not answered for");
            Outcome::of(error)
        }
    };
    let mut left = ours.clone();
    match outcome {
        Outcome::Unclear => {
            left.state = State::Unclear;
            let text = failure::unclear();
            let ending = Ending::Unclear(failure::UNCLEAR, &text);
            Ok(ended(state, ready, ending).await.unwrap_or(left))
        }
        Outcome::Failed(failure) => {
            let ending = Ending::Failed(&failure.code, &failure.text);
            let ended = ended(state, ready, ending).await;
            if answer.is_err_and(|error| error.class() == Class::Reconnect) {
                refresh::hurry(state, &ready.channel.id).await;
            }
            match ended {
                // Its echo came in between: it went out after all.
                Some(ours) if matches!(ours.state, State::Sent { .. }) => Ok(ours),
                _ => Err(failure.into()),
            }
        }
    }
}

/// The platform has it: what it says is taken in as its echo would be.
async fn sent(state: &AppState, ready: &Ready, platform_id: &str) -> Outgoing {
    let ours = &ready.ours;
    let event = InboundEvent {
        account: ours.account.clone(),
        what: What::Message(Box::new(Arrival {
            id: platform_id.to_owned(),
            contact: ready.contact.clone(),
            profile: Profile::default(),
            direction: Direction::Out,
            anonymous: false,
            app: None,
            outgoing: Some(ours.id.clone()),
            at: Some(Moment {
                at: ours.called,
                source: TimeSource::Event,
            }),
            history: false,
            content: Content {
                kind: ready.draft.said.kind(),
                text: Some(ready.draft.said.shown()),
                ..Content::default()
            },
        })),
    };
    let written = insisting(|| async {
        let now = state.clock.now();
        tell(&state.store, &ready.channel, &event, now, &ready.permit).await
    })
    .await;
    let known = match written {
        Ok(inbox) => inbox.outgoing.get(&ours.id).cloned(),
        Err(error) => {
            tracing::error!(%error, "a message was sent, and that could not be written down");
            None
        }
    };
    known.unwrap_or_else(|| {
        let mut sent = ours.clone();
        sent.settle(platform_id);
        sent
    })
}

/// Writes down how an attempt ended that brought no id; the message as it stands then, or nothing when that could not be
/// written.
async fn ended(state: &AppState, ready: &Ready, ending: Ending<'_>) -> Option<Outgoing> {
    let ours = &ready.ours;
    let written = insisting(|| end(state, &ours.id, &ours.attempt_id, ending, &ready.permit)).await;
    match written {
        Ok(ours) => ours,
        Err(error) => {
            tracing::error!(%error, "how sending a message ended could not be written down");
            None
        }
    }
}

/// Writes down how an attempt ended, unless something surer came in between. Two round trips.
///
/// # Errors
/// As [`crate::store::Store::commit`].
pub(super) async fn end(
    state: &AppState,
    id: &str,
    attempt_id: &str,
    ending: Ending<'_>,
    permit: &Permit,
) -> Result<Option<Outgoing>, StoreError> {
    state
        .store
        .retrying(|| async {
            let known = store::outgoing(&state.store, &[id]).await?;
            let Some((mut ours, time)) = known.into_iter().next() else {
                return Ok(None);
            };
            let news = match ending {
                Ending::Failed(code, _) => ours.fail(attempt_id, code),
                Ending::Unclear(..) => ours.lose(attempt_id),
                Ending::Noted => false,
            };
            if news {
                let mut writes = Writes::new();
                store::end(&ours, time, ending, state.clock.now(), &mut writes, permit)?;
                state.store.commit(writes).await?;
            }
            Ok(Some(ours))
        })
        .await
}

/// Repeats a write while Firestore does not answer.
async fn insisting<T, F>(mut write: impl FnMut() -> F) -> Result<T, StoreError>
where
    F: Future<Output = Result<T, StoreError>>,
{
    let mut tries = 1;
    loop {
        match write().await {
            Err(StoreError::Unavailable(_)) if tries < WRITE_ATTEMPTS => {
                tokio::time::sleep(Duration::from_millis(200 << tries)).await;
                tries += 1;
            }
            other => return other,
        }
    }
}
