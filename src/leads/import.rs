//! `importLeads`: a list of people at once.

mod batch;
pub mod columns;
pub mod rows;
pub mod table;

use std::pin::pin;

use futures::StreamExt as _;
use serde::{Deserialize, Serialize};

use self::batch::Batch;
use self::rows::{Candidate, RowIn, Rows};
use super::store::Leads;
use super::{assignee, request};
use crate::error::{Error, Language, text};
use crate::extract::{Caller, Chunks};
use crate::policy::{Action, Actor, authorize};
use crate::state::AppState;
use crate::store::StoreError;

/// Most rows taken at a time.
pub const MAX_ROWS: usize = 5_000;

/// Rows committed together. A lead and its index entry are about 1 KiB, and 10 KiB at most, of the 10 MiB of a commit.
const BATCH_ROWS: usize = 200;

/// Batches under way at the same time. They share no person, so they do not meet.
const PARALLEL_BATCHES: usize = 4;

/// What `importLeads` takes: one of the two lists.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct ImportLeads {
    csv: Option<String>,
    rows: Option<Vec<RowIn>>,
    assigned_to: Option<String>,
}

/// How far the list is: sent after each batch to callers that ask for a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "ImportProgress"))]
pub struct Progress {
    /// Rows done.
    processed: usize,
    /// Rows in all.
    total: usize,
    /// Leads made.
    created: usize,
    /// Rows whose person is a lead of the caller's already, from before or from a row above.
    existing: usize,
    /// Rows not taken.
    refused: usize,
}

/// What `importLeads` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LeadsImported {
    created: usize,
    existing: usize,
    refused: usize,
    refused_rows: Vec<RefusedRow>,
    ignored_columns: Vec<String>,
}

/// A row that was not taken, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct RefusedRow {
    row: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    #[cfg_attr(test, ts(type = "ErrorReason"))]
    reason: &'static str,
    message: String,
}

impl RefusedRow {
    fn new(row: u32, refusal: &Error, language: Language) -> Self {
        Self {
            row,
            field: refusal.at_field().map(ToOwned::to_owned),
            reason: refusal.reason(),
            message: refusal.message(language).to_owned(),
        }
    }
}

/// `importLeads`: takes in a list of people as CSV text or as rows, up to 5,000.
///
/// A row is refused alone, with its number (in CSV as a spreadsheet shows it, the header being row 1; in `rows` counted
/// from 1) and its reason; the others are taken. A phone on the list makes one lead, however often it stands there.
/// Round trips: 1 for `users/{assignedTo}` where PUSAT or a branch names a person, and for each 200 rows at most 3: the
/// index entries, the leads that they name, one commit.
///
/// # Idempotency
/// Safe to repeat, also after an interruption: a phone has one lead, and a person without a phone gets an id made from
/// holder and content. What the first call made counts as existing in the second.
///
/// # Errors
/// `INVALID_ARGUMENT` for what is no list, and beyond 5,000 rows, before anything is written; `UNAVAILABLE` when
/// Firestore goes away in the middle, with `processed`, `created`, `existing` and `refused` in the details;
/// `PERMISSION_DENIED` and those about `assignedTo` as in `createLead`.
pub async fn import_leads(
    state: AppState,
    caller: Caller,
    data: ImportLeads,
    chunks: Chunks<Progress>,
) -> Result<LeadsImported, Error> {
    let now = state.clock.now();
    let to = data
        .assigned_to
        .as_deref()
        .map(|uid| request::uid(assignee::FIELD, uid))
        .transpose()?;
    let rows = match (data.csv, data.rows) {
        (Some(csv), None) => Rows::from_csv(&csv)?,
        (None, Some(rows)) => Rows::from_rows(rows)?,
        (given, _) => return Err(one_list(given.is_some())),
    };
    let _ = authorize(&caller.actor(), &Action::ImportLeads)?;
    let target = match &to {
        Some(to) => assignee::find(&state.store, &caller, to).await?,
        None => assignee::default_for(&caller)?,
    };
    let action = Action::CreateLead {
        after: &target.placement.facts(),
        assignee: target.assignee.as_ref(),
    };
    let leads = Leads::of(&state);
    let batch = Batch {
        leads: &leads,
        caller: &caller,
        creating: authorize(&caller.actor(), &action)?,
        recording: authorize(&Actor::Service, &Action::RecordLeadHistory)?,
        placement: &target.placement,
        now,
    };
    let judged = rows.judge(&leads, &target.placement, now);
    let language = caller.language();
    let mut refused: Vec<RefusedRow> = judged
        .refused
        .iter()
        .map(|(row, refusal)| RefusedRow::new(*row, refusal, language))
        .collect();
    let mut progress = Progress {
        processed: judged.refused.len() + judged.repeats,
        total: judged.total,
        created: 0,
        existing: judged.repeats,
        refused: judged.refused.len(),
    };
    let mut attempts = Vec::with_capacity(judged.candidates.len().div_ceil(BATCH_ROWS));
    for candidates in judged.candidates.chunks(BATCH_ROWS) {
        attempts.push(take(&state, &batch, candidates));
    }
    let mut batches = pin!(futures::stream::iter(attempts).buffered(PARALLEL_BATCHES));
    while let Some(outcome) = batches.next().await {
        let outcome = outcome.map_err(|error| interrupted(error, progress))?;
        let taken = request::taken();
        refused.extend(
            outcome
                .taken
                .iter()
                .map(|&row| RefusedRow::new(row, &taken, language)),
        );
        progress.processed += outcome.created + outcome.existing + outcome.taken.len();
        progress.created += outcome.created;
        progress.existing += outcome.existing;
        progress.refused += outcome.taken.len();
        chunks.send(&progress).await;
    }
    refused.sort_by_key(|refusal| refusal.row);
    Ok(LeadsImported {
        created: progress.created,
        existing: progress.existing,
        refused: progress.refused,
        refused_rows: refused,
        ignored_columns: judged.ignored_columns,
    })
}

async fn take(
    state: &AppState,
    batch: &Batch<'_>,
    candidates: &[Candidate],
) -> Result<batch::Outcome, StoreError> {
    state.store.retrying(|| batch.attempt(candidates)).await
}

fn one_list(two: bool) -> Error {
    if two {
        Error::field(
            "rows",
            text(
                "Kirim daftar sebagai CSV atau sebagai baris, jangan keduanya.",
                "Send the list as CSV or as rows, not both.",
            ),
        )
    } else {
        Error::field("csv", text("Daftar wajib diisi.", "The list is missing."))
    }
}

fn interrupted(error: StoreError, progress: Progress) -> Error {
    Error::from(error)
        .with("processed", progress.processed)
        .with("total", progress.total)
        .with("created", progress.created)
        .with("existing", progress.existing)
        .with("refused", progress.refused)
}
