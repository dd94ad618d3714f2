//! What can be made to go wrong, for calls told by method, path and their number.

use axum::http::Method;
use serde::{Deserialize, Serialize};

use super::error::Refusal;

/// What goes wrong with a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Fault {
    /// It happens at once, and is answered this much later on the simulator's clock.
    Late {
        /// How much later.
        ms: i64,
    },
    /// It does not happen, and is refused.
    Refuse {
        /// How.
        refusal: Refusal,
    },
    /// It happens, and is answered as if it had been refused.
    RefuseAfter {
        /// How.
        refusal: Refusal,
    },
    /// It does not happen, and something before the Graph answers with this status and a page of HTML.
    Gateway {
        /// 502, 503, 504.
        status: u16,
    },
    /// The connection breaks, and it does not happen.
    CutBefore,
    /// It happens, and the connection breaks before the answer.
    CutAfter,
    /// The connection breaks, and it happens this much later on the simulator's clock, whatever was done about it meanwhile.
    HappensLater {
        /// How much later.
        ms: i64,
    },
    /// It happens twice; the answer is the first one's.
    Twice,
    /// It does not happen, and is answered with HTTP 200 and an error in the body.
    OkWithError {
        /// Which error.
        refusal: Refusal,
    },
    /// It does not happen and is never answered.
    Never,
}

/// Which calls a [`Fault`] meets.
///
/// # Shape
/// `{"method": "POST", "path": "/*/messages", "skip": 0, "times": 1, "fault": {"is": "cutAfter"}}`; `times` null: for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    method: String,
    path: String,
    #[serde(default)]
    skip: u32,
    #[serde(default = "once")]
    times: Option<u32>,
    fault: Fault,
}

#[expect(clippy::unnecessary_wraps, reason = "what serde takes as a default")]
fn once() -> Option<u32> {
    Some(1)
}

impl Plan {
    /// The next call of a method to a path: without host and version, `*` for any one segment.
    pub fn next(method: &Method, path: &str, fault: Fault) -> Self {
        Self {
            method: method.to_string(),
            path: path.to_owned(),
            skip: 0,
            times: once(),
            fault,
        }
    }

    /// Not the next such call, but the `n`th from now; the next is 1.
    #[must_use]
    pub fn nth(mut self, n: u32) -> Self {
        self.skip = n.saturating_sub(1);
        self
    }

    /// This many such calls in a row.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Every such call, until [`super::Graph::mend`].
    #[must_use]
    pub fn forever(mut self) -> Self {
        self.times = None;
        self
    }

    pub(super) fn is_about(&self, method: &Method, path: &str) -> bool {
        let mut wanted = self.path.trim_matches('/').split('/');
        let mut called = path.trim_matches('/').split('/');
        let same = loop {
            match (wanted.next(), called.next()) {
                (None, None) => break true,
                (Some("*"), Some(_)) => {}
                (Some(wanted), Some(called)) if wanted == called => {}
                _ => break false,
            }
        };
        same && self.method.eq_ignore_ascii_case(method.as_str())
    }
}

/// The faults to come. They are used up in the order they were planned; a call meets one at most.
#[derive(Debug, Default)]
pub(super) struct Plans(Vec<Plan>);

impl Plans {
    pub(super) fn add(&mut self, plan: Plan) {
        self.0.push(plan);
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Faults that no call has met yet, without those that meet every call.
    pub(super) fn unmet(&self) -> usize {
        self.0.iter().filter(|plan| plan.times.is_some()).count()
    }

    /// What this call meets. Each plan counts the calls it is about, also those that another's fault meets.
    pub(super) fn take(&mut self, method: &Method, path: &str) -> Option<Fault> {
        let mut met = None;
        for plan in &mut self.0 {
            if !plan.is_about(method, path) {
                continue;
            }
            if plan.skip > 0 {
                plan.skip -= 1;
            } else if met.is_none() {
                met = Some(plan.fault.clone());
                plan.times = plan.times.map(|left| left.saturating_sub(1));
            }
        }
        self.0.retain(|plan| plan.times != Some(0));
        met
    }
}
