//! Moves a person's open leads, conversations and connected accounts to the branch that they carry.
//!
//! Looks at what stands now: whatever the person holds that is not of the branch they work in. Repeating it finds nothing
//! more to do, and a run that broke off is finished by the next.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::channels;
use crate::error::Error;
use crate::ids::{BranchId, Uid};
use crate::leads::store::{CONVERSATIONS, LEADS, LastChangeDoc, PHONE_INDEX};
use crate::policy::{Action, Actor, LeadFacts, Permit, authorize};
use crate::state::AppState;
use crate::store::{Doc, Guard, Query, Timestamp, Writes};
use crate::users::store;

/// Documents handed over in one commit.
const PAGE: u32 = 200;

/// The states in which a lead is still worked on: all but LOST.
const OPEN_LEADS: [&str; 3] = ["NEW", "FOLLOW_UP", "CLOSING"];

/// What is held by a person. Clients write these documents too, so that a field may hold anything.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Held {
    branch_id: Value,
    phone: Value,
}

/// `phone_index/{keyed digest}`, as far as it repeats what stands in the lead.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct PhoneIndex {
    lead_id: Value,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Reassigned<'a> {
    assigned_to: &'a Uid,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_change: Option<LastChangeDoc>,
}

/// Two kinds of documents that a person holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Lead,
    Conversation,
}

/// Hands over what a person may no longer hold, and returns how many leads, conversations and accounts that were.
///
/// `by` is who caused it; `None` for the service. Six round trips, two more for each page of 200 that has something to
/// hand over, four more for each connected account. Accounts first: what arrives meanwhile goes to the branch.
///
/// # Errors
/// `UNAVAILABLE` when Firestore is away, `ABORTED` when others kept being faster.
///
/// # Idempotency
/// Safe to repeat, and to run twice at once.
pub async fn hand_over(state: &AppState, uid: &Uid, by: Option<&Uid>) -> Result<usize, Error> {
    let stored = store::get(&state.store, uid).await?;
    let stays_in = stored.and_then(|stored| stored.user.works_in().cloned());
    let mover = Mover {
        state,
        uid,
        stays_in,
        by: by.map_or("service", Uid::as_str),
    };
    let accounts = channels::hand_over::hand_over(state, uid, mover.stays_in.as_ref()).await?;
    let leads = mover.all(Kind::Lead).await?;
    let conversations = mover.all(Kind::Conversation).await?;
    Ok(accounts + leads + conversations)
}

struct Mover<'a> {
    state: &'a AppState,
    uid: &'a Uid,
    stays_in: Option<BranchId>,
    by: &'a str,
}

impl Mover<'_> {
    async fn all(&self, kind: Kind) -> Result<usize, Error> {
        let mut moved = 0;
        let mut after: Option<String> = None;
        loop {
            let store = &self.state.store;
            let page = store.retrying(|| self.page(kind, after.as_deref())).await?;
            moved += page.moved;
            match page.last {
                Some(last) => after = Some(last),
                None => return Ok(moved),
            }
        }
    }

    async fn page(&self, kind: Kind, after: Option<&str>) -> Result<Page, Error> {
        let held = match kind {
            Kind::Lead => Query::first(PAGE, LEADS).is_in("status", OPEN_LEADS),
            Kind::Conversation => Query::first(PAGE, CONVERSATIONS).eq("state", "OPEN"),
        };
        let held = held.eq("assignedTo", self.uid.as_str()).after_id(after);
        let found: Vec<Doc<Held>> = self.state.store.query(held).await?;
        let last = (found.len() == PAGE as usize)
            .then(|| found.last().map(|doc| doc.id.clone()))
            .flatten();
        let leaving: Vec<_> = found
            .iter()
            .filter_map(|doc| Some((doc, self.goes_to(&doc.value)?)))
            .collect();
        let mut writes = Writes::new();
        for (doc, branch) in &leaving {
            self.reassign(kind, doc, branch, &mut writes)?;
        }
        if kind == Kind::Lead && !leaving.is_empty() {
            self.reassign_phones(&leaving, &mut writes).await?;
        }
        self.state.store.commit(writes).await?;
        Ok(Page {
            moved: leaving.len(),
            last,
        })
    }

    /// The branch that takes a document over; `None` when it stays, or is in the branch's hands already.
    fn goes_to(&self, held: &Held) -> Option<BranchId> {
        let branch = BranchId::parse(held.branch_id.as_str()?).ok()?;
        (self.stays_in.as_ref() != Some(&branch) && branch.as_uid() != *self.uid).then_some(branch)
    }

    fn reassign(
        &self,
        kind: Kind,
        doc: &Doc<Held>,
        branch: &BranchId,
        writes: &mut Writes,
    ) -> Result<(), Error> {
        let to = branch.as_uid();
        let before = LeadFacts::new(branch.clone(), self.uid.clone());
        let after = LeadFacts::new(branch.clone(), to.clone());
        let assignee = None;
        let action = match kind {
            Kind::Lead => Action::UpdateLead {
                before: &before,
                after: &after,
                assignee,
            },
            Kind::Conversation => Action::AssignConversation {
                before: &before,
                after: &after,
                assignee,
            },
        };
        let permit = authorize(&Actor::Service, &action)?;
        let mark = LastChangeDoc {
            by: self.by.to_owned(),
            at: Timestamp(self.state.clock.now()),
        };
        put_holder(&permit, writes, kind, doc, &to, mark)
    }

    /// The phone index repeats who holds a lead. Leads that clients wrote directly may have no entry, or another lead's.
    async fn reassign_phones(
        &self,
        leaving: &[(&Doc<Held>, BranchId)],
        writes: &mut Writes,
    ) -> Result<(), Error> {
        let digests: HashMap<String, (&str, &BranchId)> = leaving
            .iter()
            .filter_map(|(doc, branch)| {
                let digest = self.state.phone_digest.hex(doc.value.phone.as_str()?);
                Some((digest, (doc.id.as_str(), branch)))
            })
            .collect();
        let permit = authorize(&Actor::Service, &Action::KeepServiceData)?;
        let ids: Vec<&str> = digests.keys().map(String::as_str).collect();
        let known: HashMap<String, Doc<PhoneIndex>> =
            self.state.store.get_many(PHONE_INDEX, &ids).await?;
        for (digest, entry) in known {
            let Some((lead, branch)) = digests.get(&digest) else {
                continue;
            };
            if entry.value.lead_id.as_str() != Some(lead) {
                continue;
            }
            put_index_holder(&permit, writes, &digest, &entry, &branch.as_uid())?;
        }
        Ok(())
    }
}

struct Page {
    moved: usize,
    last: Option<String>,
}

/// Gives a lead or conversation to another holder, provided that it is as it was read.
fn put_holder(
    _: &Permit,
    writes: &mut Writes,
    kind: Kind,
    doc: &Doc<Held>,
    to: &Uid,
    mark: LastChangeDoc,
) -> Result<(), Error> {
    let guard = Guard::Unchanged(doc.update_time);
    match kind {
        Kind::Lead => {
            let lead = Reassigned {
                assigned_to: to,
                updated_at: Some(mark.at),
                last_change: Some(mark),
            };
            let fields = ["assignedTo", "updatedAt", "lastChange"];
            writes.update(&format!("{LEADS}/{}", doc.id), &lead, &fields, guard)?;
        }
        Kind::Conversation => {
            let path = format!("{CONVERSATIONS}/{}", doc.id);
            writes.update(&path, &Reassigned::plainly(to), &["assignedTo"], guard)?;
        }
    }
    Ok(())
}

/// Says in the phone index who holds the lead, provided that the entry is as it was read.
fn put_index_holder(
    _: &Permit,
    writes: &mut Writes,
    digest: &str,
    entry: &Doc<PhoneIndex>,
    to: &Uid,
) -> Result<(), Error> {
    let guard = Guard::Unchanged(entry.update_time);
    let path = format!("{PHONE_INDEX}/{digest}");
    writes.update(&path, &Reassigned::plainly(to), &["assignedTo"], guard)?;
    Ok(())
}

impl<'a> Reassigned<'a> {
    fn plainly(to: &'a Uid) -> Self {
        Self {
            assigned_to: to,
            updated_at: None,
            last_change: None,
        }
    }
}
