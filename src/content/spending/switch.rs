//! `switchAi`: on or off, for the whole organisation.

use serde::{Deserialize, Serialize};

use crate::content::Failure;
use crate::content::allowances::{self, NoLimits, Switch};
use crate::content::budget_alert::everybodys;
use crate::content::ledger;
use crate::error::{Error, text};
use crate::extract::Caller;
use crate::policy::{Action, authorize};
use crate::state::AppState;
use crate::store::Writes;
use crate::users::standing;

/// Longest reason, in characters.
const REASON_CHARS: usize = 200;

/// How to switch.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct SwitchAi {
    on: bool,
    reason: Option<String>,
}

/// How it stands.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct AiSwitched {
    /// Whether AI is on.
    pub enabled: bool,
}

/// `switchAi`: PUSAT switches AI on or off for the whole organisation, at once. Three round trips.
///
/// # Idempotency
/// Switching on what is on changes who did it last.
///
/// # Errors
/// `PERMISSION_DENIED`, `STALE_TOKEN` among its reasons; `FAILED_PRECONDITION` with `SETTINGS_UNREADABLE` when it is to go
/// on without readable limits.
pub async fn switch_ai(
    state: AppState,
    caller: Caller,
    data: SwitchAi,
) -> Result<AiSwitched, Error> {
    let action = Action::SwitchAi { on: data.on };
    let _ = authorize(&caller.actor(), &action)?;
    let standing = standing::check(&state, &caller).await?;
    let permit = authorize(standing.actor(), &action)?;
    let reason = data
        .reason
        .as_deref()
        .map(str::trim)
        .filter(|reason| !reason.is_empty());
    if reason.is_some_and(|reason| reason.chars().count() > 200) {
        let wrong = text(
            format!("Paling panjang {REASON_CHARS} karakter."),
            format!("At most {REASON_CHARS} characters."),
        );
        return Err(Error::field("reason", wrong));
    }
    let switch = Switch {
        on: data.on,
        by: caller.uid().as_str(),
        reason,
        alert: None,
    };
    let now = state.clock.now();
    let set = || async {
        let read = match allowances::settings(&state.store).await {
            Ok(Some(doc)) => Some(doc),
            Ok(None) | Err(NoLimits::Unreadable(_)) if data.on => {
                return Err(Error::from(Failure::settings()));
            }
            Ok(None) | Err(NoLimits::Unreadable(_)) => None,
            Err(NoLimits::Store(error)) => return Err(error.into()),
        };
        let mut writes = Writes::new();
        standing.hold(&mut writes)?;
        let everybodys = everybodys(read.as_ref().map(|doc| &doc.value), now);
        ledger::unsettle(&permit, &mut writes, &[everybodys], now)?;
        let read = read.map(|doc| doc.update_time);
        allowances::switch(&permit, &mut writes, &switch, read, now)?;
        state.store.commit(writes).await.map_err(Error::from)
    };
    state.store.retrying(set).await?;
    tracing::info!(on = data.on, "AI was switched");
    Ok(AiSwitched { enabled: data.on })
}
