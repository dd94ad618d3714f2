//! `leadStats`: how many leads there are, by status, source and partner.

use std::collections::BTreeMap;

use futures::{StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::store::{LEADS, Loose};
use super::{LeadSource, LeadStatus, calendar};
use crate::error::{Error, text};
use crate::extract::Caller;
use crate::ids::{BranchId, Uid};
use crate::policy::{Action, Denied, Role, Scope, authorize};
use crate::state::AppState;
use crate::store::{Doc, Query, Store, StoreError};

/// Most partners that are counted one by one.
const MAX_PARTNERS: usize = 100;

/// Counts asked for at the same time.
const PARALLEL_COUNTS: usize = 8;

/// What `leadStats` takes.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "AskLeadStats", optional_fields))]
pub struct LeadStats {
    from: Option<String>,
    to: Option<String>,
    branch_id: Option<BranchId>,
}

/// What `leadStats` answers. Every status and every source is there, also those with none.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LeadCounts {
    total: u64,
    #[cfg_attr(test, ts(type = "Record<LeadStatus, number>"))]
    by_status: BTreeMap<&'static str, u64>,
    #[cfg_attr(test, ts(type = "Record<LeadSource, number>"))]
    by_source: BTreeMap<&'static str, u64>,
    by_partner: Vec<PartnerCount>,
    partners_truncated: bool,
}

/// The leads that one person holds, or under the branch's own name those in its pool.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct PartnerCount {
    uid: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    count: u64,
}

/// `leadStats`: counts the leads in the caller's scope that were created from `from` up to `to`, by Firestore's own
/// counting. No lead is read.
///
/// A date counts as a whole day in Jakarta, both ends included; a time (RFC 3339) is itself, and `to` then excluded.
/// Round trips: 13 for total, statuses and sources; for PUSAT and a branch one more for the list of at most 100
/// partners and one for each of them. A partner's own count is the total. Their number does not grow with the leads; what
/// is billed does, by four reads for each 1,000 leads counted, since each lead is counted in the total, once among the
/// statuses, the sources and the partners.
///
/// # Errors
/// `INVALID_ARGUMENT` with the field; `NOT_FOUND` for a branch that the caller does not belong to, `PERMISSION_DENIED`
/// for a partner that asks for its whole branch, and for callers without a place.
pub async fn lead_stats(
    state: AppState,
    caller: Caller,
    data: Option<LeadStats>,
) -> Result<LeadCounts, Error> {
    let data = data.unwrap_or_default();
    let period = Period::parse(data.from.as_deref(), data.to.as_deref())?;
    let action = Action::ReadStats {
        branch: data.branch_id.as_ref(),
    };
    let _ = authorize(&caller.actor(), &action)?;
    let within = match (caller.scope(), data.branch_id) {
        (Scope::Pusat, None) => Within::Everything,
        (Scope::Pusat, Some(branch)) => Within::Branch(branch),
        (Scope::Cabang(own), _) => Within::Branch(own.clone()),
        (Scope::Mitra(_), _) => Within::Holder(caller.uid().clone()),
        (Scope::Branchless, _) => return Err(Denied::Forbidden.into()),
    };
    let count = Count {
        store: &state.store,
        within,
        period,
    };
    let statuses: Vec<_> = LeadStatus::ALL.iter().map(|one| one.as_str()).collect();
    let sources: Vec<_> = LeadSource::ALL.iter().map(|one| one.as_str()).collect();
    let (total, by_status, by_source, (by_partner, partners_truncated)) = futures::try_join!(
        count.all(),
        count.each("status", &statuses),
        count.each("source", &sources),
        count.partners(),
    )?;
    let by_partner = match &count.within {
        Within::Holder(uid) => vec![PartnerCount {
            uid: uid.to_string(),
            display_name: None,
            count: total,
        }],
        Within::Everything | Within::Branch(_) => by_partner,
    };
    Ok(LeadCounts {
        total,
        by_status,
        by_source,
        by_partner,
        partners_truncated,
    })
}

/// The leads that are counted, by where they lie.
enum Within {
    Everything,
    Branch(BranchId),
    Holder(Uid),
}

/// The leads that are counted, by when they were created.
#[derive(Debug, Clone, Copy)]
struct Period {
    from: Option<Timestamp>,
    before: Option<Timestamp>,
}

impl Period {
    fn parse(from: Option<&str>, to: Option<&str>) -> Result<Self, Error> {
        let moment = |field, text: Option<&str>, read: fn(&str) -> Option<Timestamp>| {
            text.map(|text| read(text).ok_or_else(|| no_moment(field)))
                .transpose()
        };
        let period = Self {
            from: moment("from", from, calendar::beginning)?,
            before: moment("to", to, calendar::end)?,
        };
        match (period.from, period.before) {
            (Some(from), Some(before)) if from >= before => Err(Error::field(
                "to",
                text(
                    "Akhir periode harus setelah awalnya.",
                    "The period must end after it begins.",
                ),
            )),
            _ => Ok(period),
        }
    }
}

fn no_moment(field: &str) -> Error {
    Error::field(
        field,
        text(
            "Isi dengan tanggal seperti 2026-11-23, atau waktu lengkap dengan zonanya.",
            "Give a date such as 2026-11-23, or a time complete with its zone.",
        ),
    )
}

struct Count<'a> {
    store: &'a Store,
    within: Within,
    period: Period,
}

impl Count<'_> {
    fn query(&self) -> Query {
        let mut query = Query::all(LEADS);
        query = match &self.within {
            Within::Everything => query,
            Within::Branch(branch) => query.eq("branchId", branch.as_str()),
            Within::Holder(uid) => query.eq("assignedTo", uid.as_str()),
        };
        let Period { from, before } = self.period;
        if let Some(from) = from {
            query = query.at_least("createdAt", crate::store::Timestamp(from));
        }
        if let Some(before) = before {
            query = query.below("createdAt", crate::store::Timestamp(before));
        }
        // The order of the lists that the frontend shows, so that the same indexes serve: each count reads the entries that it
        // counts and no others. Without an order Firestore would merge the indexes of single fields and read more.
        query.descending("createdAt")
    }

    async fn all(&self) -> Result<u64, StoreError> {
        self.store.count(self.query()).await
    }

    async fn each(
        &self,
        field: &str,
        words: &[&'static str],
    ) -> Result<BTreeMap<&'static str, u64>, StoreError> {
        let mut counts = Vec::with_capacity(words.len());
        for &word in words {
            let count = self.store.count(self.query().eq(field, word));
            counts.push(async move { Ok((word, count.await?)) });
        }
        side_by_side(counts).await
    }

    /// Who holds leads within a branch, or anywhere; and whether there are more than are counted.
    async fn partners(&self) -> Result<(Vec<PartnerCount>, bool), StoreError> {
        let mut query = Query::first(holders_asked(), "users")
            .is_in("role", [Role::Mitra, Role::Cabang].map(Role::as_str));
        query = match &self.within {
            Within::Holder(_) => return Ok((Vec::new(), false)),
            Within::Branch(branch) => query.eq("branchId", branch.as_str()),
            Within::Everything => query,
        };
        let mut users: Vec<Doc<Loose>> = self.store.query(query).await?;
        let truncated = users.len() > MAX_PARTNERS;
        users.truncate(MAX_PARTNERS);
        let mut counts = Vec::with_capacity(users.len());
        for user in users.into_iter().filter(may_hold) {
            let count = self
                .store
                .count(self.query().eq("assignedTo", user.id.as_str()));
            counts.push(async move {
                Ok(PartnerCount {
                    display_name: user.value.text("displayName").map(ToOwned::to_owned),
                    uid: user.id,
                    count: count.await?,
                })
            });
        }
        let mut partners: Vec<PartnerCount> = side_by_side(counts).await?;
        partners.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.uid.cmp(&b.uid)));
        Ok((partners, truncated))
    }
}

/// Runs counts, some at a time, and fails with the first that fails.
async fn side_by_side<T, C: Default + Extend<T>>(
    counts: Vec<impl Future<Output = Result<T, StoreError>>>,
) -> Result<C, StoreError> {
    futures::stream::iter(counts)
        .buffer_unordered(PARALLEL_COUNTS)
        .try_collect()
        .await
}

/// One more than are counted, to know whether there are more.
fn holders_asked() -> u32 {
    u32::try_from(MAX_PARTNERS + 1).unwrap_or(u32::MAX)
}

/// Partners hold leads; of a branch's own accounts only the one that names the branch, for the pool.
fn may_hold(user: &Doc<Loose>) -> bool {
    user.value.text("role") != Some(Role::Cabang.as_str())
        || user
            .value
            .text("branchId")
            .is_none_or(|branch| branch == user.id)
}
