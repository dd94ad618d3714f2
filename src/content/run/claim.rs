//! The claim: whether a request may be begun, and by whom, and with which call.

use jiff::SignedDuration;

use super::steps::{Ask, Attempt, Next, Stop, declined};
use super::{New, Worker};
use crate::clients::cloud_storage::StorageError;
use crate::content::budget::{Closing, Reservation};
use crate::content::ledger::{self, Books};
use crate::content::prices::price_of;
use crate::content::prompt;
use crate::content::store::Stored;
use crate::content::{
    Claim, Content, ContentRequest, Failure, Film, MOST_ATTEMPTS, Media, Stage, store,
};
use crate::error::Error;
use crate::jobs::{Lease, lease_length};
use crate::providers::Kind;
use crate::store::{StoreError, UpdateTime, Writes};
use crate::users;
use crate::users::Place;

/// How long a request waits for a place to keep its picture or film.
const STORAGE_PATIENCE: SignedDuration = SignedDuration::from_hours(1);

/// What a claim found.
pub(super) enum Begun {
    Attempt(Box<Attempt>),
    Film(Box<Shooting>),
    Busy(Box<ContentRequest>),
    Over(Box<ContentRequest>),
    Declined(Failure),
    Gone,
}

/// A film in the making, and the attempt that pays it.
pub(super) struct Shooting {
    pub(super) attempt: Attempt,
    pub(super) film: Film,
    pub(super) written: Content,
    /// Whether the last who asked for it did not come to an end.
    pub(super) resumed: bool,
}

/// What a dead worker left.
#[derive(Clone)]
struct Abandoned {
    attempt_id: String,
    /// Its money, unless the sweep has booked it already.
    open: Option<Reservation>,
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
        let left = match request.claim(self.now()) {
            Claim::Held => return Ok(Begun::Busy(Box::new(request))),
            Claim::Over => return Ok(Begun::Over(Box::new(request))),
            Claim::Free { abandoned } => abandoned,
        };
        if let (Some(film), Some(read)) = (request.film.clone(), read) {
            return self.resume(request, film, left.is_some(), read).await;
        }
        let abandoned = match left {
            None => None,
            Some(attempt_id) => Some(Abandoned {
                open: ledger::reservation(db, &attempt_id).await?,
                attempt_id,
            }),
        };
        if let Some(open) = abandoned.as_ref().and_then(|left| left.open.as_ref()) {
            request.used.cost_micro_usd += open.amount_micro_usd;
        }
        if let (Some(abandoned), Some(read)) = (&abandoned, read)
            && let Some(stage) = self.after_death(&request, abandoned).await?
        {
            return self.conclude(request, stage, abandoned, read).await;
        }
        // For a person who waits, `users::standing` has looked already, and there is nothing to run for yet.
        let may_ask = new.is_some() || self.may_ask(&request).await?;
        let prepared = if may_ask {
            self.prepare(&request).await?
        } else {
            Err(Failure::not_allowed())
        };
        let _turn = self.state.reserving.acquire().await;
        let opened = match prepared {
            Ok(next) => match Books::open(db, &request.payer, self.now()).await {
                Ok(books) => Ok((next, books)),
                Err(error) => Err(declined(error)?),
            },
            Err(failure) => Err(failure),
        };
        let reserved = match opened {
            Ok((next, mut books)) => {
                if let Some(open) = abandoned.clone().and_then(|left| left.open) {
                    books.close(open, Closing::Expired);
                }
                match self.reserve(&mut books, request.clone(), next)? {
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
                let open = abandoned.as_ref().and_then(|left| left.open.as_ref());
                return self.record(request, open, Closing::Expired, read).await;
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

    /// How a request ends whose worker died: with the picture that it had kept by then, or because it may have begun a film.
    /// `None`: it goes on.
    async fn after_death(
        &self,
        request: &ContentRequest,
        abandoned: &Abandoned,
    ) -> Result<Option<Stage>, Stop> {
        // Before the text was final, the attempt was one at the text.
        let Some(written) = &request.written else {
            return Ok(None);
        };
        Ok(match request.order.media {
            Media::None => None,
            Media::Image => {
                let kept = self.kept(&request.file(&abandoned.attempt_id)).await?;
                kept.map(|url| {
                    Stage::Completed(Content {
                        image_url: Some(url),
                        ..written.clone()
                    })
                })
            }
            Media::Video => Some(Stage::Failed(Failure::film_interrupted())),
        })
    }

    async fn conclude(
        &self,
        mut request: ContentRequest,
        stage: Stage,
        abandoned: &Abandoned,
        read: UpdateTime,
    ) -> Result<Begun, Stop> {
        let closing = match stage {
            // It was paid, since the picture is there, and its price is the worst case but for some tokens.
            Stage::Completed(_) => {
                request.used.images += 1;
                Closing::Unmetered
            }
            Stage::Pending | Stage::Processing(_) | Stage::Failed(_) => Closing::Expired,
        };
        request.stage = stage;
        self.record(request, abandoned.open.as_ref(), closing, read)
            .await
    }

    /// Ends a request that nobody works on.
    async fn record(
        &self,
        request: ContentRequest,
        open: Option<&Reservation>,
        closing: Closing,
        read: UpdateTime,
    ) -> Result<Begun, Stop> {
        let mut writes = Writes::new();
        self.close(&mut writes, open, closing)?;
        store::advance(&self.running, &mut writes, &request, read, self.now())?;
        self.state.store.commit(writes).await?;
        Ok(Begun::Over(Box::new(request)))
    }

    /// Claims a request whose film is in the making. Nothing is reserved: the film is paid, asking for it is free. Whether its
    /// owner may still ask for such things does not matter any more either.
    async fn resume(
        &self,
        mut request: ContentRequest,
        film: Film,
        resumed: bool,
        read: UpdateTime,
    ) -> Result<Begun, Stop> {
        let open = ledger::reservation(&self.state.store, &film.attempt_id).await?;
        let price = price_of(&film.operation.model);
        let (Some(reservation), Some(price), Some(written)) =
            (open, price, request.written.clone())
        else {
            // Its money was booked long after its time was over.
            request.film = None;
            request.stage = Stage::Failed(Failure::film_late());
            return self.record(request, None, Closing::Expired, read).await;
        };
        request.stage = Stage::Processing(Lease {
            attempt_id: film.attempt_id.clone(),
            until: self.now() + lease_length(&self.state.config),
        });
        let mut writes = Writes::new();
        store::advance(&self.running, &mut writes, &request, read, self.now())?;
        self.state.store.commit(writes).await?;
        let ask = Ask::Film(prompt::film(&request.order, &written));
        let attempt = Attempt {
            request,
            choice: film.operation.provider,
            ask,
            price,
            reservation,
        };
        Ok(Begun::Film(Box::new(Shooting {
            attempt,
            film,
            written,
            resumed,
        })))
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
    async fn prepare(&self, request: &ContentRequest) -> Result<Result<Next, Failure>, Stop> {
        if request.attempts >= MOST_ATTEMPTS {
            return Ok(Err(Failure::unavailable()));
        }
        if let Some(written) = &request.written
            && let Some(next) = self.after_text(request, written)
        {
            return match self.state.storage.answers().await {
                Ok(()) => Ok(next),
                Err(StorageError::Refused(_)) => Ok(Err(Failure::not_set_up())),
                Err(StorageError::Unavailable(_))
                    if self.now() > request.created_at + STORAGE_PATIENCE =>
                {
                    Ok(Err(Failure::not_stored()))
                }
                Err(error) => Err(error.into()),
            };
        }
        // A text for a picture that nobody can draw would be paid for nothing.
        let media = match request.order.media {
            Media::None => None,
            Media::Image => Some(Kind::Image),
            Media::Video => Some(Kind::Video),
        };
        let nobody = |kind: Kind| {
            let first = self.providers.order(kind).first().copied();
            let model = first.and_then(|choice| self.providers.model(kind, choice));
            model.and_then(price_of).is_none()
        };
        if media.is_some_and(nobody) {
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
        let ask = Ask::Text(prompt::write(&request.order, &brand), brand);
        Ok(Ok(Next { choice, ask }))
    }
}
