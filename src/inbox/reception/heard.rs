//! When something last came for a channel: `channels/{id}.lastEventAt`, to some minutes.

use std::time::Duration;

use super::Reception;
use crate::channels::store::mark_event;
use crate::policy::{Action, Actor, authorize};

/// How long noting may keep the platform waiting, which wants its answer within 5 s.
const NOTING: Duration = Duration::from_secs(1);

impl Reception {
    /// Writes down that something has come for channels, where that is not known to some minutes. Best effort: no delivery
    /// fails by it, and the next one notes it too. Nothing to do for most deliveries; else one round trip for each channel.
    pub async fn note_heard(&self) {
        let now = self.clock.now();
        let Ok(permit) = authorize(&Actor::Service, &Action::MaintainChannel) else {
            return;
        };
        for id in self.memory.heard() {
            let noting = mark_event(&permit, &self.store, &id, now);
            match tokio::time::timeout(NOTING, noting).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::info!(%error, channel = id, "lastEventAt was not noted"),
                Err(_) => return,
            }
        }
    }
}
