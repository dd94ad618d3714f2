//! What one instance remembers, to save reads: channels, conversations, what is known of messages. All of it bounded.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex, MutexGuard};

use super::super::conversation::Conversation;
use super::super::entry::Entry;
use super::super::merge::Inbox;
use super::super::store::Slot;
use crate::channels::Channel;
use crate::channels::store::channels;
use crate::store::{Store, StoreError, UpdateTime};

/// How long a channel is remembered. A channel that was disconnected or given to another owner works on for so long; one
/// that is not there is asked for each time, since its units are parked until it is.
const CHANNEL_LIFE: Duration = Duration::from_mins(5);

/// Channels remembered: more than an organisation has.
const CHANNELS: u64 = 5_000;

/// Conversations remembered, about 1 KiB each. Guarded when they are written, so they need not be fresh.
const CONVERSATIONS: usize = 10_000;

/// Messages remembered, about 0.5 KiB each: those that marks come for soon after.
const ENTRIES: usize = 20_000;

/// How old a channel's `lastEventAt` may be: one write in so long for each channel and instance, not one a delivery.
const HEARD_LIFE: Duration = Duration::from_mins(10);

/// Locks that the names of documents share. More than deliveries at once, so that strangers rarely wait for each other.
const TURNS: usize = 256;

/// Something as it was last written, and when that was. Nothing in it is timed or swept, as moka does it for a tenth of a delivery's
/// processor time. Boxed: the table moves what it holds when it grows.
type Remembered<T> = quick_cache::sync::Cache<String, Box<(T, UpdateTime)>>;

pub(super) struct Memory {
    channels: moka::sync::Cache<String, Arc<Channel>>,
    conversations: Remembered<Conversation>,
    entries: Remembered<Entry>,
    turns: Vec<Mutex<()>>,
    /// Channels whose `lastEventAt` is fresh enough.
    heard: moka::sync::Cache<String, ()>,
    /// Channels that something has come for, and whose `lastEventAt` is old.
    to_note: std::sync::Mutex<BTreeSet<String>>,
}

impl Memory {
    pub(super) fn new() -> Self {
        Self {
            channels: moka::sync::Cache::builder()
                .max_capacity(CHANNELS)
                .time_to_live(CHANNEL_LIFE)
                .build(),
            conversations: Remembered::new(CONVERSATIONS),
            entries: Remembered::new(ENTRIES),
            turns: (0..TURNS).map(|_| Mutex::new(())).collect(),
            heard: moka::sync::Cache::builder()
                .max_capacity(CHANNELS)
                .time_to_live(HEARD_LIFE)
                .build(),
            to_note: std::sync::Mutex::default(),
        }
    }

    /// The channels among `ids` that there are. One round trip for all that are not remembered.
    pub(super) async fn channels(
        &self,
        store: &Store,
        ids: BTreeSet<String>,
    ) -> Result<BTreeMap<String, Arc<Channel>>, StoreError> {
        let mut found = BTreeMap::new();
        let mut unknown = Vec::new();
        for id in &ids {
            match self.channels.get(id) {
                Some(channel) => {
                    found.insert(id.clone(), channel);
                }
                None => unknown.push(id.as_str()),
            }
        }
        if !unknown.is_empty() {
            for channel in channels(store, &unknown).await? {
                let channel = Arc::new(channel);
                self.channels
                    .insert(channel.id.clone(), Arc::clone(&channel));
                found.insert(channel.id.clone(), channel);
            }
        }
        Ok(found)
    }

    /// Something has come for these channels.
    pub(super) fn hear<'a>(&self, ids: impl Iterator<Item = &'a String>) {
        let fresh = |id: &&String| self.heard.contains_key(*id);
        let old: Vec<_> = ids.filter(|id| !fresh(id)).cloned().collect();
        if !old.is_empty() {
            self.to_note().extend(old);
        }
    }

    /// The channels whose `lastEventAt` is to be written, each once in [`HEARD_LIFE`].
    pub(super) fn heard(&self) -> BTreeSet<String> {
        let ids = std::mem::take(&mut *self.to_note());
        for id in &ids {
            self.heard.insert(id.clone(), ());
        }
        ids
    }

    fn to_note(&self) -> std::sync::MutexGuard<'_, BTreeSet<String>> {
        self.to_note.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn conversation(&self, name: &str) -> Option<(Conversation, UpdateTime)> {
        self.conversations.get(name).map(|known| *known)
    }

    pub(super) fn entry(&self, name: &str) -> Option<(Entry, UpdateTime)> {
        self.entries.get(name).map(|known| *known)
    }

    /// Waits for the turn of everything named. Deliveries to one conversation follow each other inside this instance,
    /// instead of refusing each other's commits. Always taken in the same order, so nobody waits in a circle.
    pub(super) async fn turn(&self, names: impl Iterator<Item = &str>) -> Vec<MutexGuard<'_, ()>> {
        let turns: BTreeSet<usize> = names.map(slot).collect();
        let mut held = Vec::with_capacity(turns.len());
        for turn in turns {
            held.push(self.turns[turn].lock().await);
        }
        held
    }

    /// Remembers what a commit wrote, as of the times that it was written at.
    pub(super) fn keep(&self, mut inbox: Inbox, slots: Vec<Slot>, times: Vec<Option<UpdateTime>>) {
        for (slot, time) in slots.into_iter().zip(times) {
            match (slot, time) {
                (Slot::Conversation(name), Some(time)) => {
                    if let Some(conversation) = inbox.conversations.remove(&name) {
                        self.conversations
                            .insert(name, Box::new((conversation, time)));
                    }
                }
                (Slot::Entry(name), Some(time)) => {
                    if let Some(entry) = inbox.entries.remove(&name) {
                        self.entries.insert(name, Box::new((entry, time)));
                    }
                }
                (Slot::Conversation(name), None) => {
                    self.conversations.remove(&name);
                }
                (Slot::Entry(name), None) => {
                    self.entries.remove(&name);
                }
                (Slot::Other | Slot::Media(_), _) => {}
            }
        }
    }
}

/// Names are digests in hexadecimal, so their first digits are spread evenly.
fn slot(name: &str) -> usize {
    name.get(..2)
        .and_then(|digits| usize::from_str_radix(digits, 16).ok())
        .unwrap_or_default()
        % TURNS
}
