//! A lead that a form announced and that is to be fetched.

use super::event::{Account, LeadPing};
use crate::channels::Channel;

/// A lead to be fetched, as far as the platform's pings tell.
#[derive(Debug, Clone, PartialEq)]
pub struct Intake {
    /// `channels/{id}` of the page.
    pub channel_id: String,
    /// The page.
    pub page_id: String,
    /// What the pings told.
    pub ping: LeadPing,
}

impl Intake {
    /// What the first ping tells.
    pub fn new(channel: &Channel, page: &Account, ping: &LeadPing) -> Self {
        Self {
            channel_id: channel.id.clone(),
            page_id: page.id.clone(),
            ping: ping.clone(),
        }
    }

    /// Adds what another ping tells, since some hold less than others; says whether it was news. Should two contradict each
    /// other, the larger counts, whichever came first.
    pub fn add(&mut self, told: &LeadPing) -> bool {
        let before = self.ping.clone();
        let known = &mut self.ping;
        for (known, told) in [
            (&mut known.form_id, &told.form_id),
            (&mut known.ad_id, &told.ad_id),
            (&mut known.adgroup_id, &told.adgroup_id),
        ] {
            if told > known {
                known.clone_from(told);
            }
        }
        known.created_at = known.created_at.max(told.created_at);
        *known != before
    }
}
