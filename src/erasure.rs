//! Erasing a person's data: at Meta's request for somebody who connected an account, and at the organisation's for a customer.
//!
//! A request names a person by what is known of them; while it runs it learns what else they are known by, and each thing
//! that is found is erased in bounded steps, so that a run that broke off anywhere is finished by the next. A day later it
//! looks again, for what came late; then it forgets whom it was about.
//! *Invariant:* this module names no collection but its own. What each domain holds of a person, the domain erases.
//!
//! Pure here; `store` (the requests), `run` (the steps), `tasks` (queue and sweep), `callbacks` and `page` (HTTP) beside.

pub mod callbacks;
mod page;
pub mod run;
pub mod store;
pub mod tasks;

use jiff::SignedDuration;

use crate::inbox::erase::Known;
use crate::inbox::redact::Person;
use crate::leads::phone::Phone;

/// How long after a request was done it is looked at once more: longer than Eventarc repeats an event.
///
/// # Source
/// 24 hours: <https://cloud.google.com/eventarc/docs/retry-events>, read 2026-11.
pub const SECOND_LOOK: SignedDuration = SignedDuration::from_hours(25);

/// Identifiers of one kind that a request learns of at most: a person has a handful.
const MOST_IDENTIFIERS: usize = 100;

/// Whom a request is about, as far as is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject {
    /// The id within Meta's app of somebody who connected accounts.
    pub connected: Option<String>,
    /// The platforms' ids of a contact.
    pub contacts: Vec<String>,
    /// Phones in E.164 form.
    pub phones: Vec<String>,
    /// Leads.
    pub leads: Vec<String>,
    /// Conversations, which raw deliveries are found by also when they are gone.
    pub conversations: Vec<String>,
}

impl Subject {
    /// Somebody who connected accounts with the app.
    pub fn connected(user_id: &str) -> Self {
        Self {
            connected: Some(user_id.to_owned()),
            // Should the same id ever have written to one of the accounts, that is the same person.
            contacts: vec![user_id.to_owned()],
            ..Self::default()
        }
    }

    /// A customer by the platform's id.
    pub fn contact(id: &str) -> Self {
        let mut subject = Self::default();
        subject.learn_contact(id);
        subject
    }

    /// A customer by phone.
    pub fn phone(phone: &Phone) -> Self {
        let mut subject = Self::default();
        subject.learn_phone(phone.as_e164());
        subject
    }

    /// Learns of a conversation with the person, and what it says; says whether anything was news.
    pub fn learn(&mut self, conversation: &str, known: &Known) -> bool {
        let before = self.clone();
        add(&mut self.conversations, conversation);
        for id in [&known.contact_id, &known.contact_user_id]
            .into_iter()
            .flatten()
        {
            self.learn_contact(id);
        }
        if let Some(phone) = &known.contact_phone {
            self.learn_phone(phone);
        }
        if let Some(lead) = &known.lead_id {
            add(&mut self.leads, lead);
        }
        *self != before
    }

    /// Learns of a lead with the person, and its phone; says whether anything was news.
    pub fn learn_lead(&mut self, id: &str, phone: Option<&str>) -> bool {
        let before = self.clone();
        add(&mut self.leads, id);
        if let Some(phone) = phone {
            self.learn_phone(phone);
        }
        *self != before
    }

    /// `WhatsApp` names a contact by the digits of the phone.
    fn learn_phone(&mut self, e164: &str) {
        add(&mut self.phones, e164);
        add(&mut self.contacts, e164.trim_start_matches('+'));
    }

    fn learn_contact(&mut self, id: &str) {
        add(&mut self.contacts, id);
    }

    /// Every way in which a raw delivery may name the person.
    pub fn person(&self) -> Person {
        Person::new(self.contacts.iter().chain(&self.phones).map(String::as_str))
    }
}

fn add(list: &mut Vec<String>, item: &str) {
    if !item.is_empty() && list.len() < MOST_IDENTIFIERS && !list.iter().any(|known| known == item)
    {
        list.push(item.to_owned());
    }
}

/// How far a request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Something may be left.
    Pending,
    /// All was erased; it is looked at once more.
    Done,
    /// It was looked at once more, and nobody knows any longer whom it was about.
    Closed,
}

impl State {
    /// The state as documents name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Done => "DONE",
            Self::Closed => "CLOSED",
        }
    }

    /// Reads the state as documents name it.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Pending, Self::Done, Self::Closed]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}
