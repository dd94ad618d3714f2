//! `setAiAllowance`: what may be spent from now on.

use serde::{Deserialize, Serialize};

use super::{account, branch_id, person};
use crate::content::Failure;
use crate::content::allowances::{self, AiSettings, Allowance, Exception, NoLimits};
use crate::content::budget::{Level, Periods, Span};
use crate::content::budget_alert::everybodys;
use crate::content::ledger;
use crate::error::{Error, text};
use crate::extract::Caller;
use crate::ids::{BranchId, Uid};
use crate::policy::{Action, BudgetFacts, Permit, authorize};
use crate::state::AppState;
use crate::store::{Doc, Timestamp, UpdateTime, Writes};
use crate::users::standing;

/// Most that an allowance may be: a million US dollars. More is a slip of the keyboard.
const MOST_MICRO_USD: i64 = 1_000_000_000_000;

/// What may be spent from now on.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(
    test,
    derive(ts_rs::TS),
    ts(rename = "SetAiAllowance", optional_fields)
)]
pub struct SetAllowance {
    #[cfg_attr(test, ts(type = "BudgetLevel"))]
    level: String,
    branch_id: Option<String>,
    user_id: Option<String>,
    day_micro_usd: Option<i64>,
    month_micro_usd: Option<i64>,
}

/// What was set.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say all")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "AiAllowanceSet"))]
pub struct AllowanceSet {
    #[cfg_attr(test, ts(type = "BudgetLevel"))]
    pub level: &'static str,
    pub branch_id: Option<BranchId>,
    pub user_id: Option<Uid>,
    pub day_micro_usd: Option<i64>,
    pub month_micro_usd: Option<i64>,
}

/// Whose allowance is set.
enum Subject {
    /// Everybody's together.
    Organisation,
    /// What each branch has that has none of its own.
    EachBranch,
    /// What each person has that has none of their own.
    EachUser,
    /// A branch's or a person's own.
    One(Level),
}

/// `setAiAllowance`: PUSAT for all levels, a branch for its people. `level` ORGANISATION, BRANCH or USER; without
/// `branchId` or `userId` the default of the level. Leaving out a span of a branch or a person sets it back to the default.
/// Takes effect at once, also on calls that are being reserved. Three round trips.
///
/// # Idempotency
/// Setting what is set changes nothing.
///
/// # Errors
/// `INVALID_ARGUMENT` with the field; `NOT_FOUND` for whom the caller may not know; `PERMISSION_DENIED`, `STALE_TOKEN`
/// among its reasons.
pub async fn set_ai_allowance(
    state: AppState,
    caller: Caller,
    data: SetAllowance,
) -> Result<AllowanceSet, Error> {
    for (field, amount) in [
        ("dayMicroUsd", data.day_micro_usd),
        ("monthMicroUsd", data.month_micro_usd),
    ] {
        if amount.is_some_and(|amount| !(0..=MOST_MICRO_USD).contains(&amount)) {
            let wrong = text(
                format!("Anggaran antara 0 dan {MOST_MICRO_USD} mikro-USD."),
                format!("An allowance lies between 0 and {MOST_MICRO_USD} micro-USD."),
            );
            return Err(Error::field(field, wrong));
        }
    }
    let subject = subject(&state, &data).await?;
    let facts = match &subject {
        Subject::One(level) => level.facts(),
        Subject::Organisation | Subject::EachBranch | Subject::EachUser => BudgetFacts::default(),
    };
    let standing = standing::check(&state, &caller).await?;
    let permit = authorize(standing.actor(), &Action::SetAllowance(&facts))?;
    let set = || async {
        let mut writes = Writes::new();
        standing.hold(&mut writes)?;
        match &subject {
            Subject::One(level) => one(&state, &permit, &mut writes, level, &data, &caller).await?,
            other => default(&state, &permit, &mut writes, other, &data).await?,
        }
        state.store.commit(writes).await.map_err(Error::from)
    };
    state.store.retrying(set).await?;
    let level = match &subject {
        Subject::One(level) => Some(level),
        _ => None,
    };
    Ok(AllowanceSet {
        level: match &subject {
            Subject::Organisation => "ORGANISATION",
            Subject::EachBranch => "BRANCH",
            Subject::EachUser => "USER",
            Subject::One(level) => level.word(),
        },
        branch_id: level.and_then(Level::branch).cloned(),
        user_id: level.and_then(Level::user).cloned(),
        day_micro_usd: data.day_micro_usd,
        month_micro_usd: data.month_micro_usd,
    })
}

async fn subject(state: &AppState, data: &SetAllowance) -> Result<Subject, Error> {
    match (data.level.as_str(), &data.branch_id, &data.user_id) {
        ("ORGANISATION", None, None) => Ok(Subject::Organisation),
        ("BRANCH", None, None) => Ok(Subject::EachBranch),
        ("BRANCH", Some(branch), None) => Ok(Subject::One(Level::Branch(branch_id(branch)?))),
        ("USER", None, None) => Ok(Subject::EachUser),
        ("USER", None, Some(user)) => Ok(Subject::One(person(state, user).await?)),
        ("ORGANISATION" | "USER", Some(_), _) => Err(misplaced("branchId")),
        ("ORGANISATION" | "BRANCH", _, Some(_)) => Err(misplaced("userId")),
        _ => Err(Error::field(
            "level",
            text(
                "Tingkat harus salah satu dari ORGANISATION, BRANCH, USER.",
                "The level must be one of ORGANISATION, BRANCH, USER.",
            ),
        )),
    }
}

fn misplaced(field: &'static str) -> Error {
    Error::field(
        field,
        text(
            format!("\"{field}\" tidak berlaku untuk tingkat ini."),
            format!("\"{field}\" does not go with this level."),
        ),
    )
}

/// Sets a branch's or a person's own allowance, and has the budgets of now follow it.
async fn one(
    state: &AppState,
    permit: &Permit,
    writes: &mut Writes,
    level: &Level,
    data: &SetAllowance,
    caller: &Caller,
) -> Result<(), Error> {
    let now = state.clock.now();
    let exception = Exception {
        level: level.word().to_owned(),
        branch_id: level.branch().map(ToString::to_string),
        user_id: level.user().map(ToString::to_string),
        day_micro_usd: data.day_micro_usd,
        month_micro_usd: data.month_micro_usd,
        set_by: caller.uid().to_string(),
        updated_at: Timestamp(now),
    };
    allowances::put_exception(permit, writes, level, &exception)?;
    let (settings, _) = settings(state).await?;
    let defaults = match level {
        Level::Organisation => settings.allowances.organisation,
        Level::Branch(_) => settings.allowances.branch,
        Level::User(..) => settings.allowances.user,
    };
    let periods = Periods::at(now);
    let standing = [
        (Span::Day, data.day_micro_usd),
        (Span::Month, data.month_micro_usd),
    ]
    .map(|(span, own)| {
        let allowance = own.unwrap_or(defaults.of(span));
        (account(level, span, &periods), allowance)
    });
    ledger::unsettle(permit, writes, &standing, now)?;
    Ok(())
}

/// Sets the organisation's allowance or a default. Reservations under way look again.
async fn default(
    state: &AppState,
    permit: &Permit,
    writes: &mut Writes,
    subject: &Subject,
    data: &SetAllowance,
) -> Result<(), Error> {
    let required = |field: &'static str, amount: Option<i64>| {
        amount.ok_or_else(|| {
            let wrong = text(
                format!("Isian \"{field}\" wajib ada."),
                format!("\"{field}\" is required."),
            );
            Error::field(field, wrong)
        })
    };
    let allowance = Allowance {
        day_micro_usd: required("dayMicroUsd", data.day_micro_usd)?,
        month_micro_usd: required("monthMicroUsd", data.month_micro_usd)?,
    };
    let (mut settings, read) = settings(state).await?;
    match subject {
        Subject::EachBranch => settings.allowances.branch = allowance,
        Subject::EachUser => settings.allowances.user = allowance,
        Subject::Organisation | Subject::One(_) => settings.allowances.organisation = allowance,
    }
    let now = state.clock.now();
    allowances::put_settings(permit, writes, &settings, read)?;
    ledger::unsettle(permit, writes, &[everybodys(Some(&settings), now)], now)?;
    Ok(())
}

/// `settings/ai`; where there is none, AI is off and nothing is allowed.
async fn settings(state: &AppState) -> Result<(AiSettings, Option<UpdateTime>), Error> {
    match allowances::settings(&state.store).await {
        Ok(Some(Doc {
            value, update_time, ..
        })) => Ok((value, Some(update_time))),
        Ok(None) => Ok((AiSettings::default(), None)),
        Err(NoLimits::Unreadable(source)) => Err(Error::from(Failure::settings()).because(source)),
        Err(NoLimits::Store(error)) => Err(error.into()),
    }
}
