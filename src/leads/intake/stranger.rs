//! Somebody who wrote for the first time becomes a lead, and their conversation is with it; somebody who shared their
//! phone since has it in their lead.
//!
//! Who they are: by the phone; of `WhatsApp`'s users without one, by the business-scoped id; else by the conversation
//! itself, since the ids of Messenger and Instagram hold for one page or account alone.

use super::form::{name_of, nameless};
use super::settle::{Case, Found, Newcomer, Outcome, changing, lead_id, linking};
use super::store::Row;
use super::{Ending, Obstacle};
use crate::channels::Channel;
use crate::error::Error;
use crate::ids::{BranchId, Uid};
use crate::leads::phone::Phone;
use crate::leads::store::{AttributionDoc, Contact, Loose, Origin, PhoneIndexDoc, StoredLead};
use crate::leads::{LeadSource, NewLead, Placement};
use crate::store::{Doc, StoreError, Writes};

/// Makes a conversation's contact a lead.
///
/// Round trips: the row and the conversation (one), what is known of the person (one), the routing (two, for head office
/// up to five), the commit. Begun anew when somebody changed one of these meanwhile.
pub(super) async fn take(case: &Case<'_>, channel: Option<&Channel>) -> Result<Outcome, Error> {
    let db = &case.state.store;
    let _turn = case.state.assigning.acquire().await;
    db.retrying(|| settle(case, channel)).await
}

/// What the conversation says of its contact.
struct Stranger<'c> {
    conversation: &'c Doc<Loose>,
    phone: Option<Phone>,
    user_id: Option<&'c str>,
}

/// What there is of the person already.
struct Known {
    by_phone: Option<Doc<StoredLead>>,
    entry: Option<Doc<PhoneIndexDoc>>,
    otherwise: Option<Doc<StoredLead>>,
}

async fn settle(case: &Case<'_>, channel: Option<&Channel>) -> Result<Outcome, Error> {
    let (row, conversation) = futures::try_join!(case.row(), case.leads.contact_of(case.row_id))?;
    let Some(row) = row else {
        return Ok(Outcome::Lost);
    };
    let Some(conversation) = conversation else {
        return case.close(Writes::new(), &row, Ending::Idle, None).await;
    };
    let text = |field: &str| conversation.value.text(field);
    let stranger = Stranger {
        conversation: &conversation,
        phone: text("contactPhone").and_then(|phone| Phone::parse(phone).ok()),
        user_id: text("contactUserId"),
    };
    if let Some(lead) = text("leadId") {
        return share_phone(case, &row, &stranger, lead).await;
    }
    let Some(newcomer) = newcomer(case, &row, &stranger)? else {
        return case.close(Writes::new(), &row, Ending::Idle, None).await;
    };
    let known = stranger.known(case, &newcomer).await?;
    if known
        .otherwise
        .as_ref()
        .is_some_and(|lead| lead.value.is_erased())
    {
        // Soon it is gone, and they are a stranger again.
        return Ok(Outcome::Kept(Obstacle::Away(None)));
    }
    if let Some(lead) = known.by_phone.as_ref().or(known.otherwise.as_ref()) {
        let mut writes = Writes::new();
        match (&stranger.phone, lead.value.phone()) {
            (Some(phone), None) => {
                let entry = known.entry.as_ref().map(|entry| entry.update_time);
                let permit = changing(lead)?;
                case.leads
                    .join_phone(&mut writes, &permit, lead, phone, entry, case.now())?;
            }
            _ => case.inquire(&mut writes, lead, &newcomer, row.channel_id())?,
        }
        case.link(&mut writes, &conversation, &lead.id, lead.value.place())
            .await?;
        if let Some(double) = &known.otherwise
            && double.id != lead.id
            && double.value.phone().is_none()
        {
            case.note_double(&mut writes, double, &lead.id)?;
        }
        return case
            .close(writes, &row, Ending::Known, Some(&lead.id))
            .await;
    }
    create(case, &row, &stranger, &newcomer, channel, &known).await
}

async fn create(
    case: &Case<'_>,
    row: &Row,
    stranger: &Stranger<'_>,
    newcomer: &Newcomer,
    channel: Option<&Channel>,
    known: &Known,
) -> Result<Outcome, Error> {
    let Some(found) = stranger.place(case, channel).await? else {
        return Ok(Outcome::Kept(Obstacle::NoBranch));
    };
    let mut writes = Writes::new();
    let entry = known.entry.as_ref().map(|entry| entry.update_time);
    case.create(&mut writes, newcomer, &found, entry)?;
    let placement = found.placement().clone();
    stranger.link_to(case, &mut writes, newcomer, &placement)?;
    let id = newcomer.id.as_str();
    case.close(writes, row, Ending::Created, Some(id)).await?;
    Ok(Outcome::Settled(
        Ending::Created,
        Some((newcomer.id.clone(), placement)),
    ))
}

/// The conversation has its lead: only the phone may be news.
async fn share_phone(
    case: &Case<'_>,
    row: &Row,
    stranger: &Stranger<'_>,
    lead: &str,
) -> Result<Outcome, Error> {
    let mut writes = Writes::new();
    let Some(phone) = &stranger.phone else {
        return case.close(writes, row, Ending::Idle, Some(lead)).await;
    };
    let (lead, known, entry) = futures::try_join!(
        case.leads.get(lead),
        case.leads.with_phone(phone.as_e164()),
        case.leads.index_entry(phone.as_e164()),
    )?;
    let Some(lead) = lead.filter(|lead| lead.value.phone().is_none() && !lead.value.is_erased())
    else {
        return case.close(writes, row, Ending::Idle, None).await;
    };
    if let Some(other) = known.first() {
        case.note_double(&mut writes, &lead, &other.id)?;
    } else {
        let entry = entry.map(|entry| entry.update_time);
        let permit = changing(&lead)?;
        case.leads
            .join_phone(&mut writes, &permit, &lead, phone, entry, case.now())?;
    }
    case.close(writes, row, Ending::Known, Some(&lead.id)).await
}

impl Stranger<'_> {
    /// What there is of the person. One round trip, one more for the lead of another conversation of theirs.
    async fn known(&self, case: &Case<'_>, newcomer: &Newcomer) -> Result<Known, StoreError> {
        let leads = &case.leads;
        let by_phone = async {
            match &self.phone {
                None => Ok((Vec::new(), None)),
                Some(phone) => futures::try_join!(
                    leads.with_phone(phone.as_e164()),
                    leads.index_entry(phone.as_e164())
                ),
            }
        };
        let elsewhere = async {
            match self.user_id {
                None => Ok(Vec::new()),
                Some(id) => leads.conversations_with(Contact::UserId(id)).await,
            }
        };
        let ((by_phone, entry), elsewhere, itself) =
            futures::try_join!(by_phone, elsewhere, leads.get(newcomer.id.as_str()))?;
        let elsewhere = elsewhere
            .iter()
            .find_map(|conversation| conversation.value.text("leadId"));
        let otherwise = match (itself, elsewhere) {
            (Some(itself), _) => Some(itself),
            (None, Some(lead)) => leads.get(lead).await?,
            (None, None) => None,
        };
        Ok(Known {
            by_phone: by_phone.into_iter().next(),
            entry,
            otherwise,
        })
    }

    /// Where the lead goes: by the channel's routing, unless somebody gave the conversation away by hand.
    async fn place(
        &self,
        case: &Case<'_>,
        channel: Option<&Channel>,
    ) -> Result<Option<Found>, StoreError> {
        let text = |field: &str| self.conversation.value.text(field);
        let (branch, holder) = (text("branchId"), text("assignedTo"));
        let as_routed = channel.is_some_and(|channel| {
            let own = channel.branch.as_ref().map(BranchId::as_str);
            (branch, holder) == (own, Some(channel.owner.as_str()))
        });
        let beside = branch
            .and_then(|id| BranchId::parse(id).ok())
            .zip(holder.and_then(|id| Uid::parse(id).ok()));
        match (channel, beside) {
            (Some(channel), _) if as_routed => case.place(channel).await,
            (_, Some((branch, holder))) => {
                Ok(Some(Found::Beside(Placement::partner(branch, holder))))
            }
            (Some(channel), None) => case.place(channel).await,
            (None, None) => Ok(None),
        }
    }

    /// Its conversation goes where the new lead goes.
    fn link_to(
        &self,
        case: &Case<'_>,
        writes: &mut Writes,
        newcomer: &Newcomer,
        placement: &Placement,
    ) -> Result<(), Error> {
        let permit = linking(self.conversation, placement)?;
        let id = newcomer.id.as_str();
        let to = Some(placement);
        case.leads
            .recognise(writes, &permit, self.conversation, id, to)?;
        Ok(())
    }
}

/// The lead that a stranger would be; `None` when the conversation is of a kind that makes none.
fn newcomer(
    case: &Case<'_>,
    row: &Row,
    stranger: &Stranger<'_>,
) -> Result<Option<Newcomer>, Error> {
    let conversation = stranger.conversation;
    let text = |field: &str| conversation.value.text(field);
    let (source, word) = match text("channel") {
        Some("WHATSAPP") => (LeadSource::Whatsapp, "Kontak WhatsApp"),
        Some("INSTAGRAM") => (LeadSource::Instagram, "Kontak Instagram"),
        Some("MESSENGER") => (LeadSource::Messenger, "Kontak Messenger"),
        _ => return Ok(None),
    };
    let id = match (source, stranger.user_id) {
        (LeadSource::Whatsapp, Some(user)) => lead_id("whatsapp-user", user)?,
        _ => lead_id("conversation", &conversation.id)?,
    };
    let name = text("contactName").and_then(name_of);
    let known_by = text("contactId").unwrap_or_default();
    let now = case.now();
    let ad_id = conversation
        .value
        .field("referral")
        .and_then(|referral| referral.text("adId"))
        .map(ToOwned::to_owned);
    let page_id = text("accountId").map(ToOwned::to_owned);
    let page_id = page_id.filter(|_| source == LeadSource::Messenger);
    Ok(Some(Newcomer {
        id,
        person: NewLead {
            name: name.unwrap_or_else(|| nameless(word, known_by)),
            phone: stranger.phone.clone(),
            email: None,
            source,
            note: None,
            submitted_at: row.acted_at().unwrap_or(now).min(now),
        },
        origin: Origin {
            attribution: (ad_id.is_some() || page_id.is_some()).then_some(AttributionDoc {
                page_id,
                form_id: None,
                ad_id,
                adset_id: None,
                campaign_id: None,
                answers: None,
            }),
            consent: None,
        },
    }))
}
