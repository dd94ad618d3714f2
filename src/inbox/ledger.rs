//! `webhook_deliveries/{sha256 of the body}`: every delivery as it came, and how each unit of it ended.
//!
//! *Invariant:* the record is written in the commit of its last effects, so whoever finds one knows that the delivery is
//! in the inbox. `units` is always the sum of `applied`, `duplicate`, `ignored` and `parked`.

mod body;
mod erase;
mod record;

use std::collections::BTreeSet;

pub use self::erase::{Erased, Unlisted, about, erase, unlisted};
use self::record::{
    AgainDoc, OutcomeDoc, REPLAYED, RecordDoc, RunDoc, RunsDoc, StateDoc, number, outcome, runs,
};
use super::merge::Outcome;
use crate::policy::Permit;
use crate::store::{Guard, Query, Store, StoreError, Timestamp, UpdateTime, Writes};

/// The collection of deliveries.
pub const DELIVERIES: &str = "webhook_deliveries";

/// How long a settled delivery is kept, in hours: 30 days.
const KEPT_HOURS: i64 = 30 * 24;

/// Most runs that stand in the record itself, and in each document beside it: about 200 KB.
const RUNS_A_DOCUMENT: usize = 1_000;

/// Most conversations that a record lists, 18 bytes each, in a document that has room for 100 KB beside body and runs. A
/// delivery of messages has at most 1,000 units; only imported history has more.
const CONVERSATIONS_LISTED: usize = 2_000;

/// How one unit ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// How.
    pub outcome: Outcome,
    /// Why, in words for a person; applied units and duplicates need none.
    pub reason: Option<&'static str>,
    /// The channel that it waits for.
    pub waits_for: Option<String>,
}

impl Settled {
    /// Ended so, which needs no words.
    pub fn plainly(outcome: Outcome) -> Self {
        Self {
            outcome,
            reason: None,
            waits_for: None,
        }
    }

    /// Ended so for a reason.
    pub fn because(outcome: Outcome, reason: &'static str) -> Self {
        Self {
            outcome,
            reason: Some(reason),
            waits_for: None,
        }
    }
}

/// How many units ended how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// All of them.
    pub units: u32,
    /// Changed the inbox.
    pub applied: u32,
    /// Were known.
    pub duplicate: u32,
    /// Nothing for the inbox.
    pub ignored: u32,
    /// Wait.
    pub parked: u32,
}

impl Counts {
    /// Counts them.
    pub fn of(settled: &[Settled]) -> Self {
        let mut counts = Self::default();
        for Settled { outcome, .. } in settled {
            counts.units += 1;
            *match outcome {
                Outcome::Applied => &mut counts.applied,
                Outcome::Duplicate => &mut counts.duplicate,
                Outcome::Ignored => &mut counts.ignored,
                Outcome::Parked => &mut counts.parked,
            } += 1;
        }
        counts
    }
}

/// A delivery that is being settled.
#[derive(Debug, Clone, Copy)]
pub struct Delivery<'a> {
    /// The digest of the body.
    pub id: &'a str,
    /// The body.
    pub body: &'a [u8],
    /// When it came.
    pub received: jiff::Timestamp,
    /// Which of the configured secrets signed it, counted from 0.
    pub secret: usize,
}

/// A record that has units waiting.
#[derive(Debug)]
pub struct Waiting {
    /// The body.
    pub body: Vec<u8>,
    /// When it came first.
    pub received: jiff::Timestamp,
    /// Which secret signed it.
    pub secret: usize,
    /// Whose words it holds, as far as that was found out.
    pub conversations: BTreeSet<String>,
    /// The ordinals of the units that wait.
    pub parked: Vec<usize>,
    /// How each unit ended.
    pub outcomes: Vec<Outcome>,
    /// The guard for settling more of it.
    pub time: UpdateTime,
}

/// What a record lists of a conversation: enough of its id to find it, and to hardly ever find another.
pub fn digits(conversation: &str) -> &str {
    conversation.get(..16).unwrap_or(conversation)
}

/// Whether a delivery with this body is in the inbox already. One read.
///
/// # Errors
/// As [`Store::get`].
pub async fn is_known(store: &Store, id: &str) -> Result<bool, StoreError> {
    let record = store.get::<StateDoc>(&format!("{DELIVERIES}/{id}")).await?;
    Ok(record.is_some_and(|record| !record.value.state.is_empty()))
}

/// Counts a delivery that came again. One commit.
///
/// # Errors
/// As [`Store::commit`].
pub async fn count_again(
    store: &Store,
    id: &str,
    now: jiff::Timestamp,
    _permit: &Permit,
) -> Result<(), StoreError> {
    let mut writes = Writes::new();
    let again = AgainDoc {
        last_received_at: Timestamp(now),
    };
    let path = format!("{DELIVERIES}/{id}");
    writes
        .update(&path, &again, &["lastReceivedAt"], Guard::Exists)?
        .incrementing(&[("repeated", 1)]);
    match store.commit(writes).await {
        // It expired just now; what it told is in the inbox all the same.
        Err(StoreError::NotFound) => Ok(()),
        other => other,
    }
}

/// Writes the parts of a body that does not fit into its record. Repeating it changes nothing.
///
/// # Errors
/// As [`Store::commit`].
pub async fn write_parts(
    store: &Store,
    delivery: &Delivery<'_>,
    _permit: &Permit,
) -> Result<(), StoreError> {
    for (number, part) in body::pack(delivery.body).parts.iter().enumerate() {
        let mut writes = Writes::new();
        let path = format!("{DELIVERIES}/{}/parts/{number}", delivery.id);
        writes.put(&path, &body::PartDoc::new(part), Guard::None)?;
        store.commit(writes).await?;
    }
    Ok(())
}

/// Adds the record to the commit of the delivery's last effects: a new one, or one that more of was settled of. `about`
/// are the ids of the conversations whose words the body holds.
///
/// # Errors
/// [`StoreError::Corrupt`] when something cannot be stored.
pub fn write(
    delivery: &Delivery<'_>,
    settled: &[Settled],
    about: &BTreeSet<String>,
    replayed: Option<UpdateTime>,
    now: jiff::Timestamp,
    writes: &mut Writes,
    _permit: &Permit,
) -> Result<(), StoreError> {
    let path = format!("{DELIVERIES}/{}", delivery.id);
    let packed = body::pack(delivery.body);
    let counts = Counts::of(settled);
    let all = runs(settled);
    let expire_at = (counts.parked == 0)
        .then(|| now.checked_add(jiff::SignedDuration::from_hours(KEPT_HOURS)))
        .and_then(Result::ok)
        .map(Timestamp);
    let (here, beside) = all.split_at(all.len().min(RUNS_A_DOCUMENT));
    let mut waiting_for: Vec<String> = settled
        .iter()
        .filter_map(|unit| unit.waits_for.clone())
        .collect();
    waiting_for.sort();
    waiting_for.dedup();
    let outcome = OutcomeDoc {
        units: counts.units.into(),
        applied: counts.applied.into(),
        duplicate: counts.duplicate.into(),
        ignored: counts.ignored.into(),
        parked: counts.parked.into(),
        settled: here.to_vec(),
        settled_beside: number(beside.chunks(RUNS_A_DOCUMENT).len()),
        waiting_for,
        expire_at,
        conversations: about.iter().take(CONVERSATIONS_LISTED).cloned().collect(),
        many_conversations: (about.len() > CONVERSATIONS_LISTED).then_some(true),
        erased_at: None,
    };
    let doc = RecordDoc {
        state: if counts.parked == 0 {
            "SETTLED"
        } else {
            "PARKED"
        }
        .to_owned(),
        received_at: Timestamp(delivery.received),
        last_received_at: Timestamp(delivery.received),
        repeated: 0,
        bytes: number(delivery.body.len()),
        encoding: packed.encoding.to_owned(),
        parts: number(packed.parts.len()),
        body: packed.text,
        secret: number(delivery.secret),
        outcome,
    };
    match replayed {
        Some(time) => writes.update(&path, &doc, REPLAYED, Guard::Unchanged(time))?,
        None => writes.create(&path, &doc)?,
    };
    for (number, runs) in beside.chunks(RUNS_A_DOCUMENT).enumerate() {
        let runs = RunsDoc {
            runs: runs.to_vec(),
            expire_at,
        };
        writes.put(&format!("{path}/settled/{number}"), &runs, Guard::None)?;
    }
    for number in 0..packed.parts.len() {
        let part = body::ExpiryDoc { expire_at };
        writes.update(
            &format!("{path}/parts/{number}"),
            &part,
            &["expireAt"],
            Guard::None,
        )?;
    }
    Ok(())
}

/// Reads a delivery that has units waiting; `None` when there is none such. One round trip, and one each for the parts
/// and the runs that stand beside the record.
///
/// # Errors
/// As [`Store::get`]; [`StoreError::Corrupt`] when the body cannot be put together again.
pub async fn waiting(store: &Store, id: &str) -> Result<Option<Waiting>, StoreError> {
    let path = format!("{DELIVERIES}/{id}");
    let Some(record) = store.get::<RecordDoc>(&path).await? else {
        return Ok(None);
    };
    let time = record.update_time;
    let record = record.value;
    if record.outcome.parked == 0 {
        return Ok(None);
    }
    let mut runs = record.outcome.settled.clone();
    runs.extend(runs_beside(store, &path, record.outcome.settled_beside).await?);
    let outcomes: Vec<Outcome> = runs
        .iter()
        .flat_map(|run| (run.from..=run.to).map(|_| outcome(&run.outcome)))
        .collect();
    let Some(body) = body_of(store, &path, &record).await? else {
        return Ok(None);
    };
    Ok(Some(Waiting {
        body,
        received: record.received_at.0,
        secret: usize::try_from(record.secret).unwrap_or_default(),
        conversations: record.outcome.conversations.into_iter().collect(),
        parked: (0..outcomes.len())
            .filter(|at| outcomes[*at] == Outcome::Parked)
            .collect(),
        outcomes,
        time,
    }))
}

/// The body of a record; `None` when it was erased. One round trip when it has parts.
async fn body_of(
    store: &Store,
    path: &str,
    record: &RecordDoc,
) -> Result<Option<Vec<u8>>, StoreError> {
    if record.body.is_none() && record.parts == 0 {
        return Ok(None);
    }
    let numbers: Vec<String> = (0..record.parts).map(|number| number.to_string()).collect();
    let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
    let mut text = record.body.clone().unwrap_or_default();
    if !numbers.is_empty() {
        let mut parts = store
            .get_many::<body::PartDoc>(&format!("{path}/parts"), &numbers)
            .await?;
        for number in numbers {
            let part = parts.remove(number).ok_or_else(|| {
                StoreError::Corrupt("a part of a delivery's body is missing".into())
            })?;
            text.push_str(&part.value.text);
        }
    }
    body::unpack(&record.encoding, text).map(Some)
}

async fn runs_beside(store: &Store, path: &str, documents: i64) -> Result<Vec<RunDoc>, StoreError> {
    let numbers: Vec<String> = (0..documents).map(|number| number.to_string()).collect();
    let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
    let mut found = store
        .get_many::<RunsDoc>(&format!("{path}/settled"), &numbers)
        .await?;
    let mut runs = Vec::new();
    for number in numbers {
        let more = found.remove(number).ok_or_else(|| {
            StoreError::Corrupt("a part of a delivery's record is missing".into())
        })?;
        runs.extend(more.value.runs);
    }
    Ok(runs)
}

/// The ids of deliveries that have units waiting, in the order of ids behind `after`; with a channel, only those that
/// wait for it. One round trip.
///
/// # Errors
/// As [`Store::query`].
pub async fn parked(
    store: &Store,
    channel_id: Option<&str>,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<String>, StoreError> {
    let mut query = Query::first(limit, DELIVERIES).eq("state", "PARKED");
    if let Some(channel_id) = channel_id {
        query = query.containing("waitingFor", channel_id);
    }
    let found = store.query::<StateDoc>(query.after_id(after)).await?;
    Ok(found.into_iter().map(|doc| doc.id).collect())
}
