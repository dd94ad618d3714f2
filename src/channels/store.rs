//! Channels as documents: `channels/{platform_externalId}`.

use serde::Deserialize;

use super::{Channel, ChannelState};
use crate::ids::{BranchId, Uid};
use crate::store::{Doc, Store, StoreError};

/// The collection of channels.
pub const CHANNELS: &str = "channels";

/// What routing reads of a channel's document.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ChannelDoc {
    owner_id: Option<String>,
    branch_id: Option<String>,
    state: Option<String>,
}

/// Reads channels by their ids; those that are missing, or whose document names no owner and no known state, are
/// missing in the answer. One round trip for each 300.
///
/// # Errors
/// As [`Store::get_many`].
pub async fn channels(store: &Store, ids: &[&str]) -> Result<Vec<Channel>, StoreError> {
    let found = store.get_many::<ChannelDoc>(CHANNELS, ids).await?;
    Ok(found.into_values().filter_map(read).collect())
}

fn read(doc: Doc<ChannelDoc>) -> Option<Channel> {
    let ChannelDoc {
        owner_id,
        branch_id,
        state,
    } = doc.value;
    Some(Channel {
        id: doc.id,
        owner: Uid::parse(owner_id?).ok()?,
        branch: match branch_id {
            Some(branch) => Some(BranchId::parse(branch).ok()?),
            None => None,
        },
        state: ChannelState::parse(&state?)?,
    })
}
