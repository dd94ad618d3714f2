//! Erasing a lead: the document, its history, its entry in the phone index, and what announced it.
//!
//! First the lead is emptied and marked, in the commit that takes its phone out of the index, then its history goes, and the
//! document last. The mark keeps the events of these very writes from telling in the history what was just erased.

use serde::{Deserialize, Serialize};

use super::intake::store::LEAD_INTAKE;
use super::store::{LEADS, Leads, StoredLead};
use crate::policy::Permit;
use crate::store::{Doc, Guard, Query, StoreError, Timestamp, Writes};

/// History entries erased by one commit.
const PAGE: u32 = 200;

/// Announcements of a lead: one, unless somebody sent the form again.
const ANNOUNCEMENTS: u32 = 20;

/// The field that says so.
pub const ERASED_AT: &str = "erasedAt";

/// What is left of a lead while its history goes.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Emptied {
    erased_at: Timestamp,
}

/// What is left of an announcement: that the lead must not be fetched again.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Forgotten<'a> {
    leadgen_id: &'a str,
    state: &'static str,
    erased_at: Timestamp,
}

/// A document of which nothing has to be known.
#[derive(Deserialize)]
struct Any {}

/// Erases one page of a lead, and returns whether something may be left. Up to five round trips.
///
/// # Idempotency
/// Safe to repeat, and to break off.
///
/// # Errors
/// [`StoreError::Conflict`] when it was changed meanwhile; else as [`crate::store::Store::commit`].
pub async fn page(
    leads: &Leads,
    id: &str,
    now: jiff::Timestamp,
    permit: &Permit,
) -> Result<bool, StoreError> {
    let lead = leads.get(id).await?;
    if let Some(lead) = &lead
        && !lead.value.is_erased()
    {
        empty(leads, lead, now, permit).await?;
        return Ok(true);
    }
    let history = format!("{LEADS}/{id}/history");
    let entries: Vec<Doc<Any>> = leads.store().query(Query::first(PAGE, &history)).await?;
    let mut writes = Writes::new();
    for entry in &entries {
        writes.delete(&format!("{history}/{}", entry.id), Guard::None);
    }
    if entries.len() < PAGE as usize {
        writes.delete(&format!("{LEADS}/{id}"), Guard::None);
    }
    leads.store().commit(writes).await?;
    Ok(entries.len() == PAGE as usize)
}

async fn empty(
    leads: &Leads,
    lead: &Doc<StoredLead>,
    now: jiff::Timestamp,
    permit: &Permit,
) -> Result<(), StoreError> {
    let mut writes = Writes::new();
    if let Some(phone) = lead.value.phone()
        && let Some(entry) = leads.index_entry(phone).await?
        && entry.value.lead_id == lead.id
    {
        leads.unindex(&mut writes, permit, phone, entry.update_time);
    }
    let query = Query::first(ANNOUNCEMENTS, LEAD_INTAKE).eq("leadId", lead.id.as_str());
    for announced in leads.store().query::<Any>(query).await? {
        let forgotten = Forgotten {
            leadgen_id: &announced.id,
            state: "ERASED",
            erased_at: Timestamp(now),
        };
        let path = format!("{LEAD_INTAKE}/{}", announced.id);
        writes.put(&path, &forgotten, Guard::Unchanged(announced.update_time))?;
    }
    let emptied = Emptied {
        erased_at: Timestamp(now),
    };
    let path = format!("{LEADS}/{}", lead.id);
    writes.put(&path, &emptied, Guard::Unchanged(lead.update_time))?;
    leads.store().commit(writes).await
}
