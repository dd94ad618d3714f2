//! The commits of the job: begin, go on, end, wait.

use jiff::{SignedDuration, Timestamp};

use super::Worker;
use crate::clients::cloud_storage::StorageError;
use crate::content::budget::{Closing, Reservation};
use crate::content::ledger::{self, Books, BudgetError, Call};
use crate::content::prices::{Price, price_of};
use crate::content::prompt::{self, Brand};
use crate::content::store::Stored;
use crate::content::{Content, ContentRequest, Failure, Film, MOST_ATTEMPTS, Stage, store};
use crate::error::Error;
use crate::jobs::{Lease, lease_length};
use crate::providers::{ImagePrompt, Kind, ProviderChoice, TextPrompt, Usage, VideoPrompt};
use crate::store::{Contended, StoreError, Writes};

/// How much longer than the lease a reservation lasts: so that whoever takes over finds it open.
const RESERVATION_MARGIN: SignedDuration = SignedDuration::from_mins(10);

/// How much earlier than its next task a waiting request may be claimed: queues and services do not share a clock.
const EARLIER: SignedDuration = SignedDuration::from_secs(1);

/// How long a film may take from its beginning; it usually takes one to three minutes.
pub(super) const FILM_PATIENCE: SignedDuration = SignedDuration::from_mins(15);

/// What a provider is asked for.
#[derive(Clone)]
pub(super) enum Ask {
    Text(TextPrompt, Brand),
    Picture(ImagePrompt, Content),
    Film(VideoPrompt),
}

impl Ask {
    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Text(..) => Kind::Text,
            Self::Picture(..) => Kind::Image,
            Self::Film(..) => Kind::Video,
        }
    }

    fn worst_case(&self) -> Usage {
        match self {
            Self::Text(prompt, _) => prompt::worst_case(prompt),
            Self::Picture(prompt, _) => prompt::picture_worst_case(prompt),
            Self::Film(prompt) => prompt::film_worst_case(prompt),
        }
    }

    /// How long after its worker's lease the provider may still be at it.
    fn patience(&self) -> SignedDuration {
        match self {
            Self::Text(..) | Self::Picture(..) => SignedDuration::ZERO,
            Self::Film(..) => FILM_PATIENCE,
        }
    }
}

/// A paid call that may be made now: claimed, and its worst case reserved.
pub(super) struct Attempt {
    pub(super) request: ContentRequest,
    pub(super) choice: ProviderChoice,
    pub(super) ask: Ask,
    pub(super) price: &'static Price,
    pub(super) reservation: Reservation,
}

/// How a paid call ended, as far as money goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spent {
    closing: Closing,
    usage: Usage,
    cost_micro_usd: i64,
}

/// What a paid call leaves behind.
#[derive(Debug, Clone)]
pub(super) struct Ended {
    spent: Spent,
    /// The text, when it is final and something else is still to come.
    written: Option<Content>,
}

impl From<Spent> for Ended {
    fn from(spent: Spent) -> Self {
        Self {
            spent,
            written: None,
        }
    }
}

impl Ended {
    pub(super) fn leaving(self, written: Content) -> Self {
        Self {
            written: Some(written),
            ..self
        }
    }
}

/// The next paid call of a request.
#[derive(Clone)]
pub(super) struct Next {
    pub(super) choice: ProviderChoice,
    pub(super) ask: Ask,
}

/// What came of going on.
pub(super) enum Step {
    Attempt(Box<Attempt>),
    Over(Box<ContentRequest>),
}

/// Why a step was not taken.
#[derive(Debug, thiserror::Error)]
pub(super) enum Stop {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Where files are kept; asked before anything is paid that would have to be kept.
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error("another worker has taken over")]
    LeaseLost,
}

impl Contended for Stop {
    fn is_contended(&self) -> bool {
        match self {
            // What a closing deletes may be closed by somebody else in between.
            Self::Store(error) => error.is_contended() || *error == StoreError::NotFound,
            Self::Storage(_) | Self::LeaseLost => false,
        }
    }
}

impl From<Stop> for Error {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Store(error) => error.into(),
            Stop::Storage(error) => Self::unavailable(error.to_string()),
            Stop::LeaseLost => Self::internal(stop.to_string()),
        }
    }
}

impl Attempt {
    /// Its id.
    pub(super) fn id(&self) -> &str {
        &self.reservation.attempt_id
    }

    /// Where it keeps the file that it makes.
    pub(super) fn file(&self) -> String {
        self.request.file(self.id())
    }

    /// The bill of the call: `None` when the provider may have worked and did not say how much.
    pub(super) fn spent(&self, usage: Option<Usage>) -> Spent {
        let (closing, usage, cost_micro_usd) = match usage {
            None => {
                let worst = self.reservation.amount_micro_usd;
                (Closing::Unmetered, Usage::default(), worst)
            }
            Some(usage) if usage == Usage::default() => (Closing::Released, usage, 0),
            Some(usage) => {
                let cost_micro_usd = self.price.cost_micro_usd(usage);
                if cost_micro_usd > self.reservation.amount_micro_usd {
                    tracing::error!(
                        model = self.reservation.model,
                        cost_micro_usd,
                        reserved_micro_usd = self.reservation.amount_micro_usd,
                        "a call cost more than its worst case"
                    );
                }
                (Closing::Settled { cost_micro_usd }, usage, cost_micro_usd)
            }
        };
        Spent {
            closing,
            usage,
            cost_micro_usd,
        }
    }
}

impl Worker<'_> {
    pub(super) fn now(&self) -> Timestamp {
        self.state.clock.now()
    }

    /// Reserves the worst case of a call, and makes it the request's attempt.
    pub(super) fn reserve(
        &self,
        books: &mut Books,
        mut request: ContentRequest,
        next: Next,
    ) -> Result<Result<Attempt, Failure>, Stop> {
        let model = self.providers.model(next.ask.kind(), next.choice);
        let Some((model, price)) = model.and_then(|model| Some((model, price_of(model)?))) else {
            tracing::error!(provider = %next.choice, "the model has no price, and what has no price is not called");
            return Ok(Err(Failure::not_set_up()));
        };
        let length = lease_length(&self.state.config);
        let lease = Lease::new(self.now(), length);
        let worst = next.ask.worst_case();
        let call = Call {
            attempt_id: &lease.attempt_id,
            request_id: &request.id,
            model,
            worst_case_micro_usd: price.cost_micro_usd(worst),
            expires_in: length + next.ask.patience() + RESERVATION_MARGIN,
        };
        let reservation = match books.reserve(&call) {
            Ok(reservation) => reservation,
            Err(cap) => return Ok(Err(declined(cap.into())?)),
        };
        request.attempts += 1;
        model.clone_into(&mut request.used.model);
        request.stage = Stage::Processing(lease);
        Ok(Ok(Attempt {
            request,
            choice: next.choice,
            ask: next.ask,
            price,
            reservation,
        }))
    }

    /// Closes a call and reserves the next, in one commit; when nothing more may be spent, the request ends.
    pub(super) async fn go_on(
        &self,
        attempt: &Attempt,
        ended: &Ended,
        next: &Next,
    ) -> Result<Step, Stop> {
        let db = &self.state.store;
        let step = || async {
            let (mut request, read, open) = self.mine(attempt).await?;
            if request.attempts >= MOST_ATTEMPTS {
                return Ok(Err(Failure::unavailable()));
            }
            book(&mut request, ended);
            let _turn = self.state.reserving.acquire().await;
            let mut books = match Books::open(db, &request.payer, self.now()).await {
                Ok(books) => books,
                Err(error) => return Ok(Err(declined(error)?)),
            };
            if let Some(reservation) = open {
                books.close(reservation, ended.spent.closing);
            }
            let next = match self.reserve(&mut books, request, next.clone())? {
                Ok(next) => next,
                Err(failure) => return Ok(Err(failure)),
            };
            let mut writes = Writes::new();
            store::advance(&self.running, &mut writes, &next.request, read, self.now())?;
            books.write(&self.keeping, &mut writes)?;
            db.commit(writes).await?;
            Ok::<_, Stop>(Ok(next))
        };
        match db.retrying(step).await? {
            Ok(next) => Ok(Step::Attempt(Box::new(next))),
            Err(failure) => {
                let over = self.end(attempt, ended, Stage::Failed(failure)).await?;
                Ok(Step::Over(Box::new(over)))
            }
        }
    }

    /// Closes the last call and ends the request, in one commit.
    pub(super) async fn end(
        &self,
        attempt: &Attempt,
        ended: &Ended,
        stage: Stage,
    ) -> Result<ContentRequest, Stop> {
        let step = || async {
            let (mut request, read, open) = self.mine(attempt).await?;
            book(&mut request, ended);
            request.film = None;
            request.stage = stage.clone();
            let mut writes = Writes::new();
            self.close(&mut writes, open.as_ref(), ended.spent.closing)?;
            store::advance(&self.running, &mut writes, &request, read, self.now())?;
            self.state.store.commit(writes).await?;
            Ok::<_, Stop>(request)
        };
        self.state.store.retrying(step).await
    }

    /// Closes the last call and lets the request wait for its next turn.
    pub(super) async fn wait(
        &self,
        attempt: &Attempt,
        ended: &Ended,
        after: SignedDuration,
    ) -> Result<ContentRequest, Stop> {
        let stage = Stage::Processing(self.waiting(after));
        self.end(attempt, ended, stage).await
    }

    /// Writes down which film the provider makes for this attempt, and lets the request wait until it is asked for again.
    /// The reservation stays open: what is paid is the film, not the question.
    pub(super) async fn hold(
        &self,
        attempt: &Attempt,
        film: &Film,
        after: SignedDuration,
    ) -> Result<ContentRequest, Stop> {
        let step = || async {
            let (mut request, read, _) = self.mine(attempt).await?;
            request.film = Some(film.clone());
            request.stage = Stage::Processing(self.waiting(after));
            let mut writes = Writes::new();
            store::advance(&self.running, &mut writes, &request, read, self.now())?;
            self.state.store.commit(writes).await?;
            Ok::<_, Stop>(request)
        };
        self.state.store.retrying(step).await
    }

    fn waiting(&self, after: SignedDuration) -> Lease {
        Lease::waiting(self.now() + after - EARLIER)
    }

    /// The request, if this attempt still holds it, and the attempt's reservation, if it is still open.
    async fn mine(
        &self,
        attempt: &Attempt,
    ) -> Result<
        (
            ContentRequest,
            crate::store::UpdateTime,
            Option<Reservation>,
        ),
        Stop,
    > {
        let id = attempt.id();
        let (stored, open) = tokio::try_join!(
            store::get(&self.state.store, &attempt.request.id),
            ledger::reservation(&self.state.store, id)
        )?;
        match stored {
            Some(Stored {
                request: Ok(request),
                update_time,
                ..
            }) if request.is_held_by(id) => Ok((request, update_time, open)),
            _ => Err(Stop::LeaseLost),
        }
    }

    pub(super) fn close(
        &self,
        writes: &mut Writes,
        reservation: Option<&Reservation>,
        closing: Closing,
    ) -> Result<(), StoreError> {
        match reservation {
            Some(reservation) => {
                ledger::close(&self.keeping, writes, reservation, closing, self.now())
            }
            // It was taken for dead, and its worst case counts as spent already.
            None => Ok(()),
        }
    }
}

fn book(request: &mut ContentRequest, ended: &Ended) {
    if let Some(written) = &ended.written {
        request.written = Some(written.clone());
    }
    let spent = &ended.spent;
    let used = &mut request.used;
    used.input_tokens += spent.usage.input_tokens;
    used.output_tokens += spent.usage.output_tokens;
    used.images += spent.usage.images;
    used.video_seconds += spent.usage.video_seconds;
    used.cost_micro_usd += spent.cost_micro_usd;
}

/// Why nothing may be spent, as the person reads it.
///
/// # Errors
/// When that is not known: Firestore did not answer, and the step may be tried again.
pub(super) fn declined(error: BudgetError) -> Result<Failure, Stop> {
    match error {
        BudgetError::Store(error) => Err(error.into()),
        BudgetError::Off => Ok(Failure::switched_off()),
        BudgetError::CapReached(cap) => Ok(Failure::budget(&cap)),
        BudgetError::Unreadable(source) => {
            tracing::error!(source, "the AI limits cannot be read, so nothing is spent");
            Ok(Failure::settings())
        }
    }
}
