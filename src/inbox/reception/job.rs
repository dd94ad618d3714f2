//! A delivery on its way in: what it holds, and how far each unit of it is settled.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use super::about;
use super::settling::{Done, note};
use crate::channels::Channel;
use crate::inbox::event::Unit;
use crate::inbox::ledger::{Delivery, Settled};
use crate::inbox::named::Named;
use crate::policy::Permit;
use crate::store::UpdateTime;

pub(super) struct Job<'a> {
    pub(super) delivery: Delivery<'a>,
    pub(super) items: Vec<Item<'a>>,
    pub(super) channels: BTreeMap<String, Arc<Channel>>,
    pub(super) settled: Vec<Settled>,
    /// Whose words the body holds.
    pub(super) about: BTreeSet<String>,
    /// Messages whose files are to be fetched or taken away.
    pub(super) media: Vec<String>,
    pub(super) replayed: Option<UpdateTime>,
    pub(super) now: Timestamp,
    pub(super) permit: Permit,
    /// Rows of `lead_intake` that were written.
    pub(super) announced: Vec<String>,
}

/// One unit of a delivery, with the names of what it is about.
pub(super) enum Item<'a> {
    Event(Named<'a>),
    Ignored(&'static str),
    Unplaceable(&'static str),
}

impl<'a> Item<'a> {
    pub(super) fn all(units: &'a [Unit]) -> Vec<Self> {
        units
            .iter()
            .map(|unit| match unit {
                Unit::Event(event) => Self::Event(event.named()),
                Unit::Ignored(reason) => Self::Ignored(reason),
                Unit::Unplaceable(reason) => Self::Unplaceable(reason),
            })
            .collect()
    }
}

impl<'a> Job<'a> {
    /// A delivery of which nothing is settled by this job yet. `replayed`: its record is there, as of that time.
    pub(super) fn new(
        delivery: Delivery<'a>,
        items: Vec<Item<'a>>,
        settled: Vec<Settled>,
        replayed: Option<UpdateTime>,
        permit: Permit,
    ) -> Self {
        let mut about = BTreeSet::new();
        for item in &items {
            if let Item::Event(event) = item {
                about::told(event, &mut about);
            }
        }
        Self {
            now: delivery.received,
            delivery,
            items,
            channels: BTreeMap::new(),
            settled,
            about,
            media: Vec::new(),
            replayed,
            permit,
            announced: Vec::new(),
        }
    }

    /// The event at a place, if it is one and the account can have a channel, with that channel's id.
    pub(super) fn event(&self, at: usize) -> Option<(&str, &Named<'a>)> {
        match &self.items[at] {
            Item::Event(event) => Some((event.channel_id.as_deref()?, event)),
            Item::Ignored(_) | Item::Unplaceable(_) => None,
        }
    }

    /// The events of a chunk, each with its channel.
    pub(super) fn events(&self, chunk: &[usize]) -> Vec<(&Channel, &Named<'a>)> {
        chunk
            .iter()
            .filter_map(|at| {
                let (id, event) = self.event(*at)?;
                Some((&**self.channels.get(id)?, event))
            })
            .collect()
    }

    pub(super) fn note(&mut self, chunk: &[usize], done: Done) {
        note(&mut self.settled, chunk, &done.outcomes);
        self.about.extend(done.about);
        self.media.extend(done.media);
        self.announced.extend(done.announced);
    }
}
