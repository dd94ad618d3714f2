//! The documents of the ledger, and the writes that change them.

use jiff::Timestamp as Moment;
use serde::{Deserialize, Serialize};

use crate::content::budget::{Account, Change, Payer, Periods, Reservation, Standing};
use crate::ids::{BranchId, Uid};
use crate::policy::Permit;
use crate::store::{Doc, Guard, StoreError, Timestamp, UpdateTime, Writes};

pub(super) const BUDGETS: &str = "budgets";
pub(super) const RESERVATIONS: &str = "reservations";
pub(super) const LEDGER: &str = "ledger";

/// `budgets/{scope_period}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say all")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "Budget", optional_fields))]
pub struct BudgetDoc {
    #[serde(default)]
    #[cfg_attr(test, ts(type = "BudgetLevel"))]
    pub level: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branch_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    #[serde(default)]
    pub period: String,
    #[serde(default)]
    pub allowance_micro_usd: i64,
    #[serde(default)]
    pub spent_micro_usd: i64,
    #[serde(default)]
    pub reserved_micro_usd: i64,
    pub updated_at: Timestamp,
}

/// `reservations/{attemptId}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReservationDoc {
    request_id: String,
    user_id: Uid,
    #[serde(skip_serializing_if = "Option::is_none")]
    branch_id: Option<BranchId>,
    day: String,
    month: String,
    model: String,
    amount_micro_usd: i64,
    expires_at: Timestamp,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "LedgerEntry", optional_fields))]
pub(crate) struct EntryDoc<'a> {
    attempt_id: &'a str,
    request_id: &'a str,
    user_id: &'a Uid,
    #[serde(skip_serializing_if = "Option::is_none")]
    branch_id: Option<&'a BranchId>,
    day: &'a str,
    month: &'a str,
    #[cfg_attr(
        test,
        ts(type = "'RESERVED' | 'SETTLED' | 'RELEASED' | 'UNMETERED' | 'EXPIRED'")
    )]
    kind: &'static str,
    model: &'a str,
    reserved_micro_usd: i64,
    spent_micro_usd: i64,
    at: Timestamp,
}

/// Puts a budget as it stands after what was decided on what was read.
pub(super) fn put_budget(
    writes: &mut Writes,
    standing: &Standing,
    read: Option<UpdateTime>,
    now: Moment,
) -> Result<(), StoreError> {
    let level = &standing.account.level;
    let doc = BudgetDoc {
        level: level.word().to_owned(),
        branch_id: level.branch().map(ToString::to_string),
        user_id: level.user().map(ToString::to_string),
        period: standing.account.period.clone(),
        allowance_micro_usd: standing.allowance_micro_usd,
        spent_micro_usd: standing.balance.spent_micro_usd,
        reserved_micro_usd: standing.balance.reserved_micro_usd,
        updated_at: Timestamp(now),
    };
    let path = format!("{BUDGETS}/{}", standing.account.id());
    match read {
        Some(read) => writes.put(&path, &doc, Guard::Unchanged(read))?,
        None => writes.create(&path, &doc)?,
    };
    Ok(())
}

/// Adds a change to a budget whatever it holds by now.
pub(super) fn increment(
    writes: &mut Writes,
    account: &Account,
    change: Change,
    now: Moment,
) -> Result<(), StoreError> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Touched {
        updated_at: Timestamp,
    }
    let path = format!("{BUDGETS}/{}", account.id());
    let touched = Touched {
        updated_at: Timestamp(now),
    };
    writes
        .update(&path, &touched, &["updatedAt"], Guard::None)?
        .incrementing(&[
            ("spentMicroUsd", change.spent_micro_usd),
            ("reservedMicroUsd", change.reserved_micro_usd),
        ]);
    Ok(())
}

/// Opens a reservation, with its entry in the ledger.
pub(super) fn open_reservation(
    writes: &mut Writes,
    reservation: &Reservation,
    now: Moment,
) -> Result<(), StoreError> {
    let attempt = &reservation.attempt_id;
    let doc = ReservationDoc {
        request_id: reservation.request_id.clone(),
        user_id: reservation.payer.uid.clone(),
        branch_id: reservation.payer.branch.clone(),
        day: reservation.periods.day.clone(),
        month: reservation.periods.month.clone(),
        model: reservation.model.clone(),
        amount_micro_usd: reservation.amount_micro_usd,
        expires_at: Timestamp(reservation.expires_at),
    };
    writes.create(&format!("{RESERVATIONS}/{attempt}"), &doc)?;
    let entry = entry(reservation, "RESERVED", reservation.opening(), now);
    writes.create(&format!("{LEDGER}/{attempt}-reserved"), &entry)?;
    Ok(())
}

pub(super) fn entry<'a>(
    reservation: &'a Reservation,
    kind: &'static str,
    change: Change,
    now: Moment,
) -> EntryDoc<'a> {
    EntryDoc {
        attempt_id: &reservation.attempt_id,
        request_id: &reservation.request_id,
        user_id: &reservation.payer.uid,
        branch_id: reservation.payer.branch.as_ref(),
        day: &reservation.periods.day,
        month: &reservation.periods.month,
        kind,
        model: &reservation.model,
        reserved_micro_usd: change.reserved_micro_usd,
        spent_micro_usd: change.spent_micro_usd,
        at: Timestamp(now),
    }
}

pub(super) fn reservation_of(doc: Doc<ReservationDoc>) -> Reservation {
    Reservation {
        attempt_id: doc.id,
        request_id: doc.value.request_id,
        payer: Payer {
            uid: doc.value.user_id,
            branch: doc.value.branch_id,
        },
        periods: Periods {
            day: doc.value.day,
            month: doc.value.month,
        },
        model: doc.value.model,
        amount_micro_usd: doc.value.amount_micro_usd,
        expires_at: doc.value.expires_at.0,
    }
}

/// Adds to a commit what budgets allow from now on. Reservations that were decided on their former state start over, also where
/// that is what they allowed before. One that nothing was spent from yet is there afterwards, whole.
///
/// # Errors
/// As [`Writes::update`].
pub fn unsettle(
    _: &Permit,
    writes: &mut Writes,
    standing: &[(Account, i64)],
    now: Moment,
) -> Result<(), StoreError> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Allowed<'a> {
        level: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        branch_id: Option<&'a BranchId>,
        #[serde(skip_serializing_if = "Option::is_none")]
        user_id: Option<&'a Uid>,
        period: &'a str,
        allowance_micro_usd: i64,
        updated_at: Timestamp,
    }
    for (account, allowance_micro_usd) in standing {
        let allowed = Allowed {
            level: account.level.word(),
            branch_id: account.level.branch(),
            user_id: account.level.user(),
            period: &account.period,
            allowance_micro_usd: *allowance_micro_usd,
            updated_at: Timestamp(now),
        };
        let fields = [
            "level",
            "branchId",
            "userId",
            "period",
            "allowanceMicroUsd",
            "updatedAt",
        ];
        let path = format!("{BUDGETS}/{}", account.id());
        writes
            .update(&path, &allowed, &fields, Guard::None)?
            .incrementing(&[("spentMicroUsd", 0), ("reservedMicroUsd", 0)]);
    }
    Ok(())
}
