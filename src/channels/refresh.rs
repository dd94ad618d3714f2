//! `POST /tasks/refreshChannels`, each hour by Cloud Scheduler: keeps every channel's token alive, proves it, and watches that the
//! platform still sends.
//!
//! It takes no input: it looks at the channels that are due, the longest due first, takes each under a lease, and writes down
//! what it found. A run that was killed leaves leases that end; the next run takes over. The everyday path and the path after
//! a crash are the same.
//!
//! *Invariant:* an old token is given up only for a new one that has made a call; and only what the platform says of the token
//! itself marks a channel as lost.

mod lease;
mod look;
mod note;

use axum::extract::State;
use axum::response::Response;
use futures::StreamExt as _;

use self::lease::{Taken, take};
use self::look::{Look, Token, look};
use self::note::{Noted, note};
use super::reconnect::Reason;
use super::subscribe::{self, AppFields, subscribed_together};
use super::{connect, store};
use crate::error::Error;
use crate::extract::pushed::{Pushed, settle};
use crate::policy::{Action, Actor, Permit, authorize};
use crate::state::AppState;

/// Channels looked at at the same time.
const AT_ONCE: usize = 8;

/// How long the first replay after a connection may take before this job puts another.
const REPLAY: jiff::SignedDuration = jiff::SignedDuration::from_mins(15);

/// Answers the schedule.
pub async fn run(State(state): State<AppState>, _: Pushed) -> Response {
    settle(refresh(&state).await)
}

/// What a run did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Tally {
    looked_at: u32,
    renewed: u32,
    lost: u32,
    unclear: u32,
}

/// Looks at all channels that are due, for as long as half the time that a request may take. A query, a read and a commit for
/// each 50; for each channel a commit, and two to eight calls to the platform.
///
/// # Idempotency
/// Two runs at once share the channels among them.
///
/// # Errors
/// `UNAVAILABLE` when Firestore is away; what was done by then is done.
async fn refresh(state: &AppState) -> Result<(), Error> {
    let permit = authorize(&Actor::Service, &Action::MaintainChannel)?;
    let until = tokio::time::Instant::now() + state.config.callable_timeout / 2;
    let mut tally = Tally::default();
    let mut app = None;
    loop {
        let (taken, full) = take(state, &permit).await?;
        if app.is_none() && !taken.is_empty() {
            app = Some(app_fields(state).await);
        }
        let app = app.as_ref().and_then(Option::as_ref);
        let together = subscribed_together(taken, |taken| taken.record.account.subscribed_at());
        let looks: Vec<_> = together
            .into_iter()
            .map(|taken| attend_each(state, &permit, taken, app))
            .collect();
        let outcomes: Vec<Vec<Result<Tally, Error>>> = futures::stream::iter(looks)
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        for outcome in outcomes.into_iter().flatten() {
            match outcome {
                Ok(one) => tally.add(one),
                // Its lease ends, and it is due again.
                Err(error) => tracing::warn!(
                    %error,
                    cause = error.source_text(),
                    "a channel was not seen to"
                ),
            }
        }
        if !full || tokio::time::Instant::now() >= until {
            break;
        }
    }
    if tally.looked_at > 0 {
        let Tally {
            looked_at,
            renewed,
            lost,
            unclear,
        } = tally;
        tracing::info!(looked_at, renewed, lost, unclear, "channels refreshed");
    }
    Ok(())
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.looked_at += other.looked_at;
        self.renewed += other.renewed;
        self.lost += other.lost;
        self.unclear += other.unclear;
    }
}

/// What others do when the platform refused a channel's token: the next run looks at it first. Nobody marks a channel on the
/// word of one call that failed. One round trip; that it did not succeed is logged, and the everyday look comes anyway.
pub async fn hurry(state: &AppState, channel_id: &str) {
    let Ok(permit) = authorize(&Actor::Service, &Action::MaintainChannel) else {
        return;
    };
    let now = state.clock.now();
    if let Err(error) = store::mark_due(&permit, &state.store, channel_id, now).await {
        tracing::warn!(%error, channel = channel_id, "a refused token waits for its everyday look");
    }
}

async fn app_fields(state: &AppState) -> Option<AppFields> {
    let app = subscribe::app(state).await;
    app.inspect_err(|error| tracing::warn!(%error, "the app's subscriptions cannot be read"))
        .ok()
}

/// Looks at channels that share a subscription, one after the other.
async fn attend_each(
    state: &AppState,
    permit: &Permit,
    taken: Vec<Taken>,
    app: Option<&AppFields>,
) -> Vec<Result<Tally, Error>> {
    let mut outcomes = Vec::with_capacity(taken.len());
    for taken in taken {
        outcomes.push(attend(state, permit, taken, app).await);
    }
    outcomes
}

/// Looks at one channel, and writes down what was found.
async fn attend(
    state: &AppState,
    permit: &Permit,
    taken: Taken,
    app: Option<&AppFields>,
) -> Result<Tally, Error> {
    let Taken {
        record,
        time,
        secret,
    } = taken;
    let id = &record.channel.id;
    let seen = match secret.map(|secret| secret.open_kept(&state.channel_keys, id)) {
        Some(Ok(kept)) => look(state, &record, &kept, app).await,
        Some(Err(error)) => {
            // A key that went too early can come back.
            tracing::error!(%error, channel = id, "a channel's token cannot be opened");
            Look::at(Token::Unclear { after: None })
        }
        None => Look::at(Token::Refused(Reason::Refused)),
    };
    let mut tally = Tally {
        looked_at: 1,
        ..Tally::default()
    };
    // First from what the lease left; only when somebody wrote in between, from what stands.
    let mut known = time.map(|time| (record.clone(), time));
    let attempt = || note(state, permit, &record, known.take(), &seen);
    match state.store.retrying(attempt).await? {
        Noted::Lost => tally.lost = 1,
        Noted::Plainly => {}
    }
    match &seen.token {
        Token::Works { renewed } => tally.renewed = u32::from(renewed.is_some()),
        Token::Unclear { .. } => tally.unclear = 1,
        Token::Refused(_) | Token::MayNot => {}
    }
    if record.replay_due && state.clock.now() > record.connected + REPLAY {
        connect::enrol::replay(state, id, state.clock.now()).await;
    }
    Ok(tally)
}
