//! Writing down what a look found.

use jiff::Timestamp;

use super::look::{Look, Token};
use crate::channels::record::{self, Care, Record, Trouble, lacking_trouble, silence_trouble};
use crate::channels::secrets::{self, Kept, SecretDoc};
use crate::channels::{ChannelState, schedule, store};
use crate::error::Error;
use crate::policy::Permit;
use crate::state::AppState;
use crate::store::{Guard, UpdateTime, Writes};

/// What came of it.
pub(super) enum Noted {
    Plainly,
    Lost,
}

/// Writes down what was found about `looked_at`, if it still is that under this run's lease. `known` is what stands, where
/// nobody need be asked.
pub(super) async fn note(
    state: &AppState,
    permit: &Permit,
    looked_at: &Record,
    known: Option<(Record, UpdateTime)>,
    seen: &Look,
) -> Result<Noted, Error> {
    let now = state.clock.now();
    let id = &looked_at.channel.id;
    let known = match known {
        Some(known) => Some(known),
        None => store::record(&state.store, id)
            .await?
            .and_then(|found| Some((found.record?, found.update_time))),
    };
    let Some((mut record, update_time)) = known else {
        return Ok(Noted::Plainly);
    };
    let attempt = |record: &Record| {
        record
            .care
            .lease
            .as_ref()
            .map(|lease| lease.attempt_id.clone())
    };
    let same = attempt(&record) == attempt(looked_at)
        && record.channel.state == looked_at.channel.state
        && record.connected == looked_at.connected;
    if same && record.channel.state == ChannelState::Disconnected {
        // Nobody needs to look at it.
        record.care = Care::default();
        commit(state, permit, &record, update_time, None).await?;
        return Ok(Noted::Plainly);
    }
    if !same {
        // Connected anew, given up, or taken back at Meta in the meantime: what was found is about a token of the past.
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
            if let Some(since) = record.unproved_since(now) {
                let found = Some(record::unproved_trouble(since, now));
                record.problem = since_when(record.problem.take(), found);
            }
            false
        }
    }
}

/// A trouble that was there before stays as old as it is.
fn since_when(before: Option<Trouble>, found: Option<Trouble>) -> Option<Trouble> {
    let mut found = found?;
    if let Some(before) = before.filter(|before| before.reason == found.reason) {
        found.at = before.at;
    }
    Some(found)
}
