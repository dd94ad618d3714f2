//! Some rows of a list, read and committed together.

use super::rows::Candidate;
use crate::extract::Caller;
use crate::leads::Placement;
use crate::leads::create::may_see;
use crate::leads::phone::Phone;
use crate::leads::store::{Creation, IndexEntry, Leads};
use crate::policy::Permit;
use crate::store::{StoreError, Writes};

/// What all batches of a list share.
pub(super) struct Batch<'a> {
    pub(super) leads: &'a Leads,
    pub(super) caller: &'a Caller,
    pub(super) creating: Permit,
    pub(super) recording: Permit,
    pub(super) placement: &'a Placement,
    pub(super) now: jiff::Timestamp,
}

/// What became of a batch.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) created: usize,
    pub(super) existing: usize,
    /// Numbers of the rows whose phone is that of a lead out of the caller's scope.
    pub(super) taken: Vec<u32>,
}

impl Batch<'_> {
    /// One attempt: 3 round trips at most. When somebody else creates one of the leads meanwhile, the commit fails as a
    /// whole and the next attempt finds that lead.
    pub(super) async fn attempt(&self, candidates: &[Candidate]) -> Result<Outcome, StoreError> {
        let index_ids: Vec<&str> = candidates
            .iter()
            .filter_map(|candidate| candidate.index_id.as_deref())
            .collect();
        let entries = self.leads.index_entries(&index_ids).await?;
        let named = entries.values().map(|entry| entry.value.lead_id.as_str());
        let without_phone = candidates
            .iter()
            .filter(|candidate| candidate.index_id.is_none())
            .map(|candidate| candidate.id.as_str());
        let lead_ids: Vec<&str> = named.chain(without_phone).collect();
        let found = self.leads.get_many(&lead_ids).await?;

        let mut outcome = Outcome::default();
        let mut writes = Writes::new();
        for candidate in candidates {
            let phone = candidate.lead.phone.as_ref().map(Phone::as_e164);
            let entry = candidate.index_id.as_ref().and_then(|id| entries.get(id));
            let lead = match (phone, entry) {
                // An entry that names a lead with another phone by now says nothing of this one.
                (Some(phone), Some(entry)) => found
                    .get(&entry.value.lead_id)
                    .filter(|lead| lead.value.phone() == Some(phone)),
                (Some(_), None) => None,
                (None, _) => found.get(candidate.id.as_str()),
            };
            match lead {
                // Without a phone the id itself says that it is this list's.
                Some(lead) if phone.is_none() || may_see(self.caller, &lead.value) => {
                    outcome.existing += 1;
                }
                Some(lead) => {
                    outcome.taken.push(candidate.row);
                    self.leads.claim(
                        &mut writes,
                        &self.recording,
                        lead,
                        self.caller.uid(),
                        self.now,
                    )?;
                }
                None => {
                    outcome.created += 1;
                    let creation = Creation {
                        id: &candidate.id,
                        lead: &candidate.lead,
                        placement: self.placement,
                        entry: entry.map_or(IndexEntry::New, |entry| {
                            IndexEntry::Replaces(entry.update_time)
                        }),
                        origin: None,
                        now: self.now,
                    };
                    self.leads.create(&mut writes, &self.creating, &creation)?;
                }
            }
        }
        self.leads.store().commit(writes).await?;
        Ok(outcome)
    }
}
