//! `disconnectChannel`: an account is no longer ours to use.

use serde::{Deserialize, Serialize};

use super::record::{Care, Record};
use super::secrets::{self, SecretDoc};
use super::store::{self, Stored};
use super::{ChannelState, subscribe};
use crate::error::Error;
use crate::extract::Caller;
use crate::policy::{Action, Permit, authorize};
use crate::state::AppState;
use crate::store::{Timestamp, Writes};
use crate::users::{accounts, standing, store as users};

/// Longest `channelId`, in bytes: a platform and an id of 128.
const LONGEST: usize = 140;

/// What to disconnect.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "DisconnectChannel"))]
pub struct Disconnect {
    channel_id: String,
    /// Head office alone: the account becomes nobody's, so that anybody may connect it next.
    #[serde(default)]
    #[cfg_attr(test, ts(optional = nullable))]
    release: bool,
}

/// What became of it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "ChannelDisconnected"))]
pub struct Disconnected {
    channel_id: String,
    #[cfg_attr(test, ts(as = "crate::channels::ChannelState"))]
    state: &'static str,
    /// Whether the platform was told to send nothing more: not while another account of ours needs the same subscription.
    unsubscribed: bool,
}

/// `disconnectChannel`: destroys the token and ends the webhooks. Conversations stay; what still arrives is parked. Six round
/// trips, and a call to the platform.
///
/// A disconnected account stays its holder's: within their scope it can be connected again, and finds its conversations.
/// `release` lets anybody connect it.
///
/// # Errors
/// `NOT_FOUND` for what the caller may not know of; `PERMISSION_DENIED` for `release` by another than head office, and with
/// `STALE_TOKEN`.
///
/// # Idempotency
/// Safe to repeat.
pub async fn disconnect_channel(
    state: AppState,
    caller: Caller,
    data: Disconnect,
) -> Result<Disconnected, Error> {
    let id = data.channel_id.as_str();
    if id.is_empty() || id.len() > LONGEST || id.contains('/') {
        return Err(Error::not_found());
    }
    let standing = standing::check(&state, &caller).await?;
    let attempt = || async {
        let found = store::record(&state.store, id).await?;
        let Some(Stored {
            record: Some(record),
            update_time,
        }) = found
        else {
            return Err(Error::not_found());
        };
        let facts = record.facts();
        let action = if data.release {
            Action::ReleaseChannel(&facts)
        } else {
            Action::DisconnectChannel(&facts)
        };
        let permit = authorize(standing.actor(), &action)?;
        let secret = state.store.get::<SecretDoc>(&secrets::path(id)).await?;
        let mut writes = Writes::new();
        let after = disconnected(record.clone());
        if data.release {
            store::put_released(&permit, &mut writes, &after, update_time)?;
        } else {
            store::put(&permit, &mut writes, &after, Some(update_time))?;
        }
        secrets::destroy(&permit, &mut writes, id);
        follow(&state, &permit, &record, &mut writes).await?;
        state.store.commit(writes).await?;
        Ok((record, secret))
    };
    let (record, secret) = state.store.retrying(attempt).await?;
    let unsubscribed = match secret {
        Some(secret) => unsubscribe(&state, &record, secret.value).await?,
        None => false,
    };
    Ok(Disconnected {
        channel_id: data.channel_id,
        state: ChannelState::Disconnected.as_str(),
        unsubscribed,
    })
}

fn disconnected(mut record: Record) -> Record {
    record.channel.state = ChannelState::Disconnected;
    record.reconnect = None;
    record.problem = None;
    record.replay_due = false;
    record.care = Care::default();
    record
}

/// The owner's `connectedAccounts`, when this was the last account of its platform.
async fn follow(
    state: &AppState,
    permit: &Permit,
    record: &Record,
    writes: &mut Writes,
) -> Result<(), Error> {
    let platform = record.account.platform;
    let owner = &record.channel.owner;
    // The user first: whoever connects in between writes there, and this commit then fails and starts over.
    let Some(user) = users::get(&state.store, owner).await? else {
        return Ok(());
    };
    let held = store::held_by(&state.store, owner, platform).await?;
    let another = held
        .iter()
        .any(|other| other.channel.id != record.channel.id);
    let now = Timestamp(state.clock.now());
    // Also when nothing changes: of two that go at once, each would else take the other for still there.
    let has = [(platform.as_str(), another)];
    accounts::put(permit, writes, &user, &has, true, now)?;
    Ok(())
}

/// Tells the platform to send nothing more, unless somebody else of ours needs it. What it does not hear is parked.
async fn unsubscribe(state: &AppState, record: &Record, secret: SecretDoc) -> Result<bool, Error> {
    let sharing = store::subscribed_at(&state.store, record.account.subscribed_at()).await?;
    if !sharing.is_empty() {
        return Ok(false);
    }
    let grant = match secret.open(&state.channel_keys, &record.channel.id) {
        Ok(grant) => grant,
        Err(error) => {
            tracing::warn!(%error, channel = record.channel.id, "a disconnected account stays subscribed");
            return Ok(false);
        }
    };
    match subscribe::end(state, &grant.access, &record.account).await {
        Ok(()) => Ok(true),
        Err(error) => {
            tracing::warn!(%error, channel = record.channel.id, "a disconnected account stays subscribed");
            Ok(false)
        }
    }
}
