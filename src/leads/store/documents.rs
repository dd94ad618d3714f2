//! The documents themselves: as the service writes them, and as they are read whoever wrote them.

use serde::{Deserialize, Serialize};

use super::Loose;
use crate::ids::{BranchId, Uid};
use crate::leads::Placement;
use crate::policy::LeadFacts;
use crate::store::Timestamp;

/// A lead as a document.
///
/// # Shape
/// `leads/{id}`; phone in E.164 form, times as timestamps. The service writes all of it, except what is not there yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are the contract's own")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "Lead", optional_fields))]
pub struct LeadDoc {
    pub id: String,
    pub name: String,
    pub phone: Option<String>,
    pub email: Option<String>,
    #[cfg_attr(test, ts(as = "crate::leads::LeadSource"))]
    pub source: String,
    #[cfg_attr(test, ts(as = "crate::leads::LeadStatus"))]
    pub status: String,
    pub lost_reason: Option<String>,
    pub assigned_to: String,
    pub branch_id: String,
    pub note: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Option<Timestamp>,
    pub submitted_at: Option<Timestamp>,
    pub first_response_at: Option<Timestamp>,
    pub attribution: Option<AttributionDoc>,
    pub consent: Option<ConsentDoc>,
    pub last_change: Option<LastChangeDoc>,
}

/// The ad and the form that a lead came through.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are the contract's own")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "Attribution", optional_fields))]
pub struct AttributionDoc {
    pub page_id: Option<String>,
    pub form_id: Option<String>,
    pub ad_id: Option<String>,
    pub adset_id: Option<String>,
    pub campaign_id: Option<String>,
    #[cfg_attr(test, ts(optional, type = "Record<string, unknown>"))]
    pub answers: Option<serde_json::Map<String, serde_json::Value>>,
}

/// What a person agreed to, and when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are the contract's own")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "Consent"))]
pub struct ConsentDoc {
    pub text: String,
    pub at: Timestamp,
}

/// Who made the last change: a uid, or `service`. The history names the person by it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say all")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "LastChange"))]
pub struct LastChangeDoc {
    pub by: String,
    pub at: Timestamp,
}

/// Whose a phone is.
///
/// # Shape
/// `phone_index/{keyed digest of the E.164 phone}`. The place is the lead's, kept in step by every write of the service
/// in the same commit and, after a direct write of a client, by that write's event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say all")]
pub struct PhoneIndexDoc {
    pub lead_id: String,
    pub branch_id: Option<String>,
    pub assigned_to: Option<String>,
    pub updated_at: Timestamp,
}

impl PhoneIndexDoc {
    /// Whether both name the same lead at the same place.
    pub fn names_the_same(&self, other: &Self) -> bool {
        self.lead_id == other.lead_id
            && self.branch_id == other.branch_id
            && self.assigned_to == other.assigned_to
    }
}

/// A lead as it stands, whoever wrote it: only what decides.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(transparent)]
pub struct StoredLead(Loose);

impl StoredLead {
    /// Where it lies, as far as the document says.
    pub fn facts(&self) -> LeadFacts {
        let (branch, holder) = self.place();
        LeadFacts::stored(
            branch.and_then(|branch| BranchId::parse(branch).ok()),
            holder.and_then(|holder| Uid::parse(holder).ok()),
        )
    }

    /// Of a conversation, the lead that it is with.
    pub fn lead_id(&self) -> Option<&str> {
        self.0.text("leadId")
    }

    /// The phone as it is written there.
    pub fn phone(&self) -> Option<&str> {
        self.0.text("phone")
    }

    /// Whether it is being erased.
    pub fn is_erased(&self) -> bool {
        self.0.text(crate::leads::erase::ERASED_AT).is_some()
    }

    /// When it was created.
    pub fn created_at(&self) -> Option<jiff::Timestamp> {
        self.0.text("createdAt")?.parse().ok()
    }

    /// When somebody first answered the person.
    pub fn first_response_at(&self) -> Option<jiff::Timestamp> {
        self.0.text("firstResponseAt")?.parse().ok()
    }

    /// Who says to have made the last change, and when.
    pub fn last_change(&self) -> Option<(&str, jiff::Timestamp)> {
        let change = self.0.field("lastChange")?;
        Some((change.text("by")?, change.text("at")?.parse().ok()?))
    }

    /// The branch and the holder, as far as they are texts.
    pub fn place(&self) -> (Option<&str>, Option<&str>) {
        (self.0.text("branchId"), self.0.text("assignedTo"))
    }
}

/// What the index says of a lead at a place.
pub fn index_doc(lead_id: &str, placement: &Placement, now: jiff::Timestamp) -> PhoneIndexDoc {
    PhoneIndexDoc {
        lead_id: lead_id.to_owned(),
        branch_id: Some(placement.branch_id().to_string()),
        assigned_to: Some(placement.assigned_to().to_string()),
        updated_at: Timestamp(now),
    }
}
