//! `POST /events/budgetAlert`: Cloud Billing says that the budget of the whole cloud project is spent, and AI goes off.
//!
//! A budget of Cloud Billing only notifies, and hours late; this is the last line behind the caps that hold at once.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use base64::Engine as _;
use serde::Deserialize;

use super::allowances::{self, AiSettings, NoLimits, Switch};
use super::budget::{Account, Level, Periods, Span};
use super::ledger;
use crate::error::Error;
use crate::extract::pushed::{Pushed, settle};
use crate::policy::{Action, Actor, authorize};
use crate::state::AppState;
use crate::store::{StoreError, Writes};

/// The share of the budget at which AI goes off.
const OFF_AT: f64 = 1.0;

/// A push of Pub/Sub.
///
/// # Source
/// <https://cloud.google.com/pubsub/docs/push#receive_push>, read 2026-11.
#[derive(Debug, Deserialize)]
pub struct PubSubPush {
    message: PubSubMessage,
}

#[derive(Debug, Deserialize)]
struct PubSubMessage {
    data: String,
}

/// # Source
/// <https://cloud.google.com/billing/docs/how-to/budgets-programmatic-notifications#notification-format>, read 2026-11.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Notification {
    budget_display_name: String,
    cost_interval_start: String,
    /// Absent while no threshold is passed: such notifications come several times a day.
    alert_threshold_exceeded: Option<f64>,
}

/// Answers Pub/Sub.
pub async fn budget_alert(
    State(state): State<AppState>,
    _: Pushed,
    Json(push): Json<PubSubPush>,
) -> Response {
    settle(heed(&state, &push).await)
}

/// Switches AI off when the budget is spent. Two round trips; none for what is no alert.
///
/// # Idempotency
/// The same threshold of the same budget and interval switches off once: when PUSAT has switched on again, the
/// notifications that keep coming do not undo it. A higher threshold does.
///
/// # Errors
/// `UNAVAILABLE`: the notification is to come again.
async fn heed(state: &AppState, push: &PubSubPush) -> Result<(), Error> {
    let notification = read(push)?;
    let Some(threshold) = notification
        .alert_threshold_exceeded
        .filter(|threshold| *threshold >= OFF_AT)
    else {
        return Ok(());
    };
    let alert = format!(
        "{} {} {threshold}",
        notification.budget_display_name, notification.cost_interval_start
    );
    let permit = authorize(&Actor::Service, &Action::SwitchAi { on: false })?;
    let now = state.clock.now();
    let off = || async {
        let read = match allowances::settings(&state.store).await {
            Ok(settings) => settings,
            // What cannot be read cannot say that it has heeded this.
            Err(NoLimits::Unreadable(_)) => None,
            Err(NoLimits::Store(error)) => return Err(error),
        };
        if read
            .as_ref()
            .is_some_and(|doc| doc.value.last_alert.as_ref() == Some(&alert))
        {
            return Ok(false);
        }
        let switch = Switch {
            on: false,
            by: "service",
            reason: Some("BUDGET_ALERT"),
            alert: Some(&alert),
        };
        let mut writes = Writes::new();
        let everybodys = everybodys(read.as_ref().map(|doc| &doc.value), now);
        ledger::unsettle(&permit, &mut writes, &[everybodys], now)?;
        allowances::switch(
            &permit,
            &mut writes,
            &switch,
            read.map(|doc| doc.update_time),
            now,
        )?;
        state.store.commit(writes).await?;
        Ok::<_, StoreError>(true)
    };
    if state.store.retrying(off).await? {
        tracing::error!(
            alarm = "AI_SWITCHED_OFF",
            alert,
            "the cloud budget is spent: AI is switched off"
        );
    }
    Ok(())
}

/// A budget that every reservation writes, with what it allows by these settings, nothing where there are none: writing it makes
/// the reservations under way look again.
pub(super) fn everybodys(settings: Option<&AiSettings>, now: jiff::Timestamp) -> (Account, i64) {
    let account = Account {
        level: Level::Organisation,
        span: Span::Month,
        period: Periods::at(now).month,
    };
    let allowance = settings.map_or(0, |settings| {
        settings.allowances.organisation.of(Span::Month)
    });
    (account, allowance)
}

fn read(push: &PubSubPush) -> Result<Notification, Error> {
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(&push.message.data)
        .map_err(|error| Error::bad_request(format!("the message is no base64: {error}")))?;
    serde_json::from_slice(&bytes).map_err(|error| {
        Error::bad_request(format!("the message is no budget notification: {error}"))
    })
}
