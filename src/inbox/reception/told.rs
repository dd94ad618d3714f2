//! What the service itself learned of a message of its own, by the answer to sending it: one more telling, which the
//! inbox takes in as it does the platform's.

use jiff::Timestamp;

use super::super::event::InboundEvent;
use super::super::merge::Inbox;
use super::super::store;
use super::desk::{Desk, Needs};
use crate::channels::Channel;
use crate::policy::Permit;
use crate::store::{Store, StoreError, Writes};

/// Takes an event in, and returns the part of the inbox that it touched. Four round trips: the message's key, the message
/// of ours, its conversation, the commit; begun anew when somebody else was faster.
///
/// # Idempotency
/// The same event again, also told by the platform, changes nothing.
///
/// # Errors
/// As [`Store::commit`].
pub async fn tell(
    store: &Store,
    channel: &Channel,
    event: &InboundEvent,
    now: Timestamp,
    permit: &Permit,
) -> Result<Inbox, StoreError> {
    let event = event.named();
    store
        .retrying(|| async {
            let events = [(channel, &event)];
            let needs = Needs::of(&events);
            let mut desk = Desk::load(store, None, &events, &needs, now).await?;
            desk.inbox.apply(channel, &event);
            desk.settle_last(store).await?;
            let mut writes = Writes::new();
            store::write(&desk.inbox, &desk.times, now, &mut writes, permit)?;
            store.commit(writes).await?;
            Ok(desk.inbox)
        })
        .await
}
