//! Budgets, reservations and the ledger, as Firestore holds them.
//!
//! # Shape
//! `budgets/{scope_period}`: level, branchId?, userId?, period, allowanceMicroUsd, spentMicroUsd, reservedMicroUsd,
//! updatedAt. `reservations/{attemptId}`: what is open; gone once it is closed. `ledger/{attemptId}-reserved` and
//! `ledger/{attemptId}-closed`: attemptId, requestId, userId, branchId?, day, month, kind, model, reservedMicroUsd and
//! spentMicroUsd (what it added to each budget of the attempt), at.
//!
//! A reservation is one guarded commit: every budget that pays is written on the condition that it is as it was read, so
//! of two that see the same room one starts over. Closing decides nothing and uses increments, which meet no guard; that
//! it happens once is held by the reservation, which the same commit deletes, and by the ledger entry, which it creates.
//! *Invariant:* no balance changes without an entry in the same commit, and no entry is ever changed.

mod documents;

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp as Moment};

#[cfg(test)]
pub(crate) use self::documents::EntryDoc;
use self::documents::{
    BUDGETS, LEDGER, RESERVATIONS, entry, increment, open_reservation, put_budget, reservation_of,
};
pub use self::documents::{BudgetDoc, unsettle};
use super::allowances::{Limits, NoLimits};
use super::budget::{
    Account, Balance, CapReached, Change, Closing, Payer, Periods, Reservation, Standing, check,
};
use crate::policy::Permit;
use crate::store::{
    Contended, Doc, Guard, Query, Store, StoreError, Timestamp, UpdateTime, Writes,
};

/// Overdue reservations that one sweep closes.
const SWEEP_LIMIT: u32 = 200;

/// Why no money could be reserved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BudgetError {
    /// Firestore did not answer, or somebody else was faster to the end.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The limits are not there, or not what limits must look like.
    #[error("the limits cannot be read: {0}")]
    Unreadable(String),
    /// AI is switched off.
    #[error("AI is switched off")]
    Off,
    /// A budget has no room left.
    #[error(transparent)]
    CapReached(#[from] CapReached),
}

impl From<NoLimits> for BudgetError {
    fn from(error: NoLimits) -> Self {
        match error {
            NoLimits::Store(error) => Self::Store(error),
            NoLimits::Unreadable(source) => Self::Unreadable(source),
        }
    }
}

impl Contended for BudgetError {
    fn is_contended(&self) -> bool {
        match self {
            Self::Store(error) => error.is_contended(),
            Self::Unreadable(_) | Self::Off | Self::CapReached(_) => false,
        }
    }
}

/// Reads budgets; those without a document count nothing yet. One round trip.
///
/// # Errors
/// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
pub async fn budgets(
    store: &Store,
    accounts: &[Account],
) -> Result<HashMap<String, Doc<BudgetDoc>>, StoreError> {
    let ids: Vec<String> = accounts.iter().map(Account::id).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    store.get_many(BUDGETS, &ids).await
}

/// The books of one payer, open for one commit: what is reserved and closed here is decided on what was read, and written
/// on the condition that it still stands so.
#[derive(Debug)]
pub struct Books {
    payer: Payer,
    periods: Periods,
    now: Moment,
    pages: Vec<Page>,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Page {
    standing: Standing,
    read: Option<UpdateTime>,
}

#[derive(Debug)]
struct Entry {
    reservation: Reservation,
    closing: Option<Closing>,
}

/// A paid call that is about to be made.
#[derive(Debug, Clone)]
pub struct Call<'a> {
    /// Names the attempt, and with it the reservation and the entries.
    pub attempt_id: &'a str,
    /// The content request.
    pub request_id: &'a str,
    /// The model.
    pub model: &'a str,
    /// What it costs at worst.
    pub worst_case_micro_usd: i64,
    /// How long its caller can be alive.
    pub expires_in: SignedDuration,
}

impl Books {
    /// Reads what a payer may spend and has spent. Three round trips at once.
    ///
    /// # Errors
    /// [`BudgetError::Store`], [`BudgetError::Unreadable`], [`BudgetError::Off`]: in each case nothing is spent.
    pub async fn open(store: &Store, payer: &Payer, now: Moment) -> Result<Self, BudgetError> {
        let periods = Periods::at(now);
        let accounts = payer.accounts(&periods);
        let levels = payer.levels();
        let budgets = async {
            budgets(store, &accounts)
                .await
                .map_err(|error| match error {
                    StoreError::Corrupt(source) => NoLimits::Unreadable(source),
                    other => NoLimits::Store(other),
                })
        };
        let (limits, mut budgets) = tokio::try_join!(Limits::read(store, &levels), budgets)?;
        if !limits.settings.enabled {
            return Err(BudgetError::Off);
        }
        let pages = accounts
            .into_iter()
            .map(|account| {
                let doc = budgets.remove(&account.id());
                Page {
                    read: doc.as_ref().map(|doc| doc.update_time),
                    standing: Standing {
                        allowance_micro_usd: limits.of(&account),
                        balance: doc.map_or_else(Balance::default, |doc| Balance {
                            spent_micro_usd: doc.value.spent_micro_usd,
                            reserved_micro_usd: doc.value.reserved_micro_usd,
                        }),
                        account,
                    },
                }
            })
            .collect();
        Ok(Self {
            payer: payer.clone(),
            periods,
            now,
            pages,
            entries: Vec::new(),
        })
    }

    /// Closes a reservation, in the same commit as whatever follows.
    pub fn close(&mut self, reservation: Reservation, closing: Closing) {
        self.enter(&reservation.accounts(), reservation.closing(closing));
        self.entries.push(Entry {
            reservation,
            closing: Some(closing),
        });
    }

    /// Reserves the worst case of a call in every budget that pays for it.
    ///
    /// # Errors
    /// [`CapReached`]; then nothing is to be written.
    pub fn reserve(&mut self, call: &Call<'_>) -> Result<Reservation, CapReached> {
        let standings = self.pages.iter().map(|page| &page.standing);
        check(standings, call.worst_case_micro_usd)?;
        let reservation = Reservation {
            attempt_id: call.attempt_id.to_owned(),
            request_id: call.request_id.to_owned(),
            payer: self.payer.clone(),
            periods: self.periods.clone(),
            model: call.model.to_owned(),
            amount_micro_usd: call.worst_case_micro_usd,
            expires_at: self.now + call.expires_in,
        };
        self.enter(&reservation.accounts(), reservation.opening());
        self.entries.push(Entry {
            reservation: reservation.clone(),
            closing: None,
        });
        Ok(reservation)
    }

    fn enter(&mut self, accounts: &[Account], change: Change) {
        for page in &mut self.pages {
            if accounts.contains(&page.standing.account) {
                page.standing.balance = page.standing.balance.after(change);
            }
        }
    }

    /// Adds to a commit everything that was entered.
    ///
    /// # Errors
    /// As [`Writes::put`].
    pub fn write(&self, permit: &Permit, writes: &mut Writes) -> Result<(), StoreError> {
        for page in &self.pages {
            put_budget(writes, &page.standing, page.read, self.now)?;
        }
        for entry in &self.entries {
            match entry.closing {
                None => open_reservation(writes, &entry.reservation, self.now)?,
                Some(closing) => {
                    // What belongs to a period that is over stands on no open page.
                    let elsewhere = |account: &Account| {
                        !self
                            .pages
                            .iter()
                            .any(|page| page.standing.account == *account)
                    };
                    close_where(
                        permit,
                        writes,
                        &entry.reservation,
                        closing,
                        self.now,
                        elsewhere,
                    )?;
                }
            }
        }
        Ok(())
    }
}

/// Adds to a commit that a reservation is closed. The commit fails with [`StoreError::NotFound`] or
/// [`StoreError::AlreadyExists`] when it was closed before.
///
/// # Errors
/// As [`Writes::update`].
pub fn close(
    permit: &Permit,
    writes: &mut Writes,
    reservation: &Reservation,
    closing: Closing,
    now: Moment,
) -> Result<(), StoreError> {
    close_where(permit, writes, reservation, closing, now, |_| true)
}

fn close_where(
    _: &Permit,
    writes: &mut Writes,
    reservation: &Reservation,
    closing: Closing,
    now: Moment,
    touched: impl Fn(&Account) -> bool,
) -> Result<(), StoreError> {
    let change = reservation.closing(closing);
    for account in reservation.accounts().into_iter().filter(touched) {
        increment(writes, &account, change, now)?;
    }
    let attempt = &reservation.attempt_id;
    writes.delete(&format!("{RESERVATIONS}/{attempt}"), Guard::Exists);
    let entry = entry(reservation, closing.word(), change, now);
    writes.create(&format!("{LEDGER}/{attempt}-closed"), &entry)?;
    Ok(())
}

/// The reservation of an attempt, while it is open. One round trip.
///
/// # Errors
/// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
pub async fn reservation(
    store: &Store,
    attempt_id: &str,
) -> Result<Option<Reservation>, StoreError> {
    let doc = store.get(&format!("{RESERVATIONS}/{attempt_id}")).await?;
    Ok(doc.map(reservation_of))
}

/// Closes reservations whose holder must be dead, up to 200, and says how many it closed.
///
/// # Errors
/// [`StoreError::Unavailable`]; what was closed by then stays closed.
pub async fn expire(store: &Store, permit: &Permit, now: Moment) -> Result<usize, StoreError> {
    let overdue = Query::first(SWEEP_LIMIT, RESERVATIONS)
        .below("expiresAt", Timestamp(now))
        .ascending("expiresAt");
    let mut closed = 0;
    for doc in store.query(overdue).await? {
        let reservation = reservation_of(doc);
        let mut writes = Writes::new();
        close(permit, &mut writes, &reservation, Closing::Expired, now)?;
        match store.commit(writes).await {
            Ok(()) => closed += 1,
            // Somebody else closed it just now.
            Err(StoreError::NotFound | StoreError::AlreadyExists | StoreError::Conflict) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(closed)
}
