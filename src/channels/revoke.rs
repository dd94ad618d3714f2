//! Grants that their person took back, at Meta and not here.
//!
//! What arrives for such an account is still taken in, since it is the organisation's; only what was done in the person's
//! name ends. Unsubscribing at the platform is not tried: the token for it is the one that was taken back.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Platform;
use super::secrets::CHANNEL_SECRETS;
use super::store::{self as channels, CHANNELS};
use crate::ids::Uid;
use crate::policy::Permit;
use crate::store::{Doc, Guard, Query, Store, StoreError, Timestamp, Writes};
use crate::users::{accounts, store as users};

/// Accounts that one person's login may have opened, at most, that are looked at at a time.
const ACCOUNTS: u32 = 200;

/// Why, as the channel's document says it.
const REASON: &str = "APP_REMOVED";
const TEXT_ID: &str =
    "Aplikasi ini telah dihapus dari akun Meta yang menghubungkannya. Hubungkan kembali akun ini.";
const TEXT_EN: &str =
    "The app was removed from the Meta account that connected it. Connect this account again.";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct GrantedDoc {
    state: Option<String>,
    owner_id: Option<String>,
    platform: Option<String>,
}

/// What a channel's document says once its grant is gone.
#[derive(Serialize)]
struct RevokedDoc {
    state: &'static str,
    reconnect: Trouble,
}

#[derive(Serialize)]
struct Trouble {
    reason: &'static str,
    message: Message,
    at: Timestamp,
}

#[derive(Serialize)]
struct Message {
    id: &'static str,
    en: &'static str,
}

/// Ends every grant of a person, given by the id that they have within the app: the tokens are destroyed, the channels need
/// reconnecting and say why. Returns how many those were. Two round trips.
///
/// # Idempotency
/// Safe to repeat.
///
/// # Errors
/// As [`Store::commit`]; [`StoreError::Conflict`] when a channel was changed meanwhile.
pub async fn revoke(
    store: &Store,
    person: &str,
    now: jiff::Timestamp,
    _permit: &Permit,
) -> Result<usize, StoreError> {
    let mut writes = Writes::new();
    let granted = granted_by(store, person).await?;
    for channel in &granted {
        writes.delete(&format!("{CHANNEL_SECRETS}/{}", channel.id), Guard::None);
        // An account that was put away stays put away.
        if channel.value.state.as_deref() == Some("DISCONNECTED") {
            continue;
        }
        let doc = RevokedDoc {
            state: "NEEDS_RECONNECT",
            reconnect: Trouble {
                reason: REASON,
                message: Message {
                    id: TEXT_ID,
                    en: TEXT_EN,
                },
                at: Timestamp(now),
            },
        };
        let path = format!("{CHANNELS}/{}", channel.id);
        let guard = Guard::Unchanged(channel.update_time);
        writes.update(&path, &doc, &["state", "reconnect"], guard)?;
    }
    store.commit(writes).await?;
    Ok(granted.len())
}

/// Erases every account that a person's login opened, tokens and documents, and returns how many those were. What still
/// arrives for one is parked, as for any account that nobody connected; the `connectedAccounts` of those who held them say
/// so in the same commit. Two round trips, and for each holder one more and one for each platform.
///
/// # Idempotency
/// Safe to repeat.
///
/// # Errors
/// As [`revoke`].
pub async fn forget(
    store: &Store,
    person: &str,
    now: jiff::Timestamp,
    permit: &Permit,
) -> Result<usize, StoreError> {
    let mut writes = Writes::new();
    let granted = granted_by(store, person).await?;
    let mut held: BTreeMap<Uid, BTreeSet<Platform>> = BTreeMap::new();
    for channel in &granted {
        writes.delete(&format!("{CHANNEL_SECRETS}/{}", channel.id), Guard::None);
        let guard = Guard::Unchanged(channel.update_time);
        writes.delete(&format!("{CHANNELS}/{}", channel.id), guard);
        let GrantedDoc {
            owner_id, platform, ..
        } = &channel.value;
        let owner = owner_id.as_ref().and_then(|id| Uid::parse(id).ok());
        if let (Some(owner), Some(platform)) =
            (owner, platform.as_deref().and_then(Platform::parse))
        {
            held.entry(owner).or_default().insert(platform);
        }
    }
    for (owner, platforms) in held {
        // The user first: whoever connects in between writes there, and this commit then fails and starts over.
        let Some(user) = users::get(store, &owner).await? else {
            continue;
        };
        let mut has = Vec::new();
        for platform in platforms {
            let theirs = channels::held_by(store, &owner, platform).await?;
            let another = theirs
                .iter()
                .any(|other| granted.iter().all(|gone| gone.id != other.channel.id));
            has.push((platform.as_str(), another));
        }
        accounts::put(permit, &mut writes, &user, &has, true, Timestamp(now))?;
    }
    store.commit(writes).await?;
    Ok(granted.len())
}

async fn granted_by(store: &Store, person: &str) -> Result<Vec<Doc<GrantedDoc>>, StoreError> {
    let query = Query::first(ACCOUNTS, CHANNELS).eq("grantedBy", person);
    store.query(query).await
}
