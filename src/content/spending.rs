//! `aiBudget`, `setAiAllowance` and `switchAi`: what people may ask and set about AI money.

mod allow;
mod switch;

use serde::{Deserialize, Serialize};

pub use self::allow::{AllowanceSet, SetAllowance, set_ai_allowance};
pub use self::switch::{AiSwitched, SwitchAi, switch_ai};
use super::Failure;
use super::allowances::{Limits, NoLimits};
use super::budget::{Account, Level, Payer, Periods, Span};
use super::ledger;
use crate::error::{Error, text};
use crate::extract::Caller;
use crate::ids::{BranchId, ParseError, Uid};
use crate::policy::{Action, Decision, decide};
use crate::state::AppState;
use crate::users;

/// Whose budget to look at; one's own without.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "AskAiBudget", optional_fields))]
pub struct AskBudget {
    branch_id: Option<String>,
    user_id: Option<String>,
}

/// What may be spent and is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct AiBudget {
    /// Whether AI is on.
    pub enabled: bool,
    /// The levels that the caller may see, the nearest first.
    pub levels: Vec<LevelBudget>,
}

/// One level's budgets.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say all")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LevelBudget {
    #[cfg_attr(test, ts(type = "BudgetLevel"))]
    pub level: &'static str,
    pub branch_id: Option<BranchId>,
    pub user_id: Option<Uid>,
    pub day: PeriodBudget,
    pub month: PeriodBudget,
}

/// One budget.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say all")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PeriodBudget {
    pub period: String,
    pub allowance_micro_usd: i64,
    pub spent_micro_usd: i64,
    pub reserved_micro_usd: i64,
}

/// `aiBudget`: allowance, spent and reserved at each level that the caller may see. Three round trips at once; one more
/// before, for another person's.
///
/// # Errors
/// `NOT_FOUND` for a budget that the caller may not see; `INVALID_ARGUMENT` with the field.
pub async fn ai_budget(
    state: AppState,
    caller: Caller,
    data: AskBudget,
) -> Result<AiBudget, Error> {
    let levels = match (&data.branch_id, &data.user_id) {
        (None, None) => Payer {
            uid: caller.uid().clone(),
            branch: caller.scope().branch().cloned(),
        }
        .levels(),
        (Some(branch), None) => vec![Level::Branch(branch_id(branch)?)],
        (_, Some(user)) => vec![person(&state, user).await?],
    };
    let seen: Vec<Level> = levels
        .into_iter()
        .filter(|level| {
            let facts = level.facts();
            decide(&caller.actor(), &Action::ReadBudget(&facts)) == Decision::Allow
        })
        .collect();
    if seen.is_empty() {
        return Err(Error::not_found());
    }
    let periods = Periods::at(state.clock.now());
    let accounts: Vec<Account> = seen
        .iter()
        .flat_map(|level| [Span::Day, Span::Month].map(|span| account(level, span, &periods)))
        .collect();
    let limits = async {
        match Limits::read(&state.store, &seen).await {
            Ok(limits) => Ok(Some(limits)),
            // Nothing may be spent, and that is what is shown.
            Err(NoLimits::Unreadable(_)) => Ok(None),
            Err(NoLimits::Store(error)) => Err(error),
        }
    };
    let (limits, mut budgets) = tokio::try_join!(limits, ledger::budgets(&state.store, &accounts))?;
    let mut of = |level: &Level, span: Span| {
        let account = account(level, span, &periods);
        let doc = budgets.remove(&account.id()).map(|doc| doc.value);
        PeriodBudget {
            allowance_micro_usd: limits.as_ref().map_or(0, |limits| limits.of(&account)),
            spent_micro_usd: doc.as_ref().map_or(0, |doc| doc.spent_micro_usd),
            reserved_micro_usd: doc.as_ref().map_or(0, |doc| doc.reserved_micro_usd),
            period: account.period,
        }
    };
    Ok(AiBudget {
        levels: seen
            .iter()
            .map(|level| LevelBudget {
                level: level.word(),
                branch_id: level.branch().cloned(),
                user_id: level.user().cloned(),
                day: of(level, Span::Day),
                month: of(level, Span::Month),
            })
            .collect(),
        enabled: limits.is_some_and(|limits| limits.settings.enabled),
    })
}

fn account(level: &Level, span: Span, periods: &Periods) -> Account {
    Account {
        level: level.clone(),
        span,
        period: periods.of(span).to_owned(),
    }
}

fn branch_id(text: &str) -> Result<BranchId, Error> {
    BranchId::parse(text).map_err(|error| no_id("branchId", error))
}

fn no_id(field: &'static str, error: ParseError) -> Error {
    Error::field(
        field,
        text(
            format!("\"{field}\" tidak sah: {error}."),
            format!("\"{field}\" is not valid: {error}."),
        ),
    )
}

/// A person's level, by the branch that their document says.
async fn person(state: &AppState, user: &str) -> Result<Level, Error> {
    let uid = Uid::parse(user).map_err(|error| no_id("userId", error))?;
    let stored = users::store::get(&state.store, &uid).await?;
    let place = stored.ok_or_else(Error::not_found)?.user.place;
    let branch = place.ok().and_then(|place| place.branch().cloned());
    Ok(Level::User(uid, branch))
}

impl From<NoLimits> for Error {
    fn from(error: NoLimits) -> Self {
        match error {
            NoLimits::Store(error) => error.into(),
            NoLimits::Unreadable(source) => Self::from(Failure::settings()).because(source),
        }
    }
}
