//! The phone index, brought in step with the leads as they stand.
//!
//! Clients write leads directly, and the index follows through the events of those writes. An event only says where to
//! look: what the index is to say comes from the leads as they stand now, so an old event that comes late changes nothing.
//! *Invariant:* whoever writes to the index looks again afterwards, and is done only when nothing is left to write. What
//! changes after that look has an event of its own, which will find what was written here.

use std::collections::HashMap;

use super::store::{Leads, PhoneIndexDoc, StoredLead};
use crate::policy::Permit;
use crate::store::{Doc, StoreError, Timestamp, Writes};

/// Looks in a row, each of which found something to write, before the event is left to come again.
const LOOKS: u32 = 5;

/// Makes the index fit a lead's phones: the one that it has, and those that an event says it had. Says whose the lead's
/// phone is, if it is another living lead's: the two may be the same person.
///
/// # Errors
/// [`StoreError::Conflict`] and [`StoreError::AlreadyExists`] when others wrote meanwhile: begin anew.
pub(super) async fn bring_in_step(
    leads: &Leads,
    permit: &Permit,
    lead_id: &str,
    phones: &[Option<&str>],
    now: jiff::Timestamp,
) -> Result<Option<String>, StoreError> {
    for _ in 0..LOOKS {
        let look = Look::take(leads, lead_id, phones).await?;
        let mut writes = Writes::new();
        for phone in &look.phones {
            mend(leads, permit, &look, phone, &mut writes, now).await?;
        }
        if writes.is_empty() {
            return Ok(look.duplicate_of(leads, lead_id));
        }
        leads.store().commit(writes).await?;
    }
    Err(StoreError::Conflict)
}

/// What stands in Firestore about a lead's phones.
struct Look {
    phones: Vec<String>,
    entries: HashMap<String, Doc<PhoneIndexDoc>>,
    /// The lead itself and those that the entries name.
    leads: HashMap<String, Doc<StoredLead>>,
}

impl Look {
    async fn take(
        leads: &Leads,
        lead_id: &str,
        phones: &[Option<&str>],
    ) -> Result<Self, StoreError> {
        let lead = leads.get(lead_id).await?;
        let present = lead.as_ref().and_then(|lead| lead.value.phone());
        let mut phones: Vec<String> = phones
            .iter()
            .copied()
            .chain([present])
            .flatten()
            .map(ToOwned::to_owned)
            .collect();
        phones.sort_unstable();
        phones.dedup();
        let index_ids: Vec<String> = phones.iter().map(|phone| leads.index_id(phone)).collect();
        let asked: Vec<&str> = index_ids.iter().map(String::as_str).collect();
        let entries = leads.index_entries(&asked).await?;
        let others: Vec<&str> = entries
            .values()
            .map(|entry| entry.value.lead_id.as_str())
            .filter(|named| *named != lead_id)
            .collect();
        let mut known = leads.get_many(&others).await?;
        known.extend(lead.map(|lead| (lead_id.to_owned(), lead)));
        Ok(Self {
            phones,
            entries,
            leads: known,
        })
    }

    /// The entry of a phone, and the lead that it names if that lives and still has the phone.
    fn of(
        &self,
        leads: &Leads,
        phone: &str,
    ) -> (Option<&Doc<PhoneIndexDoc>>, Option<&Doc<StoredLead>>) {
        let entry = self.entries.get(&leads.index_id(phone));
        let named = entry.and_then(|entry| self.leads.get(&entry.value.lead_id));
        (
            entry,
            named.filter(|lead| lead.value.phone() == Some(phone)),
        )
    }

    fn duplicate_of(&self, leads: &Leads, lead_id: &str) -> Option<String> {
        let phone = self.leads.get(lead_id)?.value.phone()?;
        let (_, named) = self.of(leads, phone);
        named
            .map(|lead| lead.id.clone())
            .filter(|named| named != lead_id)
    }
}

async fn mend(
    leads: &Leads,
    permit: &Permit,
    look: &Look,
    phone: &str,
    writes: &mut Writes,
    now: jiff::Timestamp,
) -> Result<(), StoreError> {
    let (entry, named) = look.of(leads, phone);
    let read = entry.map(|entry| entry.update_time);
    // Where the entry names nobody who has the phone, it goes to the oldest lead that does.
    let heir = match named {
        Some(_) => None,
        None => leads.with_phone(phone).await?.into_iter().next(),
    };
    match named.or(heir.as_ref()) {
        Some(lead) => {
            let (branch_id, assigned_to) = lead.value.place();
            let fitting = PhoneIndexDoc {
                lead_id: lead.id.clone(),
                branch_id: branch_id.map(ToOwned::to_owned),
                assigned_to: assigned_to.map(ToOwned::to_owned),
                updated_at: Timestamp(now),
            };
            if entry.is_none_or(|entry| !entry.value.names_the_same(&fitting)) {
                leads.index(writes, permit, phone, &fitting, read)?;
            }
        }
        None => {
            if let Some(read) = read {
                leads.unindex(writes, permit, phone, read);
            }
        }
    }
    Ok(())
}
