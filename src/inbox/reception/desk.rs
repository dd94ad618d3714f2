//! What a commit is about, loaded: from memory where that will do, else from the store.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::super::entry::{MessageKey, conversation_name};
use super::super::event::{Account, InboundEvent, MarkKind, What};
use super::super::merge::Inbox;
use super::super::store::{self, Times};
use super::memory::Memory;
use crate::channels::Channel;
use crate::store::{Store, StoreError};

/// A part of the inbox, and when each document of it was last written.
pub(super) struct Desk {
    pub(super) inbox: Inbox,
    pub(super) times: Times,
}

/// What events are about.
#[derive(Default)]
struct Needs {
    /// Messages that arrive.
    arriving: BTreeSet<String>,
    /// Messages that something is told about.
    marked: BTreeSet<String>,
    /// Messages whose text changes: their conversation may show it.
    rewritten: BTreeSet<String>,
    /// Conversations.
    conversations: BTreeSet<String>,
    /// Leads.
    leads: BTreeSet<String>,
}

impl Needs {
    fn of(events: &[(&Channel, &InboundEvent)]) -> Self {
        let mut needs = Self::default();
        for (_, InboundEvent { account, what }) in events {
            match what {
                What::Message(arrival) => {
                    needs.arriving.insert(key(account, &arrival.id));
                    needs
                        .conversations
                        .insert(conversation_name(account, &arrival.contact));
                }
                What::Marks(marks) => {
                    for mark in marks {
                        let name = key(account, &mark.id);
                        if matches!(mark.what, MarkKind::Edited { .. } | MarkKind::Deleted) {
                            needs.rewritten.insert(name.clone());
                        }
                        if matches!(mark.what, MarkKind::Reacted { .. })
                            && account.kind.reactions_open_window()
                            && let Some(contact) = &mark.contact
                        {
                            needs
                                .conversations
                                .insert(conversation_name(account, contact));
                        }
                        needs.marked.insert(name);
                    }
                }
                What::Watermark(watermark) => {
                    needs
                        .conversations
                        .insert(conversation_name(account, &watermark.contact));
                }
                What::Referred { contact, .. } => {
                    needs
                        .conversations
                        .insert(conversation_name(account, contact));
                }
                What::Lead(ping) => {
                    needs.leads.insert(ping.leadgen_id.clone());
                }
            }
        }
        needs
    }
}

fn key(account: &Account, id: &str) -> String {
    MessageKey {
        account: account.clone(),
        id: id.to_owned(),
    }
    .name()
}

/// Everything that events are about, by name, for taking turns.
pub(super) fn names(events: &[(&Channel, &InboundEvent)]) -> BTreeSet<String> {
    let needs = Needs::of(events);
    let mut names = needs.conversations;
    names.extend(needs.marked);
    // A message that arrives takes its turn with its conversation.
    names
}

impl Desk {
    /// Loads what events are about. With a memory, that counts, and messages and leads that arrive are taken to be new,
    /// which the commit's guards then hold to; without one, everything is read.
    pub(super) async fn load(
        store: &Store,
        memory: Option<&Memory>,
        events: &[(&Channel, &InboundEvent)],
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let mut desk = Self {
            inbox: Inbox::at(now),
            times: Times::default(),
        };
        let needs = Needs::of(events);
        let marked_only = needs.marked.difference(&needs.arriving);
        desk.load_entries(store, memory, marked_only).await?;
        desk.load_arriving(store, memory, &needs.arriving).await?;
        let told = needs.arriving.iter().chain(&needs.rewritten);
        let homes = told.filter_map(|name| {
            let placed = desk.inbox.entries.get(name)?.placed.as_ref()?;
            Some(placed.conversation.clone())
        });
        let homes: BTreeSet<String> = homes.chain(needs.conversations).collect();
        desk.load_conversations(store, memory, &homes).await?;
        if memory.is_none() && !needs.leads.is_empty() {
            let ids: Vec<&str> = needs.leads.iter().map(String::as_str).collect();
            for (id, (intake, time)) in store::leads(store, &ids).await? {
                desk.times.leads.insert(id.clone(), time);
                desk.inbox.leads.insert(id, intake);
            }
        }
        desk.load_covered(store, memory, events).await?;
        Ok(desk)
    }

    async fn load_entries(
        &mut self,
        store: &Store,
        memory: Option<&Memory>,
        names: impl Iterator<Item = &String>,
    ) -> Result<(), StoreError> {
        let mut unknown = Vec::new();
        for name in names {
            if self.inbox.entries.contains_key(name) {
                continue;
            }
            match memory.and_then(|memory| memory.entry(name)) {
                Some((entry, time)) => {
                    self.times.entries.insert(name.clone(), time);
                    self.inbox.entries.insert(name.clone(), entry);
                }
                None => unknown.push(name.as_str()),
            }
        }
        if !unknown.is_empty() {
            for (name, (entry, time)) in store::entries(store, &unknown).await? {
                self.times.entries.insert(name.clone(), time);
                self.inbox.entries.insert(name, entry);
            }
        }
        Ok(())
    }

    /// With a memory, a message that it does not hold is taken to be new.
    async fn load_arriving(
        &mut self,
        store: &Store,
        memory: Option<&Memory>,
        names: &BTreeSet<String>,
    ) -> Result<(), StoreError> {
        let Some(memory) = memory else {
            return self.load_entries(store, None, names.iter()).await;
        };
        for name in names {
            if let Some((entry, time)) = memory.entry(name) {
                self.times.entries.insert(name.clone(), time);
                self.inbox.entries.insert(name.clone(), entry);
            }
        }
        Ok(())
    }

    async fn load_conversations(
        &mut self,
        store: &Store,
        memory: Option<&Memory>,
        names: &BTreeSet<String>,
    ) -> Result<(), StoreError> {
        let mut unknown = Vec::new();
        for name in names {
            match memory.and_then(|memory| memory.conversation(name)) {
                Some((conversation, time)) => {
                    self.times.conversations.insert(name.clone(), time);
                    self.inbox.conversations.insert(name.clone(), conversation);
                }
                None => unknown.push(name.as_str()),
            }
        }
        if !unknown.is_empty() {
            for (name, (conversation, time)) in store::conversations(store, &unknown).await? {
                self.times.conversations.insert(name.clone(), time);
                self.inbox.conversations.insert(name, conversation);
            }
        }
        Ok(())
    }

    /// The messages that a receipt covers and the last one did not.
    async fn load_covered(
        &mut self,
        store: &Store,
        memory: Option<&Memory>,
        events: &[(&Channel, &InboundEvent)],
    ) -> Result<(), StoreError> {
        for (_, InboundEvent { account, what }) in events {
            let What::Watermark(watermark) = what else {
                continue;
            };
            let home = conversation_name(account, &watermark.contact);
            let Some(conversation) = self.inbox.conversations.get(&home) else {
                continue;
            };
            let before = if watermark.read {
                conversation.read_up_to
            } else {
                conversation.delivered_up_to
            };
            if before >= Some(watermark.up_to) {
                continue;
            }
            let covered = store::sent_between(store, &home, before, watermark.up_to).await?;
            self.load_entries(store, memory, covered.iter()).await?;
        }
        Ok(())
    }

    /// Finds the last message of conversations whose last one turned out to be older than thought.
    pub(super) async fn settle_last(&mut self, store: &Store) -> Result<(), StoreError> {
        for (home, name) in self.inbox.changed.last_moved.clone() {
            let stored = store::newest_beside(store, &home, &name).await?;
            self.inbox.settle_last(&home, stored);
        }
        Ok(())
    }
}
