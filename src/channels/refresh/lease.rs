//! Taking channels under lease, so that two runs share them and a dead one loses none.

use crate::channels::record::Record;
use crate::channels::secrets::{CHANNEL_SECRETS, SecretDoc};
use crate::channels::store::{self, Stored};
use crate::error::Error;
use crate::jobs::{Lease, lease_length};
use crate::policy::Permit;
use crate::state::AppState;
use crate::store::{Doc, StoreError, UpdateTime, Writes};

/// Channels taken under lease at a time.
const PAGE: u32 = 50;

/// How long a document that cannot be read is left alone, so that it does not stand before all others for ever.
const UNREADABLE: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

/// A channel under this run's lease, as the lease left it and when that was, and its sealed token.
pub(super) struct Taken {
    pub(super) record: Record,
    pub(super) time: Option<UpdateTime>,
    pub(super) secret: Option<SecretDoc>,
}

/// Takes channels that are due, and says whether more may be.
pub(super) async fn take(state: &AppState, permit: &Permit) -> Result<(Vec<Taken>, bool), Error> {
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

/// Leases each by itself, and leaves out those that somebody else is at.
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
            })
        })
        .collect()
}
