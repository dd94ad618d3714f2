//! What may be spent: `settings/ai` and the exceptions in `allowances/{scope}`, as Firestore holds them.
//!
//! # Shape
//! `settings/ai`: enabled, allowances {organisation, branch, user: {dayMicroUsd, monthMicroUsd}}, where `branch` and `user`
//! are what every branch and every person has unless it is set otherwise; changedBy?, changedAt?, reason?, lastAlert?.
//! `allowances/{scope}`: level, branchId?, userId?, dayMicroUsd?, monthMicroUsd?, setBy, updatedAt.
//!
//! *Invariant:* whatever cannot be read or is not there means that nothing may be spent, never that everything may.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::budget::{Account, Level, Span};
use crate::policy::Permit;
use crate::store::{Doc, Guard, Store, StoreError, Timestamp, UpdateTime, Writes};

const SETTINGS: &str = "settings";
const AI: &str = "ai";
const ALLOWANCES: &str = "allowances";

/// What a day and a month may cost, in micro-USD.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say all")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Allowance {
    pub day_micro_usd: i64,
    pub month_micro_usd: i64,
}

impl Allowance {
    /// The one for a span.
    pub fn of(&self, span: Span) -> i64 {
        match span {
            Span::Day => self.day_micro_usd,
            Span::Month => self.month_micro_usd,
        }
    }
}

/// What each level has unless it is set otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say all")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "AllowanceDefaults"))]
pub struct Defaults {
    pub organisation: Allowance,
    pub branch: Allowance,
    pub user: Allowance,
}

/// `settings/ai`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct AiSettings {
    /// Whether models may be called at all.
    pub enabled: bool,
    /// What each level has unless it is set otherwise.
    pub allowances: Defaults,
    /// Who switched last: a uid, or `service`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed_by: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<Timestamp>,
    /// The last alert of Cloud Billing that switched off: the same one does not do so twice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_alert: Option<String>,
    /// Why it is off, for the people who find it so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// `allowances/{scope}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say all")]
pub struct Exception {
    pub level: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branch_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day_micro_usd: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub month_micro_usd: Option<i64>,
    pub set_by: String,
    pub updated_at: Timestamp,
}

/// Why nothing may be spent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoLimits {
    /// The documents did not come.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// They came, and are not what limits must look like, or are not there.
    #[error("the limits cannot be read: {0}")]
    Unreadable(String),
}

/// The limits as they stand, for the levels that were asked for.
#[derive(Debug, Clone)]
pub struct Limits {
    /// `settings/ai`.
    pub settings: AiSettings,
    exceptions: HashMap<String, Exception>,
}

impl Limits {
    /// Reads the limits of some levels. Two round trips at once.
    ///
    /// # Errors
    /// [`NoLimits`].
    pub async fn read(store: &Store, levels: &[Level]) -> Result<Self, NoLimits> {
        let keys: Vec<String> = levels
            .iter()
            .filter(|level| **level != Level::Organisation)
            .map(Level::key)
            .collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let exceptions = async {
            if keys.is_empty() {
                return Ok(HashMap::new());
            }
            store.get_many::<Exception>(ALLOWANCES, &keys).await
        };
        let (settings, exceptions) =
            tokio::try_join!(settings(store), async { readable(exceptions.await) })?;
        let settings =
            settings.ok_or_else(|| NoLimits::Unreadable("there is no settings/ai".into()))?;
        Ok(Self {
            settings: settings.value,
            exceptions: exceptions
                .into_iter()
                .map(|(key, doc)| (key, doc.value))
                .collect(),
        })
    }

    /// What a budget may give out.
    pub fn of(&self, account: &Account) -> i64 {
        let defaults = &self.settings.allowances;
        let default = match account.level {
            Level::Organisation => defaults.organisation,
            Level::Branch(_) => defaults.branch,
            Level::User(..) => defaults.user,
        };
        let branch = account.level.branch().map(AsRef::as_ref);
        self.exceptions
            .get(&account.level.key())
            // What one branch gave a partner does not follow them to the next.
            .filter(|exception| exception.branch_id.as_deref() == branch)
            .and_then(|exception| match account.span {
                Span::Day => exception.day_micro_usd,
                Span::Month => exception.month_micro_usd,
            })
            .unwrap_or(default.of(account.span))
    }
}

/// Reads `settings/ai`. One round trip.
///
/// # Errors
/// [`NoLimits`].
pub async fn settings(store: &Store) -> Result<Option<Doc<AiSettings>>, NoLimits> {
    readable(store.get(&format!("{SETTINGS}/{AI}")).await)
}

/// A document of another form is unreadable, not an accident: it stays so until a person mends it.
fn readable<T>(read: Result<T, StoreError>) -> Result<T, NoLimits> {
    read.map_err(|error| match error {
        StoreError::Corrupt(source) => NoLimits::Unreadable(source),
        other => NoLimits::Store(other),
    })
}

/// Adds to a commit that `settings/ai` says this from now on, provided that nobody else has written it since it was read.
///
/// # Errors
/// As [`Writes::put`].
pub fn put_settings(
    _: &Permit,
    writes: &mut Writes,
    settings: &AiSettings,
    read: Option<UpdateTime>,
) -> Result<(), StoreError> {
    let path = format!("{SETTINGS}/{AI}");
    match read {
        Some(read) => writes.put(&path, settings, Guard::Unchanged(read))?,
        None => writes.create(&path, settings)?,
    };
    Ok(())
}

/// How AI is switched.
#[derive(Debug, Clone, Copy)]
pub struct Switch<'a> {
    /// On, or off.
    pub on: bool,
    /// Who does it: a uid, or `service`.
    pub by: &'a str,
    /// Why.
    pub reason: Option<&'a str>,
    /// The alert that asks for it.
    pub alert: Option<&'a str>,
}

/// Adds to a commit that AI is on or off from now on. Whatever else `settings/ai` holds stays, be it readable or not: it
/// must always be possible to switch off.
///
/// # Errors
/// As [`Writes::update`].
pub fn switch(
    _: &Permit,
    writes: &mut Writes,
    switch: &Switch<'_>,
    read: Option<UpdateTime>,
    now: jiff::Timestamp,
) -> Result<(), StoreError> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Switched<'a> {
        enabled: bool,
        changed_by: &'a str,
        changed_at: Timestamp,
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        last_alert: Option<&'a str>,
    }
    let switched = Switched {
        enabled: switch.on,
        changed_by: switch.by,
        changed_at: Timestamp(now),
        reason: switch.reason,
        last_alert: switch.alert,
    };
    let mut fields = vec!["enabled", "changedBy", "changedAt", "reason"];
    if switch.alert.is_some() {
        fields.push("lastAlert");
    }
    let guard = read.map_or(Guard::None, Guard::Unchanged);
    writes.update(&format!("{SETTINGS}/{AI}"), &switched, &fields, guard)?;
    Ok(())
}

/// Adds to a commit what a branch or a person may spend from now on.
///
/// # Errors
/// As [`Writes::put`].
pub fn put_exception(
    _: &Permit,
    writes: &mut Writes,
    level: &Level,
    exception: &Exception,
) -> Result<(), StoreError> {
    let path = format!("{ALLOWANCES}/{}", level.key());
    writes.put(&path, exception, Guard::None)?;
    Ok(())
}
