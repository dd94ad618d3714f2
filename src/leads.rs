//! Leads: people who may book.
//!
//! What a lead is made of stands here and in [`phone`] and [`person`], pure. [`store`] translates to documents and is
//! the only place that writes them; [`Placement`] says where a lead lies. The verbs stand on top: [`create`],
//! [`assign`], [`import`] and [`stats`] answer callables, [`history`] answers the events of every change and keeps the
//! phone index in step with what clients write directly; [`intake`] makes leads of forms and first messages, and
//! [`routing`] says who gets them, in fair [`turn`].
//! *Invariant:* what a client may write by itself is not decided here but in `firestore.rules`; both accept the same
//! documents.

pub mod assign;
pub mod assignee;
pub mod calendar;
pub mod create;
pub mod erase;
pub mod history;
pub mod import;
pub mod intake;
pub mod person;
pub mod phone;
mod reindex;
mod request;
pub mod routing;
pub mod stats;
pub mod store;
pub mod turn;

use jiff::Timestamp;

use self::person::{Email, Name, Note};
use self::phone::Phone;
use crate::ids::{BranchId, Uid};
use crate::policy::LeadFacts;

/// Defines a closed list of words that are stored in capitals.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[cfg_attr(test, derive(ts_rs::TS))]
        pub enum $name {
            $($(#[$variant_doc])* #[cfg_attr(test, ts(rename = $word))] $variant,)+
        }

        impl $name {
            /// All of them, in the order of the contract.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The word as it is stored.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }

            /// The one that a word names, if it names one.
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == word)
            }
        }
    };
}

words! {
    /// Where a lead came from.
    LeadSource {
        /// A form of an Instagram ad.
        IgAds = "IG_ADS",
        /// A form of a Facebook ad.
        FbAds = "FB_ADS",
        /// An Instagram message.
        Instagram = "INSTAGRAM",
        /// A Messenger message.
        Messenger = "MESSENGER",
        /// A message through `WhatsApp`.
        Whatsapp = "WHATSAPP",
        /// Somebody's recommendation.
        Referral = "REFERRAL",
        /// Typed in.
        Manual = "MANUAL",
        /// Taken from a list.
        Import = "IMPORT",
    }
}

words! {
    /// How far a lead has come.
    LeadStatus {
        /// Nobody has answered yet.
        New = "NEW",
        /// Being talked to.
        FollowUp = "FOLLOW_UP",
        /// About to book, or booked.
        Closing = "CLOSING",
        /// Will not book, for the reason in `lostReason`.
        Lost = "LOST",
    }
}

/// Where a lead lies: its branch, and who holds it there. Without a partner the branch itself holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    branch_id: BranchId,
    assigned_to: Uid,
}

impl Placement {
    /// In the hands of a partner of the branch.
    pub fn partner(branch_id: BranchId, partner: Uid) -> Self {
        Self {
            branch_id,
            assigned_to: partner,
        }
    }

    /// In the pool of the branch, which no partner sees.
    pub fn pool(branch_id: BranchId) -> Self {
        Self {
            assigned_to: branch_id.as_uid(),
            branch_id,
        }
    }

    /// The branch.
    pub fn branch_id(&self) -> &BranchId {
        &self.branch_id
    }

    /// Who holds it: a partner, or the branch by its own name.
    pub fn assigned_to(&self) -> &Uid {
        &self.assigned_to
    }

    /// The place as the policy knows it.
    pub fn facts(&self) -> LeadFacts {
        LeadFacts::new(self.branch_id.clone(), self.assigned_to.clone())
    }
}

/// What is known of a person when their lead comes in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLead {
    /// What they are called.
    pub name: Name,
    /// Their phone. Without one nothing says whether two leads are the same person.
    pub phone: Option<Phone>,
    /// Their email address.
    pub email: Option<Email>,
    /// Where they came from.
    pub source: LeadSource,
    /// What whoever took them in has to say.
    pub note: Option<Note>,
    /// When they acted.
    pub submitted_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_back_as_they_were_stored() {
        for &source in LeadSource::ALL {
            assert_eq!(LeadSource::parse(source.as_str()), Some(source));
        }
        for &status in LeadStatus::ALL {
            assert_eq!(LeadStatus::parse(status.as_str()), Some(status));
        }
        assert_eq!(LeadSource::parse("manual"), None);
        assert_eq!(LeadStatus::parse(""), None);
    }

    #[test]
    fn a_pool_is_held_by_the_branch_itself() {
        let branch = BranchId::parse("c1").expect("an id");
        let pool = Placement::pool(branch);
        assert_eq!(pool.assigned_to().as_str(), pool.branch_id().as_str());
    }
}
