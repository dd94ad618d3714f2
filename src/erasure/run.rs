//! The steps of an erasure. Each looks at what stands and erases it; a step that broke off is taken again from what stands.
//!
//! First what the person is known by is written down, since the conversation or the lead that tells it goes. Then messages, files,
//! the conversation; leads; what their login opened; the raw deliveries that list their conversations. Last, those that wait or
//! list too many conversations are looked through one by one.

use jiff::SignedDuration;

use super::store::{self, Request};
use super::{SECOND_LOOK, State};
use crate::channels::revoke;
use crate::error::Error;
use crate::inbox::erase::{self, By};
use crate::inbox::ledger::{self, Erased, Unlisted};
use crate::leads;
use crate::leads::store::Leads;
use crate::policy::{Action, Actor, Permit, authorize};
use crate::state::AppState;

/// Pages that one turn takes, each of a few round trips: a turn ends well within a request's time.
const PAGES_A_TURN: u32 = 40;

/// Conversations found at a time.
const CONVERSATIONS: u32 = 10;

/// Deliveries looked into at a time.
const DELIVERIES: u32 = 20;

/// How long a turn may be silent before the sweep puts another.
pub const TURN: SignedDuration = SignedDuration::from_mins(5);

/// What came of a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// There is more to do.
    More,
    /// There is nothing left to do now.
    Done,
}

/// Works on a request for one turn. At most about 250 round trips.
///
/// # Idempotency
/// Safe to repeat, and for two at once: the slower is refused and begins anew.
///
/// # Errors
/// `UNAVAILABLE`, `ABORTED`: what was erased by then is.
pub async fn turn(state: &AppState, code: &str) -> Result<Turn, Error> {
    let permit = authorize(&Actor::Service, &Action::KeepServiceData)?;
    let Some(mut request) = store::get(&state.store, code).await? else {
        return Ok(Turn::Done);
    };
    let now = state.clock.now();
    // A look that is not due yet would find nothing but what it found before.
    if request.state == State::Closed || request.state == State::Done && request.due > Some(now) {
        return Ok(Turn::Done);
    }
    request.due = now.checked_add(TURN).ok();
    store::save(&state.store, &mut request, &permit).await?;
    let mut worker = Worker {
        state,
        request,
        permit,
        pages: 0,
    };
    let finished = worker.work().await?;
    worker.end(finished).await
}

struct Worker<'a> {
    state: &'a AppState,
    request: Request,
    permit: Permit,
    pages: u32,
}

impl Worker<'_> {
    /// Whether there is time for another page.
    fn may_go_on(&mut self) -> bool {
        self.pages += 1;
        self.pages <= PAGES_A_TURN
    }

    /// `false` when the turn ended before the work did.
    async fn work(&mut self) -> Result<bool, Error> {
        Ok(self.conversations().await?
            && self.leads().await?
            && self.conversations().await?
            && self.channels().await?
            && self.bodies().await?
            && self.deliveries().await?)
    }

    async fn end(mut self, finished: bool) -> Result<Turn, Error> {
        let now = self.state.clock.now();
        let request = &mut self.request;
        let turn = if finished {
            request.stage = None;
            request.after = None;
            if request.state == State::Pending {
                request.state = State::Done;
                request.done = Some(now);
                request.due = now.checked_add(SECOND_LOOK).ok();
            } else {
                request.state = State::Closed;
                request.due = None;
            }
            Turn::Done
        } else {
            request.due = Some(now);
            Turn::More
        };
        store::save(&self.state.store, request, &self.permit).await?;
        Ok(turn)
    }

    async fn save(&mut self) -> Result<(), Error> {
        Ok(store::save(&self.state.store, &mut self.request, &self.permit).await?)
    }

    async fn conversations(&mut self) -> Result<bool, Error> {
        // What is learned from one is looked for as well, so the list is asked anew each time.
        while let Some((id, known)) = self.next_conversation().await? {
            if self.request.subject.learn(&id, &known) {
                self.save().await?;
            }
            loop {
                if !self.may_go_on() {
                    return Ok(false);
                }
                let erased = erase::messages(self.state, &id, &self.permit).await?;
                self.request.erased.messages += erased as u64;
                if erased == 0 {
                    break;
                }
            }
            if erase::conversation(self.state, &id, &self.permit).await? {
                self.request.erased.conversations += 1;
            }
        }
        Ok(true)
    }

    async fn next_conversation(&self) -> Result<Option<(String, erase::Known)>, Error> {
        let subject = &self.request.subject;
        let contacts = subject.contacts.iter();
        let by = contacts
            .clone()
            .map(|id| By::Contact(id))
            .chain(contacts.map(|id| By::UserId(id)))
            .chain(subject.phones.iter().map(|phone| By::Phone(phone)))
            .chain(subject.leads.iter().map(|lead| By::Lead(lead)));
        for by in by {
            let found = erase::conversations(self.state, by, CONVERSATIONS).await?;
            // What the person told us after all was done is new, and no part of the request.
            let old = |known: &erase::Known| {
                let began = known.created_at.as_ref().map(|at| at.0);
                self.request.done.is_none_or(|done| began < Some(done))
            };
            if let Some(doc) = found.into_iter().find(|doc| old(&doc.value)) {
                return Ok(Some((doc.id, doc.value)));
            }
        }
        Ok(None)
    }

    async fn leads(&mut self) -> Result<bool, Error> {
        let leads = Leads::of(self.state);
        for phone in self.request.subject.phones.clone() {
            let mut news = false;
            for lead in leads.with_phone(&phone).await? {
                if self
                    .request
                    .done
                    .is_some_and(|done| lead.value.created_at() > Some(done))
                {
                    continue;
                }
                news |= self.request.subject.learn_lead(&lead.id, Some(&phone));
            }
            if news {
                self.save().await?;
            }
        }
        let mut at = 0;
        while let Some(id) = self.request.subject.leads.get(at).cloned() {
            let lead = leads.get(&id).await?;
            let phone = lead.as_ref().and_then(|lead| lead.value.phone());
            if self.request.subject.learn_lead(&id, phone) {
                self.save().await?;
            }
            self.request.erased.leads += u64::from(lead.is_some());
            loop {
                if !self.may_go_on() {
                    return Ok(false);
                }
                let now = self.state.clock.now();
                if !leads::erase::page(&leads, &id, now, &self.permit).await? {
                    break;
                }
            }
            at += 1;
        }
        Ok(true)
    }

    async fn channels(&mut self) -> Result<bool, Error> {
        if let Some(person) = self.request.subject.connected.clone() {
            let (store, now) = (&self.state.store, self.state.clock.now());
            let attempt = || revoke::forget(store, &person, now, &self.permit);
            let forgotten = store.retrying(attempt).await?;
            self.request.erased.channels += forgotten as u64;
        }
        Ok(true)
    }

    /// The raw deliveries that list one of the person's conversations, also one that is gone.
    async fn bodies(&mut self) -> Result<bool, Error> {
        let person = self.request.subject.person();
        for id in self.request.subject.conversations.clone() {
            // It is there again: the person wrote anew, and what is told of it now is no part of the request.
            if erase::exists(self.state, &id).await? {
                continue;
            }
            erase::stray_files(self.state, &id).await?;
            loop {
                if !self.may_go_on() {
                    return Ok(false);
                }
                let erased = erase::bodies(self.state, &id, &person, &self.permit).await?;
                self.request.erased.deliveries += erased as u64;
                if erased == 0 {
                    break;
                }
            }
        }
        Ok(true)
    }

    /// Looks through the deliveries that no conversation leads to. Once: what waits a day later may be new.
    async fn deliveries(&mut self) -> Result<bool, Error> {
        if self.request.done.is_some() {
            return Ok(true);
        }
        let person = self.request.subject.person();
        for (stage, which) in [("PARKED", Unlisted::Parked), ("MANY", Unlisted::Many)] {
            // The stages behind the one that a turn broke off in are over.
            let at = self.request.stage.as_deref();
            if at == Some("MANY") && which == Unlisted::Parked {
                continue;
            }
            if at != Some(stage) {
                self.request.stage = Some(stage.to_owned());
                self.request.after = None;
            }
            loop {
                if !self.may_go_on() {
                    return Ok(false);
                }
                let after = self.request.after.as_deref();
                let found = ledger::unlisted(&self.state.store, which, after, DELIVERIES).await?;
                let Some(last) = found.last().cloned() else {
                    break;
                };
                for id in &found {
                    let erased = erase::body(self.state, id, &person, None, &self.permit).await?;
                    self.request.erased.deliveries += u64::from(erased != Erased::Nothing);
                }
                self.request.after = Some(last);
            }
        }
        Ok(true)
    }
}
