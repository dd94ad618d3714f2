//! What happens to accounts when their holder leaves: the branch takes them over, since what arrives belongs to whoever holds
//! the account.

use super::Platform;
use super::record::Record;
use super::store::{self, Stored};
use crate::error::Error;
use crate::ids::{BranchId, Uid};
use crate::policy::{Action, Actor, Permit, authorize};
use crate::state::AppState;
use crate::store::{Timestamp, Writes};
use crate::users::{accounts, store as users};

/// Gives the accounts that a person may no longer hold to the branch that they carry, and returns how many those were. A query
/// for each platform; four round trips for each account. Tokens stay: they are the page's, as long as Meta lets them.
///
/// # Errors
/// `UNAVAILABLE` when Firestore is away, `ABORTED` when others kept being faster.
///
/// # Idempotency
/// Safe to repeat, and to run twice at once.
pub async fn hand_over(
    state: &AppState,
    uid: &Uid,
    stays_in: Option<&BranchId>,
) -> Result<usize, Error> {
    let permit = authorize(&Actor::Service, &Action::MaintainChannel)?;
    let mut moved = 0;
    for platform in [Platform::Facebook, Platform::Instagram, Platform::WhatsApp] {
        for record in store::held_by(&state.store, uid, platform).await? {
            if let Some(branch) = goes_to(&record, uid, stays_in) {
                let id = &record.channel.id;
                let attempt = || give(state, &permit, id, uid, &branch);
                state.store.retrying(attempt).await?;
                moved += 1;
            }
        }
    }
    Ok(moved)
}

/// The branch that takes an account over; `None` when it stays, or is in the branch's hands already.
fn goes_to(record: &Record, uid: &Uid, stays_in: Option<&BranchId>) -> Option<BranchId> {
    let branch = record.channel.branch.clone()?;
    (record.channel.owner == *uid && stays_in != Some(&branch) && branch.as_uid() != *uid)
        .then_some(branch)
}

async fn give(
    state: &AppState,
    permit: &Permit,
    id: &str,
    from: &Uid,
    branch: &BranchId,
) -> Result<(), Error> {
    let found = store::record(&state.store, id).await?;
    let Some(Stored {
        record: Some(mut record),
        update_time,
    }) = found
    else {
        return Ok(());
    };
    if record.channel.owner != *from {
        return Ok(());
    }
    let to = branch.as_uid();
    let platform = record.account.platform;
    record.channel.owner = to.clone();
    let mut writes = Writes::new();
    store::put(permit, &mut writes, &record, Some(update_time))?;
    let now = Timestamp(state.clock.now());
    let people = [from.as_str(), to.as_str()];
    let people = users::get_many(&state.store, &people).await?;
    if let Some(user) = people.get(to.as_str()) {
        let has = [(platform.as_str(), true)];
        accounts::put(permit, &mut writes, user, &has, false, now)?;
    }
    if let Some(user) = people.get(from.as_str()) {
        let held = store::held_by(&state.store, from, platform).await?;
        let another = held.iter().any(|other| other.channel.id != id);
        let has = [(platform.as_str(), another)];
        accounts::put(permit, &mut writes, user, &has, true, now)?;
    }
    Ok(state.store.commit(writes).await?)
}
