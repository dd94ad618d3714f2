//! The phone index, brought in step with a lead as it stands.
//!
//! Clients write leads directly, and the index follows through the events of those writes. An event only says where to
//! look: what the index is to say comes from the lead as it stands now, so an old event that comes late changes nothing.
//! *Invariant:* after writing, the lead is looked at again. If it changed meanwhile the work begins anew, and if it did
//! not, every later change has an event of its own, which will find what was written here.

use super::store::{Leads, PhoneIndexDoc, StoredLead};
use crate::policy::Permit;
use crate::store::{Doc, StoreError, Timestamp, Writes};

/// One attempt to make the index fit a lead, for the phones that it had, has or is said to have. Says whose the lead's
/// phone is, if it is another living lead's: the two may be the same person.
///
/// # Errors
/// [`StoreError::Conflict`] when the lead changed meanwhile: begin anew.
pub(super) async fn bring_in_step(
    leads: &Leads,
    permit: &Permit,
    lead_id: &str,
    phones: &[Option<&str>],
    now: jiff::Timestamp,
) -> Result<Option<String>, StoreError> {
    let lead = leads.get(lead_id).await?;
    let phone = lead.as_ref().and_then(|lead| lead.value.phone());
    let mut phones: Vec<&str> = phones.iter().copied().flatten().chain(phone).collect();
    phones.sort_unstable();
    phones.dedup();
    let index_ids: Vec<String> = phones.iter().map(|phone| leads.index_id(phone)).collect();
    let asked: Vec<&str> = index_ids.iter().map(String::as_str).collect();
    let entries = leads.index_entries(&asked).await?;

    let mut writes = Writes::new();
    let mut duplicate_of = None;
    for (one, index_id) in phones.into_iter().zip(&index_ids) {
        let entry = entries.get(index_id);
        let ours = entry.is_some_and(|entry| entry.value.lead_id == lead_id);
        match (&lead, entry) {
            (Some(lead), Some(entry)) if phone == Some(one) && !ours => {
                match living(leads, &entry.value.lead_id, one).await? {
                    Some(other) => duplicate_of = Some(other.id),
                    None => put(leads, permit, &mut writes, one, lead, Some(entry), now)?,
                }
            }
            (Some(lead), entry) if phone == Some(one) => {
                put(leads, permit, &mut writes, one, lead, entry, now)?;
            }
            // The lead has another phone by now, or is gone; a lead that was a duplicate until now takes over.
            (_, Some(entry)) if ours => match heir(leads, lead_id, one).await? {
                Some(heir) => put(leads, permit, &mut writes, one, &heir, Some(entry), now)?,
                None => leads.unindex(&mut writes, permit, one, entry.update_time),
            },
            _ => {}
        }
    }
    if writes.is_empty() {
        return Ok(duplicate_of);
    }
    leads.store().commit(writes).await?;
    let seen = lead.map(|lead| lead.update_time);
    let stands = leads.get(lead_id).await?.map(|lead| lead.update_time);
    if stands == seen {
        Ok(duplicate_of)
    } else {
        Err(StoreError::Conflict)
    }
}

/// The lead that an entry names, if it lives and still has the phone.
async fn living(
    leads: &Leads,
    lead_id: &str,
    phone: &str,
) -> Result<Option<Doc<StoredLead>>, StoreError> {
    let lead = leads.get(lead_id).await?;
    Ok(lead.filter(|lead| lead.value.phone() == Some(phone)))
}

/// The oldest other lead with the phone.
async fn heir(
    leads: &Leads,
    lead_id: &str,
    phone: &str,
) -> Result<Option<Doc<StoredLead>>, StoreError> {
    let found = leads.with_phone(phone).await?;
    Ok(found.into_iter().find(|other| other.id != lead_id))
}

fn put(
    leads: &Leads,
    permit: &Permit,
    writes: &mut Writes,
    phone: &str,
    lead: &Doc<StoredLead>,
    entry: Option<&Doc<PhoneIndexDoc>>,
    now: jiff::Timestamp,
) -> Result<(), StoreError> {
    let (branch_id, assigned_to) = lead.value.place();
    let names = PhoneIndexDoc {
        lead_id: lead.id.clone(),
        branch_id: branch_id.map(ToOwned::to_owned),
        assigned_to: assigned_to.map(ToOwned::to_owned),
        updated_at: Timestamp(now),
    };
    if entry.is_some_and(|entry| entry.value.names_the_same(&names)) {
        return Ok(());
    }
    let read = entry.map(|entry| entry.update_time);
    leads.index(writes, permit, phone, &names, read)
}
