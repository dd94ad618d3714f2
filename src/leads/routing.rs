//! Who gets a lead that nobody gave to anybody: the partner whose channel it came through; a branch's partners in fair
//! turn; for head office's own channels the branches in fair turn, and within the branch its partners.
//!
//! # Shape
//! `lead_turns/{branchId}`, and `lead_turns/head-office` for the branches: line (uids, whoever was served longest ago
//! first), updatedAt. Service data: how many others got is nobody's to read.
//! *Invariant:* the lines are written in the commit that gives the lead away, guarded as they were read.

use serde::{Deserialize, Serialize};

use super::Placement;
use super::store::{AssignmentDoc, SkippedDoc};
use super::turn::{self, Drawn, Passed, Sharer};
use crate::channels::Channel;
use crate::ids::{BranchId, Uid};
use crate::policy::Permit;
use crate::store::{Doc, Guard, Store, StoreError, Timestamp, UpdateTime, Writes};
use crate::users::branches::{self, Mode};
use crate::users::{self, Place};

/// The collection of lines.
pub const LEAD_TURNS: &str = "lead_turns";

/// The line of the branches, for what comes through head office's own channels.
const HEAD_OFFICE: &str = "head-office";

/// The mode of a lead that came through a partner's own channel.
const OWNER: &str = "OWNER";

/// Where a lead goes.
#[derive(Debug, Clone)]
pub struct Route {
    /// The place.
    pub placement: Placement,
    mode: &'static str,
    skipped: Vec<(Uid, Passed)>,
    lines: Vec<Line>,
}

#[derive(Debug, Clone)]
struct Line {
    name: String,
    read: Option<UpdateTime>,
    uids: Vec<Uid>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct LineDoc {
    line: Vec<String>,
    updated_at: Option<Timestamp>,
}

/// Finds who gets a lead of a channel; `None` when head office's channel brought it and there is no branch.
///
/// Round trips: one for the channel's owner; for a branch one more (its settings, its partners and its line, side by
/// side); for head office up to three before that.
///
/// # Errors
/// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
pub async fn route(store: &Store, channel: &Channel) -> Result<Option<Route>, StoreError> {
    if let Some(branch) = &channel.branch {
        let owner = users::store::get(store, &channel.owner).await?;
        // A partner who left or is closed gets nothing more; what comes is the branch's.
        let own = owner.is_some_and(|stored| {
            let user = stored.user;
            !user.disabled && user.place == Ok(Place::Mitra(Some(branch.clone())))
        });
        if own {
            return Ok(Some(Route {
                placement: Placement::partner(branch.clone(), channel.owner.clone()),
                mode: OWNER,
                skipped: Vec::new(),
                lines: Vec::new(),
            }));
        }
        return in_branch(store, branch.clone()).await.map(Some);
    }
    let branches = branches::for_head_office(store).await?;
    let sharers: Vec<Sharer> = branches
        .iter()
        .map(|branch| Sharer {
            uid: branch.as_uid(),
            closed: false,
        })
        .collect();
    let (line, read) = line(store, HEAD_OFFICE).await?;
    let Drawn { taker, line, .. } = turn::draw(&line, &sharers);
    let Some(taker) = taker else {
        return Ok(None);
    };
    let mut route = in_branch(store, taker.as_branch()).await?;
    route.lines.push(Line {
        name: HEAD_OFFICE.to_owned(),
        read,
        uids: line,
    });
    Ok(Some(route))
}

async fn in_branch(store: &Store, branch: BranchId) -> Result<Route, StoreError> {
    let (sharing, partners, (line, read)) = futures::try_join!(
        branches::sharing(store, &branch),
        branches::partners(store, &branch),
        line(store, branch.as_str()),
    )?;
    let mode = sharing.mode.as_str();
    if sharing.mode == Mode::Manual {
        return Ok(Route {
            placement: Placement::pool(branch),
            mode,
            skipped: Vec::new(),
            lines: Vec::new(),
        });
    }
    let sharers = partners.into_iter().map(|user| Sharer {
        closed: user.disabled,
        uid: user.uid,
    });
    let sharers = turn::lined_up(sharers.collect(), &sharing.order);
    let Drawn {
        taker,
        skipped,
        line: after,
    } = turn::draw(&line, &sharers);
    let changed = after != line;
    let line = Line {
        name: branch.to_string(),
        read,
        uids: after,
    };
    Ok(Route {
        placement: match taker {
            Some(partner) => Placement::partner(branch, partner),
            None => Placement::pool(branch),
        },
        mode,
        skipped,
        // A line that stays as it is has given nothing away.
        lines: if changed { vec![line] } else { Vec::new() },
    })
}

async fn line(store: &Store, name: &str) -> Result<(Vec<Uid>, Option<UpdateTime>), StoreError> {
    let found: Option<Doc<LineDoc>> = store.get(&format!("{LEAD_TURNS}/{name}")).await?;
    Ok(match found {
        None => (Vec::new(), None),
        Some(doc) => {
            let line = doc.value.line.into_iter();
            let line = line.filter_map(|uid| Uid::parse(uid).ok()).collect();
            (line, Some(doc.update_time))
        }
    })
}

impl Route {
    /// Adds to a commit that the turn has moved on.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when it cannot be stored.
    pub fn write(
        &self,
        writes: &mut Writes,
        _: &Permit,
        now: jiff::Timestamp,
    ) -> Result<(), StoreError> {
        for Line { name, read, uids } in &self.lines {
            let path = format!("{LEAD_TURNS}/{name}");
            let doc = LineDoc {
                line: uids.iter().map(ToString::to_string).collect(),
                updated_at: Some(Timestamp(now)),
            };
            match read {
                Some(read) => writes.put(&path, &doc, Guard::Unchanged(*read))?,
                None => writes.create(&path, &doc)?,
            };
        }
        Ok(())
    }

    /// How the holder was found, for the lead's history.
    pub fn assignment(&self) -> AssignmentDoc {
        let skipped = self.skipped.iter();
        AssignmentDoc {
            mode: self.mode,
            skipped: skipped
                .map(|(uid, passed)| SkippedDoc {
                    uid: uid.to_string(),
                    reason: passed.as_str(),
                })
                .collect(),
        }
    }
}

/// Whether whoever was given a lead may still hold it: a partner whose account was closed meanwhile, after the look and
/// before the commit, would keep what nobody looks for. One round trip; none for a pool.
///
/// # Errors
/// [`StoreError::Unavailable`].
pub async fn may_hold(store: &Store, placement: &Placement) -> Result<bool, StoreError> {
    let (branch, holder) = (placement.branch_id(), placement.assigned_to());
    if holder.as_str() == branch.as_str() {
        return Ok(true);
    }
    let user = users::store::get(store, holder).await?;
    Ok(user.is_some_and(|stored| stored.user.works_in() == Some(branch)))
}
