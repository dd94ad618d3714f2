//! The arithmetic of AI money: who pays, in which periods, and what a reservation and its end do to the balances.
//!
//! Every amount is a whole number of micro-USD. A paid call is reserved at its worst case in every budget that pays for
//! it, day and month of the person, the branch and the organisation, before the call is made; afterwards the
//! reservation is closed, once. *Invariant:* pure; `ledger` translates to documents and commits.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{Offset, offset};

use crate::ids::{BranchId, Uid};
use crate::policy::BudgetFacts;

/// Western Indonesian Time, without summer time: the organisation's days and months begin in Jakarta.
const JAKARTA: Offset = offset(7);

/// Whose money a budget counts.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// Everybody's.
    Organisation,
    /// A branch's.
    Branch(BranchId),
    /// One person's, as long as that person is of this branch; PUSAT's people are of none.
    User(Uid, Option<BranchId>),
}

impl Level {
    /// The word for it in documents.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Organisation => "ORGANISATION",
            Self::Branch(_) => "BRANCH",
            Self::User(..) => "USER",
        }
    }

    /// Names it in document ids. The first word tells the levels apart, whatever a uid looks like.
    pub fn key(&self) -> String {
        match self {
            Self::Organisation => "organisation".to_owned(),
            Self::Branch(branch) => format!("branch-{branch}"),
            Self::User(uid, _) => format!("user-{uid}"),
        }
    }

    /// The branch that it is of.
    pub fn branch(&self) -> Option<&BranchId> {
        match self {
            Self::Organisation => None,
            Self::Branch(branch) => Some(branch),
            Self::User(_, branch) => branch.as_ref(),
        }
    }

    /// The person that it is of.
    pub fn user(&self) -> Option<&Uid> {
        match self {
            Self::Organisation | Self::Branch(_) => None,
            Self::User(uid, _) => Some(uid),
        }
    }

    /// Where it lies in the hierarchy.
    pub fn facts(&self) -> BudgetFacts {
        BudgetFacts {
            branch_id: self.branch().cloned(),
            user_id: self.user().cloned(),
        }
    }
}

/// How long a budget counts before it begins anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Span {
    /// A day in Jakarta.
    Day,
    /// A calendar month in Jakarta.
    Month,
}

/// The day and the month that a moment lies in.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Periods {
    /// `2026-11-23`.
    pub day: String,
    /// `2026-11`.
    pub month: String,
}

impl Periods {
    /// Those of a moment.
    pub fn at(now: Timestamp) -> Self {
        let date: Date = JAKARTA.to_datetime(now).date();
        Self {
            day: date.to_string(),
            month: format!("{:04}-{:02}", date.year(), date.month()),
        }
    }

    /// The one of a span.
    pub fn of(&self, span: Span) -> &str {
        match span {
            Span::Day => &self.day,
            Span::Month => &self.month,
        }
    }
}

/// One budget: whose, and of which period.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Account {
    /// Whose.
    pub level: Level,
    /// Day or month.
    pub span: Span,
    /// Which.
    pub period: String,
}

impl Account {
    /// `{scope}_{period}`, its document's id.
    pub fn id(&self) -> String {
        format!("{}_{}", self.level.key(), self.period)
    }
}

/// Who presses the button, and with that who pays.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Payer {
    /// The person.
    pub uid: Uid,
    /// The person's branch; PUSAT's people have none.
    pub branch: Option<BranchId>,
}

impl Payer {
    /// The levels that pay, the nearest first, so that a refusal names the cap that the person can do most about.
    pub fn levels(&self) -> Vec<Level> {
        let user = Level::User(self.uid.clone(), self.branch.clone());
        let branch = self.branch.clone().map(Level::Branch);
        [Some(user), branch, Some(Level::Organisation)]
            .into_iter()
            .flatten()
            .collect()
    }

    /// The budgets that pay.
    pub fn accounts(&self, periods: &Periods) -> Vec<Account> {
        let of = |level: Level| {
            [Span::Day, Span::Month].map(|span| Account {
                level: level.clone(),
                span,
                period: periods.of(span).to_owned(),
            })
        };
        self.levels().into_iter().flat_map(of).collect()
    }
}

/// What a budget has given out and what it has promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Balance {
    /// Paid, or to be taken as paid.
    pub spent_micro_usd: i64,
    /// Held for calls under way.
    pub reserved_micro_usd: i64,
}

impl Balance {
    /// The balance after an entry of the ledger.
    #[must_use]
    pub fn after(self, change: Change) -> Self {
        Self {
            spent_micro_usd: self.spent_micro_usd.saturating_add(change.spent_micro_usd),
            reserved_micro_usd: self
                .reserved_micro_usd
                .saturating_add(change.reserved_micro_usd),
        }
    }

    /// Whether an amount more stays within an allowance.
    pub fn has_room(self, allowance_micro_usd: i64, amount_micro_usd: i64) -> bool {
        self.spent_micro_usd
            .saturating_add(self.reserved_micro_usd)
            .saturating_add(amount_micro_usd)
            <= allowance_micro_usd
    }
}

/// What an entry of the ledger does to each balance that it touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// Added to what is spent.
    pub spent_micro_usd: i64,
    /// Added to what is reserved.
    pub reserved_micro_usd: i64,
}

/// A budget that has no room left.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the budget {} of {} µUSD has no room for {wanted_micro_usd} µUSD more", .account.id(), .allowance_micro_usd)]
pub struct CapReached {
    /// Which.
    pub account: Account,
    /// Its allowance.
    pub allowance_micro_usd: i64,
    /// What was asked for.
    pub wanted_micro_usd: i64,
}

/// A budget as it is looked at for a reservation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Which.
    pub account: Account,
    /// What it may give out in its period.
    pub allowance_micro_usd: i64,
    /// What it has given and promised.
    pub balance: Balance,
}

/// Whether all of the budgets have room for an amount.
///
/// # Errors
/// The first that has not, in the order given.
pub fn check<'a>(
    budgets: impl IntoIterator<Item = &'a Standing>,
    amount_micro_usd: i64,
) -> Result<(), CapReached> {
    for budget in budgets {
        if !budget
            .balance
            .has_room(budget.allowance_micro_usd, amount_micro_usd)
        {
            return Err(CapReached {
                account: budget.account.clone(),
                allowance_micro_usd: budget.allowance_micro_usd,
                wanted_micro_usd: amount_micro_usd,
            });
        }
    }
    Ok(())
}

/// Money held for one paid call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    /// The attempt that it pays.
    pub attempt_id: String,
    /// The content request that the attempt belongs to.
    pub request_id: String,
    /// Who pays.
    pub payer: Payer,
    /// The periods that pay, also when the call ends in the next.
    pub periods: Periods,
    /// The model called.
    pub model: String,
    /// The worst case.
    pub amount_micro_usd: i64,
    /// When whoever holds it must be dead.
    pub expires_at: Timestamp,
}

/// How a reservation ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closing {
    /// The call was paid, and this is what it cost.
    Settled {
        /// The cost by the price table.
        cost_micro_usd: i64,
    },
    /// The provider did nothing that it bills.
    Released,
    /// The call was paid and nobody knows what it cost: the worst case counts as spent.
    Unmetered,
    /// Whoever made the call is gone. It may well have been paid, so the worst case counts as spent: otherwise whoever
    /// reads a stream and leaves before its end would write for nothing, and past every cap.
    Expired,
}

impl Closing {
    /// The word for it in the ledger.
    pub fn word(self) -> &'static str {
        match self {
            Self::Settled { .. } => "SETTLED",
            Self::Released => "RELEASED",
            Self::Unmetered => "UNMETERED",
            Self::Expired => "EXPIRED",
        }
    }
}

impl Reservation {
    /// What opening it does to each of its budgets.
    pub fn opening(&self) -> Change {
        Change {
            spent_micro_usd: 0,
            reserved_micro_usd: self.amount_micro_usd,
        }
    }

    /// What closing it does to each of its budgets.
    pub fn closing(&self, closing: Closing) -> Change {
        Change {
            spent_micro_usd: match closing {
                Closing::Settled { cost_micro_usd } => cost_micro_usd,
                Closing::Released => 0,
                Closing::Unmetered | Closing::Expired => self.amount_micro_usd,
            },
            reserved_micro_usd: -self.amount_micro_usd,
        }
    }

    /// The budgets that it touches.
    pub fn accounts(&self) -> Vec<Account> {
        self.payer.accounts(&self.periods)
    }
}

#[cfg(test)]
mod tests;
