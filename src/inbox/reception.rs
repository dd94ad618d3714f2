//! Taking deliveries in: what arrives is in the inbox, or parked, when [`Reception::take`] returns.
//!
//! # Cost
//! A delivery to conversations that this instance remembers is one commit and no read. Each of its messages is created
//! under the guard that there is none of its key; conversations are written under the guard that they are as remembered.
//! Only when a guard does not hold is anything read, and the same step taken again from what stands. A batch takes one
//! commit for each [`EVENTS_A_COMMIT`] events, whatever it holds. What is to become a lead is written in the same commit,
//! and its task is put after it.
//!
//! # Idempotency
//! The record is in the last commit, and each commit before it is safe to repeat; so a crash anywhere, or an answer that
//! got lost, ends in the same inbox when the platform delivers again.
//!
//! *Several instances:* nothing is right because of what one of them remembers. Memory saves reads, and a lock inside the
//! instance saves conflicts; the guards make it right.

mod about;
mod desk;
mod heard;
mod job;
mod memory;
mod settling;
pub mod told;

use std::collections::BTreeSet;
use std::sync::Arc;

use self::desk::{Desk, Needs};
use self::job::{Item, Job};
use self::memory::Memory;
use self::settling::{
    Commit, DISCONNECTED, Done, REFUSED, UNKNOWN_CHANNEL, is_poison, note, settled,
};
pub use self::settling::{TakeError, Taken};
use super::event::{Unit, What};
use super::ledger::{self, Counts, Delivery, Settled};
use super::media;
use super::merge::Outcome;
use super::named::Named;
use super::payload;
use super::store::{self, Slot};
use crate::channels::Channel;
use crate::clock::Clock;
use crate::leads::intake::tasks;
use crate::policy::{Action, Actor, authorize};
use crate::seal::digest_hex;
use crate::state::AppState;
use crate::store::{Contended as _, Store, StoreError, Writes};

/// Events taken in by one commit: each writes up to three documents of some KiB, and the 10 MiB of a commit count their entries
/// in the indexes too. The largest batch that Meta sends, a thousand, takes five.
pub const EVENTS_A_COMMIT: usize = 200;

/// Takes deliveries in. A clone shares what it remembers.
#[derive(Clone)]
pub struct Reception {
    state: AppState,
    store: Store,
    clock: Clock,
    memory: Arc<Memory>,
    /// The ids of our own apps, by which echoes of what this service sent are known.
    apps: Arc<[String]>,
}

impl Reception {
    /// A reception that remembers nothing yet.
    pub fn new(state: &AppState) -> Self {
        Self {
            state: state.clone(),
            store: state.store.clone(),
            clock: state.clock.clone(),
            memory: Arc::new(Memory::new()),
            apps: state.config.meta.apps().map(|app| app.id.clone()).collect(),
        }
    }

    /// Takes a delivery in. `secret` says which of the configured secrets signed it.
    ///
    /// # Cost
    /// See the module. The same body again: the commit that finds it out, one read, one commit that counts it.
    ///
    /// # Errors
    /// [`TakeError::Store`] when Firestore is away, or so much is going on that other instances were always faster: the
    /// platform has to deliver again. What cannot ever be stored is parked instead.
    pub async fn take(&self, body: &[u8], secret: usize) -> Result<Taken, TakeError> {
        let id = digest_hex(body);
        let now = self.clock.now();
        let delivery = Delivery {
            id: &id,
            body,
            received: now,
            secret,
        };
        let permit = authorize(&Actor::Service, &Action::ReceiveMessages)?;
        let units = self.units(body);
        let waiting = (0..units.len()).collect();
        let settled = vec![Settled::plainly(Outcome::Parked); units.len()];
        let mut job = Job::new(delivery, Item::all(&units), settled, None, permit);
        let taken = self.settle(&mut job, waiting).await;
        media::tasks::nudge(&self.state, &job.media).await;
        tasks::announce(&self.state, &job.announced, job.now).await;
        let taken = taken?;
        let receiving = job.channels.iter().filter(|(_, it)| it.receives());
        self.memory.hear(receiving.map(|(id, _)| id));
        if taken == Taken::Before {
            ledger::count_again(&self.store, &id, now, &job.permit).await?;
        }
        Ok(taken)
    }

    /// Takes in once more what a delivery has parked; `None` when there is nothing of the kind.
    ///
    /// # Errors
    /// As [`Reception::take`].
    pub async fn replay(&self, id: &str) -> Result<Option<Counts>, TakeError> {
        let Some(waiting) = ledger::waiting(&self.store, id).await? else {
            return Ok(None);
        };
        let permit = authorize(&Actor::Service, &Action::ReceiveMessages)?;
        let delivery = Delivery {
            id,
            body: &waiting.body,
            received: waiting.received,
            secret: waiting.secret,
        };
        let units = self.units(&waiting.body);
        if units.len() != waiting.outcomes.len() {
            return Err(StoreError::Corrupt(
                "this version reads the delivery differently from the one that took it in".into(),
            )
            .into());
        }
        let settled = units
            .iter()
            .zip(&waiting.outcomes)
            .map(|(unit, outcome)| match unit {
                Unit::Ignored(reason) | Unit::Unplaceable(reason) => {
                    Settled::because(*outcome, reason)
                }
                Unit::Event(_) => settled(*outcome),
            })
            .collect();
        let items = Item::all(&units);
        let mut job = Job::new(delivery, items, settled, Some(waiting.time), permit);
        job.about.extend(waiting.conversations.iter().cloned());
        let taken = self.settle(&mut job, waiting.parked).await;
        media::tasks::nudge(&self.state, &job.media).await;
        tasks::announce(&self.state, &job.announced, job.now).await;
        match taken? {
            Taken::Now(counts) => Ok(Some(counts)),
            Taken::Before => Ok(None),
        }
    }

    /// The units of a body; of the apps that sent messages, those remain that are ours.
    fn units(&self, body: &[u8]) -> Vec<Unit> {
        let mut units = payload::units(body);
        for unit in &mut units {
            if let Unit::Event(event) = unit
                && let What::Message(arrival) = &mut event.what
            {
                arrival.app = arrival.app.take().filter(|app| self.apps.contains(app));
                if arrival.app.is_none() {
                    arrival.outgoing = None;
                }
            }
        }
        units
    }

    /// Settles those units of a delivery that wait, and writes the record with the last of them.
    async fn settle(&self, job: &mut Job<'_>, waiting: Vec<usize>) -> Result<Taken, StoreError> {
        let events = self.route(job, waiting).await?;
        ledger::write_parts(&self.store, &job.delivery, &job.permit).await?;
        let last_from = events.len().saturating_sub(1) / EVENTS_A_COMMIT * EVENTS_A_COMMIT;
        let (before, last) = events.split_at(last_from);
        for chunk in before.chunks(EVENTS_A_COMMIT) {
            if !self.settle_some(job, chunk).await? {
                return Ok(Taken::Before);
            }
        }
        let mut end = self.commit(job, last, true).await;
        if end.as_ref().is_err_and(is_poison) {
            if !self.settle_some(job, last).await? {
                return Ok(Taken::Before);
            }
            end = self.commit(job, &[], true).await;
        }
        match end? {
            Commit::KnownDelivery => Ok(Taken::Before),
            Commit::Done(done) => {
                job.note(last, done);
                Ok(Taken::Now(Counts::of(&job.settled)))
            }
        }
    }

    /// Settles what needs no store, and finds the channel of everything else. Channels that this instance does not
    /// remember take one read.
    async fn route(
        &self,
        job: &mut Job<'_>,
        waiting: Vec<usize>,
    ) -> Result<Vec<usize>, StoreError> {
        let mut wanted = BTreeSet::new();
        for (id, _) in waiting.iter().filter_map(|at| job.event(*at)) {
            if !wanted.contains(id) {
                wanted.insert(id.to_owned());
            }
        }
        job.channels = self.memory.channels(&self.store, wanted).await?;
        let mut events = Vec::new();
        for at in waiting {
            job.settled[at] = match &job.items[at] {
                Item::Ignored(reason) => Settled::because(Outcome::Ignored, reason),
                Item::Unplaceable(reason) => Settled::because(Outcome::Parked, reason),
                Item::Event(event) => match &event.channel_id {
                    None => Settled::because(Outcome::Parked, payload::reason::NO_ACCOUNT),
                    Some(id) => match job.channels.get(id) {
                        Some(channel) if channel.receives() => {
                            events.push(at);
                            continue;
                        }
                        known => Settled {
                            outcome: Outcome::Parked,
                            reason: Some(known.map_or(UNKNOWN_CHANNEL, |_| DISCONNECTED)),
                            waits_for: Some(id.clone()),
                        },
                    },
                },
            };
        }
        Ok(events)
    }

    /// Settles some events in a commit of their own. What the database refuses is halved until the one event is found
    /// that it refuses, and that one is parked. `false` when the delivery is known already.
    async fn settle_some(&self, job: &mut Job<'_>, chunk: &[usize]) -> Result<bool, StoreError> {
        match self.commit(job, chunk, false).await {
            Ok(Commit::KnownDelivery) => Ok(false),
            Ok(Commit::Done(done)) => {
                job.note(chunk, done);
                Ok(true)
            }
            Err(error) if is_poison(&error) => {
                if let [one] = chunk {
                    tracing::error!(delivery = job.delivery.id, unit = one, cause = %error, "an event is parked");
                    job.settled[*one] = Settled::because(Outcome::Parked, REFUSED);
                    return Ok(true);
                }
                let (left, right) = chunk.split_at(chunk.len() / 2);
                Ok(Box::pin(self.settle_some(job, left)).await?
                    && Box::pin(self.settle_some(job, right)).await?)
            }
            Err(error) => Err(error),
        }
    }

    /// Commits the effects of some events, and with `record` the record. First from what is remembered; when a guard does
    /// not hold, from what stands.
    async fn commit(
        &self,
        job: &Job<'_>,
        chunk: &[usize],
        record: bool,
    ) -> Result<Commit, StoreError> {
        let events = job.events(chunk);
        let needs = Needs::of(&events);
        let _turn = self.memory.turn(needs.turns()).await;
        match self
            .attempt(job, &events, &needs, chunk, record, false)
            .await
        {
            // What is remembered may also be gone: a conversation that was erased.
            Err(error) if error.is_contended() || error == StoreError::NotFound => {
                self.store
                    .retrying(|| self.attempt(job, &events, &needs, chunk, record, true))
                    .await
            }
            other => other,
        }
    }

    async fn attempt(
        &self,
        job: &Job<'_>,
        events: &[(&Channel, &Named<'_>)],
        needs: &Needs<'_>,
        chunk: &[usize],
        record: bool,
        fresh: bool,
    ) -> Result<Commit, StoreError> {
        if fresh && job.replayed.is_none() && ledger::is_known(&self.store, job.delivery.id).await?
        {
            return Ok(Commit::KnownDelivery);
        }
        let memory = (!fresh).then_some(&*self.memory);
        let mut desk = Desk::load(&self.store, memory, events, needs, job.now).await?;
        let outcomes: Vec<Outcome> = events
            .iter()
            .map(|(channel, event)| desk.inbox.apply(channel, event))
            .collect();
        desk.settle_last(&self.store).await?;
        let mut about = BTreeSet::new();
        for (_, event) in events {
            about::found(event, &desk.inbox, &mut about);
        }
        let mut writes = Writes::new();
        let slots = store::write(&desk.inbox, &desk.times, job.now, &mut writes, &job.permit)?;
        if record {
            let mut settled = job.settled.clone();
            note(&mut settled, chunk, &outcomes);
            let now = self.clock.now();
            about.extend(job.about.iter().cloned());
            let (delivery, replayed) = (&job.delivery, job.replayed);
            ledger::write(
                delivery,
                &settled,
                &about,
                replayed,
                now,
                &mut writes,
                &job.permit,
            )?;
        }
        let times = self.store.commit_timed(writes).await?;
        let media = slots.iter().filter_map(Slot::media).collect();
        let changed = &desk.inbox.changed;
        let leads = changed.leads.iter();
        let leads = leads.filter(|id| !desk.times.leads.contains_key(*id));
        let announced = leads.chain(changed.strangers.keys()).cloned().collect();
        self.memory.keep(desk.inbox, slots, times);
        Ok(Commit::Done(Done {
            outcomes,
            about,
            media,
            announced,
        }))
    }
}
