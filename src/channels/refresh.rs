//! `POST /tasks/refreshChannels`, each hour by Cloud Scheduler: keeps every channel's token alive, proves it, and watches that the
//! platform still sends.
//!
//! It takes no input: it looks at the channels that are due, the longest due first, takes each under a lease, and writes down
//! what it found. A run that was killed leaves leases that end; the next run takes over. The everyday path and the path after
//! a crash are the same.
//!
//! *Invariant:* an old token is given up only for a new one that has made a call; and only what the platform says of the token
//! itself marks a channel as lost.

mod look;

use axum::extract::State;
use axum::response::Response;
use futures::StreamExt as _;
use jiff::Timestamp;

use self::look::{Look, Token, look};
use super::record::{self, Record, lacking_trouble, silence_trouble};
use super::secrets::{self, CHANNEL_SECRETS, Kept, SecretDoc};
use super::store::{self, Stored};
use super::subscribe::{self, AppFields, subscribed_together};
use super::{ChannelState, connect, schedule};
use crate::error::Error;
use crate::extract::pushed::{Pushed, settle};
use crate::jobs::{Lease, lease_length};
use crate::policy::{Action, Actor, Permit, authorize};
use crate::state::AppState;
use crate::store::{Doc, Guard, StoreError, UpdateTime, Writes};

/// Channels taken under lease at a time.
const PAGE: u32 = 50;

/// Channels looked at at the same time.
const AT_ONCE: usize = 8;

/// How long a document that cannot be read is left alone, so that it does not stand before all others for ever.
const UNREADABLE: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

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

/// What others need after the platform refused a channel's token: proves it now, and says how the channel stands. Nobody marks
/// a channel on the word of one failed call.
///
/// # Errors
/// `UNAVAILABLE` when Firestore is away.
pub async fn check(state: &AppState, channel_id: &str) -> Result<Option<ChannelState>, Error> {
    let permit = authorize(&Actor::Service, &Action::MaintainChannel)?;
    let Some(found) = store::record(&state.store, channel_id).await? else {
        return Ok(None);
    };
    let leased = |record: &Record| {
        let lease = record.care.lease.as_ref();
        lease.is_some_and(|lease| lease.holds(state.clock.now()))
    };
    if found
        .record
        .as_ref()
        .is_some_and(|record| record.channel.state == ChannelState::Connected && !leased(record))
    {
        let taken = claim_each(state, &permit, vec![(channel_id.to_owned(), found)]).await?;
        for mut taken in taken {
            let secret = state.store.get(&secrets::path(channel_id)).await?;
            taken.secret = secret.map(|doc| doc.value);
            attend(state, &permit, taken, None).await?;
        }
    }
    let now = store::record(&state.store, channel_id).await?;
    Ok(now.and_then(|now| Some(now.record?.channel.state)))
}

/// A channel under this run's lease, as the lease left it, and its sealed token.
struct Taken {
    record: Record,
    time: Option<UpdateTime>,
    secret: Option<SecretDoc>,
    lease: Lease,
}

async fn app_fields(state: &AppState) -> Option<AppFields> {
    let app = subscribe::app(state).await;
    app.inspect_err(|error| tracing::warn!(%error, "the app's subscriptions cannot be read"))
        .ok()
}

/// Takes channels that are due, and says whether more may be.
async fn take(state: &AppState, permit: &Permit) -> Result<(Vec<Taken>, bool), Error> {
    let now = state.clock.now();
    let due = store::due(&state.store, now, PAGE).await?;
    let full = due.len() == PAGE as usize;
    let mut taken = claim(state, permit, due).await?;
    let ids: Vec<&str> = taken
        .iter()
        .map(|taken| taken.record.channel.id.as_str())
        .collect();
    if ids.is_empty() {
        return Ok((taken, full));
    }
    let mut secrets = state
        .store
        .get_many::<SecretDoc>(CHANNEL_SECRETS, &ids)
        .await?;
    for taken in &mut taken {
        let secret = secrets.remove(&taken.record.channel.id);
        taken.secret = secret.map(|doc: Doc<SecretDoc>| doc.value);
    }
    Ok((taken, full))
}

/// Leases all in one commit; when somebody else is at one of them, each by itself.
async fn claim(
    state: &AppState,
    permit: &Permit,
    due: Vec<(String, Stored)>,
) -> Result<Vec<Taken>, Error> {
    let lease = new_lease(state);
    let mut writes = Writes::new();
    for (id, stored) in &due {
        write_claim(permit, &mut writes, id, stored, &lease)?;
    }
    match state.store.commit_timed(writes).await {
        Ok(times) => Ok(taken(due, times, &lease)),
        Err(StoreError::Conflict | StoreError::NotFound) => claim_each(state, permit, due).await,
        Err(error) => Err(error.into()),
    }
}

async fn claim_each(
    state: &AppState,
    permit: &Permit,
    due: Vec<(String, Stored)>,
) -> Result<Vec<Taken>, Error> {
    let mut leased = Vec::new();
    for (id, stored) in due {
        let lease = new_lease(state);
        let mut writes = Writes::new();
        write_claim(permit, &mut writes, &id, &stored, &lease)?;
        match state.store.commit_timed(writes).await {
            Ok(times) => leased.extend(taken(vec![(id, stored)], times, &lease)),
            Err(StoreError::Conflict | StoreError::NotFound) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(leased)
}

fn new_lease(state: &AppState) -> Lease {
    Lease::new(state.clock.now(), lease_length(&state.config))
}

fn write_claim(
    permit: &Permit,
    writes: &mut Writes,
    id: &str,
    stored: &Stored,
    lease: &Lease,
) -> Result<(), StoreError> {
    if stored.record.is_none() {
        tracing::error!(channel = id, "a channel's document cannot be read");
        let lease = Lease::waiting(lease.until + UNREADABLE);
        return store::claim(permit, writes, id, &lease, stored.update_time);
    }
    store::claim(permit, writes, id, lease, stored.update_time)
}

fn taken(due: Vec<(String, Stored)>, times: Vec<Option<UpdateTime>>, lease: &Lease) -> Vec<Taken> {
    due.into_iter()
        .zip(times)
        .filter_map(|((_, stored), time)| {
            let mut record = stored.record?;
            record.care.lease = Some(lease.clone());
            Some(Taken {
                record,
                time,
                secret: None,
                lease: lease.clone(),
            })
        })
        .collect()
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
        lease,
    } = taken;
    let id = &record.channel.id;
    let kept = match secret.map(|secret| secret.open_kept(&state.channel_keys, id)) {
        Some(Ok(kept)) => Some(kept),
        Some(Err(error)) => {
            tracing::error!(%error, channel = id, "a channel's token cannot be opened");
            None
        }
        None => {
            // The person took the grant back at Meta: known, and told.
            if record.channel.state == ChannelState::Connected {
                tracing::error!(channel = id, "a channel has no token");
            }
            None
        }
    };
    let seen = match &kept {
        Some(kept) => look(state, &record, kept, app).await,
        None => Look::blind(),
    };
    let mut tally = Tally {
        looked_at: 1,
        ..Tally::default()
    };
    // First from what the lease left; only when somebody wrote in between, from what stands.
    let mut known = time.map(|time| (record.clone(), time));
    let attempt = || note(state, permit, id, &lease, known.take(), &seen);
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

enum Noted {
    Plainly,
    Lost,
}

/// Writes down what was found, if the lease is still this run's.
async fn note(
    state: &AppState,
    permit: &Permit,
    id: &str,
    lease: &Lease,
    known: Option<(Record, UpdateTime)>,
    seen: &Look,
) -> Result<Noted, Error> {
    let now = state.clock.now();
    let known = match known {
        Some(known) => Some(known),
        None => store::record(&state.store, id)
            .await?
            .and_then(|found| Some((found.record?, found.update_time))),
    };
    let Some((mut record, update_time)) = known else {
        return Ok(Noted::Plainly);
    };
    let ours = record.care.lease.as_ref().map(|held| &held.attempt_id) == Some(&lease.attempt_id);
    if !ours || record.channel.state == ChannelState::Disconnected {
        // Connected anew, or given up, in the meantime: what was found is about a token of the past.
        return Ok(Noted::Plainly);
    }
    let lost = apply(&mut record, seen, now);
    commit(state, permit, &record, update_time, seen.renewed()).await?;
    if lost {
        tracing::warn!(
            alarm = "CHANNEL_RECONNECT",
            channel = id,
            reason = record
                .reconnect
                .as_ref()
                .map(|trouble| trouble.reason.as_str()),
            "a channel has to be connected again"
        );
        return Ok(Noted::Lost);
    }
    Ok(Noted::Plainly)
}

async fn commit(
    state: &AppState,
    permit: &Permit,
    record: &Record,
    read: UpdateTime,
    renewed: Option<&Kept>,
) -> Result<(), Error> {
    let id = &record.channel.id;
    let mut writes = Writes::new();
    store::put(permit, &mut writes, record, Some(read))?;
    if let Some(kept) = renewed {
        let sealed = SecretDoc::seal_kept(&state.channel_keys, id, kept)
            .map_err(|error| Error::internal(error.to_string()))?;
        secrets::put(permit, &mut writes, id, &sealed, Guard::None)?;
    }
    Ok(state.store.commit(writes).await?)
}

/// Says in the record what was found; true when the channel is lost now and was not before.
fn apply(record: &mut Record, seen: &Look, now: Timestamp) -> bool {
    let id = record.channel.id.clone();
    record.care.lease = None;
    match &seen.token {
        Token::Works { renewed } => {
            if record.proved(now) {
                tracing::info!(channel = id, "a channel works again by itself");
            }
            if let Some(renewed) = renewed {
                record.token = renewed.life;
            }
            if let Some(subscribed) = &seen.subscribed {
                record.subscribed = subscribed.clone();
            }
            let lacking = &record.subscribed.lacking;
            let found = if lacking.is_empty() {
                let since = record.silent_since(now);
                since.map(|since| silence_trouble(since, seen.events_lost, now))
            } else {
                Some(lacking_trouble(lacking, now))
            };
            record.problem = since_when(record.problem.take(), found);
            if seen.unfinished {
                record.care.failures += 1;
                record.care.next = Some(schedule::retry(&id, record.care.failures, None, now));
            } else {
                record.care.next = Some(schedule::next_look(&id, now));
            }
            false
        }
        Token::Refused(reason) => {
            let lost = record.refused(*reason, now);
            let doubted = record.channel.state == ChannelState::Connected;
            record.care.next = Some(if doubted {
                now + record::DOUBT
            } else {
                schedule::next_look(&id, now)
            });
            lost
        }
        Token::MayNot => {
            record.care.failures += 1;
            let found = Some(record::permission_trouble(now));
            record.problem = since_when(record.problem.take(), found);
            record.care.next = Some(schedule::next_look(&id, now));
            false
        }
        Token::Unclear { after } => {
            record.care.failures += 1;
            let next = schedule::retry(&id, record.care.failures, *after, now);
            record.care.next = Some(next);
            false
        }
    }
}

/// A trouble that was there before stays as old as it is.
fn since_when(
    before: Option<record::Trouble>,
    found: Option<record::Trouble>,
) -> Option<record::Trouble> {
    let mut found = found?;
    if let Some(before) = before.filter(|before| before.reason == found.reason) {
        found.at = before.at;
    }
    Some(found)
}
