//! A filled-in form becomes a lead.

use super::fetch::{self, Forms};
use super::settle::{Case, Newcomer, Outcome};
use super::store::Row;
use super::{Ending, Obstacle, form};
use crate::channels::{Channel, ChannelState, refresh};
use crate::clients::graph::Access;
use crate::error::Error;
use crate::leads::phone::Phone;
use crate::leads::store::Contact;
use crate::store::Writes;

/// Fetches a lead and takes it in.
///
/// Round trips beside the platform's two to four: for a new person the row with what stands of the phone (one), the
/// routing (two, for head office up to five), the commit; for a known one two. Begun anew when somebody else gave a lead
/// away, or made one of this phone, meanwhile.
pub(super) async fn take(
    case: &Case<'_>,
    forms: &Forms,
    row: &Row,
    channel: Option<&Channel>,
    access: Option<&Access>,
) -> Result<Outcome, Error> {
    let Some(channel) = channel.filter(|channel| channel.state != ChannelState::Disconnected)
    else {
        return Ok(Outcome::Kept(Obstacle::Disconnected));
    };
    let Some(access) = access.filter(|_| channel.state == ChannelState::Connected) else {
        return Ok(Outcome::Kept(Obstacle::NeedsReconnect));
    };
    let announced = row.announced();
    let fetched = match fetch::fetch(&case.state.graph, access, forms, &announced).await {
        Ok(fetched) => fetched,
        Err(obstacle @ Obstacle::NeedsReconnect) => {
            // Looked at in the next run, and marked for people if it is so; the lead waits either way.
            refresh::hurry(case.state, &channel.id).await;
            return Ok(Outcome::Kept(obstacle));
        }
        Err(obstacle) => return Ok(Outcome::Kept(obstacle)),
    };
    let read = form::read(
        &fetched.lead,
        &fetched.form,
        announced.created_at,
        case.now(),
    );
    let is_test = read.is_test;
    let mut newcomer =
        Newcomer::of_form(&announced.leadgen_id, &announced.page_id, read, fetched.ads)?;
    if let Some(attribution) = &mut newcomer.origin.attribution {
        attribution.form_id = attribution.form_id.take().or(announced.form_id);
    }
    let db = &case.state.store;
    let _turn = case.state.assigning.acquire().await;
    db.retrying(|| settle(case, channel, &newcomer, is_test))
        .await
}

async fn settle(
    case: &Case<'_>,
    channel: &Channel,
    newcomer: &Newcomer,
    is_test: bool,
) -> Result<Outcome, Error> {
    let phone = newcomer.person.phone.as_ref().map(Phone::as_e164);
    let leads = &case.leads;
    let of_phone = async {
        match phone {
            None => Ok((Vec::new(), None, Vec::new())),
            Some(phone) => futures::try_join!(
                leads.with_phone(phone),
                leads.index_entry(phone),
                leads.conversations_with(Contact::Phone(phone)),
            ),
        }
    };
    let (row, itself, (known, entry, conversations)) =
        futures::try_join!(case.row(), leads.get(newcomer.id.as_str()), of_phone)?;
    let Some(row) = row else {
        return Ok(Outcome::Lost);
    };
    let mut writes = Writes::new();
    if is_test {
        return case.close(writes, &row, Ending::Test, None).await;
    }
    if let Some(itself) = itself {
        // Its row was made anew; the lead is there.
        return case
            .close(writes, &row, Ending::Known, Some(&itself.id))
            .await;
    }
    let unlinked = conversations
        .iter()
        .filter(|conversation| conversation.value.text("leadId").is_none());
    if let Some(lead) = known.first() {
        case.inquire(&mut writes, lead, newcomer, &channel.id)?;
        for conversation in unlinked {
            case.link(&mut writes, conversation, &lead.id, lead.value.place())
                .await?;
        }
        return case
            .close(writes, &row, Ending::Known, Some(&lead.id))
            .await;
    }
    let Some(found) = case.place(channel).await? else {
        return Ok(Outcome::Kept(Obstacle::NoBranch));
    };
    let entry = entry.map(|entry| entry.update_time);
    case.create(&mut writes, newcomer, &found, entry)?;
    let placement = found.placement().clone();
    let place = (
        Some(placement.branch_id().as_str()),
        Some(placement.assigned_to().as_str()),
    );
    for conversation in unlinked {
        case.link(&mut writes, conversation, newcomer.id.as_str(), place)
            .await?;
    }
    case.close(writes, &row, Ending::Created, Some(newcomer.id.as_str()))
        .await?;
    Ok(Outcome::Settled(
        Ending::Created,
        Some((newcomer.id.clone(), placement)),
    ))
}
