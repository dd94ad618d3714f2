//! What a commit is about, loaded: from memory where that will do, else from the store.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::super::event::{Direction, MarkKind};
use super::super::merge::Inbox;
use super::super::named::{Named, NamedMark, Told};
use super::super::store::{self, Times};
use super::memory::Memory;
use crate::channels::Channel;
use crate::store::{Store, StoreError};

/// A part of the inbox, and when each document of it was last written.
pub(super) struct Desk {
    pub(super) inbox: Inbox,
    pub(super) times: Times,
}

/// What events are about, by name.
#[derive(Default)]
pub(super) struct Needs<'a> {
    /// Messages that arrive.
    arriving: BTreeSet<&'a str>,
    /// Messages that something is told about.
    marked: BTreeSet<&'a str>,
    /// Messages whose text changes: their conversation may show it.
    rewritten: BTreeSet<&'a str>,
    /// Conversations.
    conversations: BTreeSet<&'a str>,
    /// Leads.
    leads: BTreeSet<&'a str>,
    /// Messages that arrive and may be ours, each with the conversation that it is told of.
    ours: BTreeMap<&'a str, &'a str>,
    /// Names of our own that something is told by, each with the message that it is told of.
    named: BTreeSet<(&'a str, &'a str)>,
}

impl<'a> Needs<'a> {
    pub(super) fn of(events: &[(&Channel, &'a Named<'_>)]) -> Self {
        let mut needs = Self::default();
        for (_, Named { account, told, .. }) in events {
            match told {
                Told::Message {
                    arrival,
                    name,
                    home,
                } => {
                    if let Some(id) = &arrival.outgoing {
                        needs.named.insert((id, name));
                    }
                    let told = arrival.outgoing.is_some() || arrival.app.is_some();
                    if arrival.direction == Direction::Out && (told || account.kind.is_comment()) {
                        needs.ours.insert(name, home);
                    }
                    needs.arriving.insert(name);
                    needs.conversations.insert(home);
                }
                Told::Marks(marks) => {
                    for NamedMark { mark, name, by } in marks {
                        if matches!(mark.what, MarkKind::Edited { .. } | MarkKind::Deleted) {
                            needs.rewritten.insert(name);
                        }
                        if matches!(mark.what, MarkKind::Reacted { .. })
                            && account.kind.reactions_open_window()
                            && let Some((_, home)) = by
                        {
                            needs.conversations.insert(home);
                        }
                        if let Some(id) = &mark.outgoing {
                            needs.named.insert((id, name));
                        }
                        needs.marked.insert(name);
                    }
                }
                Told::Watermark { home, .. } | Told::Referred { home, .. } => {
                    needs.conversations.insert(home);
                }
                Told::Lead(ping) => {
                    needs.leads.insert(&ping.leadgen_id);
                }
            }
        }
        needs
    }

    /// Whatever takes turns: a message that arrives does so with its conversation.
    pub(super) fn turns(&self) -> impl Iterator<Item = &'a str> {
        self.conversations.union(&self.marked).copied()
    }
}

impl Desk {
    /// Loads what events are about. With a memory, that counts, and messages and leads that arrive are taken to be new,
    /// which the commit's guards then hold to; without one, everything is read.
    pub(super) async fn load(
        store: &Store,
        memory: Option<&Memory>,
        events: &[(&Channel, &Named<'_>)],
        needs: &Needs<'_>,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let mut desk = Self {
            inbox: Inbox::at(now),
            times: Times::default(),
        };
        let marked_only = needs.marked.difference(&needs.arriving).copied();
        desk.load_entries(store, memory, marked_only).await?;
        // What we sent ourselves is no news: most of it was known before it was echoed.
        let ours = needs.ours.keys().copied();
        desk.load_entries(store, memory, ours).await?;
        let others = needs.arriving.iter().copied();
        let others = others.filter(|name| !needs.ours.contains_key(name));
        desk.load_arriving(store, memory, others).await?;
        let sent_from = desk.load_outgoing(store, needs).await?;
        let told = needs.arriving.iter().chain(&needs.rewritten);
        let homes = told.filter_map(|name| {
            let placed = desk.inbox.entries.get(*name)?.placed.as_ref()?;
            Some(placed.conversation.clone())
        });
        let mut homes: BTreeSet<String> = homes.chain(sent_from).collect();
        homes.extend(needs.conversations.iter().map(|&home| home.to_owned()));
        desk.load_conversations(store, memory, &homes).await?;
        if memory.is_none() && !needs.leads.is_empty() {
            let ids: Vec<&str> = needs.leads.iter().copied().collect();
            for (id, (intake, time)) in store::leads(store, &ids).await? {
                desk.times.leads.insert(id.clone(), time);
                desk.inbox.leads.insert(id, intake);
            }
        }
        desk.load_covered(store, memory, events).await?;
        Ok(desk)
    }

    async fn load_entries<'n>(
        &mut self,
        store: &Store,
        memory: Option<&Memory>,
        names: impl Iterator<Item = &'n str>,
    ) -> Result<(), StoreError> {
        let mut unknown = Vec::new();
        for name in names {
            if self.inbox.entries.contains_key(name) {
                continue;
            }
            match memory.and_then(|memory| memory.entry(name)) {
                Some((entry, time)) => {
                    self.times.entries.insert(name.to_owned(), time);
                    self.inbox.entries.insert(name.to_owned(), entry);
                }
                None => unknown.push(name),
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
    async fn load_arriving<'n>(
        &mut self,
        store: &Store,
        memory: Option<&Memory>,
        names: impl Iterator<Item = &'n str>,
    ) -> Result<(), StoreError> {
        let Some(memory) = memory else {
            return self.load_entries(store, None, names).await;
        };
        for name in names {
            if let Some((entry, time)) = memory.entry(name) {
                self.times.entries.insert(name.to_owned(), time);
                self.inbox.entries.insert(name.to_owned(), entry);
            }
        }
        Ok(())
    }

    /// Loads the messages of ours that events may be about, and says in which conversations they lie: those that events
    /// name, and for echoes that nothing is known of those that wait for one.
    async fn load_outgoing(
        &mut self,
        store: &Store,
        needs: &Needs<'_>,
    ) -> Result<BTreeSet<String>, StoreError> {
        let known = |name: &str| {
            let entry = self.inbox.entries.get(name);
            let placed = entry.and_then(|entry| entry.placed.as_ref());
            placed.is_some_and(|placed| placed.document.is_some())
        };
        let named = needs.named.iter().filter(|(_, name)| !known(name));
        let ids: BTreeSet<&str> = named.map(|(id, _)| *id).collect();
        let ours = needs.ours.keys().copied();
        let mut unknown: BTreeSet<&str> = ours.filter(|name| !known(name)).collect();
        let mut found = Vec::new();
        if !ids.is_empty() {
            let ids: Vec<&str> = ids.into_iter().collect();
            found = store::outgoing(store, &ids).await?;
            // One that may be what it is called needs no search among the others.
            for (ours, _) in &found {
                let certain = needs.named.iter().filter(|(id, _)| *id == ours.id);
                for (_, name) in certain.filter(|_| ours.is_open()) {
                    unknown.remove(name);
                }
            }
        }
        let homes: BTreeSet<&str> = unknown
            .into_iter()
            .filter_map(|name| needs.ours.get(name).copied())
            .collect();
        for home in homes {
            found.extend(store::open_in(store, home).await?);
        }
        let mut sent_from = BTreeSet::new();
        for (ours, time) in found {
            sent_from.insert(ours.conversation.clone());
            self.times.outgoing.insert(ours.id.clone(), time);
            self.inbox.outgoing.insert(ours.id.clone(), ours);
        }
        Ok(sent_from)
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
        events: &[(&Channel, &Named<'_>)],
    ) -> Result<(), StoreError> {
        for (_, Named { account, told, .. }) in events {
            let Told::Watermark { watermark, home } = told else {
                continue;
            };
            let Some(conversation) = self.inbox.conversations.get(home) else {
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
            let covered =
                store::sent_between(store, account, home, before, watermark.up_to).await?;
            self.load_entries(store, memory, covered.iter().map(String::as_str))
                .await?;
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
