//! `POST /events/leadWritten`: every change of a lead goes into its history, whoever made it.
//!
//! The events of the service's own writes, of clients' direct ones and of administrators' all come here, at least once
//! and in any order. An entry is named by its event, so a repeated delivery finds it written. Who made a change is known
//! only where the write itself says so in `lastChange`: Firestore's events do not name the person behind a client.

mod changes;

use axum::extract::State;
use axum::response::Response;

use super::reindex;
use super::store::{Entry, Kind, Leads, StoredLead};
use crate::error::Error;
use crate::extract::cloud_event::DocumentEvent;
use crate::extract::pushed::settle;
use crate::policy::{Action, Actor, authorize};
use crate::state::AppState;
use crate::store::Timestamp;

/// Answers the event of a lead's write.
pub async fn lead_written(State(state): State<AppState>, event: DocumentEvent) -> Response {
    settle(record(&state, &event).await)
}

/// Writes the history entry of a change and brings the phone index in step with the lead.
///
/// Round trips: 3 (the lead as it stands, the index entries of its phones, the entry) when the index is in step, as it
/// is after the service's own writes; about 5 more to mend it.
///
/// The erasure of a lead leaves no entry.
///
/// # Idempotency
/// Any number of deliveries, in any order, leave one entry and an index that fits the lead as it stands.
///
/// # Errors
/// `UNAVAILABLE` and `ABORTED`: the event is to come again.
pub async fn record(state: &AppState, event: &DocumentEvent) -> Result<(), Error> {
    if event.is_idle() {
        return Ok(());
    }
    let leads = Leads::of(state);
    let before: Option<StoredLead> = event.before()?;
    let after: Option<StoredLead> = event.after()?;
    let phones = [&before, &after].map(|lead| lead.as_ref().and_then(StoredLead::phone));
    let keeping = authorize(&Actor::Service, &Action::KeepServiceData)?;
    let now = state.clock.now();
    let duplicate_of = state
        .store
        .retrying(|| reindex::bring_in_step(&leads, &keeping, &event.id, &phones, now))
        .await?;

    if [&before, &after]
        .into_iter()
        .flatten()
        .any(StoredLead::is_erased)
    {
        return Ok(());
    }
    let (before_fields, after_fields) = (event.before_fields(), event.after_fields());
    let changes = changes::between(before_fields, after_fields);
    if changes.is_empty() && before.is_some() {
        // Only the mark itself was renewed.
        return Ok(());
    }
    let stated = after
        .as_ref()
        .and_then(StoredLead::last_change)
        .filter(|stated| {
            before.as_ref().and_then(StoredLead::last_change).as_ref() != Some(stated)
        });
    let kind = match (&before, &after) {
        (None, _) => Kind::Created,
        (Some(_), Some(_)) => Kind::Updated,
        (Some(_), None) => Kind::Deleted,
    };
    let (branch_id, assigned_to) = after
        .as_ref()
        .or(before.as_ref())
        .map_or((None, None), StoredLead::place);
    let entry = Entry {
        at: Timestamp(event.occurred_at().unwrap_or(now)),
        kind,
        by: stated.map(|(by, _)| by.to_owned()),
        by_stated: stated.is_some(),
        changes,
        branch_id,
        assigned_to,
        duplicate_of: duplicate_of.filter(|_| phones[0] != phones[1]),
        inquiry: None,
        assignment: None,
    };
    let recording = authorize(&Actor::Service, &Action::RecordLeadHistory)?;
    leads
        .record(&recording, &event.id, &event.key, &entry)
        .await?;
    Ok(())
}
