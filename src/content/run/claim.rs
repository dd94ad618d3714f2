//! The claim: whether a request may be begun, and by whom, and with which call.

use super::steps::{Attempt, Next, Stop, declined};
use super::{New, Worker};
use crate::content::budget::Closing;
use crate::content::ledger::{self, Books};
use crate::content::prompt::{self, Brand};
use crate::content::store::Stored;
use crate::content::{Claim, ContentRequest, Failure, MOST_ATTEMPTS, Media, Stage, store};
use crate::error::Error;
use crate::providers::Kind;
use crate::store::{StoreError, UpdateTime, Writes};
use crate::users;
use crate::users::Place;

/// What a claim found.
pub(super) enum Begun {
    Attempt(Box<Attempt>),
    Busy(Box<ContentRequest>),
    Over(Box<ContentRequest>),
    Declined(Failure),
    Gone,
}

impl Worker<'_> {
    /// Claims a request and reserves the money of its first call, in one commit.
    pub(super) async fn begin(&self, id: &str, new: Option<&New<'_>>) -> Result<Begun, Stop> {
        let db = &self.state.store;
        let stored = store::get(db, id).await?;
        let read = stored.as_ref().map(|stored| stored.update_time);
        let mut request = match (stored, new) {
            (None, None) => return Ok(Begun::Gone),
            (None, Some(new)) => new.request.clone(),
            (Some(Stored { request, .. }), _) => match request {
                Ok(request) => request,
                Err(error) => return self.refuse(id, &error, read).await,
            },
        };
        if new.is_some_and(|new| !new.request.asks_the_same(&request)) {
            return Ok(Begun::Busy(Box::new(request)));
        }
        let abandoned = match request.claim(self.now()) {
            Claim::Held => return Ok(Begun::Busy(Box::new(request))),
            Claim::Over => return Ok(Begun::Over(Box::new(request))),
            Claim::Free { abandoned: None } => None,
            Claim::Free {
                abandoned: Some(attempt),
            } => ledger::reservation(db, &attempt).await?,
        };
        if let Some(reservation) = &abandoned {
            request.used.cost_micro_usd += reservation.amount_micro_usd;
        }
        // For a person who waits, `users::standing` has looked already, and there is nothing to run for yet.
        let may_ask = new.is_some() || self.may_ask(&request).await?;
        let _turn = self.state.reserving.acquire().await;
        let prepared = if may_ask {
            self.prepare(&request).await?
        } else {
            Err(Failure::not_allowed())
        };
        let opened = match prepared {
            Ok((next, brand)) => match Books::open(db, &request.payer, self.now()).await {
                Ok(books) => Ok((next, brand, books)),
                Err(error) => Err(declined(error)?),
            },
            Err(failure) => Err(failure),
        };
        let reserved = match opened {
            Ok((next, brand, mut books)) => {
                if let Some(reservation) = abandoned.clone() {
                    books.close(reservation, Closing::Expired);
                }
                match self.reserve(&mut books, request.clone(), next, brand)? {
                    Ok(attempt) => Ok((attempt, books)),
                    Err(failure) => Err(failure),
                }
            }
            Err(failure) => Err(failure),
        };
        let (attempt, books) = match (reserved, read) {
            (Ok(reserved), _) => reserved,
            (Err(failure), None) => return Ok(Begun::Declined(failure)),
            (Err(failure), Some(read)) => {
                request.stage = Stage::Failed(failure);
                let mut writes = Writes::new();
                self.close(&mut writes, abandoned.as_ref(), Closing::Expired)?;
                store::advance(&self.running, &mut writes, &request, read, self.now())?;
                db.commit(writes).await?;
                return Ok(Begun::Over(Box::new(request)));
            }
        };
        let mut writes = Writes::new();
        match (read, new) {
            (Some(read), _) => {
                store::advance(
                    &self.running,
                    &mut writes,
                    &attempt.request,
                    read,
                    self.now(),
                )?;
            }
            (None, Some(new)) => {
                store::create(new.permit, &mut writes, &attempt.request, self.now())?;
            }
            (None, None) => return Ok(Begun::Gone),
        }
        books.write(&self.keeping, &mut writes)?;
        db.commit(writes).await?;
        Ok(Begun::Attempt(Box::new(attempt)))
    }

    /// A document that is no order fails, whoever wrote it.
    async fn refuse(
        &self,
        id: &str,
        error: &Error,
        read: Option<UpdateTime>,
    ) -> Result<Begun, Stop> {
        if let Some(read) = read {
            let failure = Failure::invalid(error);
            let mut writes = Writes::new();
            store::refuse(&self.running, &mut writes, id, &failure, read, self.now())?;
            self.state.store.commit(writes).await?;
        }
        Ok(Begun::Gone)
    }

    /// Whether the owner still stands where the document says: a request may wait for longer than a right lasts.
    async fn may_ask(&self, request: &ContentRequest) -> Result<bool, Stop> {
        let payer = &request.payer;
        let Some(stored) = users::store::get(&self.state.store, &payer.uid).await? else {
            return Ok(false);
        };
        Ok(!stored.user.disabled
            && stored.user.place.is_ok_and(|place| match &place {
                Place::Pusat => true,
                Place::Cabang(_) | Place::Mitra(_) => {
                    place.branch().is_some() && place.branch() == payer.branch.as_ref()
                }
            }))
    }

    /// The first call of a turn.
    async fn prepare(
        &self,
        request: &ContentRequest,
    ) -> Result<Result<(Next, Brand), Failure>, Stop> {
        if request.attempts >= MOST_ATTEMPTS {
            return Ok(Err(Failure::unavailable()));
        }
        // Pictures and films are not made yet by any provider that this job knows how to store for.
        if request.order.media != Media::None {
            return Ok(Err(Failure::not_set_up()));
        }
        let brand = match store::brand(&self.state.store).await {
            Ok(brand) => brand,
            Err(StoreError::Corrupt(source)) => {
                tracing::error!(source, "settings/brand cannot be read");
                return Ok(Err(Failure::settings()));
            }
            Err(error) => return Err(error.into()),
        };
        let Some(choice) = self.providers.order(Kind::Text).first().copied() else {
            return Ok(Err(Failure::not_set_up()));
        };
        let prompt = prompt::write(&request.order, &brand);
        Ok(Ok((Next { choice, prompt }, brand)))
    }
}
