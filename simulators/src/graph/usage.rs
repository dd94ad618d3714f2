//! Rate limits: how many calls an app and each business use case may make, and the headers that tell how near the limit is.
//!
//! # Source
//! <https://developers.facebook.com/docs/graph-api/overview/rate-limiting>, read 2026-11.

use std::collections::{BTreeMap, VecDeque};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error::Refusal;

/// Whose budget a call is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UseCase {
    /// A page's.
    Pages,
    /// An Instagram account's.
    Instagram,
    /// A page's lead forms'.
    Leadgen,
    /// A page's conversations'.
    Messenger,
    /// A WhatsApp Business account's.
    Whatsapp,
}

impl UseCase {
    /// The code of the refusal.
    fn code(self) -> i64 {
        match self {
            Self::Pages => 80_001,
            Self::Instagram => 80_002,
            Self::Leadgen => 80_005,
            Self::Messenger => 80_006,
            Self::Whatsapp => 80_007,
        }
    }

    /// `type` in the header.
    fn name(self) -> &'static str {
        match self {
            Self::Pages => "pages",
            Self::Instagram => "instagram",
            Self::Leadgen => "leadgen",
            Self::Messenger => "messenger",
            Self::Whatsapp => "whatsapp",
        }
    }
}

/// Calls in a window that slides.
#[derive(Debug)]
struct Budget {
    calls: VecDeque<Timestamp>,
    limit: usize,
    /// Whether somebody has set the limit by hand.
    fixed: bool,
    window: SignedDuration,
}

impl Budget {
    fn new(limit: usize, window: SignedDuration) -> Self {
        Self {
            calls: VecDeque::new(),
            limit,
            fixed: false,
            window,
        }
    }

    fn slide(&mut self, now: Timestamp) {
        while let Some(&first) = self.calls.front() {
            if first + self.window > now {
                break;
            }
            self.calls.pop_front();
        }
    }

    fn percent(&self) -> usize {
        (self.calls.len() * 100)
            .checked_div(self.limit)
            .unwrap_or(100)
    }

    /// Counts a call, or tells how many minutes there is no room for one.
    fn take(&mut self, now: Timestamp) -> Result<(), i64> {
        self.slide(now);
        if self.calls.len() < self.limit {
            self.calls.push_back(now);
            return Ok(());
        }
        let room = self.calls.front().map_or(now, |first| *first) + self.window;
        Err((room.duration_since(now).as_secs() + 59) / 60)
    }

    /// Minutes until there is room again; 0 while there is.
    fn minutes(&self, now: Timestamp) -> i64 {
        match self.calls.front() {
            Some(&first) if self.calls.len() >= self.limit => {
                ((first + self.window).duration_since(now).as_secs() + 59) / 60
            }
            _ => 0,
        }
    }
}

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const SECOND: SignedDuration = SignedDuration::from_secs(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Calls that an app with a thousand users has: 200 for each in an hour.
const APP_CALLS: usize = 200_000;
/// Messages that a WhatsApp number may send in a second.
const WHATSAPP_SENDS: usize = 80;
/// Messages to one customer at once; in the long run it is one in six seconds.
const WHATSAPP_PAIR: usize = 45;
const WHATSAPP_PAIR_WINDOW: SignedDuration = SignedDuration::from_secs(45 * 6);
/// Calls that an asset with ten interested people has: 4800 for each in a day.
const ASSET_CALLS: usize = 48_000;

/// All budgets.
#[derive(Debug)]
pub(super) struct Usage {
    app: Budget,
    assets: BTreeMap<(String, UseCase), Budget>,
    sends: BTreeMap<String, Budget>,
}

impl Default for Usage {
    fn default() -> Self {
        Self {
            app: Budget::new(APP_CALLS, HOUR),
            assets: BTreeMap::new(),
            sends: BTreeMap::new(),
        }
    }
}

impl Usage {
    pub(super) fn limit_app(&mut self, calls: usize) {
        self.app.limit = calls;
    }

    pub(super) fn limit(&mut self, case: UseCase, asset: &str, calls: usize) {
        let budget = self.asset(case, asset);
        budget.limit = calls;
        budget.fixed = true;
    }

    /// Sets a limit that Meta works out, unless it was set by hand.
    pub(super) fn suggest(&mut self, case: UseCase, asset: &str, calls: usize) {
        let budget = self.asset(case, asset);
        if !budget.fixed {
            budget.limit = calls;
        }
    }

    fn asset(&mut self, case: UseCase, asset: &str) -> &mut Budget {
        self.assets
            .entry((asset.to_owned(), case))
            .or_insert_with(|| Budget::new(ASSET_CALLS, DAY))
    }

    /// Counts a call of the app's.
    pub(super) fn count_app(&mut self, now: Timestamp) -> Result<(), Refusal> {
        self.app.take(now).map_err(|_| Refusal::new(4))
    }

    /// Counts a call on an asset's budget.
    pub(super) fn count(
        &mut self,
        case: UseCase,
        asset: &str,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let taken = self.asset(case, asset).take(now);
        taken.map_err(|_| Refusal::new(case.code()))
    }

    /// Counts a message of a page or an Instagram account, which may send so many in a second.
    pub(super) fn count_send(
        &mut self,
        asset: &str,
        a_second: usize,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let sends = self.sends.entry(asset.to_owned());
        let sends = sends.or_insert_with(|| Budget::new(a_second, SECOND));
        sends.take(now).map_err(|_| Refusal::new(613))
    }

    /// Counts a message of a WhatsApp number, which may send so many in a second and fewer to one customer.
    pub(super) fn count_whatsapp(
        &mut self,
        number: &str,
        customer: &str,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let pair = self.sends.entry(format!("{number}/{customer}"));
        let pair = pair.or_insert_with(|| Budget::new(WHATSAPP_PAIR, WHATSAPP_PAIR_WINDOW));
        pair.take(now).map_err(|_| Refusal::new(131_056))?;
        let all = self.sends.entry(number.to_owned());
        let all = all.or_insert_with(|| Budget::new(WHATSAPP_SENDS, SECOND));
        all.take(now).map_err(|_| Refusal::new(130_429))
    }

    /// `X-App-Usage`.
    pub(super) fn app_header(&self) -> Value {
        let percent = self.app.percent();
        json!({ "call_count": percent, "total_time": percent / 2, "total_cputime": percent / 2 })
    }

    /// `X-Business-Use-Case-Usage`, for the assets that a call has counted on.
    pub(super) fn asset_header(&self, used: &[(UseCase, String)], now: Timestamp) -> Option<Value> {
        let mut header = serde_json::Map::new();
        for (case, asset) in used {
            let budget = self.assets.get(&(asset.clone(), *case))?;
            let percent = budget.percent();
            header.insert(
                asset.clone(),
                json!([{
                    "type": case.name(), "call_count": percent, "total_cputime": percent / 2,
                    "total_time": percent / 2, "estimated_time_to_regain_access": budget.minutes(now),
                }]),
            );
        }
        (!header.is_empty()).then(|| header.into())
    }
}
